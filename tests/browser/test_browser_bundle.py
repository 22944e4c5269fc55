"""A bundle in Chromium, opened from the disk with the network closed: claims computed again, map, table, review."""

import json
from contextlib import closing

import numpy as np
import pytest
from scipy.stats import binom, chisquare

from jobs.bundle import page as bundle_page
from store.connection import open_workspace
from store.review_texts import read_review
from tests.support.browser import IN_CHROMIUM, NARROW, WIDE
from tests.support.bundled_workspace import NAMES, bundled
from tests.support.compared_workspace import N
from tests.support.running import run_job

pytestmark = IN_CHROMIUM
TABS = ("start", "report", "map", "classes", "pictures", "decisions", "claims", "review")
MOST = 60  # pictures that travel: the others are quiet tiles
BY_CHANCE = {"score", "class_score", "difference"}  # whose intervals are resampled in the browser


@pytest.fixture(scope="module")
def file(tmp_path_factory, empty_workspace):
    """The bundle of a dataset with everything in it."""
    root = tmp_path_factory.mktemp("bundle") / "w"
    with closing(open_workspace(root)) as workspace, pytest.MonkeyPatch.context() as patch:
        bundled(workspace)
        fill = bundle_page._fill
        patch.setattr(bundle_page, "_fill", lambda album, wanted, **more: fill(album, wanted[:MOST], **more))
        target = root.parent / "bundle.html"
        run_job(workspace, "bundle", "birds", file=str(target))
    return target


@pytest.fixture
def opened(browser, file):
    """Opens the file in a browser of its own; nothing may have been asked of a network, nothing complained of."""
    contexts, asked, complaints = [], [], []

    def open_file(*, size=WIDE, at="", context=None):
        context = context or browser.new_context(viewport=size, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        own = file.as_uri()
        page.route(lambda url: url.split("#")[0] != own, lambda route: route.abort())
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(own + at)
        until(page, "document.documentElement.dataset.ready === 'yes'")
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not [url[:100] for url in asked if not url.startswith(("data:", "blob:", file.as_uri()))]
    assert not complaints


def until(page, true: str) -> None:
    """Wait until the expression is true; the file forbids what Playwright's own waiting does."""
    for _ in range(1200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {true}")


def tab(page, name: str) -> None:
    page.evaluate(f"location.hash = '{name}'")
    until(page, f"!document.getElementById('{name}').hidden && !document.querySelector('#{name} > .waiting')")


def test_every_claim_is_the_same_in_the_browser_as_in_python(opened) -> None:
    page = opened(at="#claims")
    found = page.evaluate("bundleClaims.recomputeAll()")
    claims = page.evaluate("bundle.facts.claims")
    asked = set()
    for claim in claims:
        for number in claim["numbers"]:
            mine, name = found[str(claim["id"])][number["name"]], number["name"]
            if number["question"] is None:
                assert mine["state"] == "not asked" and mine["why"]
                continue
            asked.add(name)
            now = number["now"]
            assert mine["number"] == pytest.approx(now["number"], rel=1e-9, abs=1e-9), (
                claim["then"],
                number["question"],
            )
            if name in BY_CHANCE:
                for end in ("low", "high"):
                    low, high = mine["around"][end]
                    assert low - 1e-9 <= now[end] <= high + 1e-9 and low <= mine[end] <= high, (claim["then"], end)
                assert mine["resamples"] == 2000
            elif now["low"] is not None:
                ends = [mine["low"], mine["high"]]
                assert ends == pytest.approx([now["low"], now["high"]], rel=1e-9, abs=1e-9)
            assert mine["state"] == "same"
    wanted = "images images_apart classes splits size_on_disk imbalance_ratio effective_classes exact_duplicates"
    wanted += " duplicate_groups label_check share_doubted doubts_open labels_checked licences_known score class_score"
    wanted += " difference mcnemar_p agreement calibration_error relabelling_effect"
    assert asked == set(wanted.split())


def test_the_same_seed_gives_the_same_interval_each_time(opened) -> None:
    page = opened(at="#claims")
    once, again = (page.evaluate("bundleClaims.recomputeAll()") for _ in range(2))
    assert json.dumps(once, sort_keys=True) == json.dumps(again, sort_keys=True)


@pytest.mark.parametrize(("n", "p"), [(5, 0.3), (40, 0.2), (60, 0.5), (500, 0.9), (300_000, 0.004), (300_000, 0.6)])
def test_binomial_numbers_are_distributed_as_scipy_says(opened, n, p) -> None:
    draws = f"Array.from({{length: 20000}}, () => bundleScore.binomial({n}, {p}, next))"
    found = opened().evaluate(f"(() => {{ const next = bundleScore.generator(7); return {draws}; }})()")
    cuts = np.unique(binom.ppf(np.linspace(0.02, 0.98, 25), n, p))
    shares = np.diff(np.concatenate([[0.0], binom.cdf(cuts, n, p), [1.0]]))
    counts = np.bincount(np.searchsorted(cuts, found), minlength=len(shares))
    assert chisquare(counts[shares > 0], 20_000 * shares[shares > 0]).pvalue > 1e-4


def test_a_changed_column_is_noticed(opened) -> None:
    page = opened(at="#claims")
    page.evaluate("bundle.flags.fill(0)")
    found = page.evaluate("bundleClaims.recomputeAll()")
    assert "other" in {each["state"] for numbers in found.values() for each in numbers.values()}


def test_the_button_says_what_came_out(opened) -> None:
    page = opened(at="#claims")
    page.locator("#claims button.first").first.click()
    until(
        page, "/numbers are the same here, 0 are not/.test(document.querySelector('#claims [role=status]').textContent)"
    )
    assert "another seed may move its ends" in page.locator("#claims").inner_text()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_every_tab_fits_its_window_and_names_are_letters(opened, size) -> None:
    page = opened(size=size)
    for name in TABS:
        tab(page, name)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        assert page.evaluate(f"document.querySelectorAll('#{name} script, #{name} i:not([style])').length") == 0
    tab(page, "classes")
    assert page.locator("#classes h3", has_text=NAMES[1]).count() == 1


def test_the_map_shows_the_picture_under_the_mouse(opened) -> None:
    page = opened(at="#map")
    until(page, "document.querySelector('#map canvas') !== null")
    page.wait_for_timeout(300)
    box = page.locator("#map canvas").bounding_box()
    seen = set()
    for step in range(12, 88, 2):
        page.mouse.move(box["x"] + box["width"] * step / 100, box["y"] + box["height"] / 2)
        card = page.locator("#map .card")
        if card.is_visible():
            seen.add(card.locator(".path").inner_text())
    assert seen and all(name.endswith(".png") for name in seen)
    page.locator("#map select").select_option("what was decided")
    legend = page.locator("#map .legend .name").all_inner_texts()
    assert set(legend) == {"nothing", "label changed", "removed", "checked by eye"}


def test_pictures_are_found_by_path_class_number_and_state(opened) -> None:
    page = opened(at="#pictures")
    shown = "bundleTable.shown().map((row) => bundle.image_id[row])"
    until(page, f"{shown}.length === {N}")
    search = page.locator("#pictures input[type=search]")
    for text, image_ids in (("042.png", [43]), ("#43", [43])):
        search.fill(text)
        until(page, f"JSON.stringify({shown}) === '{json.dumps(image_ids)}'")
    search.fill("")
    page.get_by_label("removed").check()
    until(page, f"JSON.stringify({shown}) === '[81]'")
    page.get_by_label("removed").uncheck()
    page.get_by_label("changed").check()
    until(page, f"{shown}.length > 0 && {shown}.every((id) => id >= 70 && id <= 73)")
    page.locator("#pictures .lines .line").first.click()
    detail = page.locator("#detail")
    until(page, "document.getElementById('detail').open")
    assert "it <b>is</b> one" in detail.inner_text() and "李 <i>" in detail.inner_text()


def test_a_picture_that_does_not_travel_is_a_quiet_tile(opened) -> None:
    page = opened(at="#pictures")
    n = page.evaluate("bundle.picture_id.length")
    assert 0 < n < N and f"{n} pictures of {N} travel" in opened().locator("#start").inner_text()
    page.evaluate("bundlePictures.open([...bundle.image_id].findIndex((id) => !bundle.pictureOf.has(id)))")
    assert "not in this file" in page.locator("#detail .tile").inner_text()


def review_of(page) -> dict:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save review.json").click()
    assert download.value.suggested_filename == "review.json"
    text = download.value.path().read_bytes()
    read_review(text)  # as `vitrine merge-review` does
    return json.loads(text)


def write_a_review(page) -> None:
    """A name, a comment on a picture and on a claim and in general, an opinion, a score."""
    tab(page, "pictures")
    page.locator("#pictures .lines .line").first.click()
    page.get_by_role("button", name="Wrong").click()
    page.locator("#detail select").select_option(NAMES[1])
    page.locator("#detail .comment").click()
    say(page, "Is this <b>a cat</b>?")
    page.get_by_role("button", name="Close").click()
    tab(page, "claims")
    page.locator("#claims .claim .comment").first.click()
    say(page, "How so?")
    tab(page, "report")
    page.locator("#report .block .comment").first.click()
    say(page, "Clear.")
    tab(page, "review")
    page.get_by_label("Your name").fill("Rosa قط")
    page.locator("#review > .row .comment").click()
    say(page, "Well done.")
    page.get_by_role("button", name="Adherence to the task: 4 of 5").click()
    page.get_by_label("Adherence to the task: note").fill("thorough")
    page.get_by_label("Adherence to the task: note").blur()


def say(page, words: str) -> None:
    page.locator("#comment textarea").fill(words)
    page.get_by_role("button", name="Keep").click()


def test_a_review_is_kept_and_saved_in_the_agreed_form(opened, browser) -> None:
    context = browser.new_context(viewport=WIDE, accept_downloads=True)
    page = opened(context=context)
    write_a_review(page)
    review = review_of(page)
    assert " ".join(review) == "format version dataset bundle reviewer saved_at comments scores opinions"
    assert (review["format"], review["version"], review["dataset"], review["reviewer"]) == (
        "vitrine-review", 1, "birds", "Rosa قط")  # fmt: skip
    assert set(review["bundle"]) == {"run", "generation", "written_at"}
    kinds = {each["on"]["kind"]: each for each in review["comments"]}
    assert set(kinds) == {"picture", "claim", "block", "general"}
    assert all(set(each) == {"id", "on", "text", "at"} and len(each["id"]) == 36 for each in review["comments"])
    picture = kinds["picture"]["on"]
    assert (picture["image_id"], picture["path"]) == (1, "000.png") and len(picture["sha256"]) == 64
    assert kinds["claim"]["on"] == {"kind": "claim", "claim": 1} and set(kinds["block"]["on"]) == {
        "kind",
        "block",
        "title",
    }
    (score,) = review["scores"]
    assert score == {"criterion": "task", "title": "Adherence to the task", "score": 4, "of": 5, "note": "thorough"}
    (opinion,) = review["opinions"]
    assert (opinion["verdict"], opinion["label"], opinion["image_id"]) == ("wrong", NAMES[1], 1)
    assert set(opinion) == {"image_id", "sha256", "path", "verdict", "label", "at"}
    again = review_of(opened(context=context, at="#review"))
    assert {**again, "saved_at": ""} == {**review, "saved_at": ""}


def test_a_review_that_is_loaded_twice_is_there_once(opened, tmp_path) -> None:
    first = opened()
    write_a_review(first)
    saved = tmp_path / "review.json"
    saved.write_text(json.dumps(review_of(first)), encoding="utf-8")
    page = opened(at="#review")
    assert page.evaluate("bundleReview.state.comments.length") == 0  # another browser
    for _ in range(2):
        page.locator("#review input[type=file]").set_input_files(saved)
        until(page, "bundleReview.state.comments.length === 4")
    assert page.evaluate("Object.keys(bundleReview.state.opinions).length") == 1
    saved.write_text(json.dumps({"format": "vitrine-review", "version": 1, "dataset": "other"}), encoding="utf-8")
    page.locator("#review input[type=file]").set_input_files(saved)
    until(page, "/another dataset/.test(document.querySelector('#review [role=status]').textContent)")


def test_a_note_without_a_score_is_a_comment_and_a_review_has_a_name(opened) -> None:
    page = opened(at="#review")
    page.get_by_label("Depth of reflection: note").fill("Who was asked?")
    page.get_by_label("Depth of reflection: note").blur()
    page.get_by_role("button", name="Save review.json").click()
    assert "Write your name first" in page.locator("#review [role=status]").inner_text()
    page.get_by_label("Your name").fill("Rosa")
    once, again = review_of(page), review_of(page)
    assert once["scores"] == [] and once["comments"] == again["comments"]
    assert [each["text"] for each in once["comments"]] == ["Depth of reflection: Who was asked?"]


def test_a_browser_that_keeps_nothing_says_so(opened, browser) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})")
    page = opened(context=context, at="#review")
    assert "keeps nothing for this file" in page.locator("#review").inner_text()
