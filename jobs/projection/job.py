"""The projection job: a map of an embedding space, and how far to trust it. It lands whole or not at all."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.errors import BadParameter
from analytics.fidelity import Fidelity, fidelity, stability
from analytics.nearest import Graph, from_cosines
from analytics.out_of_sample import Reference, project_new
from analytics.projection import Projection, Recipe, in_metric, project, unusable
from analytics.sampling import strata, stratified
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import chosen_space
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
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
DEFAULTS: dict[str, object] = {
    "method": "tsne",
    "space": "",
    "dimensions": 2,
    "perplexity": 30.0,
    "n_neighbours": 15,
    "min_dist": 0.1,
    "metric": "cosine",
    "pca_dims": 50,
    "seed": 801,
    "selection": "",
    "most_direct": 0,
    "stability": False,
    "onto": 0,
    "graph_run": 0,
}
# Points that a method embeds in some minutes on two cores; of more, a sample is embedded and the rest placed
MOST_DIRECT = {"pca": 10_000_000, "tsne": 100_000, "umap": 100_000}
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


def compute(work: Work) -> dict[str, object]:
    """Place every usable vector, compare its neighbours, and publish all points at once."""
    recipe = recipe_of(work.parameters)
    todo = pa.concat_tables(list(work.todo()))
    ids = todo["image_id"].to_numpy()
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r+")  # the job's own file: lengths may be taken out of it
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(len(ids)), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be placed: each is zero, or holds what is not a number.")
    plan = _plan(vectors, todo, rows, recipe, most=int(work.parameters["most_direct"]) or MOST_DIRECT[recipe.method])
    method = TITLES[recipe.method]
    work.report(0, message=f"Looking for neighbours, then {method} of {len(plan.direct):,} points")
    graph = _known_graph(work.folder.path, rows, n_images=len(ids)) if recipe.metric == "cosine" else None
    found, steady = _embed(work, vectors, plan, recipe, graph=None if len(plan.placed) else graph)
    points = _all_points(work, vectors, rows, plan, found, recipe)
    judged = fidelity(
        _full(vectors, rows, recipe),
        points,
        rng=np.random.default_rng(recipe.seed),
        graph=graph,
        report=_bar(work, PLACED, DONE, "Comparing neighbours on the map with those in the full space"),
    )
    work.publish(_table(ids, rows, points, judged, _at(rows, plan.direct, steady), left_out))
    work.report(work.n_todo, failed=len(left_out), message="Placed")
    from_graph = graph is not None and not len(plan.placed) and graph.k >= found.n_neighbours
    figures = _figures(found, judged, n_points=len(rows), n_left_out=len(left_out))
    figures |= _figures_of_plan(plan, rows, judged, steady)
    return {**figures, "graph_run": work.parameters.get("graph_run") if from_graph else None}


def _plan(vectors: np.ndarray, todo: pa.Table, rows: np.ndarray, recipe: Recipe, *, most: int) -> _Plan:
    """All rows are embedded up to `most`, above it a stratified sample; on a known map, only its newcomers placed."""
    labels = todo["label"].fill_null(-1).to_numpy()[rows]
    if "x" in todo.column_names:
        axes = np.column_stack([todo[axis].to_numpy() for axis in "xyz"[: recipe.dimensions]])[rows]
        known = np.isfinite(axes).all(axis=1)
        return _Plan(rows[known], rows[~known], axes[known].astype(np.float32), labels)
    if len(rows) <= most:
        return _Plan(rows, rows[:0], None, labels)
    rng = np.random.default_rng(recipe.seed)
    chosen = stratified(strata(vectors, rows, labels=labels, rng=rng), n=most, rng=rng)
    return _Plan(rows[chosen], np.setdiff1d(rows, rows[chosen]), None, labels)


def _embed(
    work: Work, vectors: np.ndarray, plan: _Plan, recipe: Recipe, *, graph: Graph | None
) -> tuple[Projection, np.ndarray | None]:
    """The points of the plan's direct rows, and how steady each is: on a second map, of another seed and start."""
    if plan.on_map is not None:
        return Projection(plan.on_map, (), None, 0), None
    kept, what = np.asarray(vectors[plan.direct]), f"{TITLES[recipe.method]} of {len(plan.direct):,} points"
    twice = bool(work.parameters["stability"]) and recipe.method != "pca"
    until = PLACED / 2 if twice else PLACED
    found = project(kept, recipe=recipe, graph=graph, report=_bar(work, 0.0, until, what))
    if not twice:
        return found, None
    other = dataclasses.replace(recipe, seed=(recipe.seed + 1) % 2**31)
    told = _bar(work, until, PLACED, f"{what} again, from another start")
    again = project(kept, recipe=other, graph=graph, random_start=True, report=told)
    return found, stability(found.points, again.points)


def _all_points(
    work: Work, vectors: np.ndarray, rows: np.ndarray, plan: _Plan, found: Projection, recipe: Recipe
) -> np.ndarray:
    """The points of `rows`, (n, dimensions) float32: those embedded, and the others put beside them."""
    if not len(plan.placed):
        return found.points
    onto = Reference(np.asarray(vectors[plan.direct]), found.points)
    work.report(int(PLACED * work.n_todo), message=f"Placing {len(plan.placed):,} more beside their nearest")
    points = np.empty((len(rows), recipe.dimensions), np.float32)
    points[np.searchsorted(rows, plan.direct)] = found.points
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
    found = np.full(len(rows), np.nan, np.float32)
    if values is not None:
        found[np.searchsorted(rows, direct)] = values
    return found


def recipe_of(parameters: dict[str, object]) -> Recipe:
    """The recipe in a job's parameters; raises UnknownParameter for a value out of its range."""
    names = [field.name for field in dataclasses.fields(Recipe)]
    try:
        return Recipe(**{name: parameters[name] for name in names})
    except BadParameter as error:
        raise UnknownParameter(f"projection: {error}") from error


def _known_graph(folder: Path, rows: np.ndarray, *, n_images: int) -> Graph | None:
    """The shared graph among `rows` (of `n_images`), or None: where there is none, or where it lacks one of them."""
    if not (folder / INDICES).exists():
        return None
    indices, cosines = np.load(folder / INDICES), np.load(folder / SIMILARITIES)
    place = np.full(n_images + 1, -1, np.int64)  # its last answers for -1
    place[rows] = np.arange(len(rows))
    return from_cosines(place[indices[rows]], cosines[rows])


def _bar(work: Work, first: float, last: float, message: str) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        share = first + (last - first) * done / max(total, 1)
        work.report(int(min(share, 0.999) * work.n_todo), message=message)

    return report


def _table(
    ids: np.ndarray,
    rows: np.ndarray,
    points: np.ndarray,
    judged: Fidelity,
    steady: np.ndarray,
    left_out: dict[int, str],
) -> pa.Table:
    """image_id, x, y, z, trust, stability, reason: a row each image; the left out carry their reason."""
    out = list(left_out)
    nothing = pa.nulls(len(out), pa.float32())
    columns = {axis: pa.array(points[:, place]) for place, axis in enumerate("xyz"[: points.shape[1]])}
    columns.setdefault("z", pa.nulls(len(rows), pa.float32()))
    columns["trust"] = pa.array(judged.kept, from_pandas=True)  # NaN becomes null
    columns["stability"] = pa.array(steady, from_pandas=True)
    table = {"image_id": np.concatenate([ids[rows], ids[out]]) if out else ids[rows]}
    table |= {name: pa.concat_arrays([column, nothing]) for name, column in columns.items()}
    reasons = pa.array(list(left_out.values()), pa.string())
    table["reason"] = pa.concat_arrays([pa.nulls(len(rows), pa.string()), reasons])
    return pa.table(table)


def _figures_of_plan(plan: _Plan, rows: np.ndarray, judged: Fidelity, steady: np.ndarray | None) -> dict[str, object]:
    """How many were embedded and how many placed, what each of them keep, and how steady the map is."""
    is_placed = np.isin(rows, plan.placed)
    return {
        "n_direct": len(plan.direct),
        "n_placed": len(plan.placed),
        "kept_of_placed": _mean(judged.kept[is_placed]),
        "kept_of_direct": _mean(judged.kept[~is_placed]),
        "stability": _mean(steady) if steady is not None else None,
    }


def _mean(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return _rounded(float(known.mean())) if len(known) else None


def _figures(found: Projection, judged: Fidelity, *, n_points: int, n_left_out: int) -> dict[str, object]:
    return {
        "n_points": n_points,
        "n_left_out": n_left_out,
        "explained": _rounded(found.explained),
        "notes": list(found.notes),
        "neighbours_used": found.n_neighbours,
        "k": judged.k,
        "neighbours_kept": _rounded(judged.mean_kept),
        "kept_by_chance": _rounded(judged.chance),
        "trustworthiness": _rounded(judged.trustworthiness),
        "continuity": _rounded(judged.continuity),
        "n_sampled": judged.n_sampled,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    recipe_of(parameters)
    found = find_dataset(workspace, dataset)
    base = _base(workspace, found, run_id=int(parameters["onto"])) if parameters["onto"] else None
    if base is not None:
        parameters = {**parameters, **{name: base.parameters[name] for name in OF_THE_MAP}}
    space = chosen_space(workspace, found.id, name=str(parameters["space"]), kind="projection")
    todo = images_to_project(workspace, found.id, space=space, run_id=run_id)
    if parameters["selection"]:
        everything = images_to_project(workspace, found.id, space=space, run_id=0)
        todo = _only(todo, workspace, found.id, name=str(parameters["selection"]), everything=everything)
    if base is not None:
        n_newcomers = images_to_project(workspace, found.id, space=space, run_id=base.run_id).num_rows
        todo = _with_points(workspace, todo, base, n_newcomers=n_newcomers)
    # Of a whole graph's neighbours few may be in a selection; a selection is searched anew.
    graph = None if parameters["selection"] else latest_graph(workspace, found.id, space=space.name)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        if graph is not None:
            write_graph(workspace, graph.run_id, images=todo, folder=folder)

    chosen = {**parameters, "space": space.name, "graph_run": graph.run_id if graph else 0}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _base(workspace: Workspace, dataset: Dataset, *, run_id: int) -> ProjectionRun:
    """The map that newcomers are put on; raises UnknownParameter where the dataset has no such map."""
    runs = {run.run_id: run for run in list_projections(workspace, dataset.id)}
    if run_id not in runs:
        known = ", ".join(str(number) for number in sorted(runs)) or "none"
        raise UnknownParameter(f"projection: --onto {run_id} is no map of {dataset.name!r}; its maps are runs {known}.")
    return runs[run_id]


def _with_points(workspace: Workspace, todo: pa.Table, base: ProjectionRun, *, n_newcomers: int) -> pa.Table:
    """`todo` with x, y, z of the images that stand on the map `base`; raises NothingToDo where nobody is new to it."""
    if not n_newcomers:
        raise NothingToDo(f"Every picture with a vector is on the map of run {base.run_id} already.")
    places, image_ids = points(workspace, base.run_id)
    ids = todo["image_id"].to_numpy()
    at = np.searchsorted(image_ids, ids).clip(max=len(image_ids) - 1)
    stands = image_ids[at] == ids
    columns = np.full((len(ids), 3), np.nan, np.float32)
    columns[stands, : places.shape[1]] = places[at[stands]]
    for axis, values in zip("xyz", columns.T, strict=True):
        todo = todo.append_column(axis, pa.array(np.ascontiguousarray(values)))
    return todo


def _only(todo: pa.Table, workspace: Workspace, dataset_id: int, *, name: str, everything: pa.Table) -> pa.Table:
    """The rows of `todo` (image_id) in a saved selection; raises NothingToDo where none of `everything` is in it."""
    selection = find_selection(workspace, dataset_id, name=name)
    chosen = selection_images(workspace, selection.id)
    if not np.isin(everything["image_id"].to_numpy(), chosen).any():
        raise NothingToDo(f"None of the {selection.n_images} pictures of the selection {name!r} has a vector to place.")
    return todo.filter(pa.array(np.isin(todo["image_id"].to_numpy(), chosen)))


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_points(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    for name in (VECTORS, INDICES, SIMILARITIES):  # large, and in the file anyway
        (job_folder(workspace.root, spec.id).path / name).unlink(missing_ok=True)
    return {"space": spec.parameters["space"]}


KIND = Kind("projection", COMPUTE, DEFAULTS, _prepare, _land, _finish)
