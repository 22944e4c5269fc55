"""A page's stream: whose it is, and what is done of what somebody asks who is out by now."""

import asyncio

import pytest
from starlette.datastructures import Headers
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.ui import gate, visitors
from store import access
from store.seals import cookie_name
from tests.support.guests import HERE, let_in, opened_for_guests, share


@pytest.fixture
def served(app_workspace, monkeypatch):
    return opened_for_guests(monkeypatch)


def stream(served, asked: list[bytes], *, headers: dict[str, str], before=None) -> list:
    """What a page's stream lets through of some messages; `before(n)` is called before the n-th arrives."""
    through: list = []

    async def app(scope, receive, send):
        through.append(dict(Headers(raw=scope["headers"])).get(visitors.VISIT))
        while (message := await receive())["type"] != "websocket.disconnect":
            through.append(message["bytes"])

    async def run() -> None:
        waiting = iter(enumerate(asked))

        async def receive():
            found = next(waiting, None)
            if found is None:
                return {"type": "websocket.disconnect"}
            if before is not None:
                before(found[0])
            return {"type": "websocket.receive", "bytes": found[1]}

        async def send(message):
            through.append(message["type"])

        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": raw, "client": HERE, "scheme": "ws"}
        await gate.Gate(app)(scope, receive, send)

    asyncio.run(run())
    return through


def rerun(**more) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "dataset=pets"
    message.rerun_script.fragment_id = "f"
    message.rerun_script.widget_states.widgets.add(id="button", trigger_value=True)
    return message.SerializeToString()


def as_guest(served, path: str) -> dict[str, str]:
    browser = let_in(path)
    name = cookie_name(served)
    return {"host": "localhost:8501", "origin": "http://localhost:8501", "cookie": f"{name}={browser.cookies[name]}"}


def test_a_stream_says_to_the_page_whose_it_is(served) -> None:
    forged = {**as_guest(served, share(served)), visitors.VISIT: "forged"}
    mark, message = stream(served, [rerun()], headers=forged)
    assert mark not in (None, "forged") and message == rerun()
    assert mark not in visitors._visits  # it has ended


def test_whoever_is_out_in_mid_session_has_nothing_done_any_more(served) -> None:
    headers = as_guest(served, share(served, "curator"))

    def revoke(n: int) -> None:
        if n == 1:
            access.revoke(served, link_id=1, who="Ana")

    other = BackMsg()
    other.file_urls_request.request_id = "r"
    _, first, second = stream(served, [rerun(), rerun(), other.SerializeToString()], headers=headers, before=revoke)
    assert first == rerun()
    bare = BackMsg.FromString(second)
    assert bare.rerun_script.query_string == "dataset=pets"  # the page is drawn anew, and says so
    assert not bare.rerun_script.fragment_id and not bare.rerun_script.widget_states.widgets


def test_only_an_owner_clears_what_is_kept_for_all(served) -> None:
    clear = BackMsg(clear_cache=True).SerializeToString()
    assert stream(served, [clear], headers=as_guest(served, share(served, "curator")))[1:] == []
    at_home = {"host": "localhost:8501", "origin": "http://localhost:8501"}
    assert stream(served, [clear, b"\xff\xff"], headers=at_home)[1:] == [clear, b"\xff\xff"]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8501", "origin": "https://evil.example"},
        {"host": "localhost:8501", "origin": "http://localhost:9999"},
        {"host": "localhost:8501", "origin": "null"},
        {"host": "vitrine.example", "origin": "http://vitrine.example"},
        {"host": "localhost:8501", "origin": "http://localhost:8501", "x-forwarded-for": "203.0.113.7"},
    ],
)
def test_a_forged_origin_or_a_stranger_opens_no_stream(served, headers) -> None:
    assert stream(served, [rerun()], headers=headers) == ["websocket.close"]
