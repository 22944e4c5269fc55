"""Processes that decode what was fetched, one a core; one that crashes or does not end costs one picture.

Each has a few files before it, so that it need not wait for us to wake up between two.
"""

import asyncio
import json
import os
import struct
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from importers.child import environment
from importers.collecting.picture_child import Reply, Request

READ_S = 30.0  # seconds that a picture may take
AT_A_TIME = 8  # files that a process has before it
COMMAND = (sys.executable, "-P", "-m", "importers.collecting.picture_child")
# glibc gives back to the system, and asks for again, what each picture takes; so it keeps up to 64 MiB for the next
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(64 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}
_CRASHED = Reply(code="decoder-crashed", reason="The decoder crashes at this file.", page="")
_SLOW = Reply(code="decoder-slow", reason="Decoding the picture takes too long.", page="")


class ReaderError(Exception):
    """The processes that decode cannot be started."""


@dataclass(frozen=True)
class _Order:
    """A file to look at, and where the reply goes."""

    request: Request
    reply: asyncio.Future[Reply]


class Readers:
    """So many processes, started when there is work. Close them. seconds: after which one is ended."""

    def __init__(self, n: int = 0, *, seconds: float = READ_S) -> None:
        self._n, self._seconds = n or os.cpu_count() or 1, seconds
        self._orders: asyncio.Queue[_Order] = asyncio.Queue()
        self._n_before_them = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._tasks: list[asyncio.Task[None]] = []

    async def read(self, path: Path, *, max_pixels: int) -> Reply:
        """What a file holds. A file at which the decoder crashes, or takes too long, has a code for that.

        Raises ReaderError.
        """
        if len(self._tasks) < self._n:
            self._tasks.append(asyncio.create_task(self._work()))
        order = _Order(Request(path=str(path), max_pixels=max_pixels), asyncio.get_running_loop().create_future())
        self._count(1)
        try:
            self._orders.put_nowait(order)
            return await order.reply
        finally:
            self._count(-1)

    async def room(self) -> None:
        """Wait until those that decode have no more before them than they are given at once."""
        await self._has_room.wait()

    async def aclose(self) -> None:
        """End all processes, also those at work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _count(self, more: int) -> None:
        self._n_before_them += more
        if self._n_before_them < AT_A_TIME * self._n:
            self._has_room.set()
        else:
            self._has_room.clear()

    async def _work(self) -> None:
        """One process's work: it always has some files before it, and a fresh one takes over after an end."""
        reader = _Reader()
        sent: deque[_Order] = deque()
        try:
            while True:
                await self._step(reader, sent)
        finally:
            await reader.end()

    async def _step(self, reader: "_Reader", sent: deque[_Order]) -> None:
        """Send what there is room for, and take one reply; the order at which the process ends has a reply as well."""
        fresh = [] if sent else [await self._orders.get()]
        while len(sent) + len(fresh) < AT_A_TIME and not self._orders.empty():
            fresh.append(self._orders.get_nowait())
        sent.extend(fresh)
        try:
            await reader.send([order.request for order in (sent if reader.is_new else fresh)])
            async with asyncio.timeout(self._seconds):
                reply = await reader.receive()
        except TimeoutError:
            reply = _SLOW
            await reader.end()
        except (asyncio.IncompleteReadError, ConnectionError):
            reply = _CRASHED
            await reader.end()
        except (ReaderError, OSError) as error:
            while sent:
                _answer(sent.popleft(), error)
            return
        _answer(sent.popleft(), reply)


class _Reader:
    """One process, started when it is first sent something, and again after an end."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_new(self) -> bool:
        """Whether there is no process that was sent anything."""
        return self._process is None

    async def send(self, requests: list[Request]) -> None:
        """Ask for some files. Raises ReaderError, ConnectionError."""
        if not requests:
            return
        process = self._process or await self._start()
        assert process.stdin is not None  # it is a pipe
        bodies = [json.dumps(request).encode() for request in requests]
        process.stdin.write(b"".join(struct.pack(">I", len(body)) + body for body in bodies))
        await process.stdin.drain()

    async def receive(self) -> Reply:
        """The next reply. Raises IncompleteReadError where the process has ended."""
        assert self._process is not None and self._process.stdout is not None  # something was sent
        (length,) = struct.unpack(">I", await self._process.stdout.readexactly(4))
        reply: Reply = json.loads(await self._process.stdout.readexactly(length))
        return reply

    async def end(self) -> None:
        """End the process, if there is one, and wait for it."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None  # it is a pipe
        with suppress(ProcessLookupError):
            process.kill()
        process.stdin.close()
        await process.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        words = (*COMMAND, str(os.getpid()))
        self._process = await asyncio.create_subprocess_exec(
            *words, stdin=pipe, stdout=pipe, env=environment(**_MEMORY)
        )
        try:
            await self.receive()
        except asyncio.IncompleteReadError as error:
            await self.end()
            raise ReaderError("A process that decodes pictures could not be started.") from error
        return self._process


def _answer(order: _Order, reply: Reply | Exception) -> None:
    if order.reply.done():  # nobody waits any more
        return
    if isinstance(reply, Exception):
        order.reply.set_exception(reply)
    else:
        order.reply.set_result(reply)
