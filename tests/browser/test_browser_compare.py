"""The page Compare in Chromium: a cell leads to its pictures, one click to the review; both widths; what it fetches."""

import pytest

from store.connection import open_workspace
from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    bars_of,
    click_bar,
    foreign_requests,
    open_page,
    running_app,
    settle,
    text_of,
)
from tests.support.compared_workspace import compared

pytestmark = IN_CHROMIUM
RUNS = "runs=Nearest+neighbours%2C+run+11&runs=Logistic+regression%2C+run+12&on=Held+back"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    root = tmp_path_factory.mktemp("compare") / "w"
    workspace = open_workspace(root)
    compared(workspace)
    workspace.close()
    with running_app(root, log=tmp_path_factory.mktemp("log") / "app.log") as started:
        yield started


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
@pytest.mark.parametrize("view", ["Scores", "Confusion", "Calibration", "Before+and+after"])
def test_every_view_fits_the_screen_and_names_its_set(app, browser, size, view) -> None:
    page = open_page(browser, app, f"/compare?{RUNS}&view={view}", size=size)
    assert "“Held back”, 60 pictures, labels as they are now (unclean)" in text_of(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not foreign_requests(app)


def test_a_cell_leads_to_its_pictures_and_they_to_the_review(app, browser) -> None:
    page = open_page(browser, app, f"/compare?{RUNS}&view=Confusion", size=WIDE)
    cells = bars_of(page)
    cells.first.wait_for(timeout=60_000)
    settle(page)
    click_bar(page, cells.nth(1))
    page.get_by_text("Showing 1 to 10 of 10").wait_for(timeout=30_000)
    settle(page)
    assert "true=cat" in page.url and "by=A" in page.url and page.locator(".gallery button.picture").count() == 10
    page.get_by_text("Review their labels").click()
    page.get_by_text("Showing 1 to 15 of 15").wait_for(timeout=30_000)
    settle(page)
    assert "Review of birds" in text_of(page) and "wrong=11" in page.url
