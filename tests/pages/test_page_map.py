"""The map's page and what it serves: states, words, bytes."""

import functools
import io
import json
import zipfile
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from jobs.engine.supervisor import Supervisor
from pages.map import http, routes
from pages.ui import owner
from store.datasets import find_dataset
from store.projections import point_sources, points
from store.runs import RunStart, finish_run, start_run
from store.vectors import list_spaces, read_vectors
from tests.support.mapped_workspace import N, keep, land_birds, land_map, sent
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset


@pytest.fixture
def page(open_app_page):
    return functools.partial(open_app_page, "map/page.py")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def client(page) -> TestClient:
    return TestClient(Starlette(routes=routes.ROUTES))


def test_an_empty_workspace_offers_an_import(page) -> None:
    assert "There is no dataset" in texts(page())


def test_without_vectors_the_page_leads_to_the_jobs(page) -> None:
    workspace = owner.get().workspace
    land(workspace, new_dataset(workspace).id, [image_row("a.png")])
    assert "this dataset has none yet" in texts(page())


def test_a_map_whose_vectors_are_gone_still_opens(page, birds) -> None:
    land_map(birds)
    with owner.get().workspace.writing(birds.id) as cursor:
        cursor.execute("DELETE FROM vector_1")
    assert "this dataset has none yet" in texts(page())


def test_without_a_map_the_page_asks_how_to_make_one(page, birds, monkeypatch) -> None:
    asked: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = page()
    assert "There is no map of this dataset yet" in texts(app)
    assert app.button(key="map_start").label == "Make the map"
    app.number_input(key="map_perplexity").set_value(12.0).run()
    app.button(key="map_start").click().run()
    assert not app.exception
    ((kind, named),) = asked
    assert (kind, named["dataset"]) == ("projection", "birds")
    assert named["parameters"] == {
        "method": "tsne",
        "dimensions": 2,
        "space": "tiny",
        "perplexity": 12.0,
        "metric": "cosine",
        "pca_dims": 50,
        "seed": 801,
        "max_direct": 100_000,
        "stability": False,
    }


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


def labels(app) -> str:
    return " ".join(expander.label for expander in app.expander)


def test_newcomers_with_a_vector_are_offered_a_place(page, birds, monkeypatch) -> None:
    land_map(birds)
    workspace = owner.get().workspace
    land(workspace, birds.id, [image_row("new.png"), image_row("bare.png")], run_id=9)
    late = workspace.read("images_to_embed", dataset_id=birds.id)
    late = late.filter(pa.array([path == "new.png" for path in late["path"].to_pylist()]))
    land_random_vectors(workspace, birds.id, late)
    asked: list[tuple] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = page()
    assert "1 newer than it, 1 without a vector" in texts(app)
    app.button(key="map_onto").click().run()
    assert not app.exception
    ((kind, named),) = asked
    assert (kind, list(named["parameters"])) == ("projection", ["onto"])


def test_a_sample_and_its_steadiness_are_said_in_words(page, birds) -> None:
    land_map(birds, n_direct=30, n_placed=10, kept_of_placed=0.2, kept_of_direct=0.5, stability=0.75)
    said = texts(page())
    assert "t-SNE embedded 30 of 40 pictures directly" in said
    assert "Those placed later keep 20 % of their nearest, the others 50 %." in said
    assert "**Stability 75 %**" in said


def test_the_fidelity_is_said_in_words(page, birds) -> None:
    land_map(birds)
    app = page()
    assert "Well, up close." in labels(app)
    said = texts(app)
    assert "**40 %** are among its 15 nearest on the map" in said
    assert "**Continuity 0.600** of 1: much of what is close in truth was torn apart." in said
    assert "estimated from 20 points drawn at random of 40" in said


def test_a_map_older_than_the_data_says_so_and_counts_what_it_lacks(page, birds) -> None:
    land_map(birds, n_points=37)
    land(owner.get().workspace, birds.id, [image_row("new.png")], run_id=9)
    app = page()
    assert "This map is older than the data" in texts(app)
    assert "1 picture of 41 is not on this map" in texts(app)
    assert "3 pictures could not be placed" in labels(app)
    assert "The vector is zero in every place" in texts(app)


def test_a_map_computed_elsewhere_has_no_figures_and_still_opens(page, birds) -> None:
    land_map(birds, trustworthiness=None, explained=None, notes=["There is one image: every point lies in the middle."])
    app = page()
    assert "Not measured." in labels(app)
    assert "There is one image" in texts(app)


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
    assert splits.tolist() == [0] * 30 + [255] * 10
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
    found = client.get(http.code_url())
    assert found.headers["content-type"].startswith("text/javascript")
    assert "immutable" in found.headers["cache-control"]
    assert "export" in found.text
    assert "immutable" not in client.get("/vitrine/map/code.js?v=old").headers["cache-control"]


def test_a_filter_is_a_bit_a_point_and_has_an_etag(client, birds) -> None:
    run_id = land_map(birds)
    crows = client.get(f"/vitrine/map/{run_id}/filter?class=1")
    assert crows.content == bytes([0b10101010] * 5)
    again = client.get(f"/vitrine/map/{run_id}/filter?class=1", headers={"If-None-Match": crows.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    in_train = client.get(f"/vitrine/map/{run_id}/filter?class=1&split=train").content
    assert in_train == bytes([170, 170, 170, 0b101010, 0])
    assert client.get(f"/vitrine/map/{run_id}/filter?split=").content == bytes([0, 0, 0, 0b11000000, 255])
    assert client.get(f"/vitrine/map/{run_id}/filter?text=0.PNG").content == bytes([1, 4, 16, 64, 0])
    dark = client.get(f"/vitrine/map/{run_id}/filter?measure=brightness&low=0&high={7.5 / 255}").content
    assert dark == bytes([255, 0, 0, 0, 0])
    assert client.get(f"/vitrine/map/{run_id}/filter?measure=weight").status_code == 400
    assert client.get(f"/vitrine/map/{run_id}/filter?class=x").status_code == 400


def test_a_filter_in_the_link_is_sent_as_an_address(page, birds) -> None:
    land_map(birds)
    app = page(named="0.png")
    assert "/filter?v=" in sent(app)["filter"]["url"] and "text=0.png" in sent(app)["filter"]["url"]
    assert "The filter leaves 4 points of 40." in texts(app)


def test_the_picture_of_the_map_has_names_legend_and_caption_and_escapes_them(client, birds) -> None:
    run_id = land_map(birds)
    found = client.get(f"/vitrine/map/{run_id}/picture.svg?colour=label")
    assert found.headers["content-type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(found.text)
    said = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert said.count("<i>crow</i>") == 1 and "<i>crow</i>  20" in said and "birds, by label" in said
    assert any("perplexity 30" in line and "40 points" in line for line in said)
    assert any("Trustworthiness 0.970" in line for line in said)
    assert found.text.count("h0") == N
    assert client.get(f"/vitrine/map/{run_id}/picture.svg?colour=label&hide=1").text.count("h0") == 20
    assert client.get(f"/vitrine/map/{run_id}/picture.svg?colour=trust&class=0").text.count("h0") == 20
    assert client.get(f"/vitrine/map/{run_id}/picture.svg?colour=path").status_code == 404
    assert client.get("/vitrine/map/77/picture.svg?colour=label").status_code == 404


def test_the_projectors_files_agree_row_by_row(client, birds) -> None:
    run_id = land_map(birds)
    key = keep(client, run_id, [0, 1, 5])
    body = client.get(f"/vitrine/map/{run_id}/projector.zip?key={key}").content
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert packed.testzip() is None
        vectors = np.loadtxt(io.BytesIO(packed.read("tensors.tsv")), delimiter="\t")
        names = packed.read("metadata.tsv").decode().splitlines()
        config = json.loads(packed.read("config.json"))["embeddings"][0]
        sprite = Image.open(io.BytesIO(packed.read("sprite.jpg")))
    ids, whole = read_vectors(owner.get().workspace, list_spaces(owner.get().workspace, birds.id)[0])
    assert vectors == pytest.approx(whole[np.isin(ids, [1, 2, 6])], abs=1e-6)
    assert names[0] == "file\tclass\tsplit\timage"
    assert names[1:] == ["00.png\tgreat tit\ttrain\t1", *(f"0{i}.png\t<i>crow</i>\ttrain\t{i + 1}" for i in (1, 5))]
    assert config["tensorShape"] == [3, 4] and config["sprite"]["singleImageDim"] == [64, 64]
    assert sprite.size == (128, 128)
    drawn = client.get(f"/vitrine/map/{run_id}/projector.zip?n=7").content
    with zipfile.ZipFile(io.BytesIO(drawn)) as packed:
        assert len(packed.read("metadata.tsv").splitlines()) == 8
        assert b"7 pictures drawn at random from 40" in packed.read("README.txt")


def test_the_source_of_a_picture_is_its_host_or_its_folder(client, birds) -> None:
    workspace = owner.get().workspace
    rows = [
        image_row("a/b.png", source_url="https://me@Example.org:80/x"),
        image_row("a/c.png"),
        image_row("d.png"),
        image_row("e.png", source_url="no address"),
    ]
    dataset = new_dataset(workspace, "mixed")
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute(
            "INSERT INTO projection_point (run_id, image_id, x, y) SELECT 50, id, 0, 0 FROM image WHERE dataset_id = 2"
        )
    assert point_sources(workspace, 50).to_pylist() == ["example.org", "a", None, "no address"]


def test_a_colour_of_a_result_is_offered_where_there_is_a_run(page, birds) -> None:
    land_map(birds)
    titles = page().selectbox(key="colour").options
    assert "Label" in titles and "Source" in titles
    assert not {"Cluster", "Predicted label", "Label issue", "Doubt"} & set(titles)
    land_results(birds)
    assert {"Cluster", "Predicted label", "Label issue", "Doubt"} <= set(page().selectbox(key="colour").options)


def test_colours_of_results_come_from_their_newest_run(page, client, birds) -> None:
    run_id = land_map(birds)
    land_results(birds)

    def codes(name: str) -> list[int]:
        return np.frombuffer(client.get(f"/vitrine/map/{run_id}/colour/{name}").content, np.uint8)[:5].tolist()

    assert codes("predicted") == [1, 0, 255, 255, 255]
    assert codes("doubt")[1:] == [254, 255, 255, 255]
    data = sent(page(colour="Label issue"))
    assert sorted(data["colour"]["names"]) == ["none", "several"]
    data = sent(page(colour="Cluster"))
    assert (data["colour"]["names"], data["colour"]["has_names"]) == (["*beaks*", "cluster 1"], True)
    assert codes("cluster") == [0, 0, 1, 255, 255]


def land_results(dataset) -> None:
    """A clustering with a name and a label check of the first images, each with an older run that is not to count."""
    workspace = owner.get().workspace
    with workspace.writing(dataset.id) as cursor:
        for run_id, kind in ((60, "medoids"), (61, "medoids"), (62, "label-issues"), (63, "label-issues")):
            start_run(cursor, RunStart(run_id, dataset.id, f"{kind}-{run_id}", kind, None, {}, 1, "test", 1, None))
            finish_run(cursor, run_id, complete=True, seconds=1.0, figures={})
        cursor.execute("INSERT INTO cluster_member VALUES (60, 4, 9, 0, 1)")
        cursor.execute("INSERT INTO cluster_member VALUES (61, 1, 0, 0, 1), (61, 2, 0, 0, 1), (61, 3, 1, 0, 1)")
        named = "INSERT INTO cluster_name VALUES (61, 0, 'old', 'me', '2026-01-01'), (61, 0, '*beaks*', 'me', now())"
        cursor.execute(named)
        cursor.execute("INSERT INTO prediction VALUES (62, 3, 0, [1, 0]), (63, 1, 0, [.2, .8]), (63, 2, 0, [.7, .3])")
        cursor.execute("INSERT INTO label_issue VALUES (63, 2, 'label', 1, 0), (63, 2, 'outlier', 1, NULL)")
        for image_id, severity in ((1, 0.1), (2, 0.9)):
            cursor.execute(
                "INSERT INTO label_opinion BY NAME SELECT 63 AS run_id, $id AS image_id, $severity AS severity, "
                "1 AS n_against, 1 AS n_heard, 1 AS n_neighbours, 1 AS n_copies, 0 AS n_other_label",
                {"id": image_id, "severity": severity},
            )
