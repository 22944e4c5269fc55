"""Qdrant by its client's memory mode and by its engine: the same of both; and what a reader may ask."""

import contextlib
import subprocess
import sys
import uuid

import numpy as np
import pytest

from service.qdrant import opening
from service.qdrant.address import checked_url, goes_in_clear
from service.qdrant.contract import NoCollection, Point, QdrantError, Shape, VectorStore
from service.qdrant.edge_store import EdgeStore
from service.qdrant.opening import open_store
from service.qdrant.reading import Reader
from tests.support.qdrant_rest import rest_qdrant
from tests.support.synced import InMemory

DIM = 4
IDS = [str(uuid.UUID(int=n + 1)) for n in range(12)]
VECTORS = np.random.default_rng(801).normal(size=(12, DIM)).astype(np.float32)


@pytest.fixture(params=["memory", "rest", pytest.param("edge", marks=pytest.mark.long)])
def store(request, tmp_path) -> VectorStore:
    with contextlib.ExitStack() as stack:
        if request.param == "memory":
            yield stack.enter_context(contextlib.closing(InMemory()))
        elif request.param == "rest":
            server = stack.enter_context(rest_qdrant())
            yield stack.enter_context(contextlib.closing(open_store(server.url)))
        else:
            yield stack.enter_context(contextlib.closing(EdgeStore(tmp_path / "engine")))


def point(n: int) -> Point:
    payload = {"image_id": n, "sha256": f"{n:064x}", "path": f"{n}.png", "class": ["crow", "gull"][n % 2], "issues": []}
    return Point(IDS[n], VECTORS[n], {**payload, "versions": ["v1", "v2"][: n % 3]})


def filled(store: VectorStore) -> None:
    store.create("birds-1", Shape(DIM))
    store.upsert("birds-1", [point(n) for n in range(12)])
    store.lead("birds", "birds-1")


def test_points_are_written_said_anew_read_and_deleted(store) -> None:
    filled(store)
    store.say_anew("birds-1", {IDS[0]: {"image_id": 0}, IDS[1]: {"image_id": 1, "class": "wren"}})
    store.delete("birds-1", [IDS[2], str(uuid.UUID(int=99))])
    there = store.read("birds-1", [IDS[0], IDS[1], IDS[2], IDS[3]])
    assert there[IDS[0]].payload == {"image_id": 0} and there[IDS[1]].payload == {"image_id": 1, "class": "wren"}
    assert IDS[2] not in there and there[IDS[3]].payload == point(3).payload
    assert np.allclose(there[IDS[0]].vector, VECTORS[0] / np.linalg.norm(VECTORS[0]), atol=1e-6)
    assert store.count("birds-1") == 11 and store.index("birds-1")
    store.upsert("birds-1", [point(2), point(2)])
    assert store.count("birds-1") == 12


def test_an_alias_leads_to_one_collection_and_then_to_another(store) -> None:
    filled(store)
    store.create("birds-2", Shape(DIM, m=8, quantised=True))
    assert store.behind("birds") == "birds-1" and store.behind("nobody") is None
    store.lead("birds", "birds-2")
    assert store.behind("birds") == "birds-2" and store.count("birds-1") == 12
    assert store.describe("birds-2").n_points == 0 and store.describe("birds") is None
    assert (store.describe("birds-1").dim, store.describe("birds-1").distance) == (DIM, "cosine")
    store.drop("birds-1")
    store.drop("birds-1")
    assert store.describe("birds-1") is None


def test_the_nearest_are_those_of_a_comparison_with_all(store) -> None:
    filled(store)
    reader = Reader("memory", "birds", store=store)
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    for n in (0, 5):
        cosines = unit @ unit[n]
        near = reader.search(VECTORS[n] * 7, 4, exact=True)
        assert [one.image_id for one in near] == np.argsort(-cosines)[:4].tolist()
        assert np.allclose([one.cosine for one in near], np.sort(cosines)[::-1][:4], atol=1e-5)
    assert near[0].path == "5.png" and near[0].label == "gull" and near[0].sha256 == f"{5:064x}"


def test_a_search_is_narrowed_by_what_pictures_carry(store) -> None:
    filled(store)
    reader = Reader("memory", "birds", store=store)
    crows = reader.search(VECTORS[0], 12, {"class": "crow"})
    assert sorted(one.image_id for one in crows) == [0, 2, 4, 6, 8, 10]
    both = reader.search(VECTORS[0], 12, {"class": ["crow", "gull"], "versions": ["v2"]})
    assert sorted(one.image_id for one in both) == [2, 5, 8, 11]
    assert reader.search(VECTORS[0], 12, {"class": "emu"}) == []


def test_what_cannot_be_asked_is_refused_in_words(store) -> None:
    filled(store)
    reader = Reader("memory", "birds", store=store)
    with pytest.raises(ValueError, match="not by 'colour'"):
        reader.search(VECTORS[0], 3, {"colour": "red"})
    for bad in (np.zeros(DIM), np.full(DIM, np.nan), np.ones((2, DIM))):
        with pytest.raises(ValueError, match="row of finite numbers"):
            reader.search(bad, 3)
    for k in (0, 1_001):
        with pytest.raises(ValueError, match="From 1 to 1,000"):
            reader.search(VECTORS[0], k)
    with pytest.raises(QdrantError):
        reader.search(np.ones(DIM + 1), 3)
    with pytest.raises(QdrantError):
        Reader("memory", "nobody", store=store).search(VECTORS[0], 3)
    store.say_anew("birds-1", {IDS[0]: {"somebody": "else's"}})
    with pytest.raises(QdrantError, match="no sync of Vitrine"):
        reader.search(VECTORS[0], 3)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("http://localhost", "http://localhost:6333"),
        (" HTTPS://Host.Example:443/qdrant/ ", "https://host.example:443/qdrant"),
        ("http://[::1]:1", "http://[::1]:1"),
        ("edge:/data/../q", "edge:/q"),
    ],
)
def test_an_address_is_kept_in_one_form(text, kept) -> None:
    assert checked_url(text) == kept and checked_url(kept) == kept


@pytest.mark.parametrize(
    "text", ["", "localhost:6333", "ftp://h", "http://a b", "http://h:99999", "http://u:p@h", "http://h/?k", "edge:x"]
)
def test_what_is_no_address_is_refused(text) -> None:
    with pytest.raises(ValueError):
        checked_url(text)


def test_a_key_over_http_to_another_machine_is_told(monkeypatch) -> None:
    assert not goes_in_clear("http://qdrant:6333")  # there is none
    monkeypatch.setenv("QDRANT_API_KEY", "k")
    assert goes_in_clear("http://qdrant:6333") and goes_in_clear("http://10.0.0.1:6333")
    assert not any(map(goes_in_clear, ("https://qdrant:6333", "http://localhost:1", "http://127.0.0.1:1", "edge:/q")))


def test_without_the_engine_a_sentence_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda name: None)
    with pytest.raises(QdrantError, match=r"vitrine\[qdrant-engine\]"):
        open_store("edge:/nowhere")


def test_a_key_that_a_server_repeats_is_not_told(monkeypatch) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", "s3cret")
    from service.qdrant.client_store import _short

    assert _short("bad\n key s3cret") == "bad key (the key)"


@pytest.mark.long
def test_one_process_at_a_time_has_a_folder_of_the_engine(tmp_path) -> None:
    held = (
        "import sys; from pathlib import Path; from service.qdrant.edge_store import EdgeStore;"
        "held = EdgeStore(Path(sys.argv[1])); print('there', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "there\n"
        with pytest.raises(QdrantError, match="Another process has"):
            EdgeStore(tmp_path)
        other.communicate("")
    EdgeStore(tmp_path).close()


@pytest.mark.long
def test_a_folder_of_the_engine_refuses_names_that_lead_out_of_it(tmp_path) -> None:
    with contextlib.closing(EdgeStore(tmp_path / "engine")) as store:
        for bad in ("../x", "a/b", "", ".hidden"):
            with pytest.raises(NoCollection):
                store.create(bad, Shape(DIM))
