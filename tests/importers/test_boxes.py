"""The boxes that come with a folder's labels, in every layout, lie where they were drawn."""

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from importers.boxes import Pictures, _joined, boxes_of_folder
from importers.inspect import inspect_folder
from importers.json_objects import n_boxes_of, objects_of
from importers.types import LayoutError
from jobs.detect.coco_boxes import coco_of
from jobs.engine.errors import UnknownParameter
from tests.support.annotated_folders import FORMATS, SIZE, WITHOUT_EMPTY, coco, pictures, write_plain
from tests.support.laid_out import labels_of, options_of, splits_of

SAID = {
    "data/a.png": [("cat", 8, 4, 16, 8), ("dog", 32, 16, 8, 8)],
    "data/b.png": [("cat", 0, 0, 64, 32), ("cat", 2, 2, 4, 4)],
    "data/c.png": [],
}


def boxes_in(root, *, of=None, **reading):
    """(path, class, x, y, width, height) of all boxes of a folder, and what an import finds there."""
    found = inspect_folder(root, reading=of)
    paths = found.files["path"].to_pylist()
    given = {"reading": found.reading, **reading}
    read = boxes_of_folder(root, Pictures(paths, [SIZE] * len(paths)), **given)
    path_of = {str(row["id"]): row["file_name"] for row in read.content["images"]}
    name_of = {row["id"]: row["name"] for row in read.content["categories"]}
    rows = [
        (path_of[str(row["image_id"])], name_of[row["category_id"]], *(round(side, 3) for side in row["bbox"]))
        for row in read.content["annotations"]
    ]
    return sorted(rows), found


def expected(said):
    return sorted((path, *box) for path, boxes in said.items() for box in boxes)


@pytest.mark.parametrize("kind", FORMATS)
def test_boxes_of_every_layout_lie_where_they_were_drawn(tmp_path, kind):
    pictures(tmp_path, list(SAID))
    FORMATS[kind](tmp_path, SAID)
    rows, found = boxes_in(tmp_path)
    assert rows == expected(SAID)
    assert (found.question, found.n_boxes, found.class_names) == (None, 4, ("cat", "dog"))
    labels = {path: label for path, label in labels_of(found).items() if path.endswith(".png")}
    background = None if kind in WITHOUT_EMPTY else []
    assert labels == {"data/a.png": ["cat", "dog"], "data/b.png": ["cat"], "data/c.png": background}


def windows(path, text):
    write_plain(path, text.replace("\n", "\r\n"))


def with_mark(path, text):
    write_plain(path, f"\ufeff{text}")


def wide(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-16"))


def capitals(path, text):
    write_plain(path.with_name(f"{path.stem}{path.suffix.upper()}"), text)


@pytest.mark.parametrize("write", [windows, with_mark, wide, capitals])
@pytest.mark.parametrize("kind", FORMATS)
def test_however_a_program_writes_its_files_they_are_read(tmp_path, kind, write):
    pictures(tmp_path, list(SAID))
    FORMATS[kind](tmp_path, SAID, write)
    rows, found = boxes_in(tmp_path)
    assert rows == expected(SAID) and found.n_boxes == 4


NAMES = ("Felis catus", "Größe, klein", "猫", "a/b", "'x'", "10")


@pytest.mark.parametrize("kind", FORMATS)
def test_classes_keep_their_names_whatever_stands_in_them(tmp_path, kind):
    said = {"data/a.png": [(name, 8, 4, 16, 8) for name in NAMES], "data/b.png": [(NAMES[0], 0, 0, 8, 8)]}
    pictures(tmp_path, list(said))
    FORMATS[kind](tmp_path, said)
    rows, found = boxes_in(tmp_path)
    assert rows == expected(said)
    assert set(labels_of(found)["data/a.png"]) == set(NAMES)


@pytest.mark.parametrize("kind", FORMATS)
def test_pictures_with_an_ending_in_capitals_are_found(tmp_path, kind):
    FORMATS[kind](tmp_path, SAID)
    capital = {path.replace(".png", ".PNG"): boxes for path, boxes in SAID.items()}
    pictures(tmp_path, list(capital))
    assert boxes_in(tmp_path)[0] == expected(capital)


BESIDE = {"coco", "yolo", "voc", "labelme", "open_images", "object_rows", "hugging_face", "fiftyone"}


@pytest.mark.parametrize("kind", sorted(BESIDE))
def test_files_in_each_splits_folder_speak_of_its_own_pictures(tmp_path, kind):
    """The same names lie in both splits, with other boxes."""
    train = {"a.png": [("cat", 8, 4, 16, 8)], "b.png": [("dog", 1, 2, 3, 4)]}
    test = {"a.png": [("dog", 0, 0, 8, 8)], "c.png": [("cat", 5, 5, 5, 5)]}
    said = {"train": train, "test": test}
    for split, each in said.items():
        pictures(tmp_path / split, list(each))
        FORMATS[kind](tmp_path / split, each)
    rows, found = boxes_in(tmp_path)
    assert rows == expected({f"{split}/{name}": boxes for split, each in said.items() for name, boxes in each.items()})
    assert splits_of(found)["train/a.png"] == "train" and splits_of(found)["test/a.png"] == "test"


@pytest.mark.parametrize("kind", ["coco", "cvat", "object_rows", "hugging_face", "fiftyone"])
@pytest.mark.parametrize("before", ["/home/anna/pets/", "C:\\Users\\anna\\pets\\", "./", "https://example.com/files/"])
def test_whole_paths_of_another_machine_are_found(tmp_path, kind, before):
    pictures(tmp_path, list(SAID))
    back = (lambda path: path.replace("/", "\\")) if "\\" in before else (lambda path: path)
    FORMATS[kind](tmp_path, {f"{before}{back(path)}": boxes for path, boxes in SAID.items()})
    assert boxes_in(tmp_path)[0] == expected(SAID)


@pytest.mark.parametrize("kind", sorted(set(FORMATS) - {"yolo", "voc", "labelme"}))
def test_half_a_file_is_said_and_not_dropped(tmp_path, kind):
    pictures(tmp_path, list(SAID))

    def half(path, text):
        write_plain(path, text[: len(text) // 2])

    FORMATS[kind](tmp_path, SAID, half)
    try:
        found = inspect_folder(tmp_path)
    except LayoutError as error:
        assert str(error)
        return
    files = [path.name for path in tmp_path.iterdir() if path.is_file()]
    told = " ".join([*found.said, *found.label_problems["key"].to_pylist(), found.title])
    assert any(name in told for name in files), (found.title, found.said)


@pytest.mark.parametrize("kind", ["yolo", "voc", "labelme"])
def test_a_damaged_file_of_one_picture_is_said_and_the_others_are_read(tmp_path, kind):
    pictures(tmp_path, list(SAID))
    FORMATS[kind](tmp_path, SAID)
    (broken,) = [path for path in (tmp_path / "data").iterdir() if path.stem == "a" and path.suffix != ".png"]
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2] + b"\x00\xff")
    rows, found = boxes_in(tmp_path)
    assert [row for row in rows if row[0] != "data/a.png"] == expected({"data/b.png": SAID["data/b.png"]})
    assert f"data/{broken.name}" in found.label_problems["key"].to_pylist()


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


@pytest.mark.parametrize("shape", ["0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75", "0.1 0.1 0.5 0.1 0.3 0.9"])
def test_yolos_turned_boxes_and_outlines_are_boxes_with_outlines(tmp_path, shape):
    pictures(tmp_path, ["images/a.png"])
    write_plain(tmp_path / "labels/a.txt", f"0 {shape}\n")
    write_plain(tmp_path / "data.yaml", "names: [cat]\n")
    read = boxes_of_folder(tmp_path, Pictures(["images/a.png"], [SIZE]), reading="yolo:data.yaml")
    (row,) = read.content["annotations"]
    sides = [float(side) * SIZE[at % 2] for at, side in enumerate(shape.split())]
    assert row["segmentation"][0] == pytest.approx(sides)
    assert row["bbox"][:2] == pytest.approx([min(sides[::2]), min(sides[1::2])])


def test_a_picture_that_is_named_twice_has_the_boxes_of_both_rows(tmp_path):
    pictures(tmp_path, ["a.png", "b.png"])
    lines = [{"file_name": "a.png", "objects": {"bbox": [[1, 1, 2, 2]], "category": ["cat"]}},
             {"file_name": "a.png", "objects": {"bbox": [[4, 4, 2, 2]], "category": ["dog"]}}]  # fmt: skip
    write_plain(tmp_path / "metadata.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    rows, found = boxes_in(tmp_path)
    assert rows == [("a.png", "cat", 1, 1, 2, 2), ("a.png", "dog", 4, 4, 2, 2)] and found.n_boxes == 2


def test_numbered_categories_take_the_names_that_labels_take(tmp_path):
    pictures(tmp_path, ["train/a.png", "train/b.png"])
    lines = [{"file_name": f"{name}.png", "objects": {"bbox": [[1, 1, 2, 2], [3, 3, 2, 2]], "categories": places}}
             for name, places in (("a", [0, 1]), ("b", [1, 1]))]  # fmt: skip
    write_plain(tmp_path / "train/metadata.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    write_plain(tmp_path / "classes.txt", "cat\ndog\n")
    rows, found = boxes_in(tmp_path)
    assert [row[1] for row in rows] == ["cat", "dog", "dog", "dog"]
    assert labels_of(found) == {"train/a.png": ["cat", "dog"], "train/b.png": ["dog"]}


def test_annotations_that_are_gone_or_of_another_reading_are_a_sentence(tmp_path):
    pictures(tmp_path, ["a.png"])
    for reading in ("yolo:data.yaml", "labels:gone.json", "labels:*"):
        with pytest.raises(LayoutError, match=r"any more"):
            boxes_of_folder(tmp_path, Pictures(["a.png"], [SIZE]), reading=reading)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "bbox",
                    "label",
                    "labels",
                    "categories",
                    "bounding_box",
                    "points",
                    "x",
                    "y",
                    "width",
                    "height",
                    "rotation",
                ]
                + [
                    "rectanglelabels",
                    "polygonlabels",
                    "radiusX",
                    "radiusY",
                    "original_width",
                    "original_height",
                    "value",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_has_objects_or_none(value):
    for one in objects_of(value):
        assert isinstance(one.name, str | int) and (one.box is None or len(one.box) == 4)
    assert n_boxes_of(value) <= len(objects_of(value))


@pytest.mark.parametrize(("in_images", "in_annotations"), [(int, str), (str, int), (float, str), (str, float)])
def test_ids_that_are_text_here_and_numbers_there_are_the_same(tmp_path, in_images, in_annotations):
    pictures(tmp_path, list(SAID))
    coco(tmp_path, SAID)
    content = json.loads((tmp_path / "instances.json").read_text())
    for image in content["images"]:
        image["id"] = in_images(image["id"])
    for row in content["annotations"]:
        row["image_id"], row["category_id"] = in_annotations(row["image_id"]), in_annotations(row["category_id"])
    write_plain(tmp_path / "instances.json", json.dumps(content))
    found = inspect_folder(tmp_path)
    assert labels_of(found)["data/a.png"] == ["cat", "dog"] and not found.label_problems.num_rows


def test_tables_without_headings_have_their_boxes_and_background_pictures(tmp_path):
    pictures(tmp_path, list(SAID))
    rows = [f"{path},{x},{y},{x + w},{y + h},{kind}" for path, each in SAID.items() for kind, x, y, w, h in each]
    write_plain(tmp_path / "annotations.csv", "\n".join([*rows, "data/c.png,,,,,"]) + "\n")
    rows, found = boxes_in(tmp_path)
    assert rows == expected(SAID) and labels_of(found)["data/a.png"] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("image,class,x,y,width,height", "cat,8,4,16,8"),
        ("image_id,bbox,label", '"[8.0, 4.0, 16.0, 8.0]",cat'),
        ("file_name,x1,y1,x2,y2,label", "8,4,24,12,cat"),
        ("file_name,left,top,right,bottom,label", "0.125,0.125,0.375,0.375,cat"),
    ],
)
def test_boxes_in_tables_are_corners_or_sides_pixels_or_shares_by_their_headings(tmp_path, header, cells):
    pictures(tmp_path, ["a.png"])
    write_plain(tmp_path / "objects.csv", f"{header}\na.png,{cells}\n")
    assert boxes_in(tmp_path)[0] == [("a.png", "cat", 8, 4, 16, 8)]


ENTRY = st.dictionaries(
    st.sampled_from(["id", "image_id", "category_id", "file_name", "name", "bbox", "width", "height", "segmentation"]),
    JSON,
    max_size=6,
)
ENTRIES = st.lists(ENTRY | JSON, max_size=4) | JSON


@pytest.mark.long
@given(ENTRIES, ENTRIES, ENTRIES, st.sampled_from([None, ["x"], ["x", "y"]]))
@example([{"file_name": "a.png"}], [], [None], ["x"])
@example([None], [[]], [{"id": {}}], ["x"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_that_looks_like_coco_gives_boxes_or_a_sentence(tmp_path, images, annotations, categories, names):
    (tmp_path / "a.png").touch()
    content = {"images": images, "annotations": annotations, "categories": categories}
    for split in ("one", "two"):
        write_plain(tmp_path / f"{split}.json", json.dumps(content))
    try:
        read = boxes_of_folder(tmp_path, Pictures(["a.png"], [SIZE]), reading="labels:one.json", class_names=names)
        coco_of(read.content, tmp_path / "one.json")
        coco_of(_joined([read.content, read.content]), tmp_path / "two.json")
    except (LayoutError, UnknownParameter) as error:
        assert str(error)
