"""The drift job: two samples of pictures in, a row a measure, a class and a telling picture out, in one segment."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from analytics import drift
from analytics.drift import Measured
from jobs.drift.kind import DriftParameters, drifted
from jobs.drift.sides import later_and_earlier
from jobs.drift.vectors import Found, compare_vectors
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from store.connection import Workspace
from store.datasets import find_dataset
from store.drift import has_drift, images_to_compare, land_drift
from store.projections import write_vectors
from store.vectors import list_spaces

VECTORS = "vectors.npy"
_NUMBERS = ("brightness", "contrast", "sharpness", "entropy")
_SCHEMA = pa.schema(
    [
        ("measure", pa.string()),
        *((name, pa.float64()) for name in ("value", "low", "high", "p", "p_adjusted")),
        ("note", pa.string()),
        ("label", pa.int32()),
        *((name, pa.int64()) for name in ("n_before", "n_after")),
        ("why", pa.string()),
        *((name, pa.int32()) for name in ("place", "cluster")),
        *((name, pa.int64()) for name in ("image_id", "other_id")),
        ("cosine", pa.float32()),
        ("reason", pa.string()),
    ]
)


def compute(work: Work[DriftParameters]) -> Figures:
    """Measure everything there is to measure, and publish it at once."""
    todo = pa.concat_tables(list(work.todo()))
    is_later = todo["is_later"].to_numpy(zero_copy_only=False)
    rng = np.random.default_rng(work.parameters.seed)
    work.report(0, message="Comparing classes and measures")
    measured, shares = of_facts(todo, is_later, rng=rng)
    found = Found()
    path = work.folder.path / VECTORS
    if path.is_file():
        sampled = todo.filter(todo["sampled"])
        found = compare_vectors(
            np.load(path, mmap_mode="r"),
            sampled,
            parameters=work.parameters,
            rng=rng,
            report=lambda message: work.report(0, message=message),
        )
    rows = measure_rows({**measured, **found.measured}, notes=found.notes)
    work.publish(pa.Table.from_pylist([*rows, *shares, *found.pictures], schema=_SCHEMA))
    work.report(work.n_todo, message="Compared")
    return {
        "drifted": [
            row["measure"] for row in rows if drifted(row["measure"], value=row["value"], p_adjusted=row["p_adjusted"])
        ],
        "n_measures": len(rows),
        "n_before": int((~is_later).sum()),
        "n_after": int(is_later.sum()),
        "n_new_clusters": found.n_clusters,
    }


def of_facts(
    todo: pa.Table, is_later: np.ndarray, *, rng: np.random.Generator
) -> tuple[dict[str, Measured], list[dict[str, Any]]]:
    """The measures that need no vectors, by name, and a row a class.

    Numbers that are not there, or the same in all, are left out.
    """
    measured: dict[str, Measured] = {}
    shares: list[dict[str, Any]] = []
    labels = todo["label"].to_numpy(zero_copy_only=False)
    if (labels >= 0).any():
        size = int(labels.max()) + 2
        before, after = (np.bincount(labels[side] + 1, minlength=size) for side in (~is_later, is_later))
        measured["class_shares"] = drift.class_shares(before, after, rng=rng)
        shares = [
            {"label": index - 1, "n_before": int(before[index]), "n_after": int(after[index])}
            for index in np.flatnonzero(before + after).tolist()
        ]
    width, height = (todo[name].fill_null(0).to_numpy().astype(np.float64) for name in ("width", "height"))
    numbers = {name: todo[name].cast(pa.float64()).fill_null(np.nan).to_numpy() for name in _NUMBERS}
    has_sides = (width > 0) & (height > 0)
    numbers["size"] = np.where(has_sides, width * height, np.nan)
    numbers["shape"] = np.where(has_sides, width / np.maximum(height, 1), np.nan)
    for name, values in numbers.items():
        known = np.isfinite(values)
        n_known = min((known & is_later).sum(), (known & ~is_later).sum())
        if n_known >= drift.LEAST and np.ptp(values[known]) > 0:  # what never varies says nothing, and costs the others
            measured[name] = drift.one_number(values[~is_later], values[is_later])
    return measured, shares


def measure_rows(measured: dict[str, Measured], *, notes: dict[str, str]) -> list[dict[str, Any]]:
    """A row a measure, with all p adjusted together."""
    rows = []
    for (name, each), p in zip(measured.items(), drift.adjusted(list(measured.values())), strict=True):
        ends = {end: None if np.isnan(value) else value for end, value in (("low", each.low), ("high", each.high))}
        counts = {"n_before": each.n_before, "n_after": each.n_after}
        values = {"measure": name, "value": each.value, "p": each.p, "p_adjusted": p, "note": notes.get(name, "")}
        rows.append({**values, **ends, **counts})
    return rows


def prepare(workspace: Workspace, dataset: str, parameters: DriftParameters, run_id: int) -> Prepared[DriftParameters]:
    """Both sides' pictures, or none where the run has landed."""
    found = find_dataset(workspace, dataset)
    images = images_to_compare(workspace, found.id)
    later, earlier, lately = later_and_earlier(images, parameters)
    labels = images["label"].fill_null(-1).to_numpy()
    if found.task != "single":
        labels = np.full(images.num_rows, -1)
    rng = np.random.default_rng(parameters.seed)
    sampled = np.zeros(images.num_rows, bool)
    for side in (later, earlier):
        sampled[rng.permutation(np.flatnonzero(side))[: parameters.sample]] = True
    facts = images.drop_columns(["label", "split", "import_run", "imported_on"])
    for name, column in {"label": labels.astype(np.int32), "is_later": later, "sampled": sampled}.items():
        facts = facts.append_column(name, pa.array(column))
    todo = facts.filter(pa.array(later | earlier))
    if has_drift(workspace, run_id):
        todo = todo.slice(0, 0)  # a comparison is one whole
    spaces = list_spaces(workspace, found.id)
    space = (
        chosen_space(workspace, found.id, name=parameters.space, kind="drift") if spaces or parameters.space else None
    )

    def write_inputs(folder: Path) -> None:
        if space is not None and todo.num_rows:
            write_vectors(workspace, space, images=todo.filter(todo["sampled"]), path=folder / VECTORS)

    chosen = parameters.changed(lately=lately, space="" if space is None else space.name)
    return Prepared(
        found.id,
        found.name,
        found.root,
        todo,
        chosen,
        model=None if space is None else space.name,
        write_inputs=write_inputs,
    )


def land(cursor: duckdb.DuckDBPyConnection, job: Job[DriftParameters], table: pa.Table) -> None:
    """Take the whole comparison into the file."""
    land_drift(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[DriftParameters]) -> Figures:
    """Clear the vectors away."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    return {"by": job.parameters.by, "lately": job.parameters.lately}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
