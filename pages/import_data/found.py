"""What a look at a folder found, in the small: counts, a few pictures of each class, what is wrong.

Only this is kept between reruns, not the table of all files. Nothing here draws.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importers.sources import CACHE, root_of
from importers.store_listing import sizes_of
from importers.types import FolderContents, PackedPictures, SampleTable
from store.connection import Workspace
from store.images import import_todo

MAX_CLASSES_DRAWN, PICTURES_A_CLASS = 12, 6
MAX_EXAMPLES = 3
MAX_COMPARED = 200_000  # more files take seconds to ask the disk about


@dataclass(frozen=True)
class Look:
    """What the visitor wants looked at, and how to read it. name: what a dataset of it may be called."""

    folder: str
    name: str
    labels: str = ""
    reading: str = ""
    class_names: tuple[str, ...] = ()
    follow_links: bool = False


@dataclass(frozen=True)
class ClassCount:
    """A class with its number of files; paths: a few of them, spread evenly."""

    name: str
    n: int
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wrong:
    """How many entries share a problem's code. examples: (key or path, reason, value or None)."""

    code: str
    n: int
    examples: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True)
class Changes:
    """What an import would do to a dataset that is there: n_new includes files that failed before."""

    n_new: int
    n_changed: int
    n_same: int


@dataclass(frozen=True)
class Preview:
    """A folder as a dataset, small enough to keep. options: (key, title) of the question, () for none."""

    root: str
    layout: str
    title: str
    question: str
    options: tuple[tuple[str, str], ...]
    task: str
    n_files: int
    n_labelled: int
    classes: tuple[ClassCount, ...]
    unlabelled: ClassCount
    splits: tuple[tuple[str, int], ...]
    ignored: tuple[tuple[str, int], ...]
    unreadable: tuple[Wrong, ...]
    label_problems: tuple[Wrong, ...]
    label_file: str | None
    reading: str
    said: tuple[str, ...] = ()
    sample: SampleTable | None = None
    exported_by: str = ""
    n_boxes: int = 0
    packed: PackedPictures | None = None

    @property
    def n_unreadable(self) -> int:
        """Entries that cannot be opened; each becomes a failed file."""
        return sum(wrong.n for wrong in self.unreadable)

    @property
    def n_links(self) -> int:
        """Links that were not followed."""
        return sum(wrong.n for wrong in self.unreadable if wrong.code in ("link-outside", "link-to-folder"))

    @property
    def names_are_numbers(self) -> bool:
        """Whether the classes have numbers for names, so that the visitor may know better ones."""
        return bool(self.classes) and all(found.name.isdecimal() for found in self.classes)


def summarise(found: FolderContents) -> Preview:
    """What looking at a folder gave, in the small."""
    names = list(found.class_names)
    numbers, rows = _labels(found.files, found.task)
    n_of = np.bincount(numbers, minlength=len(names))
    order = np.argsort(numbers, kind="stable")
    starts = np.concatenate([[0], np.cumsum(n_of)])
    paths = found.files["path"]
    is_labelled = found.files["labels" if found.task == "multi" else "label"].is_valid().to_numpy(zero_copy_only=False)
    return Preview(
        root=str(found.root),
        layout=found.layout,
        title=found.title,
        question=found.question.text if found.question else "",
        options=tuple((option.key, option.title) for option in found.question.options) if found.question else (),
        task=found.task,
        n_files=found.files.num_rows,
        n_labelled=int(is_labelled.sum()),
        classes=tuple(
            ClassCount(name, int(n_of[at]), _spread(paths, rows[order[starts[at] : starts[at + 1]]], at))
            for at, name in enumerate(names)
        ),
        unlabelled=_unlabelled(paths, is_labelled),
        splits=_counted(found.files["split"]),
        ignored=tuple(sorted(found.ignored.items())),
        unreadable=_wrongs([(code, path, reason, None) for path, code, reason in found.unreadable]),
        label_problems=_problems(found.label_problems),
        label_file=str(found.label_file) if found.label_file else None,
        reading=found.reading,
        said=found.said,
        sample=found.sample,
        exported_by=found.exported_by,
        n_boxes=found.n_boxes,
        packed=found.packed,
    )


def names_from_text(text: str) -> tuple[str, ...]:
    """Class names as typed: one a line, or separated by commas."""
    parts = text.splitlines() if "\n" in text.strip() else text.split(",")
    return tuple(part.strip() for part in parts if part.strip())


def changes(workspace: Workspace, dataset_id: int, *, root: str, paths: pa.ChunkedArray) -> Changes | None:
    """What an import of the files `paths` would read anew; None for so many that it is not cheap to ask."""
    if len(paths) > MAX_COMPARED:
        return None
    sizes = list(sizes_of(root_of(root, workspace.root / CACHE), paths.to_pylist()))
    n = len(paths)
    files = pa.table(
        {
            "path": paths,
            "label": pa.nulls(n, pa.int32()),
            "labels": pa.nulls(n, pa.list_(pa.int32())),
            **{name: pa.nulls(n, pa.string()) for name in ("split", "source_url", "licence")},
            "bytes": pa.array([n_bytes for n_bytes, _ in sizes], pa.int64()),
            "mtime_ns": pa.array([mtime_ns for _, mtime_ns in sizes], pa.int64()),
        }
    )
    is_known = import_todo(workspace, dataset_id, files=files)["known"]
    n_changed = pc.sum(pc.cast(is_known, pa.int64())).as_py() or 0
    return Changes(n_new=len(is_known) - n_changed, n_changed=n_changed, n_same=n - len(is_known))


def suggested_name(name: str, taken: Sequence[str]) -> str:
    """A dataset's name from a folder's or a zip's, made unlike those there are."""
    name = "".join(letter for letter in name if letter.isprintable())[:80].strip() or "pictures"
    return next(
        candidate
        for number in range(1, len(taken) + 2)
        if (candidate := name if number == 1 else f"{name} {number}") not in taken
    )


def _labels(files: pa.Table, task: str) -> tuple[np.ndarray, np.ndarray]:
    """Class index and row number of every label given, (n,) int64 each."""
    if task == "multi":
        lists = files["labels"].combine_chunks()
        lists = lists if isinstance(lists, pa.Array) else pa.concat_arrays(lists.chunks)
        return (
            pc.list_flatten(lists).to_numpy(zero_copy_only=False).astype(np.int64),
            pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64),
        )
    numbers = pc.fill_null(files["label"], -1).to_numpy().astype(np.int64)
    rows = np.flatnonzero(numbers >= 0)
    return numbers[rows], rows


def _spread(paths: pa.ChunkedArray, rows: np.ndarray, at: int) -> tuple[str, ...]:
    if at >= MAX_CLASSES_DRAWN or not len(rows):
        return ()
    picked = np.unique(np.linspace(0, len(rows) - 1, min(PICTURES_A_CLASS, len(rows))).astype(np.int64))
    return tuple(paths.take(pa.array(rows[picked])).to_pylist())


def _unlabelled(paths: pa.ChunkedArray, is_labelled: np.ndarray) -> ClassCount:
    rows = np.flatnonzero(~is_labelled)
    return ClassCount("", len(rows), _spread(paths, rows, 0))


def _counted(column: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    counts = pc.value_counts(column).to_pylist()
    return tuple(sorted((count["values"], count["counts"]) for count in counts if count["values"] is not None))


def _problems(table: pa.Table) -> tuple[Wrong, ...]:
    columns = (table[name].to_pylist() for name in ("code", "key", "reason", "value"))
    return _wrongs(list(zip(*columns, strict=True)))


def _wrongs(rows: Iterable[tuple[str, str, str, str | None]]) -> tuple[Wrong, ...]:
    by_code: dict[str, list[tuple[str, str, str | None]]] = {}
    for code, key, reason, value in rows:
        by_code.setdefault(code, []).append((key, reason, value))
    found = [Wrong(code, len(examples), tuple(examples[:MAX_EXAMPLES])) for code, examples in by_code.items()]
    return tuple(sorted(found, key=lambda wrong: (-wrong.n, wrong.code)))
