"""Pictures as batches of model input, read and resized by threads while the model works."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from models.arrays import Bytes, Ints
from models.preprocess import Preprocess

# How many batches may be read ahead of the consumer: one being handed over, one being filled.
_BATCHES_AHEAD = 2

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Batch:
    """Some pictures, ready for a model: ids int64 (n,), pixels uint8 (n, crop, crop, 3).

    failures holds (id, reason) of the pictures of this batch that could not be read; n may be 0.
    """

    ids: Ints
    pixels: Bytes
    failures: list[tuple[int, str]]


def iter_batches(
    items: Iterable[tuple[int, T]],
    *,
    read: Callable[[T, int], Bytes],
    preprocess: Preprocess,
    batch_size: int,
    n_threads: int,
    pin: bool = False,
    failure: type[Exception] | tuple[type[Exception], ...] = OSError,
) -> Iterator[Batch]:
    """Give the pictures of `items` (id, path) in batches, in order, while the consumer works on the last.

    read(path, min_side) -> uint8 (h, w, 3) RGB; it may reduce a picture whose shorter side stays at
    least min_side. An exception of type `failure` becomes a row of Batch.failures; any other one is
    raised here. A batch stands for batch_size items, the last one for fewer. At most two batches of
    prepared pictures and n_threads full ones are in memory. Closing the iterator stops the threads as
    soon as the pictures they hold are done. pin: page-locked memory, which a CUDA device copies from
    without waiting. Raises ValueError if batch_size or n_threads is below 1.
    """
    if batch_size < 1 or n_threads < 1:
        raise ValueError(f"batch_size and n_threads must be at least 1, got {batch_size} and {n_threads}")

    def prepare(item: tuple[int, T]) -> tuple[int, Bytes | str]:
        picture_id, path = item
        try:
            return picture_id, preprocess.apply(read(path, preprocess.min_side))
        except failure as problem:
            return picture_id, str(problem) or type(problem).__name__

    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="pictures")
    try:
        prepared = in_order(pool, prepare, items, n_ahead=batch_size * _BATCHES_AHEAD)
        yield from _grouped(prepared, batch_size=batch_size, crop=preprocess.crop, pin=pin)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_order(pool: ThreadPoolExecutor, work: Callable[[T], R], items: Iterable[T], *, n_ahead: int) -> Iterator[R]:
    """Map `work` over `items`, in order, with at most n_ahead results waiting or under way."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        if len(waiting) >= n_ahead:
            yield waiting.popleft().result()
        waiting.append(pool.submit(work, item))
    while waiting:
        yield waiting.popleft().result()


def _grouped(prepared: Iterator[tuple[int, Bytes | str]], *, batch_size: int, crop: int, pin: bool) -> Iterator[Batch]:
    """Gather prepared pictures (or the reasons there are none) into batches."""
    group: list[tuple[int, Bytes | str]] = []
    for one in prepared:
        group.append(one)
        if len(group) == batch_size:
            yield _batch(group, crop=crop, pin=pin)
            group = []
    if group:
        yield _batch(group, crop=crop, pin=pin)


def _batch(group: list[tuple[int, Bytes | str]], *, crop: int, pin: bool) -> Batch:
    pictures = [(picture_id, pixels) for picture_id, pixels in group if isinstance(pixels, np.ndarray)]
    failures = [(picture_id, reason) for picture_id, reason in group if isinstance(reason, str)]
    pixels = _empty((len(pictures), crop, crop, 3), pin=pin)
    for row, (_, picture) in enumerate(pictures):
        pixels[row] = picture
    return Batch(np.array([picture_id for picture_id, _ in pictures], dtype=np.int64), pixels, failures)


def _empty(shape: tuple[int, ...], *, pin: bool) -> Bytes:
    """An uninitialised uint8 array, in page-locked memory if asked for (that needs a CUDA device)."""
    if not pin:
        return np.empty(shape, dtype=np.uint8)
    import torch  # only where there is a GPU: reading pictures needs no torch

    return torch.empty(shape, dtype=torch.uint8, pin_memory=True).numpy()
