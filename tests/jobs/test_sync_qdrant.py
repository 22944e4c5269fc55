"""Vectors to Qdrant: what changed and nothing else, old labels first, an alias to what is whole and checked."""

import json

import numpy as np
import pyarrow as pa
import pytest

from jobs.engine import worker
from jobs.engine.errors import FolderNotAllowed, NothingToDo, UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.prepare import known_job, lay_out, prepared_again
from jobs.engine.spec import HELD
from jobs.engine.supervisor import Supervisor
from jobs.sync_qdrant import job
from jobs.sync_qdrant.checking import differs
from jobs.sync_qdrant.plan import CHECK, DELETE, SAY_ANEW, UPSERT, todo_of
from service.qdrant.contract import Point, Shape
from service.qdrant.names import alias_of
from service.qdrant.reading import Reader
from store.acting import CURATOR, LINK, Actor, acting
from store.qdrant import list_collections, points_now, points_there
from store.vectors import image_vector, list_spaces
from store.versions import freeze
from tests.support.finished_run import ran
from tests.support.qdrant_rest import rest_qdrant
from tests.support.small_workspace import land_decision, new_dataset
from tests.support.synced import N, embedded_birds, held_sync, opened, place, refused, settle, synced

place = place  # the fixture, which pytest looks for by its name in this module
ALIAS = "vitrine_birds_tiny"


def now_of(workspace, dataset):
    return points_now(workspace, dataset, list_spaces(workspace, dataset.id)[0])


def payloads(workspace, dataset) -> dict[str, dict[str, object]]:
    rows = now_of(workspace, dataset).to_pylist()
    return {row["point_id"]: job.payload_of(row["payload"]) for row in rows}


def marks(*rows: tuple[str, int, str]) -> pa.Table:
    return pa.table(
        {
            "point_id": [row[0] for row in rows],
            "image_id": pa.array(range(len(rows)), pa.int64()),
            "vector_run": pa.array([row[1] for row in rows], pa.int32()),
            "payload_mark": pa.array([row[2] for row in rows], pa.string()),
        }
    )


def test_what_is_to_be_done_by_hand() -> None:
    there = marks(("same", 1, "a"), ("said", 1, "a"), ("drawn", 1, "a"), ("gone", 1, "a"))
    now = marks(("new", 2, "a"), ("drawn", 2, "a"), ("said", 1, "b"), ("same", 1, "a"))
    now = now.append_column("payload", pa.array(["{}"] * 4))
    todo = todo_of(now, there).to_pylist()
    assert [(row["action"], row["point_id"]) for row in todo] == [
        (DELETE, "gone"),
        (SAY_ANEW, "said"),
        (UPSERT, "new"),
        (UPSERT, "drawn"),
        (CHECK, ""),
    ]
    assert [row["row"] for row in todo] == [-1, -1, 0, 1, -1]
    assert [row["action"] for row in todo_of(now.slice(0, 0), there.slice(0, 0)).to_pylist()] == [CHECK]


def test_a_point_says_what_is_known_of_its_picture_now(workspace) -> None:
    dataset = embedded_birds(workspace)
    freeze(workspace, dataset.id, name="first", who="me")
    run_id = ran(workspace, "label-issues", {})
    with workspace.writing(dataset.id) as cursor:
        issues = [(run_id, 1, "outlier", 0.5, None), (run_id, 1, "label", 0.9, 2), (run_id, 2, "label", 0.9, 2)]
        cursor.executemany("INSERT INTO label_issue VALUES (?, ?, ?, ?, ?)", issues)
    land_decision(workspace, dataset.id, "001.png", "relabel", label=2)
    said = {str(one["path"]): one for one in payloads(workspace, dataset).values()}
    first = said["000.png"]
    assert (first["image_id"], first["class"], first["split"]) == (1, "crow", "train")
    assert (first["issues"], first["versions"]) == (["label", "outlier"], ["first"]) and "licence" not in first
    assert (said["001.png"]["class"], said["001.png"]["issues"], said["001.png"]["versions"]) == ("wren", [], [])


def test_ids_are_the_same_in_every_workspace_and_pictures_with_the_same_bytes_have_their_own(
    workspace, tmp_path
) -> None:
    dataset = embedded_birds(workspace)
    ids = now_of(workspace, dataset)["point_id"].to_pylist()
    assert len(set(ids)) == N
    assert ids[0] == "104fe147-4dc0-5fdc-bcf6-18c2200bc39a"
    land_decision(workspace, dataset.id, f"{N - 2:03}.png", "remove")
    left = now_of(workspace, dataset)["point_id"].to_pylist()
    assert left == [*ids[: N - 2], ids[N - 1]]  # its twin keeps the id that it has


def test_all_of_a_space_is_brought_and_an_alias_leads_to_it(workspace, place) -> None:
    dataset = embedded_birds(workspace)
    figures = synced(workspace, place, batch=7)
    assert (figures["alias"], figures["n_points"], figures["n_upserted"], figures["n_checked"]) == (ALIAS, N, N, N)
    space = list_spaces(workspace, dataset.id)[0]
    with opened(place) as store:
        assert store.behind(ALIAS) == figures["collection"] and store.count(figures["collection"]) == N
        ids = now_of(workspace, dataset)["point_id"].to_pylist()
        point = store.read(figures["collection"], ids[4:5])[ids[4]]
        vector = image_vector(workspace, space, 5).values
        assert np.allclose(point.vector, vector / np.linalg.norm(vector), atol=1e-6)
        near = Reader(place, ALIAS, store=store).search(vector, 3)
        assert near[0].image_id == 5 and near[0].cosine == pytest.approx(1, abs=1e-6) and near[0].label == "gull"
    (kept,) = list_collections(workspace, dataset.id)
    assert (kept.n_points, kept.collection, kept.run_id) == (N, figures["collection"], 1) and kept.synced_at is not None


def test_the_next_sync_sends_what_has_changed_and_nothing_else(workspace, place, monkeypatch) -> None:
    dataset = embedded_birds(workspace)
    first = synced(workspace, place)
    land_decision(workspace, dataset.id, "003.png", "relabel", label=2)
    land_decision(workspace, dataset.id, "004.png", "remove")
    asked: list[tuple[str, int]] = []
    kind = type(job.open_store(place)) if place.startswith("http") else None
    if kind is not None:
        for name in ("delete", "say_anew", "upsert"):
            was = getattr(kind, name)

            def tell(self, collection, what, *, was=was, name=name):
                asked.append((name, len(what)))
                return was(self, collection, what)

            monkeypatch.setattr(kind, name, tell)
    figures = synced(workspace, place)
    assert figures["collection"] == first["collection"]
    assert (figures["n_deleted"], figures["n_said_anew"], figures["n_upserted"]) == (1, 1, 0)
    assert kind is None or asked == [("delete", 1), ("say_anew", 1)]
    with opened(place) as store:
        ids = now_of(workspace, dataset)["point_id"].to_pylist()
        there = store.read(figures["collection"], ids)
        assert {one: point.payload for one, point in there.items()} == payloads(workspace, dataset)
        assert store.count(figures["collection"]) == N - 1
    again = synced(workspace, place)
    assert (again["n_deleted"], again["n_said_anew"], again["n_upserted"]) == (0, 0, 0)
    assert again["n_checked"] == N - 1


def test_a_collection_that_is_made_otherwise_is_built_beside_and_the_alias_switches_once_it_is_whole(
    workspace, place, monkeypatch
) -> None:
    dataset = embedded_birds(workspace)
    first = synced(workspace, place)
    folder = held_sync(workspace, place, quantisation="scalar", batch=9)
    seen = []
    was = job.compare

    def look_first(store, plan, path):
        seen.append((store.behind(ALIAS), store.count(first["collection"])))
        return was(store, plan, path)

    monkeypatch.setattr(job, "compare", look_first)
    assert worker.run(folder.path) == 0
    settle(workspace, folder)
    figures = folder.ending()[1]
    assert seen == [(first["collection"], N)]  # until all of the new one is there, readers have all of the old one
    with opened(place) as store:
        assert store.behind(ALIAS) == figures["collection"] != first["collection"]
        assert store.describe(first["collection"]) is None
    assert [one.collection for one in list_collections(workspace, dataset.id)] == [figures["collection"]]


def test_a_sync_that_ended_early_goes_on_with_the_rest(workspace, place) -> None:
    dataset = embedded_birds(workspace)
    folder = held_sync(workspace, place, batch=10)
    was, left = job._segment, [2]

    def end_early(*arguments, **named):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return was(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(job, "_segment", end_early)
        worker.run(folder.path)  # the third batch lies there, and nobody was told
    settle(workspace, folder)
    with opened(place) as store:
        assert store.behind(ALIAS) is None  # no reader sees the half
    kept = list_collections(workspace, dataset.id)[0]
    assert points_there(workspace, kept.id).num_rows == 20 and kept.synced_at is None
    supervisor = Supervisor(workspace)
    known = known_job(workspace, supervisor.job(folder.path.name), HELD)
    lay_out(workspace, known, prepared_again(workspace, known), attempt=2)
    assert worker.run(folder.path) == 0, folder.ending()
    settle(workspace, folder)
    figures = folder.ending()[1]
    assert figures["n_upserted"] == 20 and figures["n_points"] == N and figures["collection"] == kept.collection
    with opened(place) as store:
        assert store.behind(ALIAS) == kept.collection and store.count(kept.collection) == N


def test_a_half_built_collection_that_was_given_up_is_cleared_away_by_the_next_sync(workspace, place) -> None:
    dataset = embedded_birds(workspace)
    folder = held_sync(workspace, place, batch=10)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(job, "compare", end_here)
        worker.run(folder.path)
    settle(workspace, folder)
    half = list_collections(workspace, dataset.id)[0].collection
    figures = synced(workspace, place)
    with opened(place) as store:
        assert store.describe(half) is None and store.behind(ALIAS) == figures["collection"] != half
    assert len(list_collections(workspace, dataset.id)) == 1


def end_here(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_others_changed_there_is_seen_and_said(workspace, place) -> None:
    dataset = embedded_birds(workspace)
    figures = synced(workspace, place)
    ids = now_of(workspace, dataset)["point_id"].to_pylist()
    with opened(place) as store:
        store.say_anew(figures["collection"], {ids[3]: {"image_id": 4, "class": "wren"}})
    assert "003.png says another class" in refused(workspace, place)
    with opened(place) as store:
        store.delete(figures["collection"], ids[:2])
    reason = refused(workspace, place)
    assert f"holds 38 points, and {N} should be there" in reason and "--full yes" in reason
    assert synced(workspace, place, full=True)["n_upserted"] == N
    with opened(place) as store:
        name = store.behind(ALIAS)
        wrong = Point(ids[5], np.ones(6, np.float32), payloads(workspace, dataset)[ids[5]])
        store.upsert(name, [wrong])
    assert "005.png has another vector" in refused(workspace, place)


def test_a_collection_that_is_gone_is_said_and_built_anew_when_that_is_asked_for(workspace, place) -> None:
    embedded_birds(workspace)
    figures = synced(workspace, place)
    with opened(place) as store:
        store.drop(figures["collection"])
    assert "not at" in (reason := refused(workspace, place)) and "--full yes" in reason
    assert synced(workspace, place, full=True)["n_points"] == N


def test_an_alias_of_somebody_else_is_left_unless_it_is_to_be_taken_over(workspace, place) -> None:
    embedded_birds(workspace)
    with opened(place) as store:
        store.create("theirs", Shape(3))
        store.lead(ALIAS, "theirs")
    assert "leads to theirs, which this workspace has not written" in refused(workspace, place)
    figures = synced(workspace, place, take_over=True)
    with opened(place) as store:
        assert store.behind(ALIAS) == figures["collection"] and store.describe("theirs") is not None


def test_a_collection_of_another_size_in_its_place_is_refused(workspace, place) -> None:
    embedded_birds(workspace)
    folder = held_sync(workspace, place)
    name = json.loads((folder.path / "plan.json").read_text())["collection"]
    with opened(place) as store:
        store.create(name, Shape(3))
    assert worker.run(folder.path) == 1
    reason = folder.ending()[1]["reason"]
    assert "holds vectors of 3 numbers by cosine, not of 6 by cosine" in reason and "another alias" in reason


def test_two_spaces_have_an_alias_each_and_one_alias_can_be_chosen(workspace, place) -> None:
    embedded_birds(workspace)
    first = synced(workspace, place)
    second = synced(workspace, place, alias="birds-for-the-app")
    with opened(place) as store:
        assert store.behind(ALIAS) == first["collection"]
        assert store.behind("birds-for-the-app") == second["collection"] != first["collection"]


@pytest.mark.parametrize(
    ("dataset", "space", "plain"),
    [("animals", "efficientnet-lite0", True), ("Tiere ü", "a/b", False), ("a_b", "c", False), ("a", "b_c", False)],
)
def test_an_alias_has_letters_that_qdrant_takes_and_no_two_are_the_same(dataset, space, plain) -> None:
    alias = alias_of(dataset, space)
    assert (alias == f"vitrine_{dataset}_{space}") == plain
    assert all(letter.isascii() and (letter.isalnum() or letter in "_.-") for letter in alias)
    assert alias_of("a_b", "c") != alias_of("a", "b_c")


def test_orders_that_cannot_be_are_refused_in_words(workspace) -> None:
    kind = load_kind("sync-qdrant")
    for bad in ("ftp://x", "http://", "http://user:pw@host", "http://host/?key=1", "edge:relative", "file:///etc"):
        with pytest.raises(UnknownParameter, match="^sync-qdrant: url "):
            kind.read({"url": bad})
    assert "pw" not in str(pytest.raises(UnknownParameter, kind.read, {"url": "ftp://user:pw@host"}).value)
    with pytest.raises(UnknownParameter, match="alias has letters"):
        kind.read({"alias": "a b"})
    new_dataset(workspace)
    with pytest.raises(UnknownParameter, match="url says where Qdrant is"):
        Supervisor(workspace).start("sync-qdrant", dataset="birds", parameters={}, trusted=True)
    with pytest.raises(NothingToDo, match="no vectors yet"):
        Supervisor(workspace).start("sync-qdrant", dataset="birds", parameters={"url": "http://h"}, trusted=True)


def test_visitors_send_nothing_with_the_key_of_the_server(workspace) -> None:
    kind = load_kind("sync-qdrant")
    parameters = kind.read({"url": "http://h:6333"}).as_json()
    with pytest.raises(FolderNotAllowed):
        Supervisor(workspace, import_roots=[]).intake.check_paths(kind, parameters)
    own = Supervisor(workspace).intake
    own.check_paths(kind, parameters)
    with (
        acting(Actor(role=CURATOR, how=LINK)),
        pytest.raises(FolderNotAllowed, match="Only the owner can write to Qdrant"),
    ):
        own.check_paths(kind, parameters)


def test_the_key_goes_to_the_server_and_nowhere_else(workspace, monkeypatch, capfd) -> None:
    embedded_birds(workspace)
    secret = "k3y-that-nobody-may-see"
    with rest_qdrant(key=secret) as server:
        assert "none was sent" in refused(workspace, server.url)
        monkeypatch.setenv("QDRANT_API_KEY", "wr0ng-key")
        assert "opens nothing there" in (reason := refused(workspace, server.url)) and "wr0ng-key" not in reason
        monkeypatch.setenv("QDRANT_API_KEY", secret)
        figures = synced(workspace, server.url, batch=7)
        assert figures["n_points"] == N and server.client.count(ALIAS).count == N
        assert set(server.heard) == {None, "wr0ng-key", secret} and not figures["key_in_clear"]
        sent = [one for one in server.asked if one.endswith("/points") and one.startswith("PUT")]
        assert len(sent) == 6  # 40 pictures, 7 at a time
    workspace.close()
    written = [path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()]
    assert written and not any(secret.encode() in content or b"wr0ng-key" in content for content in written)
    out = capfd.readouterr()
    assert secret not in out.out + out.err


@pytest.mark.long
def test_a_server_that_is_not_there_or_says_nothing_is_told_in_a_sentence(workspace, monkeypatch) -> None:
    embedded_birds(workspace)
    assert "cannot be reached" in refused(workspace, "http://127.0.0.1:9")
    with rest_qdrant() as server:
        server.silent.set()
        opening = job.open_store
        monkeypatch.setattr(job, "open_store", lambda url: opening(url, timeout_s=1))
        assert "did not answer in time" in refused(workspace, server.url)


def test_what_differs_by_hand() -> None:
    one = np.array([3, 4], np.float32)
    assert differs(one / 5, one, said={"a": 1}, should={"a": 1}) == ""
    assert differs(one, one, said={"a": 1, "b": 2}, should={"a": 1}) == "says another b"
    assert differs(one, one[::-1], said={}, should={}) == "has another vector (cosine 0.9600)"
    assert differs(one, np.ones(3, np.float32), said={}, should={}) == "has 2 numbers instead of 3"
    assert differs(one, np.full(2, np.nan, np.float32), said={}, should={}).startswith("has another vector")
