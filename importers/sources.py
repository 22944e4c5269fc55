"""Where pictures lie: in a folder of this machine, or below a prefix of a bucket. One way to name and read both.

`root_of(text, cache)` is a Path or a StoreFolder; `root / path` a Path or a StoredFile, which can be opened like one:
whatever asks for its file system path gets that of a copy in the workspace's cache, fetched then.
"""

import contextlib
import functools
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeVar
from zlib import crc32

from importers.object_cache import ObjectCache
from importers.refusals import LayoutError
from importers.stores import Address, BucketError, address_of, filesystem, in_words, is_store_url

AHEAD = 16  # objects that are on their way while one is read
THREADS = 8
_BLOCK = 8 << 20
_SNIFFED_FROM = 4 << 20  # bytes: an object as large as that is looked at before it is fetched whole
CACHE, OBJECTS = "cache", "objects"  # folders of a workspace, the second in the first
_TRIES = 3
T = TypeVar("T")


@dataclass(frozen=True)
class ObjectBytes:
    """An object that was read at once. mtime_ns: see object_time."""

    data: bytes
    mtime_ns: int


@dataclass(frozen=True)
class StoreFolder:
    """The objects below a prefix. url: s3://bucket/prefix, without a slash at its end. cache: the workspace's."""

    url: str
    cache: Path

    def __truediv__(self, path: str) -> "StoredFile":
        return StoredFile(self, path)

    def __str__(self) -> str:
        return self.url

    @property
    def address(self) -> Address:
        """Its bucket and key."""
        return address_of(self.url)

    @property
    def objects(self) -> ObjectCache:
        """Where its objects are kept once they were read."""
        return _cache(self.cache / OBJECTS, os.getpid())


@dataclass(frozen=True)
class StoredFile(os.PathLike[str]):
    """An object below a prefix, by its path there."""

    folder: StoreFolder
    path: str

    def __str__(self) -> str:
        return f"{self.folder.url}/{self.path}"

    def __fspath__(self) -> str:
        return str(self.local())

    def local(self) -> Path:
        """A copy on this machine, as the object is now. Raises FileNotFoundError, PermissionError, BucketError."""
        return self._as_it_is(
            lambda opened: (
                self.folder.objects.find(str(self), opened.etag)
                or self.folder.objects.keep(str(self), opened.etag, opened.copy_to)
            )
        )

    def read(self, *, max_bytes: int, check: Callable[[bytes], None]) -> "ObjectBytes | int":
        """Its bytes, from the cache where they are the same; its size alone where that is above max_bytes.

        check: looks at the first 4 KB of a large one, and may raise. Raises as `local` does.
        """
        return self._as_it_is(lambda opened: self._read(opened, max_bytes, check))

    def stat(self) -> tuple[int, int]:
        """Its bytes and its mtime_ns, as the store says now. Raises as `local` does."""
        return self._as_it_is(lambda opened: (opened.n_bytes, opened.mtime_ns))

    def _read(self, opened: "_Opened", max_bytes: int, check: Callable[[bytes], None]) -> "ObjectBytes | int":
        if opened.n_bytes > max_bytes:
            return opened.n_bytes
        found = self.folder.objects.find(str(self), opened.etag)
        if found is not None:
            with contextlib.suppress(FileNotFoundError):  # it went in this moment, to make room
                return ObjectBytes(found.read_bytes(), opened.mtime_ns)
        if opened.n_bytes > _SNIFFED_FROM:
            check(opened.part(4096))
        data = opened.all()
        self.folder.objects.keep(str(self), opened.etag, lambda out: out.write(data))
        return ObjectBytes(data, opened.mtime_ns)

    def _as_it_is(self, use: "Callable[[_Opened], T]") -> T:
        """What `use` makes of the object; once more where that was written over meanwhile."""
        for _ in range(_TRIES):
            with _Opened(self.folder.address.below(self.path)) as opened, contextlib.suppress(_WrittenOver):
                return use(opened)
        raise BucketError(f"{self} is being written over again and again. Try again when that has ended.")


Root: TypeAlias = Path | StoreFolder
PicturePath: TypeAlias = Path | StoredFile


def root_of(root: str | Path, cache: Path) -> Root:
    """The folder or the prefix that a dataset stands on. cache: the workspace's folder `cache`."""
    return StoreFolder(str(root), cache) if is_store_url(root) else Path(root)


def file_of(path: str, cache: Path) -> PicturePath:
    """A file of this machine, or an object, by its whole path or address."""
    if not is_store_url(path):
        return Path(path)
    above, _, name = path.rpartition("/")
    return StoreFolder(above, cache) / name


def named_root(text: str, cache: Path) -> Root:
    """What a person named, as it is kept: absolute, without links, or a checked address. Raises LayoutError."""
    if is_store_url(text):
        return StoreFolder(address_of(text).url, cache)
    return Path(text).expanduser().resolve()


def labels_of(labels: str, root: str) -> Path:
    """The label file that a person named: below the folder or the prefix, or elsewhere on this machine.

    Raises LayoutError for an object that lies elsewhere.
    """
    if not is_store_url(labels):
        path = Path(labels).expanduser()
    elif is_store_url(root) and address_of(labels).url.startswith(f"{address_of(root).url}/"):
        path = Path(address_of(labels).url[len(address_of(root).url) + 1 :])
    else:
        raise LayoutError("A label file of a bucket has to lie below the prefix that is imported.")
    if is_store_url(root) and not path.is_absolute() and ".." in path.parts:
        raise LayoutError("A label file below a prefix is named without `..`.")
    return path


def local_copy(picture: PicturePath) -> Path:
    """The picture itself, or a copy of an object on this machine. Raises OSError."""
    return picture.local() if isinstance(picture, StoredFile) else picture


def reading_threads(root: Root, *, n_cores: int | None = None) -> int:
    """How many threads read pictures side by side: one a core, more where each waits for a store."""
    n_cores = n_cores or os.cpu_count() or 1
    return max(THREADS, n_cores) if isinstance(root, StoreFolder) else n_cores


def state_of(picture: PicturePath) -> tuple[int, int]:
    """The bytes and the mtime_ns of a file, or of an object as the store says now. Raises OSError."""
    if isinstance(picture, StoredFile):
        return picture.stat()
    about = os.stat(picture)
    return about.st_size, about.st_mtime_ns


def object_time(modified: datetime, etag: str) -> int:
    """When an object was written, in ns: to the second as the store says, and below it a number made of its ETag.

    So one that was written over within the second, at the same size, counts as changed.
    """
    return int(modified.timestamp()) * 10**9 + crc32(etag.strip('"').encode()) % 10**9


def read_ahead(paths: Iterable[str], read: Callable[[str], T]) -> Iterator[tuple[str, Future[T]]]:
    """Each path with what `read` gives of it, in their order, while the next ones are read in threads."""
    waiting: deque[tuple[str, Future[T]]] = deque()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="objects") as pool:
        try:
            for path in paths:
                waiting.append((path, pool.submit(read, path)))
                if len(waiting) > AHEAD:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            for _, future in waiting:
                future.cancel()


class _WrittenOver(Exception):
    """The object became another one while its bytes were fetched."""


class _Opened:
    """An object whose size, time and ETag are known and whose bytes are not fetched yet."""

    def __init__(self, address: Address) -> None:
        self._address = address
        try:
            self._file = filesystem(address.bucket).open_input_file(f"{address.bucket}/{address.key}")
            about = self._file.metadata()
        except (OSError, ValueError) as error:
            raise in_words(error, address.url) from None
        self.n_bytes = int(self._file.size())
        self.etag = about.get("ETag", b"").decode()
        self.mtime_ns = object_time(_time(about.get("Last-Modified", b"")), self.etag)

    def __enter__(self) -> "_Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def part(self, n_bytes: int) -> bytes:
        """Its first bytes."""
        return self._at(0, n_bytes)

    def all(self) -> bytes:
        """All of its bytes, of one and the same object. Raises _WrittenOver."""
        data = self._at(0, self.n_bytes)
        self._require_same(hashlib.md5(data, usedforsecurity=False).hexdigest(), len(data))
        return data

    def copy_to(self, out: BinaryIO) -> None:
        """Write its bytes, a few megabytes at a time. Raises _WrittenOver."""
        digest, n_bytes = hashlib.md5(usedforsecurity=False), 0
        for first in range(0, self.n_bytes, _BLOCK):
            block = self._at(first, min(_BLOCK, self.n_bytes - first))
            digest.update(block)
            n_bytes += out.write(block)
        self._require_same(digest.hexdigest(), n_bytes)

    def _at(self, first: int, n_bytes: int) -> bytes:
        try:
            return bytes(self._file.read_at(n_bytes, first))
        except OSError as error:
            raise in_words(error, self._address.url) from None

    def _require_same(self, md5: str, n_bytes: int) -> None:
        """An ETag is the MD5 of what was put at once; of others the store is asked again."""
        if n_bytes == self.n_bytes and md5 == self.etag.strip('"'):
            return
        with _Opened(self._address) as now:
            if now.etag != self.etag or n_bytes != self.n_bytes:
                raise _WrittenOver


def _time(text: bytes) -> datetime:
    """Arrow's ISO time of an object, or HTTP's."""
    written = text.decode()
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%a, %d %b %Y %H:%M:%S %Z"):
        try:
            return datetime.strptime(written, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return datetime.fromtimestamp(0, UTC)


@functools.cache
def _cache(folder: Path, pid: int) -> ObjectCache:
    return ObjectCache(folder)
