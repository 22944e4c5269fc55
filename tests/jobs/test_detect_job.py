"""The detection job from its order to its rows: floor, one box an object, edges, empty pictures, names, files."""

import json
import math

import pytest
from PIL import Image

from jobs.engine import worker
from jobs.engine.errors import UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from models.errors import UnknownModel
from store.decisions import Act, decide
from store.detections import detected_classes, list_detection_runs, object_rows, scanned_images
from store.privacy import people_runs
from tests.support.detected_workspace import dataset_of, picture_folder, write_onnx
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land


@pytest.fixture
def street(workspace, tmp_path):
    """A white picture of 64 x 32, a black one, a white one of a single pixel."""
    folder = picture_folder(
        tmp_path / "p", {"wide.png": (64, 32), "night.png": (64, 32), "dot.png": (1, 1)}, black=("night.png",)
    )
    return dataset_of(workspace, folder)


def rows(workspace, dataset, **wanted: object) -> list[dict]:
    run = list_detection_runs(workspace, dataset.id)[0]
    return object_rows(workspace, dataset.id, run_id=run.run_id, score=0, **wanted).to_pylist()


def test_boxes_land_in_the_pictures_own_pixels_the_better_of_two_cut_at_the_edges(workspace, street, tmp_path) -> None:
    file = write_onnx(tmp_path / "a.onnx")
    job = run_job(workspace, "detect", street.name, weights=str(file))
    assert job.state == DONE
    wide = [row for row in rows(workspace, street) if row["path"] == "wide.png"]
    assert [row["class_name"] for row in wide] == ["class 0", "class 1"]  # .5 lay on .9 and went
    assert wide[0]["score"] == pytest.approx(0.9)
    assert [wide[0][side] for side in ("x1", "y1", "x2", "y2")] == pytest.approx([4, 4, 20, 20])  # twice as wide
    assert [wide[1][side] for side in ("x1", "y1", "x2", "y2")] == pytest.approx([0, 20, 64, 32])
    assert wide[1]["area"] == pytest.approx(64 * 12) and wide[1]["mask"] is None


def test_a_black_picture_was_looked_at_and_has_nothing(workspace, street, tmp_path) -> None:
    run_job(workspace, "detect", street.name, weights=str(write_onnx(tmp_path / "a.onnx")))
    run = list_detection_runs(workspace, street.id)[0]
    assert scanned_images(workspace, street.id, run_id=run.run_id)["path"].to_pylist() == [
        "dot.png",
        "night.png",
        "wide.png",
    ]
    assert {row["path"] for row in rows(workspace, street)} == {"wide.png", "dot.png"}
    assert (run.figures["n_looked_at"], run.figures["n_with_objects"]) == (3, 2)
    dot = [row for row in rows(workspace, street) if row["path"] == "dot.png"]
    assert all(0 <= row["x1"] < row["x2"] <= 1 for row in dot)


def test_names_come_from_the_file_and_classes_beyond_them_are_numbered(workspace, street, tmp_path) -> None:
    file = write_onnx(tmp_path / "a.onnx", names="{0: 'person'}")
    run_job(workspace, "detect", street.name, weights=str(file), values="0-255", fit="squash")
    run = list_detection_runs(workspace, street.id)[0]
    assert detected_classes(workspace, run.run_id) == {0: "person", 1: "class 1"}
    assert people_runs(workspace) == {street.id: [run.run_id]}


def test_names_from_a_text_file_count_instead(workspace, street, tmp_path) -> None:
    (tmp_path / "names.txt").write_text("Mensch\nHündin\n", encoding="utf-8")
    weights = str(write_onnx(tmp_path / "a.onnx", names='["x", "y"]'))
    run_job(
        workspace,
        "detect",
        street.name,
        weights=weights,
        class_file=str(tmp_path / "names.txt"),
        values="0-255",
        fit="squash",
    )
    assert {row["class_name"] for row in rows(workspace, street)} == {"Mensch", "Hündin"}


def test_the_floor_and_the_overlap_are_parameters_of_the_run(workspace, street, tmp_path) -> None:
    weights = str(write_onnx(tmp_path / "a.onnx"))
    run_job(workspace, "detect", street.name, weights=weights, score_floor=0.85, nms_iou=1.0)
    assert [row["score"] for row in rows(workspace, street)] == pytest.approx([0.9, 0.9])
    run_job(workspace, "detect", street.name, weights=weights, score_floor=0.0, nms_iou=1.0, most=2)
    assert len(rows(workspace, street)) == 4  # two in each white picture; rows with a score of 0 are padding
    run = list_detection_runs(workspace, street.id)[0]
    assert (run.parameters["score_floor"], run.parameters["nms_iou"]) == (0.0, 1.0)


def test_a_file_that_cannot_be_read_becomes_a_reason(workspace, street, tmp_path) -> None:
    (tmp_path / "p" / "wide.png").write_bytes(b"no picture")
    job = run_job(workspace, "detect", street.name, weights=str(write_onnx(tmp_path / "a.onnx")))
    assert (job.state, job.figures["n_failed"]) == (DONE, 1)
    with workspace.writing() as cursor:
        assert len(cursor.execute("SELECT reason FROM run_failure").fetchall()) == 1


def test_upright_is_what_boxes_are_in(workspace, tmp_path) -> None:
    folder = tmp_path / "turned"
    folder.mkdir()
    image = Image.new("RGB", (64, 32), "white")
    image.save(folder / "t.png", exif=_turned(image))
    dataset = dataset_of(workspace, folder)
    run_job(workspace, "detect", dataset.name, weights=str(write_onnx(tmp_path / "a.onnx")))
    first = rows(workspace, dataset)[0]
    assert [first[side] for side in ("x1", "y1", "x2", "y2")] == pytest.approx([2, 8, 10, 40])


def _turned(image: Image.Image) -> Image.Exif:
    exif = image.getexif()
    exif[0x0112] = 6
    return exif


def test_a_changed_picture_loses_its_boxes_and_removed_ones_are_not_looked_at(workspace, street, tmp_path) -> None:
    weights = str(write_onnx(tmp_path / "a.onnx"))
    run_job(workspace, "detect", street.name, weights=weights)
    land(workspace, street.id, [image_row("wide.png", content="other bytes", width=64, height=32)])
    assert "wide.png" not in {row["path"] for row in rows(workspace, street)}
    assert list_detection_runs(workspace, street.id)[0].is_stale
    decide(workspace, street.id, [Act(1, "remove")], who="me")
    run_job(workspace, "detect", street.name, weights=weights)
    run = list_detection_runs(workspace, street.id)[0]
    assert scanned_images(workspace, street.id, run_id=run.run_id).num_rows == 2


@pytest.mark.parametrize(
    "parameters, error, message",
    [
        ({}, UnknownParameter, "onnx needs an ONNX file; name one with --weights FILE"),
        ({"weights": "/no/such.onnx"}, UnknownParameter, "there is no file /no/such.onnx"),
        ({"model": "yolo"}, UnknownModel, "'yolo' names no detector. Use onnx, torchvision/"),
        ({"model": "detectron2/../etc"}, UnknownModel, "names no detector"),
        ({"model": "coco-file"}, UnknownParameter, "coco-file needs a COCO file"),
        ({"score_floor": 2}, UnknownParameter, "score_floor must lie between 0.0 and 1.0, not 2.0"),
        ({"fit": "crop"}, UnknownParameter, "fit is one of auto, squash, letterbox, not 'crop'"),
        ({"class_file": "/no/names"}, UnknownParameter, "class_file /no/names cannot be read"),
    ],
)
def test_wrong_orders_are_refused_before_a_job_is_made(workspace, street, tmp_path, parameters, error, message) -> None:
    given = {"weights": str(write_onnx(tmp_path / "a.onnx"))} if "model" not in parameters and parameters else {}
    with pytest.raises(error, match=message):
        Supervisor(workspace).start("detect", dataset=street.name, parameters={**given, **parameters})
    assert not list((workspace.root / "jobs").iterdir())


def coco(tmp_path, *, score: bool = False, file_name: str = "wide.png", **image: object):
    document = {
        "images": [{"id": 7, "file_name": file_name, "width": 128, "height": 64, **image}],
        "categories": [{"id": 44, "name": "person"}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 44, "bbox": [10, 20, 40, 20], "iscrowd": 0}],
    }
    if score:
        document["annotations"][0]["score"] = 0.25
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_marked_boxes_are_a_run_like_any_other(workspace, street, tmp_path) -> None:
    job = run_job(workspace, "detect", street.name, model="coco-file", weights=str(coco(tmp_path)))
    assert job.figures["n_failed"] == 2  # pictures that the file does not name
    run = list_detection_runs(workspace, street.id)[0]
    assert run.is_truth
    (row,) = rows(workspace, street)
    assert [row[side] for side in ("x1", "y1", "x2", "y2")] == [5, 10, 25, 20]  # the file said twice the size
    assert (row["class_name"], row["score"]) == ("person", 1)


def test_bad_annotations_are_reasons_and_the_rest_of_the_file_is_taken_in(workspace, street, tmp_path) -> None:
    path = coco(tmp_path)
    content = json.loads(path.read_text())
    (good,) = content["annotations"]
    content["images"] += [{"id": 8, "file_name": "night.png"}]
    content["images"][0] |= {"width": 64, "height": 32}
    shapes = [[[1e308, -1e308, 1e9, 4, math.nan, 8]], {"counts": [-5]}, [[1e9, 0, 20, 1e9, 0, 0]]]
    content["annotations"] += [{**good, "segmentation": shape} for shape in shapes]
    content["annotations"] += [{**good, "bbox": [1, 2, math.inf, 4]}, {**good, "image_id": 8, "bbox": None}]
    path.write_text(json.dumps(content))
    job = run_job(workspace, "detect", street.name, model="coco-file", weights=str(path))
    assert (job.state, job.figures["n_objects"], job.figures["n_bad_annotations"]) == ("done", 4, 2)
    with workspace.writing() as cursor:
        told = dict(
            cursor.execute(
                "SELECT path, reason FROM run_failure JOIN image ON image.id = run_failure.image_id"
            ).fetchall()
        )
    assert told["wide.png"].startswith("Of its 5 annotations 3 cannot be used as they are: annotation 4 has no bbox")
    assert "annotation 5 has no bbox" in told["night.png"] and job.figures["n_failed"] == 3


def test_another_programs_finds_keep_their_scores(workspace, street, tmp_path) -> None:
    run_job(workspace, "detect", street.name, model="coco-file", weights=str(coco(tmp_path, score=True)))
    run = list_detection_runs(workspace, street.id)[0]
    assert not run.is_truth and rows(workspace, street)[0]["score"] == pytest.approx(0.25)


def test_a_coco_file_of_other_pictures_says_so(workspace, street, tmp_path) -> None:
    supervisor = Supervisor(workspace)
    file = str(coco(tmp_path, file_name="other.png"))
    job_id = supervisor.start(
        "detect", dataset=street.name, parameters={"model": "coco-file", "weights": file}, hold=True, trusted=True
    )
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 1
    assert "None of the 3 pictures of street is named in truth.json" in str(folder.ending())
