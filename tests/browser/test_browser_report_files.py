"""Reports as one file in Chromium, opened from the disk with the network closed: page and slides, wide and narrow."""

import re
import time

import pytest

from jobs.report.formats import FORMATS
from tests.support.browser import IN_CHROMIUM, NARROW, WIDE
from tests.support.report_pictures import drawn_pictures
from tests.support.sample_report import NAMES, sample

pytestmark = IN_CHROMIUM
SLIDE = {"width": 1280, "height": 720}
# Plotly says of numbers that it takes for colours that it does not; nothing is drawn otherwise
_SAID_BY_PLOTLY = re.compile("WARN: Invalid color specifier")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The sample as a page and as slides: format -> file."""
    folder = tmp_path_factory.mktemp("report")
    shown, pictures = drawn_pictures(folder / "pictures")
    written = {name: folder / f"report{FORMATS[name].ending}" for name in ("html", "slides")}
    for name, target in written.items():
        FORMATS[name].write(sample(shown), pictures=pictures, target=target, side=160, report=lambda *_: None)
    return written


@pytest.fixture
def opened(browser, files):
    """Opens a format's file; at the end, nothing must have been asked of a network and nothing been complained of."""
    pages, asked, complaints = [], [], []

    def open_file(name, *, size=WIDE, scheme="light", at=""):
        page = browser.new_page(viewport=size, color_scheme=scheme)
        pages.append(page)
        page.set_default_timeout(60_000)
        own = files[name].as_uri()
        page.route(lambda url: url.split("#")[0] != own, lambda route: route.abort())
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(own + at)
        return page

    yield open_file
    for page in pages:
        page.close()
    own = ("data:", "blob:", *(file.as_uri() for file in files.values()))
    assert not [url[:100] for url in asked if not url.startswith(own)]
    assert not [said for said in complaints if not _SAID_BY_PLOTLY.search(said)]


def through(page) -> None:
    """Scroll to the end, so that every figure comes near."""
    for _ in range(60):
        if page.evaluate("window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2"):
            return
        page.evaluate("window.scrollBy({top: 700, behavior: 'instant'})")
        page.wait_for_timeout(60)


def until(page, true: str, *, within_s: float = 60) -> None:
    """Wait until the expression is true. Playwright's own waiting builds code from text, which these files forbid."""
    deadline = time.monotonic() + within_s
    while not page.evaluate(true):
        assert time.monotonic() < deadline, f"never: {true}"
        page.wait_for_timeout(50)


def test_the_map_is_drawn_moved_and_filtered(opened) -> None:
    page = opened("html")
    page.locator("[data-map]").scroll_into_view_if_needed()
    n_drawn = (
        "(() => { const c = document.querySelector('[data-map] canvas'); "
        "const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; "
        "let n = 0; for (let i = 3; i < p.length; i += 4) n += p[i] > 0; return n; })()"
    )
    until(page, f"document.querySelector('[data-map] canvas') !== null && {n_drawn} > 2000")
    before = page.evaluate(n_drawn)
    page.locator("[data-map] .legend [data-group]").first.click()
    until(page, f"{n_drawn} < {before} * 0.95")
    page.locator("[data-map] .legend button", has_text="Show all").click()
    until(page, f"{n_drawn} === {before}")
    page.locator("[data-map] .tools button").first.click()
    until(page, f"{n_drawn} !== {before}")


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_the_page_fits_its_window_and_draws_what_comes_near(opened, size) -> None:
    page = opened("html", size=size)
    n_all = page.locator(".plot").count()
    assert page.locator(".plot.js-plotly-plot").count() < n_all
    through(page)
    until(page, "[...document.querySelectorAll('.plot')].every(p => p.querySelector('.main-svg, canvas'))")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && "
        "e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert not wide


def test_names_are_letters_and_no_script_of_theirs_runs(opened) -> None:
    page = opened("html")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    through(page)
    said = page.locator("main").inner_text()
    assert all(name.strip() in said for name in NAMES)
    figure = page.locator(".plot").first
    assert "<script>alert" in figure.inner_text()


def test_every_picture_is_shown_also_where_its_bytes_stand_before(opened) -> None:
    page = opened("html")
    assert page.locator("img[data-same]").count() > 0
    until(page, "[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_the_button_changes_the_page_and_its_figures(opened) -> None:
    page = opened("html")
    through(page)
    ink = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
    until(page, "document.querySelector('.plot .xtick text') !== null")
    light = background(page), page.evaluate(ink)
    page.locator("#theme").click()
    until(page, f"{ink} !== '{light[1]}'")
    assert background(page) != light[0]
    page.locator("#theme").click()
    until(page, f"{ink} === '{light[1]}'")
    assert background(page) == light[0]


def test_dark_is_dark_from_the_start(opened) -> None:
    assert background(opened("html", scheme="dark")) == "rgb(20, 24, 26)"


def test_what_is_printed_has_all_figures_in_light_colours(opened) -> None:
    page = opened("html", scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    drawn = (
        "[...document.querySelectorAll('.plot')].every(p => "
        "p.querySelector('canvas') || (p.querySelector('.main-svg') && p._fullLayout.width <= 660))"
    )
    until(page, drawn)
    assert page.evaluate("document.querySelector('.plot')._fullLayout.font.color") == "#22272b"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    until(page, "document.querySelector('.plot')._fullLayout.font.color === '#e8e6e0'")
    assert page.pdf()[:4] == b"%PDF"


def test_the_contents_lead_to_the_blocks(opened) -> None:
    page = opened("html")
    page.locator("nav a", has_text="Detections").click()
    until(page, "document.querySelector('nav a[aria-current]')?.textContent === 'Detections'")


def test_text_is_there_without_scripts(browser, files) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["html"].as_uri())
    assert "34.7 %" in page.locator("main").inner_text() and page.locator("table").first.is_visible()
    context.close()


def number(page) -> str:
    return page.locator("#number").inner_text().split(" / ")[0]


def test_keys_move_the_slides_and_the_address_says_which(opened) -> None:
    page = opened("slides", size=SLIDE)
    n = page.locator(".frame").count()
    seen = []
    for key in ("ArrowRight", "PageDown", " ", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(int(number(page)))
    assert seen == [2, 3, 4, 3, n, n, 1, 1]
    page.locator("#next").click()
    assert page.url.endswith("#2") and page.locator(".frame.current").inner_text().strip() == "What came in"
    page.evaluate("location.hash = '#5'")
    until(page, "document.querySelector('#number').textContent.startsWith('5 ')")


def test_notes_keys_clock_and_overview_open_and_close(opened) -> None:
    page = opened("slides", size=SLIDE, at="#5")
    notes = page.locator(".frame.current .notes")
    page.keyboard.press("n")
    assert notes.inner_text().strip() == "The curator's note."
    page.keyboard.press("n")
    assert not notes.is_visible()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    assert re.fullmatch(r"\d:\d\d", page.locator("#clock").inner_text())
    page.keyboard.press("o")
    page.locator(".frame").nth(1).click()
    assert number(page) == "2" and page.locator(".frame:visible").count() == 1


@pytest.mark.parametrize("size", [SLIDE, WIDE, NARROW], ids=["1280", "1440", "420"])
def test_what_is_on_a_slide_fits_on_it(opened, size) -> None:
    page = opened("slides", size=size)
    for place in range(page.locator(".frame").count()):
        frame = page.locator(".frame.current")
        if frame.locator(".plot").count():
            frame.locator(".main-svg, canvas").first.wait_for()
        over = frame.evaluate(
            "f => [...f.querySelectorAll('.fit, .slide')].map(e => e.scrollHeight - e.clientHeight).filter(n => n > 1)"
        )
        assert not over, f"slide {place + 1}"
        box = frame.bounding_box()
        assert box["width"] <= size["width"] + 1 and box["height"] <= size["height"] + 1
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_swipe_moves_the_slides(opened) -> None:
    page = opened("slides", size=NARROW)
    swipe = """(by) => {
      const at = (x) => new Touch({ identifier: 1, target: document.body, clientX: x, clientY: 300 });
      const tell = (type, x, touches) => document.body.dispatchEvent(
        new TouchEvent(type, { bubbles: true, touches, changedTouches: [at(x)] }));
      tell("touchstart", 200, [at(200)]);
      tell("touchend", 200 + by, []);
    }"""
    page.evaluate(swipe, -120)
    assert number(page) == "2"
    page.evaluate(swipe, 20)
    assert number(page) == "2"
    page.evaluate(swipe, 120)
    assert number(page) == "1"
