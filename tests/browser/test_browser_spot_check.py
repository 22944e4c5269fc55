"""The spot check in Chromium on the demo: keys answer, saved at once; a refresh and a second tab double nothing."""

import pytest

from tests.support.browser import IN_CHROMIUM, NARROW, WIDE, digits_app, foreign_requests, open_page, settle, text_of

PATH = "/spot-check?dataset=digits"
pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo as it was imported."""
    with digits_app(tmp_path_factory.mktemp("spot")) as started:
        yield started


def at_the_desk(browser, app, who: str, *, size=WIDE):
    page = open_page(browser, app, f"{PATH}&view=Answer&by={who}", size=size)
    page.locator(".spot .large img").wait_for(timeout=60_000)
    settle(page)
    return page


def far(page, words: str) -> None:
    """Wait until the page says how many are answered."""
    page.locator(".spot .far", has_text=words).wait_for(timeout=20_000)


def item_of(page) -> str:
    return page.locator(".spot .large").get_attribute("data-item")


def test_a_sample_is_planned_answered_by_keys_and_handed_in(app, browser) -> None:
    page = open_page(browser, app, f"{PATH}&n=6&twice=0&people=2")
    page.get_by_text("Expected precision").wait_for()
    page.get_by_role("button", name="Begin the spot check").click()
    page.locator(".spot .large img").wait_for(timeout=60_000)
    page.close()

    page = at_the_desk(browser, app, "Ben")
    far(page, "0 of 6 answered")
    assert "png" not in page.locator(".spot").inner_text()
    for n, key in enumerate("3xs"):
        page.keyboard.press(key)
        far(page, f"{n + 1} of 6 answered")
    page.locator(".spot .said", has_text="Saved").wait_for(timeout=20_000)
    here = item_of(page)
    page.keyboard.press("u")
    far(page, "2 of 6 answered")
    assert item_of(page) != here
    page.keyboard.press("7")
    far(page, "3 of 6 answered")
    page.locator(".spot .said", has_text="Saved").wait_for(timeout=20_000)

    page.reload()
    page.locator(".spot .large img").wait_for(timeout=60_000)
    far(page, "3 of 6 answered")
    second = at_the_desk(browser, app, "Ben")
    assert item_of(second) == item_of(page) == here
    for tab, key in ((page, "1"), (second, "2")):  # the same picture in both: the newer answer counts, once
        tab.keyboard.press(key)
        far(tab, "4 of 6 answered")
    other = at_the_desk(browser, app, "Cleo", size=NARROW)
    far(other, "0 of 6 answered")  # of another person nothing is seen
    assert other.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    second.keyboard.press("4")
    second.keyboard.press("5")
    second.get_by_role("button", name="Hand in").click()
    second.get_by_text("has handed in").wait_for()
    settle(page)
    page.keyboard.press("9")  # the first tab comes too late
    page.locator(".spot .said.wrong", has_text="takes no more answers").wait_for(timeout=20_000)
    result = open_page(browser, app, f"{PATH}&view=Result")
    assert "Better close it first" in text_of(result) and "Labels wrong as imported" not in text_of(result)
    assert foreign_requests(app) == []
