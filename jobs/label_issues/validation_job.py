"""The validation job: candidates for a validation set, to be confirmed by eye. It lands whole or not at all.

Drawn from pictures whose label every method of a label check is content with; spread by medoids, class by class; with
everything that is nearly the same as a candidate, so that none of it stays in training.
"""

import math
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.projection import unusable
from analytics.validation_set import Near, Proposed, near_duplicates, propose
from analytics.wording import count
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.label_issues.validation_kind import MAX_PICTURES, MIN_PICTURES, ValidationParameters
from jobs.neighbours.job import load_vectors
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.projections import write_vectors
from store.validation import has_candidates, images_agreed, land_candidates, newest_run

VECTORS = "vectors.npy"
SPARE = 1.5  # so many candidates for each that is asked for: some are rejected
SCHEMA = pa.schema(
    [
        ("image_id", pa.int64()),
        ("label", pa.int32()),
        ("rank", pa.int32()),
        ("stands_for", pa.int32()),
        ("n_heard", pa.int8()),
        ("margin", pa.float32()),
        ("near_id", pa.int64()),
        ("cosine", pa.float32()),
        ("hamming_bits", pa.int32()),
    ]
)


def compute(work: Work[ValidationParameters]) -> Figures:
    """Choose the candidates of every class, find what is near to them, and publish all rows at once."""
    todo = pa.concat_tables(work.todo())
    parameters = work.parameters
    vectors = load_vectors(work.folder.path / VECTORS)
    labels = todo["label"].fill_null(-1).to_numpy()
    usable = np.ones(len(labels), bool)
    usable[list(unusable(vectors))] = False
    agreed = todo["agreed"].to_numpy().astype(bool) & usable
    n = math.ceil(parameters.per_class * SPARE)
    rng = np.random.default_rng(parameters.seed)
    classes = sorted(set(labels[labels >= 0].tolist()))
    proposals: list[Proposed] = []
    for done, index in enumerate(classes, start=1):
        pool = np.flatnonzero(agreed & (labels == index))
        proposals.append(propose(vectors, pool, n=n, min_cosine=parameters.min_cosine, rng=rng))
        work.report(int(0.8 * work.n_todo * done / len(classes)), message="Choosing candidates")
    chosen = np.concatenate([np.empty(0, np.int64), *(proposal.rows for proposal in proposals)])
    if not len(chosen):
        raise NothingToDo("No picture has a label that all methods agree on, so there is nothing to propose.")
    near = near_duplicates(
        chosen,
        vectors,
        hashes=todo["phash"].to_numpy().astype(np.uint64),
        min_cosine=parameters.min_cosine,
        max_bits=parameters.hamming_bits,
    )
    candidates = [_candidates(todo, proposal, label=index) for index, proposal in zip(classes, proposals, strict=True)]
    work.publish(pa.concat_tables([*candidates, _pairs(todo, chosen, near)]))
    work.report(work.n_todo, message="Chosen")
    return {
        "n_candidates": len(chosen),
        "n_agreed": int(agreed.sum()),
        "n_near": len(np.unique(near.other)),
        "per_class": {str(index): len(proposal.rows) for index, proposal in zip(classes, proposals, strict=True)},
    }


def _candidates(todo: pa.Table, proposal: Proposed, *, label: int) -> pa.Table:
    taken, n = todo.select(["image_id", "n_heard", "margin"]).take(proposal.rows), len(proposal.rows)
    columns = {name: taken[name].combine_chunks() for name in taken.column_names}
    columns |= {"label": np.full(n, label), "rank": np.arange(1, n + 1), "stands_for": proposal.stands_for}
    return _table(columns, n)


def _pairs(todo: pa.Table, chosen: np.ndarray, near: Near) -> pa.Table:
    ids = todo["image_id"].to_numpy()
    columns = {
        "image_id": ids[chosen[near.candidate]],
        "near_id": ids[near.other],
        "hamming_bits": near.bits,
        "cosine": pa.array(near.cosine, from_pandas=True),
    }
    return _table(columns, len(near.other))


def _table(columns: Mapping[str, np.ndarray | pa.Array], n: int) -> pa.Table:
    arrays = [
        pa.array(columns[field.name]).cast(field.type) if field.name in columns else pa.nulls(n, field.type)
        for field in SCHEMA
    ]
    return pa.table(arrays, schema=SCHEMA)


def prepare(
    workspace: Workspace, dataset: str, parameters: ValidationParameters, run_id: int
) -> Prepared[ValidationParameters]:
    """Draw from all pictures that a label check agreed on, or from none where the run's candidates have landed."""
    found = find_dataset(workspace, dataset)
    _require_size(parameters.per_class, n_classes=len(class_names(workspace, found.id)))
    if found.task != "single":
        raise NothingToDo(f"{found.name} gives a picture several labels; the builder is for single labels only.")
    label_run = newest_run(workspace, found.id, kind="label-issues", run_id=parameters.label_run)
    if label_run is None:
        raise NothingToDo(
            "The validation set is drawn from labels that all methods agree on, and no label check has finished yet: "
            "run one first (kind label-issues)."
        )
    space = chosen_space(workspace, found.id, name=parameters.space, kind="validation")
    todo = images_agreed(workspace, found.id, label_run=label_run)
    if has_candidates(workspace, run_id):
        todo = todo.slice(0, 0)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)

    chosen = parameters.changed(space=space.name, label_run=label_run)
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _require_size(per_class: int, *, n_classes: int) -> None:
    total = per_class * n_classes
    if not MIN_PICTURES <= total <= MAX_PICTURES:
        raise UnknownParameter(
            f"validation: per_class {per_class} makes {count(total, 'picture')} of "
            f"{count(n_classes, 'class', 'classes')}; a validation set has {MIN_PICTURES} to {MAX_PICTURES:,}."
        )


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ValidationParameters], table: pa.Table) -> None:
    """Take the candidates, and what is near to them, into the file."""
    land_candidates(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[ValidationParameters]) -> Figures:
    """Clear the vectors away."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)
    return {"space": job.parameters.space, "label_run": job.parameters.label_run}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
