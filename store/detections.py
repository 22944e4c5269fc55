"""Detections: which pictures a detector is to look at, where its boxes go, and what there is to see of them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadClassNames
from store.rows import Bound
from store.runs import FinishedRun, finished_runs
from store.statements import sql
from store.texts import NAME, require_short

MOST_CLASSES = 100_000
NO_DETECTION = -1  # the number of no run: nobody is to be asked
SORTS = ("path", "most", "fewest", "best", "worst")


@dataclass(frozen=True, kw_only=True)
class DetectionRun(FinishedRun):
    """A finished detection."""

    model: str
    device: str | None

    @property
    def is_truth(self) -> bool:
        """Whether its boxes were marked by people: a COCO file without scores."""
        return bool(self.figures.get("is_truth"))


@dataclass(frozen=True)
class Totals:
    """Of n_kept images a run looked at n_images; n_with have one of its n_objects."""

    n_kept: int
    n_images: int
    n_objects: int
    n_with: int


@dataclass(frozen=True)
class RunFigures:
    """Pictures a run looked at, could not read, and found an object in; its objects, and those with a mask."""

    n_looked_at: int
    n_failed: int
    n_objects: int
    n_with_objects: int
    n_masks: int


@dataclass(frozen=True)
class CropOrigin:
    """The picture that a crop was cut from, and the detected object: its box in that picture's pixels."""

    dataset: str
    image_id: int
    class_name: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float
    detection_run: int
    model: str | None


@dataclass(frozen=True)
class _Class:
    class_index: int
    name: str


@dataclass(frozen=True)
class ObjectFilters:
    """Pictures with `min_objects` to `max_objects` (None: any number) of some classes (None: of all) from `score` on.

    label: a class of the dataset that they carry. sort: one of SORTS; best and worst by their best score.
    """

    score: float
    classes: tuple[int, ...] | None = None
    min_objects: int = 0
    max_objects: int | None = None
    label: int | None = None
    sort: str = "path"

    def __post_init__(self) -> None:
        if self.sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}, not {self.sort!r}")


def images_to_detect(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """image_id, path, sha256, width, height of the kept images that the run has not looked at yet."""
    return workspace.read("images_to_detect", dataset_id=dataset_id, run_id=run_id)


def pictures_of(workspace: Workspace, dataset_id: int) -> pa.Table:
    """path, width, height of all images of a dataset, those that are removed or missing as well."""
    return workspace.read("pictures_of_dataset", dataset_id=dataset_id)


def land_detections(
    cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, names: Mapping[int, str], run_id: int
) -> None:
    """Take a detection's rows into the open transaction of `cursor`: a row an image, with a list a column.

    table: image_id, sha256, reason, classes, scores, x1, y1, x2, y2, areas, masks. names: of the classes, by index.
    Boxes of a picture whose file has changed since are dropped; the picture stays to be done.
    """
    key = {"run_id": run_id}
    cursor.register("incoming", table)
    cursor.execute(sql("insert_detections"), key)
    cursor.execute(sql("insert_detection_scans"), key)
    indices = pa.array(list(names), pa.int32())
    cursor.register("named", pa.table({"class_index": indices, "name": pa.array(list(names.values()), pa.string())}))
    cursor.execute(sql("insert_detected_classes"), key)
    cursor.execute(sql("delete_run_failures"), key)
    cursor.execute(sql("insert_run_failures"), key)


def all_objects(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """image_id, class_index, score, x1, y1, x2, y2 of all objects of a run in kept images."""
    return workspace.read("all_objects", dataset_id=dataset_id, run_id=run_id)


def best_scores(
    workspace: Workspace,
    *,
    run_id: int,
    classes: Mapping[int, int],
    score: float,
    image_ids: np.ndarray,
    n_classes: int,
) -> np.ndarray:
    """The best score (n, c) float32 of an object of each class in each of `image_ids` (n,), 0 where none has `score`.

    classes: the detected class by class index; the columns of others are NaN, and the rows of images not looked at.
    """
    table = workspace.read("best_scores", run_id=run_id, score=score, classes=list(classes.values()))
    scores = np.full((len(image_ids), n_classes), np.nan, np.float32)
    order = np.argsort(image_ids)
    index_of = np.searchsorted(image_ids, table["image_id"].to_numpy(), sorter=order)
    is_asked = index_of < len(image_ids)
    rows = order[np.where(is_asked, index_of, 0)] if len(image_ids) else index_of
    is_asked &= image_ids[rows] == table["image_id"].to_numpy() if len(image_ids) else False
    detected, values = table["class_index"].fill_null(-1).to_numpy(), table["score"].fill_null(0).to_numpy()
    for index, class_index in classes.items():
        scores[rows[is_asked], index] = 0
        of_it = is_asked & (detected == class_index)
        scores[rows[of_it], index] = values[of_it]
    return scores


def list_detection_runs(workspace: Workspace, dataset_id: int) -> list[DetectionRun]:
    """The dataset's finished detections, newest first."""
    return finished_runs(workspace, dataset_id, kind="detect", of=DetectionRun)


def detected_classes(workspace: Workspace, run_id: int) -> dict[int, str]:
    """The names of all classes that a run knows, by index."""
    return {each.class_index: each.name for each in workspace.all("detected_classes", _Class, run_id=run_id)}


@does("name_detected")
def name_classes(workspace: Workspace, dataset_id: int, *, run_id: int, names: Sequence[str], who: str) -> None:
    """Call the classes of a finished detection by `names`, from index 0 on; who and when is kept with its figures.

    Raises BadClassNames where a name is empty or twice there, or a class that the run found has none.
    """
    cleaned = [" ".join(name.split()) for name in names]
    if not all(cleaned) or not cleaned:
        raise BadClassNames("Each line must hold a name; one is empty.")
    if len(cleaned) > MOST_CLASSES:
        raise BadClassNames(f"These are {len(cleaned):,} names; a detector has {MOST_CLASSES:,} classes at most.")
    for name in cleaned:
        require_short(name, "A name", longest=NAME)
    ((name, n),) = Counter(cleaned).most_common(1)
    if n > 1:
        raise BadClassNames(f"“{name}” is there twice. Each class needs a name of its own.")
    classes = detected_classes(workspace, run_id)
    last = max(classes, default=-1)
    if len(cleaned) <= last:
        raise BadClassNames(f"The names end with class {len(cleaned) - 1}, and the run knows a class {last}.")
    run = next((run for run in list_detection_runs(workspace, dataset_id) if run.run_id == run_id), None)
    if run is None:
        raise BadClassNames(f"Run {run_id} is no finished detection of this dataset.")
    now = f"{utc_now():%d %B %Y, %H:%M}"
    figures = {**run.figures, "classes_named_by": who, "classes_named_at": now, "n_classes": len(cleaned)}
    with workspace.writing(dataset_id) as cursor:
        indices = pa.array(range(len(cleaned)), pa.int32())
        cursor.register("named", pa.table({"class_index": indices, "name": pa.array(cleaned, pa.string())}))
        cursor.execute(sql("name_detected_classes"), {"run_id": run_id})
        cursor.execute(sql("insert_detected_classes"), {"run_id": run_id})
        cursor.execute(sql("set_run_figures"), {"id": run_id, "figures": json.dumps(figures)})


def run_figures(workspace: Workspace, run_id: int) -> RunFigures:
    """What a run has left, however many attempts it took."""
    return workspace.one("detection_run_figures", RunFigures, run_id=run_id)


def totals(workspace: Workspace, dataset_id: int, *, run_id: int, score: float) -> Totals:
    """How many pictures, and objects from `score` on."""
    return workspace.one("detection_totals", Totals, dataset_id=dataset_id, run_id=run_id, score=score)


def counts(workspace: Workspace, dataset_id: int, *, run_id: int, score: float) -> pa.Table:
    """class_index, name, n_objects, n_images, most, mean_share of each class found, the commonest first."""
    return workspace.read("detection_counts", dataset_id=dataset_id, run_id=run_id, score=score)


def objects_per_picture(
    workspace: Workspace, dataset_id: int, *, run_id: int, score: float, classes: tuple[int, ...] | None
) -> pa.Table:
    """n, n_images: in how many pictures there are so many objects of some classes (None: of all)."""
    return workspace.read(
        "objects_per_picture", dataset_id=dataset_id, run_id=run_id, score=score, classes=_list(classes)
    )


def count_pictures(workspace: Workspace, dataset_id: int, *, run_id: int, filters: ObjectFilters) -> int:
    """How many pictures fit."""
    values = {name: value for name, value in _values(filters).items() if name != "sort"}
    return workspace.count("detection_count", dataset_id=dataset_id, run_id=run_id, **values)


def list_pictures(
    workspace: Workspace, dataset_id: int, *, run_id: int, filters: ObjectFilters, first: int, n_rows: int
) -> pa.Table:
    """A page of the pictures that fit: image_id, sha256, path, width, height, label, labels, n."""
    return workspace.read(
        "detection_page", dataset_id=dataset_id, run_id=run_id, first=first, n_rows=n_rows, **_values(filters)
    )


def boxes_of(workspace: Workspace, *, run_id: int, image_ids: Sequence[int], score: float) -> pa.Table:
    """image_id, class_index, score, x1, y1, x2, y2, area, mask of the objects in some pictures, the best last."""
    return workspace.read("boxes_of", run_id=run_id, image_ids=list(image_ids), score=score)


def together(workspace: Workspace, dataset_id: int, *, run_id: int, score: float) -> pa.Table:
    """first_class, second_class, n: in how many pictures two classes meet."""
    return workspace.read("detected_together", dataset_id=dataset_id, run_id=run_id, score=score)


def grid(
    workspace: Workspace,
    dataset_id: int,
    *,
    run_id: int,
    score: float,
    classes: tuple[int, ...] | None,
    cells: int,
    of: str,
) -> pa.Table:
    """x, y, n: boxes by their middle (of="places") or their width and height (of="sizes"), in shares of the picture."""
    statement = {"places": "box_places", "sizes": "box_sizes"}[of]
    return workspace.read(
        statement, dataset_id=dataset_id, run_id=run_id, score=score, classes=_list(classes), cells=cells
    )


def by_label(workspace: Workspace, dataset_id: int, *, run_id: int, score: float) -> pa.Table:
    """label, class_index, n, n_label: what is found in the pictures of each label; nulls: no label, no object."""
    return workspace.read("detections_by_label", dataset_id=dataset_id, run_id=run_id, score=score)


def object_rows(workspace: Workspace, dataset_id: int, *, run_id: int, score: float) -> pa.Table:
    """image_id, path, width, height, class_name, score, x1, y1, x2, y2, area, mask of all objects, by picture."""
    return workspace.read("detection_rows", dataset_id=dataset_id, run_id=run_id, score=score)


def scanned_images(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """image_id, path, width, height of the kept pictures that a run looked at."""
    return workspace.read("scanned_images", dataset_id=dataset_id, run_id=run_id)


def overlapping(
    workspace: Workspace, dataset_id: int, *, runs: tuple[int, int], scores: tuple[float, float], min_overlap: float
) -> pa.Table:
    """image_id, name, first_row, second_row, overlap of boxes of two runs that are of one class and overlap enough."""
    return workspace.read(
        "overlapping_boxes",
        dataset_id=dataset_id,
        first_run=runs[0],
        second_run=runs[1],
        score=scores[0],
        second_score=scores[1],
        min_overlap=min_overlap,
    )


def objects_of_two(
    workspace: Workspace, dataset_id: int, *, runs: tuple[int, int], scores: tuple[float, float]
) -> pa.Table:
    """image_id, sha256, path, width, height, name, n_first, n_second in the pictures that both runs looked at."""
    return workspace.read(
        "objects_of_two",
        dataset_id=dataset_id,
        first_run=runs[0],
        second_run=runs[1],
        score=scores[0],
        second_score=scores[1],
    )


def land_crops(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int, detection_run: int) -> None:
    """Take the crops that a job wrote (path, image_id, class_name, score, x1, y1, x2, y2, reason) into the file."""
    cursor.register("incoming", table)
    cursor.execute(sql("insert_crops"), {"run_id": run_id, "detection_run": detection_run})
    cursor.execute(sql("insert_run_failures"), {"run_id": run_id})


def crops_done(workspace: Workspace, run_id: int) -> tuple[set[str], set[int]]:
    """Paths of the crops that a run has cut already, and the images that it could not read."""
    table = workspace.read("crops_done", run_id=run_id)
    return set(table["path"].drop_null().to_pylist()), set(table["image_id"].drop_null().to_pylist())


def crop_of(workspace: Workspace, image_id: int) -> CropOrigin | None:
    """What an image was cut from; None if it is no crop."""
    return workspace.first("crop_of", CropOrigin, image_id=image_id)


def _values(filters: ObjectFilters) -> dict[str, Bound]:
    return {**vars(filters), "classes": _list(filters.classes)}


def _list(classes: tuple[int, ...] | None) -> list[int] | None:
    return None if classes is None else list(classes)
