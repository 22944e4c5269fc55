"""The map in Chromium with software WebGL: it draws, it selects, it opens, and it sends what it should and no more."""

import subprocess
import sys
from pathlib import Path

import pytest
from browser import CHROMIUM, NARROW, WEBGL, WIDE, chromium, foreign_requests, open_page, running_app, settle, text_of

PROJECT = Path(__file__).parent.parent
N = 1877  # the demo's pictures
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
]
PIXELS = """canvas => {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const context = copy.getContext("2d");
  return new Promise(done => requestAnimationFrame(() => {
    context.drawImage(canvas, 0, 0);
    const data = context.getImageData(0, 0, copy.width, copy.height).data;
    let n = 0;
    for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
    done(n);
  }));
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium(*WEBGL) as started:
        yield started


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with a PCA map and a t-SNE map."""
    workspace = tmp_path_factory.mktemp("map") / "w"
    words = [sys.executable, "-m", "jobs"]
    subprocess.run([*words, "demo", "--workspace", str(workspace)], cwd=PROJECT, check=True, timeout=300)
    for method in ("pca", "tsne"):
        order = ["run", "projection", "--dataset", "digits", "--method", method, "--workspace", str(workspace)]
        subprocess.run([*words, *order], cwd=PROJECT, check=True, timeout=300, capture_output=True)
    with running_app(workspace, log=tmp_path_factory.mktemp("log") / "app.log") as started:
        yield started


def open_map(browser, app, query: str = "", *, size=WIDE):
    page = open_page(browser, app, f"/map?dataset=digits{query}", size=size)
    page.locator(f'.vmap-stage[data-drawn="{N}"]').wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    return page


def lasso(page) -> None:
    """Draw around the middle of the map."""
    page.get_by_role("button", name="Lasso").click()
    box = page.locator(".vmap-stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reach = min(box["width"], box["height"]) * 0.3
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    page.mouse.move(x - reach, y - reach)
    page.mouse.down()
    for right, down in corners:
        page.mouse.move(x + right * reach, y + down * reach, steps=6)
    page.mouse.up()


def n_selected(page) -> int:
    said = page.locator(".vmap-count").inner_text()
    return int(said.split(" of ")[0].replace(",", "")) if "selected" in said else 0


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_map_draws_its_points_and_names(app, browser, size) -> None:
    page = open_map(browser, app, size=size)
    assert page.locator(".vmap-stage canvas").evaluate(PIXELS) > 1000
    assert page.locator(".vmap-names span").count() == 10
    stage = page.locator(".vmap-stage").bounding_box()
    assert stage["width"] <= size["width"]
    page.close()


def test_a_lasso_fills_the_gallery_and_survives_a_change_of_colour(app, browser) -> None:
    page = open_map(browser, app)
    lasso(page)
    page.get_by_role("heading", name=f"of {N:,} selected").wait_for(timeout=30_000)
    settle(page)
    n = n_selected(page)
    assert 60 < n < N
    assert "Showing the first 60" in text_of(page)
    assert page.locator("[aria-label='Selected pictures'] button.picture").count() == 60
    assert page.get_by_role("dialog").count() == 0  # the click that ends a lasso opens nothing
    page.get_by_label("Colour").click()
    page.get_by_role("option", name="Brightness").click()
    page.locator(".vmap-legend .ramp").wait_for(timeout=30_000)
    settle(page)
    assert n_selected(page) == n
    assert f"{n:,} of {N:,} selected" in text_of(page)
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_text("Nothing is selected.").wait_for(timeout=30_000)
    page.close()


def test_the_legend_hides_a_class_from_the_map_and_the_selection(app, browser) -> None:
    page = open_map(browser, app)
    page.get_by_role("button", name="Select all").click()
    page.get_by_role("heading", name=f"{N:,} of {N:,} selected").wait_for(timeout=30_000)
    settle(page)
    button = page.locator(".vmap-legend button").first
    count = int(button.locator(".n").inner_text().replace(",", ""))
    button.click()
    page.get_by_role("heading", name=f"{N - count:,} of {N:,} selected").wait_for(timeout=30_000)
    assert button.get_attribute("aria-pressed") == "false"
    assert page.locator(".vmap-names span:not([hidden])").count() == 9
    page.close()


def test_a_point_shows_its_picture_and_a_click_opens_it(app, browser) -> None:
    page = open_map(browser, app)
    box = page.locator(".vmap-stage").bounding_box()
    card = page.locator(".vmap-card:not([hidden])")
    for step in range(400):
        right, down = (step * 37) % (box["width"] - 40), (step * 23) % (box["height"] - 60)
        page.mouse.move(box["x"] + 20 + right, box["y"] + 30 + down)
        page.wait_for_timeout(120)
        if card.count():
            break
    card.locator("img").wait_for(timeout=5_000)
    assert "neighbours kept" in card.inner_text()
    page.mouse.down()
    page.mouse.up()
    page.get_by_role("dialog").wait_for(timeout=30_000)
    assert "SHA-256" in page.get_by_role("dialog").inner_text()
    page.close()


def test_points_come_once_and_a_colour_is_a_byte_a_point(app, browser) -> None:
    page = browser.new_page(viewport=WIDE)
    answers = []
    page.on("response", lambda answer: answers.append(answer) if "/vitrine/map/" in answer.url else None)
    page.goto(f"{app.url}/map?dataset=digits")
    page.locator(f'.vmap-stage[data-drawn="{N}"]').wait_for(timeout=60_000)
    page.get_by_label("Colour").click()
    page.get_by_role("option", name="Trust").click()
    page.locator(".vmap-legend .ramp").wait_for(timeout=30_000)
    settle(page)
    sizes = [(answer.url.split("?")[0].rsplit("/", 1)[-1], len(answer.body())) for answer in answers]
    columns = [entry for entry in sizes if entry[0] != "code.js"]
    assert sorted(columns) == [("label", N), ("points", 4 + 12 * N), ("trust", N)]
    page.close()
    assert foreign_requests(app) == []


def test_without_webgl_the_map_says_so_and_the_page_stays(app, browser) -> None:
    page = browser.new_page(viewport=WIDE)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{app.url}/map?dataset=digits")
    page.get_by_text("This browser draws no WebGL").wait_for(timeout=60_000)
    assert "How far can this map be trusted?" in text_of(page)
    page.close()
