"""Privacy: whether the people in a dataset's pictures are to be blurred, and where they are.

Whatever leaves the app as pixels (galleries, reports, exports) asks `people_in` first, and blurs with analytics.blur.
"""

import datetime
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from store.connection import Workspace, utc_now
from store.errors import DecisionRefused
from store.rows import Bound
from store.statements import sql

PEOPLE = (
    "person",
    "people",
    "pedestrian",
    "pedestrians",
    "human",
    "man",
    "woman",
    "boy",
    "girl",
    "child",
    "baby",
    "face",
    "human face",
    "head",
    "rider",
)
MIN_SCORE = 0.2  # lower than where one would count: who is missed is shown


@dataclass(frozen=True)
class Privacy:
    """The switch of one dataset as it stands. min_score: boxes of people from this score on are blurred."""

    dataset_id: int
    id: int
    blurs_people: bool
    min_score: float
    who: str
    decided_at: datetime.datetime


@dataclass(frozen=True)
class PeopleCount:
    """Of n_images kept pictures n_scanned were looked at by a detector that knows people; n_with have some in them."""

    n_images: int
    n_scanned: int
    n_with: int


@dataclass(frozen=True)
class _CropDataset:
    dataset_id: int
    origin: int


@dataclass(frozen=True)
class _PeopleRun:
    dataset_id: int
    run_id: int
    classes: tuple[int, ...]


def switch_blur(workspace: Workspace, dataset_id: int, *, blurs: bool, who: str, min_score: float = MIN_SCORE) -> None:
    """Blur the people of a dataset from now on, or no longer. Raises DecisionRefused if nobody looked for them."""
    if blurs and not people_runs(workspace).get(dataset_id):
        raise DecisionRefused(
            "Nobody has looked for people in these pictures yet: run a detection whose model knows the class person "
            "first."
        )
    values = {"dataset_id": dataset_id, "blurs_people": blurs, "min_score": min_score, "who": who}
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("insert_privacy"), {**values, "decided_at": utc_now()})


def privacy_of(workspace: Workspace, dataset_id: int) -> Privacy | None:
    """The switch of a dataset, or None if it was never turned."""
    return next((each for each in all_privacy(workspace) if each.dataset_id == dataset_id), None)


def all_privacy(workspace: Workspace) -> list[Privacy]:
    """The switch of every dataset that ever turned it."""
    return workspace.all("privacy_now", Privacy)


def blurred_datasets(workspace: Workspace) -> set[int]:
    """The datasets whose switch is on, and those that consist of crops of one."""
    own = {each.dataset_id for each in all_privacy(workspace) if each.blurs_people}
    if not own:
        return own
    crops = workspace.all("crop_datasets", _CropDataset)
    return own | {each.dataset_id for each in crops if each.origin in own}


def people_runs(workspace: Workspace) -> dict[int, list[int]]:
    """The finished detections that know people, by dataset."""
    by_dataset: dict[int, list[int]] = {}
    for run in _people_runs(workspace):
        by_dataset.setdefault(run.dataset_id, []).append(run.run_id)
    return by_dataset


def people_mark(workspace: Workspace) -> str:
    """Eight characters that change with each detection, or naming of classes, by which people are known."""
    return f"{zlib.crc32(repr(_people_runs(workspace)).encode()):08x}"


def people_count(workspace: Workspace, dataset_id: int, *, score: float) -> PeopleCount:
    """In how many pictures there are people, from a score on, by any detection."""
    runs = people_runs(workspace).get(dataset_id, [])
    values: dict[str, Bound] = {"dataset_id": dataset_id, "run_ids": runs, "score": score, "people": list(PEOPLE)}
    return workspace.one("people_pictures", PeopleCount, **values)


def people_in(
    workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int]
) -> dict[int, np.ndarray | None] | None:
    """What to blur in each of some pictures of a dataset: boxes (n, 4) in their pixels, or None: the whole picture.

    Nothing at all (None) where the dataset's switch is off. A picture that no detector has looked at is blurred whole,
    and so are crops of people that were cut out of a blurred dataset.
    """
    privacy = privacy_of(workspace, dataset_id)
    if privacy is None or not privacy.blurs_people:
        return _people_cut_out(workspace, image_ids) if dataset_id in blurred_datasets(workspace) else None
    values = {"run_ids": people_runs(workspace).get(dataset_id, []), "image_ids": list(image_ids)}
    scanned = set(workspace.read("people_scanned", **values)["image_id"].to_pylist())
    boxes = workspace.read("people_boxes", **values, score=privacy.min_score, people=list(PEOPLE))
    ids = boxes["image_id"].to_numpy()
    sides = np.column_stack([boxes[name].to_numpy() for name in ("x1", "y1", "x2", "y2")]).reshape(-1, 4)
    return {image_id: sides[ids == image_id] if image_id in scanned else None for image_id in image_ids}


def _people_runs(workspace: Workspace) -> list[_PeopleRun]:
    return workspace.all("people_runs", _PeopleRun, people=list(PEOPLE))


def _people_cut_out(workspace: Workspace, image_ids: Sequence[int]) -> dict[int, np.ndarray | None]:
    """Crops of a dataset that is blurred: those of people are blurred whole, those of things not at all."""
    table = workspace.read("crops_of_things", image_ids=list(image_ids), people=list(PEOPLE))
    things = set(table["image_id"].to_pylist())
    return {image_id: np.empty((0, 4)) if image_id in things else None for image_id in image_ids}
