"""Measures by hand: small datasets whose numbers can be counted on paper, and what is said where there is none."""

import math

import numpy as np
import pytest

from evidence.case import Case
from evidence.errors import BadMeasure
from evidence.measure import all_measures, as_json, ask, find_measure, measure, read_parameters
from evidence.value import Value
from evidence.wording import names_a_number
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide
from store.versions import freeze
from tests.support.compared_workspace import FIRST, FOLDS, N_TEST, ON_SET, SECOND, ZERO, compared
from tests.support.finished_run import ran
from tests.support.small_workspace import failure_row, image_row, land, new_dataset

FILLED_BY = {"birds": compared}


@pytest.fixture
def birds(workspace) -> Dataset:
    return find_dataset(workspace, "birds")


@pytest.fixture
def pets(workspace) -> Dataset:
    """Ten pictures: 6 cats (two the same bytes), 2 dogs (one a copy of a cat), one without a label; two splits."""
    dataset = new_dataset(workspace, "pets")
    rows = [image_row(f"{n}.png", label=0, split="train") for n in range(5)]
    rows += [image_row("5.png", content="0.png", label=0, split="test", licence="CC0")]
    rows += [image_row("6.png", label=1, split="test"), image_row("7.png", content="1.png", label=1, split="train")]
    rows += [image_row("8.png", split="test"), failure_row("bad.png")]
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(("cat", "{dog}")):
            cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [1, index, name])
    return dataset


def number(workspace: Workspace, dataset: Dataset, name: str, **parameters: object) -> float | None:
    return measure(workspace, dataset, name, parameters).number


def test_images_are_counted_by_class_split_and_version(workspace, pets) -> None:
    assert number(workspace, pets, "images") == 9
    assert number(workspace, pets, "images", class_index=0) == 6
    assert number(workspace, pets, "images", split="test") == 3
    assert number(workspace, pets, "images", class_index=1, split="train") == 1
    version = freeze(workspace, pets.id, name="v1", who="Ada")
    decide(workspace, pets.id, [Act(1, "remove")], who="Ada")
    assert number(workspace, pets, "images") == 8
    frozen = measure(workspace, pets, "images", {"version": version.id})
    assert (frozen.number, frozen.version) == (9, "v1")
    assert number(workspace, pets, "images", version=version.id, class_index=0) == 6
    gone = measure(workspace, pets, "images", {"version": 99})
    assert gone.number is None and gone.reason == "Version 99 is gone: there is no version of that number."


def test_what_is_set_aside_is_counted_apart(workspace, pets) -> None:
    decide(workspace, pets.id, [Act(2, "remove"), Act(3, "relabel", label=1)], who="Ada")
    found = {what: number(workspace, pets, "images-apart", what=what) for what in ("removed", "relabelled", "missing")}
    assert found == {"removed": 1, "relabelled": 1, "missing": 0}
    assert number(workspace, pets, "images-apart", what="unlabelled") == 1


def test_counts_of_the_overview_by_hand(workspace, pets) -> None:
    assert number(workspace, pets, "classes") == 2 and number(workspace, pets, "splits") == 2
    assert number(workspace, pets, "size-on-disk") == 900 and number(workspace, pets, "files-not-taken-in") == 1
    assert number(workspace, pets, "imbalance-ratio") == 3.0
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert number(workspace, pets, "effective-classes") == pytest.approx(math.exp(entropy))
    assert number(workspace, pets, "licences-known") == pytest.approx(1 / 9)


def test_identical_pictures_are_counted_in_groups_of_each_kind(workspace, pets) -> None:
    exact = {what: number(workspace, pets, "exact-duplicates", what=what) for what in ("groups", "images")}
    assert exact == {"groups": 2, "images": 4}
    assert number(workspace, pets, "exact-duplicates", what="conflicting") == 1
    assert number(workspace, pets, "exact-duplicates", what="across") == 1
    near = measure(workspace, pets, "duplicate-groups", {"kinds": ["file"]})
    assert (near.number, near.n, near.run_ids) == (2, 9, ())
    assert measure(workspace, pets, "duplicate-groups", {}).reason == "Near duplicates have not been searched yet."


def test_labels_checked_by_eye_are_those_kept_or_given(workspace, pets) -> None:
    decide(workspace, pets.id, [Act(1, "keep"), Act(2, "relabel", label=1), Act(3, "flag")], who="Ada")
    assert number(workspace, pets, "labels-checked") == pytest.approx(2 / 8)


def test_figures_of_a_label_check_carry_their_interval_and_run(workspace, pets) -> None:
    noise = {"total": [0.35, 0.33, 0.37], "rate": [0.5, None], "low": [0.4, None], "high": [0.6, None], "n": [6, 2]}
    figures = {"noise": noise, "n_judged": 8, "n_label_issues": 3, "n_outliers": 1, "n_images": 9}
    run_id = ran(workspace, "label-issues", figures)
    wrong = measure(workspace, pets, "share-wrong", {})
    assert (wrong.number, wrong.interval.low, wrong.interval.high, wrong.n) == (0.35, 0.33, 0.37, 8)
    assert wrong.run_ids == (run_id,) and "It rests on 8, fewer than 30." in wrong.weak
    assert "No label has been checked by eye yet." in wrong.weak
    assert number(workspace, pets, "share-wrong", class_index=0) == 0.5
    assert "could not estimate" in measure(workspace, pets, "share-wrong", {"class_index": 1}).reason
    assert number(workspace, pets, "share-doubted") == pytest.approx(3 / 8)
    assert number(workspace, pets, "label-check", what="outliers") == 1
    decide(workspace, pets.id, [Act(1, "keep")], who="Ada")
    assert "No label has been checked by eye yet." not in measure(workspace, pets, "share-wrong", {}).weak


def test_the_newest_run_is_asked_unless_one_is_named(workspace, pets) -> None:
    first = ran(workspace, "label-issues", {"n_label_issues": 3})
    second = ran(workspace, "label-issues", {"n_label_issues": 2})
    newest, named = (measure(workspace, pets, "label-check", of) for of in ({}, {"run": first}))
    assert (newest.number, newest.run_ids, named.number) == (2, (second,), 3)
    with workspace.writing(pets.id) as cursor:
        cursor.execute("DELETE FROM run WHERE id = ?", [first])
    gone = measure(workspace, pets, "label-check", {"run": first})
    assert (
        gone.number is None and gone.reason == f"Run {first} is gone: there is no finished label check of that number."
    )


def test_scores_of_runs_are_right_to_the_picture(workspace, birds) -> None:
    """FIRST gets 30 of the 60 test pictures right, SECOND 45: see compared_workspace."""
    accuracy = {"score": "accuracy", **ON_SET}
    first, second = (measure(workspace, birds, "score", {**accuracy, "of": run}) for run in (FIRST, SECOND))
    assert (first.number, second.number, first.n) == (0.5, 0.75, N_TEST)
    assert first.interval.low < 0.5 < first.interval.high and first.evaluation_set == "Held back"
    assert first.run_ids == (FIRST,) and "None of its labels has been checked by eye." in first.weak
    recall = measure(workspace, birds, "class-score", {**ON_SET, "of": SECOND, "class_index": 0})
    assert (recall.number, recall.n) == (0.75, 20)


def test_a_difference_is_that_of_compare_and_turns_with_its_sides(workspace, birds) -> None:
    there = measure(workspace, birds, "difference", ON_SET)
    back = measure(workspace, birds, "difference", {**ON_SET, "first": SECOND, "second": FIRST})
    assert there.number == pytest.approx(0.25) and there.run_ids == (FIRST, SECOND)
    assert 0 < there.interval.low < 0.25 < there.interval.high
    ends = back.interval.low, back.interval.high
    assert back.number == -there.number and ends == (-there.interval.high, -there.interval.low)
    p = measure(workspace, birds, "mcnemar-p", ON_SET)
    # a place is right by FIRST alone never, by SECOND alone where place % 4 == 3: 15 against 0
    assert p.number == pytest.approx(2 * 0.5**15, rel=1e-6)


def test_a_difference_that_may_be_chance_is_called_weak(workspace, birds) -> None:
    weak = measure(workspace, birds, "difference", {**ON_SET, "runs": [SECOND, ZERO]}).weak
    assert "Its interval contains 0: chance alone may explain it." in weak


def test_agreement_counts_what_both_say_the_same(workspace, birds) -> None:
    found = measure(workspace, birds, "agreement", {"runs": [FIRST, SECOND], "source": "set", "number": 1})
    # right together at even places, wrong together where place % 4 == 1: all but a quarter
    assert found.number == 0.75 and found.interval.method == "Wilson"


def test_calibration_error_by_hand(workspace, birds) -> None:
    """Each prediction is said with 0.8; half of FIRST's are right."""
    assert number(workspace, birds, "calibration-error", **ON_SET) == pytest.approx(0.3, abs=1e-6)


def test_what_a_run_learnt_from_is_left_out_and_weakens(workspace, birds) -> None:
    found = measure(workspace, birds, "score", {"runs": [FIRST], "source": "all"})
    assert found.n == N_TEST  # 120 less 50 learnt from (one of them unlabelled), 8 that chose, 2 copies
    said = "The evaluation set overlaps what a run learnt from: 51 of its 120 were left out."
    assert said in found.weak and not any(
        "overlaps" in each for each in measure(workspace, birds, "score", ON_SET).weak
    )


def test_changed_labels_move_the_score_by_what_they_are_worth(workspace, birds) -> None:
    """Picture 60 + 1 is wrong by FIRST, which says the next class: given that class, one of 20 becomes two of 21."""
    assert number(workspace, birds, "relabelling-effect", **ON_SET) == 0
    decide(workspace, birds.id, [Act(62, "relabel", label=(61 + 1) % 3)], who="Ada")
    before = np.mean([10 / 20] * 3)
    after = np.mean([10 / 20, 10 / 19, 11 / 21])
    assert number(workspace, birds, "relabelling-effect", **ON_SET) == pytest.approx(after - before)
    assert measure(workspace, birds, "score", ON_SET).weak == ()  # somebody has looked at one of them


def test_a_run_without_honest_predictions_cannot_be_scored(workspace, birds) -> None:
    gone = measure(workspace, birds, "score", {**ON_SET, "runs": [77]})
    assert gone.reason == "Run 77 is gone: there is no finished run with predictions of that number."
    no_set = measure(workspace, birds, "score", {**ON_SET, "number": 9})
    assert no_set.number is None and no_set.reason
    assert measure(workspace, birds, "class-score", {**ON_SET, "class_index": 9}).reason


def test_out_of_fold_and_zero_shot_runs_are_scored_on_all(workspace, birds) -> None:
    assert measure(workspace, birds, "score", {"runs": [FOLDS, ZERO]}).n == 119


def test_figures_of_other_runs_and_what_they_lack(workspace, pets) -> None:
    ran(workspace, "zero-shot", {"balanced_accuracy": 0.11, "n_scored": 8})
    assert number(workspace, pets, "zero-shot-accuracy") == 0.11
    planted = {"any": {"n_planted": 40, "n_found": 30, "share": 0.75, "low": 0.6, "high": 0.86}, "alike": {}}
    ran(workspace, "planted-labels", planted)
    assert number(workspace, pets, "planted-found") == 0.75
    assert "planted no wrong label" in measure(workspace, pets, "planted-found", {"kind": "alike"}).reason
    ran(workspace, "data-budget", {"doubling": {"raw": [0.016, 0.008, 0.019]}, "n_evaluation": 100})
    doubled = measure(workspace, pets, "budget-doubling", {})
    assert (doubled.number, doubled.interval.low, doubled.n) == (0.016, 0.008, 100)
    assert "No power law fits" in measure(workspace, pets, "budget-doubling", {"line": "<b>"}).reason


def test_figures_in_other_words_than_ours_are_a_reason_and_no_error(workspace, pets) -> None:
    ran(workspace, "planted-labels", {"any": {"n_planted": 4}})
    ran(workspace, "label-issues", {"noise": [1], "n_judged": "many"})
    assert measure(workspace, pets, "planted-found", {}).reason == "What its run left cannot be read (KeyError)."
    for name in ("share-wrong", "share-doubted", "label-check"):
        value = measure(workspace, pets, name, {})
        assert value.number is None and value.reason or value.number == 0


@pytest.mark.parametrize("name", sorted(all_measures()))
def test_every_measure_answers_an_empty_dataset_in_words(workspace, name) -> None:
    dataset = new_dataset(workspace, "empty")
    needed = {"runs": [1, 2], "class_index": 0} if "runs" in find_measure(name).parameters.model_fields else {}
    needed = {key: value for key, value in needed.items() if key in find_measure(name).parameters.model_fields}
    value = measure(workspace, dataset, name, needed)
    assert isinstance(value, Value) and value.unit == find_measure(name).unit
    assert value.number == 0 if value.number is not None else value.reason.endswith(".")


@pytest.mark.parametrize("name", sorted(all_measures()))
def test_every_measure_proposes_a_sentence_with_its_own_number(workspace, name) -> None:
    of = find_measure(name)
    needed = {"runs": [1, 2], "class_index": 0} if "runs" in of.parameters.model_fields else {}
    needed = {key: value for key, value in needed.items() if key in of.parameters.model_fields}
    own = read_parameters(of, needed)
    sentence = of.sentence(Case(workspace, new_dataset(workspace, "empty")), own)
    assert names_a_number(sentence, [of.place]) and sentence.endswith(".")
    assert of.about.endswith(".") and read_parameters(of, as_json(own)) == own


def test_a_class_may_be_called_by_its_name(workspace, pets) -> None:
    case = Case(workspace, pets)
    assert ask(case, "images", {"class_index": "{dog}"}).number == 2
    with pytest.raises(BadMeasure, match="there is no class 'cow'"):
        ask(case, "images", {"class_index": "cow"})


def test_what_is_no_measure_and_no_parameter_is_refused_in_a_sentence(workspace, pets) -> None:
    with pytest.raises(BadMeasure, match="There is no measure 'beauty'. Measures: images"):
        measure(workspace, pets, "beauty", {})
    with pytest.raises(BadMeasure, match=r"images: colour: Extra inputs are not permitted. It takes: class_index"):
        measure(workspace, pets, "images", {"colour": 1})
    with pytest.raises(BadMeasure, match="the two runs are the same"):
        measure(workspace, pets, "difference", {"runs": [4, 4]})
