"""Pictures from their addresses: fetched, checked, each kept once, gone on with after a kill.

OSError         a picture or the journal cannot be written (a full disk, no permission): the fetch stops
ReaderError     the processes that decode cannot be started
JournalError    the journal is none, or of another version
"""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from pathlib import Path

from importers.collecting.fetching.addresses import GLOBAL_ONLY, Permission
from importers.collecting.fetching.client import GuardedClient
from importers.collecting.fetching.downloads import Downloads
from importers.collecting.fetching.journal import SYNC_S
from importers.collecting.fetching.keeping import Keeper
from importers.collecting.fetching.known import Known
from importers.collecting.fetching.outcomes import KEPT, LEFT, Fetched, FetchError, FetchLimits, Wanted
from importers.collecting.fetching.quotas import Quota

LOOK_AHEAD = 512  # candidates that wait for their hosts' turns at once: a busy host does not keep others waiting


async def fetch_all(
    wanted: AsyncIterable[Wanted] | Iterable[Wanted],
    folder_of: Callable[[int], str],
    *,
    root: Path,
    journal: Path,
    limits: FetchLimits,
    permission: Permission = GLOBAL_ONLY,
    known: Known | None = None,
    quota: Quota | None = None,
    client: GuardedClient | None = None,
) -> AsyncIterator[Fetched]:
    """Fetch pictures; yield what became of each, in the order in which that is known.

    folder_of: the folder below root, with /, of a candidate's number. root: made if it is not there; pictures are
    written beside it under another name first (.fetching-...). journal: the file that makes a killed fetch go on: what
    is in it is yielded again and not fetched again. known: what the dataset has; grows by what is kept. quota: how many
    are wanted of what; candidates beyond are "left", which is not remembered. client: one to ask with, which is not
    closed here and knows afterwards what was asked of whom.

    A picture that turns out to stand for others is taken back: candidates that were reported before come again, as
    refused (placeholder), and the last that is said of a number holds. Raises what stands above; ValueError for a
    folder that is none below the root.
    """
    ours = client or GuardedClient(limits, permission=permission)
    run = None
    try:
        keeper = Keeper(root, journal, known=known or Known(), quota=quota or Quota(), limits=limits)
        run = _Run(keeper, Downloads(ours), folder_of)
        async for fetched in run.results(wanted):
            yield fetched
    finally:
        if run is not None:
            await run.close()
        if client is None:
            await ours.aclose()


class _Run:
    """One fetch: tasks, a candidate each, and their results."""

    def __init__(self, keeper: Keeper, downloads: Downloads, folder_of: Callable[[int], str]) -> None:
        self._keeper, self._downloads, self._folder_of = keeper, downloads, folder_of
        self._window = asyncio.Semaphore(LOOK_AHEAD)
        self._results: asyncio.Queue[list[Fetched] | BaseException | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: dict[bytes, asyncio.Future[int]] = {}
        self._number_of: dict[bytes, int] = {}

    async def results(self, wanted: AsyncIterable[Wanted] | Iterable[Wanted]) -> AsyncIterator[Fetched]:
        """What became of each; first of all what an earlier attempt had taken back."""
        for url, fetched in self._keeper.recover():
            self._number_of[_digest(url)] = fetched.number
        for number in sorted(self._keeper.journal.replaced & self._keeper.journal.offsets.keys()):
            yield self._keeper.journal.entry(number)[1]
        self._start(self._feed(wanted))
        self._start(self._sync())
        while (found := await self._results.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            self._window.release()
            for fetched in found:
                yield fetched

    async def close(self) -> None:
        """End all that is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._downloads.aclose()
        self._keeper.close()

    def _start(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if error := task.exception():
            self._results.put_nowait(error)

    async def _feed(self, wanted: AsyncIterable[Wanted] | Iterable[Wanted]) -> None:
        async for each in _one_by_one(wanted):
            await self._window.acquire()
            self._start(self._settle(each))
        for _ in range(LOOK_AHEAD):  # all that were begun have been taken by then
            await self._window.acquire()
        self._results.put_nowait(None)

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(SYNC_S)
            await asyncio.to_thread(self._keeper.journal.sync)

    async def _settle(self, wanted: Wanted) -> None:
        """Put what became of one into the results."""
        digest = _digest(wanted.url)
        if (before := self._keeper.journal.find(wanted.number, wanted.url)) is not None:
            is_told = wanted.number in self._keeper.journal.replaced
            self._results.put_nowait([] if is_told else [before])
            return
        while (other := self._under_way.get(digest)) is not None:
            await asyncio.wait([other])
        first = self._number_of.get(digest)
        if first is not None and first != wanted.number and first in self._keeper.journal.offsets:
            self._results.put_nowait(self._keeper.same_address(wanted, first))
            return
        self._under_way[digest] = done = asyncio.get_running_loop().create_future()
        try:
            found = await self._fetch(wanted)
            if found[-1].outcome != LEFT:
                self._number_of[digest] = wanted.number
        finally:
            del self._under_way[digest]
            done.set_result(wanted.number)
        self._results.put_nowait(found)

    async def _fetch(self, wanted: Wanted) -> list[Fetched]:
        keeper = self._keeper
        folder = keeper.checked_folder(self._folder_of(wanted.number))
        part = keeper.part_of(wanted.number)

        async def ready() -> None:
            await self._downloads.room()
            keeper.check_room(wanted.number, self._downloads.client)

        try:
            keeper.check_room(wanted.number, self._downloads.client)
            download, reply = await self._downloads.fetch(wanted.url, part, ready=ready)
            found = keeper.keep(wanted, part, download, reply, folder=folder)
            if found[-1].outcome != KEPT:
                part.unlink(missing_ok=True)
            return found
        except FetchError as error:
            part.unlink(missing_ok=True)
            return keeper.give_up(wanted, error)


def _digest(url: str) -> bytes:
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=16).digest()


async def _one_by_one(wanted: AsyncIterable[Wanted] | Iterable[Wanted]) -> AsyncIterator[Wanted]:
    if isinstance(wanted, AsyncIterable):
        async for each in wanted:
            yield each
    else:
        for each in wanted:
            yield each
