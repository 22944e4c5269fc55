"""Pictures in batches, read by threads."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.batches import Batch, iter_batches
from models.preprocess import Preprocess

TINY = Preprocess(4, 4, "bilinear", (0.0,) * 3, (1.0,) * 3)


class BadPicture(Exception):
    """What this test's reader raises."""


def read_number(path: Path, min_side: int) -> np.ndarray:
    """A picture of one grey, the number in the file's name; later numbers are read faster."""
    assert min_side == 8  # twice what the model takes: see Preprocess.min_side
    number = int(path.name)
    if number % 10 == 7:
        raise BadPicture(f"picture {number} is torn")
    time.sleep(0.0002 * (number % 5))
    return np.full((5, 6, 3), number % 251, np.uint8)


def numbered(n: int) -> list[tuple[int, Path]]:
    return [(1000 + number, Path(str(number))) for number in range(n)]


def batches_of(items: object, **changes: object) -> Iterator[Batch]:
    options = {"read": read_number, "preprocess": TINY, "batch_size": 8, "n_threads": 3}
    return iter_batches(items, **(options | {"failure": BadPicture} | changes))


def test_batches_keep_the_order_and_lose_nothing() -> None:
    batches = list(batches_of(numbered(43)))
    assert [len(batch.ids) + len(batch.failures) for batch in batches] == [8, 8, 8, 8, 8, 3]
    ids = np.concatenate([batch.ids for batch in batches])
    assert ids.tolist() == [1000 + number for number in range(43) if number % 10 != 7]
    for batch in batches:
        assert batch.pixels.shape == (len(batch.ids), 4, 4, 3) and batch.pixels.dtype == np.uint8
        assert (batch.pixels == (batch.ids - 1000)[:, None, None, None]).all()


def test_a_picture_that_cannot_be_read_becomes_a_reason() -> None:
    failures = [failed for batch in batches_of(numbered(30)) for failed in batch.failures]
    assert failures == [(1000 + n, f"picture {n} is torn") for n in (7, 17, 27)]


def test_a_batch_of_nothing_but_failures_is_empty_but_there() -> None:
    only = list(batches_of([(1, Path("7")), (2, Path("17"))]))
    assert len(only) == 1 and only[0].pixels.shape == (0, 4, 4, 3)
    assert [picture_id for picture_id, _ in only[0].failures] == [1, 2]


def test_no_items_give_no_batches() -> None:
    assert list(batches_of([])) == []


def test_an_error_that_is_no_reading_failure_is_raised() -> None:
    with pytest.raises(BadPicture, match="picture 7 is torn"):
        list(batches_of(numbered(8), failure=OSError))


def test_only_two_batches_are_read_ahead_however_many_pictures_there_are() -> None:
    taken = 0

    def endless() -> Iterator[tuple[int, Path]]:
        nonlocal taken
        while True:
            taken += 1
            yield taken, Path("1")

    batches = batches_of(endless())
    for n_seen in range(1, 20):
        next(batches)
        time.sleep(0.005)
        assert taken <= 8 * (n_seen + 2) + 1
    batches.close()


def test_the_next_batch_is_read_while_the_consumer_works() -> None:
    all_read = threading.Event()

    def read(path: Path, min_side: int) -> np.ndarray:
        if path.name == "15":
            all_read.set()
        return np.zeros((4, 4, 3), np.uint8)

    batches = batches_of(numbered(16), read=read, n_threads=1)
    next(batches)
    assert all_read.wait(timeout=60)  # the consumer has not asked for the second eight
    next(batches)


def test_closing_stops_the_threads_promptly() -> None:
    may_go_on = threading.Event()
    waiting: list[str] = []

    def held_after_the_first_batch(path: Path, min_side: int) -> np.ndarray:
        if int(path.name) >= 64:
            waiting.append(path.name)
            may_go_on.wait(timeout=60)
        return np.zeros((4, 4, 3), np.uint8)

    before = threading.active_count()
    batches = batches_of(numbered(10_000), read=held_after_the_first_batch, batch_size=64)
    next(batches)
    let_go = threading.Timer(0.5, may_go_on.set)
    let_go.start()
    batches.close()
    let_go.join()
    assert len(waiting) <= 3  # of the 128 that were to be read: what the three threads held
    assert threading.active_count() == before


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"n_threads": 0}])
def test_a_size_below_one_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1, got"):
        next(batches_of(numbered(1), **wrong))
