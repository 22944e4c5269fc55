"""Collecting: from queries to a dataset whose counts add up, whatever goes wrong on the way."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from importers.collecting.fetching import fetch_all
from jobs.engine import worker
from jobs.engine.errors import UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from store.collected import asks_of, reasons_of
from store.connection import Workspace, utc_now
from store.datasets import class_names, find_dataset
from store.errors import NameTaken
from tests.support.api_server import FLICKR, KEY, OPENVERSE, SERPAPI, ApiServer, Shown, drawn, many
from tests.support.collected import adds_up, collect, imitations
from tests.support.places import PROJECT
from tests.support.running import run_job

pytestmark = pytest.mark.long
CLASSES = ("cat", "dog", "fox")


@pytest.fixture
def api(monkeypatch):
    with imitations(monkeypatch) as server:
        yield server


def images(workspace: Workspace, name: str = "animals") -> list[dict[str, object]]:
    dataset = find_dataset(workspace, name)
    return workspace.read_text(
        "FROM image WHERE dataset_id = $dataset_id ORDER BY path", dataset_id=dataset.id
    ).to_pylist()


def bad_shelf(name: str, seed: int) -> list[Shown]:
    """One picture that fails or is refused in each way."""
    kinds = ("missing", "html", "cut", "tiny", "noai")
    return [Shown(f"o-{name}-{kind}", seed + place, kind=kind) for place, kind in enumerate(kinds, 500)]


def test_three_classes_of_two_sources_become_a_dataset_whose_counts_add_up(api: ApiServer, workspace) -> None:
    for place, name in enumerate(CLASSES):
        seed = 1_000 * place
        api.stock("openverse", name, [*many(f"o-{name}", 23, first_seed=seed), *bad_shelf(name, seed)])
        twins = [Shown(f"c-{name}-bytes", seed + 1), Shown(f"c-{name}-pixels", seed + 2, kind="smaller")]
        unknown = Shown(f"c-{name}-unknown", seed + 505, licence="")
        forbidden = Shown(f"c-{name}-again", seed + 9_000, licence="by-nc-nd")
        api.stock("commons", name, [*many(f"c-{name}", 4, first_seed=seed + 100), *twins, unknown, forbidden])
    busy = (429, {"Retry-After": "0"}, b"{}")
    api.fail_next[OPENVERSE] = [busy, busy]
    queries = [{"query": name, "class": name, "n": 25 if name == "dog" else 40} for name in CLASSES]
    view = collect(workspace, queries=queries, licences="commercial,derivatives")

    asks = asks_of(workspace, view.run_id)
    assert [(ask.source, ask.query) for ask in asks] == [(s, q) for q in CLASSES for s in ("openverse", "commons")]
    assert adds_up(asks) and sum(ask.n_found for ask in asks) == view.figures["n_found"]
    kept = {name: sum(ask.n_kept for ask in asks if ask.query == name) for name in CLASSES}
    assert kept == {"cat": 27, "dog": 25, "fox": 27}
    assert all(ask.n_left == 0 and ask.state == "end" for ask in asks if ask.query != "dog")
    reasons = {
        (each.outcome, each.reason): each.n for each in reasons_of(workspace, view.run_id) if each.query == "cat"
    }
    assert reasons == {
        ("failed", "http 404"): 1,
        ("failed", "truncated"): 1,
        ("refused", "not a picture"): 1,
        ("refused", "too small"): 1,
        ("refused", "noai"): 1,
        ("refused", "licence"): 2,
        ("duplicate", "same bytes"): 1,
        ("duplicate", "same pixels"): 1,
    }
    dataset = find_dataset(workspace, "animals")
    assert dataset.n_images == 79 and class_names(workspace, dataset.id) == list(CLASSES)
    assert all(path["path"].split("/")[0] == CLASSES[path["label"]] for path in images(workspace))
    assert max(api.picture_requests().values()) == 1


def test_origin_and_licence_reach_the_pictures_and_stay_at_another_import(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", many("a", 3, first_seed=1))
    collect(workspace, queries=[{"query": "cat", "class": "cat"}], sources="openverse")
    told = {(row["source_url"].rpartition("/")[0], row["licence"], row["source"]) for row in images(workspace)}
    assert told == {("https://example.org", "CC-BY-4.0", None)}
    assert class_names(workspace, find_dataset(workspace, "animals").id) == ["cat"], "a single class is one, too"
    run_job(workspace, "import", "animals")
    assert {row["licence"] for row in images(workspace)} == {"CC-BY-4.0"}


def test_the_number_ends_a_run_and_the_rest_is_left(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", many("a", 60, first_seed=1))
    view = run_job(workspace, "collect", "animals", queries="cat", sources="openverse", n=10)
    (ask,) = asks_of(workspace, view.run_id)
    assert (ask.n_kept, ask.state, ask.n_requests) == (10, "enough", 1) and adds_up([ask])
    assert ask.n_found == 20 and api.n_asked("/pictures/") <= 14
    assert view.figures["n_left"] == 10


def test_a_pilot_stops_at_so_many_a_class(api: ApiServer, workspace) -> None:
    for place, query in enumerate(("cat", "kitten", "dog")):
        api.stock("openverse", query, many(query, 30, first_seed=100 * place))
    queries = [{"query": q, "class": "dog" if q == "dog" else "cat"} for q in ("cat", "kitten", "dog")]
    collect(workspace, queries=queries, sources="openverse", pilot=12)
    assert [sum(row["label"] == label for row in images(workspace)) for label in (0, 1)] == [12, 12]


def test_what_an_earlier_run_fetched_is_not_asked_for_again(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", many("a", 8, first_seed=1))
    collect(workspace, queries="cat", sources="openverse")
    api.stock("openverse", "cat", [*many("b", 3, first_seed=50), *many("a", 8, first_seed=1)])
    api.asked.clear()
    view = collect(workspace, queries="cat", sources="openverse")
    (ask,) = asks_of(workspace, view.run_id)
    assert (ask.n_kept, ask.n_had, ask.n_duplicate) == (3, 8, 8)
    assert set(api.picture_requests()) == {f"/pictures/b-{place}.jpg" for place in range(3)}
    assert find_dataset(workspace, "animals").n_images == 11
    paths = {row["path"] for row in images(workspace)}
    had = workspace.read_text("SELECT duplicate_of FROM collected WHERE reason = 'had already'")["duplicate_of"]
    assert set(had.to_pylist()) < paths


def test_what_is_new_since_ends_after_pages_without_news(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", many("a", 100, first_seed=1))
    collect(workspace, queries="cat", sources="openverse")
    view = collect(workspace, queries="cat", sources="openverse", new_only=True)
    (ask,) = asks_of(workspace, view.run_id)
    assert (ask.state, ask.n_requests, ask.n_kept, ask.n_had) == ("nothing new", 2, 0, 40)


def test_what_was_taken_down_stays_out(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", [*many("a", 3, first_seed=1), Shown("b", 50, author="Grace")])
    collect(workspace, queries="cat", sources="openverse")
    dataset = find_dataset(workspace, "animals")
    first = next(row for row in images(workspace) if row["source_url"].endswith("/a-0"))
    wishes = {"author": "grace", "picture": first["sha256"]}
    with workspace.writing(dataset.id) as cursor:
        for what, value in wishes.items():
            cursor.execute(
                "INSERT INTO takedown (dataset_id, what, value, who, asked_at) VALUES ($1, $2, $3, 'me', $4)",
                [dataset.id, what, value, utc_now()],
            )
        cursor.execute("DELETE FROM collected")
        cursor.execute("DELETE FROM image")
    view = collect(workspace, queries="cat", sources="openverse")
    reasons = {(each.outcome, each.reason): each.n for each in reasons_of(workspace, view.run_id)}
    assert reasons == {("refused", "taken down"): 2}


def test_a_limit_of_requests_ends_a_run_in_a_sentence(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", many("a", 60, first_seed=1))
    view = run_job(workspace, "collect", "animals", queries="cat", sources="openverse", max_requests=8)
    (ask,) = asks_of(workspace, view.run_id)
    assert adds_up([ask]) and (ask.state, ask.sentence) == ("limit", "The limit of 8 requests was reached.")
    assert ask.n_left > 0 and ask.n_kept > 0 and view.figures["message"] == ask.sentence


def test_a_disk_at_its_reserve_ends_a_run(api: ApiServer, workspace, monkeypatch) -> None:
    api.stock("openverse", "cat", many("a", 60, first_seed=1))
    monkeypatch.setattr("jobs.collect.run.room_left", lambda folder: 0)
    view = run_job(workspace, "collect", "animals", queries="cat", sources="openverse")
    (ask,) = asks_of(workspace, view.run_id)
    assert adds_up([ask]) and ask.state == "limit" and ask.sentence.startswith("The disk is as full")
    assert (ask.n_left, ask.n_kept) == (20, 0) and not api.n_asked("/pictures/")


def test_one_source_that_refuses_does_not_hold_up_the_other(api: ApiServer, workspace) -> None:
    api.stock("openverse", "cat", many("a", 5, first_seed=1))
    api.fail_next[SERPAPI] = [(401, {}, b"{}")]
    view = collect(workspace, queries="cat", sources="google-images,openverse", licences="any")
    states = {ask.source: (ask.state, ask.n_kept) for ask in asks_of(workspace, view.run_id)}
    assert states == {"google-images": ("failed", 0), "openverse": ("end", 5)}
    assert "does not accept the key (401)" in view.figures["message"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((200, {}, b"<html>"), "Openverse could not be asked: The answer is no JSON."),
        ((200, {}, b'{"results": 3}'), "Openverse gave an answer that cannot be understood."),
        (
            (429, {"Retry-After": "86400"}, b"{}"),
            "Openverse could not be asked: The host asks for a pause of more than",
        ),
        ((403, {}, b"{}"), "Openverse could not be asked"),
    ],
)
def test_a_run_that_nobody_answers_fails_in_a_sentence_and_can_be_gone_on_with(
    api: ApiServer, workspace, reply, said: str
) -> None:
    api.stock("openverse", "cat", many("a", 2, first_seed=1))
    api.fail_next[OPENVERSE] = [reply] * 8
    supervisor = Supervisor(workspace)
    job_id = supervisor.start(
        "collect", dataset="animals", parameters={"queries": "cat", "sources": "openverse"}, hold=True
    )
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 1
    assert said in folder.ending()[1]["reason"]
    api.fail_next.clear()
    assert worker.run(folder.path) == 0
    assert folder.ending()[1]["asks"][0]["n_kept"] == 2


def test_an_answer_of_nothing_is_the_end_and_no_failure(api: ApiServer, workspace) -> None:
    view = collect(workspace, queries="nothing of the kind", sources="openverse,commons,inaturalist")
    assert view.state == "done" and view.figures["n_found"] == 0
    assert {ask.state for ask in asks_of(workspace, view.run_id)} == {"end"}


def test_keys_are_written_nowhere(api: ApiServer, workspace, capfd) -> None:
    for source in ("flickr", "google-images"):
        api.stock(source, "cat", many(source, 3, first_seed=len(source)))
    collect(workspace, queries="cat", sources="flickr,google-images", licences="any")
    api.fail_next[FLICKR] = [(403, {}, b"")] * 2
    api.fail_next[SERPAPI] = [(200, {}, json.dumps({"error": f"Wrong key {KEY}"}).encode())]
    view = collect(workspace, "others", queries="cat", sources="flickr,google-images,openverse", licences="any")
    assert "[key]" in json.dumps(view.figures)
    workspace.close()
    assert any(path == FLICKR and asked["api_key"] == KEY for path, asked in api.asked), "the key was in use"
    written = [path for path in workspace.root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    told = capfd.readouterr()
    assert not written and KEY not in told.out + told.err
    assert not any(KEY in path for path, _ in api.asked if path.startswith("/pictures/"))


def test_a_source_without_its_key_is_refused_before_anything_begins(workspace, monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("VITRINE_FLICKR_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(UnknownParameter, match="flickr needs a key"):
        Supervisor(workspace).start("collect", dataset="a", parameters={"queries": "cat", "sources": "flickr"})


def test_nothing_is_added_to_a_folder_of_somebodys_own_unless_it_is_named(api: ApiServer, workspace, tmp_path) -> None:
    (tmp_path / "own" / "cat").mkdir(parents=True)
    (tmp_path / "own" / "cat" / "a.jpg").write_bytes(drawn(1))
    run_job(workspace, "import", "mine", folder=str(tmp_path / "own"), reading="classes")
    api.stock("openverse", "cat", many("a", 2, first_seed=50))
    queries = [{"query": "cat", "class": "cat"}]
    with pytest.raises(NameTaken, match="was not made by collecting"):
        collect(workspace, "mine", queries=queries, sources="openverse")
    collect(workspace, "mine", queries=queries, sources="openverse", folder=str(tmp_path / "own"))
    assert find_dataset(workspace, "mine").n_images == 3
    with pytest.raises(NameTaken, match="is the folder of the dataset 'mine'"):
        collect(workspace, "other", queries=queries, folder=str(tmp_path / "own"))


def test_a_list_of_addresses_becomes_a_dataset_by_its_labels(api: ApiServer, workspace, tmp_path) -> None:
    api.stock("openverse", "-", many("a", 6, first_seed=1))
    lines = [f"{api.url}/pictures/a-{place}.jpg,{'cat' if place % 2 else 'dog'},cc-by-4.0,Ada" for place in range(6)]
    path = tmp_path / "urls.csv"
    path.write_text("\n".join(["url,label,license,author", *lines, f"{api.url}/pictures/b.jpg,cat,,"]))
    view = collect(workspace, "listed", sources="list", file=str(path))
    (ask,) = asks_of(workspace, view.run_id)
    assert (ask.n_found, ask.n_kept, ask.n_refused, ask.n_requests) == (7, 6, 1, 0) and adds_up([ask])
    dataset = find_dataset(workspace, "listed")
    assert class_names(workspace, dataset.id) == ["cat", "dog"]
    assert {row["licence"] for row in images(workspace, "listed")} == {"CC-BY-4.0"}


def test_side_car_files_give_a_folder_its_origin_and_nothing_is_fetched(api: ApiServer, workspace, tmp_path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for place in range(3):
        (own / f"{place}.jpg").write_bytes(drawn(place))
    told = {"url": "https://example.org/0.jpg", "license_name": "CC BY 2.0", "username": "Ada"}
    (own / "0.jpg.json").write_text(json.dumps(told))
    (own / "1.jpg.json").write_text(json.dumps({"title": "no address"}))
    view = collect(workspace, "beside", sources="sidecars", file=str(own))
    (ask,) = asks_of(workspace, view.run_id)
    assert (ask.n_found, ask.n_kept) == (1, 1) and view.figures["asks"][0]["n_unusable"] == 1
    assert [row["licence"] for row in images(workspace, "beside")] == ["CC-BY-2.0", None, None]
    assert not api.asked and sorted(path.name for path in own.iterdir() if path.suffix == ".jpg") == [
        *("0.jpg", "1.jpg", "2.jpg"),
    ]


def test_pictures_on_their_way_when_a_run_breaks_off_are_fetched_by_the_next_attempt(
    api: ApiServer, workspace, monkeypatch
) -> None:
    """All questions had ended by then: what they named is not lost."""
    api.stock("openverse", "cat", many("a", 15, first_seed=1))

    async def breaks_off(*arguments: object, **named: object):
        async for place, fetched in _numbered(fetch_all(*arguments, **named)):
            yield fetched
            if place == 2:
                raise OSError(28, "No space left on device")

    supervisor = Supervisor(workspace)
    job_id = supervisor.start(
        "collect", dataset="animals", parameters={"queries": "cat", "sources": "openverse"}, hold=True
    )
    folder = job_folder(workspace.root, job_id)
    with monkeypatch.context() as patch:
        patch.setattr("jobs.collect.run.fetch_all", breaks_off)
        assert worker.run(folder.path) == 1 and "disk" in folder.ending()[1]["reason"]
    take_in(supervisor, job_id)
    assert supervisor.job(job_id).state == "interrupted"
    worker.run(folder.path)
    take_in(supervisor, job_id)
    (ask,) = asks_of(workspace, supervisor.job(job_id).run_id)
    assert supervisor.job(job_id).state == "done" and (ask.n_found, ask.n_kept, ask.state) == (15, 15, "end")
    assert api.n_asked(OPENVERSE) == 1


async def _numbered(results):
    place = 0
    async for each in results:
        yield place, each
        place += 1


def take_in(supervisor: Supervisor, job_id: str) -> None:
    """Land what a worker that was run here has published."""
    folder = job_folder(supervisor.workspace.root, job_id)
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(job_id)


def n_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.faults
def test_a_run_that_is_killed_again_and_again_asks_for_nothing_twice(api: ApiServer, workspace) -> None:
    for place, name in enumerate(CLASSES):
        api.stock("openverse", name, many(f"o-{name}", 50, first_seed=1_000 * place))
        api.stock("commons", name, many(f"c-{name}", 60, first_seed=1_000 * place + 500))
    supervisor = Supervisor(workspace)
    parameters = {"queries": [{"query": name, "class": name, "n": 200} for name in CLASSES], "at_once": 2}
    job_id = supervisor.start("collect", dataset="animals", parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    journal, settled = folder.path / "fetched.jsonl", Counter()
    for n_kills in range(5):
        n_before = n_lines(journal)
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.engine.worker", str(folder.path)],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.DEVNULL,
        )
        while n_kills < 4 and process.poll() is None and n_lines(journal) < n_before + 40:
            time.sleep(0.01)
        if n_kills < 4:
            process.kill()
        process.wait()
        again = api.picture_requests()
        assert all(again[path] == n for path, n in settled.items()), "what has a line is not asked for again"
        lines = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
        settled = Counter({path: again[path] for path in (urlsplit(line["url"]).path for line in lines)})
    assert folder.ending()[0] == "done", folder.ending()
    take_in(supervisor, job_id)
    asks = asks_of(workspace, supervisor.job(job_id).run_id)
    assert adds_up(asks) and sum(ask.n_kept for ask in asks) == 330
    assert sum(ask.n_requests for ask in asks) == 3 * (3 + 2)
    pages = [(path, tuple(sorted(asked.items()))) for path, asked in api.asked if not path.startswith("/pictures/")]
    assert len([page for page in pages if "robots" not in page[0]]) <= 15 + 4 * 4, "but what was in flight"
    assert len(api.picture_requests()) == 330
    root = workspace.root / "collected" / "animals"
    assert sum(path.suffix == ".jpg" for path in root.rglob("*")) == 330
