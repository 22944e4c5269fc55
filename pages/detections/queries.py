"""Everything the detections page knows of one generation of a dataset, read once and kept."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from analytics.average_precision import Precision, average_precision
from analytics.box_agreement import Agreement, agreement
from figures.colours import class_colour
from figures.names import one_line
from pages.ui import filters, session
from pages.ui.rows import Row
from pages.ui.session import SettledGeneration
from store import detections, privacy
from store.datasets import class_table
from store.detections import DetectionRun, ObjectFilters, Totals
from store.privacy import PeopleCount

MOST_SCORED = 5000  # pictures that average precision is measured on
CELLS = 24
# COCO's own groups of classes
GROUPS = {
    "any animal": frozenset({"bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"}),
    "any vehicle": frozenset({"bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat"}),
}
SURE = 0.3


@dataclass(frozen=True)
class DetectionData:
    """Class names of the dataset and its finished detections, the newest first; marked boxes last."""

    names: list[str]
    runs: list[DetectionRun]


@dataclass(frozen=True)
class RunClasses:
    """names: all classes that a run knows, by index; found: those with an object, the commonest first."""

    names: dict[int, str]
    found: list[int]

    def choices(self) -> dict[str, tuple[int, ...]]:
        """What can be chosen: every class with an object, by name on one line, and groups of several such classes."""
        single = {one_line(self.names[index]): (index,) for index in self.found}
        groups = {
            title: tuple(index for index in self.found if self.names[index].lower() in members)
            for title, members in GROUPS.items()
        }
        return single | {title: indices for title, indices in groups.items() if len(indices) > 1}

    def unnamed(self) -> list[int]:
        """The classes that the model gave no name."""
        return [index for index, name in self.names.items() if name == f"class {index}"]

    def colour(self, index: int) -> str:
        """The colour of a class: common classes get those that are told apart best, whatever the score asked for."""
        return class_colour(self.found.index(index) if index in self.found else len(self.found) + index)


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> DetectionData:
    """Class names and detections."""
    workspace = session.workspace()
    names = filters.class_labels(class_table(workspace, dataset_id))
    runs = detections.list_detection_runs(workspace, dataset_id)
    return DetectionData(names, sorted(runs, key=lambda run: run.is_truth))


@st.cache_data(max_entries=16, show_spinner=False)
def load_classes(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> RunClasses:
    """The classes of a run."""
    workspace = session.workspace()
    found: dict[int, None] = {}
    for score in (SURE, 0.0):  # so that a detector's many doubtful finds do not take the best colours
        table = detections.counts(workspace, dataset_id, run_id=run_id, score=score)
        found |= dict.fromkeys(table["class_index"].to_pylist())
    return RunClasses(detections.detected_classes(workspace, run_id), list(found))


@st.cache_data(max_entries=32, show_spinner=False)
def load_totals(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, score: float) -> Totals:
    """How many pictures and objects."""
    return detections.totals(session.workspace(), dataset_id, run_id=run_id, score=score)


@st.cache_data(max_entries=32, show_spinner=False)
def load_counts(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, score: float) -> pa.Table:
    """Objects and pictures of each class."""
    return detections.counts(session.workspace(), dataset_id, run_id=run_id, score=score)


@st.cache_data(max_entries=32, show_spinner=False)
def load_histogram(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    run_id: int,
    score: float,
    classes: tuple[int, ...] | None,
) -> pa.Table:
    """n, n_images of a class."""
    return detections.objects_per_picture(session.workspace(), dataset_id, run_id=run_id, score=score, classes=classes)


@st.cache_data(max_entries=32, show_spinner=False)
def load_count(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, wanted: ObjectFilters) -> int:
    """How many pictures fit."""
    return detections.count_pictures(session.workspace(), dataset_id, run_id=run_id, filters=wanted)


@st.cache_data(max_entries=32, show_spinner=False)
def load_pictures(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    run_id: int,
    wanted: ObjectFilters,
    first: int,
    n_rows: int,
) -> pa.Table:
    """A page of the pictures that fit."""
    return detections.list_pictures(
        session.workspace(), dataset_id, run_id=run_id, filters=wanted, first=first, n_rows=n_rows
    )


@st.cache_data(max_entries=64, show_spinner=False)
def load_boxes(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int, image_ids: tuple[int, ...], score: float
) -> dict[int, list[Row]]:
    """The objects of some pictures, by image; a mask is only said to be there."""
    table = detections.boxes_of(session.workspace(), run_id=run_id, image_ids=image_ids, score=score)
    has_mask = table["mask"].is_valid()
    by_image: dict[int, list[Row]] = {image_id: [] for image_id in image_ids}
    for row in table.drop_columns(["mask"]).append_column("has_mask", has_mask).to_pylist():
        by_image[row["image_id"]].append(row)
    return by_image


@st.cache_data(max_entries=16, show_spinner=False)
def load_together(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, score: float) -> pa.Table:
    """Which classes meet in how many pictures."""
    return detections.together(session.workspace(), dataset_id, run_id=run_id, score=score)


@st.cache_data(max_entries=32, show_spinner=False)
def load_grid(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    run_id: int,
    score: float,
    classes: tuple[int, ...] | None,
    of: str,
) -> pa.Table:
    """Boxes by their place or size."""
    return detections.grid(
        session.workspace(), dataset_id, run_id=run_id, score=score, classes=classes, cells=CELLS, of=of
    )


@st.cache_data(max_entries=16, show_spinner=False)
def load_by_label(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, score: float) -> pa.Table:
    """What is found in the pictures of each label."""
    return detections.by_label(session.workspace(), dataset_id, run_id=run_id, score=score)


@st.cache_data(max_entries=8, show_spinner=False)
def load_agreement(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    runs: tuple[int, int],
    scores: tuple[float, float],
    overlap: float,
) -> tuple[Agreement, pa.Table]:
    """Two runs compared, and the pictures with their sizes."""
    workspace = session.workspace()
    objects = detections.objects_of_two(workspace, dataset_id, runs=runs, scores=scores)
    pairs = detections.overlapping(workspace, dataset_id, runs=runs, scores=scores, min_overlap=overlap)
    facts = objects.select(["image_id", "sha256", "path", "width", "height"]).group_by(
        ["image_id", "sha256", "path", "width", "height"]
    )
    return agreement(objects, pairs), facts.aggregate([])


@st.cache_data(max_entries=8, show_spinner=False)
def load_precision(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, truth_run: int) -> Precision:
    """AP of a run against marked boxes, over at most MOST_SCORED pictures that both know."""
    workspace = session.workspace()
    images = [detections.scanned_images(workspace, dataset_id, run_id=each)["image_id"] for each in (run_id, truth_run)]
    both = images[0].filter(pa.compute.is_in(images[0], value_set=images[1])).slice(0, MOST_SCORED)
    found, truth = (
        detections.object_rows(workspace, dataset_id, run_id=each, score=0.0) for each in (run_id, truth_run)
    )
    return average_precision(found, truth, both.to_numpy())


@st.cache_data(max_entries=16, show_spinner=False)
def load_people(root: str, dataset_id: int, generation: SettledGeneration, score: float) -> PeopleCount:
    """In how many pictures there are people."""
    return privacy.people_count(session.workspace(), dataset_id, score=score)
