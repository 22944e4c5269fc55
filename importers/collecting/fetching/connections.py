"""Connections that are kept open for the next request to the same host, so many in all.

Hosts' turns bound how many are used at once (hosts.py), so nobody waits here: httpcore2's own pool looks through all
its connections twice a request, which costs more than the request.
"""

import ssl
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore2


class Connections:
    """Open connections by origin. most_idle: kept open while nobody uses them; keep_s: for so long."""

    def __init__(
        self,
        backend: httpcore2.AsyncNetworkBackend,
        *,
        ssl_context: ssl.SSLContext | None = None,
        most_idle: int = 64,
        keep_s: float = 20.0,
    ) -> None:
        self._backend, self._most_idle, self._keep_s = backend, most_idle, keep_s
        self._ssl_context = ssl_context or httpcore2.default_ssl_context()
        self._idle: OrderedDict[str, deque[httpcore2.AsyncHTTPConnection]] = OrderedDict()
        self._n_idle = 0

    @asynccontextmanager
    async def response(self, request: httpcore2.Request) -> AsyncIterator[httpcore2.Response]:
        """The answer to a request, whose body is read within the block. Raises httpcore2's errors."""
        origin = request.url.origin
        connection = await self._connection(origin)
        try:
            response = await connection.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            if connection.is_idle() and not connection.is_closed():
                await self._keep(str(origin), connection)
            else:
                await connection.aclose()

    async def aclose(self) -> None:
        """Close all that nobody uses."""
        self._most_idle = 0
        await self._shrink()

    async def _connection(self, origin: httpcore2.Origin) -> httpcore2.AsyncHTTPConnection:
        while idle := self._idle.get(str(origin)):
            connection = idle.pop()
            self._n_idle -= 1
            if not idle:
                del self._idle[str(origin)]
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore2.AsyncHTTPConnection(
            origin, ssl_context=self._ssl_context, keepalive_expiry=self._keep_s, network_backend=self._backend
        )

    async def _keep(self, origin: str, connection: httpcore2.AsyncHTTPConnection) -> None:
        self._idle.setdefault(origin, deque()).append(connection)
        self._idle.move_to_end(origin)
        self._n_idle += 1
        await self._shrink()

    async def _shrink(self) -> None:
        """Close what was not used longest."""
        while self._n_idle > self._most_idle:
            origin, idle = next(iter(self._idle.items()))
            connection = idle.popleft()
            self._n_idle -= 1
            if not idle:
                del self._idle[origin]
            await connection.aclose()
