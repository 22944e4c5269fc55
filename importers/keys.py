"""Which file a key of a label file means."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property

from importers.listing import looks_like_picture


class FileIndex:
    """Finds the path that a key of a label file means: a path, a name or a stem, however it is spelt."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = [composed(path) for path in paths]

    def find(self, key: str) -> int | str:
        """Give the number of the path a key means, or why there is none: missing-file, ambiguous-key."""
        key = composed(key)
        number = self._by_path.get(key)
        if number is None and ("\\" in key or key.startswith(("./", "/"))):
            key = key.replace("\\", "/").removeprefix("./")
            number = self._by_path.get(key)
        if number is not None:
            return number
        numbers = self._by_stem.get(key, []) or self._by_end(key)
        if len(numbers) == 1:
            return numbers[0]
        return "ambiguous-key" if numbers else "missing-file"

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self._paths)}

    @cached_property
    def _by_stem(self) -> dict[str, list[int]]:
        """Relative path without its ending -> pictures."""
        return _grouped((_stem(path), number) for number, path in enumerate(self._paths) if looks_like_picture(path))

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        """File name, and file name without its ending -> pictures; a name goes before a stem."""
        names = [
            (path.rpartition("/")[2], number) for number, path in enumerate(self._paths) if looks_like_picture(path)
        ]
        grouped = _grouped(names)
        stems = _grouped((_stem(name), number) for name, number in names if _stem(name) != name)
        return stems | grouped

    def _by_end(self, key: str) -> list[int]:
        """Pictures whose path ends as the key does, or the other way round (paths of another machine)."""
        numbers = self._by_name.get(key.rpartition("/")[2], [])
        if "/" not in key:
            return numbers
        return [number for number in numbers if _same_end(key, self._paths[number])]


def composed(name: str) -> str:
    """Give one spelling of a name: macOS writes accents and Hangul in parts, others composed."""
    return name if name.isascii() else storable(unicodedata.normalize("NFC", name))


def storable(text: str) -> str:
    """Give a text that can be stored: half a surrogate pair, which JSON allows, is written as \\uNNNN."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = {}
    for name, number in pairs:
        grouped.setdefault(name, []).append(number)
    return grouped


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem}" if dot and stem else path


def _same_end(key: str, path: str) -> bool:
    whole_key, whole_path = f"/{key}", f"/{path}"
    stem_path = f"/{_stem(path)}"
    return any(
        left.endswith(right) or right.endswith(left)
        for left, right in ((whole_key, whole_path), (whole_key, stem_path))
    )
