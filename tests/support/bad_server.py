"""A web server on loopback that behaves badly in every way that a stranger's may, and counts what it was asked."""

import asyncio
import contextlib
import functools
import gzip
import io
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

HTML = b"<!DOCTYPE html><html><body><h1>Not found</h1></body></html>"
LOGIN = b"<!DOCTYPE html><html><form><input name=user><input type='password' name=secret></form></html>"
Headers = dict[str, str]


@functools.lru_cache(256)
def drawn(seed: int, *, size: tuple[int, int] = (96, 80), image_format: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture of noise by its seed, as a file."""
    small = np.random.default_rng(seed).integers(0, 256, (10, 12, 3), dtype=np.uint8)
    image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).convert(mode)
    out = io.BytesIO()
    image.save(out, image_format)
    return out.getvalue()


def animated(seed: int) -> bytes:
    """A GIF of three frames, the first of which is its own."""
    frames = [Image.open(io.BytesIO(drawn(seed + 1000 * step))).convert("P") for step in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def turned(seed: int) -> bytes:
    """A JPEG of 96 x 80 whose EXIF says that it is to be shown turned by a quarter."""
    image = Image.open(io.BytesIO(drawn(seed)))
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def huge_header() -> bytes:
    """A PNG of a few bytes whose header says 60,000 x 60,000 pixels."""
    content = bytearray(drawn(1, image_format="PNG"))
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


@dataclass
class Asked:
    """A request: its path and query, its host, when it came (of the monotonic clock), its headers."""

    path: str
    host: str
    at: float
    headers: Headers


@dataclass
class BadServer:
    """What was asked, and what some answers are. robots: a host's robots.txt, or a status; default: none (404).

    n_at_once: the most requests that were open at a time.
    """

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    robots: dict[str, bytes | int] = field(default_factory=dict)
    latency_s: float = 0.0
    n_open: int = 0
    n_at_once: int = 0

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """The address of a path at a host, which a test's resolver leads here."""
        return f"http://{host}:{self.port}{path}"

    def counts(self) -> Counter[str]:
        """How often each path was asked, robots.txt left out."""
        return Counter(each.path for each in self.asked if each.path != "/robots.txt")


@contextlib.contextmanager
def running(*, latency_s: float = 0.0) -> Iterator[BadServer]:
    """The server on a free port of loopback, in a thread of its own, until the block ends."""
    server = BadServer(latency_s=latency_s)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        listening = await asyncio.start_server(lambda *streams: _connection(server, *streams), "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _connection(server: BadServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, _Hangs):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            asked = Asked(head[0].split(" ")[1], headers["host"].partition(":")[0], time.monotonic(), headers)
            server.asked.append(asked)
            server.n_open += 1
            server.n_at_once = max(server.n_at_once, server.n_open)
            try:
                await asyncio.sleep(server.latency_s)
                await _answer(server, asked, writer)
            finally:
                server.n_open -= 1
    writer.transport.abort()


async def _answer(server: BadServer, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.path == "/robots.txt":
        said = server.robots.get(asked.host, 404)
        status, body = (said, b"") if isinstance(said, int) else (200, said)
        await send(writer, body, status=status, kind="text/plain")
        return
    parts = urlsplit(asked.path).path.strip("/").split("/")
    number = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
    await ROUTES[parts[0]](server, asked, writer, number)


class _Hangs(Exception):
    """The connection is at its end."""


async def send(
    writer: asyncio.StreamWriter,
    body: bytes,
    *,
    status: int = 200,
    kind: str = "image/jpeg",
    more: Headers | None = None,
    length: int | None = None,
) -> None:
    """Write an answer. length: what Content-Length says, -1 for no such header."""
    headers = {"Content-Type": kind, **(more or {})}
    if length != -1:
        headers["Content-Length"] = str(len(body) if length is None else length)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode("latin-1") + body)
    await writer.drain()


Route = Callable[[BadServer, Asked, asyncio.StreamWriter, int], Awaitable[None]]
ROUTES: dict[str, Route] = {}


def route(name: str) -> Callable[[Route], Route]:
    """Register what answers below /name."""

    def register(answer: Route) -> Route:
        ROUTES[name] = answer
        return answer

    return register


def _fixed(name: str, body: Callable[[int], bytes], **options: object) -> None:
    async def answer(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
        await send(writer, body(number), **options)  # type: ignore[arg-type]

    ROUTES[name] = answer


_fixed("good", drawn, more={"ETag": '"v1"'})
_fixed("octets", drawn, kind="application/octet-stream")
_fixed("html", lambda number: HTML, kind="image/jpeg")
_fixed("login", lambda number: LOGIN, kind="text/html")
_fixed("empty", lambda number: b"")
_fixed("tracker", lambda number: drawn(number, size=(1, 1), image_format="GIF"), kind="image/gif")
_fixed("small", lambda number: drawn(number, size=(40, 30)))
_fixed("placeholder", lambda number: drawn(12345))
_fixed("animated", animated, kind="image/gif")
_fixed("cmyk", lambda number: drawn(number, mode="CMYK"))
_fixed("turned", turned)
_fixed("huge", lambda number: huge_header(), kind="image/png")
_fixed("svg", lambda number: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9"/>')
_fixed("cut", lambda number: drawn(number)[:-400])
_fixed("damaged", lambda number: (png := drawn(number, image_format="PNG"))[:60] + b"\xee" * 200 + png[260:])
_fixed("lying", lambda number: drawn(number), length=900)
_fixed("announced", lambda number: b"\xff\xd8\xff", length=1 << 40)
_fixed("gzipped", lambda number: gzip.compress(drawn(number)), more={"Content-Encoding": "gzip"})
_fixed("brotli", lambda number: drawn(number), more={"Content-Encoding": "br"})
_fixed("half-gzip", lambda number: gzip.compress(drawn(number))[:-300], more={"Content-Encoding": "gzip"})
_fixed("bomb", lambda number: gzip.compress(b"\xff\xd8\xff" + bytes(64 << 20)), more={"Content-Encoding": "gzip"})
_fixed("noai", drawn, more={"X-Robots-Tag": "noindex, noai"})
_fixed("noimageai", drawn, more={"X-Robots-Tag": "NoImageAI"})
_fixed("otherbot", drawn, more={"X-Robots-Tag": "otherbot: noai"})
_fixed("unasked", drawn, status=206)
_fixed("json", lambda number: b'{"n": %d, "results": [1, 2]}' % number, kind="application/json")
_fixed("notjson", lambda number: b"<html>", kind="application/json")
_fixed("deepjson", lambda number: b"[" * 100_000, kind="application/json")


@route("status")
async def _status(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """The status of its number, with a header Retry-After if the query names one."""
    query = parse_qs(urlsplit(asked.path).query)
    wait = {"Retry-After": query["wait"][0]} if "wait" in query else {}
    await send(writer, HTML, status=number, kind="text/html", more=wait)


@route("busy")
async def _busy(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A status of the query, as often as it says, and then a picture or JSON."""
    query = parse_qs(urlsplit(asked.path).query)
    if server.counts()[asked.path] <= int(query["times"][0]):
        wait = {"Retry-After": query["wait"][0]} if "wait" in query else {}
        await send(writer, b"", status=int(query["status"][0]), more=wait)
    elif "json" in query:
        await send(writer, b"[1]", kind="application/json")
    else:
        await send(writer, drawn(number))


@route("to")
async def _to(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A redirect to what the query says."""
    place = parse_qs(urlsplit(asked.path).query)["place"][0]
    await send(writer, b"", status=302, more={"Location": place})


@route("again")
async def _again(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A redirect to the next number, down to a picture at 0."""
    if number:
        await send(writer, b"", status=301, more={"Location": f"/again/{number - 1}"})
    else:
        await send(writer, drawn(7))


@route("circle")
async def _circle(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    await send(writer, b"", status=307, more={"Location": f"/circle/{1 - number}"})


@route("silent")
async def _silent(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    await asyncio.sleep(3600)


@route("drip")
async def _drip(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A picture of which a byte comes now and then, for ever."""
    await send(writer, drawn(number)[:100], length=1_000_000)
    while True:
        writer.write(b"\0")
        await writer.drain()
        await asyncio.sleep(0.02)


@route("endless")
async def _endless(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """What begins like a picture and never ends, in chunks; as a web page where the number is not 0."""
    begin = HTML if number else b"\xff\xd8\xff\xe0"
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(begin), begin))
    while True:
        writer.write(b"8000\r\n" + bytes(0x8000) + b"\r\n")
        await writer.drain()


@route("cut-unsaid")
async def _cut_unsaid(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A body without an announced end: cut short at first, whole when it is asked for again."""
    body = drawn(number)
    await send(writer, body[:-400] if server.counts()[asked.path] == 1 else body, length=-1)
    writer.close()
    raise _Hangs


@route("short-once")
async def _short_once(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A body that ends before its announced length at first, and is whole when it is asked for again."""
    body = drawn(number)
    first = server.counts()[asked.path] == 1
    await send(writer, body[:1000] if first else body, length=len(body))
    if first:
        writer.close()
        raise _Hangs


@route("short")
async def _short(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """A body that always ends before its announced length."""
    await send(writer, drawn(number)[:1000], length=9000)
    writer.close()
    raise _Hangs


@route("closes")
async def _closes(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    writer.close()
    raise _Hangs


@route("nohttp")
async def _nohttp(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.3)
    raise _Hangs


@route("headers")
async def _headers(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """Headers that never end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"a" * 8000 + b"\r\n")
        await writer.drain()


@route("bigjson")
async def _bigjson(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """JSON without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n")
    while True:
        writer.write(b"8000\r\n" + b"1," * 0x4000 + b"\r\n")
        await writer.drain()


@route("echo")
async def _echo(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    await send(writer, b"{}", kind="application/json")


@route("as")
async def _as(server: BadServer, asked: Asked, writer: asyncio.StreamWriter, number: int) -> None:
    """The picture of /good in the format, or the quality of JPEG, that the query says."""
    query = parse_qs(urlsplit(asked.path).query)
    out = io.BytesIO()
    image = Image.open(io.BytesIO(drawn(number)))
    image.save(out, query.get("format", ["JPEG"])[0], quality=int(query.get("quality", ["75"])[0]))
    await send(writer, out.getvalue())
