"""The way in by a share link: it asks for a name, becomes a cookie, and leaves the address bar."""

import threading
import time
from collections import OrderedDict, deque
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from pages.ui import gate, owner, turned_away, visitors
from pages.ui.base_path import base_path
from pages.ui.bodies import read_body
from store import access
from store.access import ShareLink
from store.acting import LINK, Actor, acting
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.errors import NotLetIn, StoreError
from store.seals import ENTER, GUEST, SHARE, cookie_name, opened_seal, sealed

MOST_TRIES, MOST_TRIES_IN_ALL, WITHIN_S = 10, 200, 60.0  # that fail: of an address, of all; per minute
_MOST_ADDRESSES, _MOST_BYTES = 10_000, 4_000
_NO_LINK = "This link opens nothing. Look whether all of it was copied, or ask whoever gave it to you."


class Tries:
    """Tries to get in that failed, by address: who tries too often waits. Bounded, whoever asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=MOST_TRIES_IN_ALL)

    def may(self, address: str, *, now: float) -> bool:
        """Whether an address may try once more. now: of time.monotonic()."""
        with self._lock:
            own = self._failed.get(address, ())
            is_own_fault = sum(now - at < WITHIN_S for at in own) >= MOST_TRIES
            return not is_own_fault and sum(now - at < WITHIN_S for at in self._all) < MOST_TRIES_IN_ALL

    def failed(self, address: str, *, now: float) -> None:
        """Note a try that failed."""
        with self._lock:
            self._failed.setdefault(address, deque(maxlen=MOST_TRIES)).append(now)
            self._failed.move_to_end(address)
            self._all.append(now)
            while len(self._failed) > _MOST_ADDRESSES:
                self._failed.popitem(last=False)


_tries = Tries()


async def _enter(request: Request) -> Response:
    asked = gate.asked_by(request.scope)
    now = time.monotonic()
    if not _tries.may(asked.came_from, now=now):
        words = "Too many tries that opened nothing. Wait a minute."
        return PlainTextResponse(words, status_code=429, headers={"Retry-After": "60", **turned_away.HEADERS})
    body = b""
    if request.method == "POST":
        read = await read_body(request, most_bytes=_MOST_BYTES)
        if isinstance(read, Response):
            return read
        body = read
    answer = await run_in_threadpool(_answer, request, body)
    if answer.status_code == 403:
        _tries.failed(asked.came_from, now=now)
    return answer


def _answer(request: Request, body: bytes) -> Response:
    opened = owner.opened()
    if opened is None:
        return PlainTextResponse(owner.NOT_OPEN, status_code=503)
    workspace = opened.workspace
    content = opened_seal(workspace, SHARE, request.path_params["token"])
    link = visitors.link_of(workspace, content)
    if link is None:
        return _refuse(_NO_LINK)
    if not link.is_open:
        return _refuse(visitors.why_closed(link))
    if request.method != "POST":
        return _ask(workspace, link)
    name = parse_qs(body.decode("utf-8", "replace")).get("name", [""])[0].strip()
    try:
        asked = gate.asked_by(request.scope)
        with acting(Actor(role=link.role, how=LINK, link_id=link.id, came_from=asked.came_from)):
            mark = access.enter(workspace, link_id=link.id, who=name, came_from=asked.came_from)
    except NotLetIn as error:
        return _ask(workspace, link, name=name, wrong=str(error))
    except StoreError as error:
        return _ask(workspace, link, wrong=owner.for_visitors(error))
    return _let_in(workspace, link, cookie=sealed(workspace, GUEST, [*content, mark]), asked=asked)


def _ask(workspace: Workspace, link: ShareLink, *, name: str = "", wrong: str = "") -> Response:
    text = turned_away.name_page(
        title=link.title,
        shows=_dataset_name(workspace, link) or "a workspace of pictures",
        role=link.role,
        until=f"{link.expires_at:%d %B %Y, %H:%M} UTC",
        name=name,
        wrong=wrong,
    )
    return HTMLResponse(text, status_code=409 if wrong else 200, headers=turned_away.HEADERS)


def _let_in(workspace: Workspace, link: ShareLink, *, cookie: str, asked: visitors.Asked) -> Response:
    name = _dataset_name(workspace, link)
    query = f"?dataset={quote(name)}" if name else ""
    answer = RedirectResponse(f"{base_path()}/{query}", status_code=303, headers=turned_away.HEADERS)
    answer.set_cookie(
        cookie_name(workspace),
        cookie,
        max_age=max(1, int((link.expires_at - utc_now()).total_seconds())),
        path=base_path() or "/",
        secure=asked.is_https,
        httponly=True,
        samesite="lax",
    )
    return answer


async def _leave(request: Request) -> Response:
    opened = owner.opened()
    answer = RedirectResponse(f"{base_path()}/", status_code=303, headers=turned_away.HEADERS)
    if opened is not None:
        answer.delete_cookie(cookie_name(opened.workspace), path=base_path() or "/", httponly=True)
    return answer


def _dataset_name(workspace: Workspace, link: ShareLink) -> str:
    return next((each.name for each in list_datasets(workspace) if each.id == link.dataset_id), "")


def _refuse(why: str) -> Response:
    return HTMLResponse(turned_away.page(why, base=base_path()), status_code=403, headers=turned_away.HEADERS)


ROUTES = [
    Route(f"{ENTER}/leave", _leave),
    Route(f"{ENTER}/{{token:str}}", _enter, methods=["GET", "POST"]),
]
