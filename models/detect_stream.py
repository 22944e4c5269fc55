"""Pictures through a detector: they are read and resized by threads while it looks at others."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.batches import in_order
from models.detector import Detector, Found

_AHEAD = 2  # pictures waiting, for each thread


@dataclass(frozen=True, eq=False)
class Seen:
    """One picture: what a detector found in it, or why it could not be read. width, height: the original's, upright."""

    image_id: int
    width: int = 0
    height: int = 0
    found: Found | None = None
    reason: str | None = None


def iter_detections(
    items: Iterable[tuple[int, Path]],
    *,
    read: Callable[[Path, int], tuple[np.ndarray, int, int]],
    detector: Detector,
    n_threads: int,
    then: Callable[[Seen], Seen] = lambda seen: seen,
    failure: type[Exception] | tuple[type[Exception], ...] = OSError,
) -> Iterator[Seen]:
    """What `detector` finds in the pictures of `items` (id, path), in their order.

    read(path, min_side) -> uint8 (h, w, 3) RGB and the original's width and height. An exception of type `failure`
    becomes the reason of that picture. A detector with n_parallel of 1 looks at one picture at a time while others are
    read. then: what else a thread does with each result (masks into run-length code, say).
    """
    turn = threading.Lock() if detector.n_parallel == 1 else None

    def look(item: tuple[int, Path]) -> Seen:
        image_id, path = item
        try:
            pixels, width, height = read(path, detector.min_side)
        except failure as problem:
            return Seen(image_id, reason=str(problem) or type(problem).__name__)
        ready = detector.prepare(pixels, width=width, height=height)
        if turn is None:
            found = detector.detect(ready)
        else:
            with turn:
                found = detector.detect(ready)
        return then(Seen(image_id, width, height, found))

    pool = ThreadPoolExecutor(max(n_threads, detector.n_parallel), thread_name_prefix="detection")
    try:
        yield from in_order(pool, look, items, n_ahead=_AHEAD * n_threads)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
