"""Privacy: whether the people in a dataset's pictures are to be blurred, and where they are.

For somebody who does not see people (Actor.sees_people) every dataset counts as switched on in which a detector has
looked for people; what is asked here is answered for whoever acts.
Whatever leaves the app as pixels (galleries, reports, exports) asks `people_in` first, and blurs with analytics.blur.
"""

import datetime
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from store.acting import current, does
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.errors import DecisionRefused
from store.guarded import ASKED, Guard, asked_images, guarded_state, hidden_in
from store.images import numbers_of_images
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
class SeenFile:
    """A picture file that was looked at. path: whole; sha256: of its bytes, None where they were not read; phash: its
    perceptual hash; width, height: upright.
    """

    path: str
    sha256: str | None
    phash: int
    width: int
    height: int

    def as_asked(self, key: int) -> dict[str, object]:
        """It as a row of ASKED; a file that was not read is like no other."""
        file_key = int(self.sha256[:16], 16) if self.sha256 else 0
        keys = {"file_key": file_key, "pixel_key": 0, "phash": self.phash}
        return {"key": key, "dataset_id": 0, **keys, "width": self.width, "height": self.height, "path": self.path}


@dataclass(frozen=True)
class _CropDataset:
    dataset_id: int
    origin: int


@dataclass(frozen=True)
class _PeopleRun:
    dataset_id: int
    run_id: int
    classes: tuple[int, ...]


@does("switch_blur")
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
    return _with_crops(workspace, {each.dataset_id for each in all_privacy(workspace) if each.blurs_people})


def _with_crops(workspace: Workspace, own: set[int]) -> set[int]:
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
    """Eight characters that change with what is blurred anywhere but by a switch.

    That is each detection, or naming of classes, by which people are known, and each picture that is new in a dataset
    whose switch is on, or counts as that for whoever acts.
    """
    guard = guard_of(workspace)
    pictures = guarded_state(workspace, guard) if guard is not None else ()
    return f"{zlib.crc32(repr((_people_runs(workspace), pictures)).encode()):08x}"


def rule_mark(workspace: Workspace) -> str:
    """A few characters that change with whatever changes what is blurred where; nothing while nothing is.

    Never the same for somebody who sees people and for somebody who does not, where anything is blurred for either.
    """
    on = [each.id for each in all_privacy(workspace) if each.blurs_people]
    if guard_of(workspace) is None:
        return ""
    turned = max((each.id for each in all_privacy(workspace)), default=0)
    return f"p{max(on)}r{people_mark(workspace)}" if sees_people() else f"f{turned}r{people_mark(workspace)}"


def people_count(workspace: Workspace, dataset_id: int, *, score: float) -> PeopleCount:
    """In how many pictures there are people, from a score on, by any detection."""
    runs = people_runs(workspace).get(dataset_id, [])
    values: dict[str, Bound] = {"dataset_id": dataset_id, "run_ids": runs, "score": score, "people": list(PEOPLE)}
    return workspace.one("people_pictures", PeopleCount, **values)


def guard_of(workspace: Workspace) -> Guard | None:
    """Whose people are blurred for whoever acts; None where nobody's are. Read once between two writes."""
    sees = sees_people()

    def read() -> Guard | None:
        scores = {each.dataset_id: each.min_score for each in all_privacy(workspace) if each.blurs_people}
        if not sees:
            chosen = {each.dataset_id: each.min_score for each in all_privacy(workspace)}
            scores |= {dataset_id: chosen.get(dataset_id, MIN_SCORE) for dataset_id in people_runs(workspace)}
        if not scores:
            return None
        crops = frozenset(_with_crops(workspace, set(scores)) - set(scores))
        runs = tuple(run.run_id for run in _people_runs(workspace))
        return Guard(scores, crops, runs, PEOPLE)

    return workspace.until_written(("guard", sees), read)


def sees_people() -> bool:
    """Whether whoever acts sees people where no switch says that nobody does."""
    return current().sees_people


def people_in(
    workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int]
) -> dict[int, np.ndarray | None] | None:
    """What to blur in each of some pictures of a dataset: boxes (n, 4) in their pixels, or None: the whole picture.

    Nothing at all (None) where neither the dataset's switch is on nor one of these pictures is known from a dataset
    whose switch is: the rule follows the picture. A picture that no detector has looked at is blurred whole, and so are
    crops of people that were cut out of a blurred dataset.
    """
    guard = guard_of(workspace)
    if guard is None:
        return None
    known = hidden_in(workspace, guard, asked_images(workspace, image_ids))
    if dataset_id not in guard.dataset_ids and not any(_hides(boxes) for boxes in known.values()):
        return None
    return {image_id: known.get(image_id, np.empty((0, 4))) for image_id in image_ids}


def people_in_files(
    workspace: Workspace, pictures: Sequence[SeenFile], *, root: str = "", exported_by: str = ""
) -> list[np.ndarray | None]:
    """What to blur in picture files that are not imported: boxes (n, 4) in their pixels, or None: the whole picture.

    root, exported_by: the folder that they lie in, and JOB/RUN of the export that wrote it, perhaps elsewhere. A file
    in the folder of a dataset whose switch is on that is none of its pictures is one that nobody has looked at.
    """
    guard = guard_of(workspace)
    if guard is None or not pictures:
        return [np.empty((0, 4)) for _ in pictures]
    written_to = workspace.value("export_folder", str, written_by=exported_by) if exported_by else None
    rows = [each.as_asked(-1 - number) for number, each in enumerate(pictures)]
    if written_to:
        rows = [{**row, "path": written_to + str(row["path"]).removeprefix(root)} for row in rows]
    known = hidden_in(workspace, guard, pa.Table.from_pylist(rows, schema=ASKED))
    roots = [f"{each.root}/" for each in list_datasets(workspace) if each.id in guard.dataset_ids]
    return [
        known.get(-1 - number, None if each.path.startswith(tuple(roots)) else np.empty((0, 4)))
        for number, each in enumerate(pictures)
    ]


def hides_people(workspace: Workspace, dataset_id: int) -> bool:
    """Whether anything is blurred in a dataset: its switch is on, or it holds pictures of one whose switch is."""
    guard = guard_of(workspace)
    if guard is None or dataset_id in guard.dataset_ids:
        return guard is not None
    return people_in(workspace, dataset_id, image_ids=numbers_of_images(workspace, dataset_id).to_pylist()) is not None


def _hides(boxes: np.ndarray | None) -> bool:
    return boxes is None or len(boxes) > 0


def _people_runs(workspace: Workspace) -> list[_PeopleRun]:
    return workspace.all("people_runs", _PeopleRun, people=list(PEOPLE))
