"""Real detections: CenterNet on a street camera's frames, in which people walk, and on the animals."""

import contextlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analytics.average_precision import average_precision
from store import detections
from store.connection import open_workspace
from store.datasets import find_dataset
from store.label_issues import IssueFilters, list_issues, list_label_runs
from tests.support.running import run_job

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(600)]
PERSON, CAT = 0, 15


@pytest.fixture(scope="module")
def model(shared):
    path = shared / "models" / "centernet_coco80.onnx"
    if not path.is_file():
        pytest.skip(f"the test's detector is missing: no {path}")
    return path


@pytest.fixture(scope="module")
def street(shared, model, tmp_path_factory):
    """The 40 frames, looked at; the workspace and the run."""
    workspace = open_workspace(tmp_path_factory.mktemp("street") / "w")
    run_job(workspace, "import", "street", folder=str(shared / "data" / "pedestrians"), reading="")
    job = run_job(workspace, "detect", "street", weights=str(model), names="coco80")
    assert job.figures["n_failed"] == 0
    yield workspace, detections.list_detection_runs(workspace, 1)[0].run_id
    workspace.close()


def test_every_frame_has_people_in_plausible_numbers(street) -> None:
    workspace, run_id = street
    per_picture = detections.objects_per_picture(workspace, 1, run_id=run_id, score=0.3, classes=(PERSON,)).to_pylist()
    assert sum(row["n_images"] for row in per_picture) == 40 and per_picture[0]["n"] >= 1
    numbers = np.repeat([row["n"] for row in per_picture], [row["n_images"] for row in per_picture])
    assert 4 <= numbers.mean() <= 10 and numbers.max() <= 14  # by eye: three to nine walk through each frame
    counts = detections.counts(workspace, 1, run_id=run_id, score=0.3).to_pylist()
    assert counts[0]["name"] == "person" and counts[0]["n_images"] == 40


def test_people_stand_upright_on_the_ground_within_the_frame(street) -> None:
    workspace, run_id = street
    rows = detections.object_rows(workspace, 1, run_id=run_id, score=0.4).to_pylist()
    people = [row for row in rows if row["class_name"] == "person"]
    ratio = [(row["y2"] - row["y1"]) / (row["x2"] - row["x1"]) for row in people]
    assert np.median(ratio) > 1.8
    assert all(0 <= row["x1"] < row["x2"] <= 768 and 0 <= row["y1"] < row["y2"] <= 576 for row in rows)


def test_a_known_person_is_where_they_are_seen(street) -> None:
    """In the first frame a man in black stands left of the lamp post; by eye, 250 to 285 across, 220 to 310 down."""
    workspace, run_id = street
    rows = detections.object_rows(workspace, 1, run_id=run_id, score=0.4).to_pylist()
    first = [row for row in rows if row["path"] == "frame_000.jpg" and row["class_name"] == "person"]
    assert any(abs(row["x1"] - 252) < 15 and abs(row["y1"] - 221) < 15 and abs(row["y2"] - 309) < 15 for row in first)


def test_a_larger_copy_of_a_frame_gives_the_same_boxes_in_its_own_pixels(street, shared, model, tmp_path) -> None:
    workspace, run_id = street
    folder = tmp_path / "large"
    folder.mkdir()
    with Image.open(shared / "data" / "pedestrians" / "frame_000.jpg") as frame:
        frame.resize((1536, 1152), Image.Resampling.BICUBIC).save(folder / "frame_000.png")
    run_job(workspace, "import", "large", folder=str(folder), reading="")
    large = find_dataset(workspace, "large")
    run_job(workspace, "detect", "large", weights=str(model), names="coco80")
    newest = detections.list_detection_runs(workspace, large.id)[0].run_id
    small = detections.object_rows(workspace, 1, run_id=run_id, score=0.45)
    truth = small.filter(np.array(small["path"].to_numpy() == "frame_000.jpg")).to_pylist()
    found = detections.object_rows(workspace, large.id, run_id=newest, score=0.1).to_pylist()
    for row in truth:
        expected = [2 * row[side] for side in ("x1", "y1", "x2", "y2")]
        assert any(
            np.abs(np.array(expected) - [other[side] for side in ("x1", "y1", "x2", "y2")]).max() < 12
            for other in found
        ), row


def test_a_run_scores_perfectly_against_its_own_sure_boxes(street) -> None:
    workspace, run_id = street
    sure = detections.object_rows(workspace, 1, run_id=run_id, score=0.5)
    ids = detections.scanned_images(workspace, 1, run_id=run_id)["image_id"].to_numpy()
    assert average_precision(sure, sure, ids).ap == pytest.approx(1)
    everything = detections.object_rows(workspace, 1, run_id=run_id, score=0.0)
    assert average_precision(everything, sure, ids).ap50 == pytest.approx(1)


def test_cats_are_found_more_often_where_cats_are_labelled(ds801, model, tmp_path) -> None:
    folder = tmp_path / "animals"
    labels = json.loads((ds801 / "data-labels.json").read_text())
    for name in ("cat", "jaguar"):
        (folder / name).mkdir(parents=True)
    cats, jaguars = ([key for key in sorted(labels) if labels[key].index(1) == index][:100] for index in (0, 4))
    for name, keys in (("cat", cats), ("jaguar", jaguars)):
        for key in keys:
            file = next(
                path for path in (ds801 / "imgs" / f"{key}.jpg", ds801 / "imgs" / f"img_{key}.jpg") if path.exists()
            )
            shutil.copy(file, folder / name)
    with contextlib.closing(open_workspace(tmp_path / "w")) as workspace:
        run_job(workspace, "import", "animals", folder=str(folder), reading="classes")
        run_job(workspace, "detect", "animals", weights=str(model), names="coco80")
        run_id = detections.list_detection_runs(workspace, 1)[0].run_id
        rows = detections.by_label(workspace, 1, run_id=run_id, score=0.2).to_pylist()
    share = {(row["label"], row["class_index"]): row["n"] / row["n_label"] for row in rows}
    assert share[(0, CAT)] > 1.5 * share.get((1, CAT), 0) and share[(0, CAT)] > 0.1


def test_a_person_in_whom_nobody_is_found_is_a_wrong_label(street, shared, model, tmp_path) -> None:
    """Squares cut from the frames, people and empty street, and 22 of the latter called people."""
    workspace, run_id = street
    boxes = detections.object_rows(workspace, 1, run_id=run_id, score=0.1).to_pylist()
    n_wrong = cut_people_and_street(shared / "data" / "pedestrians", boxes, into=tmp_path / "cut")
    run_job(workspace, "import", "cut", folder=str(tmp_path / "cut"), reading="classes")
    cut = find_dataset(workspace, "cut")
    run_job(workspace, "embed", "cut")
    run_job(workspace, "detect", "cut", weights=str(model), names="coco80")
    run_job(workspace, "label-issues", "cut")
    run = list_label_runs(workspace, cut.id)[0]
    (person,) = run.figures["detector"]
    assert person["heard"] and person["found"] > 0.95
    wanted = IssueFilters(is_decided=None)
    rows = list_issues(workspace, cut.id, run_id=run.run_id, filters=wanted, first=0, n_rows=1000).to_pylist()
    against = [row["path"] for row in rows if row["detections"]]
    wrong = [path for path in against if "wrong" in path]
    assert len(wrong) >= 0.9 * n_wrong and len(against) - len(wrong) <= 1


def cut_people_and_street(frames: Path, boxes: list[dict[str, object]], *, into: Path) -> int:
    """Squares around people and squares without any, in class folders; every sixth of the latter among the people."""
    rng, n_street, n_wrong = np.random.default_rng(0), 0, 0
    for name in ("person", "street"):
        (into / name).mkdir(parents=True)
    for path in sorted(frames.glob("*.jpg")):
        people = [row for row in boxes if row["path"] == path.name and row["class_name"] == "person"]
        with Image.open(path) as frame:
            for number, row in enumerate(people):
                height = row["y2"] - row["y1"]
                if row["score"] >= 0.4 and height >= 90:
                    x, y, half = (row["x1"] + row["x2"]) / 2, (row["y1"] + row["y2"]) / 2, 0.7 * height
                    square(frame, x - half, y - half, 2 * half).save(into / "person" / f"{path.stem}-{number}.png")
            for number in range(40):
                side = int(rng.integers(130, 300))
                x, y = int(rng.integers(0, frame.width - side)), int(rng.integers(0, frame.height - side))
                if n_street < 132 and not any(
                    x < row["x2"] and row["x1"] < x + side and y < row["y2"] and row["y1"] < y + side for row in people
                ):
                    is_wrong = n_street % 6 == 0
                    name = f"{'person/wrong' if is_wrong else 'street/'}{path.stem}-street{number}.png"
                    square(frame, x, y, side).save(into / name)
                    n_street, n_wrong = n_street + 1, n_wrong + is_wrong
    return n_wrong


def square(frame: Image.Image, x: float, y: float, side: float) -> Image.Image:
    return frame.crop((int(x), int(y), int(x + side), int(y + side))).resize((320, 320))
