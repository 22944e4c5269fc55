"""The data dictionary page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import owner
from store.dictionary import read_schema
from tests.small_workspace import image_row, land, new_dataset

FRAME = str(Path(__file__).parent.parent / "pages" / "frame.py")


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "w"))
    owner.close()

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(FRAME, default_timeout=30).run()
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page("dictionary.py").run()
        assert not app.exception and not app.error, app.error
        return app

    yield opened
    owner.close()


def test_an_empty_workspace_has_its_dictionary(page) -> None:
    app = page()
    assert len(app.expander) == len(read_schema(owner.get().workspace))
    assert any("image" in expander.label and "0 rows" in expander.label for expander in app.expander)


def test_rows_are_counted_and_columns_described(page) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    app = page(find="phash")
    (expander,) = app.expander
    assert "2 rows" in expander.label
    assert app.dataframe[0].value["column"].tolist() == ["phash"]


def test_words_that_stand_nowhere_find_nothing(page) -> None:
    app = page(find="giraffe")
    assert len(app.expander) == 0
    n_tables = len(read_schema(owner.get().workspace))
    assert any(f"Showing 0 of {n_tables} tables" in caption.value for caption in app.caption)
