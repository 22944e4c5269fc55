"""No other site may show the app in a frame, or write through a visitor's browser."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config

from jobs.engine.errors import FolderNotAllowed
from pages.ui import guard, owner, registry
from pages.ui.guard import Guard, is_from_here


@pytest.fixture(params=["'self'", "'self' https://notebook.example"], ids=["own pages", "a notebook too"])
def ancestors(request) -> str:
    return request.param


@pytest.fixture
def client(ancestors) -> TestClient:
    async def answer(request) -> PlainTextResponse:
        return PlainTextResponse("done")

    routes = [Route("/vitrine/act", answer, methods=["GET", "POST", "PUT", "DELETE"])]
    middleware = [Middleware(Guard, frame_ancestors=ancestors)]
    return TestClient(Starlette(routes=routes, middleware=middleware), base_url="http://localhost:8501")


def test_every_answer_says_who_may_frame_it(client, ancestors) -> None:
    for answer in (client.get("/vitrine/act"), client.get("/not-there"), client.post("/vitrine/act"), refused(client)):
        assert answer.headers["content-security-policy"] == f"frame-ancestors {ancestors}"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        # the older header knows no list of sites: it would keep the notebook out
        assert answer.headers.get("x-frame-options") == ("SAMEORIGIN" if ancestors == "'self'" else None)


def refused(client: TestClient):
    return client.post("/vitrine/act", headers={"Origin": "https://evil.example"})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_page_of_another_site_writes_nothing(client, method) -> None:
    answer = client.request(method, "/vitrine/act", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "another site" in answer.text
    assert client.request(method, "/vitrine/act", headers={"Origin": "http://localhost:8501"}).text == "done"
    assert client.request(method, "/vitrine/act").text == "done"  # no browser: a script on this machine


OWN_STREAM = {"Origin": "http://localhost:8501", "Host": "localhost:8501"}


@pytest.mark.parametrize(
    ("sent", "welcome"),
    [
        (OWN_STREAM, True),
        ({"Host": "localhost:8501"}, True),  # no browser
        ({**OWN_STREAM, "Sec-Fetch-Site": "same-origin"}, True),
        ({**OWN_STREAM, "Origin": "https://evil.example"}, False),
        ({**OWN_STREAM, "Origin": "http://localhost:8502"}, False),  # cookies know no ports, so it would be signed in
        ({**OWN_STREAM, "Origin": "null"}, False),
        ({**OWN_STREAM, "Sec-Fetch-Site": "cross-site"}, False),
    ],
)
def test_a_page_of_another_site_opens_no_stream(sent, welcome) -> None:
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("drawn")
        await socket.close()

    app = Starlette(routes=[WebSocketRoute("/_stcore/stream", stream)], middleware=[Middleware(Guard)])
    client = TestClient(app, base_url="http://localhost:8501")
    if welcome:
        with client.websocket_connect("/_stcore/stream", headers=sent) as socket:
            assert socket.receive_text() == "drawn"
        return
    with pytest.raises(WebSocketDisconnect) as refusal, client.websocket_connect("/_stcore/stream", headers=sent):
        pass
    assert refusal.value.code == 1008


@pytest.mark.parametrize(
    ("sent", "welcome"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "https://vitrine.example", "host": "localhost:8501"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost:8501", "host": "localhost:8501"}, False),
        ({"sec-fetch-site": "same-site", "host": "localhost:8501"}, False),
        ({"origin": "http://localhost:9999", "host": "localhost:8501"}, False),
        ({"origin": "http://127.0.0.1:9999", "host": "localhost:8501"}, False),
        ({"origin": "http://127.0.0.1:8501", "host": "127.0.0.1:8501"}, True),
        ({"origin": "http://[::1]:8501", "host": "[::1]:8501"}, True),
        ({"origin": "null", "host": "localhost:8501"}, False),
        ({"origin": "", "host": ""}, False),
        ({"origin": "http://[", "host": "localhost:8501"}, False),
        (
            {"origin": "https://vitrine.example", "host": "localhost:8501"},
            True,
        ),  # behind a proxy, named in the settings
        ({"origin": "https://evil.vitrine.example", "host": "localhost:8501"}, False),
        ({"origin": "https://vitrine.example:444", "host": "vitrine.example"}, False),
    ],
)
def test_whose_requests_are_ours(sent, welcome, monkeypatch) -> None:
    options = {
        "server.allowedHosts": ["localhost", "127.0.0.1", "vitrine.example"],
        "browser.serverAddress": "localhost",
    }
    monkeypatch.setattr(owner.st, "get_option", options.get)
    assert is_from_here(Headers(sent)) is welcome


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_no_origin_is_an_error_and_none_but_ours_is_welcome(origin: str) -> None:
    welcome = is_from_here(Headers({"origin": origin, "host": "localhost:8501"}))
    assert not welcome or origin.endswith("//localhost:8501") or "//localhost:8501" in origin


@pytest.mark.parametrize("named", ["https://a.example; script-src *", "'unsafe-inline'", "javascript:", "a b\nX: y;"])
def test_a_setting_that_is_no_list_of_sites_is_refused_at_the_start(named, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_FRAME_ANCESTORS", named)
    with pytest.raises(ValueError, match="which is no site"):
        guard.frame_ancestors()


def test_the_setting_is_read(monkeypatch) -> None:
    monkeypatch.delenv("VITRINE_FRAME_ANCESTORS", raising=False)
    assert guard.frame_ancestors() == "'self'"
    monkeypatch.setenv("VITRINE_FRAME_ANCESTORS", " 'self'  https://*.example:8888 ")
    assert guard.frame_ancestors() == "'self' https://*.example:8888"


def test_the_app_stands_behind_the_guard_and_every_writing_route_behind_both() -> None:
    import app

    around = {layer.cls for layer in app.app._user_middleware}
    assert Guard in around
    writing = [
        route for route in registry.routes() if set(getattr(route, "methods", ()) or ()) & {"POST", "PUT", "DELETE"}
    ]
    assert {route.path.split("/")[2] for route in writing} == {"review", "map", "spot-check"}
    assert config.get_option("server.enableCORS") and config.get_option("server.enableXsrfProtection")


@pytest.fixture
def opened(app_workspace, monkeypatch):
    """An app that listens to this machine alone, and has met no proxy."""
    monkeypatch.setattr(owner, "_is_passed_on", False)
    monkeypatch.delenv("VITRINE_PUBLIC", raising=False)
    return owner.get


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via", "CF-Ray"]
)
@pytest.mark.long
def test_behind_a_proxy_only_named_folders_can_be_imported(opened, client, tmp_path, header) -> None:
    assert opened().supervisor.intake.allowed_folder(tmp_path) == tmp_path.resolve()
    client.get("/vitrine/act", headers={"Host": "localhost:8501"})
    assert opened().supervisor.intake.import_roots is None
    client.get("/vitrine/act", headers={"Host": "localhost:8501", header: "203.0.113.7"})
    with pytest.raises(FolderNotAllowed, match="--import-root DIR"):
        opened().supervisor.intake.allowed_folder(tmp_path)
    owner.close()
    assert opened().supervisor.intake.import_roots == []  # also after the workspace was opened again


def test_a_proxy_leaves_the_folders_that_were_named(opened, client, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_IMPORT_ROOTS", str(tmp_path))
    client.get("/vitrine/act", headers={"X-Forwarded-For": "203.0.113.7"})
    assert opened().supervisor.intake.allowed_folder(tmp_path / "birds") == (tmp_path / "birds").resolve()


def test_a_proxy_that_says_nothing_is_said_by_a_setting(opened, client, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_PUBLIC", "1")
    with pytest.raises(FolderNotAllowed):
        opened().supervisor.intake.allowed_folder(tmp_path)


@pytest.mark.parametrize("options", [{"browser.serverAddress": "vitrine.example"}, {"server.allowedHosts": ["*"]}])
def test_a_name_by_which_others_reach_the_app_says_so_too(opened, tmp_path, monkeypatch, options) -> None:
    option = config.get_option
    monkeypatch.setattr(owner.st, "get_option", lambda name: options[name] if name in options else option(name))
    assert option("server.address") in owner.LOCAL_ADDRESSES
    assert opened().supervisor.intake.import_roots == []


def test_a_socket_through_a_proxy_counts_as_well(opened) -> None:
    async def answer(scope, receive, send) -> None:
        pass

    scope = {"type": "websocket", "headers": [(b"x-forwarded-for", b"203.0.113.7")]}
    asyncio.run(Guard(answer)(scope, None, None))
    assert opened().supervisor.intake.import_roots == []
