"""The neighbours job from its order to its rows, and the graph's way to other jobs."""

import numpy as np
import pyarrow as pa
import pytest

from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.neighbours import INDICES, SIMILARITIES, latest_graph, list_graphs, neighbours_of, read_graph, write_graph
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_odd_birds, land_random_vectors, new_dataset


@pytest.fixture
def birds(workspace):
    return land_odd_birds(workspace)


def test_every_usable_image_gets_its_neighbours_and_the_odd_ones_are_named(workspace, birds) -> None:
    job = run_job(workspace, "neighbours", birds.name, k=5)
    assert job.state == DONE
    assert (job.figures["n_images"], job.figures["n_left_out"], job.figures["recall"]) == (26, 2, 1.0)
    graph = latest_graph(workspace, birds.id)
    assert graph is not None and (graph.k, graph.n_images, graph.is_stale, graph.space) == (5, 26, False, "tiny")
    found = read_graph(workspace, graph.run_id)
    assert found.image_ids.tolist() == list(range(5, 31))
    assert found.indices.shape == (26, 5) and (found.indices >= 0).all()
    with workspace.writing() as cursor:
        vectors = np.array(
            [
                row[0]
                for row in cursor.execute("SELECT vector FROM vector_1 WHERE image_id > 4 ORDER BY image_id").fetchall()
            ]
        )
        failed = cursor.execute("SELECT image_id FROM run_failure ORDER BY 1").fetchall()
    assert [image_id for (image_id,) in failed] == [3, 4]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    assert np.array_equal(found.indices[:, 0], cosines.argmax(axis=1))
    assert np.allclose(found.similarities[:, 0], cosines.max(axis=1), atol=1e-5)


def test_a_removed_neighbour_is_no_longer_shown(workspace, birds) -> None:
    run_job(workspace, "neighbours", birds.name, k=5)
    graph = latest_graph(workspace, birds.id)
    nearest = neighbours_of(workspace, graph.run_id, 10, n=3)["image_id"].to_pylist()
    with workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO decision (id, dataset_id, image_id, act, who, decided_at) "
            f"VALUES (1, 1, {nearest[0]}, 'remove', 'me', now())"
        )
    assert neighbours_of(workspace, graph.run_id, 10, n=2)["image_id"].to_pylist() == nearest[1:]
    assert latest_graph(workspace, birds.id).is_stale


def test_a_newer_graph_takes_the_older_ones_place(workspace, birds) -> None:
    run_job(workspace, "neighbours", birds.name, k=5)
    run_job(workspace, "neighbours", birds.name, k=7)
    (graph,) = list_graphs(workspace, birds.id)
    assert graph.k == 7
    assert workspace.count("next_run_id") == graph.run_id + 1


def test_the_graph_reaches_a_worker_in_the_order_of_its_rows(workspace, birds, tmp_path) -> None:
    run_job(workspace, "neighbours", birds.name, k=4)
    graph = latest_graph(workspace, birds.id)
    whole = read_graph(workspace, graph.run_id)
    wanted = pa.table({"image_id": [20, 3, 9, 7, int(whole.image_ids[whole.indices[20 - 5, 2]])]})
    write_graph(workspace, graph.run_id, images=wanted, folder=tmp_path)
    indices, similarities = np.load(tmp_path / INDICES), np.load(tmp_path / SIMILARITIES)
    assert 4 in indices[0]  # the fifth wanted image is a neighbour of the first
    assert indices[1].tolist() == [-1] * 4 and np.isnan(similarities[1]).all()
    at = indices[0].tolist().index(4)
    assert similarities[0, at] == whole.similarities[20 - 5, 2]
    assert np.isnan(similarities[indices < 0]).all()


@pytest.mark.long
def test_a_map_uses_the_graph_and_says_so(workspace, birds) -> None:
    def graph_of(n_neighbours: int) -> int | None:
        return run_job(workspace, "projection", birds.name, method="umap", n_neighbours=n_neighbours).figures[
            "graph_run"
        ]

    assert graph_of(6) is None
    run_job(workspace, "neighbours", birds.name, k=8)
    assert graph_of(6) == latest_graph(workspace, birds.id).run_id
    assert graph_of(12) is None  # it holds too few


def test_a_wrong_order_is_refused(workspace, birds) -> None:
    supervisor = Supervisor(workspace)
    with pytest.raises(UnknownParameter, match="k must lie between 1 and 500, not 0"):
        supervisor.start("neighbours", dataset=birds.name, parameters={"k": 0})
    with pytest.raises(UnknownParameter, match="neighbours: there is no embedding space 'other'"):
        supervisor.start("neighbours", dataset=birds.name, parameters={"space": "other"})
    empty = new_dataset(workspace, "empty")
    with pytest.raises(NothingToDo, match="no vectors yet"):
        supervisor.start("neighbours", dataset=empty.name)


def test_one_image_is_a_graph_without_edges(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png")])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    assert run_job(workspace, "neighbours", dataset.name).state == DONE
    graph = latest_graph(workspace, dataset.id)
    assert (graph.k, graph.n_images) == (0, 1)
    assert read_graph(workspace, graph.run_id).indices.shape == (1, 0)
