"""The validation job: candidates for a validation set, to be confirmed by eye. It lands whole or not at all.

Drawn from pictures whose label every method of a label check is content with; spread by medoids, class by class; with
everything that is nearly the same as a candidate, so that none of it stays in training.
"""

import math
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.projection import unusable
from analytics.validation_set import near_duplicates, propose
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import chosen_space
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.neighbours.job import load_vectors
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.projections import write_vectors
from store.validation import has_candidates, images_agreed, land_candidates, newest_run

VECTORS = "vectors.npy"
LEAST, MOST = 10, 1_000  # pictures of a validation set, as the course has it
SPARE = 1.5  # so many candidates for each that is wanted: some are rejected
DEFAULTS: dict[str, object] = {
    "space": "",
    "per_class": 50,
    "label_run": 0,
    "min_cosine": 0.95,
    "hamming_bits": 4,
    "seed": 801,
}
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


def compute(work: Work) -> dict[str, object]:
    """Choose the candidates of every class, find what is near to them, and publish all rows at once."""
    todo = pa.concat_tables(work.todo())
    wanted = work.parameters
    vectors = load_vectors(work.folder.path / VECTORS)
    labels = todo["label"].fill_null(-1).to_numpy()
    usable = np.ones(len(labels), bool)
    usable[list(unusable(vectors))] = False
    agreed = todo["agreed"].to_numpy().astype(bool) & usable
    n = math.ceil(int(wanted["per_class"]) * SPARE)
    rng = np.random.default_rng(int(wanted["seed"]))
    classes = sorted(set(labels[labels >= 0].tolist()))
    parts, rows = [], []
    for place, index in enumerate(classes):
        pool = np.flatnonzero(agreed & (labels == index))
        found = propose(vectors, pool, n=n, min_cosine=float(wanted["min_cosine"]), rng=rng)
        parts.append(_candidates(todo, found.rows, found.stands_for, label=index))
        rows.append(found.rows)
        work.report(int(0.8 * work.n_todo * (place + 1) / len(classes)), message="Choosing candidates")
    chosen = np.concatenate(rows) if rows else np.empty(0, np.int64)
    if not len(chosen):
        raise NothingToDo("No picture has a label that all methods agree on, so there is nothing to propose.")
    near = near_duplicates(
        chosen,
        vectors,
        hashes=todo["phash"].to_numpy().astype(np.uint64),
        min_cosine=float(wanted["min_cosine"]),
        most_bits=int(wanted["hamming_bits"]),
    )
    ids = todo["image_id"].to_numpy()
    pairs = {
        "image_id": ids[chosen[near.candidate]],
        "near_id": ids[near.other],
        "hamming_bits": near.bits,
        "cosine": pa.array(near.cosine, from_pandas=True),
    }
    work.publish(pa.concat_tables([*parts, _table(pairs, len(near.other))]))
    work.report(work.n_todo, message="Chosen")
    return {
        "n_candidates": len(chosen),
        "n_agreed": int(agreed.sum()),
        "n_near": len(np.unique(near.other)),
        "per_class": {str(index): len(found) for index, found in zip(classes, rows, strict=True)},
    }


def _candidates(todo: pa.Table, rows: np.ndarray, stands_for: np.ndarray, *, label: int) -> pa.Table:
    taken = todo.select(["image_id", "n_heard", "margin"]).take(rows)
    columns = {name: taken[name].combine_chunks() for name in taken.column_names}
    columns |= {"label": np.full(len(rows), label), "rank": np.arange(1, len(rows) + 1), "stands_for": stands_for}
    return _table(columns, len(rows))


def _table(columns: dict[str, object], n: int) -> pa.Table:
    arrays = [
        pa.array(columns[field.name]).cast(field.type) if field.name in columns else pa.nulls(n, field.type)
        for field in SCHEMA
    ]
    return pa.table(arrays, schema=SCHEMA)


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    n_classes = len(class_names(workspace, found.id))
    _check(parameters, n_classes=n_classes)
    if found.task != "single":
        raise NothingToDo(f"{found.name} gives a picture several labels; the builder is for single labels only.")
    label_run = newest_run(workspace, found.id, kind="label-issues", run_id=int(parameters["label_run"]))
    if label_run is None:
        raise NothingToDo(
            "The validation set is drawn from labels that all methods agree on, and no label check has finished "
            "yet: run "
            "one first (kind label-issues)."
        )
    space = chosen_space(workspace, found.id, name=str(parameters["space"]), kind="validation")
    todo = images_agreed(workspace, found.id, label_run=label_run)
    if has_candidates(workspace, run_id):
        todo = todo.slice(0, 0)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)

    chosen = {**parameters, "space": space.name, "label_run": label_run}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _check(wanted: dict[str, object], *, n_classes: int) -> None:
    total = int(wanted["per_class"]) * n_classes
    if int(wanted["per_class"]) < 1 or not LEAST <= total <= MOST:
        raise UnknownParameter(
            f"validation: per_class {wanted['per_class']} makes {total:,} pictures of {n_classes} classes; a "
            "validation set "
            f"has {LEAST} to {MOST:,}."
        )
    if not 0.5 <= float(wanted["min_cosine"]) <= 1 or not 0 <= int(wanted["hamming_bits"]) <= 16:
        raise UnknownParameter("validation: min_cosine must lie between 0.5 and 1 and hamming_bits between 0 and 16.")


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_candidates(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    (job_folder(workspace.root, spec.id).path / VECTORS).unlink(missing_ok=True)
    return {"space": spec.parameters["space"], "label_run": spec.parameters["label_run"]}


KIND = Kind("validation", COMPUTE, DEFAULTS, _prepare, _land, _finish)
