"""A COCO file's boxes find their pictures as its labels do, and lie right on turned photographs."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.detect.coco_boxes import read_coco
from jobs.detect.coco_turned import TurnedMasks, turned_boxes
from jobs.detect.kind import detect_outcome
from jobs.engine.errors import UnknownParameter
from store.detections import object_rows
from tests.support.exporting import imported, run_job

CATEGORIES = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]


def coco(
    folder: Path, *, names, image_id=lambda n: n, listed_id=lambda n: n, extra=(), size=(96, 72), **changed
) -> Path:
    content = {
        "images": [
            {"id": listed_id(n), "file_name": name, "width": size[0], "height": size[1]} for n, name in enumerate(names)
        ],
        "annotations": [
            {"id": n, "image_id": image_id(n), "category_id": 1 + n % 2, "bbox": [10, 10 + n, 40, 30]}
            for n in range(len(names))
        ]
        + list(extra),
        "categories": CATEGORIES,
        **changed,
    }
    path = folder / "boxes.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def pets(workspace, tmp_path):
    """Four pictures in train/."""
    folder = tmp_path / "pictures" / "train"
    folder.mkdir(parents=True)
    for n in range(4):
        noise = np.random.default_rng(n).integers(0, 256, (72, 96, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{n}.jpg")
    return imported(workspace, tmp_path / "pictures", "pets", reading="splits")


def boxes_of(workspace, dataset, file: Path) -> tuple[dict[str, list[tuple[str, list[float]]]], dict[str, object]]:
    """The objects of each picture that has any, as class and box, and the run's figures."""
    spec, figures = run_job(workspace, "detect", dataset.name, model="coco-file", weights=str(file))
    rows = object_rows(workspace, dataset.id, run_id=spec.run_id, score=0.0).to_pylist()
    found: dict[str, list[tuple[str, list[float]]]] = {}
    for row in rows:
        box = [round(row[side]) for side in ("x1", "y1", "x2", "y2")]
        found.setdefault(row["path"], []).append((row["class_name"], box))
    return found, figures


EXPECTED = {f"train/{n}.jpg": [("cat" if n % 2 == 0 else "dog", [10, 10 + n, 50, 40 + n])] for n in range(4)}


@pytest.mark.long
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"names": [f"train\\{n}.jpg" for n in range(4)]},
        {"names": [f"/home/me/project/pictures/train/{n}.jpg" for n in range(4)]},
        {"names": [f"C:\\work\\pictures\\train\\{n}.jpg" for n in range(4)]},
        {"names": [f"./train/{n}.jpg" for n in range(4)]},
        {"names": [f"{n}.jpg" for n in range(4)]},
        {"names": [f"train/{n}" for n in range(4)]},
        {"names": [f"train/{n}.JPG" for n in range(4)]},
        {"names": [f"images/{n}.jpg" for n in range(4)]},
        {"image_id": str},
        {"listed_id": str},
        {"image_id": float},
        {"image_id": lambda n: f"{n:012}"},
        {"categories": [{"id": "1", "name": "cat"}, {"id": "2", "name": "dog"}]},
    ],
    ids=lambda changed: next(iter(changed), "plain"),
)
def test_every_spelling_of_names_and_ids_finds_its_picture(workspace, pets, tmp_path, changed) -> None:
    file = coco(tmp_path, **{"names": [f"train/{n}.jpg" for n in range(4)], **changed})
    found, figures = boxes_of(workspace, pets, file)
    assert found == EXPECTED
    assert (figures["n_named"], figures["n_names_unmatched"], figures["n_bad_annotations"]) == (4, 0, 0)


@pytest.mark.long
def test_what_cannot_be_used_is_one_problem_and_is_said(workspace, pets, tmp_path) -> None:
    names = [f"train/{n}.jpg" for n in range(4)]
    bad = [
        {"id": 9, "image_id": 0, "category_id": 1, "bbox": [], "segmentation": [[10, 10, 50, 10, 50, 40]]},
        {"id": 10, "image_id": 1, "category_id": 1, "bbox": [5, 5, 0, 0]},
        {"id": 11, "image_id": 77, "category_id": 1, "bbox": [5, 5, 9, 9]},
    ]
    found, figures = boxes_of(workspace, pets, coco(tmp_path, names=[*names, "elsewhere.jpg"], extra=bad))
    assert found == EXPECTED
    assert figures["n_bad_annotations"] == 2 and figures["n_annotations_of_no_image"] == 1
    assert figures["n_names_unmatched"] == 1
    reasons = workspace.read_text("SELECT reason FROM run_failure ORDER BY image_id").to_pylist()
    assert "bbox of four numbers" in reasons[0]["reason"] and "without an area" in reasons[1]["reason"]


def test_ids_that_name_nothing_are_refused_with_both_spellings(tmp_path) -> None:
    file = coco(tmp_path, names=["a.jpg", "b.jpg"], image_id=lambda n: f"picture-{n}")
    with pytest.raises(UnknownParameter, match="no annotation names an image that the file lists.*'picture-0'.*like 0"):
        read_coco(file)


@pytest.mark.long
def test_boxes_of_other_pictures_alone_are_no_silent_success(workspace, pets, tmp_path) -> None:
    names = ["train/0.jpg", "other.jpg"]
    file = coco(tmp_path, names=names, image_id=lambda n: 1)
    with pytest.raises(AssertionError, match="no usable annotation of any of them"):
        boxes_of(workspace, pets, file)


def test_without_categories_classes_are_called_by_their_numbers(tmp_path) -> None:
    boxes = read_coco(coco(tmp_path, names=["a.jpg", "b.jpg"], categories=None))
    assert boxes.names == ("class 1", "class 2") and boxes.made_names


def test_ids_that_differ_only_in_spelling_stay_apart_where_both_are_listed(tmp_path) -> None:
    file = coco(
        tmp_path, names=["a.jpg", "b.jpg"], listed_id=lambda n: ("7", "007")[n], image_id=lambda n: ("7", "007")[n]
    )
    boxes = read_coco(file)
    assert boxes.of("a.jpg", width=96, height=72).boxes.tolist() == [[10, 10, 50, 40]]
    assert boxes.of("b.jpg", width=96, height=72).boxes.tolist() == [[10, 11, 50, 41]]


def test_a_run_says_how_the_file_was_read() -> None:
    class Job:
        figures = {"n_named": 3, "n_names_unmatched": 1, "n_bad_annotations": 2, "n_turned": 0}

    said = detect_outcome(Job())
    assert said.startswith("The file names 3 pictures of the dataset; 1 of its names mean no picture")
    assert "2 annotations cannot be used" in said and "turned" not in said


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_box_and_a_mask_turn_as_the_photograph_does(turn) -> None:
    width, height, (x1, y1, x2, y2) = 12, 8, (2, 1, 5, 7)
    mask = np.zeros((height, width), bool)
    mask[y1:y2, x1:x2] = True
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    ways = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # Pillow's numbers of the same turns
    upright = np.asarray(image.transpose(Image.Transpose(ways[turn])) if turn > 1 else image) > 0
    (box,) = turned_boxes(np.array([[x1, y1, x2, y2]], float), turn, width=width, height=height)
    rows, columns = np.nonzero(upright)
    assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert (TurnedMasks([mask], turn)[0] == upright).all()


def photograph(path: Path, turn: int, *, size: tuple[int, int]) -> None:
    """Grey, stored with `size`, with a white piece at (10, 10, 50, 40) of the stored picture."""
    image = Image.new("RGB", size, (90, 90, 90))
    image.paste((255, 255, 255), (10, 10, 50, 40))
    exif = Image.Exif()
    exif[0x0112] = turn
    image.save(path, exif=exif, quality=95)


@pytest.mark.long
@pytest.mark.parametrize("stated", ["stored", "upright"])
def test_boxes_of_a_turned_photograph_lie_on_what_they_were_drawn_around(workspace, tmp_path, stated) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    images, annotations = [], []
    for turn in range(1, 9):
        photograph(folder / f"{turn}.jpg", turn, size=(120, 80))
        width, height = (80, 120) if stated == "upright" and turn >= 5 else (120, 80)
        (box,) = (
            np.array([[10.0, 10, 50, 40]])[None][0][None]
            if stated == "stored"
            else turned_boxes(np.array([[10.0, 10, 50, 40]]), turn, width=120, height=80)[None]
        )
        x1, y1, x2, y2 = np.ravel(box).tolist()
        images.append({"id": turn, "file_name": f"{turn}.jpg", "width": width, "height": height})
        outline = [[x1, y1, x2, y1, x2, y2, x1, y2]]
        annotations.append(
            {"image_id": turn, "category_id": 1, "bbox": [x1, y1, x2 - x1, y2 - y1], "segmentation": outline}
        )
    file = tmp_path / "boxes.json"
    file.write_text(json.dumps({"images": images, "annotations": annotations, "categories": CATEGORIES}))
    dataset = imported(workspace, folder, "photographs")
    found, figures = boxes_of(workspace, dataset, file)
    assert figures["n_turned"] == (7 if stated == "stored" else 0)
    for turn in range(1, 9):
        ((_, (x1, y1, x2, y2)),) = found[f"{turn}.jpg"]
        with Image.open(folder / f"{turn}.jpg") as image:
            from PIL import ImageOps

            upright = np.asarray(ImageOps.exif_transpose(image).convert("L")) > 170
        rows, columns = np.nonzero(upright)
        seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert np.abs(np.array(seen) - [x1, y1, x2, y2]).max() <= 1, (turn, seen)


@pytest.mark.long
@pytest.mark.parametrize("form", ["yolo", "voc"])
def test_annotations_of_other_formats_are_taken_from_their_folder(workspace, pets, tmp_path, form) -> None:
    folder = tmp_path / "pictures"
    for n in range(4):
        name = ("cat", "dog")[n % 2]
        if form == "yolo":
            shares = (30 / 96, (25 + n) / 72, 40 / 96, 30 / 72)
            (folder / "train" / f"{n}.txt").write_text(f"{n % 2} {' '.join(map(str, shares))}\n")
        else:
            sides = f"<xmin>10</xmin><ymin>{10 + n}</ymin><xmax>50</xmax><ymax>{40 + n}</ymax>"
            box = f"<object><name>{name}</name><bndbox>{sides}</bndbox></object>"
            (folder / "train" / f"{n}.xml").write_text(f"<annotation><filename>{n}.jpg</filename>{box}</annotation>")
    if form == "yolo":
        (folder / "data.yaml").write_text("names: [cat, dog]\n")
    found, figures = boxes_of(workspace, pets, folder / "data.yaml" if form == "yolo" else folder)
    assert found == EXPECTED and figures["is_truth"]


def test_a_folder_without_annotations_is_refused(workspace, pets, tmp_path) -> None:
    with pytest.raises(AssertionError, match="holds no annotations that are known"):  # why the job failed
        boxes_of(workspace, pets, tmp_path / "pictures")
