"""Owner and reviewer in two browsers: a link, a look, a comment, scores, blind answers, results, and the door again."""

import json
import subprocess
import sys

import duckdb
import pytest

from store.workspace_file import FILE_NAME
from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    copy_of_demo,
    foreign_requests,
    free_port,
    jobs_line,
    open_page,
    running_app,
    settle,
    text_of,
)
from tests.support.places import PROJECT

pytestmark = IN_CHROMIUM


def test_an_app_that_nobody_could_come_into_does_not_listen_to_others(tmp_path) -> None:
    order = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.address=127.0.0.2"]
    order += [f"--server.port={free_port()}", "--", "--workspace", str(tmp_path / "w")]
    done = subprocess.run(order, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert "nothing says who may come in" in said and "vitrine share" in said and "Traceback" not in said
    options = ("--server.address=127.0.0.2", "--server.allowedHosts=127.0.0.2")
    jobs_line(tmp_path / "w", "share", "--role", "viewer")
    with running_app(tmp_path / "w", log=tmp_path / "log", options=options, address="127.0.0.2"):
        pass  # with a link that is open it does


def test_open_to_all_is_said_in_red_on_each_page(tmp_path, browser) -> None:
    options = ("--server.address=127.0.0.2", "--server.allowedHosts=127.0.0.2")
    more = {"options": options, "address": "127.0.0.2", "arguments": ("--open-to-all",)}
    with running_app(tmp_path / "w", log=tmp_path / "log", **more) as app:
        for path in ("/", "/jobs"):
            page = open_page(browser, app, path)
            assert "Open to all:" in text_of(page)
            page.close()


def test_the_whole_story_on_the_demo(tmp_path, browser) -> None:
    the_whole_story(copy_of_demo(tmp_path), "digits", browser, tmp_path, n_blind=12)


@pytest.mark.real_data
def test_the_whole_story_on_the_animals(tmp_path, browser, ds801) -> None:
    workspace = tmp_path / "w"
    jobs_line(workspace, "import", ds801, "--name", "animals", "--yes")
    the_whole_story(workspace, "animals", browser, tmp_path, n_blind=60)


def the_whole_story(workspace, name: str, browser, folder, *, n_blind: int) -> None:
    with running_app(workspace, log=folder / "app.log") as app:
        owner = open_page(browser, app, f"/access?dataset={name}")
        link = make_link(owner, name)
        reviewer = come_in(browser, link, "Rita")
        assert "/vitrine/" not in reviewer.url
        look_around(reviewer, app, name)
        comment(reviewer, app, name, "Is this one right?")
        score(reviewer, app, name)
        begin_check(owner, app, name, n_blind)
        answer(reviewer, app, name, n_blind)
        see_results(owner, app, name, n_blind)
        revoke(owner, app, name)
        reviewer.get_by_text("Overview").first.click()  # the next click
        reviewer.get_by_text("was revoked").first.wait_for()
        reviewer.reload()
        reviewer.get_by_text("was revoked").first.wait_for()
        again = browser.new_page()
        assert again.goto(link).status == 403
        assert foreign_requests(app) == []
        for page in (owner, reviewer, again):
            page.close()
    assert "Traceback" not in (folder / "app.log").read_text(errors="replace")
    with duckdb.connect(str(workspace / FILE_NAME), read_only=True) as connection:
        log = connection.execute("SELECT who, role, how, act FROM audit ORDER BY id").fetchall()
        answers = connection.execute(
            "SELECT count(*), count(DISTINCT item) FROM spot_check_answer WHERE reviewer = 'Rita'"
        ).fetchone()
    assert answers == (n_blind, n_blind)
    by_rita = [(role, how, act) for who, role, how, act in log if who == "Rita"]
    assert {("reviewer", "link", act) for act in ("enter", "comment", "score", "submit_check")} <= set(by_rita)
    assert by_rita.count(("reviewer", "link", "answer_check")) == n_blind
    assert log[-1][3] == "revoke"


def make_link(owner, name: str) -> str:
    owner.get_by_label("Whom it is for").fill("The course")
    choose(owner, "Dataset", name, within=".stMain")
    settle(owner)
    owner.get_by_role("button", name="Make a link").click()
    code = owner.locator('[data-testid="stCode"]')
    code.wait_for()
    return code.inner_text().strip()


def choose(page, label: str, option: str, *, within: str = "body") -> None:
    page.locator(within).get_by_label(label, exact=True).last.click()
    page.get_by_role("option", name=option, exact=True).click()


def come_in(browser, link: str, name: str):
    page = browser.new_context(viewport=WIDE).new_page()
    page.set_default_timeout(120_000)
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Come in").click()
    settle(page)
    page.get_by_text("You are here as").first.wait_for()
    return page


def look_around(page, app, name: str) -> None:
    assert name in text_of(page)
    for folder in ("Import", "Jobs", "Access"):
        assert page.get_by_role("link", name=folder, exact=True).count() == 0
    for path in ("/pictures", "/label-noise", "/versions", "/report"):
        page.goto(f"{app.url}{path}?dataset={name}")
        settle(page)
        assert "This page stopped" not in text_of(page)
    for path in ("/jobs", "/import", "/access"):  # by their addresses, neither
        page.goto(f"{app.url}{path}?dataset={name}")
        settle(page)
        assert "Share links" not in text_of(page) and "Look at it" not in text_of(page)


def comment(page, app, name: str, words: str) -> None:
    page.goto(f"{app.url}/pictures?dataset={name}&image=1")
    settle(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Comments").last.click()
    field = dialog.get_by_role("textbox", name="A comment")
    field.fill(words)
    dialog.get_by_role("button", name="Comment", exact=True).click()
    dialog.get_by_text("1 open comment").wait_for()
    page.goto(f"{app.url}/reviewers?dataset={name}")
    page.get_by_text(words).first.wait_for()


def score(page, app, name: str) -> None:
    page.goto(f"{app.url}/reviewers?dataset={name}&view=Your+sheet")
    settle(page)
    for pills in page.locator('[data-testid="stPills"], [data-testid="stButtonGroup"]').all()[-4:]:
        pills.get_by_text("4", exact=True).click()
        settle(page)
    page.get_by_role("button", name="Submit", exact=True).click()
    page.get_by_text("It counts in the summary").wait_for()


def begin_check(page, app, name: str, n: int) -> None:
    page.goto(f"{app.url}/spot-check?dataset={name}&n={n}&twice=0&people=1")
    page.get_by_role("button", name="Begin the spot check").click()
    page.locator(".spot .large img").or_(page.get_by_label("Your name")).first.wait_for()


def answer(page, app, name: str, n: int) -> None:
    page.goto(f"{app.url}/spot-check?dataset={name}&view=Answer")
    page.locator(".spot .large img").wait_for()
    settle(page)
    for number in range(n):
        page.locator(".spot .large img").wait_for()  # a busy machine may have none at hand yet
        page.keyboard.press("123xs"[number % 5])
        page.locator(".spot .far", has_text=f"{number + 1} of {n} answered").wait_for()
    page.get_by_role("button", name="Hand in").click()
    page.get_by_text("has handed in").wait_for()


def see_results(page, app, name: str, n: int) -> None:
    page.goto(f"{app.url}/spot-check?dataset={name}&view=Result")
    settle(page)
    page.get_by_role("button", name="Close").first.click()
    page.get_by_text("Labels wrong as imported").first.wait_for()
    page.goto(f"{app.url}/reviewers?dataset={name}&view=Summary")
    settle(page)
    assert "Rita submitted" in text_of(page) and "80 % of the most there is" in text_of(page)


def revoke(page, app, name: str) -> None:
    page.goto(f"{app.url}/access?dataset={name}")
    page.get_by_text("1 guest: Rita").wait_for()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("revoked by").first.wait_for()


def test_a_guests_pages_fit_a_phone(tmp_path, browser) -> None:
    workspace = copy_of_demo(tmp_path)
    made = json.loads(jobs_line(workspace, "share", "--role", "reviewer").splitlines()[-1])
    with running_app(workspace, log=tmp_path / "log") as app:
        page = browser.new_context(viewport=NARROW).new_page()
        page.goto(app.url + made["url"].partition(":8501")[2])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_label("Your name").fill("Rita")
        page.get_by_role("button", name="Come in").click()
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.close()
