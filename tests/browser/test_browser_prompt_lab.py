"""The prompt lab in Chromium on the demo: a changed prompt is answered at once, nothing is asked of another host."""

import pytest

from tests.support.browser import IN_CHROMIUM, NARROW, WIDE, digits_app, foreign_requests, open_page, settle, text_of

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with digits_app(tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_every_view_fits_and_says_that_it_is_conse(app, browser, size) -> None:
    for view in ("Recall", "What+changed", "Pictures+and+prompts", "History"):
        page = open_page(browser, app, f"/prompt-lab?dataset=digits&view={view}", size=size)
        page.get_by_text("Balanced accuracy").first.wait_for(timeout=240_000)  # the first loads the models
        settle(page, timeout_s=240)
        assert "By ConSE, not by CLIP" in text_of(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.close()
    assert not foreign_requests(app)


def test_a_changed_prompt_changes_the_score_and_what_flipped_is_shown(app, browser) -> None:
    page = open_page(browser, app, "/prompt-lab?dataset=digits&view=What+changed", size=WIDE)
    page.get_by_text("no picture is called otherwise").wait_for(timeout=240_000)
    box = page.locator("textarea").first
    box.fill("a bowl of guacamole")
    box.press("Control+Enter")
    page.get_by_text("called otherwise than by").wait_for(timeout=60_000)
    settle(page)
    assert "before → now" in text_of(page)
    assert page.locator("textarea").first.input_value() == "a bowl of guacamole"
