"""Which file each image is, kept in memory: what the address of a picture asks for, without a query for each.

Images lie in pieces of PIECE numbers. A piece is read when one of its images is asked for, so that the first picture of
a large workspace waits for one piece and not for all; those asked for last stay, at most MOST_PIECES. An image takes
some 65 bytes and its path. A write that touches no file (a decision, vectors, a run) leaves the pieces as they are.
"""

import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.connection import Workspace
from store.gallery import PictureFile

PIECE = 65_536
MOST_PIECES = 16
_KEY = "picture sources"


class NotAtHand(Exception):
    """What is asked for would have to be read from the workspace's file first."""


@dataclass(frozen=True)
class _Source:
    dataset_id: int
    root: str
    changed: int
    newest: int


class _Column:
    """Short texts of which few differ, or nulls, as numbers of two bytes."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        encoded = column.combine_chunks().dictionary_encode()
        self._texts: list[str | None] = [*encoded.dictionary.to_pylist(), None]
        self._codes = pc.fill_null(encoded.indices, len(self._texts) - 1).to_numpy().astype(np.uint16)
        self.n_bytes = int(self._codes.nbytes)

    def __getitem__(self, row: int) -> str | None:
        text: str | None = self._texts[self._codes[row]]
        return text


class _Piece:
    """Up to PIECE images."""

    def __init__(self, table: pa.Table) -> None:
        """table: the columns of the statement `picture_files`, by id."""
        self._ids = table["id"].to_numpy()
        self._numbers = np.column_stack([table[name].to_numpy() for name in ("dataset_id", "width", "height")])
        self._has_thumb = table["has_thumb"].to_numpy()
        self._paths = table["path"].combine_chunks()
        self._sha256 = table["sha256"].combine_chunks()
        self._formats, self._renderings = _Column(table["format"]), _Column(table["rendering"])

    @property
    def n_bytes(self) -> int:
        """What it takes of the memory."""
        arrays = (self._ids, self._numbers, self._has_thumb, self._paths, self._sha256)
        return int(sum(each.nbytes for each in arrays)) + self._formats.n_bytes + self._renderings.n_bytes

    def file(self, image_id: int, roots: dict[int, str]) -> PictureFile | None:
        """The file of an image, or None where there is no such image."""
        row = int(np.searchsorted(self._ids, image_id))
        if row == len(self._ids) or self._ids[row] != image_id:
            return None
        dataset_id, width, height = self._numbers[row].tolist()
        if dataset_id not in roots:
            return None
        return PictureFile(
            root=roots[dataset_id],
            path=self._paths[row].as_py(),
            sha256=self._sha256[row].as_py().hex(),
            format=self._formats[row] or "",
            has_thumb=bool(self._has_thumb[row]),
            dataset_id=dataset_id,
            width=width,
            height=height,
            rendering=self._renderings[row],
        )


class PictureFiles:
    """The pieces of one workspace; threads may share it."""

    def __init__(self) -> None:
        self._sources: list[_Source] = []
        self._roots: dict[int, str] = {}
        self._newest = 0
        self._pieces: OrderedDict[int, _Piece] = OrderedDict()
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """What all pieces take of the memory."""
        with self._lock:
            return sum(piece.n_bytes for piece in self._pieces.values())

    def at_hand(self, workspace: Workspace, image_id: int) -> PictureFile | None:
        """The file of an image, None where there is no such image, from memory; raises NotAtHand."""
        with self._lock:
            if not self._sources or workspace.at_hand(_KEY) is not self._sources:
                raise NotAtHand
            if not 0 < image_id <= self._newest:
                return None
            number = image_id // PIECE
            piece = self._pieces.get(number)
            if piece is None:
                raise NotAtHand
            self._pieces.move_to_end(number)
            return piece.file(image_id, self._roots)

    def find(self, workspace: Workspace, image_id: int) -> PictureFile | None:
        """The file of an image, None where there is no such image; reads what is not in memory."""
        with self._reading:  # those who wait find the piece read
            sources = workspace.until_written(_KEY, lambda: workspace.all("picture_sources", _Source))
            self._keep_to(sources)
            newest = max((source.newest for source in sources), default=0)
            if not 0 < image_id <= newest:
                return None
            number = image_id // PIECE
            piece = self._pieces.get(number)
            if piece is None:
                piece = _Piece(workspace.read("picture_files", first=number * PIECE, last=(number + 1) * PIECE - 1))
                self._add(number, piece)
            return piece.file(image_id, self._roots)

    def _keep_to(self, sources: list[_Source]) -> None:
        """Forget the pieces where any file may be another one by now."""
        with self._lock:
            if sources != self._sources:
                self._pieces.clear()
                self._roots = {source.dataset_id: source.root for source in sources}
                self._newest = max((source.newest for source in sources), default=0)
            self._sources = sources

    def _add(self, number: int, piece: _Piece) -> None:
        with self._lock:
            self._pieces[number] = piece
            while len(self._pieces) > MOST_PIECES:
                self._pieces.popitem(last=False)


_files: "weakref.WeakKeyDictionary[Workspace, PictureFiles]" = weakref.WeakKeyDictionary()
_files_lock = threading.Lock()


def files_of(workspace: Workspace) -> PictureFiles:
    """The files of a workspace's images, one table for all who ask."""
    with _files_lock:
        return _files.setdefault(workspace, PictureFiles())
