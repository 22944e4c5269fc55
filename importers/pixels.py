"""The pictures of a dataset decoded once: a memory-mapped uint8 array that training jobs share."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from analytics.arrays import Bytes, Ints
from importers.picture import PictureError, read_picture
from importers.sources import THREADS, PicturePath, Root, StoreFolder

_AT_ONCE = 1024
_THREADS = 2  # Pillow decodes without the interpreter's lock; more gain little on 64 pixels a side
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Pixels:
    """values: (n, side, side, 3) uint8 memory-mapped; rows: (m,) the row of each picture asked for, -1 if it failed.

    reasons: why, by its place among those asked for.
    """

    values: Bytes
    rows: Ints
    reasons: dict[int, str]


def pixels_of(
    paths: Sequence[str], *, sha256s: Sequence[str], root: Root, cache: Path, side: int, report: Report
) -> Pixels:
    """The pictures `paths` (under `root`) at `side` pixels: short side to it, then the middle.

    cache: the array's file; pictures in it are found by their sha256 and not decoded again; new ones are added.
    """
    index = cache.with_suffix(".txt")
    row_of, values = _kept(cache, index, side=side)
    new = sorted({sha: i for i, sha in enumerate(sha256s) if sha not in row_of}.values())
    reasons: dict[str, str] = {}
    if new:
        values, added, reasons = _with_new(values, [(paths[i], sha256s[i]) for i in new], root, cache, side, report)
        row_of |= {sha: len(row_of) + i for i, sha in enumerate(added)}
        _replace_text(index, "\n".join(row_of))
    rows = np.array([row_of.get(sha, -1) for sha in sha256s], np.int64)
    lacking = {i: reasons[sha256s[i]] for i in np.flatnonzero(rows < 0).tolist()}
    return Pixels(values, rows, lacking)


def read_square(source: PicturePath | bytes, *, side: int) -> Bytes | str:
    """A picture as training sees it: (side, side, 3) uint8, short side to `side`, then the middle; else a reason.

    source: a path, or a file's bytes.
    """
    try:
        pixels = read_picture(source, min_side=side).pixels
    except PictureError as error:
        return error.reason
    height, width = pixels.shape[:2]
    if (height, width) == (side, side):
        return pixels
    scale = side / min(height, width)
    size = (max(side, round(width * scale)), max(side, round(height * scale)))
    image = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)))


def _kept(cache: Path, index: Path, *, side: int) -> tuple[dict[str, int], Bytes]:
    if not cache.exists() or not index.exists():
        return {}, np.zeros((0, side, side, 3), np.uint8)
    row_of = {sha: row for row, sha in enumerate(index.read_text().split())}
    values = np.load(cache, mmap_mode="r")
    if len(row_of) > len(values):  # the array was not written whole
        return {}, np.zeros((0, side, side, 3), np.uint8)
    return row_of, values[: len(row_of)]


def _with_new(
    values: Bytes, new: list[tuple[str, str]], root: Root, cache: Path, side: int, report: Report
) -> tuple[Bytes, list[str], dict[str, str]]:
    """The array with the pictures that could be read behind it, their sha256s, and reasons for the others."""
    part = cache.with_name(f".{cache.name}.tmp")
    whole = np.lib.format.open_memmap(part, "w+", np.uint8, (len(values) + len(new), side, side, 3))
    for first in range(0, len(values), 8192):
        whole[first : min(first + 8192, len(values))] = values[first : first + 8192]
    at, added, reasons = len(values), [], {}
    with ThreadPoolExecutor(THREADS if isinstance(root, StoreFolder) else _THREADS) as pool:
        for first in range(0, len(new), _AT_ONCE):
            piece = new[first : first + _AT_ONCE]
            pictures = pool.map(lambda each: read_square(root / each[0], side=side), piece)
            for (_, sha), picture in zip(piece, pictures, strict=True):
                if isinstance(picture, str):
                    reasons[sha] = picture
                    continue
                whole[at] = picture
                added.append(sha)
                at += 1
            report(first + len(piece), len(new))
    whole.flush()
    del whole
    os.replace(part, cache)
    return np.load(cache, mmap_mode="r"), added, reasons


def _replace_text(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.tmp")
    part.write_text(text)
    os.replace(part, path)
