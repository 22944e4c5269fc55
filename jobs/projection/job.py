"""The projection job: a map of an embedding space, and how far to trust it. It lands whole or not at all."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.fidelity import Fidelity, fidelity, stability
from analytics.nearest import Graph, from_cosines
from analytics.out_of_sample import Reference, project_new
from analytics.projection import Projection, Recipe, in_metric, project, unusable
from analytics.sampling import strata, stratified
from analytics.wording import count
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.projection.kind import ProjectionParameters
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.neighbours import INDICES, SIMILARITIES, latest_graph, write_graph
from store.projections import (
    ProjectionRun,
    images_to_project,
    land_points,
    list_projections,
    points,
    write_vectors,
)
from store.selections import find_selection, selection_images

VECTORS = "vectors.npy"
# Shares of the bar: about what each stage takes of a t-SNE of 30,000 points
PLACED, DONE = 0.75, 1.0
TITLES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
# Points that a method embeds in some minutes on two cores; of more, a sample is embedded and the rest placed
MAX_DIRECT = {"pca": 10_000_000, "tsne": 100_000, "umap": 100_000}
IN_MEMORY = 150_000
OF_THE_MAP = (*(field.name for field in dataclasses.fields(Recipe)), "space", "selection")  # newcomers follow its rules


@dataclasses.dataclass(frozen=True)
class _Plan:
    """Which rows of the vectors are embedded, and which are placed beside them.

    on_map: (n, 2 or 3) float32 points of the rows `direct` where they stand on a map already, else None.
    """

    direct: np.ndarray
    placed: np.ndarray
    on_map: np.ndarray | None
    labels: np.ndarray


def compute(work: Work[ProjectionParameters]) -> Figures:
    """Place every usable vector, compare its neighbours, and publish all points at once."""
    recipe = recipe_of(work.parameters)
    todo = pa.concat_tables(list(work.todo()))
    ids = todo["image_id"].to_numpy()
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r+")  # the job's own file: lengths may be taken out of it
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(len(ids)), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be placed: each is zero, or holds what is not a number.")
    plan = _plan(vectors, todo, rows, recipe, max_direct=work.parameters.max_direct or MAX_DIRECT[recipe.method])
    method = TITLES[recipe.method]
    work.report(0, message=f"Looking for neighbours, then {method} of {count(len(plan.direct), 'point')}")
    graph = _known_graph(work.folder.path, rows, n_images=len(ids)) if recipe.metric == "cosine" else None
    projection, steady = _embed(work, vectors, plan, recipe, graph=None if len(plan.placed) else graph)
    points = _all_points(work, vectors, rows, plan, projection, recipe)
    kept = fidelity(
        _full(vectors, rows, recipe),
        points,
        rng=np.random.default_rng(recipe.seed),
        graph=graph,
        report=_bar(work, PLACED, DONE, "Comparing neighbours on the map with those in the full space"),
    )
    work.publish(_table(ids, rows, points, kept, _at(rows, plan.direct, steady), left_out))
    work.report(work.n_todo, failed=len(left_out), message="Placed")
    from_graph = graph is not None and not len(plan.placed) and graph.k >= projection.n_neighbours
    figures = _figures(projection, kept, n_points=len(rows), n_left_out=len(left_out))
    figures |= _figures_of_plan(plan, rows, kept, steady)
    return {**figures, "graph_run": work.parameters.graph_run if from_graph else None}


def _plan(vectors: np.ndarray, todo: pa.Table, rows: np.ndarray, recipe: Recipe, *, max_direct: int) -> _Plan:
    """All rows are embedded up to `max_direct`, above it a stratified sample; on a map, only its newcomers placed."""
    labels = todo["label"].fill_null(-1).to_numpy()[rows]
    if "x" in todo.column_names:
        axes = np.column_stack([todo[axis].to_numpy() for axis in "xyz"[: recipe.dimensions]])[rows]
        stands = np.isfinite(axes).all(axis=1)
        return _Plan(rows[stands], rows[~stands], axes[stands].astype(np.float32), labels)
    if len(rows) <= max_direct:
        return _Plan(rows, rows[:0], None, labels)
    rng = np.random.default_rng(recipe.seed)
    chosen = stratified(strata(vectors, rows, labels=labels, rng=rng), n=max_direct, rng=rng)
    return _Plan(rows[chosen], np.setdiff1d(rows, rows[chosen]), None, labels)


def _embed(
    work: Work[ProjectionParameters], vectors: np.ndarray, plan: _Plan, recipe: Recipe, *, graph: Graph | None
) -> tuple[Projection, np.ndarray | None]:
    """The points of the plan's direct rows, and how steady each is: on a second map, of another seed and start."""
    if plan.on_map is not None:
        return Projection(plan.on_map, (), None, 0), None
    kept, what = np.asarray(vectors[plan.direct]), f"{TITLES[recipe.method]} of {count(len(plan.direct), 'point')}"
    twice = work.parameters.stability and recipe.method != "pca"
    until = PLACED / 2 if twice else PLACED
    projection = project(kept, recipe=recipe, graph=graph, report=_bar(work, 0.0, until, what))
    if not twice:
        return projection, None
    other = dataclasses.replace(recipe, seed=(recipe.seed + 1) % 2**31)
    bar = _bar(work, until, PLACED, f"{what} again, from another start")
    again = project(kept, recipe=other, graph=graph, random_start=True, report=bar)
    return projection, stability(projection.points, again.points)


def _all_points(
    work: Work[ProjectionParameters],
    vectors: np.ndarray,
    rows: np.ndarray,
    plan: _Plan,
    projection: Projection,
    recipe: Recipe,
) -> np.ndarray:
    """The points of `rows`, (n, dimensions) float32: those embedded, and the others put beside them."""
    if not len(plan.placed):
        return projection.points
    onto = Reference(np.asarray(vectors[plan.direct]), projection.points)
    work.report(int(PLACED * work.n_todo), message=f"Placing {len(plan.placed):,} more beside their nearest")
    points = np.empty((len(rows), recipe.dimensions), np.float32)
    points[np.searchsorted(rows, plan.direct)] = projection.points
    points[np.searchsorted(rows, plan.placed)] = project_new(vectors, plan.placed, onto=onto, recipe=recipe)
    return points


def _full(vectors: np.ndarray, rows: np.ndarray, recipe: Recipe) -> np.ndarray:
    """The vectors of `rows` as distances count; where there are very many, they stay in the job's file."""
    if len(rows) <= IN_MEMORY or len(rows) < len(vectors):
        return in_metric(vectors[rows], metric=recipe.metric)
    for first in range(0, len(vectors), 8192):
        vectors[first : first + 8192] = in_metric(vectors[first : first + 8192], metric=recipe.metric)
    return vectors


def _at(rows: np.ndarray, direct: np.ndarray, values: np.ndarray | None) -> np.ndarray:
    """`values` of the rows `direct`, in the order of `rows`; NaN for the others."""
    column = np.full(len(rows), np.nan, np.float32)
    if values is not None:
        column[np.searchsorted(rows, direct)] = values
    return column


def recipe_of(parameters: ProjectionParameters) -> Recipe:
    """The recipe in a job's parameters."""
    return Recipe(
        method=parameters.method,
        dimensions=parameters.dimensions,
        perplexity=parameters.perplexity,
        n_neighbours=parameters.n_neighbours,
        min_dist=parameters.min_dist,
        metric=parameters.metric,
        pca_dims=parameters.pca_dims,
        seed=parameters.seed,
    )


def _known_graph(folder: Path, rows: np.ndarray, *, n_images: int) -> Graph | None:
    """The shared graph among `rows` (of `n_images`), or None: where there is none, or where it lacks one of them."""
    if not (folder / INDICES).exists():
        return None
    indices, cosines = np.load(folder / INDICES), np.load(folder / SIMILARITIES)
    row_of = np.full(n_images + 1, -1, np.int64)  # its last answers for -1
    row_of[rows] = np.arange(len(rows))
    return from_cosines(row_of[indices[rows]], cosines[rows])


def _bar(work: Work[ProjectionParameters], first: float, last: float, message: str) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        share = first + (last - first) * done / max(total, 1)
        work.report(int(min(share, 0.999) * work.n_todo), message=message)

    return report


def _table(
    ids: np.ndarray,
    rows: np.ndarray,
    points: np.ndarray,
    kept: Fidelity,
    steady: np.ndarray,
    left_out: dict[int, str],
) -> pa.Table:
    """image_id, x, y, z, trust, stability, reason: a row each image; the left out carry their reason."""
    out = list(left_out)
    nothing = pa.nulls(len(out), pa.float32())
    columns = {axis: pa.array(points[:, column]) for column, axis in enumerate("xyz"[: points.shape[1]])}
    columns.setdefault("z", pa.nulls(len(rows), pa.float32()))
    columns["trust"] = pa.array(kept.kept, from_pandas=True)  # NaN becomes null
    columns["stability"] = pa.array(steady, from_pandas=True)
    table = {"image_id": np.concatenate([ids[rows], ids[out]]) if out else ids[rows]}
    table |= {name: pa.concat_arrays([column, nothing]) for name, column in columns.items()}
    reasons = pa.array(list(left_out.values()), pa.string())
    table["reason"] = pa.concat_arrays([pa.nulls(len(rows), pa.string()), reasons])
    return pa.table(table)


def _figures_of_plan(plan: _Plan, rows: np.ndarray, kept: Fidelity, steady: np.ndarray | None) -> Figures:
    """How many were embedded and how many placed, what each of them keep, and how steady the map is."""
    is_placed = np.isin(rows, plan.placed)
    return {
        "n_direct": len(plan.direct),
        "n_placed": len(plan.placed),
        "kept_of_placed": _mean(kept.kept[is_placed]),
        "kept_of_direct": _mean(kept.kept[~is_placed]),
        "stability": _mean(steady) if steady is not None else None,
    }


def _mean(values: np.ndarray) -> float | None:
    finite = values[np.isfinite(values)]
    return _rounded(float(finite.mean())) if len(finite) else None


def _figures(projection: Projection, kept: Fidelity, *, n_points: int, n_left_out: int) -> Figures:
    return {
        "n_points": n_points,
        "n_left_out": n_left_out,
        "explained": _rounded(projection.explained),
        "notes": list(projection.notes),
        "neighbours_used": projection.n_neighbours,
        "k": kept.k,
        "neighbours_kept": _rounded(kept.mean_kept),
        "kept_by_chance": _rounded(kept.chance),
        "trustworthiness": _rounded(kept.trustworthiness),
        "continuity": _rounded(kept.continuity),
        "n_sampled": kept.n_sampled,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def prepare(
    workspace: Workspace, dataset_name: str, parameters: ProjectionParameters, run_id: int
) -> Prepared[ProjectionParameters]:
    """Place all images with a vector in the space (or of the selection), or none where the run has landed.

    Onto a map that exists: by that map's own rules. Raises UnknownParameter for a map or space that is not there,
    NothingToDo where nobody is to be placed.
    """
    dataset = find_dataset(workspace, dataset_name)
    base = _base(workspace, dataset, run_id=parameters.onto) if parameters.onto else None
    if base is not None:
        parameters = parameters.changed(**{name: base.parameters[name] for name in OF_THE_MAP})
    space = chosen_space(workspace, dataset.id, name=parameters.space, kind="projection")
    todo = images_to_project(workspace, dataset.id, space=space, run_id=run_id)
    if parameters.selection:
        everything = images_to_project(workspace, dataset.id, space=space, run_id=0)
        todo = _only(todo, workspace, dataset.id, name=parameters.selection, everything=everything)
    if base is not None:
        n_newcomers = images_to_project(workspace, dataset.id, space=space, run_id=base.run_id).num_rows
        todo = _with_points(workspace, todo, base, n_newcomers=n_newcomers)
    # Of a whole graph's neighbours few may be in a selection; a selection is searched anew.
    graph = None if parameters.selection else latest_graph(workspace, dataset.id, space=space.name)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        if graph is not None:
            write_graph(workspace, graph.run_id, images=todo, folder=folder)

    chosen = parameters.changed(space=space.name, graph_run=graph.run_id if graph else 0)
    return Prepared(dataset.id, dataset.name, dataset.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _base(workspace: Workspace, dataset: Dataset, *, run_id: int) -> ProjectionRun:
    """The map that newcomers are put on; raises UnknownParameter where the dataset has no such map."""
    runs = {run.run_id: run for run in list_projections(workspace, dataset.id)}
    if run_id not in runs:
        numbers = ", ".join(str(number) for number in sorted(runs)) or "none"
        raise UnknownParameter(
            f"projection: --onto {run_id} is no map of {dataset.name!r}; its maps are runs {numbers}."
        )
    return runs[run_id]


def _with_points(workspace: Workspace, todo: pa.Table, base: ProjectionRun, *, n_newcomers: int) -> pa.Table:
    """`todo` with x, y, z of the images that stand on the map `base`; raises NothingToDo where nobody is new to it."""
    if not n_newcomers:
        raise NothingToDo(f"Every picture with a vector is on the map of run {base.run_id} already.")
    on_map, image_ids = points(workspace, base.run_id)
    ids = todo["image_id"].to_numpy()
    at = np.searchsorted(image_ids, ids).clip(max=len(image_ids) - 1)
    stands = image_ids[at] == ids
    columns = np.full((len(ids), 3), np.nan, np.float32)
    columns[stands, : on_map.shape[1]] = on_map[at[stands]]
    for axis, values in zip("xyz", columns.T, strict=True):
        todo = todo.append_column(axis, pa.array(np.ascontiguousarray(values)))
    return todo


def _only(todo: pa.Table, workspace: Workspace, dataset_id: int, *, name: str, everything: pa.Table) -> pa.Table:
    """The rows of `todo` (image_id) in a saved selection; raises NothingToDo where none of `everything` is in it."""
    selection = find_selection(workspace, dataset_id, name=name)
    chosen = selection_images(workspace, selection.id)
    if not np.isin(everything["image_id"].to_numpy(), chosen).any():
        raise NothingToDo(
            f"None of the {count(selection.n_images, 'picture')} of the selection {name!r} has a vector to place."
        )
    return todo.filter(pa.array(np.isin(todo["image_id"].to_numpy(), chosen)))


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ProjectionParameters], table: pa.Table) -> None:
    """Take points into the file."""
    land_points(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[ProjectionParameters]) -> Figures:
    """Clear the vectors and the graph away."""
    for name in (VECTORS, INDICES, SIMILARITIES):  # large, and in the file anyway
        (job_folder(workspace.root, job.spec.id).path / name).unlink(missing_ok=True)
    return {"space": job.parameters.space}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
