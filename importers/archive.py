"""A zip that somebody uploaded, unpacked without trusting it.

ArchiveRefused      the zip is no zip, is damaged, or holds what must not be unpacked; says what
"""

import errno
import lzma
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 20 << 30
MAX_FILES = 2_000_000
_BLOCK = 1 << 20
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_NAME_ERRORS = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ)


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

    max_bytes: of all files unpacked, by what the zip declares and by what comes out. max_files: entries,
    folders included. Raises ArchiveRefused for `..`, absolute paths, drive letters, links, encryption,
    damage, too much, or a target that exists; OSError when the disk is full or target can't be written.
    """
    zip_path, target = Path(zip_path), Path(target)
    if target.exists():
        raise ArchiveRefused(f"{target} exists already. Choose another name, or remove that folder first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent))
    try:
        with zipfile.ZipFile(zip_path) as archive:
            files = _checked_entries(archive, max_bytes=max_bytes, max_files=max_files)
            n_bytes = _extract(archive, files, unfinished, max_bytes)
        unfinished.chmod(0o755)
        os.rename(unfinished, target)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise ArchiveRefused(f"{zip_path.name} is no zip, or a damaged one: {error}. Pack it again.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"{zip_path.name} is packed in a way that can't be read: {error}.") from error
    except OSError as error:
        if error.errno is not None and error.errno not in _NAME_ERRORS:
            raise
        raise ArchiveRefused(f"{zip_path.name} can't be unpacked: {error}. Pack it again.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)  # after the rename there is nothing by that name
    return Unpacked(n_files=len(files), n_bytes=n_bytes)


def _checked_entries(archive: zipfile.ZipFile, *, max_bytes: int, max_files: int) -> list[tuple[str, zipfile.ZipInfo]]:
    """Give (safe relative path, entry) of every file. Raises ArchiveRefused before anything is unpacked."""
    entries = archive.infolist()
    if len(entries) > max_files:
        raise ArchiveRefused(f"The zip has {len(entries):,} entries; the limit is {max_files:,}.")
    declared = sum(entry.file_size for entry in entries)
    if declared > max_bytes:
        raise ArchiveRefused(f"The zip would unpack to {declared:,} bytes; the limit is {max_bytes:,}.")
    files: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = _safe_path(entry)
        if entry.is_dir() or not path:
            continue
        if path in files:
            raise ArchiveRefused(f"The zip holds two files by the name {path!r}.")
        files[path] = entry
    return list(files.items())


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
    n_bytes = 0
    made: set[Path] = set()
    for path, entry in files:
        to = folder / path
        if to.parent not in made:
            to.parent.mkdir(parents=True, exist_ok=True)
            made.add(to.parent)
        with archive.open(entry) as packed, open(to, "xb") as file:
            while block := packed.read(_BLOCK):
                n_bytes += len(block)
                if n_bytes > max_bytes:
                    raise ArchiveRefused(f"The zip unpacks to more than the limit of {max_bytes:,} bytes.")
                file.write(block)
    return n_bytes
