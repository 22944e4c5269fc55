"""Classes that only the names of files say: cat.0.jpg, great_pyrenees_12.jpg."""

import re
from collections import Counter
from collections.abc import Sequence

from importers.keys import composed
from importers.listing import looks_like_picture
from importers.split_words import split_word
from importers.types import LayoutError

NAMES = "names"
_SEEN = 2_000  # pictures of a folder whose names are looked at, to see whether they may be classes
MIN_SHARE = 0.5  # of the pictures of a folder must be named so, for their names to be offered as classes
_LONGEST = 100  # characters of a stem
_BEFORE_NUMBER = re.compile(r"(?P<name>.*[^\W\d_].*?)[\W_]*\d+[\W_]*(?:\(\d+\))?")
# What cameras, phones and programs begin names with: no classes.
_NO_CLASS = frozenset(
    ("img", "image", "images", "imag", "dsc", "dscn", "dscf", "dcim", "pxl", "pic", "picture", "photo", "foto", "frame")
    + ("screenshot", "scan", "file", "sample", "example", "download", "unnamed", "untitled", "p", "mvi", "vid", "gopr")
    + ("whatsapp image", "wp", "im", "pict", "snap", "shot", "capture", "video", "crop", "tile", "patch", "page", "no")
)


def class_in_name(path: str, pattern: re.Pattern[str] | None = None) -> str | None:
    """The class that a file's name says, or None. pattern: of the stem, its first group is the class."""
    name = path.rpartition("/")[2]
    stem = composed(name.rpartition(".")[0] or name)
    if pattern is not None:
        found = pattern.search(stem)
        return found.group(1) or None if found else None
    found = _BEFORE_NUMBER.fullmatch(stem) if len(stem) <= _LONGEST else None
    if found is None:
        return None
    said = found.group("name").strip(" ._-")
    return None if said.casefold() in _NO_CLASS or split_word(said) or not said else said


def looks_named(paths: Sequence[str]) -> bool:
    """Whether half the pictures of some folder, or more, are named after two classes or more, each of them twice."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        if looks_like_picture(path):
            folders.setdefault(path.rpartition("/")[0], []).append(path)
    return any(map(_are_named, folders.values()))


def pattern_of(reading: str) -> re.Pattern[str] | None:
    """The pattern of `names:PATTERN`; None for the plain reading. Raises LayoutError for what is no pattern."""
    _, colon, text = reading.partition(f"{NAMES}:")
    if not colon:
        return None
    try:
        pattern = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise LayoutError(f"{text!r:.200} is no regular expression: {error}.") from error
    if pattern.groups < 1:
        raise LayoutError(f"{text!r:.200} needs a group in parentheses: what it holds is the class.")
    return pattern


def _are_named(paths: Sequence[str]) -> bool:
    if len(paths) > _SEEN:  # two stretches of neighbours, so that what comes twice is seen twice
        half, middle = _SEEN // 2, len(paths) // 2
        paths = [*paths[:half], *paths[middle : middle + half]]
    counts = Counter(class_in_name(path) for path in paths)
    n_unnamed = counts.pop(None, 0)
    n_named = len(paths) - n_unnamed
    often = [n for n in counts.values() if n > 1]
    return len(often) > 1 and n_named >= MIN_SHARE * len(paths) and sum(often) >= MIN_SHARE * n_named
