"""A worker that is ended by a signal at some pictures: `python -m tests.support.crashing_worker FOLDER`.

CRASH_AT: names of files, at which whoever reads them crashes. CRASH_KIND: "read" for the kind's own code, "toy" for a
kind that goes through its rows one by one, and marks none of them.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from jobs.embed import job as embed
from jobs.engine import worker
from jobs.engine.folder import JobFolder
from jobs.engine.underway import watch_faults

DIM = 4


def crash_at(path: str) -> None:
    if Path(path).name in os.environ["CRASH_AT"].split(","):
        # To this thread, as a decoder's own crash is: one that the process gets may reach it when this one has gone on.
        signal.pthread_kill(threading.get_ident(), getattr(signal, os.environ.get("CRASH_BY", "SIGSEGV")))
        time.sleep(60)  # until it has come


def toy(work) -> dict[str, object]:
    """Rows of the kind embed, each looked at by itself, published ten at a time."""
    n_threads = 1
    about = {"model": "toy", "dim": DIM, "preprocess": {}, "weights_source": "", "weights_sha256": "0" * 64}
    waiting: list[dict[str, object]] = []

    def publish() -> None:
        if not waiting:
            return
        columns = {name: [row[name] for row in waiting] for name in ("image_id", "sha256")}
        flat = pa.array(np.ones(DIM * len(waiting), np.float32))
        table = pa.table(
            {
                **columns,
                "vector": pa.FixedSizeListArray.from_arrays(flat, DIM),
                "reason": pa.array([None] * len(waiting), pa.string()),
            }
        )
        work.publish(table.replace_schema_metadata({"about": json.dumps({**about, "threads": n_threads})}))
        waiting.clear()

    for piece in work.todo():
        for row in piece.to_pylist():
            crash_at(row["path"])
            waiting.append(row)
            if len(waiting) == 10:
                publish()
    publish()
    return {}


def reader(read):
    def read_or_crash(path, **options):
        crash_at(str(path))
        return read(path, **options)

    return read_or_crash


if __name__ == "__main__":
    watch_faults(JobFolder(Path(sys.argv[1])))
    if os.environ["CRASH_KIND"] == "toy":
        embed.JOB = type(embed.JOB)(**{**vars(embed.JOB), "compute": toy})
    else:
        embed.read_picture = reader(embed.read_picture)
    sys.exit(worker.run(Path(sys.argv[1])))
