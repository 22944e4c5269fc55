"""Collect in Chromium: queries typed into the table, a sample, a pilot with its class sheet, and what is new since."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.api_server import ApiServer, Shown, api_server, many
from tests.support.browser import IN_CHROMIUM, NARROW, App, foreign_requests, open_page, running_app, settle, text_of
from tests.support.typed_queries import type_queries

pytestmark = IN_CHROMIUM
WAIT_MS = 240_000


@pytest.fixture(scope="module")
def apis() -> Iterator[ApiServer]:
    """Imitations of two sources, which name pictures of two kinds of birds; some cannot be had."""
    with api_server() as server:
        odd = [Shown("gone", 900, kind="missing"), Shown("page", 901, kind="html"), Shown("tiny", 902, kind="tiny")]
        server.stock("openverse", "red kite", [*many("kite", 14, first_seed=1), *odd])
        server.stock("commons", "red kite", many("kite-too", 6, first_seed=100, licence="cc0"))
        server.stock("openverse", "common buzzard", [*many("buzzard", 12, first_seed=200), Shown("both", 1)])
        server.stock("commons", "common buzzard", many("free", 4, first_seed=300, licence="by-nc-nd"))
        yield server


@pytest.fixture(scope="module")
def app(apis: ApiServer, tmp_path_factory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("collect")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in apis.environment.items():
            patch.setenv(name, value)
        with running_app(folder / "w", log=folder / "app.log") as running:
            yield running


def test_from_words_to_a_dataset(browser: Browser, app: App) -> None:
    page = open_page(browser, app, "/collect")
    page.get_by_role("textbox", name="Name of the dataset").fill("birds of prey")
    page.keyboard.press("Enter")
    settle(page)
    type_queries(page, ("kite", "red kite", "10"), ("buzzard", "common buzzard", "10"))
    expect(page.get_by_text("2 queries for 2 classes, of Openverse and Wikimedia Commons.")).to_be_visible()

    page.get_by_role("button", name="Show a sample").click()
    expect(page.get_by_text("candidates drawn", exact=False)).to_be_visible(timeout=WAIT_MS)
    settle(page)
    pictures = page.locator('img[src^="data:image/jpeg"]')
    assert pictures.count() >= 18
    assert all(pictures.nth(n).evaluate("each => each.naturalWidth") > 0 for n in range(pictures.count()))

    page.get_by_role("button", name="On to the pilot").click()
    page.get_by_role("spinbutton", name="Pictures a class").fill("6")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name="Run the pilot").click()
    expect(page.get_by_text("A look at each class")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("every candidate is accounted for")).to_be_visible()
    pictures = page.locator("[aria-label='Pictures of each class'] button.picture")
    expect(pictures).to_have_count(12)
    settle(page)

    page.get_by_role("button", name="On to the large run").click()
    page.get_by_role("button", name="Collect", exact=True).click()
    run = page.get_by_role("combobox", name="Run")
    expect(run).to_have_value(re.compile("collection, done"), timeout=WAIT_MS)
    settle(page)
    page.get_by_role("button", name="What is new since").click()
    page.get_by_text("A collection of this dataset is at work").wait_for(state="attached", timeout=WAIT_MS)
    page.get_by_text("A collection of this dataset is at work").wait_for(state="detached", timeout=WAIT_MS)
    page.reload()
    expect(run).to_have_value(re.compile("what was new, done"), timeout=WAIT_MS)
    settle(page)
    had = page.get_by_test_id("stMetric").filter(has_text="Already had").get_by_test_id("stMetricValue").inner_text()
    assert int(had) >= 12  # what the pilot and the collection kept is known, and not asked for again
    assert "This page stopped" not in text_of(page)
    assert not foreign_requests(app)


def test_a_narrow_page_shows_all_of_it(browser: Browser, app: App) -> None:
    for number in ("1 Ask", "2 Pilot", "3 Collect"):
        page = open_page(browser, app, f"/collect?step={number.replace(' ', '+')}&dataset=birds+of+prey", size=NARROW)
        assert "This page stopped" not in text_of(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        page.close()
