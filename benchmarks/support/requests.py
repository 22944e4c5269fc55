"""Requests of many clients at once: each a connection that is kept, which asks for the next thing when it has the last.

A client that costs little: what it takes of the machine's cores is told, for the server has the rest.
"""

import asyncio
import functools
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# what a browser sends with a picture of a page, so that the server reads as much
HEADERS = (
    "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Sec-Fetch-Dest: image\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Site: same-origin\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0\r\n"
)


@dataclass
class Answers:
    """What came of requests. seconds: of each until its last byte; cpu: cores that the clients took themselves."""

    seconds: list[float] = field(default_factory=list)
    n_bytes: int = 0
    refused: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0
    cpu: float = 0.0

    @property
    def a_second(self) -> float:
        """How many were answered a second."""
        return len(self.seconds) / self.elapsed_s

    @property
    def median_ms(self) -> float:
        """The median of their milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        """The milliseconds within which 95 in 100 were answered."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)] * 1000


class Client(asyncio.Protocol):
    """One kept connection to 127.0.0.1, which asks for `paths` one after the other."""

    def __init__(self, port: int, paths: Iterator[str], answers: Answers) -> None:
        self._port, self._paths, self._answers = port, paths, answers
        self._received, self._awaited, self._began = b"", -1, 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take what has come; when it is an answer, ask for the next."""
        self._received += data
        if self._awaited < 0:
            head, ended, _ = self._received.partition(b"\r\n\r\n")
            if not ended:
                return
            status, *lines = head.decode("latin-1").lower().split("\r\n")
            length = next((line[15:] for line in lines if line.startswith("content-length:")), "0")
            self._awaited = len(head) + 4 + int(length)
            if " 200" not in status:
                self._answers.refused.append(status)
        if len(self._received) >= self._awaited:
            self._answers.seconds.append(time.perf_counter() - self._began)
            self._answers.n_bytes += self._awaited
            self._received, self._awaited = self._received[self._awaited :], -1
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        """A server that hangs up in the middle is counted."""
        if not self.done.done():
            self._answers.refused.append(f"hung up: {error}")
            self.done.set_result(None)

    def _ask(self) -> None:
        path = next(self._paths, None)
        if path is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{HEADERS}Connection: keep-alive\r\n\r\n"
        self._transport.write(head.encode())


async def ask(port: int, paths: Iterator[str], *, n_clients: int, answers: Answers | None = None) -> Answers:
    """Ask for `paths` by so many clients at once, until there are no more."""
    answers = Answers() if answers is None else answers
    loop = asyncio.get_running_loop()
    began, cpu = time.perf_counter(), time.process_time()
    connect = functools.partial(loop.create_connection, lambda: Client(port, paths, answers), "127.0.0.1", port)
    clients = [(await connect())[1] for _ in range(n_clients)]
    await asyncio.gather(*(client.done for client in clients))
    answers.elapsed_s = time.perf_counter() - began
    answers.cpu = (time.process_time() - cpu) / answers.elapsed_s
    return answers


def for_seconds(paths: Sequence[str], seconds: float) -> Iterator[str]:
    """`paths` over and over, until the time is over."""
    until = time.perf_counter() + seconds
    while True:
        for path in paths:
            if time.perf_counter() >= until:
                return
            yield path
