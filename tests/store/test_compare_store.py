"""What runs are scored on and which of their predictions count; published results beside them."""

import numpy as np
import pytest

from store import comparison
from store.comparison import HELD_OUT, HONEST, OUT_OF_FOLD, STATES, ZERO_SHOT, Source
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.errors import BadReference
from store.references import delete_reference, list_references, read_csv, save_reference
from store.selections import save_selection
from store.statements import sql
from store.training import list_evaluation_sets
from store.versions import freeze
from tests.support.compared_workspace import FIRST, FOLDS, N_TEST, NAMES, SECOND, ZERO, N, compared, predicted, shares

ALL = Source("all")
FILLED_BY = {"birds": compared}


@pytest.fixture
def birds(workspace):
    return find_dataset(workspace, "birds")


def run_of(workspace, birds, run_id: int) -> comparison.PredictionRun:
    (found,) = [run for run in comparison.list_prediction_runs(workspace, birds.id) if run.run_id == run_id]
    return found


def states(workspace, birds, run_id: int, source: Source = ALL) -> dict[str, int]:
    """How many pictures of each state; "" for honest ones."""
    found = comparison.predictions_of(workspace, birds.id, source=source, run=run_of(workspace, birds, run_id)).state
    return {STATES[code]: int(n) for code, n in enumerate(np.bincount(found, minlength=len(STATES))) if n}


def test_runs_of_every_kind_are_listed_with_how_they_were_kept_from_seeing(workspace, birds) -> None:
    runs = comparison.list_prediction_runs(workspace, birds.id)
    assert [(run.run_id, run.prediction_kind) for run in runs] == [
        (ZERO, ZERO_SHOT),
        (FOLDS, OUT_OF_FOLD),
        (SECOND, HELD_OUT),
        (FIRST, HELD_OUT),
    ]
    assert runs[-1].n == 70 and runs[0].n == N and runs[-1].parameters["evaluation"] == "Held back"


def test_what_taught_a_run_anything_does_not_count_for_it(workspace, birds) -> None:
    assert states(workspace, birds, FIRST) == {
        "": N_TEST,
        "it was trained on": 50,
        "it chose the settings": 8,
        "a near duplicate was trained on": 2,
    }
    assert states(workspace, birds, FOLDS) == states(workspace, birds, ZERO) == {"": N}


def test_a_run_that_nobody_vouches_for_cannot_be_scored(workspace, birds) -> None:
    predicted(workspace, birds, 20, shares(np.arange(N) % 3, right=np.ones(N, bool)), kind="other")
    with workspace.writing(birds.id) as cursor:
        cursor.execute(sql("mark_prediction_kind"), {"run_id": 20, "kind": None})
    run = run_of(workspace, birds, 20)
    assert run.prediction_kind is None
    assert states(workspace, birds, 20) == {"no prediction": N}


def test_a_zero_shot_run_that_lacks_the_mark_is_known_by_its_kind(workspace, birds) -> None:
    with workspace.writing(birds.id) as cursor:
        cursor.execute(sql("mark_prediction_kind"), {"run_id": ZERO, "kind": None})
    assert run_of(workspace, birds, ZERO).prediction_kind == ZERO_SHOT and states(workspace, birds, ZERO) == {"": N}


def test_probabilities_that_are_none_are_left_out_with_a_reason(workspace, birds) -> None:
    with workspace.writing(birds.id) as cursor:
        for image_id, values in ((1, "['0.5', 'nan', '1']"), (2, "[0, 0, 0, 1]"), (4, "['inf', '0', '0']")):
            put = f"UPDATE prediction SET probabilities = {values}::FLOAT[] WHERE run_id = {ZERO}"
            cursor.execute(f"{put} AND image_id = {image_id}")
        cursor.execute(f"DELETE FROM prediction WHERE run_id = {ZERO} AND image_id = 5")
    assert states(workspace, birds, ZERO) == {
        "": N - 4,
        "probabilities that are not numbers": 2,
        "another number of classes": 1,
        "no prediction": 1,
    }
    said = comparison.predictions_of(workspace, birds.id, source=ALL, run=run_of(workspace, birds, ZERO))
    assert np.isnan(said.probabilities[said.state != HONEST]).all() and said.probabilities.shape == (N, 3)


def test_pictures_come_from_sets_versions_selections_or_everything(workspace, birds) -> None:
    (evaluation,) = list_evaluation_sets(workspace, birds.id)
    with workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET split = 'val' WHERE id > 100")
    version = freeze(workspace, birds.id, name="v1", who="me")
    chosen = save_selection(workspace, birds.id, name="some", image_ids=np.array([7, 3, 5]), who="me")
    for source, n in (
        (Source("set", evaluation.id), N_TEST),
        (Source("version", version.id), N),
        (ALL, N),
        (Source("version", version.id, "val"), 20),
        (Source("selection", chosen.id), 3),
        (Source("set", 99), 0),
    ):
        table = comparison.scored_pictures(workspace, birds.id, source=source, label_run=0)
        ids = table["image_id"].to_pylist()
        assert len(ids) == n == len(set(ids)) and ids == sorted(ids)
        said = comparison.predictions_of(workspace, birds.id, source=source, run=run_of(workspace, birds, ZERO))
        assert len(said.state) == n
    with pytest.raises(ValueError, match="source must be one of"):
        Source("folder")


def test_a_set_keeps_its_pictures_and_labels_and_knows_what_was_decided_since(workspace, birds) -> None:
    (evaluation,) = list_evaluation_sets(workspace, birds.id)
    decide(workspace, birds.id, [Act(70, "relabel", label=2), Act(71, "remove"), Act(72, "keep")], who="me")
    table = comparison.scored_pictures(workspace, birds.id, source=Source("set", evaluation.id), label_run=0)
    rows = {row["image_id"]: row for row in table.to_pylist()}
    assert len(rows) == N_TEST
    moved = rows[70]
    assert (moved["given_label"], moved["set_label"], moved["label"], moved["is_checked"]) == (0, 0, 2, True)
    assert rows[71]["removed"] and not rows[71]["is_checked"] and rows[72]["is_checked"]


def test_another_datasets_pictures_and_runs_stay_out(workspace, birds) -> None:
    (evaluation,) = list_evaluation_sets(workspace, birds.id)
    other = comparison.scored_pictures(workspace, birds.id + 1, source=Source("set", evaluation.id), label_run=0)
    assert other.num_rows == 0 and comparison.list_prediction_runs(workspace, birds.id + 1) == []
    assert comparison.facts_of(workspace, birds.id + 1, image_ids=[1]) == []
    assert [row.image_id for row in comparison.facts_of(workspace, birds.id, image_ids=[9, 2])] == [9, 2]


def test_a_published_result_is_kept_found_and_forgotten(workspace, birds) -> None:
    (evaluation,) = list_evaluation_sets(workspace, birds.id)
    number = save_reference(
        workspace,
        birds.id,
        name=" course ",
        recalls=[0.3, None, 0.5],
        balanced_accuracy=0.36,
        source="page 3",
        set_id=evaluation.id,
        who="me",
    )
    (kept,) = list_references(workspace, birds.id)
    assert (kept.id, kept.name, kept.recalls, kept.balanced_accuracy) == (number, "course", (0.3, None, 0.5), 0.36)
    assert kept.set_name == "Held back" and kept.who == "me"
    delete_reference(workspace, birds.id + 1, reference_id=number)
    assert len(list_references(workspace, birds.id)) == 1
    delete_reference(workspace, birds.id, reference_id=number)
    assert list_references(workspace, birds.id) == []


def test_the_courses_mean_is_that_of_its_ten_recalls(workspace, birds) -> None:
    recalls = [0.3088, 0.1773, 0.1915, 0.5073, 0.5580, 0.3244, 0.4065, 0.5548, 0.2864, 0.3074]
    save_reference(workspace, birds.id, name="course", recalls=recalls, source="README", who="me")
    (kept,) = list_references(workspace, birds.id)
    assert kept.balanced_accuracy == pytest.approx(0.3622, abs=5e-5) and kept.set_id is None


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"name": " "}, "needs a name"),
        ({"source": ""}, "needs a source"),
        ({"name": "x" * 201}, "1 to 200"),
        ({"recalls": [0.3, 30.0, 0.2]}, "between 0 and 1"),
        ({"recalls": [0.3, None, 0.2]}, "Give the balanced"),
        ({"balanced_accuracy": 36.22}, "between 0 and 1"),
        ({"recalls": []}, "Give the balanced"),
        ({"balanced_accuracy": float("nan")}, "between 0 and 1"),
    ],
)
def test_results_that_cannot_be_are_refused_and_nothing_is_kept(workspace, birds, changed, message) -> None:
    given = {"name": "course", "recalls": [0.1, 0.2, 0.3], "source": "page", "who": "me", **changed}
    with pytest.raises(BadReference, match=message):
        save_reference(workspace, birds.id, **given)
    assert list_references(workspace, birds.id) == []


def test_a_name_is_taken_once(workspace, birds) -> None:
    given = {"recalls": [0.1, 0.2, 0.3], "source": "page", "who": "me"}
    save_reference(workspace, birds.id, name="course", **given)
    with pytest.raises(BadReference, match="already"):
        save_reference(workspace, birds.id, name="COURSE", **given)


def test_a_csv_names_classes_by_index_or_name_and_shares_in_two_ways() -> None:
    text = "class,recall\n0,.3088\nwolf,50 %\n\nBalanced accuracy,0.36\n"
    found = read_csv(text.encode("utf-8-sig"), names=NAMES)
    assert found.recalls == (0.3088, None, 0.5) and found.balanced_accuracy == 0.36
    assert read_csv(b"1,0.5", names=NAMES).recalls == (None, 0.5, None)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"7,0.5", "no class '7'"),
        (b"fox,0.5", "no class 'fox'"),
        (b"cat,0.5\n0,0.5", "Line 2.*twice"),
        (b"cat,50", "Line 1: a recall lies"),
        (b"cat,much", "'much'"),
        (b"cat", "'cat' alone"),
        (b"cat,nan", "'nan'"),
        (b"\xff\xfe\x00", "no CSV in UTF-8"),
        (b'"cat,0.5', "no CSV"),
        (b"x" * 1_000_001, "1,000,001 bytes"),
    ],
)
def test_a_csv_that_cannot_be_read_says_where(content: bytes, message: str) -> None:
    with pytest.raises(BadReference, match=message):
        read_csv(content, names=NAMES)
