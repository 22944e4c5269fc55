"""The label-issues job: what several methods think of every label, which pictures lie far out, exchanged names.

It lands whole or not at all.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.detector_votes import namesakes
from analytics.errors import AnalyticsError
from analytics.label_noise import FILTERS
from analytics.out_of_fold import Predictions, in_class_order
from analytics.projection import unusable
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import chosen_space
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.label_issues.judge import Material, Recipe, judge, rows_of
from jobs.label_issues.predictions_file import read_predictions_file
from models.imagenet_names import named_shares
from store.connection import Workspace
from store.datasets import Dataset, class_names, find_dataset
from store.detections import NO_DETECTION, best_scores, detected_classes, list_detection_runs
from store.label_issues import images_to_judge, land_opinions, read_predictions
from store.neighbours import INDICES, SIMILARITIES, latest_graph, write_graph
from store.projections import write_vectors

VECTORS, ABOUT, PREDICTIONS, FOLDS = "vectors.npy", "about.npy", "predictions.npy", "folds.npy"
DETECTED = "detected.npy"
_MOST_LACKING = 0.02  # the share of pictures without neighbours from which on the graph is searched anew
DEFAULTS: dict[str, object] = {
    "space": "",
    "filter": "prune_by_class",
    "folds": 5,
    "neighbours": 90,
    "pca_dims": 256,
    "least_chance": 0.2,
    "outlier_share": 0.01,
    "predictions": "",
    "predictions_run": 0,
    "detection_run": 0,
    "detection_score": 0.3,
    "seed": 801,
    "graph_run": 0,
}


def compute(work: Work) -> dict[str, object]:
    """Judge every label and every picture, and publish all rows at once."""
    todo = pa.concat_tables(work.todo())
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    model, *classes = np.load(work.folder.path / ABOUT).tolist()
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(todo.num_rows), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be used: each is zero, or holds what is not a number.")
    material = material_of(work, todo.take(rows), np.asarray(vectors[rows]), rows=rows, model=model, classes=classes)
    judged = judge(
        material,
        recipe=recipe_of(work.parameters),
        report=lambda share, message: work.report(int(min(share, 0.999) * work.n_todo), message=message),
    )
    work.publish(rows_of(judged, todo, rows=rows, left_out=left_out))
    work.report(work.n_todo, failed=len(left_out), message="Judged")
    return judged.figures


def material_of(
    work: Work, todo: pa.Table, vectors: np.ndarray, *, rows: np.ndarray, model: str, classes: list[str]
) -> Material:
    given, seen = work.folder.path / PREDICTIONS, work.folder.path / DETECTED
    predictions = None
    if given.is_file():
        predictions = np.load(given)[rows], np.load(work.folder.path / FOLDS)[rows]
    return Material(
        vectors=vectors,
        labels=todo["label"].fill_null(-1).to_numpy().astype(np.int64),
        pixels=todo["pixel_sha256"].to_numpy(),
        hashes=todo["phash"].to_numpy().astype(np.uint64),
        classes=tuple(classes),
        predictions=predictions,
        named=named_shares(vectors, model=model, names=classes),
        detected=np.load(seen)[rows] if seen.is_file() else None,
        neighbours=_known_neighbours(work.folder.path, rows, n_images=work.n_todo),
    )


def _known_neighbours(folder: Path, rows: np.ndarray, *, n_images: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Indices and cosines (n, k) of the shared graph among `rows` (of `n_images`), or None where there is none.

    Pictures that are newer than the graph have no neighbours in it; if they are more than a few, it is not used.
    """
    if not (folder / INDICES).exists():
        return None
    indices, cosines = np.load(folder / INDICES)[rows], np.load(folder / SIMILARITIES)[rows]
    place = np.full(n_images + 1, -1, np.int32)  # its last place answers for -1
    place[rows] = np.arange(len(rows))
    indices = place[indices]
    lacking = (indices < 0).all(axis=1).mean() if indices.shape[1] else 1.0
    return (indices, np.where(indices >= 0, cosines, np.nan)) if lacking <= _MOST_LACKING else None


def recipe_of(parameters: dict[str, object]) -> Recipe:
    """The recipe in a job's parameters; raises UnknownParameter for a value out of its range."""
    given = {name: parameters[name] for name in ("folds", "neighbours", "pca_dims", "least_chance", "outlier_share")}
    if parameters["filter"] not in FILTERS:
        raise UnknownParameter(f"label-issues: filter is one of {', '.join(FILTERS)}, not {parameters['filter']!r}.")
    try:
        return Recipe(**given, filter_by=str(parameters["filter"]), seed=int(parameters["seed"]))
    except AnalyticsError as error:
        raise UnknownParameter(f"label-issues: {error}") from error


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    recipe_of(parameters)
    found = find_dataset(workspace, dataset)
    _require_single(found)
    space = chosen_space(workspace, found.id, name=str(parameters["space"]), kind="label-issues")
    todo = images_to_judge(workspace, found.id, space=space, run_id=run_id)
    names = class_names(workspace, found.id)
    if todo.num_rows and len(todo["label"].drop_null().unique()) < 2:
        raise NothingToDo("Label errors show against other classes, and fewer than two classes have labelled pictures.")
    given = _given_predictions(workspace, found.id, parameters, todo=todo, names=names)
    graph = latest_graph(workspace, found.id, space=space.name)
    detection_run, seen = _seen_by_detector(workspace, found.id, parameters, todo=todo, names=names)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        np.save(folder / ABOUT, np.array([space.model, *names]))
        if graph is not None:
            write_graph(workspace, graph.run_id, images=todo, folder=folder)
        if given is not None:
            np.save(folder / PREDICTIONS, given[0])
            np.save(folder / FOLDS, given[1])
        if seen is not None:
            np.save(folder / DETECTED, seen)

    used = {"graph_run": 0 if graph is None else graph.run_id, "detection_run": detection_run}
    chosen = {**parameters, "space": space.name, **used}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _require_single(dataset: Dataset) -> None:
    if dataset.task != "single":
        raise NothingToDo(
            f"{dataset.name} gives a picture several labels. The label check compares one label with the class a "
            "picture most likely has, which says nothing where several can be right; it is for single labels only."
        )


def _given_predictions(
    workspace: Workspace, dataset_id: int, parameters: dict[str, object], *, todo: pa.Table, names: list[str]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Probabilities (n, c) and folds (n,) of a classifier of the person's own; None where this job makes them."""
    file, run = str(parameters["predictions"]), int(parameters["predictions_run"])
    if not todo.num_rows or not (file or run):
        return None
    if file and run:
        raise UnknownParameter("label-issues: give predictions (a file) or predictions_run (a run), not both.")
    try:
        if file:
            given = read_predictions_file(Path(file).expanduser(), paths=todo["path"].to_pylist())
        else:
            given = _predictions_of_run(workspace, dataset_id, run, todo=todo, names=names)
        return in_class_order(given, classes=names), given.folds
    except AnalyticsError as error:
        raise UnknownParameter(f"label-issues: {error}") from error


def _seen_by_detector(
    workspace: Workspace, dataset_id: int, parameters: dict[str, object], *, todo: pa.Table, names: list[str]
) -> tuple[int, np.ndarray | None]:
    """The detection that is asked, and its best scores (n, c); NO_DETECTION and None where none knows a class."""
    wanted, score = int(parameters["detection_run"]), float(parameters["detection_score"])
    if not 0 <= score <= 1:
        raise UnknownParameter(f"label-issues: detection_score must lie between 0 and 1, not {score!r}.")
    if wanted == NO_DETECTION:
        return NO_DETECTION, None
    runs = [run for run in list_detection_runs(workspace, dataset_id) if wanted in (0, run.run_id)]
    if wanted and not runs:
        raise UnknownParameter(f"label-issues: run {wanted} is no finished detection of this dataset.")
    for run in runs:
        known = namesakes(names, detected=detected_classes(workspace, run.run_id))
        if known:
            ids = todo["image_id"].to_numpy()
            return run.run_id, best_scores(
                workspace, run_id=run.run_id, classes=known, score=score, image_ids=ids, n_classes=len(names)
            )
    return NO_DETECTION, None


def _predictions_of_run(
    workspace: Workspace, dataset_id: int, run_id: int, *, todo: pa.Table, names: list[str]
) -> Predictions:
    table = read_predictions(workspace, dataset_id, run_id=run_id)
    if not table.num_rows:
        raise UnknownParameter(f"label-issues: run {run_id} has no out-of-fold predictions of this dataset.")
    place = {image_id: row for row, image_id in enumerate(table["image_id"].to_pylist())}
    rows = np.array([place.get(image_id, -1) for image_id in todo["image_id"].to_pylist()])
    values = np.stack(table["probabilities"].to_numpy()).astype(np.float32)
    held = np.where((rows >= 0)[:, None], values[rows], np.nan)
    folds = np.where(rows >= 0, table["fold"].to_numpy()[rows], -1).astype(np.int32)
    return Predictions(held, tuple(names), folds)


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_opinions(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    folder = job_folder(workspace.root, spec.id).path
    for name in (VECTORS, PREDICTIONS, FOLDS, DETECTED, INDICES, SIMILARITIES):
        (folder / name).unlink(missing_ok=True)  # large, and in the file anyway
    return {"space": spec.parameters["space"]}


KIND = Kind("label-issues", COMPUTE, DEFAULTS, _prepare, _land, _finish)
