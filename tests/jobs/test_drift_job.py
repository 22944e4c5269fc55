"""The drift job from its order to its rows: planted changes of real kinds are found, and none where there is none."""

import datetime

import numpy as np
import pytest

from analytics.drift_measures import DRIFT_KINDS
from jobs.drift.vectors import compare_vectors
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.spec import DONE
from store.drift import drift_history, drift_measures, drift_pictures, drift_shares, list_drift_runs
from tests.support.drifting import N_AFTER, N_BEFORE, plant
from tests.support.running import run_job
from tests.support.small_workspace import new_dataset

CONSTANT = {"contrast", "sharpness", "entropy", "size", "shape"}  # the same of every picture here


def compared(workspace, **planted):
    dataset = plant(workspace, **planted)
    return dataset, run_job(workspace, "drift", dataset.name)


@pytest.mark.long
def test_where_nothing_changed_no_measure_is_drift(workspace) -> None:
    for seed in range(4):
        dataset, job = compared(workspace, name=f"birds {seed}", seed=seed)
        assert job.state == DONE and job.figures["drifted"] == [], job.figures
        assert "No drift by any of" in load_kind("drift").outcome(job)
        measures = {each.measure: each for each in drift_measures(workspace, job.run_id)}
        assert set(measures) == set(DRIFT_KINDS) - CONSTANT
        assert (job.figures["n_before"], job.figures["n_after"]) == (N_BEFORE, N_AFTER)
        assert all(each.p <= each.p_adjusted for each in measures.values())


@pytest.mark.long
def test_a_new_species_is_found_with_its_pictures(workspace) -> None:
    dataset, job = compared(workspace, new_species=24)
    assert {"clusters", "means"} <= set(job.figures["drifted"])
    shown = [each for each in drift_pictures(workspace, job.run_id) if each.why == "cluster"]
    new = workspace.rows("drift_images", dataset_id=dataset.id)[-24:]
    assert len(shown) >= 20 and {each.image_id for each in shown} <= {row["image_id"] for row in new}
    note = next(each.note for each in drift_measures(workspace, job.run_id) if each.measure == "clusters")
    assert "new cluster" in note and "0 earlier" in note


@pytest.mark.long
def test_a_darker_camera_is_found_by_brightness_and_by_nothing_else(workspace) -> None:
    _, job = compared(workspace, darker=0.15)
    assert job.figures["drifted"] == ["brightness"]


@pytest.mark.long
def test_another_label_policy_is_found_with_the_pictures_it_changed(workspace) -> None:
    _, job = compared(workspace, policy=True)
    assert "labels" in job.figures["drifted"]
    assert not {"brightness", "classifier", "means", "nearest", "clusters"} & set(job.figures["drifted"])
    shown = [each for each in drift_pictures(workspace, job.run_id) if each.why == "label"]
    assert shown and {each.cluster for each in shown} == {0}  # its neighbours say the class that it had before
    assert all(each.other_id is not None for each in shown)
    shares = {each.label: (each.n_before, each.n_after) for each in drift_shares(workspace, job.run_id)}
    assert sum(before for before, _ in shares.values()) == N_BEFORE


@pytest.mark.long
def test_earlier_pictures_that_come_again_are_found_beside_their_originals(workspace) -> None:
    dataset, job = compared(workspace, copies=40)
    assert "near_duplicates" in job.figures["drifted"] and "labels" not in job.figures["drifted"]
    ids = [row["image_id"] for row in workspace.rows("drift_images", dataset_id=dataset.id)]
    twins = {ids[N_BEFORE + i]: ids[i] for i in range(40)}
    near = [each for each in drift_pictures(workspace, job.run_id) if each.why == "near"]
    right = [each for each in near if twins.get(each.image_id) == each.other_id and each.cosine > 0.99]
    assert len(right) >= 15 and right == near[: len(right)]  # some originals are held out


def test_without_vectors_the_other_measures_are_taken(workspace) -> None:
    _, job = compared(workspace, darker=0.3, vectors=False)
    assert job.figures["drifted"] == ["brightness"]
    measures = {each.measure for each in drift_measures(workspace, job.run_id)}
    assert "class_shares" in measures and not {"classifier", "labels", "nearest"} & measures


def test_days_imports_and_splits_tell_the_same_sides_here(workspace) -> None:
    dataset = plant(workspace, vectors=False)
    kind = load_kind("drift")
    sides = []
    for wish in ({"by": "day"}, {"by": "import"}, {"by": "split", "lately": "new"}):
        prepared = kind.code().prepare(workspace, dataset.name, kind.read(wish), 99)
        sides.append(prepared.todo["is_later"].to_pylist())
        assert prepared.parameters.lately
    assert sides[0] == sides[1] == sides[2] and sum(sides[0]) == N_AFTER
    yesterday = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
    with pytest.raises(NothingToDo, match="0 earlier ones"):
        kind.code().prepare(workspace, dataset.name, kind.read({"lately": str(yesterday)}), 99)


def test_what_is_no_side_is_refused_in_a_sentence(workspace) -> None:
    dataset = plant(workspace, vectors=False)
    kind = load_kind("drift")
    for wish, words in (
        ({"lately": "yesterday"}, "written as 2026-11-30"),
        ({"lately": "2026-02-31"}, "no day"),
        ({"by": "import", "lately": "-1"}, "number of its run"),
        ({"by": "split"}, "splits: new, old"),
        ({"space": "clip"}, "no embedding space 'clip'"),
    ):
        with pytest.raises(UnknownParameter, match=words):
            kind.code().prepare(workspace, dataset.name, kind.read(wish), 99)
    empty = new_dataset(workspace, "empty")
    with pytest.raises(NothingToDo, match="too little to compare"):
        kind.code().prepare(workspace, empty.name, kind.read({}), 99)


@pytest.mark.long
def test_a_comparison_lands_once_and_the_history_has_each(workspace) -> None:
    dataset, job = compared(workspace, darker=0.2)
    kind = load_kind("drift")
    again = kind.code().prepare(workspace, dataset.name, kind.read({}), job.run_id)
    assert again.todo.num_rows == 0
    second = run_job(workspace, "drift", dataset.name)
    points = drift_history(workspace, dataset.id)
    assert {each.run_id for each in points} == {job.run_id, second.run_id}
    first, then = (drift_measures(workspace, each.run_id) for each in (job, second))
    assert [each.value for each in first] == [each.value for each in then]  # seeds are the same
    assert [each.run_id for each in list_drift_runs(workspace, dataset.id)] == [second.run_id, job.run_id]


def test_vectors_that_cannot_be_used_are_left_out(workspace) -> None:
    dataset = plant(workspace, vectors=False)
    kind = load_kind("drift")
    prepared = kind.code().prepare(workspace, dataset.name, kind.read({}), 99)
    vectors = np.random.default_rng(0).normal(size=(prepared.todo.num_rows, 8)).astype(np.float32)
    vectors[::7] = np.nan
    vectors[1::7] = 0
    found = compare_vectors(
        vectors, prepared.todo, parameters=prepared.parameters, rng=np.random.default_rng(0), report=print
    )
    assert found.measured["classifier"].n_after < N_AFTER and found.measured["nearest"].p > 1e-4
    few = compare_vectors(
        np.full_like(vectors, np.nan),
        prepared.todo,
        parameters=prepared.parameters,
        rng=np.random.default_rng(0),
        report=print,
    )
    assert not few.measured and not few.pictures


def test_a_sample_bounds_what_is_compared(workspace) -> None:
    dataset = plant(workspace)
    kind = load_kind("drift")
    prepared = kind.code().prepare(workspace, dataset.name, kind.read({"sample": 100}), 99)
    sampled = prepared.todo.filter(prepared.todo["sampled"])
    assert sampled.num_rows == 200 and sum(sampled["is_later"].to_pylist()) == 100
    assert prepared.todo.num_rows == N_BEFORE + N_AFTER  # classes and measures are of all
    with pytest.raises(UnknownParameter):
        kind.read({"sample": 50_001})
