"""What is asked for: rows of a query, its class, and how many pictures; read from lists, JSON, CSV or lines."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Self

import pydantic

from analytics.wording import count

MOST_ROWS = 1_000
MOST_PICTURES = 1_000_000
_LONGEST = 300  # characters of a query
_NAMES = {
    "query": "query",
    "q": "query",
    "search": "query",
    "class": "class_name",
    "class_name": "class_name",
    "label": "class_name",
    "n": "n",
    "count": "n",
    "number": "n",
    "how many": "n",
    "how_many": "n",
}


class Query(pydantic.BaseModel):
    """A query. class_name ("class" in orders): "" for none. n: pictures wanted; 0: as many as the order's n says."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, validate_by_name=True, validate_by_alias=True
    )

    query: str = pydantic.Field(min_length=1, max_length=_LONGEST)
    class_name: str = pydantic.Field("", max_length=100, alias="class")
    n: int = pydantic.Field(0, ge=0, le=MOST_PICTURES)

    @pydantic.model_validator(mode="after")
    def _is_printable(self) -> Self:
        if not (self.query.isprintable() and self.class_name.isprintable()):
            raise ValueError("holds characters that cannot be printed")
        return self


def read_rows(given: object) -> list[Query]:
    """The rows of a list, or of a text: a JSON list, CSV with a heading that names `query`, or a query a line.

    Raises ValueError, whose sentence goes on behind "queries".
    """
    rows = _of_text(given) if isinstance(given, str) else given
    if not isinstance(rows, Sequence) or isinstance(rows, (str, bytes)):
        raise ValueError("is a list of queries, each with its class and how many.")
    if len(rows) > MOST_ROWS:
        raise ValueError(f"has {count(len(rows), 'row')}; {MOST_ROWS:,} are the most.")
    return [_row(number, row) for number, row in enumerate(rows, 1)]


def _of_text(text: str) -> Sequence[object]:
    text = text.strip().removeprefix("\ufeff")
    if text.startswith("["):
        try:
            rows = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"begins like a JSON list and is none: {error}.") from None
        return rows if isinstance(rows, list) else []
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and "query" in (
        heading := [_heading(cell) for cell in next(csv.reader([lines[0]], dialect=_dialect(lines[0])))]
    ):
        reader = csv.reader(io.StringIO(text), dialect=_dialect(lines[0]))
        next(reader)
        return [dict(zip(heading, row, strict=False)) for row in reader if any(cell.strip() for cell in row)]
    return lines


def _dialect(line: str) -> type[csv.Dialect]:
    """Commas, unless the heading has more semicolons or tabs."""
    counts = {mark: line.count(mark) for mark in ",;\t"}
    return type("Heading", (csv.excel,), {"delimiter": max(counts, key=lambda mark: counts[mark])})


def _heading(cell: str) -> str:
    return cell.strip().lower()


def _row(number: int, given: object) -> Query:
    if isinstance(given, Query):
        return given
    if isinstance(given, str):
        given = {"query": given}
    if not isinstance(given, Mapping):
        raise ValueError(f"row {number} is neither a query nor a table with query, class and n.")
    unknown = [str(key) for key in given if _heading(str(key)) not in _NAMES]
    if unknown:
        raise ValueError(f"row {number} has the column {unknown[0]!r}; query, class and n are known.")
    named = {_NAMES[_heading(str(key))]: value for key, value in given.items() if value not in ("", None)}
    named = {key: value.strip() if isinstance(value, str) else value for key, value in named.items()}
    if not named.get("query"):
        raise ValueError(f"row {number} has no query.")
    try:
        return Query.model_validate(named)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = first["loc"][0] if first["loc"] else "it"
        raise ValueError(f"row {number}: {name}: {first['msg'].removeprefix('Value error, ')}.") from None
