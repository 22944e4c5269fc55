"""A folder of pages/ with an about.py is a page: no other file says so. Former addresses lead to those of today."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.ui import registry
from store.acting import AT_HOME
from tests.support.places import PROJECT

TOY = {
    "about.py": """from pages.ui.registry import Page

PAGE = Page(title="Toy", icon="toys", address="toy", group="Playroom", order=1, former_addresses=("plaything",))
""",
    "page.py": 'import streamlit as st\n\nst.title("A toy")\n',
    "http.py": """from starlette.responses import PlainTextResponse
from starlette.routing import Route

ROUTES = [Route("/vitrine/toy", lambda request: PlainTextResponse("a toy"))]
""",
}
ASKED = """
import json
from streamlit.testing.v1 import AppTest
from pages.ui import registry
from store.acting import AT_HOME

navigation = {group: [page.title for page in pages] for group, pages in registry.by_group(AT_HOME).items()}
paths = [route.path for route in registry.routes()]
title = AppTest.from_file("pages/toy/page.py").run().title[0].value
print(json.dumps({"navigation": navigation, "paths": paths, "title": title}))
"""


@pytest.fixture
def client() -> TestClient:
    """The redirects, and every page of today as its own name."""
    pages = registry.all_pages().values()
    texts = [Route(f"/{page.address}", lambda _, page=page: PlainTextResponse(page.title)) for page in pages]
    return TestClient(Starlette(routes=[*registry.redirects(pages), *texts]))


def test_every_page_is_listed_once_under_its_heading() -> None:
    navigation = registry.by_group(AT_HOME)
    assert list(navigation) == list(registry.GROUPS)
    assert [page.title for page in navigation[""]] == ["Overview", "Pictures"]
    assert sum(map(len, navigation.values())) == len(list((PROJECT / "pages").glob("*/page.py")))


def test_one_page_opens_first_and_no_address_is_given_twice() -> None:
    pages = registry.all_pages().values()
    addresses = [address for page in pages for address in (page.address, *page.former_addresses)]
    assert len(addresses) == len(set(addresses))
    assert [page.folder for page in pages if not page.address] == ["overview"]


def test_no_folder_of_a_page_is_a_package() -> None:
    hiding = [str(path) for path in (PROJECT / "pages").glob("*/__init__.py")]
    assert not hiding, f"Streamlit puts pages/ on sys.path, where these would hide rooms of the same name: {hiding}"


def test_a_former_address_leads_to_the_page_with_its_query(client: TestClient) -> None:
    for page in registry.all_pages().values():
        for former in page.former_addresses:
            answer = client.get(f"/{former}?dataset=a%20b&picture=3")
            assert answer.text == page.title
            assert (answer.url.path, answer.url.query) == (f"/{page.address}", b"dataset=a%20b&picture=3")


def test_what_was_shared_before_still_opens(client: TestClient) -> None:
    assert client.get("/overview").text == "Overview"
    assert client.get("/overview", follow_redirects=False).headers["location"] == "./"


@pytest.mark.long
def test_a_folder_added_later_is_a_page_without_any_other_change(tmp_path: Path) -> None:
    for room in ("analytics", "components", "evidence", "figures", "importers", "jobs", "models", "service", "store"):
        (tmp_path / room).symlink_to(PROJECT / room)
    shutil.copytree(PROJECT / "pages", tmp_path / "pages", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pages" / "toy").mkdir()
    for name, source in TOY.items():
        (tmp_path / "pages" / "toy" / name).write_text(source, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(told.stdout.splitlines()[-1])
    assert answer["navigation"]["Playroom"] == ["Toy"]
    assert list(answer["navigation"])[-1] == "Playroom"
    assert {"/vitrine/toy", "/plaything"} <= set(answer["paths"])
    assert answer["title"] == "A toy"
