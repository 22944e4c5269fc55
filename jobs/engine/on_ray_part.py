"""What a node of a Ray cluster does: one part of a job, in a folder of its own, by the same code as a packed job.

A node needs Vitrine, the pictures and the workspace at the paths that they have on the owner's machine.
"""

import os
import socket
from pathlib import Path
from typing import Any

from importers.sources import CACHE, StoreFolder, root_of
from jobs.engine.folder import JobFolder
from jobs.engine.kinds import load_kind
from jobs.engine.parts import Part, lay_out_part
from jobs.engine.underway import watch_faults
from jobs.engine.version import VERSION
from jobs.engine.worker import CORES, run

Ending = dict[str, Any]  # of a part: how it ended, what was said, and the name of the attempt's folder


def compute_on_node(job_path: str, part: Part, *, n_cores: int) -> Ending:
    """`compute_part` as the task that Ray hands to a node: `node` is its host's name and the start of its number."""
    import ray

    number = ray.get_runtime_context().get_node_id()
    return compute_part(job_path, part, n_cores=n_cores, node=f"{socket.gethostname()} ({number[:8]})")


def compute_part(job_path: str, part: Part, *, n_cores: int, node: str) -> Ending:
    """Compute a part of the job in folder `job_path`; only figures travel back, the rows lie in the attempt's folder.

    `how` is "done" with `figures`, or "failed" with `reason`, and `cannot` where no other attempt would end otherwise.
    """
    job = JobFolder(Path(job_path))
    missing = _missing_here(job, node)
    if missing:
        return {"how": "failed", "reason": missing, "cannot": False, "node": node}
    how = load_kind(job.spec().kind).in_parts
    assert how is not None  # the owner has looked
    os.environ[CORES] = str(n_cores)
    attempt = lay_out_part(job, part, how)
    watch_faults(attempt)
    run(attempt.path)
    ending = attempt.ending()
    if ending is None:
        return {"how": "failed", "reason": f"A part ended without a word on {node}.", "cannot": False, "node": node}
    word, told = ending
    if word == "done":
        return {"how": word, "figures": told, "attempt": attempt.path.name, "node": node}
    return {"how": word, **told, "node": node}


def _missing_here(job: JobFolder, node: str) -> str:
    """What this node lacks that every part needs, in a sentence; "" where it has all."""
    if not (job.path / "spec.json").is_file():
        return (
            f"The node {node} does not see {job.path}: the workspace has to lie on a path that every node of the "
            "cluster shares."
        )
    spec = job.spec()
    version = spec.code_version.partition("+")[0]
    if version != VERSION:
        return f"The node {node} has Vitrine {VERSION}, and the job is of {version}: install the same on every node."
    kind = load_kind(spec.kind)
    if kind.reads_pictures(kind.read(spec.parameters)):
        root = root_of(spec.root, Path(spec.workspace) / CACHE)
        if not isinstance(root, StoreFolder) and not root.is_dir():
            return f"The node {node} does not see {root}: the pictures have to lie on a path that every node shares."
    return ""
