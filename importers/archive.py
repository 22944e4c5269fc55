"""A zip that somebody uploaded, unpacked without trusting it.

ArchiveRefused      the zip is no zip, is damaged, or holds what must not be unpacked; says what
"""

import errno
import glob
import lzma
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.wording import count
from importers.room import files_left, room_left

MAX_BYTES = 20 << 30
MAX_FILES = 2_000_000
MAX_EMPTY_FILES = 100_000
MAX_DEPTH = 64
MAX_RATIO = 100  # of what comes out to what is packed; pictures have about one, tables about ten
ALWAYS_ALLOWED_BYTES = 64 << 20  # whatever the ratio
FILE_COSTS_BYTES = 4096  # on the disk, besides its content
_BLOCK = 1 << 20
_LOCAL_HEADER_BYTES = 30
_ROOM_ASKED_EVERY_BYTES = 64 << 20
_UNFINISHED = ".tmp"
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_NAME_ERRORS = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ)


# What reading a zip raises that is none or is damaged, and one that is packed in a way that zipfile does not know.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError)
PACKED_ODDLY = (NotImplementedError, RuntimeError)


class ArchiveRefused(Exception):
    """A zip that is not unpacked; nothing of it is left on the disk."""


@dataclass(frozen=True)
class Unpacked:
    """What came out of a zip: files, and their bytes unpacked."""

    n_files: int
    n_bytes: int


def unpack_zip(
    zip_path: Path | str, target: Path | str, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES
) -> Unpacked:
    """Unpack a zip into the new folder target: all of it, or nothing.

    max_bytes: of all files unpacked, by what the zip declares and by what comes out. max_files: entries, and folders
    that come out. What comes out may be MAX_RATIO times the zip, and leaves a reserve of the disk free (room.py).

    Raises ArchiveRefused for `..`, absolute paths, drive letters, links, encryption, entries that share bytes, damage,
    too much, or a target that exists; OSError when the disk is full or target can't be written.
    """
    zip_path, target = Path(zip_path), Path(target)
    if target.exists():
        raise ArchiveRefused(f"{target} exists already. Choose another name, or remove that folder first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=_prefix(target), suffix=_UNFINISHED, dir=target.parent))
    try:
        with zipfile.ZipFile(zip_path) as archive:
            files = _checked_entries(archive, max_bytes=max_bytes, max_files=max_files)
            require_fit([entry for _, entry in files], zip_path, into=unfinished)
            n_bytes = _extract(archive, files, unfinished, max_bytes)
        unfinished.chmod(0o755)
        os.rename(unfinished, target)
    except DAMAGED as error:
        raise ArchiveRefused(f"{zip_path.name} is no zip, or a damaged one: {error}. Pack it again.") from error
    except PACKED_ODDLY as error:
        raise ArchiveRefused(f"{zip_path.name} is packed in a way that can't be read: {error}.") from error
    except OSError as error:
        if error.errno is not None and error.errno not in _NAME_ERRORS:
            raise
        raise ArchiveRefused(f"{zip_path.name} can't be unpacked: {error}. Pack it again.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)  # after the rename there is nothing by that name
    return Unpacked(n_files=len(files), n_bytes=n_bytes)


def unfinished_of(target: Path) -> list[Path]:
    """What an unpacking into target that was ended from outside may have left."""
    return sorted(path for path in target.parent.glob(f"{glob.escape(_prefix(target))}*{_UNFINISHED}") if path.is_dir())


def _prefix(target: Path) -> str:
    return f".{target.name[:80]}."


def _checked_entries(archive: zipfile.ZipFile, *, max_bytes: int, max_files: int) -> list[tuple[str, zipfile.ZipInfo]]:
    """Give (safe relative path, entry) of every file. Raises ArchiveRefused before anything is unpacked."""
    entries = archive.infolist()
    if len(entries) > max_files:
        raise ArchiveRefused(f"The zip has {len(entries):,} entries; the limit is {max_files:,}.")
    declared = sum(entry.file_size for entry in entries)
    if declared > max_bytes:
        raise ArchiveRefused(f"The zip would unpack to {declared:,} bytes; the limit is {max_bytes:,}.")
    files: dict[str, zipfile.ZipInfo] = {}
    folders: set[str] = set()
    for entry in entries:
        path = _safe_path(entry)
        if entry.is_dir() or not path:
            continue
        if path in files:
            raise ArchiveRefused(f"The zip holds two files by the name {path!r:.200}.")
        files[path] = entry
        _add_folders(path, folders)
        if len(folders) > max_files:
            raise ArchiveRefused(f"The zip holds more than {max_files:,} folders; as many are the most.")
    n_empty = sum(entry.file_size == 0 for entry in files.values())
    if n_empty > MAX_EMPTY_FILES:
        raise ArchiveRefused(f"The zip holds {count(n_empty, 'empty file')}; {MAX_EMPTY_FILES:,} are the most.")
    return list(files.items())


def require_fit(entries: Sequence[zipfile.ZipInfo], zip_path: Path, *, into: Path) -> None:
    """Raise ArchiveRefused, before anything is written, where entries that are to be unpacked cannot be what they say.

    By what the zip's directory says of them: bytes that several entries share, more than MAX_RATIO times the zip's own
    bytes, more than the disk of the folder `into` takes.
    """
    n_packed, declared = zip_path.stat().st_size, sum(entry.file_size for entry in entries)
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise ArchiveRefused(f"Two entries of the zip lie in the same bytes ({entry.filename!r:.200} is one).")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    if end > n_packed:
        raise ArchiveRefused("The zip says that it holds more than it has bytes: it is damaged. Pack it again.")
    if declared > max(ALWAYS_ALLOWED_BYTES, MAX_RATIO * n_packed):
        raise ArchiveRefused(
            f"The zip has {n_packed:,} bytes and would unpack to {declared:,}: more than {MAX_RATIO} times as many, "
            "which no pictures are."
        )
    needed, room = declared + len(entries) * FILE_COSTS_BYTES, room_left(into)
    if needed > room:
        raise ArchiveRefused(
            f"The zip unpacks to {needed:,} bytes, and the disk takes {room:,} more. Free some room, then try again."
        )
    n_more = files_left(into)
    if n_more is not None and len(entries) > n_more:
        raise ArchiveRefused(f"The zip holds {count(len(entries), 'file')}, and the disk takes {n_more:,} more.")


def write_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path, *, most: int, n_before: int = 0) -> int:
    """Unpack one entry to a new file; give its bytes. Raises ArchiveRefused at a byte too many, or a full disk.

    most: bytes, with the n_before of other entries.
    """
    n_bytes = asked_at = 0
    with archive.open(entry) as packed, open(to, "xb") as file:
        while block := packed.read(_BLOCK):
            n_bytes += len(block)
            if n_before + n_bytes > most:
                raise ArchiveRefused(f"The zip unpacks to more than the limit of {most:,} bytes.")
            if n_bytes - asked_at >= _ROOM_ASKED_EVERY_BYTES:
                asked_at = n_bytes
                require_room(to.parent)
            file.write(block)
    return n_bytes


def require_room(folder: Path) -> None:
    """Raise ArchiveRefused where no more than the reserve of the folder's disk is free."""
    if room_left(folder) == 0:
        raise ArchiveRefused("The disk is as full as visitors may make it. Free some room, then try again.")


def _add_folders(path: str, folders: set[str]) -> None:
    folder = path.rpartition("/")[0]
    if folder.count("/") >= MAX_DEPTH:
        raise ArchiveRefused(f"The zip holds folders more than {MAX_DEPTH} deep: {path!r:.200}.")
    while folder and folder not in folders:
        folders.add(folder)
        folder = folder.rpartition("/")[0]


def _safe_path(entry: zipfile.ZipInfo) -> str:
    """An entry's path with forward slashes. Raises ArchiveRefused if it may lead out, or is no plain file."""
    name = _entry_name(entry)
    parts = name.replace("\\", "/").split("/")
    mode = entry.external_attr >> 16
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise ArchiveRefused(f"The zip is encrypted ({name!r}). Pack it without a password.")
    if parts[0] == "" or ".." in parts or "\0" in name:
        raise ArchiveRefused(f"The zip holds a path that leads out of its folder: {name!r}.")
    if len(parts[0]) >= 2 and parts[0][1] == ":" and parts[0][0].isalpha():
        raise ArchiveRefused(f"The zip holds a path with a drive letter: {name!r}.")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveRefused(f"The zip holds a link or a special file: {name!r}. Pack the files themselves.")
    return "/".join(part for part in parts if part not in ("", "."))


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """An entry's name. Many programs write UTF-8 without saying so; else the old code page 437 holds."""
    name = entry.orig_filename
    if entry.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _extract(archive: zipfile.ZipFile, files: list[tuple[str, zipfile.ZipInfo]], folder: Path, max_bytes: int) -> int:
    """Write the files below folder; give the bytes written. Raises ArchiveRefused at a byte too many."""
    n_bytes = asked_at = 0
    made: set[Path] = set()
    for number, (path, entry) in enumerate(files):
        to = folder / path
        if to.parent not in made:
            to.parent.mkdir(parents=True, exist_ok=True)
            made.add(to.parent)
        n_bytes += write_entry(archive, entry, to, most=max_bytes, n_before=n_bytes)
        if n_bytes - asked_at >= _ROOM_ASKED_EVERY_BYTES or number % 10_000 == 9_999:
            asked_at = n_bytes
            require_room(folder)
    return n_bytes
