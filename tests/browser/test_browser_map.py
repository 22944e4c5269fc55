"""The map in Chromium with software WebGL: it draws, it selects, it opens, and it sends what it should and no more."""

import pytest
from PIL import Image

from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WEBGL,
    WIDE,
    chromium,
    digits_app,
    foreign_requests,
    open_page,
    settle,
    text_of,
)

N = 1877  # the demo's pictures
pytestmark = IN_CHROMIUM
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


PICTURE = "canvas => canvas.toDataURL()"


@pytest.fixture(scope="module")
def browser():
    with chromium(*WEBGL) as started:
        yield started


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with a PCA map, flat and in three dimensions, and a t-SNE map."""
    methods = (("pca", "--dimensions", "3"), ("pca",), ("tsne",))
    orders = [("projection", "--method", *method) for method in methods]
    with digits_app(tmp_path_factory.mktemp("map"), *orders) as started:
        yield started


def open_map(browser, app, query: str = "", *, size=WIDE):
    page = open_page(browser, app, f"/map?dataset=digits{query}", size=size)
    page.locator(f'.vmap-stage[data-drawn="{N}"]').wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    return page


def lasso(page, *, middle=(0.5, 0.5), reach: float = 0.3, tool: str = "Lasso", key: str | None = None) -> None:
    """Draw around a part of the (first) map; places and reach as shares of its sides."""
    page.get_by_role("button", name=tool, exact=True).first.click()
    box = page.locator(".vmap-stage").first.bounding_box()
    x, y = box["x"] + box["width"] * middle[0], box["y"] + box["height"] * middle[1]
    far = min(box["width"], box["height"]) * reach
    corners = [(-1, -1), (1, 1)] if tool == "Box" else [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    if key:
        page.keyboard.down(key)
    page.mouse.move(x - far, y - far)
    page.mouse.down()
    for right, down in corners:
        page.mouse.move(x + right * far, y + down * far, steps=6)
    page.mouse.up()
    if key:
        page.keyboard.up(key)
    settle(page)


def n_selected(page) -> int:
    said = page.locator(".vmap-count").first.inner_text()
    return int(said.split(" of ")[0].replace(",", "")) if "selected" in said else 0


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_map_draws_its_points_and_names(app, browser, size) -> None:
    page = open_map(browser, app, size=size)
    assert page.locator(".vmap-stage canvas").first.evaluate(PIXELS) > 1000
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
    assert "Showing 1 to 60." in text_of(page)
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
    page.get_by_role("dialog").get_by_text("SHA-256").first.wait_for(timeout=30_000)
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
    answers.clear()
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Classes").click()
    page.get_by_role("option", name="3", exact=True).click()
    page.get_by_text("The filter leaves").wait_for(timeout=30_000)
    settle(page)
    sizes = [(answer.url.split("?")[0].rsplit("/", 1)[-1], len(answer.body())) for answer in answers]
    assert [entry for entry in sizes if "facts" not in entry[0]] == [("filter", -(-N // 8))]
    page.close()
    assert foreign_requests(app) == []


def test_shift_adds_to_the_selection_and_alt_takes_away(app, browser) -> None:
    page = open_map(browser, app)
    lasso(page, middle=(0.35, 0.5), reach=0.14, tool="Box")
    left = n_selected(page)
    lasso(page, middle=(0.65, 0.5), reach=0.14, tool="Box", key="Shift")
    both = n_selected(page)
    lasso(page, middle=(0.35, 0.5), reach=0.14, tool="Box", key="Alt")
    right = n_selected(page)
    assert left > 0 and right > 0 and left + right == both
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_text("Nothing is selected.").wait_for(timeout=30_000)
    page.close()


def test_a_saved_selection_outlives_a_reload_and_another_map(app, browser) -> None:
    page = open_map(browser, app)
    lasso(page, reach=0.2)
    n = n_selected(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name of the selection").fill("the middle")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved as the middle.").wait_for(timeout=30_000)
    assert "selection=the+middle" in page.url
    page.reload()
    page.get_by_text("Saved as the middle.").wait_for(timeout=60_000)
    page.locator(".vmap-count", has_text=f"{n:,} of {N:,} selected").wait_for(timeout=30_000)
    page.get_by_label("Map", exact=True).click()
    page.get_by_role("option").nth(1).click()
    page.locator(".vmap-count", has_text=f"{n:,} of {N:,} selected").wait_for(timeout=30_000)
    settle(page)
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("Nothing is selected.").wait_for(timeout=30_000)
    page.close()


def test_two_maps_share_one_selection_both_ways(app, browser) -> None:
    page = open_map(browser, app)
    page.get_by_label("Beside it").click()
    page.get_by_role("option").first.click()
    page.locator(".vmap-stage").nth(1).wait_for(timeout=30_000)
    page.locator(f'.vmap-stage[data-drawn="{N}"]').nth(1).wait_for(timeout=60_000)
    settle(page)
    lasso(page, reach=0.15)
    n = n_selected(page)
    page.locator(".vmap-count").nth(1).get_by_text(f"{n:,} of {N:,} selected").wait_for(timeout=30_000)
    page.get_by_role("button", name="Clear", exact=True).nth(1).click()
    page.locator(".vmap-count").first.get_by_text(f"{N:,} points").wait_for(timeout=30_000)
    page.close()


def test_a_map_in_three_dimensions_turns_and_selects(app, browser) -> None:
    page = open_map(browser, app)
    page.get_by_label("Map", exact=True).click()
    page.get_by_role("option", name="3-D").click()
    page.locator(".vmap-stage canvas").first.wait_for(timeout=30_000)
    settle(page)
    page.wait_for_timeout(1000)
    canvas = page.locator(".vmap-stage canvas").first
    before = canvas.evaluate(PICTURE)
    box = page.locator(".vmap-stage").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 320, box["y"] + 240, steps=5)
    page.mouse.up()
    page.wait_for_timeout(500)
    assert canvas.evaluate(PICTURE) != before
    assert page.get_by_role("dialog").count() == 0
    lasso(page, reach=0.2)
    page.get_by_role("heading", name=f"of {N:,} selected").wait_for(timeout=30_000)
    assert 0 < n_selected(page) < N
    page.close()


def test_moving_and_zooming_ask_the_server_for_nothing(app, browser) -> None:
    page = browser.new_page(viewport=WIDE)
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    page.goto(f"{app.url}/map?dataset=digits")
    page.locator(f'.vmap-stage[data-drawn="{N}"]').wait_for(timeout=60_000)
    settle(page)
    frames.clear()
    page.wait_for_timeout(3000)
    idle = len(frames)  # the strip of jobs looks after itself
    frames.clear()
    box = page.locator(".vmap-stage").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    for _ in range(4):
        page.mouse.wheel(0, -100)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 340, steps=5)
    page.mouse.up()
    page.wait_for_timeout(2000)
    assert len(frames) <= idle + 1
    page.close()


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_picture_of_the_map_is_saved(app, browser, kind: str, tmp_path) -> None:
    page = open_map(browser, app)
    with page.expect_download(timeout=30_000) as download:
        page.get_by_role("button", name=kind, exact=True).click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    assert target.suffix == f".{kind.lower()}"
    if kind == "PNG":
        with Image.open(target) as picture:
            assert picture.width > 2000 and len(picture.convert("RGB").getcolors(10_000_000)) > 20
    else:
        assert target.read_text(encoding="utf-8").count("h0") == N
    page.close()


def test_without_webgl_the_map_says_so_and_the_page_stays(app, browser) -> None:
    page = browser.new_page(viewport=WIDE)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{app.url}/map?dataset=digits")
    page.get_by_text("This browser draws no WebGL").wait_for(timeout=60_000)
    assert "How far can this map be trusted?" in text_of(page)
    page.close()
