"""What a label check is made of: found in the file by the owner, left in the job's folder, read there by the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from analytics.detector_votes import namesakes
from analytics.projection import unusable
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.label_issues.judge import Material
from jobs.label_issues.kind import CheckParameters
from models.imagenet_names import named_shares
from store.connection import Workspace
from store.datasets import Dataset, class_names, find_dataset
from store.detections import NO_DETECTION, best_scores, detected_classes, list_detection_runs
from store.label_issues import images_to_judge
from store.neighbours import INDICES, SIMILARITIES, latest_graph, write_graph
from store.projections import write_vectors
from store.vectors import Space

VECTORS, ABOUT, PREDICTIONS, FOLDS = "vectors.npy", "about.npy", "predictions.npy", "folds.npy"
DETECTED = "detected.npy"
FILES = (VECTORS, PREDICTIONS, FOLDS, DETECTED, INDICES, SIMILARITIES)  # all of them large, and in the file anyway
P = TypeVar("P", bound=CheckParameters)
_MAX_LACKING = 0.02  # the share of pictures without neighbours from which on the graph is searched anew


@dataclass(frozen=True)
class Inputs:
    """What a check is made of, as the owner finds it in the file. names: of the classes, by index.

    graph_run: the run of the neighbour graph; detection_run, detected: the detection that is asked, and its best scores
    (n, c). 0, or NO_DETECTION and None, where there is none.
    """

    dataset: Dataset
    space: Space
    todo: pa.Table
    names: list[str]
    graph_run: int
    detection_run: int
    detected: np.ndarray | None

    def chosen(self) -> dict[str, object]:
        """The parameters that were chosen for the person."""
        return {"space": self.space.name, "graph_run": self.graph_run, "detection_run": self.detection_run}

    def write(self, workspace: Workspace, folder: Path) -> None:
        """Leave them in a job's folder."""
        write_vectors(workspace, self.space, images=self.todo, path=folder / VECTORS)
        np.save(folder / ABOUT, np.array([self.space.model, *self.names]))
        if self.graph_run:
            write_graph(workspace, self.graph_run, images=self.todo, folder=folder)
        if self.detected is not None:
            np.save(folder / DETECTED, self.detected)


def inputs_of(workspace: Workspace, dataset_name: str, parameters: CheckParameters, *, run_id: int) -> Inputs:
    """What a label check is made of; raises NothingToDo, UnknownParameter."""
    dataset = find_dataset(workspace, dataset_name)
    _require_single(dataset)
    space = chosen_space(workspace, dataset.id, name=parameters.space, kind="label-issues")
    todo = images_to_judge(workspace, dataset.id, space=space, run_id=run_id)
    names = class_names(workspace, dataset.id)
    if todo.num_rows and len(todo["label"].drop_null().unique()) < 2:
        raise NothingToDo("Label errors show against other classes, and fewer than two classes have labelled pictures.")
    graph = latest_graph(workspace, dataset.id, space=space.name)
    detection_run, detected = _seen_by_detector(workspace, dataset.id, parameters, todo=todo, names=names)
    return Inputs(dataset, space, todo, names, 0 if graph is None else graph.run_id, detection_run, detected)


def prepared(inputs: Inputs, parameters: P, *, write_inputs: Callable[[Path], None]) -> Prepared[P]:
    """A check of these inputs, ready to start."""
    dataset = inputs.dataset
    return Prepared(
        dataset.id,
        dataset.name,
        dataset.root,
        inputs.todo,
        parameters,
        model=inputs.space.name,
        write_inputs=write_inputs,
    )


@dataclass(frozen=True)
class Usable:
    """The n pictures of a job whose vectors can be compared.

    todo: their rows; vectors: (n, d); rows: (n,) their places among all of the job's; left_out: why the others, by
    their places, are not among them. model: that made the space. classes: names by index.
    """

    todo: pa.Table
    vectors: np.ndarray
    rows: np.ndarray
    left_out: dict[int, str]
    model: str
    classes: tuple[str, ...]


def usable_vectors(work: Work[P], todo: pa.Table) -> Usable:
    """The pictures of `todo` that can be judged; raises NothingToDo where none can."""
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    model, *classes = np.load(work.folder.path / ABOUT).tolist()
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(todo.num_rows), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be used: each is zero, or holds what is not a number.")
    return Usable(todo.take(rows), np.asarray(vectors[rows]), rows, left_out, model, tuple(classes))


def material_of(work: Work[P], todo: pa.Table, usable: Usable) -> Material:
    """What judging needs to know of the usable pictures. todo: their rows, with the labels that are to be judged."""
    rows, folder = usable.rows, work.folder.path
    predictions = None
    if (folder / PREDICTIONS).is_file():
        predictions = np.load(folder / PREDICTIONS)[rows], np.load(folder / FOLDS)[rows]
    return Material(
        vectors=usable.vectors,
        labels=todo["label"].fill_null(-1).to_numpy().astype(np.int64),
        pixels=todo["pixel_sha256"].to_numpy(),
        hashes=todo["phash"].to_numpy().astype(np.uint64),
        classes=usable.classes,
        predictions=predictions,
        named=named_shares(usable.vectors, model=usable.model, names=usable.classes),
        detected=np.load(folder / DETECTED)[rows] if (folder / DETECTED).is_file() else None,
        neighbours=_graph_neighbours(folder, rows, n_images=work.n_todo),
    )


def _require_single(dataset: Dataset) -> None:
    if dataset.task != "single":
        raise NothingToDo(
            f"{dataset.name} gives a picture several labels. The label check compares one label with the class a "
            "picture most likely has, which says nothing where several can be right; it is for single labels only."
        )


def _seen_by_detector(
    workspace: Workspace, dataset_id: int, parameters: CheckParameters, *, todo: pa.Table, names: list[str]
) -> tuple[int, np.ndarray | None]:
    """The detection that is asked, and its best scores (n, c); NO_DETECTION and None where none knows a class."""
    asked = parameters.detection_run
    if asked == NO_DETECTION:
        return NO_DETECTION, None
    runs = [run for run in list_detection_runs(workspace, dataset_id) if asked in (0, run.run_id)]
    if asked and not runs:
        raise UnknownParameter(f"label-issues: run {asked} is no finished detection of this dataset.")
    for run in runs:
        classes = namesakes(names, detected=detected_classes(workspace, run.run_id))
        if classes:
            return run.run_id, best_scores(
                workspace,
                run_id=run.run_id,
                classes=classes,
                score=parameters.detection_score,
                image_ids=todo["image_id"].to_numpy(),
                n_classes=len(names),
            )
    return NO_DETECTION, None


def _graph_neighbours(folder: Path, rows: np.ndarray, *, n_images: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Indices and cosines (n, k) of the shared graph among `rows` (of `n_images`), or None where there is none.

    Pictures that are newer than the graph have no neighbours in it; if they are more than a few, it is not used.
    """
    if not (folder / INDICES).exists():
        return None
    indices, cosines = np.load(folder / INDICES)[rows], np.load(folder / SIMILARITIES)[rows]
    new_index = np.full(n_images + 1, -1, np.int32)  # its last entry answers for -1
    new_index[rows] = np.arange(len(rows))
    indices = new_index[indices]
    lacking = (indices < 0).all(axis=1).mean() if indices.shape[1] else 1.0
    return (indices, np.where(indices >= 0, cosines, np.nan)) if lacking <= _MAX_LACKING else None
