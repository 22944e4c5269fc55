"""Which pictures are there already: those of the dataset and those that a run kept, by bytes, pixels and looks.

Pictures that many addresses give ("image not available") are found by that: the same pixels again and again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.hashes import hamming_bits, has_features
from importers.collecting.fetching.outcomes import DUPLICATE, KEPT, Fetched

_KEY = 16  # bytes of a SHA-256 that are remembered


@dataclass(frozen=True)
class KnownPicture:
    """A picture of the dataset, by the columns that an import gives it. phash: 64 bits, or None."""

    path: str
    sha256: str
    pixel_sha256: str = ""
    phash: int | None = None


@dataclass(frozen=True)
class Twin:
    """The picture that is there already: reason is "same bytes", "same pixels" or "nearly the same"."""

    reason: str
    path: str


class Known:
    """What must not be kept twice, and what must not be kept at all.

    pictures: of the dataset. refused: by SHA-256 of the bytes, the reason why ("taken down", "placeholder").
    About 300 bytes a picture.
    """

    def __init__(self, pictures: Iterable[KnownPicture] = (), *, refused: Mapping[str, str] | None = None) -> None:
        self._refused = {bytes.fromhex(sha256)[:_KEY]: reason for sha256, reason in (refused or {}).items()}
        self._path_of: dict[bytes, str] = {}
        self._hashes = np.zeros(1024, np.uint64)
        self._hashed: list[str] = []  # the path of each hash; "" for one that was taken back
        for picture in pictures:
            self.add(picture)

    def add(self, picture: KnownPicture) -> None:
        """Remember a picture."""
        for digest in (picture.sha256, picture.pixel_sha256):
            if digest:
                self._path_of.setdefault(_key(digest), picture.path)
        if picture.phash is None or not has_features(np.array([picture.phash], np.uint64))[0]:
            return
        if len(self._hashed) == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
        self._hashes[len(self._hashed)] = picture.phash
        self._hashed.append(picture.path)

    def refusal(self, sha256: str) -> str | None:
        """Why a file of these bytes must not be kept; None if it may."""
        return self._refused.get(_key(sha256))

    def forget(self, picture: KnownPicture) -> None:
        """Forget a picture that was taken back."""
        for digest in (picture.sha256, picture.pixel_sha256):
            if digest and self._path_of.get(_key(digest)) == picture.path:
                del self._path_of[_key(digest)]
        if picture.path in self._hashed:
            self._hashed[self._hashed.index(picture.path)] = ""

    def twin(self, sha256: str, pixel_sha256: str, phash: int | None, *, near_bits: int) -> Twin | None:
        """The picture that is there already, if one is: the one of the same bytes before one that only looks so."""
        for digest, reason in ((sha256, "same bytes"), (pixel_sha256, "same pixels")):
            if digest and (path := self._path_of.get(_key(digest))) is not None:
                return Twin(reason, path)
        if phash is None or not has_features(np.array([phash], np.uint64))[0]:
            return None
        bits = hamming_bits(self._hashes[: len(self._hashed)], np.array(phash, np.uint64))
        for place in np.flatnonzero(bits <= near_bits)[np.argsort(bits[bits <= near_bits], kind="stable")].tolist():
            if self._hashed[place]:
                return Twin("nearly the same", self._hashed[place])
        return None


class Repeats:
    """Counts the addresses that give the same pixels. on_host, anywhere: how many are too many."""

    def __init__(self, *, on_host: int, anywhere: int) -> None:
        self._on_host, self._anywhere = on_host, anywhere
        self._seen: dict[bytes, list[tuple[int, str]]] = {}
        self._placeholders: set[bytes] = set()

    def is_placeholder(self, pixel_sha256: str) -> bool:
        """Whether these pixels were found to stand for others."""
        return _key(pixel_sha256) in self._placeholders

    def note(self, fetched: Fetched, host: str) -> list[int]:
        """Note where pixels came from; the numbers of all that gave them, once they are too many, else none.

        host: "" for an address that another candidate had, which does not count.
        """
        by_content = fetched.outcome == KEPT or (fetched.outcome == DUPLICATE and fetched.reason != "nearly the same")
        if not by_content or not fetched.pixel_sha256:
            return []
        key = _key(fetched.pixel_sha256)
        given = self._seen.setdefault(key, [])
        given.append((fetched.number, host))
        n_on_host = sum(of == host for _, of in given) if host else 0
        if n_on_host < self._on_host and sum(bool(of) for _, of in given) < self._anywhere:
            return []
        self.mark(fetched.pixel_sha256)
        return [number for number, _ in given]

    def mark(self, pixel_sha256: str) -> None:
        """Take pixels for a placeholder's from now on."""
        self._placeholders.add(_key(pixel_sha256))
        self._seen.pop(_key(pixel_sha256), None)


def _key(digest: str) -> bytes:
    return bytes.fromhex(digest)[:_KEY]
