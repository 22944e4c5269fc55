"""The process that looks at a folder and reads its label files: `python -m importers.look_child PARENT_PID`.

Started by look.py for one look. Messages are those of importers/child.py. In: a Request. Out: {"error": sentence}, or
what the folder holds without its two tables, and then the tables, each as an Arrow stream.
"""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, TypedDict

import pyarrow as pa

from importers.child import begin, send
from importers.inspect import inspect_folder
from importers.sources import root_of
from importers.types import FolderContents, LayoutError

MAX_RESULT_BYTES = 512 << 20
_AT_ONCE = 65_536  # rows


class Request(TypedDict):
    """What the parent asks for: the arguments of inspect_folder, and how much memory this process may take."""

    root: str
    cache: str | None
    reading: str | None
    labels: str | None
    class_names: list[str] | None
    follow_links: bool
    memory_bytes: int


def main(parent_pid: int) -> None:
    """Answer the one message on standard input."""
    pa.set_cpu_count(1)
    request: Request | None
    request, replies = begin(parent_pid)
    if request is None:
        return
    try:
        contents = _look(request)
    except (LayoutError, OSError) as error:
        send(replies, {"error": str(error)})
    except MemoryError:
        n_mib = request["memory_bytes"] >> 20
        send(
            replies, {"error": f"Looking at {request['root']} needs more than {n_mib:,} MiB of memory, for its labels."}
        )
    else:
        _send(replies, contents)


def _look(request: Request) -> FolderContents:
    contents = inspect_folder(
        root_of(request["root"], Path(request["cache"])) if request["cache"] else request["root"],
        reading=request["reading"],
        labels=Path(request["labels"]) if request["labels"] else None,
        class_names=request["class_names"],
        follow_links=request["follow_links"],
    )
    n_bytes = contents.files.nbytes + contents.label_problems.nbytes
    if n_bytes > MAX_RESULT_BYTES:
        raise LayoutError(
            f"What the label file says of the pictures takes {n_bytes:,} bytes; {MAX_RESULT_BYTES:,} are the most. "
            "Shorten its texts (sources, licences)."
        )
    return contents


def _send(replies: BinaryIO, contents: FolderContents) -> None:
    head: dict[str, Any] = {
        name: getattr(contents, name)
        for name in (
            "layout",
            "reading",
            "title",
            "task",
            "class_names",
            "unreadable",
            "ignored",
            "exported_by",
            "said",
            "n_boxes",
            "boxes_mark",
        )
    }
    head["root"] = str(contents.root)
    head["packed"] = asdict(contents.packed) if contents.packed else None
    head["question"] = asdict(contents.question) if contents.question else None
    head["sample"] = asdict(contents.sample) if contents.sample else None
    head["label_file"] = str(contents.label_file) if contents.label_file else None
    send(replies, head)
    for table in (contents.files, contents.label_problems):
        with pa.ipc.new_stream(replies, table.schema) as stream:
            stream.write_table(table, max_chunksize=_AT_ONCE)
    replies.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
