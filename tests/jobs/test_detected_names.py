"""Classes of a finished detection get their names, and a resumed run's figures are of all its attempts."""

import time

import pytest
from torchvision.models.detection import FasterRCNN_MobileNet_V3_Large_320_FPN_Weights

from analytics.coco_classes import COCO80
from jobs.engine import worker
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from store.detections import detected_classes, list_detection_runs, name_classes
from store.errors import BadClassNames
from store.privacy import people_runs
from tests.support.detected_workspace import STREET, dataset_of, land_boxes, picture_folder, small_street, write_onnx


def test_cocos_classes_are_those_of_published_detectors() -> None:
    categories = FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1.meta["categories"]
    assert tuple(name for name in categories if name not in ("__background__", "N/A")) == COCO80


def test_names_given_later_are_kept_with_who_gave_them(workspace) -> None:
    street = small_street(workspace)
    other = land_boxes(workspace, street, STREET, names=("class 0", "class 1"))
    run_id = land_boxes(workspace, street, STREET, names=("class 0", "class 1"), n_objects=5)
    assert people_runs(workspace) == {}
    name_classes(workspace, street.id, run_id=run_id, names=["person ", "parked  car", "tree"], who="ada")
    assert detected_classes(workspace, run_id) == {0: "person", 1: "parked car", 2: "tree"}
    assert detected_classes(workspace, other) == {0: "class 0", 1: "class 1"}
    assert people_runs(workspace) == {street.id: [run_id]}  # who can be blurred from now on
    run = list_detection_runs(workspace, street.id)[0]
    assert (run.figures["classes_named_by"], run.figures["n_objects"], run.figures["n_classes"]) == ("ada", 5, 3)
    assert not run.is_stale


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a"], "The names end with class 0, and the run knows a class 1"),
        (["a", " "], "one is empty"),
        ([], "one is empty"),
        (["a", "b", "a"], "“a” is there twice"),
    ],
)
def test_names_that_do_not_fit_are_refused(workspace, names, said) -> None:
    street = small_street(workspace)
    run_id = land_boxes(workspace, street, STREET)
    with pytest.raises(BadClassNames, match=said):
        name_classes(workspace, street.id, run_id=run_id, names=names, who="ada")
    with pytest.raises(BadClassNames, match="no finished detection"):
        name_classes(workspace, street.id, run_id=99, names=["a", "b"], who="ada")
    assert detected_classes(workspace, run_id) == {0: "person", 1: "car"}


@pytest.mark.long
def test_a_resumed_detection_counts_what_was_done_before(workspace, tmp_path, monkeypatch) -> None:
    sizes = {f"{i}.png": (80, 40) for i in range(5)}
    street = dataset_of(workspace, picture_folder(tmp_path / "pictures", sizes))
    monkeypatch.setattr("jobs.detect.job.SEGMENT_ROWS", 2)
    supervisor, file = Supervisor(workspace), str(write_onnx(tmp_path / "a.onnx"))
    wanted = {"weights": file, "values": "0-255", "fit": "squash"}
    job_id = supervisor.start("detect", dataset=street.name, parameters=wanted, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0
    first = sorted((folder.path / "segments").iterdir())[0]
    (folder.path / "incoming").mkdir()
    first.rename(folder.path / "incoming" / first.name)
    for lost in (folder.path / "segments").iterdir():
        lost.unlink()
    assert supervisor.land(job_id)
    supervisor.resume(job_id)
    deadline = time.monotonic() + 120
    while supervisor.job(job_id).is_active and time.monotonic() < deadline:
        supervisor.tick()
        time.sleep(0.1)
    run = list_detection_runs(workspace, street.id)[0]
    assert (run.figures["n_looked_at"], run.figures["n_with_objects"]) == (5, 5)
