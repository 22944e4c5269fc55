"""A workspace that is not open: every route and page says so, and no visitor learns where it lies or who has it."""

import subprocess
import sys

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.review import http
from pages.review.batches import Batch
from pages.ui import media, owner, registry
from store.errors import DiskFull, StoreError, UnknownDataset, WalDamaged
from store.workspace_file import FILE_NAME
from tests.support.places import FRAME, PROJECT
from tests.support.seen_page import texts
from tests.support.visit import TIMEOUT_S

_OPENS = (
    "import sys; from store.connection import open_workspace; w = open_workspace(sys.argv[1]); print(1, flush=True)"
)
ROUTES = [
    "/vitrine/thumb/1",
    "/vitrine/picture/1",
    "/vitrine/map/1/points",
    "/vitrine/map/1/filter",
    "/vitrine/map/1/facts/1",
    "/vitrine/masks/1/1",
]


@pytest.fixture
def held(app_workspace):
    """The workspace's folder, which another process has open."""
    order = [sys.executable, "-c", f"{_OPENS}; input()", str(app_workspace)]
    with subprocess.Popen(order, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "1\n"
        yield app_workspace, process.pid
        process.communicate("\n")


def tells(text: str, held) -> list[str]:
    """What in a text is none of a visitor's business."""
    root, pid = held
    return [word for word in (str(root), FILE_NAME, str(pid), "input()", "open_workspace") if word in text]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.long
def test_a_route_says_503_and_no_more(held, route):
    client = TestClient(Starlette(routes=[*media.ROUTES, *registry.routes()]))
    answer = client.get(route)
    assert answer.status_code == 503, answer.text
    assert "not open" in answer.text and tells(answer.text, held) == []


def test_an_act_is_refused_without_a_word_about_the_machine(held, monkeypatch):
    monkeypatch.setattr(http.batches, "find", lambda token: object.__new__(Batch))
    answer = http.respond("act", b'{"token": "x", "acts": []}')
    assert answer.status_code == 409 and tells(answer.body.decode(), held) == []


@pytest.mark.parametrize(
    ("address", "is_told"), [("localhost", True), ("127.0.0.1", True), ("0.0.0.0", False), (None, False)]
)
@pytest.mark.long
def test_a_page_tells_all_where_nobody_else_listens(held, monkeypatch, address, is_told):
    option = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: address if name == "server.address" else option(name))
    said = texts(AppTest.from_file(FRAME, default_timeout=TIMEOUT_S).run())
    assert "The workspace is not open" in said
    assert bool(tells(said.replace("\\", ""), held)) == is_told


@pytest.mark.parametrize("error", [DiskFull("/secret is full"), WalDamaged("/secret/vitrine.duckdb.wal is damaged")])
def test_what_is_said_of_the_machine_names_no_path(error: StoreError):
    assert "/secret" not in owner.for_visitors(error)
    assert owner.for_visitors(UnknownDataset("There is no dataset 'x'.")) == "There is no dataset 'x'."
