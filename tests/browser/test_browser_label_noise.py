"""The label noise page in Chromium on the demo: matrix to list, a decision and its way back, what it sends."""

import pytest

from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    bars_of,
    click_bar,
    digits_app,
    foreign_requests,
    open_page,
    settle,
    text_of,
)

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with its labels checked."""
    with digits_app(tmp_path_factory.mktemp("noise"), ("label-issues",)) as started:
        yield started


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_page_scores_itself_against_the_planted_truth(app, browser, size) -> None:
    page = open_page(browser, app, "/label-noise?dataset=digits", size=size)
    page.get_by_text("Against the truth").wait_for(timeout=60_000)
    settle(page)
    found = page.locator('[data-testid="stMetric"]', has_text="Wrong labels: recall").inner_text()
    assert int(found.split(" %")[0].split()[-1]) >= 85
    strays = page.locator('[data-testid="stMetric"]', has_text="Pictures of no digit").inner_text()
    assert int(strays.split(" %")[0].split()[-1]) >= 90
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_cell_of_the_matrix_leads_to_its_pictures_and_a_decision_can_be_taken_back(app, browser) -> None:
    page = open_page(browser, app, "/label-noise?dataset=digits&view=Noise+matrix", size=WIDE)
    cells = bars_of(page)
    cells.first.wait_for(timeout=60_000)
    settle(page)
    click_bar(page, cells.nth(1))
    page.get_by_text("All on this page").wait_for(timeout=30_000)
    settle(page)
    assert "given=" in page.url and "suggested=" in page.url
    before = shown(page)
    page.get_by_text("All on this page").click()
    settle(page)
    page.get_by_role("button", name="The label is right").click()
    page.get_by_role("button", name="Take it back").wait_for(timeout=30_000)
    settle(page)
    assert "Nothing fits these filters" in text_of(page)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Showing").wait_for(timeout=30_000)
    settle(page)
    assert shown(page) == before


def test_the_pictures_of_the_list_come_from_here(app, browser) -> None:
    page = open_page(browser, app, "/label-noise?dataset=digits&look=Gallery", size=WIDE)
    page.locator(".gallery button.picture").first.wait_for(timeout=60_000)
    settle(page)
    assert page.locator(".gallery button.picture").count() == 60
    assert not foreign_requests(app)


def shown(page) -> str:
    return next(line for line in text_of(page).splitlines() if line.startswith("Showing"))
