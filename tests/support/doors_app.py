"""Doors of the app: addresses and links."""

from pathlib import Path

from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui import media, owner, registry
from store.connection import open_workspace
from tests.support.forms import as_json
from tests.support.noisy_workspace import checked_birds
from tests.support.target import Try
from tests.support.visit import visit
from tests.support.wild import damaged, json_values, texts


def _app(folder: Path) -> None:
    import os

    os.environ["VITRINE_WORKSPACE"] = str(folder / "w")
    workspace = open_workspace(folder / "w")
    checked_birds(workspace)
    workspace.close()
    owner.get().supervisor.devices = list  # type: ignore[method-assign,assignment]  # no process of torch for each


_QUERIES = (
    *(
        "class",
        "low",
        "high",
        "n",
        "s",
        "hide",
        "measure",
        "colour",
        "token",
        "acts",
        "id",
        "who",
    ),
    *(
        "dataset",
        "picture",
        "q",
    ),
)
_LINK_WORDS = (
    *(
        "dataset",
        "picture",
        "page",
        "from",
        "alike",
        "near",
        "k",
        "pair",
        "sample",
        "queue",
        "by",
    ),
    *(
        "seed",
        "floor",
        "sheet",
        "cluster",
        "cosine",
        "classes",
        "bits",
        "cut",
        "line",
        "score",
    ),
    *(
        "selection",
        "opacity",
        "pictures",
        "temperature",
        "overlap",
        "space",
        "set",
        "against",
        "view",
    ),
    *(
        "run",
        "other",
        "split",
        "class",
        "label",
        "colour",
        "reason",
        "sort",
        "kind",
        "job_page",
    ),
    *(
        "file_reason_page",
        "label_reason_page",
        "who",
        "q",
        "name",
        "version",
        "metric",
        "scale",
    ),
)


def addresses() -> st.SearchStrategy[tuple[str, str, dict[str, str], bytes, dict[str, str]]]:
    paths = [route.path for route in (*media.ROUTES, *registry.routes())]
    piece = st.one_of(st.integers(-1, 30).map(str), texts()).map(lambda text: text.encode(errors="replace").decode())
    body = st.one_of(json_values().map(as_json), damaged([b'{"token": "a", "acts": [{"id": 1, "act": "keep"}]}']))
    headers = st.dictionaries(
        st.sampled_from(["Origin", "Sec-Fetch-Site", "If-None-Match", "Range", "Content-Type"]),
        piece.map(lambda text: "".join(each for each in text if " " < each < "\x7f")[:200]),
        max_size=2,
    )
    filled = st.tuples(st.sampled_from(paths), st.lists(piece, min_size=4, max_size=4)).map(
        lambda drawn: _filled(*drawn)
    )
    queries = st.dictionaries(st.sampled_from(_QUERIES), piece, max_size=3)
    return st.tuples(st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]), filled, queries, body, headers)


def _filled(path: str, pieces: list[str]) -> str:
    from urllib.parse import quote

    for text in pieces:
        before, brace, rest = path.partition("{")
        if not brace:
            break
        path = before + quote(text, safe="") + rest.partition("}")[2]
    return path


def open_address(folder: Path) -> Try:
    _app(folder)
    client = TestClient(Starlette(routes=[*media.ROUTES, *registry.routes()]), base_url="http://localhost:8501")

    def one(drawn: tuple[str, str, dict[str, str], bytes, dict[str, str]]) -> None:
        method, path, query, body, headers = drawn
        if not path.startswith("/"):
            return
        answer = client.request(method, path, params=query, content=body, headers=headers, follow_redirects=False)
        assert answer.status_code < 500, answer.status_code

    return one


def links() -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    folders = list(registry.all_pages())
    value = st.one_of(st.integers(-1, 40).map(str), st.just("birds"), texts()).map(
        lambda text: text.encode(errors="replace").decode()
    )
    return st.tuples(st.sampled_from(folders), st.dictionaries(st.sampled_from(_LINK_WORDS), value, max_size=6))


def open_link(folder: Path) -> Try:
    _app(folder)

    def one(drawn: tuple[str, dict[str, str]]) -> None:
        page, query = drawn
        app = visit(f"{page}/page.py", **query)
        assert not app.exception, app.exception
        assert not any("This page stopped" in error.value for error in app.error), app.error

    return one
