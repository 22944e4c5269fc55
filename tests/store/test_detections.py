"""What the store says of detections: counts, pictures that fit, meetings, places, labels; against a loop."""

import itertools
from collections import Counter

import numpy as np
import pytest

from store import detections
from store.decisions import Act, decide
from store.detections import ObjectFilters
from tests.support.detected_workspace import STREET, land_boxes, small_street


@pytest.fixture
def street(workspace):
    return small_street(workspace)


@pytest.fixture
def run_id(workspace, street) -> int:
    return land_boxes(workspace, street, STREET)


def at(score: float) -> dict[str, list[tuple]]:
    return {path: [row for row in objects if row[1] >= score - 1e-6] for path, objects in STREET.items()}


def pictures(workspace, street, run_id, **wanted) -> list[tuple[str, int]]:
    asked = ObjectFilters(**{"score": 0.0, **wanted})
    rows = detections.list_pictures(workspace, street.id, run_id=run_id, filters=asked, first=0, n_rows=50).to_pylist()
    assert detections.count_pictures(workspace, street.id, run_id=run_id, filters=asked) == len(rows)
    return [(row["path"], row["n"]) for row in rows]


@pytest.mark.parametrize("score", [0.0, 0.45, 0.85, 0.99])
def test_counts_are_those_of_a_loop(workspace, street, run_id, score) -> None:
    there = at(score)
    totals = detections.totals(workspace, street.id, run_id=run_id, score=score)
    assert (totals.n_kept, totals.n_images) == (4, 4)
    assert totals.n_objects == sum(map(len, there.values())) and totals.n_with == sum(map(bool, there.values()))
    seen = {
        row["class_index"]: row
        for row in detections.counts(workspace, street.id, run_id=run_id, score=score).to_pylist()
    }
    for index in (0, 1):
        per_image = [sum(row[0] == index for row in objects) for objects in there.values()]
        if not sum(per_image):
            assert index not in seen
            continue
        assert seen[index]["n_objects"] == sum(per_image) and seen[index]["most"] == max(per_image)
        assert seen[index]["n_images"] == sum(map(bool, per_image))
    for classes in (None, (0,), (1,), (0, 1)):
        table = detections.objects_per_picture(workspace, street.id, run_id=run_id, score=score, classes=classes)
        expected = Counter(sum(classes is None or row[0] in classes for row in objects) for objects in there.values())
        assert {row["n"]: row["n_images"] for row in table.to_pylist()} == dict(expected)


def test_at_least_n_of_a_class_with_a_score(workspace, street, run_id) -> None:
    assert pictures(workspace, street, run_id, classes=(0,), min_objects=1) == [("a.png", 2), ("b.png", 1)]
    assert pictures(workspace, street, run_id, classes=(0,), min_objects=2) == [("a.png", 2)]
    assert pictures(workspace, street, run_id, classes=(0,), min_objects=1, score=0.85) == [("a.png", 1)]
    assert pictures(workspace, street, run_id, min_objects=0, max_objects=0) == [("d.png", 0)]
    assert pictures(workspace, street, run_id, classes=(1,), min_objects=0, max_objects=0, label=0) == [("b.png", 0)]
    assert pictures(workspace, street, run_id, sort="most")[0] == ("a.png", 3)
    assert pictures(workspace, street, run_id, sort="fewest")[0] == ("d.png", 0)
    assert [path for path, _ in pictures(workspace, street, run_id, sort="best")] == [
        "c.png",
        "a.png",
        "b.png",
        "d.png",
    ]
    assert [path for path, _ in pictures(workspace, street, run_id, sort="worst")] == [
        "b.png",
        "a.png",
        "c.png",
        "d.png",
    ]
    with pytest.raises(ValueError, match="sort must be one of"):
        ObjectFilters(0.1, sort="size")


def test_classes_that_meet(workspace, street, run_id) -> None:
    rows = detections.together(workspace, street.id, run_id=run_id, score=0.0).to_pylist()
    seen = {(row["first_class"], row["second_class"]): row["n"] for row in rows}
    expected = Counter()
    for objects in STREET.values():
        expected.update(itertools.product(sorted({row[0] for row in objects}), repeat=2))
    assert seen == dict(expected)


def test_places_and_sizes_are_in_shares_of_the_picture(workspace, street, run_id) -> None:
    for of in ("places", "sizes"):
        table = detections.grid(workspace, street.id, run_id=run_id, score=0.0, classes=None, cells=8, of=of)
        expected = Counter()
        for x1, y1, x2, y2 in (row[2:] for objects in STREET.values() for row in objects):
            x, y = ((x1 + x2) / 2, (y1 + y2) / 2) if of == "places" else (x2 - x1, y2 - y1)
            expected[(min(7, int(8 * x / 64)), min(7, int(8 * y / 48)))] += 1
        assert {(row["x"], row["y"]): row["n"] for row in table.to_pylist()} == dict(expected)


def test_labels_beside_what_was_found(workspace, street, run_id) -> None:
    rows = detections.by_label(workspace, street.id, run_id=run_id, score=0.0).to_pylist()
    seen = {(row["label"], row["class_index"]): (row["n"], row["n_label"]) for row in rows}
    assert seen == {(0, 0): (2, 2), (0, 1): (1, 2), (1, 1): (1, 1), (None, None): (1, 1)}


def test_removed_pictures_count_no_longer(workspace, street, run_id) -> None:
    decide(workspace, street.id, [Act(1, "remove")], who="me")
    totals = detections.totals(workspace, street.id, run_id=run_id, score=0.0)
    assert (totals.n_kept, totals.n_images, totals.n_objects) == (3, 3, 2)
    assert detections.list_detection_runs(workspace, street.id)[0].is_stale


def test_two_runs_are_paired_by_name_and_overlap(workspace, street, run_id) -> None:
    other = land_boxes(
        workspace,
        street,
        {"a.png": [(1, 0.7, 1, 0, 10, 20), (0, 0.7, 0, 0, 10, 20)], "b.png": []},
        names=("car", "Person"),
    )
    runs = {"runs": (run_id, other), "scores": (0.0, 0.0)}
    pairs = detections.overlapping(workspace, street.id, **runs, min_overlap=0.5).to_pylist()
    assert [(row["image_id"], row["name"]) for row in pairs] == [(1, "person")]
    assert pairs[0]["overlap"] == pytest.approx(0.9)
    objects = detections.objects_of_two(workspace, street.id, **runs).to_pylist()
    seen = {(row["path"], row["name"]): (row["n_first"], row["n_second"]) for row in objects}
    # c.png and d.png were not looked at by both
    assert seen == {("a.png", "person"): (2, 1), ("a.png", "car"): (1, 1), ("b.png", "person"): (1, 0)}


def test_boxes_come_the_best_last(workspace, street, run_id) -> None:
    table = detections.boxes_of(workspace, run_id=run_id, image_ids=[1, 4], score=0.0)
    assert np.allclose(table["score"].to_pylist(), [0.4, 0.8, 0.9])
    assert detections.detected_classes(workspace, run_id) == {0: "person", 1: "car"}
