"""The projection job from its order to its rows: what goes in, what is left out, what lands."""

import numpy as np
import pyarrow as pa
import pytest

from jobs.engine import worker
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.kinds import load_kind
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.errors import UnknownSelection
from store.projections import list_projections, point_stability, points
from store.selections import save_selection
from tests.support.running import run_job
from tests.support.small_workspace import (
    ODD,
    image_row,
    land,
    land_odd_birds,
    land_random_vectors,
    land_these_vectors,
    new_dataset,
)


@pytest.fixture
def birds(workspace):
    return land_odd_birds(workspace)


@pytest.mark.long
def test_points_land_with_their_trust_and_the_odd_ones_are_named(workspace, birds) -> None:
    job = run_job(workspace, "projection", birds.name, method="umap")
    assert job.state == DONE
    with workspace.writing() as cursor:
        rows = cursor.execute("SELECT image_id, x, y, z, trust FROM projection_point ORDER BY 1").fetchall()
        failed = cursor.execute("SELECT image_id, reason FROM run_failure ORDER BY 1").fetchall()
    assert [row[0] for row in rows] == list(range(5, 31))
    assert all(row[3] is None and 0 <= row[4] <= 1 for row in rows)
    assert [image_id for image_id, _ in failed] == [3, 4]
    assert failed[0][1] == "The vector is zero in every place."


def test_removed_and_missing_images_are_left_out(workspace, birds) -> None:
    with workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET missing = true WHERE id = 10")
        cursor.execute(
            "INSERT INTO decision (id, dataset_id, image_id, act, who, decided_at) "
            "VALUES (1, 1, 11, 'remove', 'me', now())"
        )
    kind = load_kind("projection")
    todo = kind.code().prepare(workspace, birds.name, kind.read({}), 9).todo
    assert not {10, 11, 1, 2} & set(todo["image_id"].to_pylist())
    assert todo.num_rows == 26


def test_the_worker_gets_the_vectors_in_the_order_of_its_rows(workspace, birds, tmp_path) -> None:
    kind = load_kind("projection")
    prepared = kind.code().prepare(workspace, birds.name, kind.read({}), 9)
    prepared.write_inputs(tmp_path)
    vectors = np.load(tmp_path / "vectors.npy")
    assert vectors.shape == (28, 6)
    assert not vectors[0].any() and np.isnan(vectors[1, 0])
    with workspace.writing() as cursor:
        expected = cursor.execute("SELECT vector FROM vector_1 WHERE image_id > 4 ORDER BY image_id").fetchall()
    assert np.array_equal(vectors[2:], np.array([row[0] for row in expected], np.float32))


def test_the_runs_are_listed_with_what_they_are_worth(workspace, birds) -> None:
    run_job(workspace, "projection", birds.name, method="pca")
    (found,) = list_projections(workspace, birds.id)
    assert (found.space, found.n_points, found.is_stale) == ("tiny", 26, False)
    assert found.parameters["method"] == "pca"
    land(workspace, birds.id, [image_row("new.png")], run_id=9)
    assert list_projections(workspace, birds.id)[0].is_stale


def test_a_wrong_order_is_refused_before_a_job_is_made(workspace, birds) -> None:
    supervisor = Supervisor(workspace)
    with pytest.raises(UnknownParameter, match="no embedding space 'other' .spaces: 'tiny'"):
        supervisor.start("projection", dataset=birds.name, parameters={"space": "other"})
    with pytest.raises(UnknownParameter, match="projection: perplexity must lie between 2 and 500, not 0.5"):
        supervisor.start("projection", dataset=birds.name, parameters={"perplexity": 0.5})
    empty = new_dataset(workspace, "empty")
    with pytest.raises(NothingToDo, match="no vectors yet"):
        supervisor.start("projection", dataset=empty.name)
    assert not list((workspace.root / "jobs").iterdir())


def test_a_space_of_nothing_usable_fails_with_a_sentence(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    land_these_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id), ODD)
    job_id = Supervisor(workspace).start("projection", dataset=dataset.name, hold=True)
    folder: JobFolder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 1
    assert folder.ending()[1]["reason"].startswith("No vector of this space can be placed")


def test_a_selection_gets_a_map_of_its_own(workspace, birds) -> None:
    chosen = np.arange(10, 22)
    save_selection(workspace, birds.id, name="some", image_ids=chosen, who="me")
    job = run_job(workspace, "projection", "birds", method="pca", selection="some")
    assert (job.state, job.figures["n_points"]) == (DONE, 12)
    run = list_projections(workspace, birds.id)[0]
    assert points(workspace, run.run_id)[1].tolist() == chosen.tolist()
    assert run.parameters["selection"] == "some"


def test_a_selection_without_vectors_or_without_a_name_here_is_refused(workspace, birds) -> None:
    save_selection(workspace, birds.id, name="bare", image_ids=np.array([1, 2]), who="me")
    with pytest.raises(NothingToDo, match="None of the 2 pictures of the selection 'bare' has a vector"):
        Supervisor(workspace).start("projection", dataset="birds", parameters={"selection": "bare"}, hold=True)
    with pytest.raises(UnknownSelection, match="'bare'"):
        Supervisor(workspace).start("projection", dataset="birds", parameters={"selection": "none"}, hold=True)


@pytest.mark.long
def test_of_too_many_images_a_sample_is_embedded_and_the_rest_placed(workspace, birds) -> None:
    job = run_job(workspace, "projection", birds.name, method="umap", most_direct=12)
    assert (job.figures["n_points"], job.figures["n_direct"], job.figures["n_placed"]) == (26, 12, 14)
    places, _ = points(workspace, job.run_id)
    assert len(places) == 26 and np.isfinite(places).all()


@pytest.mark.long
def test_newcomers_are_placed_and_nothing_on_the_map_moves(workspace, birds) -> None:
    first = run_job(workspace, "projection", birds.name, method="tsne", perplexity=4, seed=7)
    land(workspace, birds.id, [image_row("late-1.png", label=0), image_row("late-2.png", label=1)], run_id=9)
    late = workspace.read("images_to_embed", dataset_id=birds.id)
    late = late.filter(pa.array([path.startswith("late") for path in late["path"].to_pylist()]))
    land_random_vectors(workspace, birds.id, late, dim=6)
    second = run_job(workspace, "projection", birds.name, onto=first.run_id)
    before, was = points(workspace, first.run_id)
    after, now = points(workspace, second.run_id)
    assert np.array_equal(after[np.isin(now, was)], before)
    assert (second.figures["n_direct"], second.figures["n_placed"]) == (26, 2)
    newest = list_projections(workspace, birds.id)[0]
    assert newest.parameters["method"] == "tsne" and newest.parameters["seed"] == 7  # those of the map
    with pytest.raises(NothingToDo, match="is on the map of run"):
        Supervisor(workspace).start("projection", dataset=birds.name, parameters={"onto": second.run_id})
    with pytest.raises(UnknownParameter, match="--onto 99 is no map of 'birds'"):
        Supervisor(workspace).start("projection", dataset=birds.name, parameters={"onto": 99})


@pytest.mark.long
def test_steadiness_lands_with_the_points_where_it_was_asked_for(workspace, birds) -> None:
    job = run_job(workspace, "projection", birds.name, method="umap", stability=True)
    steady = point_stability(workspace, job.run_id)
    assert ((steady >= 0) & (steady <= 1)).all()
    assert job.figures["stability"] == pytest.approx(float(steady.mean()), abs=1e-4)
    without = run_job(workspace, "projection", birds.name, method="pca", stability=True)
    assert without.figures["stability"] is None and np.isnan(point_stability(workspace, without.run_id)).all()
