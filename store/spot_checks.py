"""Spot checks: a sample that people judge without its labels, the labels of that moment, and what they answered.

Answers are only added: a reviewer's newest to an item counts, until they hand in or the check is closed.
"""

import datetime
import json
from dataclasses import dataclass

import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.datasets import class_names
from store.errors import SpotCheckRefused, UnknownSpotCheck
from store.rows import JsonObject
from store.statements import sql
from store.texts import NAME, require_short

ANSWERS = CLASS, NONE, CANNOT_TELL = "class", "none", "cannot-tell"
_TAKEN_BACK = "taken-back"
MOST_MS = 3_600_000  # of an answer: who takes longer has left the desk


@dataclass(frozen=True)
class SpotCheck:
    """A check. version_id: 0 for the state when it began, version: its name; label_run: whose doubts are frozen in it.

    class_names: as they were, by index. n_reviewers: who see each picture. n_twice: of n_pictures that come again.
    """

    id: int
    dataset_id: int
    version_id: int
    version: str
    label_run: int | None
    design: JsonObject
    class_names: tuple[str, ...]
    n_reviewers: int
    seed: int
    who: str
    started_at: datetime.datetime
    closed_by: str | None
    closed_at: datetime.datetime | None
    n_pictures: int
    n_twice: int

    @property
    def is_open(self) -> bool:
        """Whether it takes answers."""
        return self.closed_at is None


@dataclass(frozen=True)
class Item:
    """A picture of a sample with its labels as they were. weight: pictures of the dataset that it stands for.

    first_item: which item it repeats, None where it repeats none; after: so many answers lie at least between.
    kept: in the version; label_checked: which the label check judged, doubted: and doubts.
    """

    item: int
    image_id: int
    sha256: str
    stratum: int
    weight: float
    first_item: int | None
    after: int | None
    label_before: int | None
    label_after: int | None
    kept: bool
    doubted: bool
    label_checked: int | None


@dataclass(frozen=True)
class Answer:
    """What counts of a reviewer to an item. said: of ANSWERS, with class_index for CLASS."""

    id: int
    item: int
    reviewer: str
    said: str
    class_index: int | None
    answered_at: datetime.datetime
    ms: int | None


@dataclass(frozen=True)
class Submission:
    """Who has handed in, and when."""

    reviewer: str
    submitted_at: datetime.datetime


def frame(workspace: Workspace, dataset_id: int, *, version_id: int, label_run: int) -> pa.Table:
    """image_id, label_before, label_after, kept, doubted, label_checked of the pictures that may be asked for.

    version_id: 0 for the dataset as it stands; label_run: whose doubts count, 0 for none.
    """
    return workspace.read("spot_check_frame", dataset_id=dataset_id, version_id=version_id, label_run=label_run)


@does("start_check")
def start(
    workspace: Workspace,
    dataset_id: int,
    *,
    version_id: int,
    label_run: int | None,
    design: JsonObject,
    n_reviewers: int,
    seed: int,
    items: pa.Table,
    cells: pa.Table,
    who: str,
) -> int:
    """Begin a check of these items and of a population in these cells (columns of their tables); its number.

    Raises SpotCheckRefused.
    """
    if not items.num_rows or n_reviewers < 1:
        raise SpotCheckRefused("A spot check asks somebody about at least one picture.")
    require_short(who, "Who starts it", longest=NAME)
    values = {
        "dataset_id": dataset_id,
        "version_id": version_id,
        "label_run": label_run,
        "design": json.dumps(design),
        "class_names": class_names(workspace, dataset_id),
        "n_reviewers": n_reviewers,
        "seed": seed,
        "who": who,
        "started_at": utc_now(),
    }
    with workspace.writing(dataset_id) as cursor:
        ((check_id,),) = cursor.execute(sql("insert_spot_check"), values).fetchall()
        cursor.register("items", items)
        cursor.register("cells", cells)
        cursor.execute(sql("insert_spot_check_items"), {"check_id": check_id})
        cursor.execute(sql("insert_spot_check_cells"), {"check_id": check_id})
    return int(check_id)


def list_checks(workspace: Workspace, dataset_id: int) -> list[SpotCheck]:
    """The dataset's checks, newest first."""
    return workspace.all("list_spot_checks", SpotCheck, dataset_id=dataset_id)


def find_check(workspace: Workspace, dataset_id: int, *, check_id: int) -> SpotCheck:
    """The check of that number; raises UnknownSpotCheck."""
    for check in list_checks(workspace, dataset_id):
        if check.id == check_id:
            return check
    raise UnknownSpotCheck(f"There is no spot check {check_id} of this dataset.")


def items(workspace: Workspace, check_id: int) -> list[Item]:
    """A check's items, in the order in which they are asked."""
    return workspace.all("spot_check_items", Item, check_id=check_id)


def cells(workspace: Workspace, check_id: int) -> pa.Table:
    """stratum, label_before, label_after, kept, doubted, n: what the dataset held when the check was drawn."""
    return workspace.read("spot_check_cells", check_id=check_id)


def answers(workspace: Workspace, check_id: int) -> list[Answer]:
    """What counts of every reviewer, in the order in which it was answered."""
    return workspace.all("spot_check_answers", Answer, check_id=check_id)


def submissions(workspace: Workspace, check_id: int) -> list[Submission]:
    """Who has handed in."""
    return workspace.all("spot_check_submissions", Submission, check_id=check_id)


@does("answer_check")
def answer(
    workspace: Workspace,
    dataset_id: int,
    *,
    check_id: int,
    item: int,
    reviewer: str,
    said: str,
    class_index: int | None = None,
    ms: int | None = None,
) -> None:
    """Keep an answer; it counts in place of an earlier one of the reviewer to the item. Raises SpotCheckRefused."""
    if said not in ANSWERS or (class_index is None) == (said == CLASS):
        raise SpotCheckRefused("An answer is a class, none of them, or that one cannot tell.")
    about = {"check_id": check_id, "item": item, "class_index": class_index}
    require_short(reviewer, "Who answers", longest=NAME)
    took = None if ms is None else min(max(ms, 0), MOST_MS)
    with workspace.writing(dataset_id) as cursor:
        _require_open(workspace, dataset_id, check_id=check_id, reviewer=reviewer)
        if not workspace.count("spot_check_has_item", **about):
            raise SpotCheckRefused("That picture or class is not in this spot check.")
        cursor.execute(
            sql("insert_spot_check_answer"),
            {**about, "reviewer": reviewer, "said": said, "answered_at": utc_now(), "ms": took},
        )


@does("undo_check")
def take_back(workspace: Workspace, dataset_id: int, *, check_id: int, reviewer: str) -> int:
    """Take a reviewer's newest answer back; the item that is open again. Raises SpotCheckRefused."""
    with workspace.writing(dataset_id) as cursor:
        _require_open(workspace, dataset_id, check_id=check_id, reviewer=reviewer)
        item = workspace.value("spot_check_newest_answer", int, check_id=check_id, reviewer=reviewer)
        if item is None:
            raise SpotCheckRefused("There is no answer to take back.")
        about = {"check_id": check_id, "item": item, "reviewer": reviewer, "said": _TAKEN_BACK}
        cursor.execute(
            sql("insert_spot_check_answer"), {**about, "class_index": None, "answered_at": utc_now(), "ms": None}
        )
    return item


@does("submit_check")
def submit(workspace: Workspace, dataset_id: int, *, check_id: int, reviewer: str) -> None:
    """Hand a reviewer's answers in: they stay as they are from now on. Raises SpotCheckRefused."""
    with workspace.writing(dataset_id) as cursor:
        _require_open(workspace, dataset_id, check_id=check_id, reviewer=reviewer)
        values = {"check_id": check_id, "reviewer": reviewer, "submitted_at": utc_now()}
        cursor.execute(sql("insert_spot_check_submission"), values)


@does("close_check")
def close(workspace: Workspace, dataset_id: int, *, check_id: int, who: str) -> None:
    """Take no more answers. Raises UnknownSpotCheck; of one that is closed nothing changes."""
    find_check(workspace, dataset_id, check_id=check_id)
    with workspace.writing(dataset_id) as cursor:
        values = {"check_id": check_id, "dataset_id": dataset_id, "who": who, "closed_at": utc_now()}
        cursor.execute(sql("close_spot_check"), values)


def _require_open(workspace: Workspace, dataset_id: int, *, check_id: int, reviewer: str) -> None:
    """Refuse what comes too late; asked inside the write transaction, so that nothing comes between."""
    if not workspace.count("spot_check_is_open", dataset_id=dataset_id, check_id=check_id, reviewer=reviewer):
        raise SpotCheckRefused("This spot check takes no more answers from you: it is handed in, closed, or not here.")
