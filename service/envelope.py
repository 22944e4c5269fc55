"""What is around every request: its number, its time limit, its bytes, and the numbers that are kept of it."""

import asyncio
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.limits import Limits
from service.metrics import Metrics
from service.problems import Problem, as_response

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OVERHEAD = 16 << 10  # what a form adds to the file that it brings
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Envelope:
    """ASGI middleware around the service's app."""

    def __init__(self, app: ASGIApp, *, limits: Limits, metrics: Metrics) -> None:
        self._app, self._limits, self._metrics = app, limits, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with 413 where it brings too much and 503 where it takes too long."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(HEADER, "")
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        scope["vitrine.request_id"] = request_id
        status, began = 500, time.perf_counter()
        has_started = False

        async def send_numbered(message: Message) -> None:
            nonlocal status, has_started
            if message["type"] == "http.response.start":
                status, has_started = message["status"], True
                told = MutableHeaders(scope=message)
                told[HEADER] = request_id
                for name, value in _HEADERS.items():
                    told.setdefault(name, value)
            await send(message)

        self._metrics.underway.inc()
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._app(scope, self._counted(headers, receive), send_numbered)
        except (TimeoutError, Problem) as error:
            if has_started:
                raise
            refused = error if isinstance(error, Problem) else self._too_slow()
            response = as_response(
                refused.status_code,
                refused.slug,
                refused.detail,
                path=str(scope["path"]),
                request_id=request_id,
                headers=refused.headers,
            )
            await response(scope, receive, send_numbered)
        finally:
            self._metrics.underway.dec()
            self._note(scope, status=status, seconds=time.perf_counter() - began)

    def _counted(self, headers: Headers, receive: Receive) -> Receive:
        """The request's body, as far as it may go; raises Problem 413 beyond."""
        most = self._limits.upload_bytes + _OVERHEAD
        n_bytes = 0
        said = headers.get("content-length", "")
        is_more = said.isdecimal() and (len(said) > 15 or int(said) > most)

        async def counted() -> Message:
            nonlocal n_bytes
            if is_more:
                raise self._too_large()
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > most:
                raise self._too_large()
            return message

        return counted

    def _too_large(self) -> Problem:
        most = self._limits.upload_bytes
        return Problem(413, "too-many-bytes", f"The request brings more than the {most:,} bytes that are taken.")

    def _too_slow(self) -> Problem:
        detail = f"No answer came within {self._limits.seconds:g} s; the service is busy. Come again."
        return Problem(503, "too-slow", detail, headers={"Retry-After": "5"})

    def _note(self, scope: Scope, *, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", None)
        route = path if isinstance(path, str) else "none"
        method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "OPTIONS") else "other"
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
