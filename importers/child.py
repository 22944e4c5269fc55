"""What the processes that read for us have in common: messages, and an end with their parent.

Messages are JSON with a length before it (4 bytes, big-endian).
"""

import json
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

try:
    import resource
except ImportError:  # Windows knows no such limits
    resource = None  # type: ignore[assignment]  # looked at before it is used

ORPHAN_CHECK_S = 0.5
_HOME = str(Path(__file__).resolve().parents[1])


def environment(**more: str) -> dict[str, str]:
    """The environment of a child that imports our modules, wherever it is started, and computes in one thread."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (_HOME, os.environ.get("PYTHONPATH")))),
        "OPENBLAS_NUM_THREADS": "1",  # matrices of 32x32: threads would only cost memory
        "OMP_NUM_THREADS": "1",
        **more,
    }


def send(stream: IO[bytes], message: Mapping[str, object]) -> None:
    """Write one message to a binary stream."""
    body = json.dumps(message, separators=(",", ":")).encode()
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message (a Request, a Reply, or the first one) from a stream; None when the other side is gone."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    body = stream.read(length)
    return json.loads(body) if len(body) == length else None


def take_over_output() -> BinaryIO:
    """Give the stream for replies. What C libraries print goes nowhere; errors of Python still show."""
    replies = os.fdopen(os.dup(1), "wb")
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return replies


def begin(parent_pid: int) -> tuple[Any, BinaryIO]:
    """Begin a process for one question: the request, None where the parent has gone, and the stream for the answer.

    From then on it takes no more memory than the request allows.
    """
    end_with_parent(parent_pid)
    replies = take_over_output()
    request = receive(sys.stdin.buffer)
    if request is not None:
        limit_memory(request["memory_bytes"])
    return request, replies


def end_with_parent(parent_pid: int) -> None:
    """End this process as soon as its parent is gone, and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, args=(parent_pid,), daemon=True).start()


def limit_memory(n_bytes: int) -> None:
    """Let this process take no more than n_bytes of memory for its data, where the system knows such a limit."""
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (n_bytes, hard))


def _exit_with_parent(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(ORPHAN_CHECK_S)
    os._exit(1)
