"""What FiftyOne and Label Studio write of boxes and labels is read as people drew it."""

import csv
import io
import json

import pytest

from importers.boxes import Pictures, boxes_of_folder
from importers.inspect import inspect_folder
from tests.support.annotated_folders import SIZE, pictures, write_plain
from tests.support.boxes_read import boxes_in
from tests.support.laid_out import labels_of, options_of, splits_of


def sample(name, tags=(), **fields):
    return {"filepath": f"data/{name}.png", "tags": list(tags), "uniqueness": 0.5, **fields}


def classification(label, **more):
    return {"_cls": "Classification", "label": label, **more}


def detections(*objects, **more):
    of = [{"_cls": "Detection", "label": label, "bounding_box": box, **more} for label, box in objects]
    return {"_cls": "Detections", "detections": of}


def test_fiftyones_export_offers_each_field_those_of_people_first_and_its_tags_are_splits(tmp_path):
    pictures(tmp_path, ["data/a.png", "data/b.png"])
    samples = [
        sample("a", ["validation"], guess=classification("dog", confidence=0.9), kind=classification("cat"),
               mask={"_cls": "Segmentation", "mask": {"$binary": {"base64": "eA==", "subType": "00"}}}),
        sample("b", ["train"], guess=classification("cat", confidence=0.4), kind=classification("dog")),
    ]  # fmt: skip
    write_plain(tmp_path / "samples.json", json.dumps({"samples": samples}))
    write_plain(tmp_path / "metadata.json", "{}")
    found = inspect_folder(tmp_path)
    assert options_of(found) == ["fiftyone:samples.json#kind", "fiftyone:samples.json#guess"]
    assert "the field kind" in found.question.options[0].title
    assert labels_of(found) == {"data/a.png": "cat", "data/b.png": "dog"} and found.n_boxes == 0
    assert splits_of(found) == {"data/a.png": "val", "data/b.png": "train"}
    assert "The field mask was not read: it holds a Segmentation." in found.said
    guessed = inspect_folder(tmp_path, reading="fiftyone:samples.json#guess")
    assert labels_of(guessed) == {"data/a.png": "dog", "data/b.png": "cat"}


def test_fiftyones_outlines_several_labels_and_ground_truth_before_predictions(tmp_path):
    pictures(tmp_path, ["data/a.png", "data/b.png"])
    shape = {"_cls": "Polyline", "label": "cat", "points": [[[0, 0], [0.5, 0], [0.5, 0.5]]], "closed": True}
    both = {"_cls": "Classifications", "classifications": [classification("x"), classification("y")]}
    samples = [
        sample("a", predictions=detections(("dog", [0, 0, 1, 1]), confidence=0.3),
               ground_truth={"_cls": "Polylines", "polylines": [shape]}, scene=both),
        sample("b", predictions=detections(("dog", [0, 0, 1, 1]), confidence=0.3), ground_truth=None),
    ]  # fmt: skip
    write_plain(tmp_path / "samples.json", json.dumps({"samples": samples}))
    found = inspect_folder(tmp_path)
    assert {option.key.rpartition("#")[2] for option in found.question.options} == {
        "ground_truth",
        "predictions",
        "scene",
    }
    truth = "fiftyone:samples.json#ground_truth"
    assert boxes_in(tmp_path, of=truth)[0] == [("data/a.png", "cat", 0, 0, 32, 16)]
    assert labels_of(inspect_folder(tmp_path, reading="fiftyone:samples.json#scene"))["data/a.png"] == ["x", "y"]
    read = boxes_of_folder(tmp_path, Pictures(["data/a.png"], [SIZE]), reading=truth)
    assert read.content["annotations"][0]["segmentation"] == [[0, 0, 32, 0, 32, 16]]


@pytest.mark.parametrize(
    ("labels", "expected_labels"),
    [
        ({"a": 0, "b": 1}, ["cat", "dog"]),
        ({"a": "cat", "b": None}, ["cat", None]),
        ({"a": {"label": 1, "confidence": 0.9}, "b": {"label": 0, "attributes": {"hard": True}}}, ["dog", "cat"]),
        ({"a": [0, 1], "b": [1]}, [["cat", "dog"], ["dog"]]),
    ],
)
def test_fiftyones_classification_export_gives_its_labels(tmp_path, labels, expected_labels):
    pictures(tmp_path, ["data/a.png", "data/b.png"])
    write_plain(tmp_path / "labels.json", json.dumps({"classes": ["cat", "dog"], "labels": labels}))
    found = inspect_folder(tmp_path)
    assert list(labels_of(found).values()) == expected_labels and found.n_boxes == 0


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize(
    ("answers", "expected_labels"),
    [
        (["cat", "dog", ""], ["cat", "dog", None]),
        ([{"choices": ["cat", "dog"]}, "cat", ""], [["cat", "dog"], ["cat"], None]),
        (["Felis catus, tabby", "dog", "dog"], ["Felis catus, tabby", "dog", "dog"]),
    ],
)
def test_label_studios_choices_are_labels(tmp_path, ending, answers, expected_labels):
    names = ["a", "b", "c"]
    pictures(tmp_path, [f"{name}.png" for name in names])
    rows = [
        {"image": f"/data/upload/1/0a1b2c3d-{name}.png", "id": n + 7, "choice": answer, "annotator": 1,
         "annotation_id": n + 1, "created_at": "2024-05-01T10:00:00Z", "lead_time": 4.2 + n}
        for n, (name, answer) in enumerate(zip(names, answers, strict=True))
    ]  # fmt: skip
    if ending == "json":
        write_plain(tmp_path / "export.json", json.dumps([{k: v for k, v in row.items() if v != ""} for row in rows]))
    else:
        cells = [[json.dumps(v) if isinstance(v, dict) else v for v in row.values()] for row in rows]
        out = io.StringIO()
        csv.writer(out).writerows([list(rows[0]), *cells])
        write_plain(tmp_path / "export.csv", out.getvalue())
    found = inspect_folder(tmp_path)
    assert found.question is None, [option.title for option in found.question.options]
    assert [labels_of(found)[f"{name}.png"] for name in names] == expected_labels


def test_label_studios_turned_boxes_and_outlines_keep_their_corners(tmp_path):
    pictures(tmp_path, ["a.png"])
    sizes = {"original_width": SIZE[0], "original_height": SIZE[1]}
    regions = [
        {"x": 50, "y": 50, "width": 25, "height": 25, "rotation": 90, "rectanglelabels": ["cat"], **sizes},
        {"points": [[0, 0], [50, 0], [50, 50]], "polygonlabels": ["dog"], **sizes},
        {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20, "ellipselabels": ["dog"], **sizes},
    ]
    write_plain(tmp_path / "min.json", json.dumps([{"image": "a.png", "id": 1, "label": regions}]))
    rows, _ = boxes_in(tmp_path)
    # 16 x 8 pixels turned by a quarter about (32, 16): 8 to the left, 16 down
    assert ("a.png", "cat", 24, 16, 8, 16) in rows and ("a.png", "dog", 0, 0, 32, 16) in rows
    assert ("a.png", "dog", 25.6, 9.6, 12.8, 12.8) in rows
