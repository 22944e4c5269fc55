"""A collection at work: questions take turns, what they name is judged and fetched, until there is enough."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from analytics.wording import count
from importers.collecting.candidate import Candidate
from importers.collecting.elsewhere import imitations
from importers.collecting.fetching import (
    GLOBAL_ONLY,
    FetchLimits,
    GuardedClient,
    Permission,
    Quota,
    Wanted,
    fetch_all,
    permission_of,
)
from importers.collecting.sources import Filters, Source, named_source
from importers.room import room_left
from jobs.collect.asks import Ask, asks_of, folder_of_class
from jobs.collect.found import FoundPage, FoundPages
from jobs.collect.inputs import Inputs, Verdict, judged
from jobs.collect.kind import CollectParameters
from jobs.collect.searching import ASKING, ENOUGH, LIMIT, NOTHING_NEW, Searching, keep_pace
from jobs.collect.tally import LEFT, Tally

FOUND, FETCHED = "found.jsonl", "fetched.jsonl"
_AT_ONCE = 4  # queries
_LOOK_EVERY_S = 1.0  # how often the disk's room is looked at
_SPARE = 4  # pictures on their way beyond what is wanted, so that one slow host does not hold up the end


class Run:
    """A run. publish(tally): called as rows come to wait; report(run): as it goes on. client: asks everybody.

    n_requests and n_bytes of `client` count what this attempt asked for.
    """

    def __init__(
        self,
        parameters: CollectParameters,
        inputs: Inputs,
        *,
        folder: Path,
        root: Path,
        publish: Callable[[Tally], None],
        report: Callable[["Run"], None],
    ):
        self.parameters, self.inputs, self.root = parameters, inputs, root
        self.asks = asks_of(parameters)
        self.tally = Tally()
        self.began = time.monotonic()
        self.message = "Asking"
        self.stopped = ""
        self.limits = limits_of(parameters)
        self.client = GuardedClient(self.limits, permission=permission())
        self.found = FoundPages(folder / FOUND)
        self.searching = self._searching()
        self._journal = folder / FETCHED
        self._publish, self._report = publish, report
        self._sizes = {ask.group: ask.n_wanted for ask in self.asks if ask.n_wanted}
        self._quota = Quota(self._group_of, self._sizes)
        self._under_way: Counter[str] = Counter()
        self._numbers: set[int] = set()
        self._queue: asyncio.Queue[Wanted | BaseException | None] = asyncio.Queue(maxsize=64)
        self._changed = asyncio.Event()
        self._look_at = 0.0

    @property
    def n_wanted(self) -> int:
        """How many pictures are to be kept in all; 0 where that is all there are."""
        return sum(self._sizes.values()) if all(ask.n_wanted for ask in self.asks) else 0

    async def go(self) -> None:
        """Collect until the numbers, the ends or the limits are reached. Raises OSError and the fetcher's errors."""
        try:
            await self._go()
        finally:
            self.found.close()

    async def _go(self) -> None:
        async with self.client:
            for name in self.parameters.source_names:
                keep_pace(self.client, name)
            async for fetched in fetch_all(
                self._wanted(),
                self._folder_of,
                root=self.root,
                journal=self._journal,
                limits=self.limits,
                permission=permission(),
                known=self.inputs.known,
                quota=self._quota,
                client=self.client,
            ):
                ask, candidate = self._of(fetched.number)
                self.tally.note_fetched(ask, candidate, fetched)
                if fetched.outcome == LEFT and fetched.reason in ("requests", "bytes"):
                    self._stop(fetched.reason)
                self._landed(ask, fetched.number)

    def _searching(self) -> tuple[Searching, ...]:
        sources: dict[str, Source] = {
            name: named_source(name, file=self.parameters.file) for name in self.parameters.source_names
        }
        filters = filters_of(self.parameters)
        return tuple(Searching(ask, sources[ask.source], filters, self.found, self.client) for ask in self.asks)

    # Candidates on their way

    async def _wanted(self) -> AsyncIterator[Wanted]:
        """What is to be fetched, as it is found."""
        turns = asyncio.Semaphore(_AT_ONCE)
        rows: dict[int, list[Searching]] = {}
        for each in self.searching:
            rows.setdefault(each.ask.row, []).append(each)
        tasks = [asyncio.create_task(self._ask_in_turn(group, turns)) for group in rows.values()]
        closing = asyncio.create_task(self._close_after(tasks))
        try:
            while (item := await self._queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            for task in (*tasks, closing):
                task.cancel()
            await asyncio.gather(*tasks, closing, return_exceptions=True)

    async def _close_after(self, tasks: Sequence["asyncio.Task[None]"]) -> None:
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await self._queue.put(next((each for each in results if isinstance(each, BaseException)), None))

    async def _ask_in_turn(self, group: Sequence[Searching], turns: asyncio.Semaphore) -> None:
        """Ask a query's sources, a page each in turn, until there is enough or no more."""
        async with turns:
            waiting = deque(group)
            while waiting:
                searching = waiting.popleft()
                if await self._may_ask(searching) and (page := await self._next_page(searching)) is not None:
                    await self._take(searching, page)
                if searching.state == ASKING:
                    waiting.append(searching)
                self._note_ask(searching)

    async def _may_ask(self, searching: Searching) -> bool:
        """Wait until more is needed; False where the question has ended instead."""
        group = searching.ask.group
        while self._is_enough(group, spare=0) and not self._is_full(group) and not self.stopped:
            await self._wait()
        if self.stopped:
            searching.end(LIMIT, self.stopped)
        elif self._is_full(group):
            searching.end(ENOUGH)
        return searching.state == ASKING

    async def _next_page(self, searching: Searching) -> FoundPage | None:
        limit = self.parameters.max_requests
        if limit and self.client.asked.total() >= limit:
            self._stop("requests")
            searching.end(LIMIT, self.stopped)
            return None
        self.message = f"{searching.ask.source}: {searching.ask.query}"
        return await searching.next_page()

    async def _take(self, searching: Searching, page: FoundPage) -> None:
        """Have the pictures of a page fetched, as far as they are wanted."""
        n_new = 0
        for number, candidate in enumerate(page.candidates, page.first):
            n_new += candidate.file_url not in self.inputs.had
            await self._offer(searching.ask, number, candidate)
        if self.parameters.new_only and searching.note_news(n_new):
            searching.end(NOTHING_NEW)

    async def _offer(self, ask: Ask, number: int, candidate: Candidate) -> None:
        if self.tally.knows(number):  # an earlier attempt took it back, and the fetcher has said so
            return
        self._look_at_room()
        verdict = judged(candidate, self.inputs, self.parameters)
        while verdict is None and not self.stopped and not self._is_full(ask.group):
            if not self._is_enough(ask.group, spare=_SPARE):
                self._numbers.add(number)
                self._under_way[ask.group] += 1
                await self._queue.put(Wanted(number, candidate.file_url))
                return
            await self._wait()
        if verdict is None:
            verdict = Verdict(LEFT, "limit" if self.stopped else ENOUGH)
        self.tally.note_verdict(ask, number, candidate, verdict)
        self._told()

    # How it stands

    def _is_full(self, group: str) -> bool:
        return group in self._sizes and self.tally.n_of_group[group] >= self._sizes[group]

    def _is_enough(self, group: str, *, spare: int) -> bool:
        """Whether what is kept and what is on its way are as many as are wanted."""
        if group not in self._sizes:
            return False
        return self.tally.n_of_group[group] + self._under_way[group] >= self._sizes[group] + spare

    def _landed(self, ask: Ask, number: int) -> None:
        if number in self._numbers:
            self._numbers.discard(number)
            self._under_way[ask.group] -= 1
        self._told()

    def _told(self) -> None:
        self._changed.set()
        self._publish(self.tally)
        self._report(self)

    def _look_at_room(self) -> None:
        if time.monotonic() > self._look_at and not self.stopped:
            self._look_at = time.monotonic() + _LOOK_EVERY_S
            if room_left(self.root) == 0:
                self._stop("room")

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _stop(self, which: str) -> None:
        limits = self.limits
        reached = {
            "requests": f"The limit of {count(limits.max_requests, 'request')} was reached.",
            "bytes": f"The limit of {self.parameters.max_gb:g} GB was reached.",
            "room": "The disk is as full as collecting may make it. Free some room, then collect again.",
        }
        self.stopped = self.stopped or reached[which]
        self._changed.set()

    def _note_ask(self, searching: Searching) -> None:
        """Note how a question stands; why it ended is noted once all that it named is settled (`note_endings`)."""
        self.tally.note_ask(searching.ask, n_requests=searching.n_requests, state=ASKING, sentence=searching.sentence)
        self._told()

    def note_endings(self) -> None:
        """Note why each question ended: nothing is left to be done for it."""
        for each in self.searching:
            self.tally.note_ask(each.ask, n_requests=each.n_requests, state=each.state, sentence=each.sentence)

    def _of(self, number: int) -> tuple[Ask, Candidate]:
        ask, candidate = self.found.candidate(number)
        return self.asks[ask], candidate

    def _group_of(self, number: int) -> str:
        return self._of(number)[0].group

    def _folder_of(self, number: int) -> str:
        ask, candidate = self._of(number)
        return folder_of_class(ask.class_name or candidate.class_name)


def limits_of(parameters: CollectParameters) -> FetchLimits:
    """The fetcher's limits, as an order has them; imitations on this machine are asked as fast as they answer."""
    paced: Mapping[str, int] = {"per_host_per_s": 0, "per_host_at_once": 16} if imitations().hosts else {}
    return FetchLimits(
        contact=parameters.contact,
        max_bytes=int(parameters.max_mb * 1_000_000),
        min_side=parameters.min_side,
        at_once=parameters.at_once,
        honour_noai=parameters.honour_noai,
        max_requests=parameters.max_requests,
        max_total_bytes=int(parameters.max_gb * 1_000_000_000),
        **paced,
    )


def permission() -> Permission:
    """Where may be asked: global addresses, and what tests name in the environment."""
    hosts = imitations().hosts
    return permission_of(hosts, ports=None) if hosts else GLOBAL_ONLY


def filters_of(parameters: CollectParameters) -> Filters:
    """What sources are asked for besides the query."""
    return Filters(
        words=parameters.licence_words,
        size=parameters.size,
        kind=parameters.kind,
        colour=parameters.colour,
        language=parameters.language,
        safe=parameters.safe,
        newest=parameters.new_only,
    )
