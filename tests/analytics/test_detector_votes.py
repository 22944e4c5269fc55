"""A detector's opinion on labels: heard where it finds nearly every one, and what it then does to a label check."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.detector_votes import detector_votes, namesakes
from analytics.errors import WrongShape
from jobs.engine.errors import UnknownParameter
from jobs.engine.spec import DONE
from pages.label_noise import wording
from store.detections import best_scores
from store.label_issues import IssueFilters, list_issues, list_label_runs
from store.review import active_inputs
from tests.support.detected_workspace import STREET, land_boxes, small_street
from tests.support.noisy_workspace import NAMES, N, check_labels, noisy_birds, truth_and_labels

BOX = (0, 0, 10, 10)
OPEN = IssueFilters(is_decided=None)


def test_a_class_has_a_namesake_whatever_its_case() -> None:
    assert namesakes(["Cat", "Lynx ", "Dog"], detected={16: "cat", 17: "DOG", 0: "person"}) == {0: 16, 2: 17}
    assert namesakes(["Cat"], detected={}) == {}


def test_it_is_heard_on_a_class_of_which_it_finds_nearly_every_one() -> None:
    labels = np.repeat([0, 1, 2], 100)
    scores = np.zeros((300, 3), np.float32)
    scores[:99, 0] = 0.9  # it misses one cat in a hundred
    scores[100:150, 1] = 0.9  # and every second dog
    scores[:, 2] = np.nan  # and knows no pool
    scores[99, 1] = 0.4  # the cat it misses looks like a dog to it
    votes = detector_votes(labels, scores=scores, believed=np.ones(300, bool))
    assert np.flatnonzero(votes.heard).tolist() == list(range(100))
    assert np.flatnonzero(votes.against).tolist() == [99]
    assert votes.best[[0, 99, 100, 160, 299]].tolist() == [0, 1, 1, -1, -1]
    assert votes.n.tolist() == [100, 100, 0]
    assert votes.recall[:2].tolist() == [0.99, 0.5] and np.isnan(votes.recall[2])
    assert 0.9 < votes.low[0] < 0.99


def test_few_pictures_are_not_enough_and_doubted_ones_do_not_count() -> None:
    labels, scores = np.zeros(30, np.int64), np.ones((30, 1), np.float32)
    assert not detector_votes(labels, scores=scores, believed=np.ones(30, bool)).heard.any()  # 30 of 30: 89 % or more
    labels, scores = np.zeros(120, np.int64), np.ones((120, 1), np.float32)
    scores[:60] = 0
    assert not detector_votes(labels, scores=scores, believed=np.ones(120, bool)).heard.any()
    votes = detector_votes(labels, scores=scores, believed=np.arange(120) >= 60)
    assert votes.heard.all() and votes.against.sum() == 60


@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 5))
def test_it_speaks_only_against_what_it_looked_for(seed: int, n: int, n_classes: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, n_classes, n)
    scores = np.where(rng.random((n, n_classes)) < 0.5, rng.random((n, n_classes)), 0).astype(np.float32)
    scores[rng.random(n) < 0.2] = np.nan
    votes = detector_votes(labels, scores=scores, believed=rng.random(n) < 0.7, min_recall=0.3)
    assert not (votes.against & ~votes.heard).any() and not votes.heard[labels < 0].any()
    assert not votes.heard[np.isnan(scores).all(axis=1)].any()
    own = scores[np.flatnonzero(votes.heard), labels[votes.heard]]
    assert np.array_equal(own == 0, votes.against[votes.heard])


def test_scores_that_are_not_as_many_as_labels_are_refused() -> None:
    with pytest.raises(WrongShape, match="3 labels need scores"):
        detector_votes(np.zeros(3, np.int64), scores=np.zeros((2, 2), np.float32), believed=np.ones(3, bool))


def test_the_best_score_of_each_class_in_each_picture(workspace) -> None:
    street = small_street(workspace)
    images = {row["path"]: row["image_id"] for row in workspace.rows("images_to_embed", dataset_id=street.id)}
    seen = {path: objects for path, objects in STREET.items() if path != "d.png"}
    run_id = land_boxes(workspace, street, seen, names=("cat", "<b>dog</b>"))
    ids = np.array([images["c.png"], images["a.png"], 999, images["d.png"], images["b.png"]])
    scores = best_scores(workspace, run_id=run_id, classes={0: 0, 2: 1}, score=0.5, image_ids=ids, n_classes=3)
    nothing = [np.nan, np.nan, np.nan]
    expected = [[0, np.nan, 0.95], [0.9, np.nan, 0], nothing, nothing, [0.5, np.nan, 0]]
    assert np.allclose(scores, np.array(expected, np.float32), equal_nan=True)
    none = best_scores(
        workspace, run_id=run_id, classes={0: 0}, score=0.5, image_ids=np.zeros(0, np.int64), n_classes=3
    )
    assert none.shape == (0, 3)


@pytest.fixture
def watched(workspace):
    """The noisy birds and a detection that finds every cat and every second wolf, whatever the label says."""
    birds = noisy_birds(workspace)
    truth, _ = truth_and_labels()
    found = {
        f"{i:03}.png": [(15, 0.8, *BOX)] if kind == 0 else [(20, 0.7, *BOX)] if kind == 2 and i % 2 else []
        for i, kind in enumerate(truth.tolist())
    }
    names = [f"thing {index}" for index in range(15)] + ["Cat", "b", "c", "d", "e", "Wolf"]
    return birds, land_boxes(workspace, birds, found, names=names)


@pytest.mark.long
def test_a_label_check_hears_the_detector_where_it_can_be_heard(workspace, watched) -> None:
    birds, detection = watched
    truth, labels = truth_and_labels()
    assert check_labels(workspace, birds.name).state == DONE
    (run,) = list_label_runs(workspace, birds.id)
    assert run.parameters["detection_run"] == detection
    cat, wolf = run.figures["detector"]
    assert (cat["index"], cat["found"], cat["heard"]) == (0, 1.0, True) and cat["low"] > 0.9
    assert (wolf["index"], wolf["heard"]) == (2, False) and 0.3 < wolf["found"] < 0.7
    rows = list_issues(workspace, birds.id, run_id=run.run_id, filters=OPEN, first=0, n_rows=N).to_pylist()
    by_place = {row["image_id"] - 1: row for row in rows}
    wrong = [i for i in np.flatnonzero((labels == 0) & (truth != 0)).tolist() if i in by_place]
    assert wrong and all(by_place[i]["detections"] for i in wrong)
    assert all(row["detections"] is None for row in rows if row["label"] != 0)
    wolves = [by_place[i] for i in wrong if truth[i] == 2 and i % 2]
    assert wolves and "; a detector finds no cat in it, but wolf" in wording.why(wolves[0], names=NAMES)
    assert wording.votes(wolves[0]).endswith("detector")
    said = wording.detector_sentence(run, names=NAMES)
    assert said.startswith(f"Detector, run {detection}: heard on cat (100 % of ") and "too many of wolf (" in said
    assert active_inputs(workspace, birds.id, run_id=run.run_id).votes.shape == (N, 5)


@pytest.mark.long
def test_a_detection_can_be_named_or_left_out(workspace, watched) -> None:
    birds, detection = watched
    assert check_labels(workspace, birds.name, detection_run=-1).state == DONE
    assert list_label_runs(workspace, birds.id)[0].figures["detector"] is None
    assert check_labels(workspace, birds.name, detection_run=detection, detection_score=0.75).state == DONE
    cat, wolf = list_label_runs(workspace, birds.id)[0].figures["detector"]
    assert cat["found"] == 1 and wolf["found"] == 0
    with pytest.raises(UnknownParameter, match="run 999 is no finished detection of this dataset"):
        check_labels(workspace, birds.name, detection_run=999)
    with pytest.raises(UnknownParameter, match="between 0 and 1"):
        check_labels(workspace, birds.name, detection_score=2)


def test_a_detection_that_knows_no_class_by_its_name_is_not_asked(workspace) -> None:
    birds = noisy_birds(workspace)
    land_boxes(workspace, birds, {"000.png": [(0, 0.9, *BOX)]}, names=("person", "car"))
    assert check_labels(workspace, birds.name).state == DONE
    (run,) = list_label_runs(workspace, birds.id)
    assert run.figures["detector"] is None and run.parameters["detection_run"] == -1
    assert wording.detector_sentence(run, names=NAMES).startswith("No detector has looked")
