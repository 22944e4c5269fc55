"""What is said of a dataset: each sentence holds what stands in the file, and nothing is said of what was not found."""

import json

import pytest

from evidence.findings import MOST, find
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.runs import RunStart, finish_run, new_run_id, start_run
from tests.support.small_workspace import failure_row, image_row, land, new_dataset


@pytest.fixture
def pets(workspace) -> Dataset:
    return new_dataset(workspace, "pets")


def take_in(workspace: Workspace, dataset: Dataset, rows: list[dict], names: tuple[str, ...] = ("cat", "dog")) -> None:
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(names):
            cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [1, index, name])


def ran(workspace: Workspace, kind: str, figures: dict, parameters: dict | None = None) -> int:
    run_id = new_run_id(workspace)
    with workspace.writing(1) as cursor:
        start_run(cursor, RunStart(run_id, 1, f"{kind}-x", kind, "space", parameters or {}, None, "v", 0, None))
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=figures)
    return run_id


def said(workspace: Workspace) -> dict[str, str]:
    return {each.key: each.sentence for each in find(workspace, find_dataset(workspace, "pets"))}


def test_nothing_is_said_of_nothing(workspace, pets) -> None:
    assert find(workspace, pets) == []
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    assert said(workspace) == {}


def test_identical_pictures_under_two_labels_and_in_two_splits(workspace, pets) -> None:
    rows = [image_row("a.png", label=0, split="train"), image_row("b.png", content="a.png", label=1, split="test")]
    take_in(workspace, pets, [*rows, *(image_row(f"{n}.png", label=n % 2, split="train") for n in range(4))])
    found = {each.key: each for each in find(workspace, pets)}
    assert found["conflicting"].sentence.startswith("1 group of identical pictures carries different labels")
    assert found["across"].sentence.startswith("1 picture stands in more than one split")
    assert {image_id for image_id, _ in found["conflicting"].pictures} == {1, 2} and found["conflicting"].n == 2
    assert found["across"].query == {"check": "across-splits"}


def test_wrong_labels_have_a_share_an_interval_and_their_run(workspace, pets) -> None:
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    figures = {"noise": {"total": [0.35, 0.33, 0.37]}, "n_judged": 4, "n_outliers": 2, "outlier_threshold": 3.0}
    run_id = ran(workspace, "label-issues", figures)
    found = {each.key: each for each in find(workspace, pets)}
    assert found["noise"].sentence == "About 35% of the labels are likely wrong (33% to 37%)."
    assert (found["noise"].number, found["noise"].interval, found["noise"].run_id) == (0.35, (0.33, 0.37), run_id)
    assert found["outliers"].sentence == "2 pictures (50.0%) are like none of the classes and may belong elsewhere."


def test_exchanged_names_come_first(workspace, pets) -> None:
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    circle = [
        {"index": 0, "shows": 1, "n_for": 9, "n_against": 1},
        {"index": 1, "shows": 0, "n_for": 9, "n_against": 1},
    ]
    ran(workspace, "label-issues", {"noise": {"total": [0.9, 0.8, 0.95]}, "names": [circle]})
    first = find(workspace, pets)[0]
    assert first.sentence == "cat and dog seem to have exchanged names: 90% of 20 pictures show the other."


def test_a_classifier_stands_beside_the_names_alone(workspace, pets) -> None:
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    ran(workspace, "train", {"test_balanced_accuracy": 0.875, "n_test": 284}, {"model": "logistic"})
    assert "88% right on 284 pictures" in said(workspace)["trained"] and "names alone" not in said(workspace)["trained"]
    ran(workspace, "zero-shot", {"balanced_accuracy": 0.11})
    assert said(workspace)["trained"].endswith("the class names alone, without training, get 11%.")


def test_the_best_of_the_classifiers_on_one_evaluation_set_is_named(workspace, pets) -> None:
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    for model, score, evaluation in (("knn", 0.99, "other"), ("logistic", 0.875, "test"), ("resnet18", 0.7, "test")):
        figures = {"test_balanced_accuracy": score, "n_test": 284, "evaluation": evaluation}
        ran(workspace, "train", figures, {"model": model})
    assert said(workspace)["trained"].startswith("The best of 2 classifiers (logistic) gets 88% right on 284 pictures")


def test_what_more_pictures_are_worth(workspace, pets) -> None:
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    ran(workspace, "data-budget", {"doubling": {"raw": [None, None, None]}})
    assert "doubling" not in said(workspace)
    ran(workspace, "data-budget", {"doubling": {"raw": [0.016, 0.008, 0.019]}})
    assert "about 1.6 points of balanced accuracy (0.8 to 1.9)" in said(workspace)["doubling"]


def test_unequal_classes_and_files_that_are_no_pictures(workspace, pets) -> None:
    rows = [image_row(f"{n}.png", label=int(n == 0)) for n in range(9)]
    take_in(workspace, pets, [*rows, failure_row("bad.png")])
    assert said(workspace)["balance"] == "cat has 8.0 times as many pictures as dog, the smallest class."
    assert said(workspace)["failures"].startswith("1 file could not be read as a picture")


def test_there_are_at_most_seven_and_the_weightiest_first(workspace, pets) -> None:
    rows = [image_row("a.png", label=0, split="train"), image_row("b.png", content="a.png", label=1, split="test")]
    rows += [image_row(f"{n}.png", label=0, split="train") for n in range(9)] + [failure_row("bad.png")]
    take_in(workspace, pets, rows)
    ran(workspace, "label-issues", {"noise": {"total": [0.35, 0.33, 0.37]}, "n_outliers": 2})
    ran(workspace, "train", {"test_balanced_accuracy": 0.875, "n_test": 284})
    ran(workspace, "data-budget", {"doubling": {"raw": [0.016, 0.008, 0.019]}})
    found = find(workspace, pets)
    assert len(found) == MOST and [each.weight for each in found] == sorted((e.weight for e in found), reverse=True)


@pytest.mark.parametrize("figures", [{}, {"noise": None}, {"noise": {"total": []}}, {"names": None, "n_outliers": 0}])
def test_a_run_of_before_that_says_less_is_no_error(workspace, pets, figures) -> None:
    take_in(workspace, pets, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    for kind in ("label-issues", "train", "zero-shot", "data-budget", "duplicates", "medoids"):
        ran(workspace, kind, json.loads(json.dumps(figures)))
    assert said(workspace) == {}
