"""The map's page and what it serves: states, words, bytes."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from jobs.supervisor import Supervisor
from pages.parts import map_data, owner
from store.projections import land_points, points
from store.runs import RunStart, finish_run, new_run_id, start_run
from tests.small_workspace import image_row, land, land_random_vectors, new_dataset

FRAME = str(Path(__file__).parent.parent / "pages" / "frame.py")
N = 40


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "w"))
    owner.close()

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(FRAME, default_timeout=30).run()
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page("map.py").run()
        assert not app.exception and not app.error, app.error
        return app

    yield opened
    owner.close()


@pytest.fixture
def birds(page):
    """Forty images of two classes with vectors; one class's name holds HTML."""
    workspace = owner.get().workspace
    dataset = new_dataset(workspace, "birds")
    rows = [
        image_row(f"{i:02}.png", label=i % 2, split="train" if i < 30 else None, brightness=float(i)) for i in range(N)
    ]
    land(workspace, dataset.id, rows)
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'great tit', NULL), (1, 1, 'x', '<i>crow</i>')")
    return dataset


def land_map(dataset, *, n_points: int = N, **figures: object) -> int:
    """A finished projection with `n_points` points on a line and one image left out for each that is missing."""
    workspace = owner.get().workspace
    run_id = new_run_id(workspace)
    wanted = {"method": "tsne", "perplexity": 30.0, "dimensions": 2, "metric": "cosine", "seed": 801, "pca_dims": 50}
    about = {"n_points": n_points, "k": 15, "neighbours_kept": 0.4, "kept_by_chance": 0.01, "explained": 0.54}
    about |= {"trustworthiness": 0.97, "continuity": 0.6, "n_sampled": 20, "notes": [], **figures}
    start = RunStart(
        run_id, dataset.id, f"projection-00000{run_id}", "projection", "tiny", wanted, 801, "test",
        workspace.generation(dataset.id), None,
    )  # fmt: skip
    table = pa.table(
        {
            "image_id": pa.array(range(1, N + 1), pa.int64()),
            "x": pa.array(np.arange(N), pa.float32()),
            "y": pa.array(np.zeros(N), pa.float32()),
            "z": pa.nulls(N, pa.float32()),
            "trust": pa.array(np.linspace(0, 1, N), pa.float32()),
            "reason": [None] * n_points + ["The vector is zero in every place."] * (N - n_points),
        }
    )
    with workspace.writing(dataset.id) as cursor:
        start_run(cursor, start)
        land_points(cursor, table, run_id=run_id)
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=about)
    return run_id


def words(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "info", "warning", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def sent(app: AppTest) -> dict[str, object]:
    """What was sent to the map component."""
    proto = app.get("bidi_component")[0].proto
    return json.loads(proto.json or proto.mixed.json)


@pytest.fixture
def client(page) -> TestClient:
    return TestClient(Starlette(routes=map_data.ROUTES))


def test_an_empty_workspace_offers_an_import(page) -> None:
    assert "There is no dataset" in words(page())


def test_without_vectors_the_page_leads_to_the_jobs(page) -> None:
    workspace = owner.get().workspace
    land(workspace, new_dataset(workspace).id, [image_row("a.png")])
    assert "this dataset has none yet" in words(page())


def test_a_map_whose_vectors_are_gone_still_opens(page, birds) -> None:
    land_map(birds)
    with owner.get().workspace.writing(birds.id) as cursor:
        cursor.execute("DELETE FROM vector_1")
    assert "this dataset has none yet" in words(page())


def test_without_a_map_the_page_asks_how_to_make_one(page, birds, monkeypatch) -> None:
    asked: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = page()
    assert "There is no map of this dataset yet" in words(app)
    assert app.button(key="map_start").label == "Make the map"
    app.number_input(key="map_perplexity").set_value(12.0).run()
    app.button(key="map_start").click().run()
    assert not app.exception
    ((kind, named),) = asked
    assert (kind, named["dataset"]) == ("projection", "birds")
    assert named["parameters"] == {
        "method": "tsne", "dimensions": 2, "space": "tiny", "perplexity": 12.0, "metric": "cosine", "pca_dims": 50,
        "seed": 801,
    }  # fmt: skip


def test_the_map_sends_addresses_and_no_points(page, birds) -> None:
    run_id = land_map(birds)
    data = sent(page())
    assert data["points"] == f"/vitrine/map/{run_id}/points"
    assert data["colour"]["names"] == ["great tit", "<i>crow</i>"]
    assert len(data["colour"]["colours"]) == 256
    assert len(json.dumps(data)) < 5000


@pytest.mark.parametrize("colour", ["Split", "Trust", "Brightness", "Entropy"])
def test_a_link_names_the_colour(page, birds, colour: str) -> None:
    land_map(birds)
    data = sent(page(colour=colour))
    assert f"/colour/{colour.lower()}?v=" in data["colour"]["url"]
    assert data["colour"]["has_names"] is False


def test_the_fidelity_is_said_in_words(page, birds) -> None:
    land_map(birds)
    app = page()
    assert "Well, up close." in app.expander[0].label
    said = words(app)
    assert "**40 %** are among its 15 nearest on the map" in said
    assert "**Continuity 0.600** of 1: much of what is close in truth was torn apart." in said
    assert "estimated from 20 points drawn at random of 40" in said


def test_a_map_older_than_the_data_says_so_and_counts_what_it_lacks(page, birds) -> None:
    land_map(birds, n_points=37)
    land(owner.get().workspace, birds.id, [image_row("new.png")], run_id=9)
    app = page()
    assert "This map is older than the data" in words(app)
    assert "1 picture of 41 is not on this map" in words(app)
    assert "3 pictures could not be placed" in app.expander[0].label
    assert "The vector is zero in every place" in words(app)


def test_a_map_computed_elsewhere_has_no_figures_and_still_opens(page, birds) -> None:
    land_map(birds, trustworthiness=None, explained=None, notes=["There is one image: every point lies in the middle."])
    app = page()
    assert "Not measured." in "".join(expander.label for expander in app.expander)
    assert "There is one image" in words(app)


def test_points_are_served_once_and_then_by_their_etag(client, birds) -> None:
    run_id = land_map(birds)
    first = client.get(f"/vitrine/map/{run_id}/points")
    assert (first.status_code, len(first.content)) == (200, 4 + 12 * N)
    ids = np.frombuffer(first.content, "<u4", N, 4 + 8 * N)
    assert ids.tolist() == points(owner.get().workspace, run_id)[1].tolist()
    again = client.get(f"/vitrine/map/{run_id}/points", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_colour_is_a_byte_a_point_and_follows_the_decisions(client, birds) -> None:
    run_id = land_map(birds)
    before = client.get(f"/vitrine/map/{run_id}/colour/label")
    assert np.frombuffer(before.content, np.uint8).tolist() == [i % 2 for i in range(N)]
    with owner.get().workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO decision (id, dataset_id, image_id, act, label_after, who, decided_at) "
            "VALUES (1, 1, 1, 'relabel', 1, 'me', now())"
        )
    after = client.get(f"/vitrine/map/{run_id}/colour/label", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.content[0] == 1
    splits = np.frombuffer(client.get(f"/vitrine/map/{run_id}/colour/split").content, np.uint8)
    assert splits.tolist() == [1] * 30 + [0] * 10
    assert client.get(f"/vitrine/map/{run_id}/colour/path").status_code == 404


def test_the_facts_of_a_point_are_those_of_its_picture(client, birds) -> None:
    run_id = land_map(birds)
    found = client.get(f"/vitrine/map/{run_id}/facts/2").json()
    assert found["title"] == "<i>crow</i>"
    assert found["lines"] == ["01.png", "train", "2.6 % of its neighbours kept"]
    assert found["url"].startswith("/vitrine/thumb/2?v=")
    assert client.get(f"/vitrine/map/{run_id}/facts/999").status_code == 404


def test_a_run_that_is_not_there_has_no_points_and_none_are_kept(client, birds) -> None:
    assert client.get("/vitrine/map/1/points").status_code == 404
    run_id = land_map(birds)
    assert client.get(f"/vitrine/map/{run_id}/points").status_code == 200


def test_the_code_is_kept_by_its_content(client) -> None:
    found = client.get(map_data.code_url())
    assert found.headers["content-type"].startswith("text/javascript")
    assert "immutable" in found.headers["cache-control"]
    assert "export" in found.text
    assert "immutable" not in client.get("/vitrine/map/code.js?v=old").headers["cache-control"]
