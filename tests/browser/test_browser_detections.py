"""The detections page in Chromium: boxes where people are, a slider without a job, people blurred by the server."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    bars_of,
    foreign_requests,
    jobs_line,
    open_page,
    running_app,
    settle,
    text_of,
)

pytestmark = [*IN_CHROMIUM, pytest.mark.real_data]


@pytest.fixture(scope="module")
def app(shared, tmp_path_factory):
    """The street camera's frames, looked at."""
    model = shared / "models" / "centernet_coco80.onnx"
    if not model.is_file():
        pytest.skip(f"the test's detector is missing: no {model}")
    folder = tmp_path_factory.mktemp("street")
    jobs_line(folder / "w", "import", shared / "data" / "pedestrians", "--name", "street", "--yes")
    jobs_line(folder / "w", "run", "detect", "--dataset", "street", "--weights", model, "--names", "coco80")
    with running_app(folder / "w", log=folder / "app.log") as started:
        yield started


def metric(page, label: str) -> int:
    text = page.locator('[data-testid="stMetric"]', has_text=label).first.inner_text()
    return int(text.split("\n")[-1].replace(",", "").split()[0])


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_boxes_lie_over_the_pictures_and_nothing_is_wider_than_the_screen(app, browser, size) -> None:
    page = open_page(browser, app, "/detections?dataset=street&class=person&only=true", size=size)
    page.locator(".gallery .over rect").first.wait_for(timeout=60_000)
    settle(page)
    assert metric(page, "Pictures with people") == 40
    frame = page.locator(".gallery button.picture").first
    picture, boxes = frame.locator("img").bounding_box(), frame.locator(".over rect")
    assert boxes.count() >= 3
    for i in range(boxes.count()):
        box = boxes.nth(i).bounding_box()
        assert picture["x"] - 2 <= box["x"] and box["x"] + box["width"] <= picture["x"] + picture["width"] + 2
        assert picture["y"] - 2 <= box["y"] and box["y"] + box["height"] <= picture["y"] + picture["height"] + 2
        assert box["height"] < picture["height"] / 2
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not foreign_requests(app)


def test_the_slider_filters_without_a_job(app, browser) -> None:
    page = open_page(browser, app, "/detections?dataset=street", size=WIDE)
    page.locator(".gallery .over rect").first.wait_for(timeout=60_000)
    settle(page)
    before = metric(page, "Objects")
    page.get_by_role("slider").first.focus()
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    for _ in range(60):
        settle(page)
        if metric(page, "Objects") < before / 1.5:
            break
        page.wait_for_timeout(500)
    assert metric(page, "Objects") < before / 1.5 and "score=0.45" in page.url
    page.goto(app.url + "/jobs")
    settle(page)
    assert text_of(page).count("Detection of street") == 1


def test_people_per_picture_are_a_chart(app, browser) -> None:
    page = open_page(browser, app, "/detections?dataset=street&view=Per+picture&class=person", size=WIDE)
    bars_of(page).first.wait_for(timeout=60_000)
    assert "40 pictures looked at" in text_of(page)


def test_a_class_the_model_does_not_know_leads_to_words(app, browser) -> None:
    page = open_page(browser, app, "/detections?dataset=street&ask=pool", size=WIDE)
    page.get_by_text("Look for “pool” by words").wait_for(timeout=60_000)
    page.get_by_text("Look for “pool” by words").click()
    page.get_by_text("Neighbours in street").first.wait_for(timeout=60_000)


def test_one_switch_blurs_people_in_every_gallery(app, browser) -> None:
    page = open_page(browser, app, "/pictures?dataset=street", size=WIDE)
    page.locator(".gallery button.picture img").first.wait_for(timeout=60_000)
    settle(page)
    before = first_picture(page)
    page.goto(app.url + "/detections?dataset=street")
    page.get_by_role("button", name="Privacy").wait_for(timeout=60_000)
    settle(page)
    page.get_by_role("button", name="Privacy").click()
    page.get_by_role("button", name="Blur the people").click()
    page.get_by_text("Show them again").wait_for(timeout=60_000)
    page.goto(app.url + "/pictures?dataset=street")
    page.locator(".gallery button.picture img").first.wait_for(timeout=60_000)
    settle(page)
    after = first_picture(page)
    changed = np.abs(before - after).max(axis=2) > 40
    assert 0.003 < changed.mean() < 0.3  # some of the picture, and not all of it
    page.goto(app.url + "/detections?dataset=street")
    page.get_by_role("button", name="Privacy").wait_for(timeout=60_000)
    settle(page)
    page.get_by_role("button", name="Privacy").click()
    page.get_by_role("button", name="Show them again").click()
    page.get_by_role("button", name="Blur the people").wait_for(timeout=60_000)


def first_picture(page) -> np.ndarray:
    """The first thumbnail as the visitor's browser has it: (h, w, 3)."""
    image = page.locator(".gallery button.picture img").first
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    answer = page.request.get(page.url.split("/pictures")[0] + image.get_attribute("src"))
    return np.asarray(Image.open(io.BytesIO(answer.body())).convert("RGB")).astype(int)
