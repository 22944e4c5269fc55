"""The numbers of a chart as a table: for who cannot see it, and where no picture of it can be drawn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evidence.report.parts import Cell, Chart, Column, ColumnKind, Table

MOST_ROWS = 200
Data = Mapping[str, Any]
Rows = list[list[Cell]]


def numbers_of(chart: Chart) -> Table | None:
    """The chart's numbers, at most MOST_ROWS rows of them; None where they are too many to read, as of a map."""
    read = _READERS.get(chart.name)
    if read is None:
        return None
    try:
        columns, rows = read(chart.data)
    except (LookupError, TypeError, ValueError, AttributeError):  # of another version
        return None
    return Table(columns=columns, rows=rows[:MOST_ROWS], n_rows=len(rows)) if rows else None


def _titled(*titles: str, kind: ColumnKind = "text") -> list[Column]:
    return [Column(title=title, kind=kind) for title in titles]


def _beside(*columns: Sequence[Any]) -> Rows:
    return [list(row) for row in zip(*columns, strict=True)]


def _class_balance(data: Data) -> tuple[list[Column], Rows]:
    splits = ["all" if split is None else str(split) for split in data["splits"]]
    rows = [[name, *counts] for name, counts in zip(data["names"], data["counts"], strict=True)]
    return [*_titled("Class"), *_titled(*splits, kind="count")], rows


def _before_after(data: Data) -> tuple[list[Column], Rows]:
    columns = [*_titled(""), *_titled(*map(str, data["titles"]), kind="number")]
    return columns, _beside(data["names"], data["before"], data["after"])


def _noise_rates(data: Data) -> tuple[list[Column], Rows]:
    columns = [*_titled("Class"), *_titled("Share wrong", "from", "to", kind="share"), *_titled("of", kind="count")]
    return columns, _beside(*(data[key] for key in ("names", "rate", "low", "high", "n")))


def _noise_matrix(data: Data) -> tuple[list[Column], Rows]:
    names = data["names"]
    rows = [[names[a], names[b], n] for a, b, n in zip(data["label"], data["suggested"], data["n"], strict=True)]
    rows.sort(key=lambda row: -row[2])
    return [*_titled("Given", "Suggested"), *_titled("Pictures", kind="count")], rows


def _coverage(data: Data) -> tuple[list[Column], Rows]:
    return [*_titled("Representatives", kind="count"), *_titled("Share", kind="share")], _beside(
        data["k"], data["share"]
    )


def _scores(data: Data) -> tuple[list[Column], Rows]:
    columns = [*_titled(""), *_titled(str(data["measure"]), "from", "to", kind="score")]
    return columns, _beside(*(data[key] for key in ("titles", "values", "low", "high")))


def _recall_by_run(data: Data) -> tuple[list[Column], Rows]:
    columns = [*_titled("Class"), *_titled("Pictures", kind="count"), *_titled(*data["titles"], kind="score")]
    return columns, _beside(data["names"], data["support"], *data["recall"])


def _confusion(data: Data) -> tuple[list[Column], Rows]:
    names = data["names"]
    rows: Rows = [
        [names[true], names[said], n]
        for true, counts in enumerate(data["counts"])
        for said, n in enumerate(counts)
        if n and true != said
    ]
    rows.sort(key=lambda row: -int(row[2] or 0))
    return [*_titled("Class", "Said to be"), *_titled("Pictures", kind="count")], rows


def _accuracy_by_size(data: Data) -> tuple[list[Column], Rows]:
    columns = [*_titled("Line"), *_titled("Pictures", kind="count"), *_titled("Accuracy", "from", "to", kind="share")]
    rows: Rows = [
        [curve["line"], one["size"], one["mean"], one["low"], one["high"]]
        for curve in data["curves"]
        for one in curve["points"]
    ]
    return columns, rows


def _timeline(data: Data) -> tuple[list[Column], Rows]:
    columns = [*_titled("When", "Kind"), *_titled("How many", kind="count"), *_titled("What")]
    return columns, _beside(*(data[key] for key in ("days", "kinds", "counts", "words")))


def _spot_check(data: Data) -> tuple[list[Column], Rows]:
    titles = ("Wrong as imported", "from", "to", "Wrong after cleaning", "from ", "to ")
    rows: Rows = [
        [name, *before, *after]
        for name, before, after in zip(data["names"], data["before"], data["after"], strict=True)
    ]
    return [*_titled("Class"), *_titled(*titles, kind="share")], rows


def _named_counts(data: Data) -> tuple[list[Column], Rows]:
    return [*_titled(str(data["what"]).capitalize()), *_titled("Count", kind="count")], _beside(
        data["names"], data["counts"]
    )


_READERS: Mapping[str, Callable[[Data], tuple[list[Column], Rows]]] = {
    "class-balance": _class_balance,
    "before-after": _before_after,
    "noise-rates": _noise_rates,
    "noise-matrix": _noise_matrix,
    "coverage": _coverage,
    "scores": _scores,
    "recall-by-run": _recall_by_run,
    "confusion": _confusion,
    "accuracy-by-size": _accuracy_by_size,
    "timeline": _timeline,
    "named-counts": _named_counts,
    "spot-check": _spot_check,
}
