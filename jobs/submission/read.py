"""A submission's two sets as they lie on the disk: files, labels and pictures, however broken. Nothing here judges."""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from importers.sources import PicturePath
from jobs.export.submission import IMGS, LABELS, SIDE

MOST_PICTURE_BYTES = 5_000_000  # a picture of 64x64 has some 2,000
MOST_LABEL_BYTES = 200_000_000
NEAR = 8.0  # of 255: mean difference from the original up to which a picture is taken to be a recompressed copy


@dataclass(frozen=True)
class Picture:
    """A file of imgs/. wrong: why it is no 64x64 RGB JPEG, or None. sha256: of the file; pixels: decoded."""

    name: str
    wrong: str | None
    sha256: str = ""
    pixels: str = ""

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name


@dataclass
class FoundSet:
    """What lies in one of the two folders. strays: entries that should not be there, or are missing, as sentences.

    labels: stem to what data-labels.json says, None where it could not be read; repeated: keys that come twice.
    """

    folder: Path
    pictures: list[Picture] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    labels: dict[str, Any] | None = None
    labels_wrong: str | None = None
    repeated: list[str] = field(default_factory=list)


def read_set(folder: Path, *, report: Callable[[int], bool | None]) -> FoundSet:
    """Read one set; report(n) hears how many pictures have been read. Raises nothing for what is broken in it."""
    found = FoundSet(folder)
    names = {entry.name: entry for entry in _entries(folder, found)}
    for name in sorted(names.keys() - {IMGS, LABELS}):
        found.strays.append(f"{name} does not belong there")
    if IMGS not in names or not names[IMGS].is_dir(follow_symlinks=False):
        found.strays.append(f"there is no folder {IMGS}")
    else:
        _read_pictures(found, report)
    if LABELS not in names:
        found.strays.append(f"there is no {LABELS}")
        found.labels_wrong = "it is missing"
    else:
        _read_labels(found)
    return found


def resembles(path: Path, original: PicturePath) -> bool | None:
    """Whether a picture is the original, recompressed at most; None where one of them cannot be read."""
    try:
        pixels = []
        for one in (path, original):
            with Image.open(one) as picture:
                pixels.append(np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.int16))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return float(np.abs(pixels[0] - pixels[1]).mean()) <= NEAR


def _entries(folder: Path, found: FoundSet) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.strays.append(f"{folder.name} cannot be read: {error.strerror or error}")
        return []


def _read_pictures(found: FoundSet, report: Callable[[int], bool | None]) -> None:
    for n, entry in enumerate(_entries(found.folder / IMGS, found)):
        name = entry.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if not entry.is_file(follow_symlinks=False):
            found.strays.append(f"{IMGS}/{name} is no plain file")
        else:
            found.pictures.append(_read_picture(name, entry.path))
        report(n + 1)


def _read_picture(name: str, path: str) -> Picture:
    try:
        size = os.stat(path).st_size
        if size > MOST_PICTURE_BYTES:
            return Picture(name, f"has {size:,} bytes, which no picture of {SIDE}x{SIDE} needs")
        data = Path(path).read_bytes()
    except OSError as error:
        return Picture(name, f"cannot be read: {error.strerror or error}")
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        with Image.open(path) as picture:
            if picture.format != "JPEG":
                return Picture(name, f"is {picture.format}, not JPEG", sha256)
            if picture.size != (SIDE, SIDE):
                return Picture(name, f"is {picture.size[0]}x{picture.size[1]}, not {SIDE}x{SIDE}", sha256)
            if picture.mode != "RGB":
                return Picture(name, f"is in mode {picture.mode}, not RGB", sha256)
            picture.load()
            return Picture(name, None, sha256, hashlib.sha256(picture.tobytes()).hexdigest())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        said = "is no picture" if isinstance(error, UnidentifiedImageError) else f"is broken ({error})"
        return Picture(name, said, sha256)


def _read_labels(found: FoundSet) -> None:
    path = found.folder / LABELS
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_LABEL_BYTES:
            found.labels_wrong = "it is no plain file" if not stat.S_ISREG(state.st_mode) else "it is too large"
            return
        repeated: list[str] = []
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except UnicodeDecodeError:
        found.labels_wrong = "it is not UTF-8 text"
    except RecursionError:
        found.labels_wrong = "it is nested too deeply"
    except json.JSONDecodeError as error:
        found.labels_wrong = f"it is no valid JSON: {error.msg} (line {error.lineno})"
    except (OSError, ValueError) as error:
        found.labels_wrong = f"it cannot be read: {error}"
    else:
        found.repeated = repeated
        if isinstance(content, dict):
            found.labels = content
        else:
            found.labels_wrong = f"it holds a {type(content).__name__}, not an object of names and labels"


def _object(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        repeated.extend(_twice(key for key, _ in pairs))
    return plain


def _twice(keys: Iterator[str]) -> list[str]:
    seen: set[str] = set()
    doubled = []
    for key in keys:
        if key in seen:
            doubled.append(key)
        seen.add(key)
    return doubled
