"""What the server says with every answer, and whom it lets write: no other site may frame the app or write by it."""

import os
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.ui import owner

OWN = "'self'"
# of what Content-Security-Policy takes for frame-ancestors: names of sites and the two words in quotes
_SOURCE = re.compile(r"'self'|'none'|(https?://)?(\*\.)?[\w.-]+(:(\d+|\*))?")
_READING = ("GET", "HEAD", "OPTIONS")
# RFC 7239, RFC 9110 (Via), and what nginx, Apache, Caddy, Traefik, cloudflared, ngrok and Tailscale write
_OF_PROXIES = frozenset(
    name.encode()
    for name in ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "cf-ray")
)
_REFUSED = "This was asked for by a page of another site, so it was not done."


class Guard:
    """ASGI middleware around the whole app, Streamlit's own routes included.

    frame_ancestors: who may show the app in a frame, as Content-Security-Policy writes it.
    """

    def __init__(self, app: ASGIApp, *, frame_ancestors: str = OWN):
        self._app = app
        self._headers = {
            "Content-Security-Policy": f"frame-ancestors {frame_ancestors}",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if frame_ancestors == OWN:  # it knows no list: for browsers that do not read the policy above
            self._headers["X-Frame-Options"] = "SAMEORIGIN"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; one that writes, or opens a page's stream, and comes from another site gets 403.

        Streamlit would look for an unknown Origin of a stream by asking another host for this machine's address, and
        takes every port of this machine for one site.
        """
        if scope["type"] in ("http", "websocket") and was_passed_on(Headers(scope=scope)):
            owner.passed_on()
        if scope["type"] == "websocket" and not is_from_here(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the server answers 403
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        if scope["method"] not in _READING and not is_from_here(Headers(scope=scope)):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def is_from_here(headers: Headers) -> bool:
    """Whether a request comes from a page of ours, or from no page at all (a script, which has no visitor's rights).

    Browsers say so themselves (Sec-Fetch-Site), but not to a host without TLS; there its Origin must be the host that
    was asked, or a name by which the app may be reached from elsewhere, since a proxy may have changed the host.
    """
    fetched = headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        site, host = urlsplit(origin), urlsplit(f"//{headers.get('host', '')}")
        if site.hostname == host.hostname:  # another port of this machine is another site
            return bool(site.netloc) and site.netloc == host.netloc
        return site.hostname in owner.names_elsewhere() - {"*"}
    except ValueError:  # no address at all
        return False


def was_passed_on(headers: Headers) -> bool:
    """Whether a proxy or a tunnel says in the headers that it passes the request on for somebody else."""
    return not _OF_PROXIES.isdisjoint([name for name, _ in headers.raw])


def frame_ancestors() -> str:
    """Who may show the app in a frame: VITRINE_FRAME_ANCESTORS, or its own pages. Raises ValueError."""
    named = os.environ.get("VITRINE_FRAME_ANCESTORS", "").split()
    for source in named:
        if not _SOURCE.fullmatch(source):
            raise ValueError(
                f"VITRINE_FRAME_ANCESTORS names {source!r}, which is no site. "
                "It takes sites with spaces between them: 'self' https://notebook.example"
            )
    return " ".join(named) or OWN
