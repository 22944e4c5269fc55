"""The DuckDB file of a workspace on the disk: opened, brought to this version's schema, and who has it."""

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil

from store.class_repair import repair_classes
from store.errors import (
    DiskFull,
    MigrationFailed,
    WalDamaged,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceRefused,
)
from store.migrations import migrate, missing_migrations, schema_of
from store.processes import is_alive, start_of
from store.statements import sql

FILE_NAME = "vitrine.duckdb"
WAL_NAME = f"{FILE_NAME}.wal"
_LOG_BEGINS = b"d\x00b"  # field 100, entry 98: the log's version, in DuckDB 1 and 2
BACKUPS = "backups"
FOLDERS = ("thumbs", "jobs", "models", "exports", "uploads")
# What a million images with all their columns need stays far below; larger sorts spill to the disk.
MEMORY_LIMIT = os.environ.get("VITRINE_DUCKDB_MEMORY", "750MB")


@dataclass(frozen=True)
class Owner:
    """The process that has a workspace open. started: the time of the day, for people.

    start: of store.processes, by which a later process of the same number is told apart; None where a version before
    this one wrote it, which knew create_time alone, seconds since 1970. address: where a browser finds it, of an app.
    """

    pid: int
    create_time: float
    started: str
    command: str
    start: str | None = None
    address: str | None = None


def connect(root: Path) -> duckdb.DuckDBPyConnection:
    """The file of a workspace; raises WorkspaceBusy, WalDamaged, WorkspaceDamaged."""
    path, wal = root / FILE_NAME, root / WAL_NAME
    if path.exists() and not path.is_file():
        raise WorkspaceDamaged(f"{path} is no file. Move it away, or open another workspace with --workspace DIR.")
    if _is_no_log(wal):
        raise WalDamaged(_log_is_damaged(root, "it does not begin as a log does."))
    try:
        connection = duckdb.connect(
            str(path), config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(root / ".spill")}
        )
        connection.execute(sql("write_numbers_plainly"))
        return connection
    except duckdb.Error as error:
        said = str(error).replace(str(path), "")  # what a folder is called must not be read as what happened
        if isinstance(error, duckdb.IOException) and "Could not set lock" in said:
            owner = read_owner(root)
            if owner is not None:
                raise WorkspaceBusy(path, pid=owner.pid, started=owner.started, command=owner.command) from error
            match = re.search(r"PID (\d+)", said)
            raise WorkspaceBusy(path, pid=int(match[1]) if match else None, started=None) from error
        if is_disk_full(error):
            raise DiskFull(f"The disk that holds {root} is full: {first_line(error)} Free some room.") from error
        if "Permission denied" in said:
            raise WorkspaceRefused(f"{path} may not be read and written: {first_line(error)}") from error
        if "replaying WAL" in said and wal.exists():
            raise WalDamaged(_log_is_damaged(root, first_line(error))) from error
        raise WorkspaceDamaged(
            f"{path} is not a workspace file that can be opened: {first_line(error)} "
            f"Move it away, or open another workspace with --workspace DIR.{_of_backups(root)}"
        ) from error


def up_to_date(root: Path) -> duckdb.DuckDBPyConnection:
    """The file, opened and of this version's schema.

    One of an earlier version is copied first; where the way to this version's schema fails, the copy is put back.
    """
    connection = connect(root)
    before, copy = 0, None
    try:
        before = schema_of(connection)
        missing = missing_migrations(connection)
        if before and missing:
            connection.execute(sql("checkpoint"))
            connection.close()  # closing a second handle of an open file would take the first one's lock away
            copy = _copied(root, before)
            connection = connect(root)
        if missing:
            migrate(connection)
        repair_classes(connection)
    except BaseException as error:
        connection.close()
        if copy is not None:
            os.replace(copy, root / FILE_NAME)
            (root / WAL_NAME).unlink(missing_ok=True)
        if isinstance(error, duckdb.Error):
            raise MigrationFailed(_why_not_migrated(root, error, before=before)) from error
        raise
    return connection


def set_wal_aside(root: Path) -> Path:
    """Rename the damaged write-ahead log of a workspace, so that the file opens without it; its new path.

    What was written since the file was last closed or tidied up is lost with it. Raises WorkspaceRefused where the log
    is not there, or the workspace opens with it.
    """
    wal = root / WAL_NAME
    if not wal.is_file():
        raise WorkspaceRefused(f"There is no {wal}; nothing was changed.")
    try:
        connect(root).close()
    except WalDamaged:
        aside = _free_name(wal.with_name(f"{WAL_NAME}.damaged"))
        os.replace(wal, aside)
        return aside
    raise WorkspaceRefused(f"{root / FILE_NAME} opens with its log; nothing was changed.")


@contextlib.contextmanager
def refusals_in_words(root: Path) -> Iterator[None]:
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


def owner_file(root: Path) -> Path:
    """Where the owner leaves its process id, for others to name it."""
    return root / "owner.json"


def read_owner(root: Path) -> Owner | None:
    """The process that has the workspace open; None where it has ended or nobody has."""
    try:
        content = json.loads(owner_file(root).read_text(encoding="utf-8"))
        owner = Owner(**{name: content[name] for name in ("pid", "create_time", "started", "command")})
        address = str(content.get("address") or "")
        local = address if address.startswith("http://localhost:") else None  # a browser may be led there
        owner = dataclasses.replace(owner, start=content.get("start"), address=local)
        alive = is_alive(owner.pid, start=owner.start, create_time=owner.create_time)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return owner if alive else None


def write_owner(root: Path, *, address: str | None = None) -> None:
    """Leave word that this process has the workspace open; an app says where it is found."""
    owner = Owner(
        pid=os.getpid(),
        create_time=psutil.Process().create_time(),  # for a command line of before, which knows no other start
        started=datetime.datetime.now().strftime("%H:%M"),
        command=" ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
        start=start_of(os.getpid()),
        address=address,
    )
    part = root / f".owner.{os.getpid()}"
    part.write_text(json.dumps(vars(owner)), encoding="utf-8")
    os.replace(part, owner_file(root))


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the operating system or of DuckDB says that the disk is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return isinstance(error, duckdb.Error) and "No space left" in str(error)


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


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
        f"{root / FILE_NAME} could not be brought up to date ({full}{first_line(error).rstrip('.')}); {stands}. "
        "Please report this, or open another workspace with --workspace DIR."
    )


def _free_name(path: Path) -> Path:
    """`path`, or the first of `path-2`, `path-3`, ... that is not taken."""
    names = (path if n == 1 else path.with_name(f"{path.name}-{n}") for n in itertools.count(1))
    return next(name for name in names if not name.exists())


def _is_no_folder(path: Path) -> bool:
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


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


def _of_backups(root: Path) -> str:
    """Where the newest backup lies, for whoever lost the file; '' where there is none."""
    copies = sorted((root / BACKUPS).glob("*.duckdb"), key=lambda path: path.stat().st_mtime)
    if not copies:
        return ""
    made = datetime.datetime.fromtimestamp(copies[-1].stat().st_mtime)
    return f" A copy of {made:%d %B %Y, %H:%M} is {copies[-1]}; put under the file's name, it opens."


def _log_is_damaged(root: Path, why: str) -> str:
    return (
        f"{root / WAL_NAME} is damaged, so {root / FILE_NAME} does not open with it: {why}\n"
        "The file itself may be whole, without what was written last. Copy both, then set the log aside with "
        f"`vitrine set-log-aside --workspace '{root}'`."
    )
