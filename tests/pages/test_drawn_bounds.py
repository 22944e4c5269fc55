"""What a request has the server draw is bounded: masks of a picture, and how many pictures are drawn at once."""

import asyncio
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers, QueryParams

from analytics.mask_overlay import decode, overlay
from pages.detections import http as masks_http
from pages.map import picture as map_picture


def code_of(runs: list[int]) -> str:
    """COCO's code of some runs, as maskApi.c writes it."""
    out = []
    for n, run in enumerate(runs):
        value = run - runs[n - 2] if n > 2 else run
        more = True
        while more:
            part = value & 0x1F
            value >>= 5
            more = value != -1 if part & 0x10 else value != 0
            out.append(chr((part | 0x20 if more else part) + 48))
    return "".join(out)


@given(runs=st.lists(st.integers(0, 40), min_size=1, max_size=12), height=st.integers(1, 12), side=st.integers(1, 20))
def test_a_mask_is_drawn_as_it_decodes_in_full(runs, height, side) -> None:
    width = -(-sum(runs) // height) or 1
    runs = [*runs, width * height - sum(runs)]
    code = code_of(runs)
    whole = decode(code, width=width, height=height)
    step = max(1, -(-max(width, height) // side))
    drawn = overlay([(code, (1, 2, 3))], width=width, height=height, side=side)
    assert np.array_equal(drawn[..., 3] > 0, whole[::step, ::step])


def test_a_mask_of_a_very_large_picture_takes_the_memory_of_a_small_one() -> None:
    side = 13_000
    tracemalloc.start()
    try:
        drawn = overlay([(code_of([0, side * side]), (9, 9, 9))], width=side, height=side, side=768)
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()
    assert max(drawn.shape[:2]) <= 768 and (drawn[..., 3] > 0).all()


def test_a_picture_has_so_many_masks_drawn_and_no_more() -> None:
    masks = [("x" * 10, (0, 0, 0))] * 10_000
    assert len(masks_http._drawable(masks)) == masks_http.MOST_MASKS
    assert len(masks_http._drawable([("x" * 3_000_000, (0, 0, 0))] * 3)) == 1


class Counting:
    """Stands for what draws: how many do at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def draw(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.03)
        with self._lock:
            self.now -= 1


def together(work) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work) for _ in range(8)]:
            assert done.result().status_code == 200


def test_no_more_than_two_pictures_have_their_masks_drawn_at_a_time(monkeypatch) -> None:
    counting = Counting()
    file = SimpleNamespace(width=4, height=4)
    rows = pa.table({"mask": [code_of([0, 16])], "class_index": [0]})
    monkeypatch.setattr(masks_http.owner, "get", lambda: SimpleNamespace(workspace=None))
    monkeypatch.setattr(masks_http, "picture_file", lambda *_: file)
    monkeypatch.setattr(masks_http, "boxes_of", lambda *_, **__: rows)
    monkeypatch.setattr(masks_http, "overlay", lambda *_, **__: (counting.draw(), np.zeros((4, 4, 4), np.uint8))[1])
    request = SimpleNamespace(path_params={"run_id": 1, "image_id": 1}, query_params={"c": "0-ff0000"})
    together(lambda: masks_http._respond(request))
    assert counting.most == 2


def test_no_more_than_two_maps_are_drawn_at_a_time(monkeypatch) -> None:
    counting = Counting()
    monkeypatch.setattr(map_picture, "_draw", lambda *_: (counting.draw(), "<svg/>")[1])
    monkeypatch.setattr(map_picture.colours, "find", lambda _: object())
    request = SimpleNamespace(path_params={"run_id": 1}, query_params=QueryParams("colour=label"), headers=Headers({}))
    together(lambda: asyncio.run(map_picture._picture(request)))
    assert counting.most == 2
