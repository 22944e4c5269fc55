"""The app as a visitor sees it, in Chromium: every page, wide and narrow, and the things people do to it."""

import json
import shutil
import time
import urllib.error
import urllib.request
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pytest
from PIL import Image

from jobs.engine.folder import all_job_folders
from jobs.engine.spec import Progress
from store.workspace_file import FILE_NAME
from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    copy_of_demo,
    foreign_requests,
    jobs_line,
    open_page,
    running_app,
    settle,
    start_app,
    text_of,
)

PAGES = ("/", "/pictures", "/map", "/import", "/failures", "/jobs", "/dictionary")
NAMES = "Cat, Lynx, Wolf, Coyote, Cheetah, Jaguar, Chimpanzee, Orangutan, Hamster, Guinea Pig"
N_EMBEDDED = 4_000
COUNTS = [4698, 1542, 1949, 5361, 4911, 2681, 2292, 3472, 2520, 2422]
pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A workspace with the demo in it, imported and embedded by the command line."""
    return copy_of_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def demo_app(demo, tmp_path_factory):
    with running_app(demo, log=tmp_path_factory.mktemp("log") / "app.log") as app:
        yield app


def slow_pictures(folder: Path, n: int) -> Path:
    """A folder of photographs that take an import or an embedding some seconds."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (400, 400, 3), dtype=np.uint8)
    for number in range(n):
        Image.fromarray(np.roll(pixels, number, axis=1)).save(folder / f"{number:05d}.jpg", quality=90)
    return folder


def wait_for(condition, *, timeout: float = 120):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def look_at(page, folder: Path) -> None:
    page.get_by_label("Folder", exact=True).fill(str(folder))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("Take it in").wait_for(timeout=60_000)
    settle(page)


def states(workspace: Path) -> list[tuple[str, str]]:
    found = [folder.state() for folder in all_job_folders(workspace)]
    return [(state["kind"], state["state"]) for state in found if state]


def query(workspace: Path, statement: str) -> list[tuple]:
    with duckdb.connect(str(workspace / FILE_NAME), read_only=True) as file:
        return file.execute(statement).fetchall()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_without_an_error_and_fits(demo_app, browser, path, size):
    page = open_page(browser, demo_app, path, size=size)
    text = text_of(page)
    assert "This page stopped" not in text
    assert "Traceback" not in text
    assert page.locator('[data-testid="stException"]').count() == 0
    sideways = page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }"
    )
    assert sideways <= 1, f"{path} is {sideways} px wider than its window"
    page.close()


@pytest.mark.parametrize(("former", "today"), [("/overview", "/"), ("/where-it-looks", "/saliency")])
def test_a_link_of_before_still_opens(demo_app, browser, former, today):
    # the page takes a dataset that is the only one out of the address; what else stands there stays
    page = open_page(browser, demo_app, f"{former}?dataset=digits&seed=3")
    assert "Page not found" not in text_of(page)
    assert page.url.removeprefix(demo_app.url).partition("?")[::2] == (today, "seed=3")
    page.close()


def test_no_page_asks_another_host_for_anything(demo_app, browser):
    for path in PAGES:
        open_page(browser, demo_app, path).close()
    assert len(demo_app.requests) > 50
    assert foreign_requests(demo_app) == []


def test_a_page_of_another_host_name_gets_no_picture(demo_app):
    url = f"{demo_app.url}/vitrine/thumb/1"
    assert urllib.request.urlopen(url, timeout=10).status == 200
    request = urllib.request.Request(url, headers={"Host": "elsewhere.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=10)


def test_the_overview_names_the_planted_defects(demo_app, browser):
    page = open_page(browser, demo_app, "/")
    text = text_of(page)
    assert "1,877" in text
    for planted in ("30", "10"):  # groups of exact duplicates, broken files
        assert planted in text
    page.close()


def test_an_empty_workspace_says_what_to_do_on_every_page(tmp_path, browser):
    with running_app(tmp_path / "w", log=tmp_path / "app.log") as app:
        for path in PAGES:
            page = open_page(browser, app, path)
            assert "This page stopped" not in text_of(page)
            page.close()
        page = open_page(browser, app, "/")
        assert "There is no dataset in this workspace yet" in text_of(page)
        page.close()


def test_a_second_app_on_the_workspace_says_who_has_it(demo, demo_app, tmp_path, browser):
    with running_app(demo, log=tmp_path / "second.log") as second:
        page = open_page(browser, second, "/")
        text = text_of(page)
        assert f"is open in process {demo_app.process.pid}" in text
        assert "--workspace DIR" in text
        page.close()


def test_names_with_markup_in_them_are_shown_as_text(tmp_path, browser):
    evil = "<img src=x onerror=document.title=1>"
    folder = tmp_path / "pictures"
    for name in (evil.replace("/", ""), "**bold** $x$ :smile:"):
        (folder / name).mkdir(parents=True)
        Image.new("RGB", (20, 20), "red").save(folder / name / f"{name} 1.png")
        (folder / name / f"{name} broken.png").write_bytes(b"no")
    workspace = tmp_path / "w"
    jobs_line(workspace, "import", folder, "--name", f"{evil} *x*")
    with running_app(workspace, log=tmp_path / "app.log") as app:
        for path in PAGES:
            page = open_page(browser, app, path)
            assert page.title() != "1"
            assert page.locator("img[src='x']").count() == 0
            assert page.locator("strong", has_text="bold").count() == 0
            assert "This page stopped" not in text_of(page)
            page.close()
        page = open_page(browser, app, "/failures")
        page.locator("canvas").first.wait_for(timeout=30_000)  # the names stand in a drawn table
        page.close()


def test_two_tabs_that_start_the_same_job_start_one_and_a_refresh_loses_nothing(tmp_path, browser):
    pictures = slow_pictures(tmp_path / "pictures", 1500)
    with running_app(tmp_path / "w", log=tmp_path / "app.log") as app:
        tabs = [open_page(browser, app, "/import") for _ in range(2)]
        for tab in tabs:
            look_at(tab, pictures)
        for tab in tabs:
            tab.get_by_role("button", name="Import", exact=True).click()
        for tab in tabs:
            tab.wait_for_url("**job=import-*", timeout=60_000)
        tabs[0].reload()
        for tab in tabs:
            tab.get_by_text("1,500 new").first.wait_for(timeout=120_000)
            tab.close()
        assert len(all_job_folders(tmp_path / "w")) == 1
    assert query(tmp_path / "w", "SELECT count(*) FROM image") == [(1500,)]


def test_an_app_restarted_in_mid_job_adopts_the_worker_and_shows_its_end(tmp_path, browser):
    pictures = slow_pictures(tmp_path / "pictures", 1000)
    workspace = tmp_path / "w"
    first = start_app(workspace, log=tmp_path / "first.log")
    page = open_page(browser, first, "/import")
    look_at(page, pictures)
    page.get_by_role("button", name="Import", exact=True).click()
    worker = wait_for(lambda: next((f.worker() for f in all_job_folders(workspace) if f.worker()), None))
    wait_for(lambda: all_job_folders(workspace)[0].progress().done > 50)
    first.kill()
    page.close()
    assert psutil.pid_exists(worker.pid)
    with running_app(workspace, log=tmp_path / "second.log") as second:
        page = open_page(browser, second, "/jobs")
        page.get_by_text("Done").first.wait_for(timeout=400_000)
        page.close()
    assert query(workspace, "SELECT count(*), count(DISTINCT path) FROM image") == [(1000, 1000)]


def test_a_running_job_is_cancelled_and_resumed_from_the_page(tmp_path, browser):
    pictures = slow_pictures(tmp_path / "pictures", 2500)
    workspace = tmp_path / "w"
    with running_app(workspace, log=tmp_path / "app.log") as app:
        page = open_page(browser, app, "/import")
        look_at(page, pictures)
        page.get_by_role("button", name="Import", exact=True).click()
        wait_for(lambda: all_job_folders(workspace) and all_job_folders(workspace)[0].progress().done > 50)
        page.goto(app.url + "/jobs")
        settle(page)
        page.get_by_role("button", name="Cancel").first.click()
        wait_for(lambda: all_job_folders(workspace)[0].state()["state"] == "cancelled")
        page.get_by_role("button", name="Resume").first.click()
        wait_for(lambda: all_job_folders(workspace)[0].state()["state"] == "done")
        page.close()
    assert query(workspace, "SELECT count(*), count(DISTINCT path) FROM image") == [(2500, 2500)]


def test_the_command_line_works_while_the_app_runs(tmp_path, browser):
    pictures = slow_pictures(tmp_path / "pictures", 50)
    workspace = tmp_path / "w"
    with running_app(workspace, log=tmp_path / "app.log") as app:
        page = open_page(browser, app, "/")

        def jobs(*words):
            return json.loads(jobs_line(workspace, *words).strip().splitlines()[-1])

        assert jobs("import", pictures, "--name", "noise")["n_images"] == 50
        assert jobs("run", "embed", "--dataset", "noise", "--trial", 8)["n_embedded"] == 8
        assert jobs("snapshot", tmp_path / "copy.duckdb")["bytes"] > 0
        assert len(jobs("list", "--json")) == 2
        page.goto(app.url + "/?dataset=noise")
        settle(page)
        assert "50" in text_of(page)
        page.close()
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM image").fetchone() == (50,)


def test_an_app_that_others_can_reach_imports_only_from_named_roots(tmp_path, browser):
    allowed = slow_pictures(tmp_path / "allowed" / "pictures", 3)
    secret = slow_pictures(tmp_path / "secret", 3)
    options = ("--server.address=127.0.0.2", "--browser.serverAddress=127.0.0.2", "--server.allowedHosts=127.0.0.2")
    with running_app(
        tmp_path / "w",
        log=tmp_path / "app.log",
        options=options,
        address="127.0.0.2",
        arguments=("--import-root", str(tmp_path / "allowed"), "--open-to-all"),
    ) as app:
        page = open_page(browser, app, "/import")
        page.get_by_label("Folder", exact=True).fill(str(secret))
        page.get_by_role("button", name="Look at it").click()
        page.get_by_text("outside the folders this server may import from").first.wait_for(timeout=30_000)
        page.get_by_label("Folder", exact=True).fill(str(allowed / ".." / ".." / "secret"))
        page.get_by_role("button", name="Look at it").click()
        page.get_by_text("outside the folders this server may import from").first.wait_for(timeout=30_000)
        look_at(page, allowed)
        page.close()


def test_a_zip_is_uploaded_and_imported_and_one_that_climbs_out_is_refused(tmp_path, browser):
    import zipfile

    good = tmp_path / "good.zip"
    shutil.make_archive(str(good.with_suffix("")), "zip", slow_pictures(tmp_path / "pictures", 4))
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../../escaped.png", "x")
    with running_app(tmp_path / "w", log=tmp_path / "app.log") as app:
        page = open_page(browser, app, "/import")
        page.get_by_text("Upload a zip").click()
        settle(page)
        page.locator("input[type=file]").set_input_files(str(bad))
        settle(page)
        page.get_by_role("button", name="Look at it").click()
        page.locator('[data-testid="stAlert"]').first.wait_for(timeout=30_000)
        assert "Traceback" not in text_of(page)
        page.locator("input[type=file]").set_input_files(str(good))
        settle(page)
        page.get_by_role("button", name="Look at it").click()
        page.get_by_text("Take it in").wait_for(timeout=60_000)
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("4 new").first.wait_for(timeout=60_000)
        page.close()
    assert not (tmp_path / "escaped.png").exists()
    assert query(tmp_path / "w", "SELECT count(*) FROM image") == [(4,)]


def embedding(workspace: Path) -> Progress:
    """How far the workspace's embedding is."""
    return next((f.progress() for f in all_job_folders(workspace) if f.path.name.startswith("embed")), Progress())


@pytest.mark.real_data
@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ds801_is_imported_and_embedded_through_the_browser(ds801, tmp_path, browser):
    workspace = tmp_path / "w"
    with running_app(workspace, log=tmp_path / "app.log") as app:
        page = open_page(browser, app, "/import")
        look_at(page, ds801)
        names = page.get_by_label("Class names", exact=False)
        names.fill(NAMES)
        names.press("Control+Enter")
        page.get_by_text("Guinea Pig").first.wait_for(timeout=60_000)
        settle(page)
        page.get_by_label("Name of the dataset").fill("animals")
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("334 groups of exact duplicates").first.wait_for(timeout=300_000)
        page.goto(app.url + "/jobs?dataset=animals")
        settle(page)
        page.get_by_role("button", name="Start").click()
        wait_for(lambda: embedding(workspace).done > N_EMBEDDED, timeout=600)
        assert embedding(workspace).total == 31_848  # the rest is more of the same, and takes minutes
        page.get_by_role("button", name="Cancel").first.click()
        wait_for(lambda: ("embed", "cancelled") in states(workspace))
        page.goto(app.url + "/?dataset=animals")
        settle(page)
        text = text_of(page)
        for figure in ("31,848", "334", "244"):
            assert figure in text
        page.close()
        assert foreign_requests(app) == []
    assert query(workspace, "SELECT count(*) FROM image") == [(31848,)]
    assert query(workspace, "SELECT count(*) FROM import_failure") == [(0,)]
    by_class = query(workspace, "SELECT count(*) FROM image GROUP BY label ORDER BY label")
    assert [n for (n,) in by_class] == COUNTS
    groups = query(
        workspace,
        "SELECT count(*), sum(n), sum((k > 1)::INTEGER) FROM (SELECT count(*) AS n, count(DISTINCT label) AS k "
        "FROM image GROUP BY sha256 HAVING count(*) > 1)",
    )
    assert groups == [(334, 668, 244)]
    ((n_vectors, n_images),) = query(workspace, "SELECT count(*), count(DISTINCT image_id) FROM vector_1")
    assert n_vectors == n_images > 0  # what was published before it was cancelled stays
