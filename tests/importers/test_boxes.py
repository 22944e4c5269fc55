"""The boxes that come with a folder's labels, in every layout, lie where they were drawn."""

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
from tests.support.boxes_read import SAID, boxes_in, expected
from tests.support.laid_out import labels_of, splits_of


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
