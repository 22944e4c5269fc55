"""Take published segments into the file: each with its ledger row in one transaction, each once."""

import functools
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.engine.kinds import load_kind
from jobs.engine.tracking import Tracked
from store.connection import Workspace
from store.errors import SegmentUnreadable
from store.ledger import land_segments

log = logging.getLogger("vitrine.landing")
# What says that a segment's rows are wrong, not that the disk, the file or the machine is.
UNFIT = (
    SegmentUnreadable,
    duckdb.ProgrammingError,
    duckdb.DataError,
    duckdb.IntegrityError,
    pa.ArrowException,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
)


def land_published(workspace: Workspace, job: Tracked, *, waits: bool = False) -> None:
    """Land every segment that lies in the job's folder, in order, and clear it away.

    waits: segments that are too few to be landed together, as their kind asks, wait for more. A segment that cannot be
    read is put aside as bad-<n> and counted; its rows stay to be done.
    Raises DiskFull, with nothing of that segment taken in.
    """
    segments = job.folder().segments()
    together = load_kind(job.spec.kind).lands_together
    while len(segments) >= (together if waits else 1):
        group, segments = segments[:together], segments[together:]
        try:
            _land(workspace, job, group)
        except UNFIT as error:
            for segment in group:
                _land_alone(workspace, job, segment, error=error if len(group) == 1 else None)
        for _, path in group:
            path.unlink(missing_ok=True)
        pa.default_memory_pool().release_unused()


def _land_alone(workspace: Workspace, job: Tracked, segment: tuple[int, Path], *, error: Exception | None) -> None:
    """Land one of several that do not land together, or put it aside. error: what is known to be wrong with it."""
    if error is None:
        try:
            _land(workspace, job, [segment])
        except UNFIT as own:
            error = own
    if error is not None:
        n, path = segment
        job.n_bad_segments += 1
        os.replace(path, path.with_name(f"bad-{path.name}"))
        log.warning("%s: segment %s was put aside: %s", job.spec.id, n, error)


def _land(workspace: Workspace, job: Tracked, group: Sequence[tuple[int, Path]]) -> None:
    spec = job.spec
    kind = load_kind(spec.kind)
    of_kind = kind.job(spec)
    land_segments(
        workspace,
        job_id=spec.id,
        segments={n: functools.partial(_read_segment, path) for n, path in group},
        dataset_id=spec.dataset_id,
        land=lambda cursor, rows: kind.code().land(cursor, of_kind, rows),
    )


def _read_segment(path: Path) -> tuple[pa.Table, int]:
    """The rows of a segment, and how many of them failed."""
    try:
        table = pq.read_table(path, page_checksum_verification=True, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise SegmentUnreadable(f"{path.name} cannot be read: {error}") from error
    pa.default_memory_pool().release_unused()  # what reading took besides: segments of vectors are large
    return table, table.num_rows - table["reason"].null_count if "reason" in table.column_names else 0
