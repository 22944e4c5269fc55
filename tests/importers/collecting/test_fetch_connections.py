"""Connections: kept open for the next request, under TLS with the certificate looked at, closed in the end."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpcore2
import pytest

from importers.collecting.fetching import FetchError, GuardedClient
from importers.collecting.fetching.connections import Connections
from importers.collecting.fetching.streams import AsyncioBackend
from tests.support.bad_server import BadServer, running
from tests.support.certificates import self_signed
from tests.support.fetched import LIMITS, LOOPBACK, client_of, to_loopback

NAME = "pictures.example"


@pytest.fixture
def server() -> Iterator[BadServer]:
    with running() as server:
        yield server


async def ask_under_tls(folder: Path, host: str, *, trusts: bool) -> tuple[object, list[str | None]]:
    """The JSON of a server with a certificate for NAME, and the names that it was asked for by TLS."""
    names: list[str | None] = []
    certificate, key = self_signed(NAME, folder)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate, key)
    theirs.sni_callback = lambda connection, name, context: names.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                body = b"[" + b"1," * 400_000 + b"1]"
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=theirs)
    port = server.sockets[0].getsockname()[1]
    ours = ssl.create_default_context(cafile=str(certificate) if trusts else None)
    limits = replace(LIMITS, retries=0)
    try:
        async with GuardedClient(limits, permission=LOOPBACK, resolve=to_loopback, ssl_context=ours) as client:
            first = await client.get_json(f"https://{host}:{port}/")
            assert await client.get_json(f"https://{host}:{port}/again") == first
            return first, names
    finally:
        server.close()


def test_https_is_asked_by_name_at_the_address_that_was_looked_at(tmp_path: Path) -> None:
    found, names = asyncio.run(ask_under_tls(tmp_path, NAME, trusts=True))
    assert isinstance(found, list) and len(found) == 400_001
    assert names == [NAME], "one connection serves both requests"


@pytest.mark.parametrize(("host", "trusts"), [(NAME, False), ("other.example", True)])
def test_a_certificate_of_somebody_else_is_refused(tmp_path: Path, host: str, trusts: bool) -> None:
    with pytest.raises(FetchError) as found:
        asyncio.run(ask_under_tls(tmp_path, host, trusts=trusts))
    assert (found.value.outcome, found.value.reason) == ("failed", "certificate")


def test_tls_with_a_server_that_speaks_none_is_an_error_with_a_reason(server: BadServer) -> None:
    async def ask() -> None:
        async with client_of(replace(LIMITS, retries=0, connect_s=1)) as client:
            await client.get_json(f"https://127.0.0.1:{server.port}/json/1")

    with pytest.raises(FetchError) as found:
        asyncio.run(ask())
    assert found.value.reason in ("certificate", "no answer", "timeout")


class Counted(AsyncioBackend):
    """Counts the connections that are made."""

    n_made = 0

    async def connect_tcp(self, *words: object, **options: object) -> httpcore2.AsyncNetworkStream:
        self.n_made += 1
        return await super().connect_tcp(*words, **options)  # type: ignore[arg-type]


def test_a_connection_serves_one_request_after_the_other_until_the_host_ends_it(server: BadServer) -> None:
    backend = Counted()

    async def ask() -> list[int]:
        made = []
        async with GuardedClient(LIMITS, permission=LOOPBACK, inner=backend) as client:
            for path in ("/json/1", "/json/2", "/cut-unsaid/3", "/json/3", "/json/4"):
                try:
                    await client.get_json(server.url(path))
                except FetchError as error:
                    assert error.reason == "not JSON"  # its body ends with the connection
                made.append(backend.n_made)
        return made

    assert asyncio.run(ask()) == [1, 1, 1, 2, 2]


def test_so_many_connections_stay_open_and_no_more() -> None:
    async def ask() -> tuple[int, int]:
        connections = Connections(_Mock(), most_idle=2)
        for number in range(5):
            request = httpcore2.Request(b"GET", f"http://h{number}.example/", headers=[(b"Host", b"h")])
            async with connections.response(request) as response:
                await response.aread()
        n_open = connections._n_idle, len(connections._idle)
        await connections.aclose()
        assert (connections._n_idle, len(connections._idle)) == (0, 0)
        return n_open

    assert asyncio.run(ask()) == (2, 2)


class _Mock(httpcore2.AsyncNetworkBackend):
    """Connections to nobody, each with one answer."""

    async def connect_tcp(self, *words: object, **options: object) -> httpcore2.AsyncNetworkStream:
        return httpcore2.AsyncMockStream([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
