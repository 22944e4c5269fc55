"""Which file a key of a label file means: by its path, or by less where that can mean one file only."""

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from importers.listing import looks_like_picture
from importers.split_words import split_of_path

# How a key was found, tightest first; what is looser than SURE gives way to a key that says more.
HOW = (
    "by path",
    "by path, spelt otherwise",
    "by path without its ending",
    "by path in other letters of the case",
    "by the end of a path",
    "by name alone, in another folder",
    "by name with another ending",
)
PATH, SPELLING, STEM, CASE, END, NAME, ENDING = range(len(HOW))
SURE = END
MOST_NAMESAKES = 64  # of one name: more are not compared one by one, a path is needed
_DRIVE = re.compile(r"^[A-Za-z]:/+")
_UPLOAD = re.compile(r"^[0-9a-f]{8}-")  # what Label Studio writes before the name of an uploaded file
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_K = TypeVar("_K")


@dataclass(frozen=True)
class Match:
    """The file that a key means. number: its place among the paths. how: a place in HOW."""

    number: int
    how: int


class FileIndex:
    """Finds the path that a key of a label file means: a path, a name or a stem, however it is spelt.

    A key never leads from one split into another ("train/5.jpg" is not "test/5.jpg"), nor into another folder where
    its own is here.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = [composed(path) for path in paths]

    def find(self, key: str, *, below: str = "", split: str | None = None) -> int | str:
        """Give the number of the path a key means, or why there is none: missing-file, ambiguous-key."""
        found = self.match(key, below=below, split=split)
        return found.number if isinstance(found, Match) else found

    def match(self, key: str, *, below: str = "", split: str | None = None) -> Match | str:
        """Give the file a key means and how it was found, or why there is none: missing-file, ambiguous-key.

        below: the folder that the label file lies in. If there are pictures below it, only those are meant, save by a
        whole path. split: that of which the label file speaks, so that no picture of another is meant.
        """
        written = composed(key)
        number = self._exact(written, below)
        if number is not None:
            return Match(number, PATH)
        within = below if below and below in self._folders else ""
        if "/" not in written and not within and split is None:
            number = self._unique.get(written, -1)
            if number >= 0:
                return Match(number, END if "/" in self._paths[number] else STEM)
        spellings = list(_spellings(written))
        for spelling in spellings[1:]:
            number = self._exact(spelling, below)
            if number is not None:
                return Match(number, SPELLING)
        best: dict[int, list[int]] = {}
        for spelling in spellings:
            for number, how in self._namesakes(spelling, within, split):
                best.setdefault(how, []).append(number)
            if best:
                how = min(best)
                numbers = self._as_written(spelling, set(best[how]))
                return Match(numbers.pop(), how) if len(numbers) == 1 else "ambiguous-key"
        return "missing-file"

    def namesakes(self, number: int) -> int:
        """How many pictures have the name of picture `number`, its ending and the case of its letters apart."""
        return len(self._by_name.get(_folded_stem(self._paths[number]), ()))

    def _as_written(self, key: str, numbers: set[int]) -> set[int]:
        """Of several pictures, those whose name is the key's letter by letter, or all where none is."""
        name = key.rpartition("/")[2]
        names = {number: self._paths[number].rpartition("/")[2] for number in numbers}
        same = {number for number, own in names.items() if own == name}
        return same or {number for number, own in names.items() if _stem(own) == _stem(name)} or numbers

    def _exact(self, key: str, below: str) -> int | None:
        number = self._by_path.get(f"{below}/{key}") if below else None
        if number is None and (not below or "/" in key or below not in self._folders):
            number = self._by_path.get(key)
        return number

    def _namesakes(self, key: str, within: str, split: str | None) -> Iterator[tuple[int, int]]:
        """The pictures that a key may mean and how each was found."""
        names = self._by_name
        stem, whole = _folded_stem(key), key.rpartition("/")[2].casefold()
        numbers = [*names.get(stem, ()), *(names.get(whole, ()) if whole != stem else ())]
        if len(numbers) > MOST_NAMESAKES:
            ends = self._by_end
            numbers = [*ends.get(_end(key, stem), ()), *(ends.get(_end(key, whole), ()) if whole != stem else ())]
            numbers = numbers or [*names.get(stem, ())][: MOST_NAMESAKES if "/" not in key else 0]
        wanted = split_of_path(key.rpartition("/")[0]) or split
        for number in numbers[: 4 * MOST_NAMESAKES]:
            path = self._paths[number]
            if within and not path.startswith(f"{within}/"):
                continue
            how = self._how(key, path, within)
            if how is None:
                continue
            if how > CASE and wanted and split_of_path(path.rpartition("/")[0]) not in (None, wanted):
                continue
            yield number, how

    def _how(self, key: str, path: str, within: str) -> int | None:
        """How a key that has the picture's name or stem means it; None where its folder says that it does not."""
        own = path[len(within) + 1 :] if within else path
        for whole in (own, path):
            if key == _stem(whole):
                return STEM
            if key.casefold() in (whole.casefold(), _stem(whole).casefold()):
                return CASE
        stem_path = _stem(path)
        same_name = any(_ends(key, whole) or _ends(key.casefold(), whole.casefold()) for whole in (path, stem_path))
        if same_name:
            return END
        folder = key.rpartition("/")[0].rpartition("/")[2].casefold()
        if folder and folder in self._folder_names:
            is_there = f"/{path.rpartition('/')[0].casefold()}/".endswith(f"/{folder}/")
            if not is_there:
                return None  # its own folder is here, and the file is not in it
        names = (path.rpartition("/")[2].casefold(), stem_path.rpartition("/")[2].casefold())
        return NAME if key.rpartition("/")[2].casefold() in names else ENDING

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self._paths)}

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        """File name without its ending, whatever the case of its letters -> pictures."""
        return _grouped(
            (_folded_stem(path), number) for number, path in enumerate(self._paths) if looks_like_picture(path)
        )

    @cached_property
    def _unique(self) -> dict[str, int]:
        """Names and stems as they are written -> the only picture of that name; -1 where there are several."""
        names: dict[str, int] = {}
        stems: dict[str, int] = {}
        for number, path in enumerate(self._paths):
            if looks_like_picture(path):
                name = path.rpartition("/")[2]
                names[name] = -1 if name in names else number
                stem = name.rpartition(".")[0]
                if stem:
                    stems[stem] = -1 if stem in stems else number
        return stems | names

    @cached_property
    def _by_end(self) -> dict[tuple[str, str], list[int]]:
        """Folder and name without ending, whatever the case of their letters -> pictures."""
        return _grouped(
            (_end(path, _folded_stem(path)), number)
            for number, path in enumerate(self._paths)
            if looks_like_picture(path)
        )

    @cached_property
    def _folders(self) -> frozenset[str]:
        """Every folder with a picture in it or below."""
        folders = {path.rpartition("/")[0] for path in self._paths if looks_like_picture(path)}
        above = {folder[:at] for folder in folders for at, letter in enumerate(folder) if letter == "/"}
        return frozenset(folders | above)

    @cached_property
    def _folder_names(self) -> frozenset[str]:
        return frozenset(folder.rpartition("/")[2].casefold() for folder in self._folders)


def composed(name: str) -> str:
    """Give one spelling of a name: macOS writes accents and Hangul in parts, others composed."""
    return name if name.isascii() else storable(unicodedata.normalize("NFC", name))


def storable(text: str) -> str:
    """Give a text that can be stored: half a surrogate pair, which JSON allows, is written as \\uNNNN."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _spellings(key: str) -> Iterator[str]:
    """A key as written, then as it may be meant: with /, without blanks and dots, without a host, escapes or query."""
    seen = {key}
    yield key
    plain = _relative(key.strip().replace("\\", "/"))
    meant = [plain]
    if "://" in plain or "?" in plain or "#" in plain or _ESCAPE.search(plain):
        try:
            parts = urlsplit(plain)
            named = [value for name in ("d", "file", "path") for value in parse_qs(parts.query).get(name, ())]
        except ValueError:
            return
        meant += [_relative(unquote(path)) for path in (*named, plain, parts.path)]
    folder, slash, name = meant[-1].rpartition("/")
    if _UPLOAD.match(name):
        meant.append(f"{folder}{slash}{_UPLOAD.sub('', name)}")
    for spelling in meant:
        spelling = composed(spelling)
        if spelling and spelling not in seen:
            seen.add(spelling)
            yield spelling


def _relative(path: str) -> str:
    """A path without what stands before its first folder: drive, root, dots."""
    if "://" in path:
        return path
    path = posixpath.normpath(_DRIVE.sub("", path).lstrip("/")) if path else path
    while path.startswith("../"):
        path = path[3:]
    return "" if path in (".", "..") else path.lstrip("/")


def _grouped(pairs: Iterable[tuple[_K, int]]) -> dict[_K, list[int]]:
    grouped: dict[_K, list[int]] = {}
    for name, number in pairs:
        grouped.setdefault(name, []).append(number)
    return grouped


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem}" if dot and stem else path


def _folded_stem(path: str) -> str:
    return _stem(path.rpartition("/")[2]).casefold()


def _end(path: str, name: str) -> tuple[str, str]:
    return path.rpartition("/")[0].rpartition("/")[2].casefold(), name


def _ends(key: str, path: str) -> bool:
    """Whether one is the end of the other, by whole folders."""
    whole_key, whole_path = f"/{key}", f"/{path}"
    return whole_key.endswith(whole_path) or whole_path.endswith(whole_key)
