"""Annotations of other formats: their labels, splits and boxes, and what is odd in them."""

import json

import pytest

from importers.annotations import as_coco, find_annotations, sizes_by_key
from importers.inspect import inspect_folder
from importers.keys import FileIndex
from importers.listing import list_folder
from tests.support.laid_out import labels_of, make, problems_of, splits_of

SIZE = (200, 100)


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return root


def boxes(root):
    """(file name, class name, box in pixels) of all that is annotated, each picture being 200 x 100."""
    listing = list_folder(root)
    (found,) = find_annotations(listing, FileIndex(listing.paths))
    pictures = [path for path in listing.paths if path.endswith((".jpg", ".png"))]
    coco = as_coco(found, sizes_by_key(pictures, [SIZE] * len(pictures)))
    name_of = {row["id"]: row["name"] for row in coco["categories"]}
    file_of = {row["id"]: row["file_name"] for row in coco["images"]}
    return [
        (file_of[row["image_id"]], name_of[row["category_id"]], [round(side, 3) for side in row["bbox"]])
        for row in coco["annotations"]
    ]


@pytest.fixture
def yolo(tmp_path):
    root = make(tmp_path, "images/train/a.jpg", "images/train/b.jpg", "images/holdout/c.jpg", "images/holdout/d.jpg")
    write(root, "labels/train/a.txt", "0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.1 0.1\n")
    write(root, "labels/train/b.txt", "")
    write(root, "labels/holdout/c.txt", "1 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5\n")
    return write(root, "data.yaml", "path: .\ntrain: images/train\nval: images/holdout\nnames: {0: cat, 1: dog}\n")


def test_yolo_gives_labels_splits_and_boxes(yolo):
    found = inspect_folder(yolo)
    assert (found.layout, found.question, found.task) == ("labels-yolo", None, "multi")
    assert labels_of(found) == {
        "images/train/a.jpg": ["cat", "dog"],
        "images/train/b.jpg": [],
        "images/holdout/c.jpg": ["dog"],
        "images/holdout/d.jpg": None,
    }
    assert set(splits_of(found).values()) == {"train", "val", None} | {splits_of(found)["images/holdout/d.jpg"]}
    assert found.ignored == {"label file": 4} and any("3 boxes" in said for said in found.said)
    assert sorted(boxes(yolo)) == [
        ("images/holdout/c.jpg", "dog", [20, 10, 40, 40]),
        ("images/train/a.jpg", "cat", [80, 30, 40, 40]),
        ("images/train/a.jpg", "dog", [10, 5, 20, 10]),
    ]


def test_yolo_beside_the_pictures_with_a_list_of_classes_and_odd_lines(tmp_path):
    root = make(tmp_path, "obj_train_data/a.jpg", "obj_train_data/b.jpg")
    write(root, "obj.names", "cat\ndog\n")
    write(root, "obj_train_data/a.txt", "1 0.5 0.5 0.2 0.4\nnonsense\n-1 0 0 1 1\n")
    write(root, "obj_train_data/b.txt", "7 0.5 0.5 0.2 0.4 0.99\n")
    found = inspect_folder(root)
    assert labels_of(found) == {"obj_train_data/a.jpg": "dog", "obj_train_data/b.jpg": "class 7"}
    assert problems_of(found) == {"obj_train_data/a.txt": "wrong-type"}
    assert "6 classes have no name in obj.names." in found.said


def test_texts_beside_pictures_that_are_no_objects_are_texts(tmp_path):
    root = write(make(tmp_path, "cat/a.jpg", "dog/b.jpg"), "cat/a.txt", "a tabby on a wall")
    assert inspect_folder(root).layout == "classes"


def test_voc_gives_labels_and_boxes_and_says_what_is_broken(tmp_path):
    def xml(name, *objects):
        sides = {"xmin": (0, 0), "ymin": (1, 0), "xmax": (0, 10), "ymax": (1, 20)}
        inner = ""
        for kind, *corner in objects:
            box = "".join(f"<{side}>{corner[at] + more}</{side}>" for side, (at, more) in sides.items())
            inner += f"<object><name>{kind}</name><bndbox>{box}</bndbox></object>"
        size = "<size><width>200</width><height>100</height></size>"
        return f"<annotation><filename>{name}</filename>{size}{inner}</annotation>"

    root = make(tmp_path, "JPEGImages/a.jpg", "JPEGImages/b.jpg", "JPEGImages/c.jpg", "JPEGImages/d.jpg")
    write(root, "Annotations/a.xml", xml("a.jpg", ("dog", 5, 6), ("cat", 1, 2)))
    write(root, "Annotations/b.xml", xml("renamed-since.jpg", ("dog", 5, 6)))
    write(root, "Annotations/c.xml", "<annotation><filename>c.jpg</fil")
    write(
        root, "Annotations/d.xml", '<!DOCTYPE a [<!ENTITY x "y">]><annotation><filename>d.jpg</filename></annotation>'
    )
    write(root, "ImageSets/Main/train.txt", "a\nb\n")
    found = inspect_folder(root)
    assert (found.layout, found.class_names) == ("labels-voc", ("cat", "dog"))
    assert labels_of(found)["JPEGImages/a.jpg"] == ["cat", "dog"] and labels_of(found)["JPEGImages/b.jpg"] == ["dog"]
    assert {problems_of(found)[f"Annotations/{letter}.xml"] for letter in "cd"} == {"wrong-type"}
    assert splits_of(found)["JPEGImages/a.jpg"] == "train" and splits_of(found)["JPEGImages/c.jpg"] is None
    assert ("a.jpg", "dog", [5, 6, 10, 20]) in boxes(root)


def test_cvat_gives_labels_tags_and_boxes(tmp_path):
    root = make(tmp_path, "images/a.jpg", "images/b.jpg")
    text = (
        "<annotations><meta><task><labels><label><name>dog</name></label><label><name>cat</name></label></labels>"
        '</task></meta><image id="0" name="a.jpg" width="200" height="100">'
        '<box label="cat" xtl="1" ytl="2" xbr="11" ybr="22"/>'
        '<polygon label="dog" points="0,0;10,0;10,10"/></image>'
        '<image id="1" name="b.jpg" width="200" height="100"><tag label="dog"/></image></annotations>'
    )
    found = inspect_folder(write(root, "annotations.xml", text))
    assert (found.layout, found.class_names) == ("labels-cvat", ("dog", "cat"))
    assert labels_of(found) == {"images/a.jpg": ["dog", "cat"], "images/b.jpg": ["dog"]}
    assert boxes(root) == [("a.jpg", "cat", [1, 2, 10, 20]), ("a.jpg", "dog", [0, 0, 10, 10])]


def test_labelme_gives_labels_and_boxes(tmp_path):
    root = make(tmp_path, "a.jpg", "b.jpg", "notes.json")
    for letter, shapes in (
        ("a", [("cat", "rectangle", [[11, 22], [1, 2]])]),
        ("b", [("dog", "polygon", [[0, 0], [9, 0], [9, 9]]), ("dog", "point", [[1, 1]])]),
    ):
        content = {
            "imagePath": f"..\\\\old\\\\{letter}.jpg",
            "imageWidth": 200,
            "imageHeight": 100,
            "shapes": [{"label": label, "shape_type": kind, "points": points} for label, kind, points in shapes],
        }
        write(root, f"{letter}.json", json.dumps(content))
    found = inspect_folder(root)
    assert found.layout == "labels-labelme"
    assert {path: label for path, label in labels_of(found).items() if path.endswith("jpg")} == {
        "a.jpg": "cat",
        "b.jpg": "dog",
    }
    assert boxes(root) == [("a", "cat", [1, 2, 10, 20]), ("b", "dog", [0, 0, 9, 9])]


def test_openimages_boxes_in_a_table_are_labels(tmp_path):
    root = make(tmp_path, "train/0001.jpg", "train/0002.jpg")
    write(
        root,
        "train-annotations-bbox.csv",
        "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n0001,xclick,/m/01,1,0.1,0.2,0.1,0.3\n0001,xclick,/m/02,1,0.1,0.2,0.1,0.3\n0002,xclick,/m/01,1,0,1,0,1\n",
    )
    found = inspect_folder(root)
    assert labels_of(found) == {"train/0001.jpg": ["/m/01", "/m/02"], "train/0002.jpg": ["/m/01"]}


def test_a_reading_of_annotations_can_be_asked_for_again(yolo):
    assert inspect_folder(yolo, reading="yolo:data.yaml").files.equals(inspect_folder(yolo).files)
