"""The versions page in Chromium: freeze, decide, compare, bring back, export, check; nothing from another host."""

import pytest

from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    foreign_requests,
    jobs_line,
    open_page,
    running_app,
    settle,
    text_of,
)
from tests.support.exporting import draw_course_set

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """An app on sixty pictures named as the course names them, with no version yet."""
    home = tmp_path_factory.mktemp("versions")
    draw_course_set(home / "course")
    jobs_line(home / "w", "import", str(home / "course"), "--name", "course", "--yes")
    with running_app(home / "w", log=home / "app.log") as started:
        yield started


def test_a_version_is_frozen_compared_brought_back_exported_and_checked(app, browser) -> None:
    page = open_page(browser, app, "/versions", size=WIDE)
    page.get_by_label("Note").fill("as it came")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Freeze this version").click()
    page.get_by_text("Nothing has changed since").wait_for(timeout=30_000)
    settle(page)
    assert "60 pictures; 3 classes" in text_of(page) and "as it came" in text_of(page)

    page.get_by_text("Export", exact=True).click()
    page.get_by_role("button", name="Export this version").wait_for(timeout=30_000)
    settle(page)
    page.get_by_role("button", name="Export this version").click()
    page.get_by_text("60 linked").or_(page.get_by_text("60 copied")).wait_for(timeout=90_000)
    settle(page)
    assert "v1 as Class folders: 60 pictures" in text_of(page)

    page.get_by_text("Check a submission").click()
    page.get_by_label("Folder", exact=True).wait_for(timeout=30_000)
    settle(page)
    page.get_by_label("Folder", exact=True).fill("/nowhere/at/all")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("1 rule is broken").wait_for(timeout=90_000)
    settle(page)

    page.get_by_role("radio", name="Compare").click()
    page.get_by_text("The same pictures with the same labels").wait_for(timeout=30_000)
    assert not foreign_requests(app)


@pytest.mark.parametrize("part", ["Versions", "Compare", "Validation+set", "Export", "Check+a+submission"])
def test_every_part_fits_a_narrow_screen(app, browser, part) -> None:
    page = open_page(browser, app, f"/versions?part={part}", size=NARROW)
    page.get_by_text("Versions of course").wait_for(timeout=60_000)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert "Traceback" not in text_of(page)
