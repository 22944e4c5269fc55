"""Reading waits for no writing: every page is drawn while a transaction holds the file's one place to write."""

import pytest

from pages.ui import owner, registry
from tests.support.noisy_workspace import checked_birds

FILLED_BY = {"checked": checked_birds}
PAGES = [f"{folder}/page.py" for folder in registry.all_pages()]
QUICK = PAGES[:3]


@pytest.fixture
def checked(app_workspace):
    """Birds with a label check."""


@pytest.mark.parametrize("page", [*QUICK, *(pytest.param(page, marks=pytest.mark.long) for page in PAGES[3:])])
def test_a_page_is_drawn_while_somebody_writes(checked, open_app_page, monkeypatch, page) -> None:
    app = owner.get()
    app.supervisor.stop()
    monkeypatch.setattr(app.supervisor, "devices", list)  # no process that outlives the visit
    with app.workspace.writing():
        assert open_app_page(page).title
