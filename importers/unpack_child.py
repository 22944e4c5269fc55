"""The process that unpacks a zip: `python -m importers.unpack_child PARENT_PID`.

Started by unpack.py for one zip. Messages are those of importers/child.py. In: a Request. Out: {"refused": sentence},
{"error": [errno, sentence, path]}, or {"n_files", "n_bytes"}.
"""

import sys
from typing import TypedDict

from importers.archive import ArchiveRefused, unpack_zip
from importers.child import begin, send


class Request(TypedDict):
    """What the parent asks for: the arguments of unpack_zip, and how much memory this process may take."""

    zip_path: str
    target: str
    max_bytes: int
    max_files: int
    memory_bytes: int


def main(parent_pid: int) -> None:
    """Answer the one message on standard input."""
    request: Request | None
    request, replies = begin(parent_pid)
    if request is None:
        return
    try:
        done = unpack_zip(
            request["zip_path"], request["target"], max_bytes=request["max_bytes"], max_files=request["max_files"]
        )
    except ArchiveRefused as error:
        send(replies, {"refused": str(error)})
    except MemoryError:
        send(replies, {"refused": f"The zip needs more than {request['memory_bytes'] >> 20:,} MiB of memory."})
    except OSError as error:
        send(replies, {"error": [error.errno, error.strerror or str(error), error.filename]})
    else:
        send(replies, {"n_files": done.n_files, "n_bytes": done.n_bytes})


if __name__ == "__main__":
    main(int(sys.argv[1]))
