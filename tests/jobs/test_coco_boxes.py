"""COCO detection JSON: read by the pictures' names, refused in words, written so that it reads back."""

import json

import numpy as np
import pytest

from analytics.coco import coco_document
from jobs.detect.coco_boxes import read_coco
from jobs.engine.errors import UnknownParameter
from store.detections import object_rows, scanned_images
from tests.support.detected_workspace import STREET, land_boxes, small_street


def document(**changed: object) -> dict[str, object]:
    return {
        "images": [{"id": "x", "file_name": "sub/a.jpg", "width": 20, "height": 10}],
        "categories": [{"id": 3, "name": "cat"}, {"id": 8, "name": "dog"}],
        "annotations": [{"id": 1, "image_id": "x", "category_id": 8, "bbox": [1, 2, 3, 4]}],
        **changed,
    }


def written(tmp_path, content: object):
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", ["sub/a.jpg", "root/sub/a.jpg"])
def test_a_picture_is_known_by_its_path_or_the_end_of_it(tmp_path, path) -> None:
    found = read_coco(written(tmp_path, document())).of(path, width=20, height=10)
    assert found.boxes.tolist() == [[1, 2, 4, 6]] and found.classes.tolist() == [1] and found.masks is None


def test_a_picture_that_is_not_named_is_none_and_one_without_boxes_is_empty(tmp_path) -> None:
    boxes = read_coco(written(tmp_path, document(annotations=[])))
    assert boxes.of("b.jpg", width=20, height=10) is None
    assert len(boxes.of("sub/a.jpg", width=20, height=10).boxes) == 0
    assert not boxes.is_truth  # nothing was marked


def test_polygons_and_both_run_length_codes_become_masks(tmp_path) -> None:
    shapes = [
        [[0, 0, 10, 0, 10, 10, 0, 10]],
        {"size": [10, 20], "counts": [0, 100, 100]},
    ]
    for shape in shapes:
        row = {"id": 1, "image_id": "x", "category_id": 3, "bbox": [0, 0, 10, 10], "segmentation": shape}
        (mask,) = read_coco(written(tmp_path, document(annotations=[row]))).of("sub/a.jpg", width=20, height=10).masks
        assert mask[:, :10].all() and not mask[:, 10:].any()


def test_crowds_are_left_out(tmp_path) -> None:
    crowd = {"id": 2, "image_id": "x", "category_id": 3, "bbox": [0, 0, 1, 1], "iscrowd": 1}
    content = document(annotations=[*document()["annotations"], crowd])
    assert len(read_coco(written(tmp_path, content)).of("sub/a.jpg", width=20, height=10).boxes) == 1


@pytest.mark.parametrize(
    "content, message",
    [
        ([], "is a list of results without images"),
        ({"images": []}, "has no list 'annotations'"),
        (document(annotations=[{"image_id": "x", "category_id": 8}]), "annotation 0 has no bbox of four numbers"),
        (
            document(annotations=[{"image_id": "x", "category_id": 8, "bbox": [1, 2, 3, "x"]}]),
            "annotation 0 has no bbox",
        ),
        (document(annotations=[{"image_id": "x", "category_id": 5, "bbox": [1, 2, 3, 4]}]), "names category 5"),
        (7, "has no list 'images'"),
    ],
)
def test_other_files_are_refused_with_what_is_missing(tmp_path, content, message) -> None:
    with pytest.raises(UnknownParameter, match=message):
        read_coco(written(tmp_path, content))


def test_what_is_no_json_is_refused(tmp_path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(UnknownParameter, match="x.json cannot be read as JSON"):
        read_coco(tmp_path / "x.json")


def test_what_is_written_reads_back_the_same(workspace, tmp_path) -> None:
    dataset = small_street(workspace)
    run_id = land_boxes(workspace, dataset, STREET)
    rows = object_rows(workspace, dataset.id, run_id=run_id, score=0.0).to_pylist()
    images = scanned_images(workspace, dataset.id, run_id=run_id).to_pylist()
    content = coco_document(rows, images=images, with_scores=True, about="test")
    back = read_coco(written(tmp_path, content))
    assert len(content["images"]) == 4 and len(content["annotations"]) == 5 and not back.is_truth
    for path, objects in STREET.items():
        found = back.of(path, width=64, height=48)
        names = [back.names[index] for index in found.classes]
        expected = sorted((("person", "car")[row[0]], *row[1:]) for row in objects)
        seen = sorted((name, s, *box) for name, s, box in zip(names, found.scores, found.boxes.tolist(), strict=True))
        assert [row[0] for row in seen] == [row[0] for row in expected]
        assert np.allclose([row[1:] for row in seen], [row[1:] for row in expected], atol=1e-4)
    truth = coco_document(rows, images=images, with_scores=False, about="test")
    assert read_coco(written(tmp_path, truth)).is_truth
