"""The records of an export: a row a picture with all that is known of it, and what they come to together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.export.content import Content
from jobs.export.plan import Entry, ExportRow

RECORDS = "records.parquet"
_ONE = [("label", pa.string()), ("class_index", pa.int32())]
_OF_ORIGIN = ("licence_url", "title", "author", "page_url", "attribution")
_SEVERAL = [("labels", pa.list_(pa.string())), ("class_indices", pa.list_(pa.int32()))]


def records_schema(*, multi: bool) -> pa.Schema:
    """The columns. image_id: of the workspace; of a made picture its parent's. sha256: null where one was made."""
    said = ("source_url", "source", "licence", *_OF_ORIGIN, "technique")
    texts = [(name, pa.string()) for name in said]
    sides = [("width", pa.int32()), ("height", pa.int32())]
    held = _SEVERAL if multi else _ONE
    first = [("image_id", pa.int64()), ("path", pa.string())]
    return pa.schema([*first, *held, ("split", pa.string()), ("sha256", pa.string()), *sides, *texts])


def records_of(content: Content, *, source: str = "", licence: str = "") -> pa.Table:
    """A row an entry of an export, in its order. source, licence: the dataset's, where a picture has none."""
    entries, schema = content.entries, records_schema(multi=content.multi)
    rows = [content.row(entry) for entry in entries]
    columns: dict[str, list[object]] = {
        "image_id": [row.image_id for row in rows],
        "path": [entry.path for entry in entries],
        "split": [entry.split for entry in entries],
        "sha256": [_sha256(content, entry) for entry in entries],
        "width": [row.width for row in rows],
        "height": [row.height for row in rows],
        "source_url": [row.source_url for row in rows],
        "source": [_said(row.source) or source or None for row in rows],
        "licence": [_said(row.licence) or licence or None for row in rows],
        **_of_origins(content, rows),
        "technique": [entry.technique or None for entry in entries],
    }
    if content.multi:
        columns |= {"labels": [content.labels(entry) for entry in entries]}
        columns |= {"class_indices": [content.held(entry) for entry in entries]}
    else:
        columns |= {"label": [next(iter(content.labels(entry)), None) for entry in entries]}
        columns |= {"class_index": [next(iter(content.held(entry)), None) for entry in entries]}
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in schema})


def _of_origins(content: Content, rows: Sequence[ExportRow]) -> dict[str, list[object]]:
    """What is known of where pictures are from beside address and licence; null where nothing is."""
    found = [content.origins.get(row.image_id) for row in rows]
    return {
        "licence_url": [each and each.terms_url or None for each in found],
        "title": [each and each.title for each in found],
        "author": [each and each.author for each in found],
        "page_url": [each and each.page_url for each in found],
        "attribution": [each.credit if each and each.source else None for each in found],
    }


def write_records(folder: Path, records: pa.Table) -> None:
    """The records as Parquet: it alone says a name that reads like a number, or like nothing, as it is."""
    pq.write_table(records, folder / RECORDS)


def _sha256(content: Content, entry: Entry) -> str | None:
    """Of the file that was written; None for a made picture."""
    return None if entry.technique else content.written.get(entry.path, content.row(entry).sha256)


def _said(text: str | None) -> str:
    return (text or "").strip()


@dataclass(frozen=True)
class Composition:
    """What records come to. classes: names by index. splits: sorted, None at last.

    per_split: pictures; per_class: pictures by class index (None: those without a label) and split. licences, sources:
    with how many pictures each, the most first; "" where nothing is said.
    """

    n: int
    multi: bool
    classes: tuple[str, ...]
    splits: tuple[str | None, ...]
    per_split: Counter[str | None]
    per_class: Counter[tuple[int | None, str | None]]
    licences: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    n_made: int

    @property
    def n_unlabelled(self) -> int:
        """How many pictures have no label."""
        return sum(n for (index, _), n in self.per_class.items() if index is None)

    @property
    def has_splits(self) -> bool:
        """Whether any picture is in a split."""
        return any(split is not None for split in self.splits)

    @property
    def known_licences(self) -> list[str]:
        """The licences that are said, the most frequent first."""
        return [licence for licence, _ in self.licences if licence]

    def of_class(self, index: int | None) -> int:
        """How many pictures have a class; None: have none."""
        return sum(n for (each, _), n in self.per_class.items() if each == index)


def composition(records: pa.Table, *, classes: Sequence[str]) -> Composition:
    """Count records."""
    multi = "labels" in records.column_names
    held = records["class_indices" if multi else "class_index"].to_pylist()
    splits = records["split"].to_pylist()
    per_class: Counter[tuple[int | None, str | None]] = Counter()
    for some, split in zip(held, splits, strict=True):
        per_class.update((index, split) for index in ((some or [None]) if multi else [some]))
    per_split = Counter(splits)
    told = zip(records["source"].to_pylist(), records["source_url"].to_pylist(), strict=True)
    return Composition(
        n=records.num_rows,
        multi=multi,
        classes=tuple(classes),
        splits=(*sorted(split for split in per_split if split is not None), *([None] if None in per_split else [])),
        per_split=per_split,
        per_class=per_class,
        licences=_counted(licence or "" for licence in records["licence"].to_pylist()),
        sources=_counted(source or _host(url) for source, url in told),
        n_made=records.num_rows - int(records["technique"].null_count),
    )


def _counted(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(texts).items(), key=lambda each: (-each[1], each[0])))


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
