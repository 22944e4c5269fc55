"""The import job: a folder's pictures, decoded once each, into `image` and `import_failure`.

Nothing in the folder is changed. A second import of the same folder takes in what is new or changed.
"""

import dataclasses
import shlex
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from importers.class_naming import names_given
from importers.look import look_at_folder
from importers.marker import KeptReading, keep_reading
from importers.scan import Scanned, scan_files
from importers.sources import CACHE, Root, StoreFolder, labels_of, root_of
from importers.store_listing import sizes_of
from importers.stores import is_store_url
from importers.types import FolderContents
from jobs.engine.errors import NeedsAnswer, UnknownParameter
from jobs.engine.kinds import Figures, FollowUp, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.import_.kind import ImportParameters
from models.detector_catalogue import AS_ANNOTATED
from store.class_names import class_repairs
from store.collected import with_origin
from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset, list_datasets
from store.detections import images_to_detect, list_detection_runs
from store.errors import NameTaken, UnknownDataset
from store.images import LANDED_COLUMNS, SourceState, import_todo, import_totals, land_images, reconcile_source
from store.moves import likeness, moved_dataset
from store.subjects import PICTURES

REMEMBERED = (
    "reading",
    "labels",
    "class_names",
    "follow_links",
    "boxes",
)  # how a folder was read; a second import reads it the same way
SEGMENT_ROWS = 4096
_MOST_TOLD = 12  # sentences that are kept with a dataset
SEGMENT_SECONDS = 4.0


@dataclass
class _Counts:
    """What the worker has seen so far."""

    done: int = 0
    failed: int = 0
    changed: int = 0


def compute(work: Work[ImportParameters]) -> Figures:
    """Decode and measure every file of the todo, publish them in segments, and count."""
    todo = _TodoRows(work)
    scanned = scan_files(
        work.root,
        todo.paths(),
        thumbs=work.workspace / "thumbs",
        n_processes=work.parameters.processes or work.n_cores,
        max_pixels=work.parameters.max_pixels,
    )
    counts = _Counts()
    waiting: list[pa.Table] = []
    published_at = time.monotonic()
    for chunk in scanned:
        table = _landed_rows(todo.take(chunk.images.num_rows + chunk.failures.num_rows), chunk)
        waiting.append(table)
        counts.done += table.num_rows
        counts.failed += chunk.failures.num_rows
        rows_waiting = sum(part.num_rows for part in waiting)
        if rows_waiting >= SEGMENT_ROWS or time.monotonic() - published_at > SEGMENT_SECONDS:
            work.publish(pa.concat_tables(waiting))
            waiting, published_at = [], time.monotonic()
        work.report(counts.done, failed=counts.failed, message="Reading pictures")
    if waiting:
        work.publish(pa.concat_tables(waiting))
    work.report(counts.done, failed=counts.failed, message="Reading pictures")
    return {"n_read": counts.done, "n_failed": counts.failed, "n_changed": todo.n_known}


def source_state(found: FolderContents) -> SourceState:
    """What was found in a folder, with every file's size and time, as the store compares it."""
    return SourceState(
        task=found.task,
        layout=found.layout,
        import_options={},
        class_names=tuple(found.class_names),
        files=_with_stat(found.root, found.files),
        unreadable=_unreadable_table(found.unreadable),
        label_problems=found.label_problems,
    )


def inspect(parameters: ImportParameters, *, cache: Path) -> FolderContents:
    """Look at the folder the parameters name, as they say it is to be read; decides nothing that is open.

    cache: the workspace's folder `cache`, or another that takes what is read of a bucket.
    """
    return look_at_folder(
        root_of(parameters.folder, cache) if is_store_url(parameters.folder) else Path(parameters.folder).expanduser(),
        reading=parameters.reading or None,
        labels=labels_of(parameters.labels, parameters.folder) if parameters.labels else None,
        class_names=names_given(parameters.class_names),
        follow_links=parameters.follow_links,
        waits=False,
    )


def prepare(
    workspace: Workspace, dataset: str, parameters: ImportParameters, run_id: int
) -> Prepared[ImportParameters]:
    """Look at the folder, record what it holds now, and take the pictures that are new or changed.

    Raises NeedsAnswer where the folder can be read in more than one way, LayoutError, UnknownDataset for a bad name.
    """
    name = _checked_name(dataset)
    parameters = _as_last_time(workspace, name, parameters)
    layout = inspect(parameters, cache=workspace.root / CACHE)
    if layout.question is not None and not parameters.reading:
        options = "; ".join(f"{option.key} ({option.title})" for option in layout.question.options)
        raise NeedsAnswer(f"{layout.question.text} Say which with --reading: {options}.")
    if parameters.keep_reading:
        _leave_reading(layout, parameters)
    root = str(layout.root)
    _require_its_folder(workspace, name, root)
    kept = ensure_dataset(workspace, name, root=root, task=layout.task, layout=layout.layout)
    values = {key: getattr(parameters, key) for key in REMEMBERED}
    state = dataclasses.replace(
        source_state(layout),
        import_options={
            key: value
            for key, value in {
                **values,
                "exported_by": layout.exported_by,
                "told": _told(layout),
                "boxes_found": _boxes_found(layout),
            }.items()
            if value
        },
        source=parameters.source or None,
        licence=parameters.licence or None,
    )
    state = dataclasses.replace(state, files=with_origin(workspace, kept.id, state.files))
    state = reconcile_source(workspace, kept.id, state=state, run_id=run_id)  # its labels by the dataset's numbers
    todo = import_todo(workspace, kept.id, files=state.files, again=parameters.again)
    return Prepared(kept.id, kept.name, root, todo, parameters.changed(folder=root))


def _require_its_folder(workspace: Workspace, name: str, root: str) -> None:
    """Raise NameTaken for a dataset on another folder; where it looks as if that had moved here, with what to do."""
    last = next((dataset for dataset in list_datasets(workspace) if dataset.name == name), None)
    if last is None or last.root == root or is_store_url(root):
        return
    alike = likeness(workspace, last.id, folder=Path(root))
    if alike.is_enough:
        raise NameTaken(
            f"The dataset {name!r} stands on {last.root}, and {root} holds the same pictures ({alike.n_alike:,} of "
            f"{alike.n_looked_at:,} looked at, by name and size). If the folder has moved, say so: "
            f"`{_move_command(name, root)}` keeps vectors and decisions. If it is another set, choose another name."
        )


def _require_there(last: Dataset) -> None:
    """Raise NeedsAnswer for a dataset whose own folder is to be read again and is not there."""
    if not last.is_there:
        raise NeedsAnswer(
            f"{last.name} stands on {last.root}, and there is no such folder now. If it has moved, say where to: "
            f"`{_move_command(last.name, 'DIR')}` keeps vectors and decisions."
        )


def _move_command(name: str, folder: str) -> str:
    return f"vitrine move {shlex.quote(name)} {shlex.quote(folder)}"


def _told(layout: FolderContents) -> list[str]:
    """How the folder was read, in sentences: for the job's figures, and for whoever asks later."""
    return [layout.title, *layout.said][:_MOST_TOLD]


def _boxes_found(layout: FolderContents) -> dict[str, object]:
    """What the annotations say besides labels, for the detection that takes it (jobs/detect/marked.py)."""
    if not layout.n_boxes:
        return {}
    return {"reading": layout.reading, "mark": layout.boxes_mark, "n_boxes": layout.n_boxes}


def _leave_reading(layout: FolderContents, parameters: ImportParameters) -> None:
    if isinstance(layout.root, StoreFolder):
        raise UnknownParameter(
            "import: nothing is written into a bucket, so the reading cannot be left there. Leave out keep_reading."
        )
    try:
        keep_reading(layout.root, KeptReading(layout.reading, tuple(names_given(parameters.class_names) or ())))
    except OSError as error:
        raise UnknownParameter(
            f"import: the reading cannot be left in {layout.root}: {error.strerror or error}. Leave out keep_reading."
        ) from error


def _as_last_time(workspace: Workspace, name: str, parameters: ImportParameters) -> ImportParameters:
    """The parameters, with what is not given taken from the dataset's last import."""
    last = next((dataset for dataset in list_datasets(workspace) if dataset.name == name), None)
    if last is None:
        return parameters
    if not parameters.folder:
        _require_there(last)
    before = {"folder": last.root, **last.import_options}
    left_out = [key for key in ("folder", *REMEMBERED) if not getattr(parameters, key) and before.get(key)]
    return parameters.changed(**{key: before[key] for key in left_out})


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ImportParameters], table: pa.Table) -> None:
    """Take pictures, and those that could not be read, into the file."""
    land_images(cursor, job.dataset_id, table=table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[ImportParameters]) -> Figures:
    """How much the dataset holds now, and how much of it the import left as it was."""
    totals = import_totals(workspace, job.dataset_id)
    n_files = totals.n_images + totals.n_failures
    dataset = next((each for each in list_datasets(workspace) if each.id == job.dataset_id), None)
    told = dataset.import_options.get("told") if dataset is not None else None
    counts = {"n_files": n_files, "n_unchanged": n_files - job.spec.n_todo}
    figures = {**vars(totals), **counts, "read_as": told or []}
    if dataset is not None and dataset.import_options.get("boxes_found"):
        figures["n_boxes"] = dict(dataset.import_options["boxes_found"])["n_boxes"]
    message = " ".join(filter(None, (_about_moved(workspace, job), _about_classes(workspace, job.dataset_id))))
    return figures | ({"message": message} if message else {})


def _about_moved(workspace: Workspace, job: Job[ImportParameters]) -> str:
    """That the folder's pictures are a dataset's whose own folder is not there any more; "" where they are not."""
    if is_store_url(job.spec.root):
        return ""
    gone = moved_dataset(workspace, folder=Path(job.spec.root))
    if gone is None or gone.id == job.dataset_id:
        return ""
    return (
        f"The same pictures are the dataset {gone.name!r}, whose folder {gone.root} is not there any more; it keeps "
        "its own vectors and decisions. To find it again instead, import under its name."
    )


def _about_classes(workspace: Workspace, dataset_id: int) -> str:
    """What cannot be told of class numbers that imports of before had given anew; "" where all is clear."""
    unclear = [repair for repair in class_repairs(workspace) if repair.state == "unclear"]
    return next((repair.sentence for repair in unclear if repair.dataset_id == dataset_id), "")


def then(workspace: Workspace, job: Job[ImportParameters]) -> FollowUp | None:
    """The boxes that came with the labels, as a detection; None where there are none, or the same were taken before."""
    dataset = next((each for each in list_datasets(workspace) if each.id == job.dataset_id), None)
    if dataset is None or job.parameters.boxes == "no":
        return None
    found: Any = dataset.import_options.get("boxes_found")
    if not found or _are_taken(workspace, dataset, mark=str(found["mark"])):
        return None
    return FollowUp("detect", {"model": AS_ANNOTATED, "score_floor": 0.0, "mark": found["mark"]})


def _are_taken(workspace: Workspace, dataset: Dataset, *, mark: str) -> bool:
    """Whether the newest detection of this kind is of the same annotations, and of the pictures as they are now."""
    runs = list_detection_runs(workspace, dataset.id)
    last = next((run for run in runs if run.model == AS_ANNOTATED), None)
    if last is None or last.parameters.get("mark") != mark or PICTURES in last.changed:
        return False
    return not images_to_detect(workspace, dataset.id, run_id=last.run_id).num_rows


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, then=then)


class _TodoRows:
    """The todo as a stream of paths, and the rows behind the paths in the same order."""

    def __init__(self, work: Work[ImportParameters]):
        self._pieces = work.todo()
        self._ahead: list[pa.Table] = []
        self.n_known = 0

    def paths(self) -> Iterator[str]:
        """Every path; the rows read for them wait until `take` asks for them."""
        for piece in self._pieces:
            self._ahead.append(piece)
            self.n_known += pc.sum(pc.cast(piece["known"], pa.int64())).as_py() or 0
            yield from piece["path"].to_pylist()

    def take(self, n: int) -> pa.Table:
        """The next `n` rows."""
        table = pa.concat_tables(self._ahead)
        rest = table.slice(n)
        self._ahead = [rest] if rest.num_rows else []
        return table.slice(0, n)


def _landed_rows(todo: pa.Table, chunk: Scanned) -> pa.Table:
    """The todo's rows with what the scan found of each, in LANDED_COLUMNS."""
    images = chunk.images.take(pc.index_in(todo["path"], value_set=chunk.images["path"]))
    failures = chunk.failures.take(pc.index_in(todo["path"], value_set=chunk.failures["path"]))
    columns = {}
    for name in LANDED_COLUMNS:
        source = failures if name in ("code", "reason") else todo if name in todo.column_names else images
        columns[name] = source[name]
    columns["bytes"] = pc.coalesce(images["bytes"], failures["bytes"])
    return pa.table(columns)


def _with_stat(root: Root, files: pa.Table) -> pa.Table:
    sizes: list[int | None] = []
    times: list[int | None] = []
    for n_bytes, mtime_ns in sizes_of(root, files["path"].to_pylist()):
        sizes.append(n_bytes)
        times.append(mtime_ns)
    table = files.append_column("bytes", pa.array(sizes, pa.int64()))
    return table.append_column("mtime_ns", pa.array(times, pa.int64()))


def _unreadable_table(unreadable: Sequence[tuple[str, str, str]]) -> pa.Table:
    schema = pa.schema(
        [("path", pa.string()), ("code", pa.string()), ("reason", pa.string()), ("bytes", pa.int64())]
        + [("mtime_ns", pa.int64())]
    )
    rows = [{"path": path, "code": code, "reason": reason} for path, code, reason in unreadable]
    return pa.Table.from_pylist(rows, schema=schema)


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise UnknownDataset(f"{name!r} cannot be a dataset's name: use 1 to 100 printable characters.")
    return name.strip()
