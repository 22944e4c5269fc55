"""What the command line asks of the owner about takedowns: all of it goes in and out as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from store import takedown
from store.connection import Workspace
from store.datasets import find_dataset
from store.takedown import EVERY, Takedown
from store.takedown_files import delete_files


def take_down(
    workspace: Workspace, *, dataset: str, what: str, value: str, reason: str, delete: bool, who: str
) -> dict[str, object]:
    """Record a takedown; dataset "" for every one. delete: also the files that a collection wrote here.

    Raises BadTakedown, UnknownDataset.
    """
    dataset_id = _id_of(workspace, dataset)
    made = takedown.take_down(workspace, dataset_id, what=what, value=value, reason=reason, who=who)
    said = _said(made, dataset)
    if delete:
        done = delete_files(workspace, dataset_id, takedown_id=made.id, who=who)
        said |= {"deleted": asdict(done)}
    return said


def takedowns(workspace: Workspace, *, dataset: str) -> list[dict[str, object]]:
    """Every takedown of a dataset and of every dataset, those that stand first; dataset "" for the latter alone."""
    dataset_id = _id_of(workspace, dataset)
    found = takedown.list_takedowns(workspace, dataset_id)
    return [_said(each, "" if each.dataset_id == EVERY else dataset) for each in found]


def withdraw(workspace: Workspace, *, dataset: str, takedown_id: int, who: str) -> dict[str, object]:
    """Have a takedown count no more. Raises UnknownTakedown."""
    dataset_id = _id_of(workspace, dataset)
    back = takedown.withdraw_takedown(workspace, dataset_id, takedown_id=takedown_id, who=who)
    return _said(back, dataset)


def _id_of(workspace: Workspace, dataset: str) -> int:
    return find_dataset(workspace, dataset).id if dataset else EVERY


def _said(each: Takedown, dataset: str) -> dict[str, object]:
    return {
        "takedown": each.id,
        "dataset": dataset,
        "what": each.what,
        "value": each.value,
        "reason": each.reason or "",
        "who": each.who,
        "asked": f"{each.asked_at:%Y-%m-%d %H:%M} UTC",
        "state": "stands" if each.stands else f"withdrawn by {each.withdrawn_by}",
        "pictures": each.n_images,
    }


TAKEDOWN_ACTS: Mapping[str, Callable[..., Any]] = {
    "take-down": take_down,
    "takedowns": takedowns,
    "withdraw-takedown": withdraw,
}
