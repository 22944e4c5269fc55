"""One question to a process of its own, which ends with its answer: whatever it costs, it costs that process."""

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from subprocess import PIPE, Popen
from typing import IO, Any, TypeVar

import psutil
import pyarrow as pa

from importers.child import environment, receive, send

MAX_MEMORY_BYTES = 4 << 30  # or a quarter of the machine's, where that is less
T = TypeVar("T")


class EndedEarly(Exception):
    """The process ended without an answer. exit_code: negative for a signal. is_late: it was stopped for its time."""

    def __init__(self, exit_code: int, *, is_late: bool) -> None:
        super().__init__(exit_code)
        self.exit_code, self.is_late = exit_code, is_late

    def in_words(self) -> str:
        """How it ended, for a person, to follow the name of the process."""
        if self.exit_code == -signal.SIGKILL:
            return "was killed, probably because memory ran out"
        how = signal.Signals(-self.exit_code).name if self.exit_code < 0 else f"exit code {self.exit_code}"
        return f"ended without an answer ({how})"

    def as_reader(self) -> str:
        """The same of a process that read a file."""
        return f"the process that read it {self.in_words()}"


def memory_allowed() -> int:
    """The bytes that such a process may take."""
    return min(MAX_MEMORY_BYTES, psutil.virtual_memory().total // 4)


def ask(
    command: Sequence[str], request: Mapping[str, object], *, within_s: float, read: Callable[[Any, IO[bytes]], T]
) -> T:
    """Start a process (importers/child.py says what it speaks), ask it, and give what `read` makes of its answer.

    read: takes the first message, and the stream of what follows it. within_s: seconds until the process is killed.
    Raises EndedEarly.
    """
    process = Popen(
        [*command, str(os.getpid())],
        stdin=PIPE,
        stdout=PIPE,
        env=environment(ARROW_DEFAULT_MEMORY_POOL="system", MALLOC_ARENA_MAX="1"),
    )
    assert process.stdin is not None and process.stdout is not None  # they are pipes
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    killer = threading.Timer(within_s, stop)
    killer.start()
    try:
        with suppress(BrokenPipeError):
            send(process.stdin, request)
        head = receive(process.stdout)
        if head is not None:
            return read(head, process.stdout)
        process.wait()
    except pa.ArrowException:
        pass  # it ended in the middle of an answer
    finally:
        killer.cancel()
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
    raise EndedEarly(process.returncode, is_late=late.is_set())
