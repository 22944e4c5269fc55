"""A visitor as the app knows one: a WebSocket of Streamlit's own messages, and a browser's requests beside it.

A visitor opens a page by its address, as a click in the sidebar does, and takes what is sent until the page is whole.
What a page asks to be looked at again (the strip of jobs, every five seconds) is asked again, as a browser does. The
pictures that a page shows are fetched over six connections; those fetched before are not, as a browser keeps them.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.support.requests import Answers, ask

MOST_BYTES = 64 << 20
# what a browser fetches of itself: pictures, and what the map draws
_FETCHED = re.compile(
    rb"/vitrine/(?:(?:thumb|picture)/\d+\?v=[0-9a-f-]+|map/(?:\d+/points|\d+/colour/[a-z]+\?v=\d+|code\.js\?v=[0-9a-f]+))"
)
_STOPPED = b"This page stopped"
_CONNECTIONS = 6


@dataclass
class Page:
    """A page that was opened. seconds: from the question to the last message; told: the bytes of all messages."""

    seconds: float
    told: bytes
    faults: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        """Of the pictures in it, and of what its map draws."""
        return list(dict.fromkeys(address.decode() for address in _FETCHED.findall(self.told)))


class Visitor:
    """One browser tab, from its opening (`async with`) to its closing."""

    def __init__(self, port: int, *, dataset: str, kept: set[str]) -> None:
        """kept: the addresses of pictures that the browser has already; it is added to."""
        self._port, self._query = port, f"dataset={dataset}"
        self._fetched = kept
        self._again: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()  # a tab does one thing at a time
        self.again_seconds: list[float] = []
        self.faults: list[str] = []

    async def __aenter__(self) -> "Visitor":
        address = f"ws://127.0.0.1:{self._port}/_stcore/stream"
        self._socket: ClientConnection = await connect(address, subprotocols=["streamlit"], max_size=MOST_BYTES)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._forget()
        await self._socket.close()

    async def open(self, address: str) -> Page:
        """Go to a page."""
        await self._forget()
        async with self._turn:
            page = await self._ask(page_name=address)
        self.faults += page.faults
        return page

    async def fetch(self, addresses: Iterable[str], answers: Answers) -> None:
        """Fetch the pictures that this browser has not yet."""
        wanted = [address for address in addresses if address not in self._fetched]
        self._fetched.update(wanted)
        if wanted:
            await ask(self._port, iter(wanted), n_clients=min(_CONNECTIONS, len(wanted)), answers=answers)

    async def _ask(self, *, page_name: str = "", fragment_id: str = "") -> Page:
        question = BackMsg()
        question.rerun_script.query_string = self._query
        question.rerun_script.page_name = page_name
        question.rerun_script.fragment_id = fragment_id
        question.rerun_script.is_auto_rerun = bool(fragment_id)
        began = time.perf_counter()
        await self._socket.send(question.SerializeToString())
        told, faults = [], []
        while True:
            content = await self._socket.recv()
            told.append(content)
            message = ForwardMsg.FromString(content)
            what = message.WhichOneof("type")
            if what == "auto_rerun" and not fragment_id:
                self._look_again(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            elif what == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                faults.append(message.delta.new_element.exception.message)
            elif what == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    faults.append("it could not be compiled")
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
        body = b"".join(told)
        faults += ["the page stopped"] if _STOPPED in body else []
        return Page(time.perf_counter() - began, body, faults)

    def _look_again(self, fragment_id: str, every_s: float) -> None:
        self._again[fragment_id] = asyncio.create_task(self._looking(fragment_id, every_s))

    async def _looking(self, fragment_id: str, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            async with self._turn:
                seen = await self._ask(fragment_id=fragment_id)
            self.again_seconds.append(seen.seconds)
            self.faults += seen.faults

    async def _forget(self) -> None:
        """Look at nothing of the page before again."""
        async with self._turn:
            tasks, self._again = list(self._again.values()), {}
            for task in tasks:
                task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
