"""The service by Qdrant: the same answers as by comparing every vector, and those where it does not answer."""

import logging
import uuid

import numpy as np
import pytest

from cli.serving import _checked
from jobs.engine.errors import UnknownParameter
from service import alone
from service.alone import Plan
from service.folder_index import open_version
from service.qdrant.backend import QdrantSearch
from service.qdrant.contract import Point, Shape, VectorStore
from service.qdrant.opening import open_store
from service.qdrant.reading import Reader
from service.search import Query
from tests.support.qdrant_rest import rest_qdrant
from tests.support.served import client_of, write_version
from tests.support.synced import InMemory

ALIAS = "vitrine_colours_simple"


@pytest.fixture
def index(tmp_path):
    return open_version(write_version(tmp_path / "index"))


def filled(store: VectorStore, index, *, alias: str = ALIAS) -> None:
    """What a sync leaves of an index's pictures, and of one that the index has not."""
    pairs = [*zip(index.vector_ids.tolist(), np.asarray(index.vectors), strict=True), (999, index.vectors[4] + 1e-3)]
    store.create(alias + "_1", Shape(index.vectors.shape[1]))
    points = [
        Point(str(uuid.UUID(int=number)), vector, {"image_id": number, "sha256": "", "path": ""})
        for number, vector in pairs
    ]
    store.upsert(alias + "_1", points)
    store.lead(alias, alias + "_1")


def by(store: VectorStore, index) -> QdrantSearch:
    return QdrantSearch(index, alias=ALIAS, open_reader=lambda: Reader("memory", ALIAS, store=store))


def test_answers_are_those_of_a_comparison_with_every_vector(index) -> None:
    store = InMemory()
    filled(store, index)
    search = by(store, index)
    for row in (0, 4, 17):
        for k in (1, 5, 12):
            (ours,), (theirs,) = (one.nearest([Query(index.vectors[row], k)]) for one in (index.search, search))
            assert theirs.rows.tolist() == ours.rows.tolist()
            assert np.allclose(theirs.cosines, ours.cosines, atol=1e-6)
    assert search._reader is not None and "Qdrant" in search.method


def test_a_filter_is_compared_in_memory(index) -> None:
    mask = np.arange(len(index.vectors)) % 2 == 1
    query = Query(index.vectors[4], 3, mask)
    search = QdrantSearch(index, alias=ALIAS, open_reader=lambda: pytest.fail("nobody is asked"))
    assert search.nearest([query])[0].rows.tolist() == index.search.nearest([query])[0].rows.tolist()


def test_where_it_does_not_answer_the_index_does_and_the_log_says_so_once(index, caplog) -> None:
    search = by(InMemory(), index)  # there is no such alias
    with caplog.at_level(logging.WARNING, "vitrine.service"):
        for _ in range(3):
            found = search.nearest([Query(index.vectors[4], 5)])[0]
            assert found.rows.tolist() == index.search.nearest([Query(index.vectors[4], 5)])[0].rows.tolist()
    assert len(caplog.records) == 1 and "compared in memory instead" in caplog.text


def test_where_it_knows_too_few_of_the_pictures_the_index_answers(index) -> None:
    store = InMemory()
    filled(store, index)
    store.delete(ALIAS + "_1", [str(uuid.UUID(int=int(number))) for number in index.vector_ids[2:]])
    found = by(store, index).nearest([Query(index.vectors[4], 5)])[0]
    assert found.rows.tolist() == index.search.nearest([Query(index.vectors[4], 5)])[0].rows.tolist()


def test_a_service_asks_the_qdrant_that_it_was_told(tmp_path) -> None:
    index = open_version(write_version(tmp_path / "index"))
    with rest_qdrant() as server:
        name = f"vitrine_colours_{index.facts.space.name}"
        filled(open_store(server.url), index, alias=name)
        asked = {}
        for qdrant in ("", server.url):
            plan = Plan(tmp_path / "index", "127.0.0.1", 1, "0", loads_models=False, qdrant=qdrant)
            service, catalogue = alone.build(plan)
            catalogue.look()
            answer = client_of(service).get("/datasets/colours/images/4/similar?limit=5").json()
            asked[qdrant] = [(one["id"], round(one["cosine"], 5)) for one in answer["neighbours"]]
            assert ("Qdrant" in answer["method"]) == bool(qdrant)
        assert asked[""] == asked[server.url] and len(asked[""]) == 5
        assert server.asked.count(f"POST /collections/{name}/points/query") == 1


def test_what_is_no_address_of_a_qdrant_is_refused_before_anything_is_served() -> None:
    assert _checked("") == "" and _checked("http://q") == "http://q:6333"
    with pytest.raises(UnknownParameter, match="--qdrant is an address such as"):
        _checked("q:6333")
