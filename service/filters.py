"""Which images a request means: by class, split, licence and measured quality."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Depends, Query

from service.dataset_index import DatasetIndex
from service.problems import Problem
from service.search import Mask

MEASURES = ("brightness", "contrast", "sharpness", "entropy")
_Name = Annotated[str | None, Query(max_length=500)]
_Bound = Annotated[float | None, Query(allow_inf_nan=False)]


@dataclass(frozen=True)
class Filters:
    """What an image must be, as an address says it. None leaves open. Numbers are raw measures, see Measures."""

    class_name: Annotated[str | None, Query(alias="class", max_length=500, description="a class that they carry")] = (
        None
    )
    split: _Name = None
    licence: _Name = None
    min_brightness: _Bound = None
    max_brightness: _Bound = None
    min_contrast: _Bound = None
    max_contrast: _Bound = None
    min_sharpness: _Bound = None
    max_sharpness: _Bound = None
    min_entropy: _Bound = None
    max_entropy: _Bound = None


Asked = Annotated[Filters, Depends()]


def matching(index: DatasetIndex, filters: Filters) -> Mask | None:
    """(n_images,) which images fit; None: all, nothing was asked. Raises Problem 422 for a class that is not there."""
    if filters == Filters():
        return None
    fits = np.ones(index.images.num_rows, bool)
    if filters.class_name is not None:
        fits &= carries(index, class_index(index, filters.class_name))
    for column in ("split", "licence"):
        wanted = getattr(filters, column)
        if wanted is not None:
            fits &= _equal(index.images[column], wanted)
    for measure in MEASURES:
        values = index.images[measure].to_numpy().astype(np.float64)  # a bound may be larger than float32 holds
        low, high = getattr(filters, f"min_{measure}"), getattr(filters, f"max_{measure}")
        fits &= values >= low if low is not None else True
        fits &= values <= high if high is not None else True
    return fits


def class_index(index: DatasetIndex, name: str) -> int:
    """The index of a class by its name; raises Problem 422."""
    try:
        return index.facts.classes.index(name)
    except ValueError:
        raise Problem(422, "no-such-class", f"There is no class {name[:80]!r}; ask for /classes.") from None


def carries(index: DatasetIndex, wanted: int) -> Mask:
    """(n_images,) which images carry a class."""
    own = pc.fill_null(pc.equal(index.images["label"], wanted), False).to_numpy().astype(bool)
    lists = index.images["labels"].combine_chunks()
    if lists.null_count < len(lists):
        parents = pc.list_parent_indices(lists).to_numpy()
        own[parents[pc.list_flatten(lists).to_numpy() == wanted]] = True
    return np.asarray(own, bool)


def labels_of(index: DatasetIndex, row: dict[str, Any]) -> list[str]:
    """The names of the classes that a row of `images` carries."""
    several, one = row["labels"], row["label"]
    indices = several if isinstance(several, list) else [] if one is None else [one]
    names = index.facts.classes
    return [names[each] if 0 <= each < len(names) else str(each) for each in indices]


def _equal(column: pa.ChunkedArray, wanted: str) -> Mask:
    return np.asarray(pc.fill_null(pc.equal(column, wanted), False).to_numpy(), bool)
