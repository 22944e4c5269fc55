"""Classes that have gone from the source: marked, not offered, not in the way; what was told of numbers of before."""

import pytest

from pages.ui import filters, owner
from store.connection import Workspace
from store.datasets import class_table, find_dataset
from store.decisions import Act, decide
from store.images import reconcile_source
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.source_state import source


def land_pets(workspace: Workspace) -> None:
    """Cats and dogs, and ants that are no longer in the source."""
    dataset = new_dataset(workspace, "pets")
    before = {"a.png": {"label": 0}, "c.png": {"label": 1}, "d.png": {"label": 2}}
    reconcile_source(workspace, dataset.id, state=source(before, names=("ant", "cat", "dog")), run_id=1)
    land(workspace, dataset.id, [image_row(path, **about) for path, about in before.items()])
    after = {"c.png": {"label": 0}, "d.png": {"label": 1}}
    reconcile_source(workspace, dataset.id, state=source(after, names=("cat", "dog")), run_id=2)


FILLED_BY = {"pets": land_pets}


@pytest.fixture
def pets(app_workspace):
    return find_dataset(owner.get().workspace, "pets")


def test_a_class_that_has_gone_is_marked_and_not_offered_until_a_picture_carries_it(open_app_page, pets) -> None:
    workspace = owner.get().workspace
    names = filters.class_labels(class_table(workspace, pets.id))
    assert names == ["ant (gone)", "cat", "dog"]
    assert filters.offered_labels(pets.id, names=names) == ["cat", "dog"]
    decide(workspace, pets.id, [Act(2, "relabel", label=0)], who="Ada")
    assert filters.class_labels(class_table(workspace, pets.id)) == ["ant", "cat", "dog"]


def test_a_class_that_comes_back_is_the_same_and_offered_again(workspace) -> None:
    land_pets(workspace)
    back = {"a.png": {"label": 1}, "c.png": {"label": 0}, "d.png": {"label": 2}}
    reconcile_source(workspace, 1, state=source(back, names=("cat", "ant", "dog")), run_id=3)
    assert class_table(workspace, 1).to_pylist() == [
        {"index": index, "given_name": name, "name": name, "gone": False}
        for index, name in enumerate(["ant", "cat", "dog"])
    ]


def test_the_overview_says_which_have_gone_and_does_not_ask_for_more_of_them(open_app_page, pets) -> None:
    app = open_app_page("overview/page.py")
    assert [metric.value for metric in app.metric if metric.label == "Classes"] == ["2"]
    said = texts(app)
    assert "ant is no longer in the source. It keeps its place" in said
    assert "no image at all" not in said and "Too few to learn from or to measure: cat and dog" in said


@pytest.mark.parametrize(("state", "shown"), [("unclear", "warning"), ("mended", "caption")])
def test_what_became_of_numbers_of_before_stands_on_the_overview(open_app_page, pets, state, shown) -> None:
    with owner.get().workspace.writing(pets.id) as cursor:
        cursor.execute(
            "INSERT INTO class_repair (dataset_id, state, sentence, done_at) "
            "VALUES (?, ?, 'Number 1: told_.', now()::TIMESTAMP)",
            [pets.id, state],
        )
    app = open_app_page("overview/page.py")
    assert any(r"Number 1\: told\_\." in block.value for block in getattr(app, shown))
