"""The Train page in Chromium: a run started from the page, its live curve, its result, its weights in torchvision."""

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

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

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """120 pictures of three colours in class folders, imported; nothing trained."""
    folder, rng = tmp_path_factory.mktemp("colours"), np.random.default_rng(8)
    for i in range(120):
        name = ("red", "green", "blue")[i % 3]
        pixels = rng.integers(0, 90, (64, 64, 3), dtype=np.uint8)
        pixels[..., i % 3] += 140
        (folder / name).mkdir(exist_ok=True)
        Image.fromarray(pixels).save(folder / name / f"{i:03}.png")
    workspace = tmp_path_factory.mktemp("train") / "w"
    jobs_line(workspace, "import", str(folder), "--name", "colours")
    with running_app(workspace, log=tmp_path_factory.mktemp("log") / "app.log") as started:
        yield started


def test_a_run_from_the_page_is_watched_scored_and_taken_along(app, browser, tmp_path) -> None:
    page = open_page(browser, app, "/train?dataset=colours")
    assert "No model has been trained" in text_of(page)
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="ResNet-18").click()
    settle(page)
    assert "About 1 minute" in text_of(page)
    page.get_by_role("radio", name="My own").click()
    page.get_by_role("spinbutton", name="Epochs at most").fill("4")
    page.get_by_role("spinbutton", name="Epochs at most").press("Enter")
    settle(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_label("Balanced accuracy by epoch").first.wait_for(timeout=400_000)
    assert "Balanced accuracy, test" not in text_of(page)  # live: the run goes on
    page.get_by_text("Balanced accuracy, test").first.wait_for(timeout=400_000)
    settle(page)
    said = text_of(page)
    assert "Near duplicates" in said and "Each class" in said and "torchvision.models.resnet18(num_classes=3)" in said
    with page.expect_download(timeout=60_000) as began:
        page.get_by_role("button", name="Weights (.pt)").click()
    began.value.save_as(tmp_path / "weights.pt")
    network = torchvision.models.resnet18(num_classes=3)
    network.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    with page.expect_download(timeout=60_000) as began:
        page.get_by_role("button", name="ONNX").click()
    began.value.save_as(tmp_path / "network.onnx")
    assert (tmp_path / "network.onnx").stat().st_size > 1_000_000
    page.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_page_fits_and_asks_no_other_host(app, browser, size) -> None:
    page = open_page(browser, app, "/train?dataset=colours", size=size)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert not foreign_requests(app)
    page.close()
