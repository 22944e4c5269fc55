"""The one owner of a workspace's DuckDB file: reading cursors, and writes one at a time."""

import contextlib
import dataclasses
import datetime
import errno
import itertools
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import duckdb
import psutil
import pyarrow as pa

from store.errors import (
    DiskFull,
    MigrationFailed,
    RowMismatch,
    SnapshotFailed,
    WalDamaged,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceRefused,
)
from store.migrations import migrate, missing_migrations, schema_of
from store.processes import is_alive, start_of
from store.rows import Bound, Row, Scalar, TableRow, rows_of, scalar_of
from store.statements import sql

Kept = TypeVar("Kept")

FILE_NAME = "vitrine.duckdb"
WAL_NAME = f"{FILE_NAME}.wal"
_LOG_BEGINS = b"d\x00b"  # field 100, entry 98: the log's version, in DuckDB 1 and 2
FOLDERS = ("thumbs", "jobs", "models", "exports", "uploads")
# What a million images with all their columns need stays far below; larger sorts spill to the disk.
MEMORY_LIMIT = os.environ.get("VITRINE_DUCKDB_MEMORY", "1GB")


def utc_now() -> datetime.datetime:
    """The time now in UTC, without a zone, as the file keeps it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Owner:
    """The process that has a workspace open. started: the time of the day, for people.

    start: of store.processes, by which a later process of the same number is told apart; None where a version before
    this one wrote it, which knew create_time alone, seconds since 1970.
    """

    pid: int
    create_time: float
    started: str
    command: str
    start: str | None = None


@dataclass(frozen=True)
class _Generations:
    value: int
    settled_value: int
    data_value: int


class Workspace:
    """An open workspace. Threads may share it: every use takes a cursor of its own.

    `read` gives the rows of a statement of store/sql as a table; `all`, `one` and `first` as dataclasses, `value` and
    `count` a single value, each checked against its type; `writing` gives the one write transaction.
    Ref: DESIGN "Who owns the DuckDB file".
    """

    def __init__(self, root: Path, connection: duckdb.DuckDBPyConnection):
        self.root = root
        self._connection = connection
        self._write_lock = threading.Lock()
        self._cursor_lock = threading.Lock()
        self._is_broken = False  # DuckDB answers nothing any more until the file is opened again
        self.n_writes = 0  # transactions of this process: a key for what is kept in memory
        self._kept: dict[Hashable, tuple[int, object]] = {}

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection for one use by one thread; close it after.

        Raises DiskFull and the like where the file has to be opened again first, and cannot be.
        """
        with self._cursor_lock:
            if self._is_broken:
                self._open_again()
            return self._connection.cursor()

    def read(self, statement: str, /, **values: Bound) -> pa.Table:
        """The rows of `statement` as an Arrow table."""
        return self.read_text(sql(statement), **values)

    def read_text(self, text: str, /, **values: Bound) -> pa.Table:
        """The rows of a statement whose text came from store.statements."""
        return self.read_beside({}, text, **values)

    def read_beside(self, tables: Mapping[str, pa.Table], text: str, /, **values: Bound) -> pa.Table:
        """The rows of a statement (its text) that reads `tables`, by name, beside those of the file."""
        with contextlib.closing(self.cursor()) as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            return cursor.sql(text, params=values or None).to_arrow_table()

    def rows(self, statement: str, /, **values: Bound) -> list[TableRow]:
        """The rows of `statement` as dictionaries, for a look at a handful of them; code reads `all`."""
        rows: list[TableRow] = self.read(statement, **values).to_pylist()
        return rows

    def all(self, statement: str, kind: type[Row], /, **values: Bound) -> list[Row]:
        """A `kind`, which is a dataclass, for each row of `statement`; raises RowMismatch."""
        return rows_of(self.read(statement, **values), kind)

    def first(self, statement: str, kind: type[Row], /, **values: Bound) -> Row | None:
        """The first row of `statement` as a `kind`, or None."""
        return next(iter(self.all(statement, kind, **values)), None)

    def one(self, statement: str, kind: type[Row], /, **values: Bound) -> Row:
        """The row of `statement`, which has one, as a `kind`."""
        rows = self.all(statement, kind, **values)
        if len(rows) != 1:
            raise RowMismatch(f"{statement} gives {len(rows)} rows where one is expected.")
        return rows[0]

    def value(self, statement: str, kind: type[Scalar], /, **values: Bound) -> Scalar | None:
        """The first column of the first row of `statement`, a `kind`; None where there is no row, or a null."""
        with contextlib.closing(self.cursor()) as cursor:
            rows = cursor.execute(sql(statement), values or None).fetchall()  # to the end, or nextval is not written
        return None if not rows or rows[0][0] is None else scalar_of(rows[0][0], kind, statement=statement)

    def count(self, statement: str, /, **values: Bound) -> int:
        """The number that `statement` gives in the first column of its first row; raises RowMismatch without one."""
        counted = self.value(statement, int, **values)
        return scalar_of(counted, int, statement=statement)

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
                self._is_broken |= isinstance(error, duckdb.FatalException)
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
        return self._generations(dataset_id).value

    def settled_generation(self, dataset_id: int = 0) -> int:
        """A number that every write raises but a landing segment that leaves images, labels and decisions alone.

        The key of most pages: decisions, imports, versions, selections, runs that begin or end. What a run leaves
        before its end is not covered.
        """
        return self._generations(dataset_id).settled_value

    def data_generation(self, dataset_id: int = 0) -> int:
        """A number that a change of images, labels or decisions raises, and nothing else.

        The key of what is counted from them alone. A run is stale once this exceeds the generation it read.
        """
        return self._generations(dataset_id).data_value

    def until_written(self, key: Hashable, read: Callable[[], Kept]) -> Kept:
        """What `read` gives, kept under `key` until the next write: only the owner writes, so it knows of each.

        For what every visit to every page asks for. The value is shared between threads; nobody may change it.
        """
        n_writes = self.n_writes  # before the reading: what is read beside a write is read again
        at, value = self._kept.get(key, (-1, None))
        if at != n_writes:
            value = read()
            self._kept[key] = (n_writes, value)
        return cast(Kept, value)

    def _generations(self, dataset_id: int) -> _Generations:
        def read() -> _Generations:
            return self.first("generations", _Generations, dataset_id=dataset_id) or _Generations(0, 0, 0)

        return self.until_written(("generations", dataset_id), read)

    def snapshot(self, target: Path) -> None:
        """Write a consistent copy of the file to `target`, which must not exist yet; raises SnapshotFailed."""
        if target.exists():
            raise FileExistsError(f"{target} exists already; name a new file for the snapshot.")
        with self._write_lock, contextlib.closing(self.cursor()) as cursor:
            part = target.with_name(f".{target.name}.part")
            part.unlink(missing_ok=True)
            ((name,),) = cursor.execute(sql("current_database")).fetchall()
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

    def _open_again(self) -> None:
        """Open the file anew after an error that DuckDB answers nothing after: a checkpoint without room, say."""
        self._connection.close()
        connection = _connect(self.root)
        try:
            connection.execute(sql("current_database")).fetchall()
        except duckdb.Error as error:  # a reader of before still holds what is broken
            connection.close()
            raise DiskFull(f"{self.root / FILE_NAME} is being opened again after a fault; try again.") from error
        self._connection, self._is_broken = connection, False
        self.n_writes += 1  # what is kept in memory is read again

    def close(self) -> None:
        """Give the file up, so that another process can open it."""
        with self._write_lock:
            owner_file(self.root).unlink(missing_ok=True)  # first: once the file is free, the next owner writes its own
            self._connection.close()


def open_workspace(root: Path | str) -> Workspace:
    """Open (or make) the workspace folder `root` and become the owner of its file.

    A file of an earlier version is copied beside itself before it is brought to this one's schema.
    Raises WorkspaceRefused where there can be none, WorkspaceBusy if another process has it, WorkspaceTooNew,
    WorkspaceDamaged, WalDamaged, MigrationFailed, DiskFull.
    """
    with _refusals_in_words(Path(root)):
        root = Path(root).expanduser().resolve()
        root.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            (root / name).mkdir(exist_ok=True)
    connection = _up_to_date(root)
    try:
        with _refusals_in_words(root):
            _write_owner(root)
    except BaseException:
        connection.close()
        raise
    return Workspace(root, connection)


def set_wal_aside(root: Path) -> Path:
    """Rename the damaged write-ahead log of a workspace, so that the file opens without it; its new path.

    What was written since the file was last closed or tidied up is lost with it. Raises WorkspaceRefused where the log
    is not there, or the workspace opens with it.
    """
    wal = root / WAL_NAME
    if not wal.is_file():
        raise WorkspaceRefused(f"There is no {wal}; nothing was changed.")
    try:
        _connect(root).close()
    except WalDamaged:
        aside = _free_name(wal.with_name(f"{WAL_NAME}.damaged"))
        os.replace(wal, aside)
        return aside
    raise WorkspaceRefused(f"{root / FILE_NAME} opens with its log; nothing was changed.")


def owner_file(root: Path) -> Path:
    """Where the owner leaves its process id, for others to name it."""
    return root / "owner.json"


def read_owner(root: Path) -> Owner | None:
    """The process that has the workspace open; None where it has ended or nobody has."""
    try:
        content = json.loads(owner_file(root).read_text(encoding="utf-8"))
        owner = Owner(**{name: content[name] for name in ("pid", "create_time", "started", "command")})
        owner = dataclasses.replace(owner, start=content.get("start"))
        alive = is_alive(owner.pid, start=owner.start, create_time=owner.create_time)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return owner if alive else None


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the operating system or of DuckDB says that the disk is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return isinstance(error, duckdb.Error) and "No space left" in str(error)


def _up_to_date(root: Path) -> duckdb.DuckDBPyConnection:
    """The file, opened and of this version's schema.

    One of an earlier version is copied first; where the way to this version's schema fails, the copy is put back.
    """
    connection = _connect(root)
    before, copy = 0, None
    try:
        before = schema_of(connection)
        if before and missing_migrations(connection):
            connection.execute(sql("checkpoint"))
            connection.close()  # closing a second handle of an open file would take the first one's lock away
            copy = _copied(root, before)
            connection = _connect(root)
        migrate(connection)
    except BaseException as error:
        connection.close()
        if copy is not None:
            os.replace(copy, root / FILE_NAME)
            (root / WAL_NAME).unlink(missing_ok=True)
        if isinstance(error, duckdb.Error):
            raise MigrationFailed(_why_not_migrated(root, error, before=before)) from error
        raise
    return connection


def _copied(root: Path, schema: int) -> Path:
    """A copy of the closed file beside it, whole; one a schema is kept. Raises DiskFull with the file untouched."""
    source, copy = root / FILE_NAME, root / f"vitrine.schema-{schema}.duckdb"
    part = copy.with_name(f".{copy.name}.part")
    try:
        shutil.copyfile(source, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, copy)
    except OSError as error:
        part.unlink(missing_ok=True)
        if is_disk_full(error):
            raise DiskFull(
                f"{source} is of an earlier Vitrine, and is copied before it is brought up to date; the disk has no "
                f"room for the copy ({source.stat().st_size / 1e6:,.0f} MB). Free some room; nothing was changed."
            ) from error
        raise MigrationFailed(
            f"{source} is of an earlier Vitrine, and no copy of it could be made: {error}. Nothing was changed."
        ) from error
    return copy


def _why_not_migrated(root: Path, error: duckdb.Error, *, before: int) -> str:
    full = "the disk is full: " if is_disk_full(error) else ""
    stands = (
        f"it is as it was, of schema {before}, and an earlier Vitrine opens it" if before else "nothing is in it yet"
    )
    return (
        f"{root / FILE_NAME} could not be brought up to date ({full}{_first_line(error).rstrip('.')}); {stands}. "
        "Please report this, or open another workspace with --workspace DIR."
    )


def _free_name(path: Path) -> Path:
    """`path`, or the first of `path-2`, `path-3`, ... that is not taken."""
    names = (path if n == 1 else path.with_name(f"{path.name}-{n}") for n in itertools.count(1))
    return next(name for name in names if not name.exists())


@contextlib.contextmanager
def _refusals_in_words(root: Path) -> Iterator[None]:
    """What the disk says against a workspace, as a sentence; raises WorkspaceRefused and DiskFull."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # also a zero in the path, a home that nobody has
        if is_disk_full(error):
            raise DiskFull(f"The disk that holds {root} is full. Free some room, then try again.") from error
        folders = (*(root / name for name in FOLDERS), root, *root.parents)
        in_the_way = next((path for path in folders if _is_no_folder(path)), None)
        why = str(error) if in_the_way is None else f"{in_the_way} is a file where a folder is needed"
        raise WorkspaceRefused(
            f"There can be no workspace at {root}: {why}. Name another with --workspace DIR."
        ) from error


def _is_no_folder(path: Path) -> bool:
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def _connect(root: Path) -> duckdb.DuckDBPyConnection:
    """The file of a workspace; raises WorkspaceBusy, WalDamaged, WorkspaceDamaged."""
    path, wal = root / FILE_NAME, root / WAL_NAME
    if path.exists() and not path.is_file():
        raise WorkspaceDamaged(f"{path} is no file. Move it away, or open another workspace with --workspace DIR.")
    if _is_no_log(wal):
        raise WalDamaged(_log_is_damaged(root, "it does not begin as a log does."))
    try:
        return duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(root / ".spill")})
    except duckdb.Error as error:
        said = str(error).replace(str(path), "")  # what a folder is called must not be read as what happened
        if isinstance(error, duckdb.IOException) and "Could not set lock" in said:
            owner = read_owner(root)
            if owner is not None:
                raise WorkspaceBusy(path, pid=owner.pid, started=owner.started, command=owner.command) from error
            match = re.search(r"PID (\d+)", said)
            raise WorkspaceBusy(path, pid=int(match[1]) if match else None, started=None) from error
        if is_disk_full(error):
            raise DiskFull(f"The disk that holds {root} is full: {_first_line(error)} Free some room.") from error
        if "Permission denied" in said:
            raise WorkspaceRefused(f"{path} may not be read and written: {_first_line(error)}") from error
        if "replaying WAL" in said and wal.exists():
            raise WalDamaged(_log_is_damaged(root, _first_line(error))) from error
        raise WorkspaceDamaged(
            f"{path} is not a workspace file that can be opened: {_first_line(error)} "
            "Move it away, or open another workspace with --workspace DIR."
        ) from error


def _is_no_log(wal: Path) -> bool:
    """Whether what lies in a log's place is none: DuckDB passes over it in silence, and over what it held.

    Nothing but zeros is what a power cut leaves of a write that was never promised.
    """
    try:
        with wal.open("rb") as file:
            head = file.read(16)
    except OSError:
        return False
    return len(head) >= len(_LOG_BEGINS) and any(head) and not head.startswith(_LOG_BEGINS)


def _log_is_damaged(root: Path, why: str) -> str:
    return (
        f"{root / WAL_NAME} is damaged, so {root / FILE_NAME} does not open with it: {why}\n"
        "The file itself may be whole, without what was written last. Copy both, then set the log aside with "
        f"`python -m jobs set-log-aside --workspace '{root}'`."
    )


def _write_owner(root: Path) -> None:
    owner = Owner(
        pid=os.getpid(),
        create_time=psutil.Process().create_time(),  # for a command line of before, which knows no other start
        started=datetime.datetime.now().strftime("%H:%M"),
        command=" ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
        start=start_of(os.getpid()),
    )
    part = root / f".owner.{os.getpid()}"
    part.write_text(json.dumps(vars(owner)), encoding="utf-8")
    os.replace(part, owner_file(root))


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    with contextlib.suppress(duckdb.Error):  # a failed COMMIT has already ended the transaction
        cursor.rollback()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
