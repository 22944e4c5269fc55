"""The gate: every request and every message of a page's stream is from somebody, or goes no further.

What a person may do is held where writing happens (store.acting); here stands who they are, and what a stranger gets:
a sentence, or the page to sign in.
"""

import contextlib
import re
from collections.abc import Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.ui import guard, turned_away, visitors
from pages.ui.base_path import base_path
from pages.ui.visitors import Asked
from store.acting import CURATOR, NOBODY, OWNER, Actor, acting
from store.seals import ENTER

STREAM, UPLOAD, _AGENT = "/_stcore/stream", "/_stcore/upload_file", "/_stcore/agent/"
# What the page to sign in is made of: Streamlit's own files, and its way to the provider and back.
_TO_SIGN_IN = (
    "/static/",
    "/_stcore/health",
    "/_stcore/host-config",
    "/auth/",
    "/oauth2callback",
    "/favicon",
    "/index.html",
)
_OURS, _OF_STREAMLIT = "/vitrine/", ("/_stcore/", "/media/", "/component/", "/app/", "/~/")
_HEALTH = "/_stcore/health"  # for those who look whether the app lives: it says "ok", and nothing else
_WAY_IN = re.compile(rf"{ENTER}/[\w.-]+")
_API = re.compile(r"/api(/|$)")  # which asks for a key, and lets in whom it is told of (pages/service/http.py)
_NOT_YOURS = "This is for a {role}."


class Gate:
    """ASGI middleware around the whole app, inside of Guard."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through as somebody's, or answer it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        actor, path = visitors.actor_of(asked_by(scope)), path_of(scope)
        refusal = None if _WAY_IN.fullmatch(path) or _API.match(path) else refused(actor, scope, path)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        with acting(actor), visit_of(scope, path) as told:
            await self._app(told, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = asked_by(scope)
        actor = visitors.actor_of(asked)
        if path_of(scope) != STREAM or not guard.is_from_here(asked.headers) or not _is_welcome(actor):
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "Not for you."})
            return
        was_somebody = actor.role != NOBODY

        async def receive_of_somebody() -> Message:
            nonlocal was_somebody
            while True:
                message = await receive()
                now = visitors.actor_of(asked)
                let_through = _let_through(message, now, was_somebody=was_somebody)
                was_somebody |= now.role != NOBODY
                if let_through is not None:
                    return let_through

        with visit_of(scope, STREAM) as told:
            await self._app(told, receive_of_somebody, send)


@contextlib.contextmanager
def visit_of(scope: Scope, path: str) -> Iterator[Scope]:
    """The scope of a request with the mark by which a page's script finds who asked; of others as it is.

    Pages are drawn for a stream, and for programs that ask Streamlit's address for them.
    """
    if not path.startswith((STREAM, _AGENT)):
        yield scope
        return
    mark = visitors.begin_visit(asked_by(scope))
    headers = MutableHeaders(raw=[pair for pair in scope["headers"] if pair[0] != visitors.VISIT.encode()])
    headers[visitors.VISIT] = mark
    try:
        yield {**scope, "headers": headers.raw}
    finally:
        visitors.end_visit(mark)


def asked_by(scope: Scope) -> Asked:
    """What a request says of who sends it."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    is_https = scope.get("scheme") in ("https", "wss") or headers.get("x-forwarded-proto", "") == "https"
    return Asked(headers, str(client[0]) if client else "", is_https)


def path_of(scope: Scope) -> str:
    """The path of a request below the address that the app is served at."""
    base = base_path()
    path = str(scope["path"])
    return path.removeprefix(base) if base and (path == base or path.startswith(f"{base}/")) else path


def refused(actor: Actor, scope: Scope, path: str) -> Response | None:
    """The answer to a request that goes no further; None for one that does."""
    if actor.role == NOBODY:
        if path == _HEALTH:
            return None
        if visitors.signs_in() and _is_of_sign_in(scope, path):
            return None
        return _turned_away(actor, scope)
    if path.startswith(UPLOAD) and scope["method"] != "OPTIONS" and not actor.is_at_least(CURATOR):
        return PlainTextResponse(_NOT_YOURS.format(role=CURATOR), status_code=403)
    return None


def _is_welcome(actor: Actor) -> bool:
    return actor.role != NOBODY or visitors.signs_in()


def _is_of_sign_in(scope: Scope, path: str) -> bool:
    """Whether a stranger needs it to sign in: the shell of a page, its files, the way to the provider and back."""
    if path.startswith(_TO_SIGN_IN):
        return True
    is_page = not path.startswith((_OURS, *_OF_STREAMLIT)) and "." not in path.rpartition("/")[2]
    return bool(scope["method"] in ("GET", "HEAD")) and is_page


def _turned_away(actor: Actor, scope: Scope) -> Response:
    why = actor.why or visitors.NOT_SET_UP
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return HTMLResponse(turned_away.page(why, base=base_path()), status_code=403, headers=turned_away.HEADERS)
    return PlainTextResponse(why, status_code=403, headers={"Cache-Control": "no-store"})


def _let_through(message: Message, actor: Actor, *, was_somebody: bool) -> Message | None:
    """A message of a page's stream as it goes on; None for one that does not.

    Of somebody who is out by now nothing is done: what they asked for is drawn anew, and says so.
    """
    content = message.get("bytes") if message["type"] == "websocket.receive" else None
    if content is None:
        return message if message["type"] != "websocket.receive" else None
    is_out = actor.role == NOBODY and was_somebody
    if not is_out and actor.is_at_least(OWNER):
        return message
    asked = BackMsg()
    try:
        asked.ParseFromString(content)
    except Exception:  # noqa: BLE001  whatever the library raises: it is no message of a page
        return None
    if asked.WhichOneof("type") in ("clear_cache", "set_run_on_save", "debug_shutdown_runtime"):
        return None
    if not is_out:
        return message
    if asked.WhichOneof("type") != "rerun_script":
        return None
    for field in ("widget_states", "fragment_id", "is_auto_rerun"):
        asked.rerun_script.ClearField(field)
    return {**message, "bytes": asked.SerializeToString()}
