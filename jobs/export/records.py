"""The records of an export: a row a picture with all that is known of it, and what they come to together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.export.content import Content
from jobs.export.plan import Entry

RECORDS = "records.parquet"
_ONE = [("label", pa.string()), ("class_index", pa.int32())]
_SEVERAL = [("labels", pa.list_(pa.string())), ("class_indices", pa.list_(pa.int32()))]


def records_schema(*, multi: bool) -> pa.Schema:
    """The columns. image_id: of the workspace; of a made picture its parent's. sha256: null where one was made."""
    texts = [(name, pa.string()) for name in ("source_url", "source", "licence", "technique")]
    sides = [("width", pa.int32()), ("height", pa.int32())]
    held = _SEVERAL if multi else _ONE
    first = [("image_id", pa.int64()), ("path", pa.string())]
    return pa.schema([*first, *held, ("split", pa.string()), ("sha256", pa.string()), *sides, *texts])


def records_of(content: Content, *, source: str = "", licence: str = "") -> pa.Table:
    """A row an entry of an export, in its order. source, licence: the dataset's, where a picture has none."""
    rows = [_record(content, entry, source=source, licence=licence) for entry in content.entries]
    return pa.Table.from_pylist(rows, records_schema(multi=content.multi))


def write_records(folder: Path, records: pa.Table) -> None:
    """The records as Parquet: it alone says a name that reads like a number, or like nothing, as it is."""
    pq.write_table(records, folder / RECORDS)


def _record(content: Content, entry: Entry, *, source: str, licence: str) -> dict[str, object]:
    row, held, names = content.row(entry), content.held(entry), content.labels(entry)
    return {
        "image_id": row.image_id,
        "path": entry.path,
        "label": next(iter(names), None),
        "class_index": next(iter(held), None),
        "labels": names,
        "class_indices": held,
        "split": entry.split,
        "sha256": None if entry.technique else content.written.get(entry.path, row.sha256),
        "width": row.width,
        "height": row.height,
        "source_url": row.source_url,
        "source": _said(row.source) or source or None,
        "licence": _said(row.licence) or licence or None,
        "technique": entry.technique or None,
    }


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
    rows, multi = records.to_pylist(), "labels" in records.column_names
    per_class: Counter[tuple[int | None, str | None]] = Counter()
    for row in rows:
        held = (row["class_indices"] or [None]) if multi else [row["class_index"]]
        per_class.update((index, row["split"]) for index in held)
    used = {row["split"] for row in rows}
    return Composition(
        n=len(rows),
        multi=multi,
        classes=tuple(classes),
        splits=(*sorted(split for split in used if split is not None), *([None] if None in used else [])),
        per_split=Counter(row["split"] for row in rows),
        per_class=per_class,
        licences=_counted([row["licence"] or "" for row in rows]),
        sources=_counted([row["source"] or _host(row["source_url"]) for row in rows]),
        n_made=sum(row["technique"] is not None for row in rows),
    )


def _counted(texts: list[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(texts).items(), key=lambda each: (-each[1], each[0])))


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
