"""What a kind's segments may hold: types and ranges, by which those that come back from elsewhere are looked through.

A kind states them as `JobKind.segment`; what its own worker here publishes is not asked.
"""

import collections
import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pydantic

from analytics.wording import count
from jobs.engine.errors import PackRefused
from jobs.engine.segment_size import rows_at_once

NOTHING_CAME_IN = "Nothing was taken in."
_TYPES: Mapping[str, Callable[[pa.DataType], bool]] = {
    "whole number": pa.types.is_integer,
    "number": lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind),
    "text": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "yes or no": pa.types.is_boolean,
}


@dataclass(frozen=True, kw_only=True)
class Values:
    """What a column may hold, apart from null. low, high: of numbers. longest: of texts, in characters.

    most: how many a row may have, in a list; None where it has one, and no list. of_images: they are numbers of
    pictures of the dataset. of_classes: they are indices of its classes, or -1. once: no value comes twice in all the
    segments of a job. or_nan: a value that is no number is one of them (a recall of a class that was not there).
    or_endless: infinity is one of them (the distance to a class of one picture).
    """

    type: str
    low: float = -math.inf
    high: float = math.inf
    longest: int = 2_000
    most: int | None = None
    of_images: bool = False
    of_classes: bool = False
    once: bool = False
    or_nan: bool = False
    or_endless: bool = False

    def many(self, most: int) -> "Values":
        """A list of up to `most` of them."""
        return dataclasses.replace(self, most=most)

    def in_words(self) -> str:
        """What they are, to follow "holds what is no"."""
        if self.of_images:
            return "picture of the dataset"
        if self.of_classes:
            return "class of the dataset"
        if self.type == "text":
            return f"text of at most {self.longest:,} characters"
        return f"{self.type} from {self.low:g} to {self.high:g}" if math.isfinite(self.high) else self.type


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A kind's segments: `columns` by name, of which `needed` must be there.

    rows_per_image: how many rows a picture of the dataset has at most. alike: columns whose lists are of one length in
    every row. about: what the table says of itself, a JSON text by its name, and the model that it must fit.
    widths: by column, the field of what is said that tells how long its lists are.
    """

    columns: Mapping[str, Values]
    needed: tuple[str, ...] = ("image_id", "reason")
    rows_per_image: int = 1
    alike: tuple[str, ...] = ()
    about: Mapping[str, type[pydantic.BaseModel]] = field(default_factory=dict)
    widths: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def whole(low: int, high: int) -> Values:
    """Whole numbers in a range."""
    return Values(type="whole number", low=low, high=high)


def number(low: float, high: float, *, or_nan: bool = False, or_endless: bool = False) -> Values:
    """Finite numbers in a range, with room for what single precision adds."""
    room = 1e-3
    return Values(type="number", low=low - room, high=high + room, or_nan=or_nan, or_endless=or_endless)


def share(*, or_nan: bool = False) -> Values:
    """Numbers from 0 to 1."""
    return number(0, 1, or_nan=or_nan)


def text(longest: int = 2_000) -> Values:
    """Texts; a reason is one of them."""
    return Values(type="text", longest=longest)


IMAGE = Values(type="whole number", of_images=True)
IMAGE_ONCE = Values(type="whole number", of_images=True, once=True)
CLASS = Values(type="whole number", of_classes=True)
YES_NO = Values(type="yes or no")
COSINE = number(-1, 1)


@dataclass(frozen=True, eq=False)
class Known:
    """What is known here of the dataset: the numbers of its pictures, and how many classes it has."""

    image_ids: pa.Array
    n_classes: int


def check_segments(paths: Iterable[Path], segment: Segment, known: Known) -> None:
    """Look through segments that came from elsewhere, a few thousand rows at a time, fewer where rows are long.

    Raises PackRefused, which says how many rows hold what the kind cannot have left; nothing is changed.
    """
    problems: collections.Counter[str] = collections.Counter()
    n_rows, seen = 0, {name: [np.zeros(0, np.int64)] for name, values in segment.columns.items() if values.once}
    most = segment.rows_per_image * len(known.image_ids) + 1_000
    for path in paths:
        try:
            with pq.ParquetFile(path) as file:
                n_rows += file.metadata.num_rows
                if n_rows > most:
                    raise PackRefused(
                        f"The results have more than {count(most, 'row')}, and this dataset has "
                        f"{count(len(known.image_ids), 'picture')}. {NOTHING_CAME_IN}"
                    )
                _check_shape(file.schema_arrow, segment)
                at_once = rows_at_once(path)
                names = [name for name in file.schema_arrow.names if name in segment.columns]
                for batch in file.iter_batches(at_once, columns=names):
                    _count_problems(pa.Table.from_batches([batch]), segment, known, problems=problems, seen=seen)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise PackRefused(f"The results cannot be read: {str(error)[:200]}. {NOTHING_CAME_IN}") from error
    for name, parts in seen.items():
        ids = np.concatenate(parts)
        if len(ids) > len(np.unique(ids)):
            problems[f"{name} holds a picture twice"] += len(ids) - len(np.unique(ids))
    if problems:
        told = "; ".join(f"in {count(n, 'row')} {problem}" for problem, n in problems.most_common(4))
        raise PackRefused(f"Of the {count(n_rows, 'row')} of the results some cannot be: {told}. {NOTHING_CAME_IN}")


def _check_shape(schema: pa.Schema, segment: Segment) -> None:
    """Refuse a table that lacks a column, or has one of another type; what it says of itself is looked at as well."""
    missing = [name for name in segment.needed if name not in schema.names]
    if missing:
        raise PackRefused(f"The results have no column {missing[0]}. {NOTHING_CAME_IN}")
    for name in schema.names:
        values = segment.columns.get(name)
        if values is None:
            continue
        if schema.names.count(name) > 1:
            raise PackRefused(f"The results have the column {name} twice. {NOTHING_CAME_IN}")
        kind = schema.field(name).type
        if values.most is not None and (pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)):
            kind = kind.value_type
        elif values.most is not None:
            kind = pa.null() if pa.types.is_null(kind) else pa.struct([])
        if not pa.types.is_null(kind) and not _TYPES[values.type](kind):
            raise PackRefused(
                f"The column {name} of the results is of the type {schema.field(name).type}. {NOTHING_CAME_IN}"
            )
    said = {name: _read_about(schema, name, model) for name, model in segment.about.items()}
    for name, (about, of) in segment.widths.items():
        kind, width = schema.field(name).type, getattr(said[about], of)
        if not pa.types.is_fixed_size_list(kind) or kind.list_size != width:
            raise PackRefused(
                f"The column {name} of the results does not hold {width:,} numbers a row. {NOTHING_CAME_IN}"
            )


def _read_about(schema: pa.Schema, name: str, model: type[pydantic.BaseModel]) -> pydantic.BaseModel:
    try:
        return model.model_validate_json((schema.metadata or {}).get(name.encode(), b""))
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise PackRefused(
            f"What the results say of themselves ({name}) is wrong: {first['msg']}. {NOTHING_CAME_IN}"
        ) from None


def _count_problems(
    table: pa.Table,
    segment: Segment,
    known: Known,
    *,
    problems: "collections.Counter[str]",
    seen: Mapping[str, list[np.ndarray]],
) -> None:
    for name in table.column_names:
        values, column = segment.columns[name], table[name].combine_chunks()
        if name in seen and not pa.types.is_null(column.type):
            seen[name].append(column.drop_null().cast(pa.int64(), safe=False).to_numpy())
        if values.once and column.null_count:
            problems[f"{name} holds nothing"] += column.null_count
        if values.most is not None and not pa.types.is_null(column.type):
            lengths = pc.fill_null(pc.list_value_length(column), 0)
            if too_long := pc.sum(pc.greater(lengths, values.most)).as_py():
                problems[f"{name} holds more than {values.most:,} values"] += too_long
            rows, column = pc.list_parent_indices(column), pc.list_flatten(column)
            bad = len(pc.unique(rows.filter(_is_wild(column, values, known))))
        else:
            bad = pc.sum(_is_wild(column, values, known)).as_py() or 0
        if bad:
            problems[f"{name} holds what is no {values.in_words()}"] += bad
    given = [name for name in segment.alike if name in table.column_names]
    lengths = [pc.fill_null(pc.list_value_length(table[name]), -1) for name in given]
    differ = sum((pc.not_equal(lengths[0], other).to_numpy() for other in lengths[1:]), np.zeros(table.num_rows, int))
    if n_differ := int((differ > 0).sum()):
        problems[f"{' and '.join(given[:2])} are not of one length"] += n_differ


def _is_wild(column: pa.Array, values: Values, known: Known) -> pa.Array:
    """Which values a column may not hold: (n,) bool; a null may stand anywhere."""
    if pa.types.is_null(column.type) or values.type == "yes or no":
        return pa.array(np.zeros(len(column), bool))
    if values.of_images:
        fine = pc.is_in(column.cast(pa.int64(), safe=False), value_set=known.image_ids)
    elif values.type == "text":
        fine = pc.less_equal(pc.utf8_length(column), values.longest)
    else:
        low, high = (-1, known.n_classes - 1) if values.of_classes else (values.low, values.high)
        numbers = column.cast(pa.float64(), safe=False)
        fine = pc.and_(pc.greater_equal(numbers, float(low)), pc.less_equal(numbers, float(high)))
        if values.or_nan:
            fine = pc.or_(fine, pc.is_nan(numbers))
        if values.or_endless:
            fine = pc.or_(fine, pc.equal(numbers, math.inf))
    return pc.and_(pc.is_valid(column), pc.invert(pc.fill_null(fine, True)))


class EncoderAbout(pydantic.BaseModel):
    """What a segment of vectors says of the encoder that made them."""

    model: str = pydantic.Field(max_length=300)
    dim: int = pydantic.Field(ge=1, le=65_536)
    preprocess: dict[str, Any]
    weights_source: str = pydantic.Field(max_length=2_000)
    weights_sha256: str = pydantic.Field(max_length=64)


class DetectedNames(pydantic.RootModel[dict[int, str]]):
    """The names of a detector's classes by their index."""

    @pydantic.model_validator(mode="after")
    def _are_names(self) -> "DetectedNames":
        if any(not 0 <= index < 100_000 or len(name) > 500 for index, name in self.root.items()):
            raise ValueError("a class has an index from 0 to 99,999 and a name of at most 500 characters")
        return self
