"""COCO detection JSON: read by the pictures' names, refused in words, written so that it reads back."""

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from analytics.coco import coco_document
from analytics.mask_overlay import decode
from jobs.detect.coco_boxes import PictureRefused, read_coco
from jobs.detect.coco_masks import clip_polygon
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


SQUARE = [0, 0, 10, 0, 10, 10, 0, 10]
FAR = (1e9, -1e9, 1e308, -1e308, 2**63)
NO_NUMBER = (math.nan, math.inf, -math.inf, 10**400, "x", None, [], {})


def annotation(**changed: object) -> dict[str, object]:
    return {"id": 1, "image_id": "x", "category_id": 3, "bbox": [0, 0, 10, 10], **changed}


def read(tmp_path, *annotations: object, **changed: object):
    return read_coco(written(tmp_path, document(annotations=list(annotations), **changed)))


def masks_of(tmp_path, *shapes: object):
    rows = [annotation(segmentation=shape) for shape in shapes]
    return read(tmp_path, *rows).of("sub/a.jpg", width=20, height=10)


@pytest.mark.parametrize("place", range(8))
def test_a_wild_corner_ends_no_process_and_its_box_is_kept(tmp_path, place) -> None:
    polygons = [[wild if n == place else side for n, side in enumerate(SQUARE)] for wild in (*FAR, *NO_NUMBER)]
    found = masks_of(tmp_path, *([polygon] for polygon in polygons), [SQUARE])
    assert found.boxes.tolist() == [[0, 0, 10, 10]] * (len(polygons) + 1)
    assert found.masks[-1].sum() == 100
    assert all(found.masks[n] is None for n in range(len(FAR), len(polygons)))
    said = f"annotation {len(FAR)} is kept without its mask: a polygon is no list"
    assert said in found.problem and f" {len(NO_NUMBER)} cannot be used" in found.problem


def test_a_polygon_is_cut_where_it_leaves_the_picture(tmp_path) -> None:
    far = 1e6
    triangle = [[0, 0, 2 * far, far, 0, far]]  # its long side has a slope of one half: half of the picture is below it
    (mask,) = masks_of(tmp_path, triangle).masks
    assert mask[9, :17].all() and not mask[0, 3:].any()
    assert abs(mask.mean() - 0.5) < 0.06
    assert masks_of(tmp_path, [[-9, -9, -1, -9, -1, -1]], [SQUARE]).masks[0] is None  # nothing of it is in the picture


points = st.tuples(st.floats(-30, 40), st.floats(-30, 40))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(points, min_size=3, max_size=6))
def test_a_cut_polygon_covers_what_the_whole_one_covers_of_the_picture(polygon) -> None:
    """The twin draws the polygon on a large canvas and cuts out the picture."""
    width, height, margin = 20, 10, 40
    cut = clip_polygon(polygon, width=width, height=height)
    drawn = np.zeros((height, width), bool)
    if cut:
        drawn = rasterised(cut, width=width, height=height)
    moved = [(x + margin, y + margin) for x, y in polygon]
    whole = rasterised(moved, width=width + 2 * margin, height=height + 2 * margin)
    expected = whole[margin : margin + height, margin : margin + width]
    assert (drawn != expected).sum() <= 2 * (width + height)  # no more than a line's width along the outline


def rasterised(polygon, *, width, height):
    code = coco_mask.merge(coco_mask.frPyObjects([[side for point in polygon for side in point]], height, width))
    return decode(code["counts"].decode(), width=width, height=height)


@pytest.mark.parametrize(
    "shape",
    [
        {"counts": [-1, 201]},
        {"counts": [0, 1e308]},
        {"counts": [0, math.nan, 200]},
        {"counts": [0, 10**400]},
        {"counts": [0, "200"]},
        {"counts": [0, 150]},
        {"counts": [0, 2**31, 200]},
        {"counts": "no code"},
        {"counts": "o" * 10_000},
        {"counts": "\ud800"},
        {"counts": {}},
        {"counts": None},
        {"size": [10, 20]},
        [[]],
        [[1, 2, 3]],
        [3],
        "x",
        7,
        [SQUARE] * 1_001,
        [SQUARE * 30_000],
        [[0, 0, 20, 10] * 49_000],
    ],
)
def test_a_segmentation_that_is_none_leaves_the_box_and_says_why(tmp_path, shape) -> None:
    found = masks_of(tmp_path, shape, [SQUARE])
    assert len(found.boxes) == 2 and found.masks[0] is None and found.masks[1].sum() == 100
    assert found.problem.startswith("Of its 2 annotations 1 cannot be used as they are: annotation 0 is kept without")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        *(
            ({"bbox": [0, 0, wild, 4]}, "has no bbox of four numbers")
            for wild in (math.nan, math.inf, 10**400, "x", None)
        ),
        ({"bbox": "abcd"}, "has no bbox of four numbers"),
        ({"category_id": {}}, "names category {}"),
        ({"category_id": 99}, "names category 99"),
        *(({"score": wild}, "has the score") for wild in (math.nan, 1e308, -0.1, "x", [], 10**400)),
    ],
)
def test_a_bad_annotation_is_left_out_with_a_reason_and_the_others_are_kept(tmp_path, changed, said) -> None:
    boxes = read(tmp_path, annotation(**changed), annotation())
    found = boxes.of("sub/a.jpg", width=20, height=10)
    assert found.boxes.tolist() == [[0, 0, 10, 10]] and boxes.n_bad == 1
    assert f"1 cannot be used as they are: annotation 0 {said}" in found.problem


def test_a_picture_without_a_usable_annotation_is_refused_with_the_reasons(tmp_path) -> None:
    other = {"id": "y", "file_name": "b.jpg", "width": 20, "height": 10}
    bad = [annotation(bbox=[])] * 5
    boxes = read(tmp_path, *bad, annotation(image_id="y"), images=[*document()["images"], other])
    with pytest.raises(PictureRefused, match="annotation 2 has no bbox of four numbers.*, and 2 more"):
        boxes.of("sub/a.jpg", width=20, height=10)
    assert boxes.of("b.jpg", width=20, height=10).problem is None
    assert read(tmp_path, annotation(image_id={}), 3, None, annotation()).n_bad == 3  # of no picture


@pytest.mark.parametrize("wild", [math.nan, math.inf, -1, "x", [], 10**400])
def test_a_size_that_is_none_is_a_reason_of_its_picture(tmp_path, wild) -> None:
    image = {"id": "x", "file_name": "sub/a.jpg", "width": wild, "height": 10}
    with pytest.raises(PictureRefused, match="states a size"):
        read(tmp_path, annotation(), images=[image]).of("sub/a.jpg", width=20, height=10)


@pytest.mark.parametrize("box", [[0, 0, 1e308, 1e308], [-1e308, -1e308, 1.7e308, 1.7e308], [1e308, 0, 1e308, 1]])
def test_a_box_beyond_the_picture_is_cut_at_its_edges(tmp_path, box) -> None:
    image = {"id": "x", "file_name": "sub/a.jpg", "width": 1e-3, "height": 1e-3}
    for images in (document()["images"], [image]):
        (found,) = read(tmp_path, annotation(bbox=box), images=images).of("sub/a.jpg", width=20, height=10).boxes
        assert (found >= 0).all() and (found <= [20, 10, 20, 10]).all()


def test_names_that_no_text_holds_are_written_with_a_question_mark(tmp_path) -> None:
    boxes = read(tmp_path, annotation(), categories=[{"id": 3, "name": "c\ud800t"}, {"id": [], "name": "x"}])
    assert boxes.names == ("c?t",)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.sampled_from(["counts", "size", "id"]), inner),
    max_leaves=10,
)
_ROW = st.fixed_dictionaries(
    {"image_id": st.just("x") | _JSON, "category_id": st.just(3) | _JSON},
    optional={
        "bbox": st.lists(st.floats(), min_size=4, max_size=4) | _JSON,
        "segmentation": st.lists(st.lists(st.floats(), max_size=10), max_size=3) | _JSON,
        "score": _JSON,
        "iscrowd": _JSON,
    },
)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ROW | _JSON, max_size=4), image=st.dictionaries(st.sampled_from(["width", "height"]), _JSON))
@pytest.mark.long
def test_any_file_is_read_or_refused_and_what_is_read_lies_in_the_picture(tmp_path, rows, image) -> None:
    path = written(tmp_path, document(annotations=rows, images=[{"id": "x", "file_name": "a.jpg", **image}]))
    try:
        found = read_coco(path).of("a.jpg", width=20, height=10)
    except (UnknownParameter, PictureRefused):
        return
    assert np.isfinite(found.boxes).all() and (found.boxes >= 0).all() and (found.boxes <= [20, 10, 20, 10]).all()
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert all(mask is None or mask.shape == (10, 20) for mask in found.masks or ())


@pytest.mark.parametrize(("name", "said"), [("MAX_VALUES", "more than 2 numbers"), ("MAX_BYTES", "more than 0 GB")])
def test_a_file_has_so_many_bytes_and_numbers(tmp_path, monkeypatch, name, said) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"images": [1, 2, 3, 4, 5]}))
    monkeypatch.setattr(f"jobs.detect.coco_boxes.{name}", 2)
    with pytest.raises(UnknownParameter, match=said):
        read_coco(tmp_path / "a.json")


def test_an_annotation_that_names_no_image_is_left_out(tmp_path) -> None:
    nameless = {"id": 9, "category_id": 8, "bbox": [1, 1, 1, 1]}
    (fine,) = document()["annotations"]
    boxes = read_coco(written(tmp_path, document(annotations=[nameless, fine])))
    assert boxes.n_bad == 1 and len(boxes.of("sub/a.jpg", width=20, height=10).boxes) == 1
    with pytest.raises(UnknownParameter, match="annotation 0 names no image"):
        read_coco(written(tmp_path, document(annotations=[nameless])))
