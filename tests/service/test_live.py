"""The service inside the dashboard: what is in memory follows the workspace, and who may ask."""

import io
import threading

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from pages.service import http
from pages.ui import gate, owner
from service import live_index
from service.dataset_index import NoPictures
from service.keys import hash_of, new_secret
from service.live_index import LiveCatalogue
from service.metrics import Metrics
from service.problems import Problem
from service.search import Query
from store.errors import WorkspaceBusy
from store.privacy import switch_blur
from store.service_keys import add_service_key
from tests.support.detected_workspace import dataset_of, land_boxes
from tests.support.picture_workspace import coloured
from tests.support.small_workspace import image_row, land, land_decision, land_these_vectors, new_dataset


def live(workspace) -> LiveCatalogue:
    """A catalogue over an open workspace, without pixels."""
    return LiveCatalogue(lambda: workspace, lambda image_ids: NoPictures(), Metrics())


def thirty(workspace, name: str = "birds"):
    """A dataset of thirty images of three classes with vectors."""
    dataset = new_dataset(workspace, name)
    land(workspace, dataset.id, [image_row(f"{name}{i:02}.png", label=i % 3) for i in range(30)])
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_these_vectors(
        workspace, dataset.id, images, np.random.default_rng(3).normal(size=(30, 6)), name=f"{name} space"
    )
    return dataset


def until_current(catalogue: LiveCatalogue, dataset) -> None:
    """Wait until what is in memory is as the dataset is now."""
    for _ in range(200):
        catalogue.find(dataset.name)
        if catalogue.state(dataset).is_current:
            return
        threading.Event().wait(0.05)
    raise AssertionError("the index is not renewed")


def test_an_index_follows_decisions_and_keeps_the_vectors_it_has(workspace) -> None:
    dataset, catalogue = thirty(workspace), live(workspace)
    assert catalogue.state(dataset) is None and catalogue.names() == ["birds"]
    first = catalogue.find("birds")
    assert first.images.num_rows == 30 and first.is_kept is None
    land_decision(workspace, dataset.id, "birds03.png", "remove")
    assert not catalogue.state(dataset).is_current
    before = catalogue.find("birds")
    until_current(catalogue, dataset)
    second = catalogue.find("birds")
    assert before in (first, second) and second.images.num_rows == 29
    assert second.vectors is first.vectors and second.search is first.search  # nothing was read again
    (hits,) = second.search.nearest([live_index_query(second, removed=4)])
    assert 4 not in second.vector_ids[hits.rows]


def live_index_query(index, *, removed: int):
    """A query that would find the removed image first."""
    (row,) = np.flatnonzero(index.vector_ids == removed)
    return Query(np.asarray(index.vectors[row]), 5, index.is_kept)


def test_new_vectors_are_read(workspace) -> None:
    dataset, catalogue = thirty(workspace), live(workspace)
    assert len(catalogue.find("birds").vectors) == 30
    land(workspace, dataset.id, [image_row("new.png", label=0)])
    images = workspace.read("images_to_embed", dataset_id=dataset.id).slice(30)
    land_these_vectors(workspace, dataset.id, images, np.ones((1, 6)), name="birds space")
    until_current(catalogue, dataset)
    assert len(catalogue.find("birds").vectors) == 31 and len(catalogue.find("birds").images) == 31


def test_a_dataset_without_vectors_is_served_with_what_there_is(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png")])
    index = live(workspace).find("birds")
    assert index.images.num_rows == 1 and index.facts.space is None and index.vectors.shape == (0, 0)
    assert live(workspace).find("nothing") is None


def test_a_build_that_fails_is_told_and_tried_again_later(workspace, monkeypatch, caplog) -> None:
    dataset, catalogue = thirty(workspace), live(workspace)
    with monkeypatch.context() as broken:
        broken.setattr(live_index, "served", lambda *_, **__: 1 / 0)
        with pytest.raises(Problem) as problem:
            catalogue.find("birds")
    assert problem.value.status_code == 503 and "could not be built" in caplog.text
    with pytest.raises(Problem):
        catalogue.find("birds")  # not at once
    monkeypatch.setattr(live_index, "RETRY_S", 0.0)
    assert catalogue.find("birds").images.num_rows == 30
    assert catalogue.state(dataset).is_current


def test_few_datasets_are_in_memory_at_a_time(workspace, monkeypatch) -> None:
    monkeypatch.setattr(live_index, "MOST_OPEN", 2)
    datasets = [thirty(workspace, name) for name in ("a", "b", "c")]
    catalogue = live(workspace)
    for dataset in datasets:
        catalogue.find(dataset.name)
    assert [catalogue.state(dataset) is None for dataset in datasets] == [True, False, False]


def test_a_workspace_that_is_not_open_is_a_problem() -> None:
    def busy():
        raise WorkspaceBusy("/somewhere/secret", pid=1, started=None)

    catalogue = LiveCatalogue(busy, lambda image_ids: NoPictures(), Metrics())
    assert not catalogue.is_ready()
    with pytest.raises(Problem) as problem:
        catalogue.find("a")
    assert problem.value.status_code == 503 and "secret" not in problem.value.detail


@pytest.fixture
def served(app_workspace, tmp_path, monkeypatch):
    """The app's own routes over a workspace with ninety drawn pictures; the workspace, and a client of this machine."""
    monkeypatch.setattr(owner, "is_local", lambda: True)
    workspace = owner.get().workspace
    coloured(workspace, tmp_path / "pictures")
    monkeypatch.setattr(http.CATALOGUE, "_entries", {})
    return workspace, client()


def client(address: str = "127.0.0.1") -> TestClient:
    """Who asks the dashboard from an address."""
    return TestClient(
        Starlette(routes=http.ROUTES, middleware=[Middleware(gate.Gate)]),
        client=(address, 1),
        base_url="http://localhost",
    )


def test_the_same_addresses_answer_under_api(served) -> None:
    _, here = served
    assert here.get("/api/ready").json() == {"ready": True, "n_datasets": 1}
    assert here.get("/api/datasets").json()["datasets"][0]["n_images"] == 90
    assert here.get("/api/datasets/squares/images/5").json()["path"] == "004.png"
    assert here.get("/api/datasets/squares/images/5/similar").status_code == 409
    assert (
        here.get("/api/docs").text.count("/api/docs/swagger-ui") == 2
        and "/api/openapi.json" in here.get("/api/docs").text
    )
    assert here.get("/api/nowhere").json()["instance"] == "/api/nowhere"


def test_whoever_is_not_this_machine_needs_a_key_of_the_workspace(served, monkeypatch) -> None:
    workspace, here = served
    secret = new_secret()
    add_service_key(workspace, name="k", sha256=hash_of(secret), dataset_ids=None, who="me")
    assert here.get("/api/datasets").status_code == 200  # as its pages are open to it
    assert client("10.0.0.1").get("/api/datasets").status_code == 401
    assert here.get("/api/datasets", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 401
    assert client("10.0.0.1").get("/api/datasets", headers={"X-API-Key": secret}).status_code == 200
    monkeypatch.setenv("VITRINE_PUBLIC", "1")
    assert here.get("/api/datasets").status_code == 401  # a proxy that says nothing may be in front of it


def test_a_key_of_one_dataset_sees_no_other(served) -> None:
    workspace, _ = served
    other = new_dataset(workspace, "other")
    land(workspace, other.id, [image_row("a.png")])
    secret = new_secret()
    add_service_key(workspace, name="k", sha256=hash_of(secret), dataset_ids=[other.id], who="me")
    headers = {"X-API-Key": secret}
    away = client("10.0.0.1")
    assert [each["name"] for each in away.get("/api/datasets", headers=headers).json()["datasets"]] == ["other"]
    assert away.get("/api/datasets/squares/images/1", headers=headers).status_code == 404


def test_pixels_are_those_of_the_pages_people_blurred(served, tmp_path) -> None:
    workspace, here = served
    folder = tmp_path / "street"
    folder.mkdir()
    fine = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    exif = Image.Exif()
    exif[0x010E] = "a note"
    Image.fromarray(np.stack([fine] * 3, axis=-1)).save(folder / "a.png", exif=exif)
    dataset = dataset_of(workspace, folder)
    (image_id,) = workspace.read("images_to_embed", dataset_id=dataset.id)["image_id"].to_pylist()
    address = f"/api/datasets/{dataset.name}/images/{image_id}/picture"
    plain = here.get(address)
    shown = Image.open(io.BytesIO(plain.content))
    assert np.asarray(shown.convert("L")).std() > 100 and not shown.getexif()
    land_boxes(workspace, dataset, {"a.png": [(0, 0.9, 0, 0, 64, 64)]})
    switch_blur(workspace, dataset.id, blurs=True, who="me")
    blurred = here.get(address, headers={"If-None-Match": plain.headers["etag"]})
    assert blurred.status_code == 200
    assert np.asarray(Image.open(io.BytesIO(blurred.content)).convert("L")).std() < 20


def test_a_picture_whose_file_is_gone_is_a_problem(served, tmp_path) -> None:
    _, here = served
    (tmp_path / "pictures" / "000.png").unlink()
    assert here.get("/api/datasets/squares/images/1/picture").status_code == 404


def test_people_are_blurred_for_whoever_brings_a_key_whatever_the_switch_says(served, tmp_path) -> None:
    workspace, here = served
    folder = tmp_path / "street"
    folder.mkdir()
    fine = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(np.stack([fine] * 3, axis=-1)).save(folder / "a.png")
    dataset = dataset_of(workspace, folder)
    land_boxes(workspace, dataset, {"a.png": [(0, 0.9, 0, 0, 64, 64)]})
    (image_id,) = workspace.read("images_to_embed", dataset_id=dataset.id)["image_id"].to_pylist()
    secret = new_secret()
    add_service_key(workspace, name="k", sha256=hash_of(secret), dataset_ids=[dataset.id], who="me")
    address = f"/api/datasets/{dataset.name}/images/{image_id}/picture"
    own, theirs = here.get(address), client("10.0.0.1").get(address, headers={"X-API-Key": secret})
    spread = [np.asarray(Image.open(io.BytesIO(each.content)).convert("L")).std() for each in (own, theirs)]
    assert spread[0] > 100 and spread[1] < 20


@pytest.mark.long
def test_a_picture_that_is_sent_is_looked_at_by_the_process_of_the_pages(served, tmp_path) -> None:
    _, here = served
    content = (tmp_path / "pictures" / "000.png").read_bytes()
    found = here.post("/api/datasets/squares/duplicates?max_bits=0", files={"picture": ("a.png", content)})
    assert found.json()["copies"] == []  # an import by hand has hashes of its own
    broken = here.post("/api/datasets/squares/duplicates", files={"picture": ("a.png", content[:600])})
    assert broken.status_code == 422 and broken.json()["detail"]
    owner.get().supervisor.queries.close()
