"""Take published segments into the file: each with its ledger row in one transaction, each once."""

import logging
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.engine.kinds import load_kind
from jobs.engine.tracking import Tracked
from store.connection import Workspace
from store.errors import SegmentUnreadable
from store.ledger import land_segment

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


def land_published(workspace: Workspace, job: Tracked) -> None:
    """Land every segment that lies in the job's folder, in order, and clear it away.

    A segment that cannot be read is put aside as bad-<n> and counted; its rows stay to be done.
    Raises DiskFull, with nothing of that segment taken in.
    """
    for n, path in job.folder().segments():
        try:
            table = _read_segment(path)
            pa.default_memory_pool().release_unused()  # what reading took besides: segments of vectors are large
            _land_one(workspace, job, n, table)
            del table
        except UNFIT as error:
            job.n_bad_segments += 1
            os.replace(path, path.with_name(f"bad-{path.name}"))
            log.warning("%s: segment %s was put aside: %s", job.spec.id, n, error)
            continue
        path.unlink(missing_ok=True)
        pa.default_memory_pool().release_unused()


def _land_one(workspace: Workspace, job: Tracked, n: int, table: pa.Table) -> None:
    spec = job.spec
    kind = load_kind(spec.kind)
    of_kind = kind.job(spec)
    land_segment(
        workspace,
        job_id=spec.id,
        n=n,
        table=table,
        n_failed=table.num_rows - table["reason"].null_count if "reason" in table.column_names else 0,
        dataset_id=spec.dataset_id,
        land=lambda cursor, rows: kind.code().land(cursor, of_kind, rows),
    )


def _read_segment(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, page_checksum_verification=True, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise SegmentUnreadable(f"{path.name} cannot be read: {error}") from error
