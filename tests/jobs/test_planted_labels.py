"""Planting wrong labels in a copy, and the job that counts what the label check finds of them."""

import numpy as np
import pytest

from analytics.errors import BadParameter
from analytics.planting import curve, plant, recall
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.supervisor import Supervisor
from store.label_issues import list_label_runs
from store.runs import newest_figures
from tests.support.noisy_workspace import check_labels, noisy_birds
from tests.support.running import run_job


def test_only_eligible_labels_change_and_each_becomes_another_class() -> None:
    labels = np.array([0, 1, 2, 0, 1, 2, -1] * 20)
    eligible = np.arange(len(labels)) % 2 == 0
    confusions = np.array([[0, 5, 0], [0, 0, 3], [0, 0, 0]])
    copy = labels.copy()
    planted = plant(labels, eligible=eligible, confusions=confusions, n=30, rng=np.random.default_rng(1))
    assert np.array_equal(labels, copy)  # the labels themselves are left alone
    changed = np.flatnonzero(planted.labels != labels)
    assert sorted(changed) == sorted(planted.rows) and len(changed) == 30
    assert eligible[changed].all() and (labels[changed] >= 0).all()
    likely = planted.rows[planted.alike]
    assert set(planted.labels[likely[labels[likely] == 0]]) <= {1} and planted.alike.sum() == 15


def test_a_class_that_nobody_uses_is_never_planted() -> None:
    labels = np.array([0, 3] * 10)
    planted = plant(labels, eligible=labels >= 0, confusions=np.zeros((5, 5)), n=9, rng=np.random.default_rng(2))
    assert set(planted.labels) == {0, 3}


@pytest.mark.parametrize("labels", [[0, 0, 0], [-1, -1], []])
def test_planting_needs_two_classes(labels: list[int]) -> None:
    array = np.array(labels, np.int64)
    with pytest.raises(BadParameter, match="two classes"):
        plant(array, eligible=array >= 0, confusions=np.zeros((1, 1)), n=3, rng=np.random.default_rng(1))


def test_counting_by_hand() -> None:
    counted = recall(np.array([True, True, False, True]))
    assert (counted.n_planted, counted.n_found, counted.share) == (4, 3, 0.75) and counted.low < 0.75 < counted.high
    assert np.isnan(recall(np.zeros(0, bool)).share)
    points = curve(np.array([1, 4, np.inf, 10]), n_images=20, n_points=3)
    assert points[0] == (0, 0.0) and points[-1] == (10, 0.75)


@pytest.mark.long
def test_the_job_finds_most_of_what_it_plants_and_leaves_the_data_alone(workspace) -> None:
    birds = noisy_birds(workspace)
    check_labels(workspace, birds.name)
    before = list_label_runs(workspace, birds.id)
    job = run_job(workspace, "planted-labels", birds.name, share=0.1)
    figures = newest_figures(workspace, birds.id, kind="planted-labels")
    assert job.kind == "planted-labels" and figures["n_planted"] >= 15
    assert figures["all"]["share"] >= 0.8 and figures["all"]["n_planted"] == figures["n_planted"]
    assert figures["any"]["n_planted"] + figures["alike"]["n_planted"] == figures["n_planted"]
    assert figures["curve"][0] == [0, 0.0] and figures["curve"][-1][1] == pytest.approx(
        figures["all"]["share"], abs=1e-3
    )
    assert list_label_runs(workspace, birds.id) == before
    assert len(list_label_runs(workspace, birds.id)) == 1


def test_planting_wants_a_check_first_and_a_share_in_its_range(workspace) -> None:
    birds = noisy_birds(workspace)
    supervisor = Supervisor(workspace)
    with pytest.raises(NothingToDo, match="check the labels first"):
        supervisor.start("planted-labels", dataset=birds.name)
    with pytest.raises(UnknownParameter, match="share must lie above 0 and at most at 0.2, not 0.5"):
        supervisor.start("planted-labels", dataset=birds.name, parameters={"share": 0.5})
