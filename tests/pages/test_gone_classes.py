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


@pytest.mark.long
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


def land_writings(workspace: Workspace) -> None:
    """Cat and cat, a class of Markdown and of an address."""
    dataset = new_dataset(workspace, "writings")
    names = ("**Cat**", "cat", "Cat", "http://a.org")
    files = {f"{i}.png": {"label": (0, 1, 1, 2, 3)[i]} for i in range(5)}
    reconcile_source(workspace, dataset.id, state=source(files, names=names), run_id=1)
    land(workspace, dataset.id, [image_row(path, **about) for path, about in files.items()])


FILLED_BY["writings"] = land_writings


@pytest.fixture
def writings(app_workspace):
    return find_dataset(owner.get().workspace, "writings")


@pytest.mark.long
def test_two_writings_of_a_name_are_pointed_out_and_made_one_and_taken_back(open_app_page, writings) -> None:
    app = open_app_page("overview/page.py")
    said = [block.value for block in app.markdown if "differ only in how they are written" in block.value]
    assert len(said) == 1 and "**cat** (2 pictures) and **Cat** (1 picture)" in said[0]
    app.button(key="merge_1").click().run()
    rows = owner.get().workspace.read_text("SELECT label FROM current_image ORDER BY path").to_pylist()
    assert [row["label"] for row in rows] == [0, 1, 1, 1, 3]
    assert not any("differ only" in block.value for block in app.markdown)
    next(button for button in app.button if button.label == "Take it back").click().run()
    assert any("differ only" in block.value for block in app.markdown)


@pytest.mark.long
@pytest.mark.parametrize("page", ["overview", "pictures", "review", "versions", "train", "quality", "import_data"])
def test_a_class_called_as_an_address_is_shown_as_text(open_app_page, writings, page) -> None:
    app = open_app_page(f"{page}/page.py", picture="5")
    for kind in ("title", "markdown", "caption", "info", "warning", "success", "subheader", "button", "metric"):
        for block in getattr(app, kind):
            said = f"{getattr(block, 'label', '')} {getattr(block, 'value', '')}"
            assert "http://a" not in said, said
