"""The review page in Chromium on the demo: keys decide, saved at once; undo, refresh, a second tab, another class."""

import pytest

from tests.support.browser import IN_CHROMIUM, NARROW, WIDE, digits_app, foreign_requests, open_page, settle, text_of

PATH = "/review?dataset=digits&queue=Doubted+labels"
pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with its labels checked and its neighbours searched."""
    with digits_app(tmp_path_factory.mktemp("review"), ("neighbours",), ("label-issues",)) as started:
        yield started


def ready(browser, app, path: str = PATH, *, size=WIDE):
    page = open_page(browser, app, path, size=size)
    page.locator(".review .tile").first.wait_for(timeout=60_000)
    settle(page)
    return page


def stamps(page) -> list[str]:
    """What each tile is stamped with; "" for open ones."""
    return page.locator(".review .tile").evaluate_all("all => all.map((tile) => tile.dataset.act ?? '')")


def press(page, key: str, *, until: str = "Saved") -> None:
    page.keyboard.press(key)
    page.locator(".review .said", has_text=until).wait_for(timeout=20_000)
    page.wait_for_timeout(150)


def test_keys_decide_and_everything_is_there_after_a_refresh_and_in_another_tab(app, browser) -> None:
    page = ready(browser, app)
    n = len(stamps(page))
    assert n == 24 and not any(stamps(page))
    press(page, "k")
    press(page, "x")
    press(page, "Enter")
    page.keyboard.press("s")
    press(page, "7")
    expected = ["keep", "remove", "relabel", "", "relabel"]
    assert stamps(page)[:3] == expected[:3] and stamps(page)[3] == "" and stamps(page)[4] in ("relabel", "keep")
    page.wait_for_timeout(500)
    now = stamps(page)
    page.reload()
    page.locator(".review .tile").first.wait_for(timeout=60_000)
    settle(page)
    assert stamps(page) == now
    second = ready(browser, app, PATH + "&from=1")
    assert stamps(second) == now
    press(second, "u", until="Taken back")
    assert stamps(second)[4] == ""
    press(second, "y", until="Done again")
    assert stamps(second) == now
    for _ in range(4):
        press(second, "u", until="Taken back")
        second.wait_for_timeout(250)
    assert not any(stamps(second))
    press(page, "k")  # the first tab goes on, with what it was shown
    page.reload()
    page.locator(".review .tile").first.wait_for(timeout=60_000)
    settle(page)
    assert sum(1 for stamp in stamps(page) if stamp) == 1
    press(page, "u", until="Taken back")
    assert not foreign_requests(app)


def test_fast_keys_lose_nothing_and_the_next_pictures_follow(app, browser) -> None:
    page = ready(browser, app, "/review?dataset=digits&queue=A+class&class=3")
    first = page.locator(".review .tile").first.get_attribute("data-id")
    for _ in range(24):
        page.keyboard.press("k")
    page.wait_for_function(
        "id => document.querySelector('[data-testid=stApp]') && "
        "[...document.querySelectorAll('*')].some((e) => e.shadowRoot?.querySelector('.tile') && "
        "e.shadowRoot.querySelector('.tile').dataset.id !== id)",
        arg=first,
        timeout=30_000,
    )
    settle(page)
    assert "24 decided" in text_of(page) and "Showing 25 to" in text_of(page)
    history = open_page(browser, app, "/review?dataset=digits&view=History")
    assert text_of(history).count("1 picture kept") >= 24


def test_another_class_keeps_what_was_decided(app, browser) -> None:
    page = ready(browser, app, "/review?dataset=digits&queue=A+class&class=5")
    press(page, "x")
    box = page.get_by_role("combobox", name="Class")
    box.click()
    page.get_by_role("option", name="6", exact=True).click()
    page.wait_for_timeout(500)
    settle(page)
    back = ready(browser, app, "/review?dataset=digits&queue=A+class&class=5&from=1")
    assert stamps(back)[0] == "remove"
    press(back, "u", until="Taken back")


def test_many_are_chosen_and_decided_with_one_key(app, browser) -> None:
    page = ready(browser, app, PATH + "&from=1")
    before = stamps(page)
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    press(page, "k", until="3 pictures")
    assert stamps(page).count("keep") >= 3 and stamps(page) != before
    press(page, "u", until="3 decisions")
    assert stamps(page) == before


def test_what_looks_alike_is_a_batch_of_its_own(app, browser) -> None:
    page = ready(browser, app, PATH)
    page.keyboard.press("l")
    page.get_by_role("button", name="Back to the queue").wait_for(timeout=30_000)
    settle(page)
    assert "alike=" in page.url and len(stamps(page)) >= 1
    page.get_by_role("button", name="Back to the queue").click()
    page.wait_for_timeout(500)
    settle(page)
    assert "alike=" not in page.url and len(stamps(page)) == 24


def test_typing_into_a_field_decides_nothing(app, browser) -> None:
    page = ready(browser, app, PATH)
    before = stamps(page)
    field = page.get_by_label("Reason")
    field.click()
    field.type("kxu7")
    page.wait_for_timeout(500)
    assert stamps(page) == before


@pytest.mark.parametrize("path", [PATH, "/review?view=When+to+stop", "/review?view=History", "/quality"])
def test_nothing_is_wider_than_a_telephone(app, browser, path: str) -> None:
    page = open_page(browser, app, path, size=NARROW)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
