"""The one owner of a workspace's DuckDB file: reading cursors, and writes one at a time."""

import contextlib
import datetime
import json
import os
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb
import pyarrow as pa

from store.acting import Deed, current, deeds_now
from store.errors import DiskFull, RowMismatch, SnapshotFailed, UnknownDataset
from store.gathering import Asked, Gathering, Told
from store.rows import Bound, Row, Scalar, TableRow, rows_of, scalar_of
from store.statements import sql
from store.subjects import DATA, note_changes
from store.workspace_file import (
    FILE_NAME,
    FOLDERS,
    connect,
    first_line,
    is_disk_full,
    owner_file,
    refusals_in_words,
    up_to_date,
    write_owner,
)

Kept = TypeVar("Kept")
MOST_KEPT = 1_000  # answers that are kept until the next write


def utc_now() -> datetime.datetime:
    """The time now in UTC, without a zone, as the file keeps it."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


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
        self._snapshot_lock = threading.Lock()
        self._cursor_lock = threading.Lock()
        self._is_broken = False  # DuckDB answers nothing any more until the file is opened again
        self.n_access_changes = 0  # of roles and links, by this process: a key as the next one is
        self.n_writes = 0  # transactions of this process: a key for what is kept in memory
        self._kept: dict[Hashable, tuple[int, object]] = {}
        self._gatherings: dict[Hashable, Gathering[Any, Any]] = {}

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
        self,
        dataset_id: int = 0,
        *,
        changes_data: bool = False,
        settles: bool = True,
        deeds: Sequence[Deed] | None = None,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """One write transaction: all of it or nothing, and the generations of the dataset and the workspace raised.

        What changes is noted by `store.subjects.note_changes` as it is written; changes_data: anything may, so every
        result of before becomes stale. settles: False for a part of a result that others follow, a landing segment;
        what changes data settles always. deeds: what is noted in the audit log with it; by default what this thread is
        about (`store.acting.does`).
        Raises NotAllowed where nobody said what is being done, and who does it may not do everything; UnknownDataset
        where the dataset does not exist for them; DiskFull when the disk has no room. The transaction is rolled back on
        every error.
        """
        if dataset_id and not current().may_see(dataset_id):
            raise UnknownDataset("There is no such dataset here.")
        noted = [deed for deed in (deeds_now() if deeds is None else deeds) if not deed.is_noted]
        with self._write_lock, contextlib.closing(self.cursor()) as cursor:
            cursor.begin()
            try:
                yield cursor
                note_changes(cursor, dataset_id, [DATA] if changes_data else [])
                cursor.execute(sql("raise_generation"), {"dataset_id": dataset_id, "settles": settles})
                for deed in noted:
                    cursor.execute(sql("note_deed"), _noted(deed, dataset_id=dataset_id))
                cursor.commit()
                for deed in noted:
                    deed.is_noted = True
                self.n_writes += 1
            except BaseException as error:
                _roll_back(cursor)
                self._is_broken |= isinstance(error, duckdb.FatalException)
                if is_disk_full(error):
                    raise DiskFull(
                        f"The disk that holds {self.root} is full: {first_line(error)} "
                        "Free some room, then resume; what was already saved is safe."
                    ) from error
                raise

    def gathered(
        self, key: Hashable, asked: Asked, do_all: Callable[[Sequence[Asked]], Sequence[Told | Exception]]
    ) -> Told:
        """Have `asked` done by `do_all`, together with what other threads ask for under `key` while one is at work.

        For small writes that come from many visitors at once: one transaction for all that wait.
        """
        gathering: Gathering[Asked, Told] = self._gatherings.setdefault(key, Gathering(do_all))
        return gathering.ask(asked)

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
        """A number that a change of images, labels, splits or decisions raises, and nothing else.

        The key of what is counted from them alone.
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
            if len(self._kept) >= MOST_KEPT:
                self._kept = {one: kept for one, kept in list(self._kept.items()) if kept[0] == n_writes}
            if len(self._kept) < MOST_KEPT:
                self._kept[key] = (n_writes, value)
        return cast(Kept, value)

    def at_hand(self, key: Hashable) -> object | None:
        """What `until_written` keeps under `key`; None where it would have to read. It never waits for the file."""
        at, value = self._kept.get(key, (-1, None))
        return value if at == self.n_writes else None

    def _generations(self, dataset_id: int) -> _Generations:
        def read() -> _Generations:
            return self.first("generations", _Generations, dataset_id=dataset_id) or _Generations(0, 0, 0)

        return self.until_written(("generations", dataset_id), read)

    def snapshot(self, target: Path) -> None:
        """Write a consistent copy of the file to `target`, which must not exist yet; raises SnapshotFailed.

        It is one transaction that reads: nothing that is written meanwhile waits for it, or is in it by half.
        """
        if target.exists():
            raise FileExistsError(f"{target} exists already; name a new file for the snapshot.")
        with self._snapshot_lock, contextlib.closing(self.cursor()) as cursor:
            part = target.with_name(f".{target.name}.part")
            part.unlink(missing_ok=True)
            ((name,),) = cursor.execute(sql("current_database")).fetchall()
            try:
                cursor.execute(sql("attach_snapshot").replace("{target}", str(part).replace("'", "''")))
                try:
                    cursor.execute(sql("copy_to_snapshot").replace("{name}", name.replace('"', '""')))
                finally:
                    cursor.execute(sql("detach_snapshot"))
            except duckdb.Error as error:
                part.unlink(missing_ok=True)
                raise SnapshotFailed(f"No snapshot could be written to {target}: {first_line(error)}") from error
            os.replace(part, target)

    def _open_again(self) -> None:
        """Open the file anew after an error that DuckDB answers nothing after: a checkpoint without room, say."""
        self._connection.close()
        connection = connect(self.root)
        try:
            connection.execute(sql("current_database")).fetchall()
        except duckdb.Error as error:  # a reader of before still holds what is broken
            connection.close()
            raise DiskFull(f"{self.root / FILE_NAME} is being opened again after a fault; try again.") from error
        self._connection, self._is_broken = connection, False
        self.n_writes += 1  # what is kept in memory is read again

    def close(self) -> None:
        """Give the file up, so that another process can open it."""
        with self._write_lock, self._snapshot_lock:
            owner_file(self.root).unlink(missing_ok=True)  # first: once the file is free, the next owner writes its own
            self._connection.close()


def open_workspace(root: Path | str) -> Workspace:
    """Open (or make) the workspace folder `root` and become the owner of its file.

    A file of an earlier version is copied beside itself before it is brought to this one's schema.
    Raises WorkspaceRefused where there can be none, WorkspaceBusy if another process has it, WorkspaceTooNew,
    WorkspaceDamaged, WalDamaged, MigrationFailed, DiskFull.
    """
    with refusals_in_words(Path(root)):
        root = Path(root).expanduser().resolve()
        root.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            (root / name).mkdir(exist_ok=True)
    connection = up_to_date(root)
    try:
        with refusals_in_words(root):
            write_owner(root)
    except BaseException:
        connection.close()
        raise
    return Workspace(root, connection)


def _noted(deed: Deed, *, dataset_id: int) -> dict[str, object]:
    """A deed as a row of the audit log."""
    actor = deed.actor
    values = {"who": deed.who, "role": actor.role, "how": actor.how, "link_id": actor.link_id, "act": deed.act.name}
    about = json.dumps({name: value for name, value in deed.about.items() if name != "dataset_id"})
    more = {"came_from": actor.came_from, "dataset_id": deed.dataset_id or dataset_id, "about": about}
    return {**values, **more, "noted_at": utc_now()}


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    with contextlib.suppress(duckdb.Error):  # a failed COMMIT has already ended the transaction
        cursor.rollback()
