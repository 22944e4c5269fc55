"""Pictures packed one after the other into a file, with where each begins."""

import collections
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from jobs.report.pictures import Pictures

_AHEAD = 64  # pictures drawn before they are written


def pack_pictures(
    pictures: Pictures, folder: Path, *, names: tuple[str, str], side: int, report: Callable[[int], None]
) -> int:
    """Draw every picture, at most `side` pixels a side, into the files `names` of `folder`; how many there are.

    The first file holds JPEG files, one after the other, in the order of `pictures.rows`; the second, (n + 1,) int64,
    where each begins. One that cannot be drawn takes no bytes.
    """
    starts, n_drawn = [0], 0
    with (folder / names[0]).open("xb") as out:
        for n, content in enumerate(_drawn(pictures, side=side)):
            out.write(content or b"")
            starts.append(starts[-1] + len(content or b""))
            n_drawn += content is not None
            report(n + 1)
    np.save(folder / names[1], np.array(starts, np.int64))
    return n_drawn


def _drawn(pictures: Pictures, *, side: int) -> Iterator[bytes | None]:
    """The pictures in their order, drawn on every core; Pillow works without the interpreter's lock."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        ahead: collections.deque[Future[bytes | None]] = collections.deque()
        for image_id in pictures.rows:
            ahead.append(pool.submit(pictures.jpeg, image_id, side=side))
            if len(ahead) >= _AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
