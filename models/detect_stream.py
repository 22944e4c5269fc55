"""Pictures through a detector: they are read and resized by threads while it looks at others."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from models.arrays import Bytes
from models.batches import in_order
from models.detector import Detections, Detector

_AHEAD = 2  # pictures waiting, for each thread

Row = TypeVar("Row")
P = TypeVar("P")  # what names a picture


@dataclass(frozen=True, eq=False)
class ScannedPicture:
    """One picture: what a detector found in it, or the reason why it could not be read.

    width, height: the original's, upright.
    """

    image_id: int
    width: int = 0
    height: int = 0
    detections: Detections | None = None
    reason: str | None = None


def iter_detections(
    items: Iterable[tuple[int, P]],
    *,
    read: Callable[[P, int], tuple[Bytes, int, int]],
    detector: Detector,
    n_threads: int,
    then: Callable[[ScannedPicture], Row],
    failure: type[Exception] | tuple[type[Exception], ...] = OSError,
) -> Iterator[Row]:
    """What `then` makes of each picture that `detector` has looked at, for `items` (id, path), in their order.

    read(path, min_side) -> uint8 (h, w, 3) RGB and the original's width and height. An exception of type `failure`
    becomes the reason of that picture. A detector with n_parallel of 1 looks at one picture at a time while others are
    read. then: the rest of a thread's work on a picture (masks into run-length code, say), be it read or not.
    """
    turn = threading.Lock() if detector.n_parallel == 1 else None

    def look(item: tuple[int, P]) -> Row:
        image_id, path = item
        try:
            pixels, width, height = read(path, detector.min_side)
        except failure as problem:
            return then(ScannedPicture(image_id, reason=str(problem) or type(problem).__name__))
        prepared = detector.prepare(pixels, width=width, height=height)
        if turn is None:
            detections = detector.detect(prepared)
        else:
            with turn:
                detections = detector.detect(prepared)
        return then(ScannedPicture(image_id, width, height, detections))

    pool = ThreadPoolExecutor(max(n_threads, detector.n_parallel), thread_name_prefix="detection")
    try:
        yield from in_order(pool, look, items, n_ahead=_AHEAD * n_threads)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
