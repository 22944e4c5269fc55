"""The representatives' page in Chromium: a sheet to click, clusters to name, charts that draw, at two widths."""

import pytest

from tests.support.browser import IN_CHROMIUM, NARROW, WIDE, digits_app, foreign_requests, open_page, settle, text_of

K = 12
pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with a curve up to 30 and twelve representatives."""
    orders = (("medoids", "--k-max", "30"), ("medoids", "--k", str(K)))
    with digits_app(tmp_path_factory.mktemp("representatives"), *orders) as started:
        yield started


def open_representatives(browser, app, query: str = "", *, size=WIDE):
    return open_page(browser, app, f"/representatives?dataset=digits{query}", size=size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_sheet_shows_every_medoid_with_its_mix_and_fits(app, browser, size) -> None:
    page = open_representatives(browser, app, size=size)
    pictures = page.locator("[aria-label='Representatives'] button.picture")
    pictures.first.wait_for(timeout=30_000)
    assert pictures.count() == K
    assert page.locator("[aria-label='Representatives'] .mix").count() == K
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()


def test_a_click_opens_a_cluster_that_can_be_turned_named_and_left(app, browser) -> None:
    page = open_representatives(browser, app)
    page.locator("[aria-label='Representatives'] button.picture").first.click()
    page.get_by_label("Name of this cluster").wait_for(timeout=30_000)
    settle(page)
    assert "cluster=" in page.url
    members = page.locator("[aria-label='Members'] button.picture")
    nearest = members.first.get_attribute("data-id")
    assert members.first.get_attribute("title").endswith("cosine 1.000")
    page.get_by_role("radio", name="farthest first").click()
    settle(page)
    assert members.first.get_attribute("data-id") != nearest
    assert "order=farthest" in page.url
    page.get_by_label("Name of this cluster").fill("round <b>ones</b>")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_role("heading", name="round <b>ones</b>").wait_for(timeout=30_000)
    page.get_by_role("button", name="All representatives").click()
    page.get_by_text("round <b>ones</b>").first.wait_for(timeout=30_000)
    settle(page)
    assert "cluster=" not in page.url
    page.close()


def test_a_link_leads_to_a_cluster_and_a_member_opens(app, browser) -> None:
    page = open_representatives(browser, app, "&cluster=2")
    page.locator("[aria-label='Members'] button.picture").first.click()
    page.get_by_role("dialog").get_by_text("SHA-256").first.wait_for(timeout=30_000)
    page.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_curves_are_drawn_with_two_axes_on_the_first(app, browser, size) -> None:
    page = open_representatives(browser, app, "&view=How+many%3F", size=size)
    charts = page.locator('[data-testid="stPlotlyChart"]')
    charts.nth(3).wait_for(timeout=30_000)
    assert charts.count() == 4
    assert "by a heuristic" in text_of(page)
    assert "inertia is distortion times n = " in text_of(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()


@pytest.mark.parametrize("view", ["Other+choices", "Typical+of+a+class"])
def test_rows_of_pictures_stand_under_their_titles(app, browser, view: str) -> None:
    page = open_representatives(browser, app, f"&view={view}")
    page.locator(".gallery.rows .section").nth(3).wait_for(timeout=30_000)
    assert page.locator(".gallery.rows button.picture").count() >= 4 * 10
    page.close()
    assert foreign_requests(app) == []
