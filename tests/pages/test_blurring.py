"""What a visitor's pictures cost the owner while people are blurred: so many pixels a picture, so many at a time."""

import io
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui import blurring, media, owner
from pages.ui.blurring import Hidden, blurred_file, rule_at_hand, what_to_blur
from store.decisions import Act, decide
from store.picture_files import NotAtHand
from store.privacy import switch_blur
from tests.support.detected_workspace import dataset_of, land_boxes
from tests.support.places import PROJECT

EVERYTHING = Hidden(None)
LEFT = Hidden(np.array([[0.0, 0.0, 400.0, 600.0]]))


def striped(path, size, **options):
    """A picture of vertical stripes of one pixel."""
    row = np.tile(np.array([0, 255], np.uint8), size[0])[: size[0]]
    Image.fromarray(np.tile(row, (size[1], 1))).convert("RGB").save(path, **options)
    return path


@pytest.fixture
def few_pixels(monkeypatch):
    monkeypatch.setattr(blurring, "MAX_PIXELS", 300_000)
    monkeypatch.setattr(blurring, "_REDUCED_SIDE", 300)


def test_a_picture_too_large_is_reduced_where_its_format_can_and_else_left(tmp_path, few_pixels) -> None:
    large = striped(tmp_path / "large.jpg", (800, 600), quality=95)
    content = blurred_file(large, LEFT, width=800, height=600)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (400, 300)
        grey = np.asarray(picture.convert("L")).astype(int)
    assert np.abs(np.diff(grey[:, 20:180], axis=1)).max() <= 12  # the box was reduced with its picture
    assert blurred_file(striped(tmp_path / "large.png", (800, 600)), LEFT, width=800, height=600) is None
    assert blurred_file(striped(tmp_path / "small.png", (500, 600)), LEFT, width=500, height=600) is not None


def test_no_more_than_two_are_decoded_at_a_time_and_what_was_made_is_kept(tmp_path, monkeypatch) -> None:
    at_work, most, calls = [], [], []

    def slow(path, hidden, *, width, height):
        at_work.append(path)
        calls.append(path)
        most.append(len(at_work))
        time.sleep(0.05)
        at_work.remove(path)
        return b"jpeg"

    monkeypatch.setattr(blurring, "_blurred_file", slow)
    paths = [striped(tmp_path / f"{number}.png", (8, 8)) for number in range(6)]

    def ask(path) -> None:
        assert blurred_file(path, EVERYTHING, width=8, height=8) == b"jpeg"

    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == blurring.AT_A_TIME == 2 and len(calls) == 6
    ask(paths[0])
    assert len(calls) == 6
    blurred_file(paths[0], LEFT, width=8, height=8)  # other boxes
    Image.new("RGB", (9, 9)).save(paths[1])  # another file of that name
    ask(paths[1])
    assert len(calls) == 8


def test_what_is_kept_is_bounded(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(blurring, "_KEPT", 3)
    for number in range(6):
        blurred_file(striped(tmp_path / f"{number}.png", (8, 8)), EVERYTHING, width=8, height=8)
    assert len(blurring._kept) == 3
    monkeypatch.setattr(blurring, "_KEPT_BYTES", 10)
    blurred_file(striped(tmp_path / "again.png", (8, 8)), EVERYTHING, width=8, height=8)
    assert not any("again.png" in str(key[0]) for key in blurring._kept)


@pytest.fixture
def street(app_workspace, tmp_path):
    """The dataset of six pictures with people blurred: a person in each of the first three, nobody in the others."""
    folder = tmp_path / "p"
    folder.mkdir()
    for n in range(6):
        Image.fromarray(np.random.default_rng(n).integers(0, 256, (80, 80, 3), np.uint8)).save(folder / f"{n}.png")
    workspace = owner.get().workspace
    dataset = dataset_of(workspace, folder)
    with workspace.writing(dataset.id, changes_data=True) as cursor:  # rows by hand all have the same looks
        cursor.execute("UPDATE image SET phash = hash(id)")
    boxes = {f"{n}.png": [(0, 0.9, 0, 0, 40, 10 * (n + 1))] if n < 3 else [] for n in range(6)}
    land_boxes(workspace, dataset, boxes)
    switch_blur(workspace, dataset.id, blurs=True, who="me")
    return dataset


@pytest.fixture
def asked(monkeypatch) -> list[list[int]]:
    """The pictures whose rule is read from now on, by reading."""
    readings: list[list[int]] = []
    really = blurring.what_to_blur_in

    def note(workspace, dataset_id, image_ids):
        readings.append(sorted(image_ids))
        return really(workspace, dataset_id, image_ids)

    monkeypatch.setattr(blurring, "what_to_blur_in", note)
    return readings


def test_what_was_asked_for_lately_is_read_again_at_once_after_a_write(street, asked) -> None:
    workspace = owner.get().workspace
    alone = {n: getattr(what_to_blur(workspace, street.id, n), "key", 0) for n in range(1, 7)}
    assert len(asked) == 6 and len(set(alone.values())) == 4
    decide(workspace, street.id, [Act(1, "keep", reason="r")], who="me")
    with pytest.raises(NotAtHand):
        rule_at_hand(workspace, 1)
    together = {n: getattr(what_to_blur(workspace, street.id, n), "key", 0) for n in range(1, 7)}
    assert asked[6:] == [[1, 2, 3, 4, 5, 6]] and together == alone
    assert {n: getattr(rule_at_hand(workspace, n), "key", 0) for n in range(1, 7)} == alone


def test_so_many_are_read_again_and_no_more(street, asked, monkeypatch) -> None:
    monkeypatch.setattr(blurring, "ASKED_AGAIN", 2)
    workspace = owner.get().workspace
    for number in range(1, 7):
        what_to_blur(workspace, street.id, number)
    decide(workspace, street.id, [Act(1, "keep", reason="r")], who="me")
    what_to_blur(workspace, street.id, 6)
    assert asked[-1] == [5, 6]
    monkeypatch.setattr(blurring, "_MOST_RULES", 1)
    for number in range(1, 5):
        what_to_blur(workspace, street.id, number)
    assert len(workspace.at_hand((blurring._RULES, True))) <= 2


def test_a_blurred_picture_is_served_again_from_memory_until_a_switch_is_turned(street, monkeypatch) -> None:
    client = TestClient(Starlette(routes=media.ROUTES))
    workspace = owner.get().workspace
    before = client.get("/vitrine/thumb/1")
    threads = []
    really = media.run_in_threadpool

    async def note(work, *values, **named):
        threads.append(work.__name__)
        return await really(work, *values, **named)

    monkeypatch.setattr(media, "run_in_threadpool", note)
    again = client.get("/vitrine/thumb/1")
    assert again.content == before.content and not threads
    decide(workspace, street.id, [Act(2, "keep", reason="r")], who="me")
    assert client.get("/vitrine/thumb/1").content == before.content and threads
    switch_blur(workspace, street.id, blurs=False, who="me")
    assert client.get("/vitrine/thumb/1").content != before.content


@pytest.mark.long
@pytest.mark.parametrize("name", ["wide.png", "wide.jpg"])
def test_a_small_file_of_many_pixels_costs_little_memory(tmp_path, name) -> None:
    Image.new("L", (13_000, 13_000)).save(tmp_path / name)
    code = (
        "import resource, sys, threading\n"
        "from pathlib import Path\n"
        "from pages.ui.blurring import Hidden, blurred_file\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "before = peak()\n"
        "ask = lambda: blurred_file(Path(sys.argv[1]), Hidden(None), width=13_000, height=13_000)\n"
        "threads = [threading.Thread(target=ask) for _ in range(4)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "print(peak() - before)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / name)]
    grown = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert float(grown) < 300, f"{grown} MB for four requests"
