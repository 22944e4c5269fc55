"""Validation sets: what one is drawn from, its candidates, and what was said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.decisions import Act, Decided, decide
from store.statements import sql


@dataclass(frozen=True)
class Candidate:
    """A picture proposed for the validation set. stands_for: pictures of its cluster; n_near: near duplicates of it.

    confirmed: None until somebody has looked. usable: still kept, with the label it was proposed with.
    """

    image_id: int
    sha256: str
    path: str
    label: int
    rank: int
    stands_for: int
    n_heard: int
    margin: float | None
    n_near: int
    confirmed: bool | None
    usable: bool


def images_agreed(workspace: Workspace, dataset_id: int, *, label_run: int) -> pa.Table:
    """image_id, label, n_heard, margin, agreed, pixel_sha256, phash of the kept images, judged by a label check."""
    return workspace.read("images_agreed", dataset_id=dataset_id, label_run=label_run)


def newest_run(workspace: Workspace, dataset_id: int, *, kind: str, run_id: int = 0) -> int | None:
    """The newest complete run of `kind` (or `run_id`, if it is one of this dataset); None where there is none."""
    return workspace.value("run_of_kind", int, dataset_id=dataset_id, kind=kind, run_id=run_id)


def land_candidates(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take candidates (near_id null) and their near duplicates (near_id given) into the open transaction."""
    cursor.register("incoming", table)
    cursor.execute(sql("insert_validation_candidates"), {"run_id": run_id})
    cursor.execute(sql("insert_validation_near"), {"run_id": run_id})


def has_candidates(workspace: Workspace, run_id: int) -> bool:
    """Whether the run's candidates are in the file."""
    return workspace.count("count_validation_candidates", run_id=run_id) > 0


def list_candidates(workspace: Workspace, dataset_id: int, *, run_id: int) -> list[Candidate]:
    """A run's candidates, by class and rank."""
    return workspace.all("validation_candidates", Candidate, dataset_id=dataset_id, run_id=run_id)


def answer(
    workspace: Workspace, dataset_id: int, *, run_id: int, candidates: Sequence[Candidate], confirmed: bool, who: str
) -> Decided:
    """Save at once that candidates were looked at and confirmed (act keep) or rejected (act flag), as one batch."""
    reason = "confirmed for the validation set" if confirmed else "rejected for the validation set"
    acts = [
        Act(
            one.image_id,
            "keep" if confirmed else "flag",
            reason=reason,
            evidence={"validation_run": run_id, "label": one.label, "margin": one.margin, "n_heard": one.n_heard},
        )
        for one in candidates
    ]
    return decide(workspace, dataset_id, acts, who=who)
