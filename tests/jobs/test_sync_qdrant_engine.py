"""A sync by real processes into Qdrant's engine, killed and gone on with; and into a server, where one is at hand."""

import os
import time

import pytest

from jobs.engine.folder import job_folder
from jobs.engine.spec import DONE, ENDED, INTERRUPTED
from jobs.engine.supervisor import Supervisor
from service.qdrant.opening import open_store
from service.qdrant.reading import Reader
from store.qdrant import list_collections, points_there
from store.vectors import image_vector, list_spaces
from tests.support.small_workspace import land_decision
from tests.support.synced import embedded_birds, opened, synced

ALIAS = "vitrine_birds_tiny"


def until(supervisor: Supervisor, job_id: str, reached) -> None:
    """Do the owner's part until `reached()`; fails after three minutes."""
    deadline = time.monotonic() + 180
    while not reached():
        supervisor.tick()
        assert time.monotonic() < deadline, supervisor.log_of(job_id)
        time.sleep(0.01)


@pytest.mark.faults
def test_a_killed_sync_goes_on_with_what_is_missing_and_no_reader_sees_the_half(workspace, tmp_path) -> None:
    dataset = embedded_birds(workspace, n=3_000, dim=64)
    supervisor, url = Supervisor(workspace), f"edge:{tmp_path / 'engine'}"
    order = {"url": url, "batch": 10}
    killed = supervisor.start("sync-qdrant", dataset="birds", parameters=order, trusted=True)

    def n_known() -> int:
        begun = list_collections(workspace, dataset.id)
        return points_there(workspace, begun[0].id).num_rows if begun else 0

    until(supervisor, killed, lambda: n_known() >= 100)
    job_folder(workspace.root, killed).worker().kill()
    until(supervisor, killed, lambda: supervisor.job(killed).state in ENDED)
    assert supervisor.job(killed).state == INTERRUPTED and (n_before := n_known()) < 3_000
    with opened(url) as store:
        assert store.behind(ALIAS) is None
    supervisor.resume(killed)
    until(supervisor, killed, lambda: supervisor.job(killed).state in ENDED)
    told = supervisor.job(killed)
    assert told.state == DONE, told.message
    assert told.figures["n_upserted"] == 3_000 - n_before and told.figures["n_points"] == 3_000
    with opened(url) as store:
        assert store.count(store.behind(ALIAS)) == 3_000


@pytest.mark.long
def test_a_sync_to_a_real_server(workspace) -> None:
    url = os.environ.get("QDRANT_URL")
    if not url:
        pytest.skip("no server of Qdrant is named: QDRANT_URL, and QDRANT_API_KEY where it wants a key")
    dataset, alias = embedded_birds(workspace), "vitrine-test-birds"
    first = synced(workspace, url, alias=alias, take_over=True)
    try:
        land_decision(workspace, dataset.id, "003.png", "relabel", label=2)
        land_decision(workspace, dataset.id, "004.png", "remove")
        figures = synced(workspace, url, alias=alias)
        assert (figures["n_deleted"], figures["n_said_anew"], figures["n_upserted"]) == (1, 1, 0)
        anew = synced(workspace, url, alias=alias, quantisation="scalar")
        assert anew["collection"] != first["collection"]
        space = list_spaces(workspace, dataset.id)[0]
        with Reader(url, alias) as reader:
            near = reader.search(image_vector(workspace, space, 4).values, 5, {"class": "wren"})
        assert near[0].image_id == 4 and {one.label for one in near} == {"wren"}
    finally:
        store = open_store(url)
        for collection in list_collections(workspace, dataset.id):
            store.drop(collection.collection)
        store.close()
