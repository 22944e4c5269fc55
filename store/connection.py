"""The one owner of a workspace's DuckDB file: reading cursors, and writes one at a time."""

import contextlib
import datetime
import errno
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psutil
import pyarrow as pa

from store.errors import DiskFull, SnapshotFailed, WorkspaceBusy, WorkspaceDamaged
from store.migrations import migrate
from store.statements import sql

FILE_NAME = "vitrine.duckdb"
FOLDERS = ("thumbs", "jobs", "models", "exports", "uploads")
# What a million images with all their columns need stays far below; larger sorts spill to the disk.
MEMORY_LIMIT = os.environ.get("VITRINE_DUCKDB_MEMORY", "1GB")


def utc_now() -> datetime.datetime:
    """The time now in UTC, without a zone, as the file keeps it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


class Workspace:
    """An open workspace. Threads may share it: every use takes a cursor of its own.

    `read`, `rows` and `value` run a statement of store/sql; `writing` gives the one write transaction.
    Ref: DESIGN "Who owns the DuckDB file".
    """

    def __init__(self, root: Path, connection: duckdb.DuckDBPyConnection):
        self.root = root
        self._connection = connection
        self._write_lock = threading.Lock()
        self._cursor_lock = threading.Lock()
        self.n_writes = 0  # transactions of this process: a key for what is kept in memory

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection for one use by one thread; close it after."""
        with self._cursor_lock:
            return self._connection.cursor()

    def read(self, statement: str, /, **values: object) -> pa.Table:
        """The rows of `statement` as an Arrow table."""
        return self.read_text(sql(statement), **values)

    def read_text(self, text: str, /, **values: object) -> pa.Table:
        """The rows of a statement whose text came from store.statements."""
        with contextlib.closing(self.cursor()) as cursor:
            return cursor.sql(text, params=values or None).to_arrow_table()

    def rows(self, statement: str, /, **values: object) -> list[dict[str, object]]:
        """The rows of `statement` as dictionaries; for a handful of rows."""
        return self.read(statement, **values).to_pylist()

    def value(self, statement: str, /, **values: object) -> object:
        """The first column of the first row of `statement`, or None."""
        with contextlib.closing(self.cursor()) as cursor:
            rows = cursor.execute(sql(statement), values or None).fetchall()  # to the end, or nextval is not written
        return rows[0][0] if rows else None

    @contextlib.contextmanager
    def writing(
        self, dataset_id: int = 0, *, changes_data: bool = False, settles: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """One write transaction: all of it or nothing, and the generations of the dataset and the workspace raised.

        changes_data: images, labels or decisions change, so results computed before become stale. settles: False for
        a part of a result that others follow, a landing segment; what changes data settles always.
        Raises DiskFull when the disk has no room; the transaction is rolled back on every error.
        """
        with self._write_lock, contextlib.closing(self.cursor()) as cursor:
            cursor.begin()
            try:
                yield cursor
                raised = {"dataset_id": dataset_id, "changes_data": changes_data, "settles": settles or changes_data}
                cursor.execute(sql("raise_generation"), raised)
                cursor.commit()
                self.n_writes += 1
            except BaseException as error:
                _roll_back(cursor)
                if is_disk_full(error):
                    raise DiskFull(
                        f"The disk that holds {self.root} is full: {_first_line(error)} "
                        "Free some room, then resume; what was already saved is safe."
                    ) from error
                raise

    def generation(self, dataset_id: int = 0) -> int:
        """A number that every write to the dataset (or, for 0, to the workspace) raises, each landing segment too.

        The key of what must be right while a job is at work: how many vectors a space has so far, say.
        """
        return self._generations(dataset_id)[0]

    def settled_generation(self, dataset_id: int = 0) -> int:
        """A number that every write raises but a landing segment that leaves images, labels and decisions alone.

        The key of most pages: decisions, imports, versions, selections, runs that begin or end. What a run leaves
        before its end is not covered.
        """
        return self._generations(dataset_id)[1]

    def data_generation(self, dataset_id: int = 0) -> int:
        """A number that a change of images, labels or decisions raises, and nothing else.

        The key of what is counted from them alone. A run is stale once this exceeds the generation it read.
        """
        return self._generations(dataset_id)[2]

    def _generations(self, dataset_id: int) -> tuple[int, int, int]:
        rows = self.read("generations", dataset_id=dataset_id).to_pylist()
        return (rows[0]["value"], rows[0]["settled_value"], rows[0]["data_value"]) if rows else (0, 0, 0)

    def snapshot(self, target: Path) -> None:
        """Write a consistent copy of the file to `target`, which must not exist yet; raises SnapshotFailed."""
        if target.exists():
            raise FileExistsError(f"{target} exists already; name a new file for the snapshot.")
        with self._write_lock, contextlib.closing(self.cursor()) as cursor:
            part = target.with_name(f".{target.name}.part")
            part.unlink(missing_ok=True)
            name = cursor.execute(sql("current_database")).fetchone()[0]
            try:
                cursor.execute(sql("attach_snapshot").replace("{target}", str(part).replace("'", "''")))
                try:
                    cursor.execute(sql("copy_to_snapshot").replace("{name}", name.replace('"', '""')))
                finally:
                    cursor.execute(sql("detach_snapshot"))
            except duckdb.IOException as error:
                part.unlink(missing_ok=True)
                raise SnapshotFailed(f"No snapshot could be written to {target}: {_first_line(error)}") from error
            os.replace(part, target)

    def close(self) -> None:
        """Give the file up, so that another process can open it."""
        with self._write_lock:
            self._connection.close()
            owner_file(self.root).unlink(missing_ok=True)


def open_workspace(root: Path | str) -> Workspace:
    """Open (or make) the workspace folder `root` and become the owner of its file.

    Raises WorkspaceBusy if another process has it, WorkspaceTooNew, WorkspaceDamaged.
    """
    root = Path(root).expanduser().resolve()
    root.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        (root / name).mkdir(exist_ok=True)
    connection = _connect(root)
    try:
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    _write_owner(root)
    return Workspace(root, connection)


def owner_file(root: Path) -> Path:
    """Where the owner leaves its process id, for others to name it."""
    return root / "owner.json"


def read_owner(root: Path) -> dict[str, object] | None:
    """The living owner's process id, start time and command, or None."""
    try:
        owner = json.loads(owner_file(root).read_text(encoding="utf-8"))
        process = psutil.Process(owner["pid"])
        alive = abs(process.create_time() - owner["create_time"]) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return owner if alive else None


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the operating system or of DuckDB says that the disk is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return isinstance(error, duckdb.Error) and "No space left" in str(error)


def _connect(root: Path) -> duckdb.DuckDBPyConnection:
    path = root / FILE_NAME
    settings = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(root / ".spill")}
    try:
        return duckdb.connect(str(path), config=settings)
    except duckdb.IOException as error:
        text = str(error)
        if "lock" not in text.lower():
            raise WorkspaceDamaged(f"{path} cannot be opened: {_first_line(error)}") from error
        owner = read_owner(root) or {}
        pid = owner.get("pid") or (int(match[1]) if (match := re.search(r"PID (\d+)", text)) else None)
        raise WorkspaceBusy(path, pid=pid, started=owner.get("started"), command=owner.get("command")) from error
    except duckdb.Error as error:
        raise WorkspaceDamaged(
            f"{path} is not a workspace file that can be read: {_first_line(error)} "
            "Move it away, or open another workspace with --workspace DIR."
        ) from error


def _write_owner(root: Path) -> None:
    owner = {
        "pid": os.getpid(),
        "create_time": psutil.Process().create_time(),
        "started": datetime.datetime.now().strftime("%H:%M"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
    }
    part = root / f".owner.{os.getpid()}"
    part.write_text(json.dumps(owner), encoding="utf-8")
    os.replace(part, owner_file(root))


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    with contextlib.suppress(duckdb.Error):  # a failed COMMIT has already ended the transaction
        cursor.rollback()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
