"""A list of addresses: CSV, TSV, Parquet, or text with one a line; columns by the names that img2dataset uses."""

import csv
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from importers.collecting.about import LIST
from importers.collecting.licences import read_licence
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    SourceError,
    address_of,
    candidate,
    page_of,
    text_of,
)

PER_PAGE = 200
_MAX_CELL = 1 << 20
_NAMES = {
    "url": ("url", "image_url", "imageurl", "img_url", "file_url", "src", "link", "address", "original_url"),
    "title": ("caption", "title", "text", "alt", "name"),
    "licence": ("license", "licence", "license_code"),
    "version": ("license_version", "licence_version"),
    "licence_url": ("license_url", "licence_url"),
    "author": ("author", "creator", "artist", "owner", "ownername", "user", "username"),
    "class": ("label", "class", "class_name", "category"),
    "page": ("page_url", "page", "foreign_landing_url", "landing_url", "permalink", "source_url"),
    "width": ("width", "original_width"),
    "height": ("height", "original_height"),
}
Row = Mapping[str, Any]


class AddressList:
    """The source `list`. path: the file; raises SourceError while it is read, for what cannot be."""

    def __init__(self, path: Path):
        self._path = path

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The rows of the file, page by page; nobody is asked. after: how many rows have been given."""
        done = int(after or 0)
        rows = itertools.islice(_rows(self._path), done, None)
        try:
            piece = list(itertools.islice(rows, PER_PAGE))
            while piece:
                following = list(itertools.islice(rows, PER_PAGE))
                found = [candidate(LIST, query, rank, _said(row)) for rank, row in enumerate(piece, done + 1)]
                done += len(piece)
                yield page_of(found, after=str(done) if following else "")
                piece = following
        except (OSError, ValueError, csv.Error, pa.ArrowException) as error:
            raise SourceError(f"{self._path.name} cannot be read as a list of addresses: {str(error)[:200]}") from error


def _rows(path: Path) -> Iterator[Row]:
    if path.suffix.lower() in (".parquet", ".pq"):
        yield from _of_parquet(path)
    elif path.suffix.lower() in (".csv", ".tsv"):
        yield from _of_table(path)
    else:
        yield from _of_text(path)


def _of_parquet(path: Path) -> Iterator[Row]:
    with pq.ParquetFile(path) as file:
        column = _columns(file.schema_arrow.names, path)
        for batch in file.iter_batches(PER_PAGE, columns=sorted(set(column.values()))):
            for row in batch.to_pylist():
                yield {name: row[theirs] for name, theirs in column.items()}


def _of_table(path: Path) -> Iterator[Row]:
    csv.field_size_limit(_MAX_CELL)
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        heading = file.readline()
        delimiter = max("\t,;", key=heading.count)
        names = next(csv.reader([heading], delimiter=delimiter), [])
        column = _columns(names, path)
        place = {name: names.index(theirs) for name, theirs in column.items()}
        for row in csv.reader(file, delimiter=delimiter):
            yield {name: row[at] if at < len(row) else None for name, at in place.items()}


def _of_text(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line in file:
            words = line.strip()
            if words and not words.startswith("#"):
                yield {"url": words[:_MAX_CELL]}


def _columns(names: list[str], path: Path) -> dict[str, str]:
    """Which of the file's columns holds what; raises SourceError where none holds addresses."""
    by_name = {name.strip().lower().replace(" ", "_"): name for name in reversed(names)}
    found = {
        ours: by_name[theirs]
        for ours, known in _NAMES.items()
        if (theirs := next((name for name in known if name in by_name), None)) is not None
    }
    if "url" not in found:
        if len(names) == 1 and address_of(names[0]) is not None:
            raise SourceError(f"{path.name} has no heading. Call it .txt, or write `url` into its first line.")
        raise SourceError(f"{path.name} has no column `url`; it has {', '.join(names[:12]) or 'none'}.")
    return found


def _said(row: Row) -> Said:
    return Said(
        row.get("url"),
        licence=read_licence(row.get("licence"), version=text_of(row.get("version")), url=row.get("licence_url")),
        page_url=row.get("page"),
        title=row.get("title"),
        author=row.get("author"),
        class_name=row.get("class"),
        width=row.get("width"),
        height=row.get("height"),
        raw={name: text_of(value) for name, value in row.items() if value not in (None, "")},
    )
