"""What a look at a folder finds, written down by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from store.images import SourceState

FILES = pa.schema(
    [("path", pa.string()), ("label", pa.int32()), ("labels", pa.list_(pa.int32())), ("split", pa.string())]
    + [("source_url", pa.string()), ("licence", pa.string()), ("bytes", pa.int64()), ("mtime_ns", pa.int64())]
)
UNREADABLE = pa.schema([(name, pa.string()) for name in ("path", "code", "reason")] + [("bytes", pa.int64())])
UNREADABLE = UNREADABLE.append(pa.field("mtime_ns", pa.int64()))
PROBLEMS = pa.schema([(name, pa.string()) for name in ("key", "code", "reason", "value")])


def source(
    files: Mapping[str, Mapping[str, Any]],
    *,
    unreadable: Sequence[Mapping[str, Any]] = (),
    problems: Sequence[Mapping[str, Any]] = (),
    names: Sequence[str] = ("cat", "dog"),
) -> SourceState:
    """A folder with `files`: each path with what is said of it beside its size and time, labels by place in `names`."""
    rows = [{"path": path, "bytes": 100, "mtime_ns": 1, **values} for path, values in files.items()]
    return SourceState(
        task="single",
        layout="classes",
        import_options={},
        class_names=tuple(names),
        files=pa.Table.from_pylist(rows, schema=FILES),
        unreadable=pa.Table.from_pylist(list(unreadable), schema=UNREADABLE),
        label_problems=pa.Table.from_pylist(list(problems), schema=PROBLEMS),
    )
