"""Connections by asyncio alone, for httpcore2: to addresses in numbers, read as they come, with time limits.

httpcore2's own go by anyio, and ask the system about every idle connection before each request: together half of what a
small picture costs (benchmarks/README.md, "Collecting").
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

_MOST_WAITING = 1 << 18  # bytes that have come and are not read; beyond, the other side waits


class AsyncioBackend(httpcore2.AsyncNetworkBackend):
    """Makes connections in the running loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to an address in numbers. Raises httpcore2's ConnectError and ConnectTimeout."""
        try:
            async with asyncio.timeout(timeout):
                _, received = await asyncio.get_running_loop().create_connection(_Received, host, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("no connection in time") from error
        except OSError as error:
            raise httpcore2.ConnectError("no connection") from error
        return _Stream(received)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Received(asyncio.Protocol):
    """What has come by a connection and is not read. has_ended: nothing more will; error: why, if not in order."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.has_ended = False
        self.error: Exception | None = None
        self.transport: asyncio.Transport
        self._changed = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        self._changed.set()
        if len(self.waiting) > _MOST_WAITING and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()

    def eof_received(self) -> None:
        self.has_ended = True
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.has_ended, self.error = True, exc
        self._changed.set()
        self._may_write.set()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def arrival(self) -> None:
        """Wait until something has come, or nothing will."""
        while not self.waiting and not self.has_ended:
            self._changed.clear()
            await self._changed.wait()

    @property
    def has_room(self) -> bool:
        """Whether what was written has been taken, or will be soon."""
        return self._may_write.is_set()

    async def room(self) -> None:
        """Wait until what was written has been taken."""
        await self._may_write.wait()

    def take(self, n_bytes: int) -> bytes:
        """What has come, n_bytes of it at most."""
        taken = bytes(self.waiting[:n_bytes])
        del self.waiting[:n_bytes]
        if self._is_paused and len(self.waiting) <= _MOST_WAITING and not self.has_ended:
            self._is_paused = False
            self.transport.resume_reading()
        return taken


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection, as httpcore2 reads and writes it."""

    def __init__(self, received: _Received) -> None:
        self._received = received

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, b"" at the end. Raises ReadTimeout, ReadError."""
        received = self._received
        if not received.waiting and not received.has_ended:
            try:
                async with asyncio.timeout(timeout):
                    await received.arrival()
            except TimeoutError as error:
                raise httpcore2.ReadTimeout("nothing came in time") from error
        if not received.waiting and received.error is not None:
            raise httpcore2.ReadError("the connection broke") from received.error
        return received.take(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes. Raises WriteTimeout, WriteError."""
        if not buffer:
            return
        if self._received.transport.is_closing():
            raise httpcore2.WriteError("the connection is closed")
        self._received.transport.write(buffer)
        if self._received.has_room:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._received.room()
        except TimeoutError as error:
            raise httpcore2.WriteTimeout("nothing was taken in time") from error

    async def aclose(self) -> None:
        """End the connection, without ceremony."""
        self._received.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """The same connection under TLS. Raises ConnectError, ConnectTimeout."""
        received, loop = self._received, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    received.transport, received, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            received.transport.abort()
            raise httpcore2.ConnectTimeout("no TLS in time") from error
        except (OSError, ssl.CertificateError) as error:
            received.transport.abort()
            raise httpcore2.ConnectError("no TLS") from error
        if transport is None:
            raise httpcore2.ConnectError("the connection ended before TLS began")
        received.transport = transport
        return _Stream(received)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore2 asks for: the TLS object, the addresses, whether an idle connection has something to say."""
        if info == "is_readable":
            return bool(self._received.waiting) or self._received.has_ended
        name = {"server_addr": "peername", "client_addr": "sockname"}.get(info, info)
        return self._received.transport.get_extra_info(name)
