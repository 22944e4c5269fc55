"""A look at a folder in a process of its own: whatever lies in its label files costs this one neither memory nor time.

LayoutError     as inspect_folder raises it; also where a look takes too long, too much memory, or the process ends
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import psutil
import pyarrow as pa

from importers.child import environment, receive, send
from importers.look_child import Request
from importers.types import FolderContents, LayoutError, Option, Question

LOOK_WITHIN_S = 300.0
MAX_MEMORY_BYTES = 4 << 30  # or a quarter of the machine's, where that is less
AT_ONCE = 2  # looks; others wait for one of them to end
COMMAND = (sys.executable, "-P", "-m", "importers.look_child")
_places = threading.BoundedSemaphore(AT_ONCE)


def look_at_folder(
    root: Path | str,
    *,
    reading: str | None = None,
    labels: Path | None = None,
    class_names: Sequence[str] | None = None,
    within_s: float = LOOK_WITHIN_S,
    memory_bytes: int | None = None,
) -> FolderContents:
    """What inspect_folder says of a folder, found out by a process that ends with it.

    within_s: seconds until the process is ended. memory_bytes: the most that it may take. Raises LayoutError.
    """
    request: Request = {
        "root": str(root),
        "reading": reading,
        "labels": str(labels) if labels else None,
        "class_names": list(class_names) if class_names is not None else None,
        "memory_bytes": memory_bytes or min(MAX_MEMORY_BYTES, psutil.virtual_memory().total // 4),
    }
    with _places:
        return _ask(request, within_s)


def _ask(request: Request, within_s: float) -> FolderContents:
    process = Popen(
        [*COMMAND, str(os.getpid())],
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
        if head is not None and "error" in head:
            raise LayoutError(head["error"])
        if head is not None:
            files, problems = (_table(process.stdout) for _ in range(2))
            return _contents(head, files, problems)
    except pa.ArrowException:
        pass  # it ended in the middle of an answer
    finally:
        killer.cancel()
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
    raise LayoutError(_end_sentence(request["root"], process.returncode, within_s if late.is_set() else None))


def _table(stream: object) -> pa.Table:
    with pa.ipc.open_stream(stream) as reader:
        return reader.read_all()


def _contents(head: dict[str, Any], files: pa.Table, problems: pa.Table) -> FolderContents:
    asked = head["question"]
    options = tuple(Option(**option) for option in asked["options"]) if asked else ()
    return FolderContents(
        root=Path(head["root"]),
        layout=head["layout"],
        reading=head["reading"],
        title=head["title"],
        question=Question(asked["text"], options, asked["default"]) if asked else None,
        task=head["task"],
        class_names=tuple(head["class_names"]),
        files=files,
        unreadable=tuple((path, code, reason) for path, code, reason in head["unreadable"]),
        label_problems=problems,
        ignored=head["ignored"],
        label_file=Path(head["label_file"]) if head["label_file"] else None,
    )


def _end_sentence(root: str, exit_code: int, late_after_s: float | None) -> str:
    if late_after_s is not None:
        return (
            f"Looking at {root} took more than {late_after_s:g} seconds, so it was stopped. If that is for its labels, "
            "take those of its pictures alone; --reading flat reads the folder without any."
        )
    if exit_code == -signal.SIGKILL:
        return f"The process that looked at {root} was killed, probably because memory ran out."
    how = signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    return f"The process that looked at {root} ended without an answer ({how}): one of its label files may be damaged."
