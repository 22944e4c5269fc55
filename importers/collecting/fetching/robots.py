"""What hosts say of machines that fetch: robots.txt (RFC 9309), and the header X-Robots-Tag of a picture's answer."""

import asyncio
from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass

from protego import Protego

from importers.collecting.fetching.addresses import Address, parse_address
from importers.collecting.fetching.client import GuardedClient, check_status, follow
from importers.collecting.fetching.outcomes import AGENT, FAILED, REFUSED, FetchError

MAX_ROBOTS = 512 << 10  # bytes that are read of one; RFC 9309 asks for 500 KiB at least
MAX_REMEMBERED = 32 << 20  # letters of all that are remembered
MAX_DELAY_S = 60.0
NO_AI = frozenset(("noai", "noimageai"))
_WITH_VALUE = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")


@dataclass(frozen=True)
class Rules:
    """An origin's robots.txt. parsed: None where it could not be had, and then nothing may be fetched.

    is_empty: there is none, or it says nothing.
    """

    parsed: Protego | None
    n_letters: int
    is_empty: bool = False

    def allow(self, address: Address) -> bool:
        """Whether the address may be fetched."""
        if self.is_empty:
            return True
        return self.parsed is not None and bool(self.parsed.can_fetch(address.text, AGENT))

    def delay_s(self) -> float:
        """The seconds between requests that it asks for, a minute at most."""
        asked = self.parsed.crawl_delay(AGENT) if self.parsed is not None else None
        return min(MAX_DELAY_S, max(0.0, float(asked))) if asked else 0.0


class Robots:
    """robots.txt of each origin, asked once and remembered; the ones not asked for longest are forgotten."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client
        self._rules: OrderedDict[str, asyncio.Future[Rules]] = OrderedDict()
        self._n_letters = 0

    async def check(self, address: Address) -> None:
        """Raise FetchError (refused, robots) where the address's robots.txt forbids it, or cannot be had."""
        rules = await self._of(address)
        if rules.parsed is None:
            raise FetchError(REFUSED, "robots", "The host's robots.txt could not be read, which counts as a no.")
        if not rules.allow(address):
            raise FetchError(REFUSED, "robots", "The host's robots.txt asks machines not to fetch this address.")

    async def _of(self, address: Address) -> Rules:
        found = self._rules.get(address.origin)
        if found is None:
            found = self._rules[address.origin] = asyncio.get_running_loop().create_future()
            try:
                rules = await self._read(address)
            except BaseException as error:
                del self._rules[address.origin]
                found.set_exception(error if isinstance(error, FetchError) else _interrupted())
                found.exception()  # nobody else may be waiting for it
                raise
            found.set_result(rules)
            self._n_letters += rules.n_letters
            self._forget()
        else:
            self._rules.move_to_end(address.origin)
        return await asyncio.shield(found)

    def _forget(self) -> None:
        for origin in list(self._rules):
            if self._n_letters <= MAX_REMEMBERED and len(self._rules) <= 4096:
                return
            future = self._rules[origin]
            if future.done():
                self._n_letters -= future.result().n_letters
                del self._rules[origin]

    async def _read(self, address: Address) -> Rules:
        """Read an origin's robots.txt: none (4xx) allows all, an error that stays allows nothing.

        Raises FetchError where the host cannot be reached, which is then what is said of the picture.
        """
        for attempt in range(self._client.limits.retries + 1):
            try:
                rules = rules_of(await self._text(address))
                if rules.delay_s():
                    self._client.hosts.pace(address.host, rules.delay_s())
                return rules
            except FetchError as error:
                if not error.status:
                    raise
                if attempt < self._client.limits.retries:
                    await self._client.rest(address.host, error, attempt)
        return Rules(None, 0)

    async def _text(self, address: Address) -> str:
        """The text of an origin's robots.txt, "" where there is none, its first 512 KiB where it is longer."""
        place = parse_address(f"{address.origin}/robots.txt", self._client.permission)
        content = bytearray()
        try:
            async with follow(self._client, place, {"Accept": "text/plain"}) as answer:
                if 400 <= answer.status < 500 and answer.status != 429:
                    return ""
                check_status(answer)
                async with aclosing(answer.pieces(MAX_ROBOTS)) as pieces:
                    async for piece in pieces:
                        content += piece
        except FetchError as error:
            if error.reason == "redirects":  # as good as none, by the RFC
                return ""
            if error.reason != "too large":
                raise
        return bytes(content[:MAX_ROBOTS]).decode("utf-8", "replace")


def _interrupted() -> FetchError:
    return FetchError(FAILED, "no answer", "The host's robots.txt was not read to its end.", again=True)


def rules_of(text: str) -> Rules:
    """The rules of a robots.txt."""
    return Rules(Protego.parse(text), len(text) + 1, not text.strip())


def forbids_ai(header: str) -> bool:
    """Whether X-Robots-Tag says noai or noimageai to everybody, or to us.

    header: of all such headers, joined by commas; a directive may have the name of a machine before it, which holds
    for those that follow it.
    """
    machine = ""
    for part in header.lower().split(","):
        before, colon, directive = part.partition(":")
        if colon and before.strip() not in _WITH_VALUE:
            machine = before.strip()
        else:
            directive = part
        if directive.strip() in NO_AI and machine in ("", "*", AGENT.lower()):
            return True
    return False
