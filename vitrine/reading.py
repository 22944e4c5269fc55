"""A workspace read in a notebook: `vitrine.open(...)`. Nothing is ever written to it.

While nobody has the workspace open its file is read as it is. While an app or a command has it, no other process may
open it, so a copy is read: its owner is asked for one, by the command `vitrine snapshot`.
"""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from vitrine.command import HERE, house
from vitrine.errors import NotThere, Unreadable
from vitrine.tables import Tables, statement

if TYPE_CHECKING:  # pandas takes half a second to import, and the command does without it
    import pandas as pd

    PandasTables = Tables[pd.DataFrame]
else:
    PandasTables = Tables

FILE_NAME = "vitrine.duckdb"
COMMAND = (sys.executable, "-P", str(HERE / "command.py"))
LOG_BEGINS = b"d\x00b"  # as store/workspace_file.py has it, and a test holds the two together
_Mark = tuple[tuple[int, int] | None, ...]  # of the file and its log: when it was changed, in ns, and its size


class Vectors(NamedTuple):
    """The vectors of a space. ids: (n,) int64, image ids, rising. vectors: (n, dim) float32, a row an id."""

    ids: np.ndarray
    vectors: np.ndarray


class Workspace(PandasTables):
    """A workspace to read: each table is a method that gives a pandas DataFrame; `.arrow` has the same as Arrow tables.

    root: the workspace's folder. While nothing has it open, a table is as the file is when it is asked for. While an
    app or a command has it open, tables are as of the last copy: `refresh()` takes a new one if something has changed.
    """

    def __init__(self, root: Path):
        super().__init__(self._read, lambda table: table.to_pandas())
        self.root = root
        self.arrow: Tables[pa.Table] = Tables(self._read, lambda table: table)
        self._folder: _Copy | None = None
        self._mark: _Mark | None = None
        self.refresh()

    def __repr__(self) -> str:
        return f"vitrine.open({str(self.root)!r})"

    @property
    def is_copy(self) -> bool:
        """Whether what is read is a copy, for another process has the workspace open."""
        return self._folder is not None

    def refresh(self) -> bool:
        """Look again at the workspace, and take a new copy if one is needed; whether something has changed.

        Raises Unreadable where it is damaged, of another version of Vitrine, or its owner gives no copy.
        """
        mark = tuple(_mark_of(self.root / name) for name in (FILE_NAME, f"{FILE_NAME}.wal"))
        if mark == self._mark:
            return False
        self._drop_copy()
        _require_log(self.root / f"{FILE_NAME}.wal")
        self._require_schema()
        self._mark = mark  # of before the copy: what is written beside it is seen the next time
        return True

    def vectors(
        self, space: str | int | None = None, *, dataset: str | None = None, everything: bool = False
    ) -> Vectors:
        """The vectors of an embedding space: ids (n,) int64, vectors (n, dim) float32.

        space: its name or number, as `spaces()` has them; None where there is one alone. everything: also of images
        that are removed or missing. Raises NotThere, which lists the spaces there are.
        """
        chosen = self._space(space, dataset)
        text = statement("notebook_vectors").replace("{vector_table}", f"vector_{int(chosen['space_id'])}")
        table = self._read(text, {"everything": everything})
        ids = table["image_id"].to_numpy()
        flat = pa.chunked_array([chunk.flatten() for chunk in table["vector"].chunks], pa.float32()).to_numpy()
        return Vectors(ids, flat.reshape(len(ids), int(chosen["dim"])))

    def close(self) -> None:
        """Remove the copy, if there is one. A table that is asked for later takes a new one."""
        self._drop_copy()
        self._mark = None

    def _space(self, space: str | int | None, dataset: str | None) -> dict[str, Any]:
        there: list[dict[str, Any]] = self.arrow.spaces(dataset=dataset).to_pylist()
        fitting = [row for row in there if space is None or space in (row["space"], row["space_id"])]
        if len(fitting) == 1:
            return fitting[0]
        if not there:
            raise NotThere("There are no vectors yet; `vitrine run embed --dataset NAME` computes them.")
        listed = ", ".join(f"{row['space']!r} (number {row['space_id']}, of {row['dataset']})" for row in there)
        if not fitting:
            raise NotThere(f"There is no space {space!r}. There are: {listed}.")
        raise NotThere(f"Several spaces fit; name one by its number: {listed}.")

    def _read(self, text: str, values: dict[str, Any]) -> pa.Table:
        """The rows of a statement, of the file or of the copy of it."""
        if self._folder is None:
            try:
                return _rows(self.root / FILE_NAME, text, values)
            except _Locked:
                self._folder = self._new_copy()
        return _rows(self._folder.path / FILE_NAME, text, values)

    def _new_copy(self) -> "_Copy":
        folder = _Copy()
        target = folder.path / FILE_NAME
        words = [*COMMAND, "snapshot", str(target), "--workspace", str(self.root)]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode or not target.is_file():
            folder.remove()
            raise Unreadable(f"{self.root} is open elsewhere, and no copy could be made: {done.stderr.strip()[-500:]}")
        return folder

    def _drop_copy(self) -> None:
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _require_schema(self) -> None:
        number = self._read(statement("notebook_schema"), {})["number"][0].as_py() or 0
        if number < _newest_schema():
            raise Unreadable(
                f"{self.root} was last opened by an earlier Vitrine. `vitrine open '{self.root}'` brings it up to "
                "date, beside a copy of how it was."
            )
        if number > _newest_schema():
            raise Unreadable(f"{self.root} was last opened by a newer Vitrine than this one. Update this one.")


def open_workspace(workspace: str | os.PathLike[str] = "workspace") -> Workspace:
    """The workspace in the folder `workspace`, to be read; also while the app shows it.

    Raises NotThere where there is none, Unreadable where it cannot be read.
    """
    root = Path(workspace).expanduser().resolve()
    if not (root / FILE_NAME).is_file():
        raise NotThere(f"There is no workspace in {root}: no file {FILE_NAME}. `vitrine import DIR` makes one.")
    return Workspace(root)


class _Copy:
    """A folder for a copy of the file; it is removed when asked, at the latest with its workspace, without a word."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="vitrine-read-"))
        self.remove = weakref.finalize(self, shutil.rmtree, str(self.path), ignore_errors=True)


class _Locked(Exception):
    """Another process has the file open."""


def _rows(path: Path, text: str, values: dict[str, Any]) -> pa.Table:
    """The rows of a statement. The file is open no longer than that: an app may want it."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.sql(text, params=values or None).to_arrow_table()
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and "Could not set lock" in str(error):
            raise _Locked from error
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise Unreadable(f"{path} cannot be read as a workspace: {first}") from error


def _require_log(wal: Path) -> None:
    """Refuse what lies in a log's place and is none: DuckDB would pass over it in silence, and over what it held."""
    try:
        with wal.open("rb") as file:
            head = file.read(len(LOG_BEGINS))
    except OSError:
        return
    if len(head) == len(LOG_BEGINS) and any(head) and head != LOG_BEGINS:
        raise Unreadable(f"{wal} is damaged. `vitrine open '{wal.parent}'` says what can be done.")


def _mark_of(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


@functools.cache
def _newest_schema() -> int:
    """The number of the newest step of the schema that this version of Vitrine knows."""
    return max(int(path.name[:4]) for path in (house() / "store" / "migrations").glob("[0-9]*.sql"))
