"""Rows with types: the columns of a statement become the fields of a frozen dataclass, checked where they come in."""

import dataclasses
import datetime
import functools
import json
import types
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, Union

import pyarrow as pa

from store.errors import RowMismatch

Row = TypeVar("Row")
Scalar = TypeVar("Scalar", bool, int, float, str, datetime.datetime)

# Parameters, figures, evidence: an object in JSON, whose shape is the business of the kind of job that wrote it.
JsonObject = dict[str, Any]
# A row of a table as pyarrow gives it, where a page shows tables of many shapes alike; its statement lists the columns.
TableRow = dict[str, Any]
# What can be bound to a statement's $name.
Bound = bool | int | float | str | bytes | datetime.datetime | Sequence[int] | Sequence[float] | Sequence[str] | None

_ARROW: dict[type, Callable[[pa.DataType], bool]] = {
    bool: pa.types.is_boolean,
    int: pa.types.is_integer,
    float: pa.types.is_floating,
    str: lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    bytes: lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind),
    datetime.datetime: pa.types.is_timestamp,
}


def rows_of(table: pa.Table, kind: type[Row]) -> list[Row]:
    """A `kind`, which is a dataclass, for each row of `table`: each field from the column of its name.

    Fields are bool, int, float, str, bytes, datetime, lists and tuples of these, and each of them or None; a dict is
    read from JSON text ({} where it is null). Columns without a field are left out. Raises RowMismatch for a field
    without a column, a column of another type, and a null where the field knows no None.
    """
    fields = _fields_of(kind)
    columns = [_values(table, kind, field) for field in fields]
    names = [field.name for field in fields]
    return [kind(**dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]


def scalar_of(value: object, kind: type[Scalar], *, statement: str) -> Scalar:
    """`value`, which must be a `kind`; raises RowMismatch."""
    if type(value) is not kind:
        raise RowMismatch(f"{statement} gives {value!r}, which is no {kind.__name__}.")
    return value


@dataclass(frozen=True)
class _Field:
    name: str
    type: type
    nullable: bool
    items: "_Field | None" = None
    is_tuple: bool = False

    @property
    def is_json(self) -> bool:
        return self.type is dict

    def fits(self, kind: pa.DataType) -> bool:
        if pa.types.is_null(kind):
            return self.nullable
        if self.items is not None:
            return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and self.items.fits(kind.value_type)
        return bool(_ARROW[str if self.is_json else self.type](kind))


def _fields_of(kind: type) -> tuple[_Field, ...]:
    key: Hashable = kind
    return _cached_fields(key)


@functools.cache
def _cached_fields(kind: Any) -> tuple[_Field, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(_field(field.name, hints[field.name]) for field in dataclasses.fields(kind) if field.init)


def _field(name: str, hint: Any) -> _Field:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        rest = [each for each in arguments if each is not type(None)]
        if len(rest) == 1 and len(rest) < len(arguments):
            return dataclasses.replace(_field(name, rest[0]), nullable=True)
    elif origin in (list, tuple, Sequence) and len(arguments) == 1 + (origin is tuple):
        items = _field(name, arguments[0])
        if items.items is None and not items.is_json and arguments[1:] in ((), (...,)):
            return _Field(name, list, False, items=items, is_tuple=origin is tuple)
    elif origin in (dict, Mapping) or hint is dict:
        return _Field(name, dict, False)
    elif hint in _ARROW:
        return _Field(name, hint, False)
    raise TypeError(f"{name}: a row cannot be given a field of the type {hint}")


def _values(table: pa.Table, kind: type, field: _Field) -> list[Any]:
    where = f"{kind.__name__}.{field.name}"
    if field.name not in table.column_names:
        raise RowMismatch(f"{where} has no column; the columns are {', '.join(table.column_names)}.")
    column = table[field.name]
    if not field.fits(column.type):
        raise RowMismatch(f"{where} is given a column of the type {column.type}.")
    if column.null_count and not (field.nullable or field.is_json):
        raise RowMismatch(f"{where} is given a null, which it does not know.")
    values: list[Any] = column.to_pylist()
    if field.is_json:
        return [_read_json(value, field, where=where) for value in values]
    if field.items is not None and not field.items.nullable and any(None in (value or ()) for value in values):
        raise RowMismatch(f"{where} is given a list with a null in it.")
    return [value if value is None else tuple(value) for value in values] if field.is_tuple else values


def _read_json(text: str | None, field: _Field, *, where: str) -> JsonObject | None:
    if text is None:
        return None if field.nullable else {}
    content = json.loads(text)
    if not isinstance(content, dict):
        raise RowMismatch(f"{where} is given JSON that is no object: {text[:80]}")
    return content
