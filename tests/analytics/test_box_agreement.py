"""Two runs compared, and boxes scored against marked ones."""

import numpy as np
import pyarrow as pa
import pytest

from analytics.average_precision import average_precision
from analytics.box_agreement import agreement


def objects(*rows: tuple[int, str, int, int]) -> pa.Table:
    return pa.table(
        {name: [row[i] for row in rows] for i, name in enumerate(("image_id", "name", "n_first", "n_second"))}
    )


def pairs(*rows: tuple[int, str, int, int, float]) -> pa.Table:
    names = (("image_id", pa.int64()), ("name", pa.string()), ("first_row", pa.int64()), ("second_row", pa.int64()))
    schema = pa.schema([*names, ("overlap", pa.float64())])
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


def boxes(*rows: tuple) -> pa.Table:
    names = ("image_id", "class_name", "score", "x1", "y1", "x2", "y2")
    schema = pa.schema(
        [("image_id", pa.int64()), ("class_name", pa.string()), *((name, pa.float64()) for name in names[2:])]
    )
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=schema)


def test_agreement_by_hand() -> None:
    found = agreement(
        objects((1, "person", 2, 1), (1, "dog", 0, 1), (2, "person", 1, 1)),
        pairs((1, "person", 0, 9, 0.8), (1, "person", 1, 9, 0.6), (2, "person", 2, 10, 0.7)),
    )
    assert (found.n_first, found.n_second, found.n_both) == (3, 3, 2)
    assert found.share == pytest.approx(2 / 4)
    rows = {row["name"]: row for row in found.classes.to_pylist()}
    assert rows["person"]["n_both"] == 2 and rows["person"]["share"] == pytest.approx(2 / 3)
    assert rows["person"]["mean_overlap"] == pytest.approx(0.75)
    assert rows["dog"]["n_both"] == 0 and rows["dog"]["share"] == 0
    assert found.pictures.to_pylist() == [{"image_id": 1, "n_differ": 2}, {"image_id": 2, "n_differ": 0}]


def test_a_run_agrees_with_itself_wholly_and_turned_around_alike() -> None:
    same = pairs(*((i, "cat", i, i, 1.0) for i in range(5)))
    found = agreement(objects(*((i, "cat", 1, 1) for i in range(5))), same)
    assert found.share == 1 and set(found.pictures["n_differ"].to_pylist()) == {0}


def test_runs_without_any_object_have_no_share() -> None:
    found = agreement(objects((1, "x", 0, 0)).slice(0, 0), pairs())
    assert np.isnan(found.share) and found.classes.num_rows == 0


def test_perfect_boxes_score_one_and_none_score_nothing() -> None:
    truth = boxes((1, "Cat", 1, 0, 0, 10, 10), (2, "Cat", 1, 5, 5, 20, 20))
    perfect = average_precision(
        boxes((1, "cat", 0.4, 0, 0, 10, 10), (2, "cat", 0.9, 5, 5, 20, 20)), truth, np.array([1, 2])
    )
    assert (perfect.ap, perfect.ap50) == pytest.approx((1, 1))
    nothing = average_precision(boxes(), truth, np.array([1, 2]))
    assert (nothing.ap, nothing.ap50) == (0, 0)
    assert np.isnan(average_precision(boxes((1, "cat", 1, 0, 0, 9, 9)), boxes(), np.array([1])).ap50)


def test_ap50_by_hand() -> None:
    """Of two marked cats the surest find is wrong and the second right: precision .5 up to a recall of .5, then 0."""
    truth = boxes((1, "cat", 1, 0, 0, 10, 10), (1, "cat", 1, 50, 50, 60, 60))
    found = boxes((1, "cat", 0.9, 80, 80, 90, 90), (1, "cat", 0.5, 0, 0, 10, 9))
    scored = average_precision(found, truth, np.array([1]))
    at_half = 51 / 101 * 0.5  # COCO looks at recalls 0, .01, ... 1
    assert scored.ap50 == pytest.approx(at_half, abs=1e-6)
    overlaps_met = 9  # the find overlaps by .9: .5, .55, ... .9
    assert scored.ap == pytest.approx(at_half * overlaps_met / 10, abs=1e-6)
    assert scored.classes.to_pylist()[0] | {"ap": 0, "ap50": 0} == {
        "name": "cat",
        "ap": 0,
        "ap50": 0,
        "n_truth": 2,
        "n_found": 2,
    }


def test_pictures_outside_and_classes_never_marked_do_not_count() -> None:
    truth = boxes((1, "cat", 1, 0, 0, 10, 10))
    found = boxes((1, "cat", 0.5, 0, 0, 10, 10), (7, "cat", 0.9, 0, 0, 10, 10), (1, "dog", 0.9, 0, 0, 10, 10))
    assert average_precision(found, truth, np.array([1])).ap50 == pytest.approx(1)
