"""Processes that decode what was fetched, one a core; one that crashes or does not end costs one picture.

Files are handed over a few at a time: an answer a message each would spend more on waking than on decoding.
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
AT_A_TIME = 8  # files that a process is given at once
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
        """One process's work: some orders at a time, a fresh process after each end."""
        reader = _Reader()
        try:
            while True:
                orders = deque([await self._orders.get()])
                while len(orders) < AT_A_TIME and not self._orders.empty():
                    orders.append(self._orders.get_nowait())
                while orders:
                    await self._give(reader, orders)
        finally:
            await reader.end()

    async def _give(self, reader: "_Reader", orders: deque[_Order]) -> None:
        """Take the orders that are answered from the left, until none is left or the process has ended at one."""
        try:
            await reader.send([order.request for order in orders])
            while orders:
                async with asyncio.timeout(self._seconds):
                    reply = await reader.receive()
                _answer(orders.popleft(), reply)
        except TimeoutError:
            _answer(orders.popleft(), _SLOW)
            await reader.end()
        except (asyncio.IncompleteReadError, ConnectionError):
            _answer(orders.popleft(), _CRASHED)
            await reader.end()
        except (ReaderError, OSError) as error:
            while orders:
                order = orders.popleft()
                if not order.reply.done():
                    order.reply.set_exception(error)


class _Reader:
    """One process, started when it is first sent something, and again after an end."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def send(self, requests: list[Request]) -> None:
        """Ask for some files. Raises ReaderError, ConnectionError."""
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


def _answer(order: _Order, reply: Reply) -> None:
    if not order.reply.done():  # nobody waits any more
        order.reply.set_result(reply)
