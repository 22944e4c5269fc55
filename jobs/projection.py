"""The projection job: a map of an embedding space, and how far to trust it. It lands whole or not at all."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.errors import BadParameter
from analytics.fidelity import Fidelity, fidelity
from analytics.nearest import Graph, from_cosines
from analytics.projection import Projection, Recipe, in_metric, project, unusable
from jobs.errors import NothingToDo, UnknownParameter
from jobs.folder import job_folder
from jobs.kinds import COMPUTE, Kind, Prepared
from jobs.spaces import chosen_space
from jobs.spec import JobSpec
from jobs.worker import Work
from store.connection import Workspace
from store.datasets import find_dataset
from store.neighbours import INDICES, SIMILARITIES, latest_graph, write_graph
from store.projections import images_to_project, land_points, write_vectors
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
    "graph_run": 0,
}


def compute(work: Work) -> dict[str, object]:
    """Place every usable vector, compare its neighbours, and publish all points at once."""
    recipe = recipe_of(work.parameters)
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(len(ids)), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be placed: each is zero, or holds what is not a number.")
    kept = np.asarray(vectors[rows])
    method = TITLES[recipe.method]
    work.report(0, message=f"Looking for neighbours, then {method} of {len(rows):,} points")
    graph = _known_graph(work.folder.path, rows, n_images=len(ids)) if recipe.metric == "cosine" else None
    told = _bar(work, 0.0, PLACED, f"{method} of {len(rows):,} points")
    found = project(kept, recipe=recipe, graph=graph, report=told)
    judged = fidelity(
        in_metric(kept, metric=recipe.metric), found.points, rng=np.random.default_rng(recipe.seed), graph=graph,
        report=_bar(work, PLACED, DONE, "Comparing neighbours on the map with those in the full space"),
    )  # fmt: skip
    work.publish(_table(ids, rows, found, judged, left_out))
    work.report(work.n_todo, failed=len(left_out), message="Placed")
    from_graph = graph is not None and graph.k >= found.n_neighbours
    figures = _figures(found, judged, n_points=len(rows), n_left_out=len(left_out))
    return {**figures, "graph_run": work.parameters.get("graph_run") if from_graph else None}


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
    ids: np.ndarray, rows: np.ndarray, found: Projection, judged: Fidelity, left_out: dict[int, str]
) -> pa.Table:
    """image_id, x, y, z, trust, reason: a row each image; the left out carry their reason."""
    out = list(left_out)
    nothing = pa.nulls(len(out), pa.float32())
    columns = [pa.array(found.points[:, axis]) for axis in range(found.points.shape[1])]
    columns += [pa.nulls(len(rows), pa.float32())] * (3 - len(columns))
    columns.append(pa.array(judged.kept, from_pandas=True))  # NaN becomes null
    table = {"image_id": np.concatenate([ids[rows], ids[out]]) if out else ids[rows]}
    table |= {name: pa.concat_arrays([column, nothing]) for name, column in zip("xyzt", columns, strict=True)}
    table["trust"] = table.pop("t")
    reasons = pa.array(list(left_out.values()), pa.string())
    table["reason"] = pa.concat_arrays([pa.nulls(len(rows), pa.string()), reasons])
    return pa.table(table)


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
    space = chosen_space(workspace, found.id, name=str(parameters["space"]), kind="projection")
    todo = images_to_project(workspace, found.id, space=space, run_id=run_id)
    if parameters["selection"]:
        everything = images_to_project(workspace, found.id, space=space, run_id=0)
        todo = _only(todo, workspace, found.id, name=str(parameters["selection"]), everything=everything)
    # Of a whole graph's neighbours few may be in a selection; a selection is searched anew.
    graph = None if parameters["selection"] else latest_graph(workspace, found.id, space=space.name)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        if graph is not None:
            write_graph(workspace, graph.run_id, images=todo, folder=folder)

    chosen = {**parameters, "space": space.name, "graph_run": graph.run_id if graph else 0}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


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
