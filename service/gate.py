"""Who asks, and whether they may: a key of the service, or this machine itself as long as it needs none."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from service.key_file import BadKeyFile
from service.keys import LONGEST, Key, KeyStore
from service.problems import Problem

# Of a proxy or a tunnel: whoever it passes on is not this machine, whatever address it has.
OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "cf-ray")
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="vitrine"'}


@dataclass(frozen=True)
class Caller:
    """Whoever asks. key: None for this machine itself, or for somebody whom the app around the service let in.

    datasets: what they may see, None: all. limited: whether their requests are counted against the limit of rates.
    """

    id: str
    key: Key | None = None
    datasets: frozenset[str] | None = None
    limited: bool = True

    def may_see(self, dataset: str) -> bool:
        """Whether the dataset exists for them."""
        return self.datasets is None or dataset in self.datasets


Gate = Callable[[Request], Awaitable[Caller]]  # raises Problem 401 for a stranger


def gate_of(keys: KeyStore, *, asks_here_too: bool = True) -> Gate:
    """A gate that lets keys in, and this machine without one.

    asks_here_too: once there is a key, this machine needs one as well.
    """

    async def who_asks(request: Request) -> Caller:
        secret = secret_of(request)
        if secret is not None:
            return await caller_of(keys, secret)
        if is_this_machine(request) and not (asks_here_too and await run_in_threadpool(_has_any, keys)):
            return THIS_MACHINE
        raise Problem(
            401,
            "no-key",
            "A key is needed: send it as `Authorization: Bearer KEY` or as `X-API-Key: KEY`.",
            headers=CHALLENGE,
        )

    return who_asks


THIS_MACHINE = Caller("this machine", limited=False)


async def caller_of(keys: KeyStore, secret: str) -> Caller:
    """Whoever holds a key; raises Problem 401 for one that opens nothing."""
    found = await run_in_threadpool(_found, keys, secret)
    if found is None:
        raise Problem(
            401, "bad-key", "This key opens nothing: it is not one, was revoked, or has expired.", headers=CHALLENGE
        )
    return Caller(f"key {found.id}", found, found.datasets)


def secret_of(request: Request) -> str | None:
    """The key that a request brings, None where it brings none; raises Problem 401 for what cannot be one."""
    given = request.headers.get("x-api-key")
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if given is None and scheme.lower() == "bearer":
        given = word.strip()
    if given is not None and not (0 < len(given) <= LONGEST and given.isascii()):
        raise Problem(401, "bad-key", "What was sent as a key is none.", headers=CHALLENGE)
    return given


def is_this_machine(request: Request, *, of_proxies: Sequence[str] = OF_PROXIES) -> bool:
    """Whether a request comes from this machine itself, and nobody says that it is passed on for another."""
    if request.client is None or any(name in request.headers for name in of_proxies):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _found(keys: KeyStore, secret: str) -> Key | None:
    try:
        return keys.find(secret)
    except BadKeyFile as error:
        raise _unreadable(error) from error


def _has_any(keys: KeyStore) -> bool:
    try:
        return keys.has_any()
    except BadKeyFile as error:
        raise _unreadable(error) from error


def _unreadable(error: BadKeyFile) -> Problem:
    return Problem(
        503, "keys-unreadable", "The keys cannot be read just now; whoever runs the service finds why in its log."
    )
