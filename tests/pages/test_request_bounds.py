"""What a page's routes and questions take is bounded: bytes, acts, pixels, seconds."""

import asyncio
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from jobs.engine import query
from jobs.engine.errors import QueryFailed
from jobs.engine.query import Queries
from pages.import_data import preview
from pages.review import http as review_http
from pages.review.batches import Batch


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=review_http.ROUTES))


@pytest.mark.parametrize("content", [b" " * 100_001, b"[" * 100_001, json.dumps({"token": "x" * 100_000}).encode()])
def test_a_request_of_the_review_page_has_a_length(client, monkeypatch, content) -> None:
    monkeypatch.setattr(review_http, "respond", lambda *_: pytest.fail("it was read"))
    assert client.post("/vitrine/review/act", content=content).status_code == 413


def test_a_request_of_the_review_page_is_stopped_while_it_comes() -> None:
    taken = []

    async def pieces():
        for n in range(1_000):
            taken.append(n)
            yield b"x" * 10_000

    request = SimpleNamespace(stream=pieces, path_params={"what": "act"})
    assert asyncio.run(review_http._answer(request)).status_code == 413
    assert len(taken) == 11


def test_a_request_of_the_review_page_holds_so_many_acts() -> None:
    batch = SimpleNamespace(evidence={1: {}}, names=())
    assert isinstance(Batch, type)
    with pytest.raises(review_http._Refused, match="Nothing was chosen"):
        review_http._wanted([{"id": 1, "act": "keep"}] * 1_001, batch)
    assert list(review_http._wanted([{"id": 1, "act": "keep"}] * 1_000, batch)) == [1]


def test_a_picture_of_the_sheet_has_so_many_pixels(tmp_path, monkeypatch) -> None:
    Image.new("L", (100, 100)).save(tmp_path / "a.png")
    monkeypatch.setattr(preview, "MAX_PIXELS", 9_999)
    assert preview.small_picture(tmp_path / "a.png") is None
    monkeypatch.setattr(preview, "MAX_PIXELS", 10_000)
    assert preview.small_picture(tmp_path / "a.png") is not None


def test_a_question_that_takes_long_is_ended_and_the_next_is_asked_of_a_new_process(monkeypatch) -> None:
    monkeypatch.setattr(query, "ANSWER_WITHIN_S", 0.3)
    started = []

    class Slow(query._Child):
        @classmethod
        def start(cls):
            process = subprocess.Popen(
                [sys.executable, "-c", "import time; time.sleep(60)"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            started.append(process)
            return cls(process, process.stdin, process.stdout, open(__file__, "rb"))

    monkeypatch.setattr(query, "_Child", Slow)
    queries = Queries()
    for _ in range(2):
        with pytest.raises(QueryFailed, match="ended without an answer"):
            queries.ask("texts", texts=["a"])
    assert len(started) == 2 and all(process.poll() is not None for process in started)
