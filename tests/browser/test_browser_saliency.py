"""The page "Saliency" in Chromium: the map lies on its picture at two widths, and the sheet's on theirs."""

import pytest

from store.connection import open_workspace
from tests.support.browser import IN_CHROMIUM, NARROW, WIDE, foreign_requests, open_page, running_app, settle, text_of
from tests.support.running import run_job
from tests.support.seen_workspace import land_network, patches

pytestmark = IN_CHROMIUM
BOX = "const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height].map(Math.round)"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Patches of three colours in pictures that are wider than high, with their network and its sheet."""
    folder = tmp_path_factory.mktemp("seen")
    workspace = open_workspace(folder / "w")
    dataset = patches(workspace, folder / "pictures", width=96)
    land_network(workspace, dataset)
    run_job(workspace, "saliency", dataset.name, per_class=6)
    workspace.close()
    with running_app(folder / "w", log=folder / "app.log") as started:
        yield started


def large(page):
    """The boxes on the screen of the large pictures and of the maps over them."""
    pictures = page.locator('img[src^="/vitrine/picture/"]')
    maps = page.locator('img[src^="data:image/png"][style*="inset"]')
    maps.nth(1).wait_for(timeout=60_000)
    return [[each.evaluate(f"e => {{ {BOX} }}") for each in part.all()] for part in (pictures, maps)]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_each_map_lies_exactly_on_its_picture_and_the_page_fits(app, browser, size) -> None:
    page = open_page(browser, app, "/saliency?dataset=patches&picture=3", size=size)
    pictures, maps = large(page)
    assert len(pictures) == 2 and pictures == maps
    page.wait_for_function(  # they are loaded as they come into view
        "[...document.images].every(e => !e.src.includes('/vitrine/picture/') || e.naturalWidth === 96)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()


def test_next_and_a_class_of_the_sheet_change_the_address_and_the_pictures(app, browser) -> None:
    page = open_page(browser, app, "/saliency?dataset=patches&sheet=green")
    large(page)
    page.get_by_role("button", name="Next").click()
    settle(page)
    page.wait_for_function("location.search.includes('picture=')")
    assert "1 of 23" not in text_of(page) and "2 of 23" in text_of(page)
    drawn = page.locator("[aria-label='Maps of the class'] button.picture")
    drawn.first.wait_for(timeout=30_000)
    assert drawn.count() == 6 and page.locator("[aria-label='Maps of the class'] svg.over image").count() == 6
    assert "Mean of 6 maps for green" in text_of(page)
    page.close()
    assert foreign_requests(app) == []
