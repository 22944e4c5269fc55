"""Label files that belong together: of one kind, about different pictures, as those of a training and a test set."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.wording import count
from importers.hints import NO_HINTS, Hints
from importers.keys import FileIndex
from importers.label_rows import LabelRows
from importers.labels import label_kind
from importers.types import SampleTable

ALL = "labels:*"
KINDS = {
    "name-lists": "class names",
    "names": "class names",
    "index": "class indices",
    "indices": "class indices",
    "coco": "COCO",
    "one-hot": "one-hot",
}


@dataclass(frozen=True)
class LabelFile:
    """A label file and its rows. key: the reading that means it. used: its paths below the root."""

    key: str
    title: str
    path: Path
    rows: LabelRows
    used: frozenset[str]
    hints: Hints = NO_HINTS
    sample: SampleTable | None = None


def together(files: Sequence[LabelFile], index: FileIndex) -> LabelFile | None:
    """Files of one kind that speak of different pictures (train and val, say), as one; None where there are none."""
    kinds: dict[str, list[LabelFile]] = {}
    for file in files:
        kinds.setdefault(label_kind(file.rows), []).append(file)
    for same in sorted(kinds.values(), key=lambda each: -sum(len(file.rows.keys) for file in each)):
        parted = [file for file in same if file.rows.of_split]
        for group in (same, parted):
            if len(group) > 1 and _speak_of_others(group, index):
                return _joined(group)
    return None


def _speak_of_others(files: Sequence[LabelFile], index: FileIndex) -> bool:
    """Whether no picture is spoken of by two files."""
    seen: set[int] = set()
    for file in files:
        below, of_split = file.rows.below or [""], file.rows.of_split or [None]
        found = {index.find(key, below=below[0], split=of_split[0]) for key in set(file.rows.keys)}
        numbers = {number for number in found if isinstance(number, int)}
        if seen & numbers:
            return False
        seen |= numbers
    return True


def _joined(files: Sequence[LabelFile]) -> LabelFile:
    rows = [file.rows for file in files]
    class_names = tuple(dict.fromkeys(name for each in rows for name in each.class_names))
    place = {name: at for at, name in enumerate(class_names)}
    moved = [[place[name] for name in each.class_names] for each in rows]
    values = [
        sorted(to[one] for one in value) if each.indexed and value is not None else value
        for each, to in zip(rows, moved, strict=True)
        for value in each.values
    ]
    names = rows[0].names if all(each.names == rows[0].names for each in rows) else ()
    has_splits = any(each.split is not None for each in rows)
    together = LabelRows(
        keys=[key for each in rows for key in each.keys],
        values=values,
        split=[cell for each in rows for cell in (each.split or each.of_split or [None] * len(each.keys))]
        if has_splits
        else None,
        source_url=_column(rows, "source_url"),
        licence=_column(rows, "licence"),
        indexed=rows[0].indexed,
        format=rows[0].format,
        class_names=class_names,
        names=names,
        problems=[problem for each in rows for problem in each.problems],
        below=[folder for each in rows for folder in (each.below or [""] * len(each.keys))],
        of_split=[split for each in rows for split in (each.of_split or [None] * len(each.keys))],
        said=tuple(dict.fromkeys(said for each in rows for said in each.said)),
        n_boxes=sum(each.n_boxes for each in rows),
    )
    kind = rows[0].format or KINDS[label_kind(rows[0])]
    what = "COCO files" if kind == "COCO" else "label files"
    entries = count(len(together.keys), "entry", "entries")
    title = f"Labels from all {len(files)} {what} together ({kind}, {entries})"
    return LabelFile(ALL, title, files[0].path, together, frozenset().union(*(file.used for file in files)))


def _column(rows: Sequence[LabelRows], name: str) -> list[str | None] | None:
    columns: list[list[str | None]] = [getattr(each, name) or [None] * len(each.keys) for each in rows]
    return [cell for column in columns for cell in column] if any(getattr(each, name) for each in rows) else None
