"""Every file under a folder, once, and what is left out and why."""

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from importers.sources import StoreFolder
from importers.types import LayoutError

PICTURE_ENDINGS = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".apng",
        ".gif",
        ".bmp",
        ".dib",
        ".webp",
        ".tif",
        ".tiff",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
        ".jp2",
        ".j2k",
        ".jpx",
        ".avif",
        ".heic",
        ".heif",
        ".svg",
        ".ico",
        ".psd",
        ".raw",
        ".dng",
        ".tga",
        ".jxl",
        ".qoi",
    ]
)
LINKS_LEFT = frozenset(("link-to-folder", "link-outside"))  # codes of what follow_links would take
HIDDEN = "hidden file"
SYSTEM = "left by the operating system"
_SYSTEM_NAMES = frozenset(("__macosx", "thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", "$recycle.bin"))


@dataclass
class Listing:
    """paths: relative, sorted, with /. unreadable: (path, code, reason). ignored: files by reason.

    origin: the prefix that was listed, where root holds copies of its label files alone.
    """

    root: Path
    follow_links: bool = False
    paths: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    origin: StoreFolder | None = None


def list_folder(root: Path, *, follow_links: bool = False) -> Listing:
    """List a folder and its sub-folders. Links to folders are not followed, links to files only inside the
    root; follow_links: both are, wherever they lead, each folder once.

    Raises LayoutError when root is missing, no folder, or can't be read.
    """
    listing = Listing(root=_real_folder(root), follow_links=follow_links)
    seen = {str(listing.root)}
    waiting: list[tuple[str, str | None]] = [("", None)]
    while waiting:
        folder, reason = waiting.pop()
        if follow_links and folder:
            real = os.path.realpath(listing.root / folder)
            if real in seen:
                continue  # another link led here before, or this one leads back
            seen.add(real)
        _list_one(listing, folder, reason, waiting)
    listing.paths.sort()
    listing.unreadable.sort()
    return listing


def looks_like_picture(path: str) -> bool:
    """Say whether a file's name has a picture's ending, or none at all."""
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return not dot or not stem or f".{ending.lower()}" in PICTURE_ENDINGS


def shown(path: str) -> str:
    """Give a path as text that can be stored: bytes that are no UTF-8 are written as \\xNN."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _real_folder(root: Path) -> Path:
    try:
        real = Path(root).resolve(strict=True)
        if real.is_dir():
            os.scandir(real).close()
            return real
    except FileNotFoundError:
        raise LayoutError(f"There is no folder {root}. Check the path.") from None
    except PermissionError:
        raise LayoutError(f"The folder {root} may not be read by this account. Change its permissions.") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise LayoutError(f"The folder {root!s:.200} can't be read: {error}.") from error
    raise LayoutError(f"{root} is a file, not a folder. Give the folder that holds the pictures, or upload a zip.")


def _list_one(listing: Listing, folder: str, reason: str | None, waiting: list[tuple[str, str | None]]) -> None:
    """List one folder; reason: why all that is in it is ignored, or None."""
    try:
        with os.scandir(os.path.join(listing.root, folder)) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                why = reason or why_ignored(entry.name)
                if entry.is_dir(follow_symlinks=listing.follow_links):
                    waiting.append((path, why))
                elif why:
                    listing.ignored[why] += 1
                else:
                    _take(listing, entry, path)
    except OSError as error:
        if reason is None:
            cause = "This account has no permission to read it" if error.errno == 13 else error.strerror
            listing.unreadable.append((shown(folder), "unreadable-folder", f"The folder can't be read: {cause}."))


def why_ignored(name: str) -> str | None:
    if name.lower() in _SYSTEM_NAMES:
        return SYSTEM
    return HIDDEN if name.startswith(".") else None


def _take(listing: Listing, entry: os.DirEntry[str], path: str) -> None:
    """Put one entry that is no folder where it belongs."""
    problem = None if path.isascii() else _name_problem(path)
    if problem is None:
        problem = _link_problem(listing, path) if entry.is_symlink() else _kind_problem(entry)
    if problem is None:
        listing.paths.append(path)
    else:
        listing.unreadable.append((shown(path), *problem))


def _name_problem(path: str) -> tuple[str, str] | None:
    try:
        path.encode()
    except UnicodeEncodeError:
        return "name-not-utf8", "The name is not valid UTF-8, so it can't be stored as text. Rename it."
    return None


def _kind_problem(entry: os.DirEntry[str]) -> tuple[str, str] | None:
    if entry.is_file(follow_symlinks=False):
        return None
    return "not-a-file", "Not a regular file: it is a pipe, a socket or a device."


def _link_problem(listing: Listing, path: str) -> tuple[str, str] | None:
    link = os.path.join(listing.root, path)
    try:
        target = os.path.realpath(link, strict=True)
    except OSError as error:
        if error.errno == 40:
            return "broken-link", "A link that leads back to itself."
        return "broken-link", f"A broken link: it leads to {shown(os.readlink(link))}, which is not there."
    if os.path.isdir(target):
        return "link-to-folder", "A link to a folder; those are not followed. Import that folder itself."
    if not listing.follow_links and not target.startswith(os.path.join(listing.root, "")):
        return "link-outside", f"A link to {shown(target)}, which lies outside the folder that is imported."
    if not os.path.isfile(target):
        return "not-a-file", "A link to something that is not a regular file."
    return None
