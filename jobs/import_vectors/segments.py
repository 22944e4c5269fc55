"""What an import of features hands to the owner: rows in segments, and what was seen of each file."""

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from analytics.wording import count
from jobs.engine.worker import Work
from jobs.import_vectors.checks import Checker, FileChecks, Taken
from jobs.import_vectors.kind import ImportVectorsParameters

# A sixth of what DuckDB writes at once (122,880 rows); six land together (kind.py). Of less, each checkpoint writes the
# last ones again; of more, the worker and the owner hold it all (docs/decisions.md).
SEGMENT_ROWS = 20_480
SEGMENT_BYTES = 128 << 20
ROWS, CHECKS = "rows", "checks"  # what a segment holds
COUNTED = (
    ("n_repeated", "n_conflicting", "n_not_finite", "n_without_id", "n_unmatched", "n_without_label")
    + ("n_unknown_label", "n_bad_lines")
)  # fmt: skip


class Publisher:
    """Gathers rows into segments; of a dataset of pictures with the id and the hash of each picture."""

    def __init__(self, work: Work[ImportVectorsParameters], pictures: pa.Table | None) -> None:
        self._work = work
        self._waiting: list[Taken] = []
        self._place = None if pictures is None else {path: n for n, path in enumerate(pictures["path"].to_pylist())}
        self._pictures = pictures
        self._thread = ThreadPoolExecutor(1)  # the next rows are read while a segment is written
        self._writing: Future[None] | None = None

    def add(self, taken: Taken) -> None:
        """Keep rows until there are enough of them."""
        while len(taken.ids):
            room = self._room(taken.vectors.shape[1])
            self._waiting.append(taken.first(room))
            taken = taken.after(room)
            if self._room(self._waiting[-1].vectors.shape[1]) == 0:
                self.flush()

    def _room(self, dim: int) -> int:
        """How many more rows the next segment takes."""
        most = max(1, min(SEGMENT_ROWS, SEGMENT_BYTES // (4 * dim)))
        return most - sum(len(part.ids) for part in self._waiting)

    def flush(self) -> None:
        """Begin to publish what waits."""
        parts = [part for part in self._waiting if part.ids]
        self._waiting = []
        if not parts:
            return
        dim = parts[0].vectors.shape[1]
        ids = [one for part in parts for one in part.ids]
        columns: dict[str, pa.Array | pa.ChunkedArray] = {}
        if self._pictures is None or self._place is None:
            columns |= {
                "vector": pa.chunked_array([_as_bytes(part.vectors) for part in parts]),
                "path": pa.array(ids, pa.string()),
                "label": pa.array([one for part in parts for one in part.labels], pa.string()),
                "split": pa.array([one for part in parts for one in part.splits], pa.string()),
                "sha256": pa.array([one for part in parts for one in part.digests], pa.string()),
            }
        else:
            rows = self._pictures.take(pa.array([self._place[one] for one in ids]))
            lists = [pa.FixedSizeListArray.from_arrays(pa.array(part.vectors.ravel()), dim) for part in parts]
            columns["vector"] = pa.chunked_array(lists)
            columns |= {
                "image_id": rows["image_id"],
                "sha256": rows["sha256"],
                "reason": pa.nulls(len(ids), pa.string()),
            }
        table = pa.table(columns).replace_schema_metadata({"about": json.dumps(self._about(dim))})
        self._wait()
        self._writing = self._thread.submit(self._publish, table)

    def finish(self) -> None:
        """Publish what waits, and wait until it is written."""
        self.flush()
        self._wait()
        self._thread.shutdown()

    def _publish(self, table: pa.Table) -> None:
        self._work.publish(table)
        del table
        pa.default_memory_pool().release_unused()

    def _wait(self) -> None:
        """Wait for the segment that is being written; raises what befell it."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _about(self, dim: int) -> dict[str, object]:
        parameters = self._work.parameters
        return {
            "holds": ROWS,
            "of_pictures": self._pictures is not None,
            "model": parameters.model or "computed elsewhere",
            "dim": dim,
            "preprocess": {},
            "weights_source": f"features imported from {Path(parameters.files).name}",
            "weights_sha256": f"imported {parameters.model}".strip(),
        }


def _as_bytes(vectors: np.ndarray) -> pa.Array:
    """Vectors (n, d) float32 as fixed_size_binary, which is written and read several times faster than lists."""
    whole = np.ascontiguousarray(vectors, "<f4")
    n, dim = whole.shape
    return pa.Array.from_buffers(pa.binary(4 * dim), n, [None, pa.py_buffer(whole)])


def checks_table(seen: Sequence[FileChecks], checker: Checker) -> pa.Table:
    """What was seen: a row a file, and a row a listed problem (row and key given)."""
    files = [{**asdict(one), "n": n} for n, one in enumerate(seen)]
    problems = [{"file": one.file, "row": one.row, "key": one.key, "reason": one.reason} for one in checker.problems]
    numbers = [name for name in asdict(FileChecks("")) if name.startswith("n_")]
    schema = pa.schema(
        [("n", pa.int32()), ("file", pa.string()), *((name, pa.int64()) for name in numbers)]
        + [("reading", pa.string()), ("problem", pa.string()), ("row", pa.int64()), ("key", pa.string())]
        + [("reason", pa.string())]
    )
    table = pa.Table.from_pylist([*files, *problems], schema=schema).rename_columns(
        [name if name != "reason" else "row_reason" for name in schema.names]  # `reason` counts as a failed row
    )
    return table.replace_schema_metadata({"about": json.dumps({"holds": CHECKS})})


def checks_line(checks: FileChecks) -> str:
    """A file's checks as a line of the log."""
    if checks.problem:
        return f"{checks.file}: not read to its end. {checks.problem}"
    words = [f"{count(checks.n_rows, 'row')} x {count(checks.n_features, 'feature')}, {checks.n_taken:,} taken"]
    words += [f"{getattr(checks, name):,} {name[2:].replace('_', ' ')}" for name in COUNTED if getattr(checks, name)]
    if checks.n_constant:
        words.append(f"{checks.n_constant:,} constant")
    return f"{checks.file}: {', '.join(words)}"
