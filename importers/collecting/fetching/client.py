"""A client that asks politely and only where it may: for the JSON of APIs, for robots.txt, for pictures.

Nothing is taken from the environment (no proxies, no passwords); no cookies are kept; credentials in addresses are
refused; headers that a caller adds are sent to the first host alone.
"""

import asyncio
import json
import random
import ssl
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpcore2

from importers.collecting.fetching.addresses import (
    GLOBAL_ONLY,
    Address,
    GuardedBackend,
    Permission,
    Resolve,
    parse_address,
    resolve_by_system,
)
from importers.collecting.fetching.bodies import bounded
from importers.collecting.fetching.connections import Connections
from importers.collecting.fetching.hosts import Hosts
from importers.collecting.fetching.outcomes import FAILED, REFUSED, FetchError, FetchLimits
from importers.collecting.fetching.waiting import AGAIN, BUSY, back_off_s, retry_after_s

MAX_JSON = 16 << 20  # bytes of an API's answer
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MAX_COUNTED = 10_000  # hosts; the requests of further ones are counted together
_TROUBLE = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
_MEANING = {
    403: " (forbidden)",
    404: " (not found)",
    410: " (gone)",
    429: " (too many requests)",
    451: " (unavailable for legal reasons)",
    500: " (an error of its own)",
    503: " (busy)",
}


@dataclass(frozen=True)
class Answer:
    """An answer whose body has not been read. address: whose it is, after redirects; headers: by lower-case name.

    is_delimited: whether it says where its body ends, so that a body cut short is seen.
    """

    address: Address
    status: int
    headers: Mapping[str, str]
    body: AsyncIterator[bytes]

    @property
    def is_delimited(self) -> bool:
        return "content-length" in self.headers or "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def n_announced(self) -> int:
        """Content-Length, 0 where it is not said."""
        value = self.headers.get("content-length", "")
        return int(value[:18]) if value.isascii() and value.isdecimal() else 0

    def pieces(self, max_bytes: int) -> AsyncGenerator[bytes]:
        """The body, unpacked, within a bound. Raises FetchError and httpcore2's errors."""
        return bounded(self.body, encoding=self.headers.get("content-encoding", ""), max_bytes=max_bytes)


Check = Callable[[Address], Awaitable[None]]
Ready = Callable[[], Awaitable[None]]


class GuardedClient:
    """Requests through the guard. Close it, or use it as `async with`.

    resolve: gives a name's addresses, the system by default; rng: for the chance in waits. ssl_context:
    whose certificates count, the system's by default. asked: requests a host;
    n_bytes: of all bodies, as they were unpacked.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        permission: Permission = GLOBAL_ONLY,
        resolve: Resolve = resolve_by_system,
        inner: httpcore2.AsyncNetworkBackend | None = None,
        hosts: Hosts | None = None,
        rng: random.Random | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.limits, self.permission = limits, permission
        self.hosts = hosts or Hosts(limits)
        self.asked: Counter[str] = Counter()
        self.n_bytes = 0
        self._rng = rng or random.Random()
        backend = GuardedBackend(permission, resolve=resolve, inner=inner)
        self._connections = Connections(backend, ssl_context=ssl_context, most_idle=limits.at_once)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connections.aclose()

    @asynccontextmanager
    async def hop(
        self, address: Address, headers: Mapping[str, str], *, total_s: float, ready: Ready | None = None
    ) -> AsyncIterator[Answer]:
        """One request, no redirect followed; the host's turn is held until the block ends. Raises FetchError.

        total_s: for the request and all that the block does, the waiting for a turn not counted. ready: waited for once
        it is the request's turn; may raise FetchError.
        """
        async with self.hosts.turn(address.host):
            if ready is not None:
                await ready()
            try:
                async with asyncio.timeout(total_s):
                    async with self._connections.response(self._request(address, headers)) as response:
                        self.hosts.answered(address.host)
                        yield _answer(address, response)
            except (TimeoutError, *_TROUBLE) as error:
                if isinstance(error, (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.ReadTimeout)):
                    self.hosts.unanswered(address.host)
                raise trouble_of(error) from error

    def _request(self, address: Address, headers: Mapping[str, str]) -> httpcore2.Request:
        limits = self.limits
        self.asked[address.host if address.host in self.asked or len(self.asked) < _MAX_COUNTED else ""] += 1
        sent = {"Host": address.authority, "User-Agent": limits.user_agent, "Accept-Encoding": "identity", **headers}
        return httpcore2.Request(
            b"GET",
            address.url(),
            headers=[(name.encode("ascii"), value.encode("ascii")) for name, value in sent.items()],
            extensions={"timeout": {"connect": limits.connect_s, "read": limits.read_s, "write": limits.read_s}},
        )

    async def get_json(
        self, url: str, params: Mapping[str, str | int] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The JSON at an address, of 16 MiB at most; asked again as the limits say. Raises FetchError.

        params: put behind the address; headers: sent to its host and to no other. robots.txt is not asked: an API's
        terms are its own.
        """
        query = urlencode(params or {})
        text = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
        address = parse_address(text, self.permission)
        for attempt in range(self.limits.retries + 1):
            try:
                return await self._json(address, {"Accept": "application/json", **(headers or {})})
            except FetchError as error:
                if not error.again or attempt == self.limits.retries:
                    raise
                await self.rest(address.host, error, attempt)
        raise AssertionError("the last try returns or raises")

    async def rest(self, host: str, error: FetchError, attempt: int) -> None:
        """Wait before the next try; where the host is busy, all that would ask it wait."""
        wait_s = error.wait_s
        if wait_s is None:
            wait_s = back_off_s(attempt, rng=self._rng, longest_s=self.limits.max_wait_s)
        if error.status in BUSY:
            self.hosts.pause(error.host or host, wait_s)
        else:
            await asyncio.sleep(min(wait_s, self.limits.max_wait_s))

    async def _json(self, address: Address, headers: Mapping[str, str]) -> Any:
        content = bytearray()
        async with follow(self, address, headers) as answer:
            check_status(answer)
            async with aclosing(answer.pieces(MAX_JSON)) as pieces:
                async for piece in pieces:
                    content += piece
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise FetchError(FAILED, "not JSON", "The answer is no JSON.") from error


@asynccontextmanager
async def follow(
    client: GuardedClient,
    address: Address,
    headers: Mapping[str, str],
    *,
    check: Check | None = None,
    ready: Ready | None = None,
) -> AsyncIterator[Answer]:
    """Ask, and follow redirects, each of which is looked at like the first address. Raises FetchError.

    check: asked before each request waits for its turn, ready: once it has it; both may raise FetchError. headers of
    the caller's own end with the first host.
    """
    first, seen, left_s = address.origin, {address.text}, client.limits.total_s
    clock = asyncio.get_running_loop().time
    for _ in range(client.limits.redirects + 1):
        if check is not None:
            await check(address)
        own = headers if address.origin == first else {"Accept": headers.get("Accept", "*/*")}
        async with client.hop(address, own, total_s=left_s, ready=ready) as answer:
            began = clock()
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                yield answer
                return
        left_s = max(0.1, left_s - (clock() - began))
        address = parse_address(_joined(address, location), client.permission)
        if address.text in seen:
            raise FetchError(FAILED, "redirects", "The address leads in a circle.")
        seen.add(address.text)
    raise FetchError(FAILED, "redirects", f"The address leads on more than {client.limits.redirects} times.")


def check_status(answer: Answer) -> None:
    """Raise FetchError for whatever is not an answer with a body."""
    status, host = answer.status, answer.address.host
    if status in (200, 203):
        return
    if status in (401, 407):
        sentence = "The host asks for a login, and nothing behind one is fetched."
        raise FetchError(REFUSED, "login", sentence, status=status, host=host)
    wait_s = retry_after_s(answer.headers["retry-after"]) if "retry-after" in answer.headers else None
    sentence = f"The host answered with status {status}{_MEANING.get(status, '')}."
    raise FetchError(FAILED, f"http {status}", sentence, again=status in AGAIN, wait_s=wait_s, status=status, host=host)


def trouble_of(error: Exception) -> FetchError:
    """What a connection's error means, as a FetchError."""
    if isinstance(error, TimeoutError):
        return FetchError(FAILED, "timeout", "The answer did not come to its end in time.")
    if isinstance(error, httpcore2.TimeoutException):
        return FetchError(FAILED, "timeout", "The host did not answer in time.", again=True)
    if isinstance(error, httpcore2.ConnectError):
        if isinstance(_root(error), ssl.SSLError):
            return FetchError(FAILED, "certificate", "The host could not show that it is who it says (TLS).")
        return FetchError(FAILED, "no answer", "The host cannot be reached, or its name has no address.", again=True)
    if isinstance(error, httpcore2.LocalProtocolError):
        return FetchError(FAILED, "protocol", "The request could not be put into HTTP's words.")
    is_odd = isinstance(error, httpcore2.RemoteProtocolError)
    if is_odd and not any(word in str(error) for word in ("complete", "disconnected")):
        return FetchError(FAILED, "protocol", "The host's answer is no HTTP.", again=True)
    return FetchError(FAILED, "truncated", "The connection ended before the answer did.", again=True)


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or (error.args[0] if error.args else None)) and isinstance(cause, BaseException):
        error = cause
    return error


def _answer(address: Address, response: httpcore2.Response) -> Answer:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Answer(address, response.status, headers, response.aiter_stream())


def _joined(address: Address, location: str) -> str:
    try:
        return address.joined(location)
    except ValueError as error:
        raise FetchError(FAILED, "redirects", "The address leads on to one that cannot be read.") from error
