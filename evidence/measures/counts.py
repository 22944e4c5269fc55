"""What there is: images, classes, splits, and how even they are."""

from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from analytics.balance import Balance, balance
from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters, says
from evidence.scored import version_name
from evidence.value import Value
from evidence.wording import literal
from store import overview, versions
from store.datasets import class_table
from store.overview import Problems, Totals
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS

_KEPT = (PICTURES, REMOVALS)
_ABOUT = "Counted over the pictures that are neither missing nor removed, with the labels that count now."


class ImagesParameters(Parameters):
    """Which images are counted: of a class (by index), of a split, of a frozen version (by number); all by default."""

    class_index: int | None = Field(None, ge=0)
    split: str | None = None
    version: int = Field(0, ge=0)


class TotalParameters(Parameters):
    """Which images are counted, apart from those that count."""

    what: Literal["removed", "relabelled", "unlabelled", "missing", "with-position"] = "removed"


def totals(case: Case) -> Totals:
    """The counts that the Overview begins with."""
    return case.once("totals", lambda: overview.totals(case.workspace, case.dataset.id))


def class_counts(case: Case) -> pa.Table:
    """class_index, split, n of the kept images (store.overview)."""
    return case.once("class counts", lambda: overview.class_counts(case.workspace, case.dataset.id))


def split_counts(case: Case) -> pa.Table:
    """split, n of the kept images (store.overview)."""
    return case.once("split counts", lambda: overview.split_counts(case.workspace, case.dataset.id))


def classes_of(case: Case) -> pa.Table:
    """index, given_name, name, gone of every class (store.datasets)."""
    return case.once("classes", lambda: class_table(case.workspace, case.dataset.id))


def class_sizes(case: Case) -> np.ndarray:
    """(c,) images of each class; one with several labels counts for each."""

    def read() -> np.ndarray:
        rows = class_counts(case).to_pylist()
        known = [row for row in rows if row["class_index"] is not None]
        sizes = np.zeros(max([len(case.names), *(row["class_index"] + 1 for row in known)]), np.int64)
        for row in known:
            sizes[row["class_index"]] += row["n"]
        return sizes

    return case.once("class sizes", read)


def _images(case: Case, asked: ImagesParameters) -> Value:
    if not asked.version and asked.class_index is None and asked.split is None:
        return _count(totals(case).n_images)
    if not asked.version:
        table = split_counts(case) if asked.class_index is None else class_counts(case)
    else:
        name = version_name(case, asked.version)
        if not name:
            raise CannotMeasure(f"Version {asked.version} is gone: there is no version of that number.")
        found = next(one for one in versions.list_versions(case.workspace, case.dataset.id) if one.id == asked.version)
        if asked.class_index is None and asked.split is None:
            return _count(found.n_images, version=found.name)
        table = versions.class_counts(case.workspace, case.dataset.id, version_id=asked.version)
    rows = table.to_pylist()
    if asked.class_index is not None:
        rows = [row for row in rows if row["class_index"] == asked.class_index]
    if asked.split is not None:
        rows = [row for row in rows if row["split"] == asked.split]
    return _count(sum(row["n"] for row in rows), version=version_name(case, asked.version))


def _count(n: int, *, of: int | None = None, version: str = "") -> Value:
    return Value(number=n, unit="count", n=n if of is None else of, version=version)


def _said_of_images(case: Case, asked: ImagesParameters) -> str:
    parts = [f"of {literal(case.name(asked.class_index))}" if asked.class_index is not None else ""]
    parts += [f"in the split {literal(asked.split)}" if asked.split is not None else ""]
    parts += [f"in version {literal(version_name(case, asked.version))}" if asked.version else ""]
    which = " ".join(filter(None, parts))
    return f"There are {{images}} images {which}." if which else "The dataset has {images} images."


def _total(case: Case, asked: TotalParameters) -> Value:
    found = totals(case)
    field = {"with-position": "n_with_position"}.get(asked.what, f"n_{asked.what}")
    return _count(int(getattr(found, field)), of=found.n_images)


def _said_of_total(case: Case, asked: TotalParameters) -> str:
    return {
        "removed": "{images_apart} images were set aside by decisions.",
        "relabelled": "The label of {images_apart} images was changed by decisions.",
        "unlabelled": "{images_apart} images have no label.",
        "missing": "The files of {images_apart} images are gone.",
        "with-position": "{images_apart} images say where they were taken.",
    }[asked.what]


def _classes(case: Case, asked: Parameters) -> Value:
    n_gone = sum(classes_of(case)["gone"].to_pylist())
    return _count(len(class_sizes(case)) - n_gone, of=totals(case).n_images)


def _splits(case: Case, asked: Parameters) -> Value:
    splits = split_counts(case)["split"]
    return _count(len(splits) - splits.null_count, of=totals(case).n_images)


def _size(case: Case, asked: Parameters) -> Value:
    return Value(number=totals(case).bytes, unit="bytes", n=totals(case).n_images)


def _balance(case: Case) -> Balance:
    sizes = class_sizes(case)
    found = balance(sizes) if sizes.any() else None
    if found is None:
        raise CannotMeasure("No image has a label, so there are no classes to compare.")
    return found


def _ratio(case: Case, asked: Parameters) -> Value:
    found = _balance(case)
    return Value(number=float(found.imbalance_ratio), unit="ratio", n=found.n_images)


def _said_of_ratio(case: Case, asked: Parameters) -> str:
    try:
        found = _balance(case)
    except CannotMeasure:
        return "The largest class has {imbalance_ratio} times as many images as the smallest."
    large, small = literal(case.name(found.largest)), literal(case.name(found.smallest))
    return f"The largest class, {large}, has {{imbalance_ratio}} times as many images as the smallest, {small}."


def _effective(case: Case, asked: Parameters) -> Value:
    found = _balance(case)
    return Value(number=float(found.effective_classes), unit="mean", n=found.n_images)


def _failures(case: Case, asked: Parameters) -> Value:
    found: Problems = case.once("problems", lambda: overview.problems(case.workspace, case.dataset.id))
    return _count(found.n_failures, of=totals(case).n_images + found.n_failures)


MEASURES = (
    Measure(
        name="images", title="Images", unit="count", parameters=ImagesParameters, compute=_images,
        sentence=_said_of_images, about=_ABOUT, page="overview", reads=(*_KEPT, LABELS, SPLITS),
    ),
    Measure(
        name="images-apart", title="Images removed, relabelled, unlabelled or missing", unit="count",
        parameters=TotalParameters, compute=_total, sentence=_said_of_total, about=_ABOUT, page="overview",
        reads=(*_KEPT, LABELS),
    ),
    Measure(
        name="classes", title="Classes", unit="count", parameters=Parameters, compute=_classes,
        sentence=says("The dataset has {classes} classes."), page="overview", reads=(PICTURES, LABELS),
        about="Those that the source names or a picture carries.",
    ),
    Measure(
        name="splits", title="Splits", unit="count", parameters=Parameters, compute=_splits,
        sentence=says("The dataset has {splits} splits."), page="overview", reads=(*_KEPT, SPLITS),
        about="The different splits of the pictures that are kept.",
    ),
    Measure(
        name="size-on-disk", title="Size on disk", unit="bytes", parameters=Parameters, compute=_size,
        sentence=says("The pictures take {size_on_disk} on the disk."), page="overview", reads=_KEPT,
        about="The sizes of the files of the pictures that are kept, added up.",
    ),
    Measure(
        name="imbalance-ratio", title="Imbalance ratio", unit="ratio", parameters=Parameters, compute=_ratio,
        sentence=_said_of_ratio, page="overview", reads=(*_KEPT, LABELS),
        about="The largest class over the smallest that has images.",
    ),
    Measure(
        name="effective-classes", title="Equal classes", unit="mean", parameters=Parameters, compute=_effective,
        sentence=says("The classes are as spread as {effective_classes} equal ones."), page="overview",
        reads=(*_KEPT, LABELS), about="exp(H), H the Shannon entropy of the classes' shares (Hill, 1973).",
    ),
    Measure(
        name="files-not-taken-in", title="Files not taken in", unit="count", parameters=Parameters, compute=_failures,
        sentence=says("{files_not_taken_in} files could not be read as pictures."), page="failures", reads=(PICTURES,),
        about="Files of the last import that could not be read, each with its reason.", kinds=("import",),
    ),
)  # fmt: skip
