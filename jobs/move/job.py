"""The move job: every known picture looked for in another folder, by its content; then the dataset stands there."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics.wording import count
from importers.sources import CACHE, Root, StoredFile, StoreFolder, local_copy, state_of
from importers.stores import BucketError, checked_url, is_store_url
from jobs.engine.errors import JobFailed, NothingToDo, UnknownParameter
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.move.kind import MoveParameters
from store.connection import Workspace
from store.datasets import Dataset, find_dataset, list_datasets
from store.moves import (
    DIFFERS,
    MISSING,
    SAME,
    UNREADABLE,
    enough,
    has_moved,
    land_move,
    likeness,
    pictures_to_find,
)

MOST_NAMED = 5  # pictures that are named of those that are missing, or differ
_THREADS = 8  # hashing waits for the disk, and lets other threads work
SCHEMA = pa.schema(
    [("image_id", pa.int64()), ("state", pa.string()), ("mtime_ns", pa.int64()), ("was_missing", pa.bool_())]
)


@dataclass(frozen=True)
class _Found:
    image_id: int
    path: str
    state: str
    mtime_ns: int
    was_missing: bool


def prepare(workspace: Workspace, dataset: str, parameters: MoveParameters, run_id: int) -> Prepared[MoveParameters]:
    """Look for all pictures of the dataset in the folder, or for none where the run has moved it.

    Raises UnknownParameter for a folder that is not there or another dataset's, NothingToDo where it stands there.
    """
    found = find_dataset(workspace, dataset)
    todo = pictures_to_find(workspace, found.id)
    if has_moved(workspace, run_id):
        return Prepared(found.id, found.name, found.root, todo.slice(0, 0), parameters)
    root = _root(workspace, found, parameters.folder)
    if str(root) == found.root:
        raise NothingToDo(f"{found.name} stands on {root} already; import it again to take in what is new.")
    other = next((each for each in list_datasets(workspace) if each.root == str(root)), None)
    if other is not None:
        raise UnknownParameter(f"move: {root} is the folder of the dataset {other.name!r}.")
    if not todo.num_rows:
        raise NothingToDo(f"{found.name} has no pictures by which a folder could be known. Import {root} instead.")
    return Prepared(found.id, found.name, str(root), todo, parameters.changed(folder=str(root)))


def compute(work: Work[MoveParameters]) -> Figures:
    """Look at every picture; where at least half are the same, publish what became of each. Raises JobFailed else."""
    found: list[_Found] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for piece in work.todo():
            found += pool.map(lambda row: _look(work.root, row), piece.to_pylist())
            n_failed = sum(one.state != SAME for one in found)
            work.report(len(found), failed=n_failed, message="Comparing pictures")
    states = Counter(one.state for one in found if not one.was_missing)
    if not enough(states[SAME], of=states.total()):
        raise JobFailed(
            f"Only {states[SAME]:,} of {count(states.total(), 'picture')} are the same in {work.root} "
            f"({states[MISSING]:,} are not there, {states[DIFFERS] + states[UNREADABLE]:,} differ), so it is not "
            f"taken for the folder of {work.spec.dataset}. Nothing was changed.{_named(found)}"
        )
    work.publish(pa.Table.from_pylist([asdict(one) for one in found], schema=SCHEMA))
    return {
        "n_same": sum(one.state == SAME for one in found),
        "n_missing": states[MISSING],
        "n_differ": states[DIFFERS] + states[UNREADABLE],
        "missing": [one.path for one in _of(found, MISSING)][:MOST_NAMED],
        "differ": [one.path for one in _of(found, DIFFERS, UNREADABLE)][:MOST_NAMED],
        "folder": str(work.root),
        "message": _what_next(found),
    }


def land(cursor: duckdb.DuckDBPyConnection, job: Job[MoveParameters], table: pa.Table) -> None:
    """Let the dataset stand on the new folder."""
    land_move(cursor, job.dataset_id, table=table, root=job.spec.root, who=job.spec.who, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[MoveParameters]) -> Figures:
    """Nothing to add to what the worker counted."""
    return {}


def _root(workspace: Workspace, dataset: Dataset, folder: str) -> Root:
    """The folder that is meant: the one named, or one in it that is called as the dataset's was, or its only one."""
    if not folder.strip():
        raise UnknownParameter("move: folder says where the pictures lie now; it is empty.")
    if is_store_url(folder):
        return StoreFolder(checked_url(folder), workspace.root / CACHE)
    named = Path(folder).expanduser().resolve()
    if not named.is_dir():
        raise UnknownParameter(f"move: there is no folder {named}.")
    inside = [entry for entry in named.iterdir() if entry.is_dir()]
    choices = [named, *(entry for entry in inside if entry.name == Path(dataset.root).name or len(inside) == 1)]
    return max(choices, key=lambda choice: likeness(workspace, dataset.id, folder=choice).n_alike)


def _look(root: Root, row: dict[str, object]) -> _Found:
    path = root / str(row["path"])
    state, mtime_ns = MISSING, 0
    try:
        if isinstance(path, StoredFile) or path.is_file():
            n_bytes, mtime_ns = state_of(path)
            is_same = n_bytes == row["bytes"] and _sha256(local_copy(path)) == row["sha256"]
            state = SAME if is_same else DIFFERS
    except FileNotFoundError:
        state = MISSING
    except BucketError:
        raise
    except OSError:
        state = UNREADABLE
    return _Found(int(str(row["image_id"])), str(row["path"]), state, mtime_ns, bool(row["was_missing"]))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of(found: list[_Found], *states: str) -> Iterator[_Found]:
    return (one for one in found if one.state in states and not one.was_missing)


def _named(found: list[_Found]) -> str:
    first = next(_of(found, MISSING, DIFFERS, UNREADABLE), None)
    return f" The first: {first.path}." if first is not None else ""


def _what_next(found: list[_Found]) -> str:
    n_missing, n_differ = (sum(1 for _ in _of(found, *states)) for states in ((MISSING,), (DIFFERS, UNREADABLE)))
    if not n_missing and not n_differ:
        return "Every picture was found. Import again to take in what is new."
    parts = [f"{count(n_missing, 'picture was', 'pictures were')} not found"] if n_missing else []
    parts += [f"{count(n_differ, 'differs', 'differ')}"] if n_differ else []
    return f"{' and '.join(parts)}.{_named(found)} Import again to take in what is new or changed."


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
