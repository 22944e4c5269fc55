"""The saliency job, from which pictures it takes to its rows, and what it refuses; maps as bytes and as shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import WrongShape
from analytics.saliency_maps import (
    BORDER_AREA,
    CENTRE_AREA,
    best_method,
    enlarged,
    from_bytes,
    shares,
    to_bytes,
    to_square,
)
from jobs.engine.errors import NothingToDo, QueryFailed, UnknownParameter
from jobs.engine.query import Queries
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.saliency import judged_pictures, list_saliency_runs, saliency_classes, saliency_sheet
from store.training import weights_file
from tests.support.detected_workspace import land_boxes
from tests.support.running import run_job
from tests.support.seen_workspace import CORNERS, SIDE, N, land_network, patches
from tests.support.small_workspace import new_dataset


@pytest.fixture
def seen(workspace, tmp_path):
    dataset = patches(workspace, tmp_path / "pictures")
    return dataset, land_network(workspace, dataset)


# Maps as arrays


def test_small_pictures_are_looked_at_where_a_network_still_has_places() -> None:
    assert [best_method(side) for side in (32, 64, 127, 128, 224)] == ["grad-cam-3"] * 3 + ["cam"] * 2


def test_a_map_is_drawn_with_its_places_where_a_padded_network_has_them() -> None:
    values = np.zeros((2, 2), np.float32)
    values[1, 0] = 1
    large = enlarged(values, stride=32, side=64, size=64)
    assert large.shape == (64, 64)
    assert (large[32, 0], large[16, 0], large[0, 0]) == (1, 0.5, 0)
    assert large[63, 0] == 1  # beyond the last place its value goes on
    assert large[32, 16] == 0.5 and large[:, 40].max() == 0


def test_an_even_map_has_every_region_in_proportion() -> None:
    found = shares(np.ones((8, 8)), stride=8, side=64, boxes=np.array([[0, 0, 0.5, 0.25]]))
    assert found.centre == pytest.approx(CENTRE_AREA) and found.border == pytest.approx(BORDER_AREA)
    assert found.boxes == pytest.approx(0.125) and found.box_area == pytest.approx(0.125)


def test_overlapping_boxes_count_once_and_nothing_positive_has_no_shares() -> None:
    twice = np.array([[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5]])
    assert shares(np.ones((4, 4)), stride=8, side=32, boxes=twice).boxes == pytest.approx(0.25)
    found = shares(-np.ones((4, 4)), stride=8, side=32, boxes=twice)
    assert (found.centre, found.border, found.boxes, found.box_area) == (None, None, None, 0.25)
    assert shares(np.ones((4, 4)), stride=8, side=32, boxes=np.zeros((0, 4))).boxes is None


def test_boxes_of_a_wide_picture_move_into_the_square_in_its_middle() -> None:
    boxes = np.array([[50, 0, 150, 100], [0, 0, 50, 100], [100, 50, 400, 100]])
    assert to_square(boxes, width=200, height=100).tolist() == [[0, 0, 1, 1], [0.5, 0.5, 1, 1]]


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_bytes_bring_a_map_back_to_a_step_of_its_peak(n: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(n, n)).astype(np.float32)
    kept, peak = to_bytes(values)
    assert np.abs(from_bytes(kept) * peak - np.maximum(values, 0)).max() <= peak / 255
    mirrored = shares(values[:, ::-1], stride=1, side=n)
    straight = shares(values, stride=1, side=n)
    assert (straight.centre is None) == (mirrored.centre is None)
    if straight.centre is not None:
        assert mirrored.centre == pytest.approx(straight.centre, abs=1e-4)


def test_maps_of_a_wrong_shape_are_refused() -> None:
    with pytest.raises(WrongShape):
        from_bytes(b"12345")
    with pytest.raises(WrongShape):
        enlarged(np.zeros(3), stride=8, side=64, size=64)
    assert to_bytes(np.full((2, 2), -3.0)) == (bytes(4), 0.0)


# The job


@pytest.mark.long
def test_a_sheet_holds_surest_and_furthest_of_each_label_with_maps_of_their_own_picture(workspace, seen) -> None:
    dataset, train_run = seen
    job = run_job(workspace, "saliency", dataset.name, per_class=4)
    assert job.state == DONE
    (sheet,) = list_saliency_runs(workspace, dataset.id)
    assert sheet.figures["n_images"] == 12 and not sheet.is_stale
    assert (sheet.parameters["method"], sheet.parameters["train_run"]) == ("grad-cam-3", train_run)
    sheets = (saliency_sheet(workspace, dataset.id, run_id=sheet.run_id, label=label) for label in range(3))
    rows = [row for each in sheets for row in each]
    assert {row.place for row in rows} == {"surest", "furthest"}
    for row in rows:
        i = row.image_id - 1
        if row.class_index != i % 3:  # a colour that is not in the picture
            continue
        found = from_bytes(row.map)
        at = np.unravel_index(found.argmax(), found.shape)
        x, y = CORNERS[i % 4]
        assert abs(at[0] * row.stride - y) <= 8 and abs(at[1] * row.stride - x) <= 8
        assert row.probability > 0.5
    wrong = [row for row in rows if row.role == "predicted"]
    assert wrong and all(row.image_id > 18 and row.class_index != row.label for row in wrong)
    classes = saliency_classes(workspace, run_id=sheet.run_id)
    assert [(row.label, row.n, row.n_boxed) for row in classes] == [(0, 4, 0), (1, 4, 0), (2, 4, 0)]


@pytest.mark.long
def test_shares_in_boxes_tell_a_box_at_the_patch_from_one_elsewhere(workspace, seen) -> None:
    dataset, _ = seen
    at_patch = {}
    for i in range(N):
        x, y = CORNERS[i % 4] if i % 2 else [32 - c for c in CORNERS[i % 4]]
        at_patch[f"{i:02}.png"] = [(0, 0.9, max(x - 12, 0), max(y - 12, 0), x + 12, y + 12)]
    detection = land_boxes(workspace, dataset, at_patch)
    run_job(workspace, "saliency", dataset.name, per_class=24)
    (sheet,) = list_saliency_runs(workspace, dataset.id)
    assert sheet.parameters["detection_run"] == detection
    rows = [
        row
        for label in range(3)
        for row in saliency_sheet(workspace, dataset.id, run_id=sheet.run_id, label=label)
        if row.class_index == (row.image_id - 1) % 3
    ]
    near = [row.box_share for row in rows if (row.image_id - 1) % 2]
    far = [row.box_share for row in rows if (row.image_id - 1) % 2 == 0]
    assert min(near) > 0.5 > 0.2 > max(far)


@pytest.mark.long
def test_unreadable_pictures_are_named_and_a_second_order_has_nothing_new_to_lose(workspace, seen, tmp_path) -> None:
    dataset, _ = seen
    (tmp_path / "pictures" / "05.png").write_bytes(b"no picture")
    job = run_job(workspace, "saliency", dataset.name, per_class=24)
    assert (job.state, job.figures["n_failed"], job.figures["n_images"]) == (DONE, 1, N - 2)
    with workspace.writing() as cursor:
        assert cursor.execute("SELECT image_id FROM run_failure").fetchall() == [(6,)]


def test_what_cannot_be_looked_at_is_said(workspace, seen) -> None:
    dataset, run_id = seen
    supervisor = Supervisor(workspace)
    for wrong, error in (
        ({"method": "guess"}, UnknownParameter),
        ({"per_class": 1}, UnknownParameter),
        ({"train_run": 99}, NothingToDo),
        ({"detection_run": 99}, UnknownParameter),
    ):
        with pytest.raises(error):
            supervisor.start("saliency", dataset=dataset.name, parameters=wrong, hold=True)
    weights_file(workspace, run_id).unlink()
    with pytest.raises(NothingToDo, match="not in this workspace"):
        supervisor.start("saliency", dataset=dataset.name, hold=True)
    new_dataset(workspace, "bare")
    with pytest.raises(NothingToDo, match="No network"):
        supervisor.start("saliency", dataset="bare", hold=True)


def test_evaluation_pictures_come_in_the_order_asked_for(workspace, seen) -> None:
    dataset, run_id = seen
    ordered = {
        order: judged_pictures(workspace, dataset.id, train_run=run_id, order=order).to_pylist()
        for order in ("losses", "surest", "shuffled")
    }
    for rows in ordered.values():
        assert sorted(row["image_id"] for row in rows) == list(range(2, N + 1))
    assert ordered["losses"][0]["image_id"] == N and ordered["surest"][0]["image_id"] == 18
    shares = {name: [row["label_share"] for row in rows] for name, rows in ordered.items()}
    assert shares["losses"] == sorted(shares["losses"]) and shares["surest"] == shares["losses"][::-1]
    assert shares["shuffled"] not in (shares["losses"], shares["surest"])
    green = judged_pictures(workspace, dataset.id, train_run=run_id, order="losses", label=1).to_pylist()
    assert {row["label"] for row in green} == {1}
    with pytest.raises(ValueError, match="order"):
        judged_pictures(workspace, dataset.id, train_run=run_id, order="luck")


@pytest.mark.long
def test_a_question_is_answered_by_the_child_and_a_bad_one_in_a_sentence(workspace, seen, tmp_path) -> None:
    _, run_id = seen
    queries, weights = Queries(), weights_file(workspace, run_id)
    wanted = {"architecture": "resnet18", "side": SIDE, "method": "cam"}
    try:
        for i in (4, 11):
            found = queries.looked_at(weights, tmp_path / "pictures" / f"{i:02}.png", classes=(i % 3, 0), **wanted)
            assert found.maps.shape == (2, 4, 4) and found.probabilities.argmax() == i % 3
            at = np.unravel_index(found.maps[0].argmax(), (4, 4))
            x, y = CORNERS[i % 4]
            assert (16 * at[0], 16 * at[1]) == (y, x)
        assert queries.looked_at(weights, tmp_path / "pictures" / "04.png", **wanted).maps.shape[0] == 0
        (tmp_path / "broken.png").write_bytes(b"no picture")
        with pytest.raises(QueryFailed):
            queries.looked_at(weights, tmp_path / "broken.png", **wanted)
        with pytest.raises(QueryFailed):
            queries.looked_at(tmp_path / "none.pt", tmp_path / "pictures" / "04.png", **wanted)
    finally:
        queries.close()
