"""What is annotated comes in with the import: its boxes as a detection, once, and again where something changed."""

import json
import time

import pytest

from jobs.engine import supervisor
from jobs.engine.folder import job_folder, read_json
from jobs.engine.following import THEN
from jobs.engine.supervisor import Supervisor
from store.connection import open_workspace
from store.datasets import find_dataset
from store.detections import list_detection_runs
from store.detections import object_rows as found_rows
from tests.support.annotated_folders import FORMATS, coco, pictures, write_plain, yolo
from tests.support.looking import looked_at_here
from tests.support.running import run_job

SAID = {"data/a.png": [("cat", 8, 4, 16, 8), ("dog", 32, 16, 8, 8)], "data/b.png": [("cat", 0, 0, 64, 32)]}


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "pets"
    pictures(root, [*SAID, "data/plain.png"])
    return root


def taken_in(workspace, folder, **parameters):
    """Import the folder and run what follows it; the order of that, None where nothing followed."""
    job = run_job(workspace, "import", "pets", folder=str(folder), processes=1, **parameters)
    order = read_json(job_folder(workspace.root, job.id).path / THEN)
    if order is not None:
        run_job(workspace, order["kind"], order["dataset"], **order["parameters"])
    return order


def boxes(workspace):
    """(path, class, x, y, width, height) of the newest detection."""
    dataset = find_dataset(workspace, "pets")
    (run, *_) = list_detection_runs(workspace, dataset.id)
    rows = found_rows(workspace, dataset.id, run_id=run.run_id, score=0).to_pylist()
    return run, sorted(
        (row["path"], row["class_name"], row["x1"], row["y1"], row["x2"] - row["x1"], row["y2"] - row["y1"])
        for row in rows
    )


def expected(said):
    return sorted((path, *box) for path, each in said.items() for box in each)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["coco", "yolo", "label_studio_csv"])  # of all: tests/importers/test_boxes.py
def test_an_import_is_followed_by_its_boxes(workspace, folder, kind):
    FORMATS[kind](folder, SAID)
    assert taken_in(workspace, folder)["parameters"]["model"] == "as-annotated"
    run, rows = boxes(workspace)
    assert rows == [pytest.approx(row) for row in expected(SAID)] and run.is_truth


@pytest.mark.long
def test_a_second_import_takes_them_again_only_where_pictures_or_annotations_changed(workspace, folder):
    coco(folder, SAID)
    assert taken_in(workspace, folder) is not None
    (folder / "instances.json").touch()
    assert taken_in(workspace, folder) is None
    more = {**SAID, "data/b.png": [("dog", 1, 1, 2, 2)]}
    coco(folder, more)
    assert taken_in(workspace, folder) is not None and boxes(workspace)[1] == expected(more)
    pictures(folder, ["data/late.png"])
    assert taken_in(workspace, folder) is not None and taken_in(workspace, folder) is None


@pytest.mark.long
def test_boxes_can_be_left_out_which_is_remembered_and_can_be_taken_later(workspace, folder):
    yolo(folder, SAID)
    assert taken_in(workspace, folder, boxes="no") is None and taken_in(workspace, folder) is None
    assert taken_in(workspace, folder, boxes="yes") is not None and boxes(workspace)[1] == expected(SAID)


@pytest.mark.long
def test_a_folder_without_boxes_is_followed_by_nothing(workspace, folder):
    write_plain(folder / "labels.csv", "path,label\ndata/a.png,cat\n")
    assert taken_in(workspace, folder) is None
    with pytest.raises(Exception, match="imported without annotations that say where objects are"):
        Supervisor(workspace).start("detect", dataset="pets", parameters={"model": "as-annotated"}, trusted=True)


@pytest.mark.long
def test_what_is_to_follow_survives_the_owner_that_noted_it(workspace, folder, monkeypatch):
    monkeypatch.setattr(supervisor, "may_run", lambda job, among: False)
    coco(folder, SAID)
    job = run_job(workspace, "import", "pets", folder=str(folder), processes=1)
    order = job_folder(workspace.root, job.id).path / THEN
    assert set(read_json(order)) == {"kind", "dataset", "parameters", "who"}
    workspace.close()
    again = open_workspace(workspace.root)
    try:
        owner = Supervisor(again)
        started = [owner.tick() or read_json(order)["job"] for _ in range(2)]
        assert len(set(started)) == 1 and owner.follower_of(job.id).id == started[0]
        assert [view.kind for view in owner.jobs()].count("detect") == 1
        owner.cancel(started[0])
        Supervisor(again).tick()
        assert read_json(order)["job"] == started[0]
    finally:
        again.close()


@pytest.mark.long
def test_what_cannot_follow_says_why_and_the_import_stays_done(workspace, folder):
    coco(folder, SAID)
    job = run_job(workspace, "import", "pets", folder=str(folder), processes=1)
    path = job_folder(workspace.root, job.id).path / THEN
    path.write_text(json.dumps({**read_json(path), "dataset": "gone"}))
    owner = Supervisor(workspace)
    owner.tick()
    assert "no dataset called 'gone'" in read_json(path)["refused"] and owner.follower_of(job.id) is None
    assert owner.job(job.id).state == "done"


@pytest.mark.long
def test_a_living_owner_does_both_and_the_crop_of_an_object_has_its_class(workspace, folder):
    coco(folder, SAID)
    owner = Supervisor(workspace)
    owner.run_in_background()
    try:
        with looked_at_here():
            job_id = owner.start("import", dataset="pets", parameters={"folder": str(folder)}, trusted=True)
        assert _ended(owner, job_id).state == "done"
        follower = owner.follower_of(job_id) or owner.job(_started(workspace, job_id))
        assert _ended(owner, follower.id).state == "done"
    finally:
        owner.stop()
    run, rows = boxes(workspace)
    assert rows == expected(SAID)
    crops = run_job(workspace, "crops", "pets", detection_run=run.run_id, min_side=1, name="parts")
    run_job(workspace, "import", "parts", folder=str(crops.figures["folder"]), processes=1)
    parts = find_dataset(workspace, "parts")
    assert sorted(_labels(workspace, parts.id)) == ["cat", "cat", "dog"]


def _labels(workspace, dataset_id):
    with workspace.writing(dataset_id) as cursor:
        return [
            name
            for (name,) in cursor.execute(
                "SELECT class_name.name FROM image JOIN class_name ON class_name.dataset_id = image.dataset_id "
                "AND class_name.index = image.label WHERE image.dataset_id = ?",
                [dataset_id],
            ).fetchall()
        ]


def _started(workspace, job_id):
    for _ in range(200):
        order = read_json(job_folder(workspace.root, job_id).path / THEN)
        if order and "job" in order:
            return order["job"]
        time.sleep(0.1)
    raise AssertionError("nothing was started")


def _ended(owner, job_id):
    for _ in range(600):
        view = owner.job(job_id)
        if not view.is_active:
            return view
        time.sleep(0.1)
    raise AssertionError(f"{job_id} did not end")
