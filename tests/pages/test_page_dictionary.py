"""The data dictionary page."""

from functools import partial

import pytest

from pages.ui import owner
from store.dictionary import read_schema
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def page(open_app_page):
    return partial(open_app_page, "dictionary/page.py")


def test_an_empty_workspace_has_its_dictionary(page) -> None:
    app = page()
    assert len(app.expander) == len(read_schema(owner.get().workspace))
    assert any("image" in expander.label and "0 rows" in expander.label for expander in app.expander)


def test_rows_are_counted_and_columns_described(page) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    app = page(find="phash")
    assert len(app.expander) == 4  # the tables image and duplicate_pair, the views current_image and kept_image
    labels = " ".join(expander.label for expander in app.expander)
    assert labels.count("2 rows") == 3 and labels.count("0 rows") == 1
    assert app.dataframe[0].value["column"].tolist() == ["phash"]


def test_words_that_stand_nowhere_find_nothing(page) -> None:
    app = page(find="giraffe")
    assert len(app.expander) == 0
    n_tables = len(read_schema(owner.get().workspace))
    assert any(f"Showing 0 of {n_tables} tables" in caption.value for caption in app.caption)
