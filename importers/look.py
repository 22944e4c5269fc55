"""A look at a folder in a process of its own: whatever lies in its label files costs this one neither memory nor time.

LayoutError     as inspect_folder raises it; also where a look takes too long, too much memory, or the process ends
"""

import contextlib
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from importers.look_child import Request
from importers.outside import EndedEarly, ask, memory_allowed
from importers.sources import Root, StoreFolder, file_of, root_of
from importers.types import FolderContents, LayoutError, Option, PackedPictures, Question, SampleTable

LOOK_WITHIN_S = 300.0
AT_ONCE = 2  # looks; others wait for one of them to end
COMMAND = (sys.executable, "-P", "-m", "importers.look_child")
_places = threading.BoundedSemaphore(AT_ONCE)


def look_at_folder(
    root: Root | str,
    *,
    reading: str | None = None,
    labels: Path | None = None,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
    within_s: float = LOOK_WITHIN_S,
    memory_bytes: int | None = None,
    waits: bool = True,
) -> FolderContents:
    """What inspect_folder says of a folder, found out by a process that ends with it.

    within_s: seconds until the process is ended. memory_bytes: the most that it may take. waits: until fewer than
    AT_ONCE others look; an order does not, for it is the only one at a time, and what looks after the jobs waits for
    it. Raises LayoutError.
    """
    request: Request = {
        "root": str(root),
        "cache": str(root.cache) if isinstance(root, StoreFolder) else None,
        "reading": reading,
        "labels": str(labels) if labels else None,
        "class_names": list(class_names) if class_names is not None else None,
        "follow_links": follow_links,
        "memory_bytes": memory_bytes or memory_allowed(),
    }
    with _places if waits else contextlib.nullcontext():
        try:
            return ask(COMMAND, request, within_s=within_s, read=partial(_answer, root=root))
        except EndedEarly as end:
            raise LayoutError(_end_sentence(request["root"], end, within_s)) from end


def _answer(head: dict[str, Any], stream: IO[bytes], *, root: Root | str) -> FolderContents:
    if "error" in head:
        raise LayoutError(head["error"])
    files, problems = (_table(stream) for _ in range(2))
    return _contents(head, files, problems, cache=root.cache if isinstance(root, StoreFolder) else Path())


def _table(stream: IO[bytes]) -> pa.Table:
    with pa.ipc.open_stream(stream) as reader:
        return reader.read_all()


def _contents(head: dict[str, Any], files: pa.Table, problems: pa.Table, *, cache: Path) -> FolderContents:
    asked = head["question"]
    options = tuple(Option(**option) for option in asked["options"]) if asked else ()
    return FolderContents(
        root=root_of(head["root"], cache),
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
        label_file=file_of(head["label_file"], cache) if head["label_file"] else None,
        exported_by=head["exported_by"],
        said=tuple(head["said"]),
        sample=_sample(head["sample"]),
        n_boxes=head["n_boxes"],
        boxes_mark=head["boxes_mark"],
        packed=PackedPictures(**head["packed"]) if head["packed"] else None,
    )


def _sample(told: dict[str, Any] | None) -> SampleTable | None:
    return SampleTable(tuple(told["header"]), tuple(map(tuple, told["rows"]))) if told else None


def _end_sentence(root: str, end: EndedEarly, within_s: float) -> str:
    if end.is_late:
        return (
            f"Looking at {root} took more than {within_s:g} seconds, so it was stopped. If that is for its labels, "
            "take those of its pictures alone; --reading flat reads the folder without any."
        )
    return f"The process that looked at {root} {end.in_words()}: one of its label files may be damaged, or too large."
