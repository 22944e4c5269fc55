"""Two classes made one: every picture relabelled in one batch, which can be taken back."""

import pytest

from store.class_names import merge_classes
from store.connection import Workspace
from store.decisions import Act, decide, undo
from store.errors import DecisionRefused
from store.images import reconcile_source
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.source_state import source


def labels(workspace: Workspace) -> list[object]:
    rows = workspace.read_text("SELECT label, labels FROM current_image ORDER BY id").to_pylist()
    return [row["label"] if row["labels"] is None else row["labels"] for row in rows]


def pets(workspace: Workspace, given: list[int | None]) -> int:
    dataset = new_dataset(workspace)
    reconcile_source(workspace, dataset.id, state=source({}, names=("Cat", "cat", "dog")), run_id=1)
    land(workspace, dataset.id, [image_row(f"{i}.png", label=label) for i, label in enumerate(given)])
    return dataset.id


def test_all_pictures_of_the_other_class_get_the_class_and_get_theirs_back(workspace) -> None:
    pets(workspace, [0, 1, 2, 0, None])
    decide(workspace, 1, [Act(3, "relabel", label=0)], who="Bo")  # a dog that somebody called a Cat
    done = merge_classes(workspace, 1, into=1, others=[0], who="Ada")
    assert done.n == 3 and labels(workspace) == [1, 1, 1, 1, None]
    undo(workspace, 1, batch=done.batch, who="Ada")
    assert labels(workspace) == [0, 1, 0, 0, None]


def test_of_several_labels_the_others_stay(workspace) -> None:
    dataset = new_dataset(workspace, task="multi")
    reconcile_source(workspace, dataset.id, state=source({}, names=("Cat", "cat", "dog")), run_id=1)
    land(
        workspace, dataset.id, [image_row(f"{i}.png", labels=each) for i, each in enumerate(([0, 2], [0, 1], [2], []))]
    )
    merge_classes(workspace, 1, into=1, others=[0], who="Ada")
    assert labels(workspace) == [[1, 2], [1], [2], []]


def test_what_is_no_two_classes_is_refused(workspace) -> None:
    pets(workspace, [0, 2])
    for into, others in ((0, [0]), (0, [7]), (9, [0])):
        with pytest.raises(DecisionRefused, match="no two classes"):
            merge_classes(workspace, 1, into=into, others=others, who="Ada")
    with pytest.raises(DecisionRefused, match="nothing to decide"):
        merge_classes(workspace, 1, into=0, others=[1], who="Ada")
