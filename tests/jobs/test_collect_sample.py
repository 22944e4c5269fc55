"""A sample of a collection: first candidates with thumbnails, what could not be asked, and nothing left behind."""

import io
import json

import pytest
from PIL import Image

from jobs.collect import sample_job
from jobs.collect.sample_job import LONGEST_SIDE, MOST_QUERIES
from jobs.engine.errors import JobFailed
from jobs.engine.folder import job_folder
from jobs.engine.kinds import load_kind
from jobs.engine.supervisor import Supervisor
from jobs.engine.worker import work_in
from store import collect_samples
from store.collect_samples import samples
from store.connection import Workspace
from tests.support import collected_workspace as made
from tests.support.api_server import ApiServer, Shown, api_server, many
from tests.support.running import run_job

KITE = [{"query": "red kite", "class": "kite"}]


@pytest.fixture
def apis(monkeypatch):
    """Imitations of the sources, which a job of this process asks."""
    with api_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def offline(monkeypatch) -> None:
    """Let every source lie at a port that nobody listens on."""
    nowhere = {name: "http://127.0.0.1:9/nobody" for name in ("openverse", "commons")}
    monkeypatch.setenv("VITRINE_COLLECT_IMITATIONS", json.dumps({"sources": nowhere, "hosts": ["127.0.0.1"]}))


def sampled(workspace: Workspace, **order: object) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The rows and figures of a sample."""
    job = run_job(workspace, "collect-sample", "kites", **{"queries": KITE, "licences": "cc-by,cc0", **order})
    return samples(workspace, job.run_id).to_pylist(), dict(job.figures)


@pytest.mark.long
def test_first_candidates_of_each_source_are_drawn_with_licence_and_author(workspace, apis: ApiServer) -> None:
    apis.stock("openverse", "red kite", many("ov", 30, first_seed=1))
    apis.stock("commons", "red kite", many("co", 3, first_seed=100, licence="cc0"))
    rows, figures = sampled(workspace, sampled=4)
    assert [(row["source"], row["rank"]) for row in rows] == [
        *(("openverse", rank) for rank in (1, 2, 3, 4)),
        *(("commons", rank) for rank in (1, 2, 3)),
    ]
    assert {(row["licence"], row["class"], row["query"]) for row in rows} == {
        ("CC-BY", "kite", "red kite"),
        ("CC0", "kite", "red kite"),
    }
    assert all(row["author"] and row["title"] and row["page_url"] and row["reason"] is None for row in rows)
    for row in rows:
        with Image.open(io.BytesIO(row["picture"])) as picture:
            assert picture.format == "JPEG" and max(picture.size) <= LONGEST_SIDE
    assert (figures["n_candidates"], figures["n_drawn"], figures["troubles"]) == (7, 7, {})
    assert apis.n_asked("/openverse") == apis.n_asked("/commons") == 1  # the first page, and no other
    assert len(apis.picture_requests()) == 7


@pytest.mark.long
def test_what_could_not_be_fetched_says_why_and_what_a_rule_leaves_out_is_counted(workspace, apis: ApiServer) -> None:
    shelf = [
        Shown("fine", 1),
        Shown("gone", 2, kind="missing"),
        Shown("login", 3, kind="html"),
        Shown("small", 4, kind="tiny"),
        Shown("asked-not-to", 5, kind="noai"),
        Shown("twin", 1),
        Shown("unknown", 6, licence=""),
    ]
    apis.stock("commons", "red kite", shelf)
    rows, figures = sampled(workspace, sources="commons", sampled=24)
    reasons = {_name(row): row["reason"] for row in rows}
    assert "404" in reasons["gone"] and "X-Robots-Tag" in reasons["asked-not-to"]
    assert all(reasons[name] for name in ("gone", "login", "small", "asked-not-to"))
    drawn = {_name(row): row["picture"] for row in rows if row["picture"] is not None}
    assert set(drawn) == {"fine", "twin"} and drawn["fine"] == drawn["twin"]  # a duplicate is drawn, too
    assert figures["n_passed_over"] == 1 and "unknown" not in reasons


def _name(row: dict[str, object]) -> str:
    return str(row["file_url"]).rpartition("/")[2].removesuffix(".jpg")


@pytest.mark.long
def test_nothing_of_a_sample_is_left_but_its_rows(workspace, apis: ApiServer) -> None:
    apis.stock("flickr", "red kite", many("fl", 2, first_seed=1))
    job = run_job(workspace, "collect-sample", "kites", queries=KITE, sources="flickr", licences="any")
    folder = job_folder(workspace.root, job.id).path
    assert not [path for path in folder.rglob("*") if path.suffix in (".jpg", ".jsonl") or path.name == "sample"]
    assert not workspace.rows("list_datasets") and not (workspace.root / "collected").exists()
    written = b"".join(path.read_bytes() for path in workspace.root.rglob("*") if path.is_file())
    assert apis.environment["VITRINE_FLICKR_KEY"].encode() not in written


@pytest.mark.long
def test_a_source_that_fails_says_so_beside_what_another_gave(workspace, apis: ApiServer) -> None:
    apis.stock("openverse", "red kite", many("ov", 2, first_seed=1))
    apis.fail_next["/commons"] = [(500, {}, b"")] * 9
    rows, figures = sampled(workspace)
    assert {row["source"] for row in rows} == {"openverse"}
    assert list(figures["troubles"]) == ["commons"] and "Wikimedia Commons" in figures["troubles"]["commons"]


@pytest.mark.long
def test_without_the_internet_it_says_who_could_not_be_reached(workspace, monkeypatch) -> None:
    offline(monkeypatch)
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("collect-sample", dataset="kites", parameters={"queries": KITE}, hold=True)
    with pytest.raises(JobFailed) as failed:
        load_kind("collect-sample").code().compute(work_in(job_folder(workspace.root, job_id)))
    assert "Openverse could not be reached. Is this machine connected to the internet?" in str(failed.value)
    assert "Wikimedia Commons could not be reached" in str(failed.value)


def test_a_sample_that_has_landed_is_not_done_again(workspace) -> None:
    made.add_sample(workspace, {}, [made.sample_row(0)])
    kind = load_kind("collect-sample")
    order = kind.read({"queries": KITE})
    prepare = kind.code().prepare
    assert prepare(workspace, "kites", order, made.SAMPLE).todo.num_rows == 0
    assert prepare(workspace, "kites", order, made.SAMPLE + 1).todo.num_rows == 2


def test_a_sample_of_many_queries_asks_the_first_dozen(workspace) -> None:
    kind = load_kind("collect-sample")
    order = kind.read({"queries": [f"kite {n}" for n in range(40)], "sources": "openverse"})
    assert kind.code().prepare(workspace, "kites", order, 1).todo.num_rows == MOST_QUERIES
    assert sample_job.MOST_DRAWN >= MOST_QUERIES


def test_only_the_newest_samples_are_kept(workspace) -> None:
    for run_id in range(1, collect_samples.MOST_KEPT + 3):
        with workspace.writing() as cursor:
            table = made.sample_table([made.sample_row(0)])
            collect_samples.land_samples(cursor, table, run_id=run_id)
    kept = [run_id for run_id in range(1, run_id + 1) if collect_samples.has_sampled(workspace, run_id)]
    assert kept == list(range(3, run_id + 1))
