"""Which pictures exist for who sees one frozen version: from memory, and as they are after each write."""

import pytest

from store.connection import Workspace
from store.decisions import Act, decide
from store.scope import is_of_version, is_of_version_at_hand
from store.versions import freeze
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def frozen(workspace) -> tuple[int, int]:
    """Six images, of which the second was taken out before a version was frozen: the dataset, the version."""
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{number}.png", label=0) for number in range(6)])
    decide(workspace, dataset.id, [Act(2, "remove", reason="r")], who="me")
    return dataset.id, freeze(workspace, dataset.id, name="v1", who="me").id


def ask_for(workspace: Workspace, version_id: int, *image_ids: int) -> None:
    """A spot check of a version that asks for these pictures."""
    with workspace.writing(1) as cursor:
        ((check,),) = cursor.execute(
            "INSERT INTO spot_check "
            "(id, dataset_id, version_id, design, class_names, n_reviewers, seed, who, started_at) VALUES "
            "(nextval('spot_check_ids'), 1, $1, 'random', ['a'], 1, 1, 'me', now()) RETURNING id",
            [version_id],
        ).fetchall()
        for item, image_id in enumerate(image_ids):
            cursor.execute(
                "INSERT INTO spot_check_item (check_id, item, image_id, stratum, weight, kept, doubted, label_checked) "
                "VALUES ($1, $2, $3, 0, 1, true, false, false)",
                [check, item, image_id],
            )


def members(workspace: Workspace, version_id: int) -> list[int]:
    return [number for number in range(-1, 9) if is_of_version(workspace, number, version_id=version_id)]


def test_the_pictures_of_a_version_and_of_its_spot_checks_exist(workspace, frozen) -> None:
    dataset_id, version_id = frozen
    assert members(workspace, version_id) == [1, 3, 4, 5, 6]
    assert members(workspace, version_id + 1) == []
    ask_for(workspace, version_id, 2, 3)
    assert members(workspace, version_id) == [1, 2, 3, 4, 5, 6]


def test_what_is_in_memory_is_of_now_or_is_not_used(workspace, frozen) -> None:
    dataset_id, version_id = frozen
    assert is_of_version_at_hand(workspace, 1, version_id=version_id) is None
    is_of_version(workspace, 1, version_id=version_id)
    told = [is_of_version_at_hand(workspace, number, version_id=version_id) for number in (1, 2, 10**15)]
    assert told == [True, False, False]
    decide(workspace, dataset_id, [Act(3, "keep", reason="r")], who="me")
    assert is_of_version_at_hand(workspace, 1, version_id=version_id) is None
