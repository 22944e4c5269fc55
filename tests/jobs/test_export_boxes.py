"""Exports with boxes: what is read back is the same labels, splits, class names and boxes, in every format."""

import numpy as np
import pytest

from importers.packed_pictures import unpack_pictures
from jobs.engine.folder import job_folder, read_json
from jobs.engine.following import THEN
from jobs.export.formats import FORMATS
from store.datasets import find_dataset
from store.detections import detected_classes, list_detection_runs
from store.versions import freeze, list_versions
from tests.support.exported_boxes import NAMES, boxes_by_picture, scenes
from tests.support.exporting import contents_of_version, imported, run_job

READ_BY_COCO_FILE = ("coco", "yolo", "voc", "cvat", "labelme")
PACKED = tuple(name for name, form in FORMATS.items() if form.pack is not None)
HOLDING = tuple(name for name, form in FORMATS.items() if form.holds_boxes and form.pack is None)


def fill(workspace) -> None:
    """The scenes, for the tests that only read them."""
    scenes(workspace, workspace.root.parent / "scenes")


FILLED_BY = {"dataset": fill}


@pytest.fixture
def dataset(workspace):
    """The scenes; their pictures are those of all tests here: none may change them."""
    return find_dataset(workspace, "scenes")


def imported_with_boxes(workspace, folder):
    """The folder as a dataset, with what its import orders to follow."""
    spec, _ = run_job(workspace, "import", "again", folder=str(folder), processes=1)
    order = read_json(job_folder(workspace.root, spec.id).path / THEN)
    run_job(workspace, order["kind"], order["dataset"], **order["parameters"])
    return find_dataset(workspace, "again")


def assert_same_boxes(first, second, *, within: float) -> None:
    assert first.keys() == second.keys() and first
    for key, boxes in first.items():
        assert boxes.shape == second[key].shape and np.abs(boxes - second[key]).max() <= within, key


@pytest.mark.long
@pytest.mark.parametrize("form", HOLDING)
def test_labels_splits_and_class_names_come_back_without_a_question(workspace, dataset, tmp_path, form) -> None:
    target = tmp_path / "out"
    _, figures = run_job(workspace, "export", "scenes", version="v1", format=form, folder=str(target))
    assert figures["n_boxes"] == 13 and "1 picture was not looked at" in figures["warning"]
    again = imported(workspace, target, "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, dataset, "v1")
    assert [version.class_names for version in list_versions(workspace, again.id)] == [("cat", "lynx")]
    assert not workspace.rows("failures_by_code", dataset_id=again.id)


@pytest.mark.long
@pytest.mark.parametrize("form", HOLDING)
def test_boxes_come_back_with_the_import(workspace, dataset, tmp_path, form) -> None:
    target = tmp_path / "out"
    run_job(workspace, "export", "scenes", version="v1", format=form, folder=str(target))
    again = imported_with_boxes(workspace, target)
    assert list_detection_runs(workspace, again.id)[0].is_truth
    before, after = (boxes_by_picture(workspace, one) for one in (dataset, again))
    assert_same_boxes(before, after, within=0.51 if form == "voc" else 0.01)


@pytest.mark.long
@pytest.mark.parametrize("form", READ_BY_COCO_FILE)
def test_boxes_come_back_by_the_detection_coco_file(workspace, dataset, tmp_path, form) -> None:
    target = tmp_path / "out"
    run_job(workspace, "export", "scenes", version="v1", format=form, folder=str(target))
    again = imported(workspace, target, "again")
    file = target / "annotations.json" if form == "coco" else target
    run_job(workspace, "detect", "again", model="coco-file", weights=str(file))
    newest = list_detection_runs(workspace, again.id)[0]
    if form in ("coco", "yolo"):  # which list all classes, by number
        assert tuple(detected_classes(workspace, newest.run_id).values()) == NAMES
    before, after = (boxes_by_picture(workspace, one) for one in (dataset, again))
    assert_same_boxes(before, after, within=0.51 if form == "voc" else 0.01)


@pytest.mark.long
@pytest.mark.parametrize("form", PACKED)
def test_shards_are_unpacked_and_imported_as_the_same(workspace, dataset, tmp_path, form) -> None:
    run_job(workspace, "export", "scenes", version="v1", format=form, folder=str(tmp_path / "out"))
    done = unpack_pictures(tmp_path / "out", tmp_path / "files")
    assert (done.n_pictures, done.n_labelled) == (9, 8)
    again = imported_with_boxes(workspace, tmp_path / "files")
    freeze(workspace, again.id, name="v1", who="me")
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, dataset, "v1")
    assert [version.class_names for version in list_versions(workspace, again.id)] == [("cat", "lynx")]
    assert not workspace.rows("failures_by_code", dataset_id=again.id)
    assert_same_boxes(*(boxes_by_picture(workspace, one) for one in (dataset, again)), within=0.01)
