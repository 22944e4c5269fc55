"""The gallery page: what its links show, and the picture behind ?image=ID."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import owner
from pages.ui.filters import CHECKS, SORTS, class_labels
from store.connection import Workspace
from store.datasets import class_table, find_dataset
from store.gallery import CHECKS as STORE_CHECKS
from store.gallery import PictureFilters
from tests.support.seen_page import sent, texts
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def page(open_app_page):
    return partial(open_app_page, "pictures/page.py")


def land_birds(workspace: Workspace) -> None:
    """130 images of two classes; the first two share their bytes under different labels."""
    dataset = new_dataset(workspace, "birds")
    rows = [
        image_row(
            f"{i:03}.png",
            content=f"c{max(i, 1)}",
            label=i % 2,
            split="train" if i < 100 else "test",
            brightness=float(i),
        )
        for i in range(130)
    ]
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'great tit', NULL), (1, 1, 'x', '<i>crow</i>')")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace) -> int:
    return find_dataset(owner.get().workspace, "birds").id


def shown(app: AppTest) -> list[dict[str, object]]:
    """The sections that were sent to the gallery component."""
    return sent(app, holding="sections")[-1]["sections"]


def test_an_empty_workspace_offers_an_import(page) -> None:
    assert "There is no dataset" in texts(page())


def test_a_page_of_sixty_says_of_how_many(page, birds) -> None:
    app = page()
    assert "Showing 1 to 60 of 130 pictures" in texts(app)
    (section,) = shown(app)
    assert len(section["items"]) == 60
    assert section["items"][1]["caption"] == "<i>crow</i>"
    assert section["items"][0]["url"].startswith("/vitrine/thumb/1?v=")


def test_a_link_shows_what_its_sender_saw(page, birds) -> None:
    app = page(**{"class": "great tit", "split": "test", "sort": "Brightest first"})
    assert "Showing all 15 pictures" in texts(app)
    assert [item["id"] for item in shown(app)[0]["items"]][:2] == [129, 127]
    app = page(name="12", page="1")
    assert "Showing all 12 pictures" in texts(app)
    app = page(page="3")
    assert "Showing 121 to 130 of 130 pictures" in texts(app)


@pytest.mark.parametrize("name", ["Conflicting labels", "conflicting"])
def test_duplicates_are_shown_in_groups(page, birds, name: str) -> None:
    app = page(check=name)
    assert "Showing all 2 pictures in groups with the same bytes" in texts(app)
    (group,) = shown(app)
    assert (group["title"], group["note"]) == ("2 copies", "2 labels")
    assert [item["id"] for item in group["items"]] == [1, 2]


def test_filters_that_nothing_fits_say_so(page, birds) -> None:
    assert "No picture fits these filters" in texts(page(name="giraffe"))


def test_an_image_in_the_link_is_opened_with_its_facts_and_twins(page, birds) -> None:
    app = page(image="1")
    assert "**The same bytes** are stored in 1 other file" in texts(app)
    facts = "".join(str(element.proto.body) for element in app.get("html"))
    for fact in ("000.png", "train", "64 × 48 pixels", "SHA-256", "not recorded", "run 1"):
        assert fact in facts
    assert "/vitrine/picture/1?v=" in facts


@pytest.mark.parametrize("image", ["999", "abc", "1 OR 1=1", "-1", "9" * 40])
def test_an_image_that_is_not_there_is_a_sentence(page, birds, image: str) -> None:
    assert "has no image" in texts(page(image=image))


def test_a_strange_link_shows_everything(page, birds) -> None:
    app = page(**{"class": "zebra", "check": "odd", "sort": "odd", "page": "99", "split": "odd", "seed": "x"})
    assert "of 130 pictures" in texts(app)


def test_every_check_and_order_has_a_name() -> None:
    assert set(CHECKS.values()) == set(STORE_CHECKS)
    assert all(PictureFilters(sort=column, descending=descending) for column, descending in SORTS.values())


def test_classes_of_one_name_are_told_apart(page) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'a', NULL), (1, 2, 'b', 'a')")
    assert class_labels(class_table(workspace, dataset.id)) == ["a (0)", "class 1", "a (2)"]
