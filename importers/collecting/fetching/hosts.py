"""Politeness to hosts: so many requests at once, so many a second, pauses that they ask for, and an end to asking."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from importers.collecting.fetching.outcomes import FAILED, FetchError, FetchLimits

_REMEMBERED = 4096  # hosts; beyond them those that nobody waits for are forgotten


@dataclass
class _Host:
    """A host's state. interval_s: between the beginnings of requests; next_at, paused_until: of the clock."""

    turns: asyncio.Semaphore
    interval_s: float
    next_at: float = 0.0
    paused_until: float = 0.0
    n_unanswered: int = 0
    n_waiting: int = field(default=0)


class Hosts:
    """Turns at hosts, within the limits. clock: seconds that only grow; sleep: waits."""

    def __init__(
        self,
        limits: FetchLimits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits, self._clock, self._sleep = limits, clock, sleep
        self._all = asyncio.Semaphore(limits.at_once)
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait until a request to the host may begin, and hold its place. Raises FetchError where asking has ended."""
        host = self._host(name)
        host.n_waiting += 1
        try:
            async with host.turns:
                await self._wait(host)
                async with self._all:
                    yield
        finally:
            host.n_waiting -= 1

    def pace(self, name: str, interval_s: float, *, at_once: int | None = None) -> None:
        """Ask a host no more often than once in interval_s; a slower pace that was set before stays."""
        host = self._host(name)
        host.interval_s = max(host.interval_s, interval_s)
        if at_once is not None:
            host.turns = asyncio.Semaphore(at_once)

    def pause(self, name: str, seconds: float) -> None:
        """Begin no request to a host for so long."""
        host = self._host(name)
        host.paused_until = max(host.paused_until, self._clock() + seconds)

    def answered(self, name: str) -> None:
        """The host gave an answer, whichever."""
        self._host(name).n_unanswered = 0

    def unanswered(self, name: str) -> None:
        """The host gave none."""
        self._host(name).n_unanswered += 1

    async def _wait(self, host: _Host) -> None:
        while True:
            now = self._clock()
            if host.n_unanswered >= self._limits.host_failures:
                sentence = f"The host left {host.n_unanswered} tries in a row without an answer and is asked no more."
                raise FetchError(FAILED, "host silent", sentence)
            if host.paused_until - now > self._limits.max_wait_s:
                sentence = f"The host asks for a pause of more than {self._limits.max_wait_s:,.0f} s."
                raise FetchError(FAILED, "host busy", sentence)
            wait_s = max(host.next_at, host.paused_until) - now
            if wait_s <= 0:
                host.next_at = now + host.interval_s
                return
            await self._sleep(wait_s)

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= _REMEMBERED:
                self._forget()
            per_s = self._limits.per_host_per_s
            turns = asyncio.Semaphore(self._limits.per_host_at_once)
            host = self._hosts[name] = _Host(turns, 1 / per_s if per_s else 0.0)
        return host

    def _forget(self) -> None:
        now, usual = self._clock(), 1 / self._limits.per_host_per_s if self._limits.per_host_per_s else 0.0
        for name, host in list(self._hosts.items()):
            is_plain = host.interval_s == usual and not host.n_unanswered
            if is_plain and not host.n_waiting and max(host.next_at, host.paused_until) <= now:
                del self._hosts[name]
