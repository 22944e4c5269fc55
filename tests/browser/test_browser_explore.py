"""The pages Neighbours and Duplicates in Chromium: what is shown, where a click leads, and the way back."""

import re

import pytest

from tests.support.browser import IN_CHROMIUM, NARROW, WIDE, digits_app, foreign_requests, open_page, settle

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with a neighbour graph and near duplicates."""
    with digits_app(tmp_path_factory.mktemp("explore"), ("neighbours",), ("duplicates",)) as started:
        yield started


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
@pytest.mark.parametrize("name", ["neighbours", "duplicates"])
def test_the_page_fits_and_asks_no_other_host(app, browser, name: str, size) -> None:
    page = open_page(browser, app, f"/{name}?dataset=digits", size=size)
    page.locator("button.picture").first.wait_for(timeout=30_000)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert not foreign_requests(app)
    page.close()


def test_eight_neighbours_stand_around_a_picture_and_a_click_goes_on_from_one(app, browser) -> None:
    page = open_page(browser, app, "/neighbours?dataset=digits")
    pictures = page.locator("button.picture")
    pictures.first.wait_for(timeout=30_000)
    settle(page)
    assert pictures.count() == 9  # itself, marked, and eight
    shown = pictures.first.locator("xpath=../..").inner_text()
    assert shown.count("this picture") == 1
    cosines = [float(found) for found in re.findall(r"cosine ([01]\.\d+)", shown)]
    assert len(cosines) == 8 and cosines == sorted(cosines, reverse=True)
    chosen = pictures.nth(3).get_attribute("data-id")
    pictures.nth(3).click()
    page.locator(f"button.picture[data-id='{chosen}']").first.wait_for(timeout=30_000)
    page.wait_for_url(re.compile(f"picture={chosen}"), timeout=30_000)
    settle(page)
    assert pictures.first.get_attribute("data-id") == chosen
    page.close()


def test_the_most_similar_pairs_are_stepped_through(app, browser) -> None:
    page = open_page(browser, app, "/neighbours?dataset=digits&by=Pairs")
    page.get_by_text("pair 1 of").first.wait_for(timeout=30_000)
    page.get_by_role("button", name="Next pair").click()
    page.get_by_text("pair 2 of").first.wait_for(timeout=30_000)
    settle(page)
    assert "pair=2" in page.url
    page.close()


def test_a_group_is_settled_and_taken_back(app, browser) -> None:
    page = open_page(browser, app, "/duplicates?dataset=digits")
    groups = page.locator("[data-testid=stMetricValue]").first
    groups.wait_for(timeout=30_000)
    before = groups.inner_text()
    page.get_by_role("button", name="Keep this one, remove the rest").first.click()
    page.wait_for_function(
        "was => document.querySelector('[data-testid=stMetricValue]').innerText !== was", arg=before, timeout=30_000
    )
    page.reload()  # a refresh loses nothing
    page.wait_for_function(
        "was => (document.querySelector('[data-testid=stMetricValue]') || {innerText: was}).innerText !== was",
        arg=before,
        timeout=30_000,
    )
    page.get_by_role("button", name="Undo").first.click()
    page.wait_for_function(
        "was => document.querySelector('[data-testid=stMetricValue]').innerText === was", arg=before, timeout=30_000
    )
    page.close()
