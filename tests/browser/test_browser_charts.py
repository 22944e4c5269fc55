"""Charts in Chromium: names letter by letter, also outside our pages; a finger on a chart moves the page."""

import pytest

from store.connection import open_workspace
from tests.support.browser import IN_CHROMIUM, NARROW, bars_of, foreign_requests, running_app, settle
from tests.support.compared_workspace import compared
from tests.support.every_chart import every_chart

pytestmark = IN_CHROMIUM
RUNS = "runs=Nearest+neighbours%2C+run+11&runs=Logistic+regression%2C+run+12&on=Held+back"


@pytest.mark.parametrize("name", ["<b>x</b>", "%{y}", "$x$", "&lt;x"])
def test_a_strangers_name_is_drawn_letter_by_letter_on_axes_in_legends_and_tooltips(browser, name: str) -> None:
    page = browser.new_page()
    for chart in ("images_per_class", "recall_by_epoch", "confusion", "score_by_run"):
        figure = every_chart(name)[chart].figure
        page.set_content(figure.to_html(include_plotlyjs=True))
        page.locator(".main-svg .xtick").first.wait_for()
        marks = page.locator(".bars .point path, .scatterlayer .points path")
        box = marks.first.bounding_box()
        page.mouse.move(0, 0)
        page.mouse.move(box["x"] + min(3, box["width"] / 2), box["y"] + box["height"] / 2)
        page.locator(".hoverlayer .hovertext").first.wait_for()
        said = page.locator(".hoverlayer .hovertext").first.text_content()
        drawn = page.locator(".main-svg text").all_text_contents()
        assert name in said and sum(name in text for text in drawn) >= 2, (chart, said)
        assert not page.locator(".main-svg a").count()
    page.close()


def test_a_tooltip_says_what_a_cell_is_worth(browser) -> None:
    page = browser.new_page()
    page.set_content(every_chart()["confusion_difference"].figure.to_html(include_plotlyjs=True))
    box = page.locator(".bars .point path").nth(1).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".hoverlayer .hovertext").first.wait_for()
    assert page.locator(".hoverlayer .hovertext").first.text_content() == "label: catsaid: dogdifference: +1"
    page.close()


def test_a_finger_moves_the_page_and_a_tap_leads_to_the_pictures(browser, tmp_path) -> None:
    workspace = open_workspace(tmp_path / "w")
    compared(workspace)
    workspace.close()
    with running_app(tmp_path / "w", log=tmp_path / "app.log") as app:
        context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda request: app.requests.append(request.url))
        page.goto(f"{app.url}/compare?{RUNS}&view=Confusion")
        cell = bars_of(page).nth(1)
        cell.wait_for()
        settle(page)
        cell.scroll_into_view_if_needed()
        before = cell.bounding_box()
        x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
        touch = context.new_cdp_session(page)
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 11):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 12 * step}]})
            page.wait_for_timeout(16)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(500)
        after = cell.bounding_box()
        assert after["y"] < before["y"] - 50 and "true=" not in page.url
        page.touchscreen.tap(after["x"] + after["width"] / 2, after["y"] + after["height"] / 2)
        page.wait_for_url("**true=cat**")
        context.close()
        assert not foreign_requests(app)
