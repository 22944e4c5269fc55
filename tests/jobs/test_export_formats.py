"""What is written into exports with boxes: whose they are, names of any kind, shards, what is said of the rest."""

import json
import os
import tracemalloc
import xml.etree.ElementTree as ET
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.annotated_yolo import find_yolo
from importers.listing import list_folder
from jobs.engine.errors import ExportRefused, UnknownParameter
from jobs.export import packing
from jobs.export.about import About
from jobs.export.boxes import Box, Boxes
from jobs.export.content import Content, names_apart
from jobs.export.described import describe_export
from jobs.export.formats import FORMATS
from jobs.export.notes import xml_text
from jobs.export.plan import Entry, ExportRow, apart_names
from jobs.export.voc import whole_corners
from store.datasets import find_dataset
from store.versions import freeze
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import imported, noise, run_job

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
FOUND = [(0, 0.9, 8.0, 12.0, 24.0, 36.0), (1, 0.6, 0.0, 0.0, 32.0, 24.0), (1, 0.3, 1.0, 1.0, 2.0, 2.0)]


def row(n: int, path: str, **said) -> ExportRow:
    given = {"label": None, "labels": None, "split": None, "format": "PNG", **said}
    return ExportRow(
        image_id=n,
        path=path,
        sha256=f"{n:064x}",
        sha256_now=f"{n:064x}",
        bytes=1,
        mtime_ns=1,
        missing=False,
        source_url=None,
        licence=None,
        width=64,
        height=48,
        mode="RGB",
        **given,
    )


def content_of(rows, *, names=("person",), found=(), classes=("cat", "lynx"), scored=False) -> Content:
    """Pictures and boxes by hand. found: image id, place, score, corners."""
    columns = list(zip(*found, strict=True)) or [[]] * 7
    schema = ("image_id", "class_index", "score", "x1", "y1", "x2", "y2")
    table = pa.table(dict(zip(schema, map(list, columns), strict=True)))
    table = table.append_column("area", pa.array([1.0] * len(found), pa.float64()))
    table = table.append_column("mask", pa.nulls(len(found), pa.string()))
    boxes = Boxes(7, not scored, tuple(names), table)
    entries = [Entry(n, "", one.split) for n, one in enumerate(rows)]
    return Content(rows, tuple(classes), False, entries, boxes=boxes, title="animals, v1")


def placed(form: str, content: Content) -> Content:
    return replace(content, entries=FORMATS[form].place(content))


def street(workspace, folder, name="street"):
    """Three pictures of 64 x 48 without labels; version v1."""
    folder.mkdir(parents=True)
    for n in range(3):
        noise(n).resize((64, 48)).save(folder / f"{n}.png")
    dataset = imported(workspace, folder, name)
    freeze(workspace, dataset.id, name="v1", who="me")
    return dataset


def fill(workspace) -> None:
    street(workspace, workspace.root.parent / "street")


FILLED_BY = {"plain": fill}


@pytest.fixture
def plain(workspace):
    """The street; its pictures are those of all tests here: none may change them."""
    return find_dataset(workspace, "street")


def exported(workspace, target, form, **parameters):
    _, figures = run_job(workspace, "export", "street", version="v1", format=form, folder=str(target), **parameters)
    return figures


# Whose boxes


@pytest.mark.long
def test_without_a_run_that_people_marked_there_are_no_boxes_and_it_is_said(workspace, plain, tmp_path) -> None:
    assert "no detection looked at it" in exported(workspace, tmp_path / "a", "yolo")["warning"]
    run = land_boxes(workspace, plain, {"0.png": FOUND})
    said = exported(workspace, tmp_path / "b", "yolo")["warning"]
    assert f"has no marked boxes. --detections names a run ({run})" in said
    assert all(not path.read_text() for path in (tmp_path / "b" / "labels").rglob("*.txt"))
    for _ in range(2):
        land_boxes(workspace, plain, {"0.png": FOUND[:1]}, is_truth=True)
    assert "has 2 runs of boxes that people marked" in exported(workspace, tmp_path / "c", "yolo")["warning"]


@pytest.mark.long
def test_a_detectors_boxes_come_from_a_score_on_with_their_scores(workspace, plain, tmp_path) -> None:
    run = land_boxes(workspace, plain, {"0.png": FOUND, "1.png": []})
    figures = exported(workspace, tmp_path / "a", "coco", detections=run)
    assert (figures["n_boxes"], figures["detections"]) == (2, run)
    coco = json.loads((tmp_path / "a" / "annotations.json").read_text())
    assert [one["score"] for one in coco["annotations"]] == [pytest.approx(0.9), pytest.approx(0.6)]
    assert [one["name"] for one in coco["categories"]] == ["person", "car"]
    assert exported(workspace, tmp_path / "b", "coco", detections="latest", min_score=0.2)["n_boxes"] == 3
    figures = exported(workspace, tmp_path / "c", "voc", detections="latest")
    assert "no place for scores" in figures["warning"] and "1 picture was not looked at" in figures["warning"]
    figures = exported(workspace, tmp_path / "d", "coco", detections="none")
    assert "n_boxes" not in figures and "warning" not in figures


REFUSED = (
    ("csv", {"detections": "latest"}, "CSV manifest has no place for boxes"),
    ("yolo", {"detections": "999"}, "no finished detection run 999"),
    ("yolo", {"detections": "best"}, "is the number of a detection run"),
    ("yolo", {"techniques": "flip"}, "made by flip is not known"),
)


@pytest.mark.parametrize(("form", "order", "words"), REFUSED)
def test_boxes_without_a_place_or_a_run_are_refused(workspace, plain, tmp_path, form, order, words) -> None:
    land_boxes(workspace, plain, {"0.png": FOUND}, is_truth=True)
    with pytest.raises((ExportRefused, UnknownParameter), match=words):
        exported(workspace, tmp_path / "out", form, **order)


@pytest.mark.long
def test_several_labels_go_where_there_is_room_for_them(workspace, tmp_path) -> None:
    pictures = tmp_path / "scenes"
    pictures.mkdir()
    for n in range(3):
        noise(n).resize((64, 48)).save(pictures / f"{n}.png")
    labels = [{"file": f"{n}.png", "labels": ["sea", "sky"][: n % 2 + 1]} for n in range(3)]
    (pictures / "labels.json").write_text(json.dumps(labels))
    dataset = imported(workspace, pictures, "street")
    freeze(workspace, dataset.id, name="v1", who="me")
    target = tmp_path / "out"
    for form in ("cvat", "labelme", "labelstudio", "fiftyone", "huggingface", "webdataset"):
        figures = exported(workspace, target / form, form)
        if form == "webdataset":
            assert ".cls holds one label" in figures["warning"]
    tags = [tag.get("label") for tag in ET.parse(target / "cvat" / "annotations.xml").iter("tag")]
    assert tags == ["sea", "sea", "sky", "sea"]
    assert json.loads((target / "labelme" / "images" / "1.json").read_text())["flags"] == {"sea": True, "sky": True}
    task = json.loads((target / "labelstudio" / "tasks.json").read_text())[1]
    assert task["annotations"][0]["result"][0]["value"] == {"choices": ["sea", "sky"]}
    assert json.loads((target / "fiftyone" / "labels.json").read_text())["labels"]["1"] == ["sea", "sky"]
    (shard,) = (target / "huggingface" / "data").iterdir()
    assert pq.read_table(shard)["labels"].to_pylist() == [[0], [0, 1], [0]]


# What is written


def test_label_studio_has_hundredths_and_a_detectors_boxes_as_predictions(tmp_path) -> None:
    rows = [row(1, "ä b.png", label=1, split="train")]
    found = [(1, 0, 0.9, 16.0, 12.0, 48.0, 36.0)]
    for scored, where in ((False, "annotations"), (True, "predictions")):
        folder = tmp_path / where
        folder.mkdir()
        FORMATS["labelstudio"].describe(folder, placed("labelstudio", content_of(rows, found=found, scored=scored)))
        (task,) = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
        assert task["data"] == {"image": "/data/local-files/?d=images/train/%C3%A4%20b.png", "split": "train"}
        box = task[where][0]["result"][-1]
        sides = {"x": 25.0, "y": 25.0, "width": 50.0, "height": 50.0, "rotation": 0}
        assert box["value"] == {**sides, "rectanglelabels": ["person"]} and ("score" in box) == scored
        choice = task["annotations"][0]["result"][0]
        assert choice["value"] == {"choices": ["lynx"]}
    config = ET.parse(tmp_path / "annotations" / "config.xml").getroot()
    assert [one.get("value") for one in config.iter("Choice")] == ["cat", "lynx"]


def test_fiftyone_has_the_layout_that_its_plain_importers_document(tmp_path) -> None:
    rows = [row(1, "a.png", label=0, split="train"), row(2, "b.png", split="val")]
    content = content_of(rows, found=[(1, 0, 0.5, 16.0, 12.0, 48.0, 36.0)])
    content = replace(content, boxes=replace(content.boxes, looked_at=pa.array([1, 2]).to_numpy()))
    FORMATS["fiftyone"].describe(tmp_path, placed("fiftyone", content))
    assert json.loads((tmp_path / "labels.json").read_text()) == {
        "classes": ["cat", "lynx"],
        "labels": {"train/a": "cat"},
    }
    assert json.loads((tmp_path / "detections.json").read_text()) == {
        "classes": ["person"],
        "labels": {"train/a": [{"label": "person", "bounding_box": [0.25, 0.25, 0.5, 0.5]}], "val/b": []},
    }


def test_voc_keeps_a_pixel_of_the_smallest_box() -> None:
    picture = row(1, "a.png")
    assert whole_corners(Box(0, 3.2, 3.2, 3.4, 3.4, 1.0), picture) == (3, 3, 4, 4)
    assert whole_corners(Box(0, 63.6, 47.6, 64.0, 48.0, 1.0), picture) == (63, 47, 64, 48)


@pytest.mark.long
@settings(max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=5, unique=True))
def test_any_name_stands_in_yaml_and_in_xml(tmp_path_factory, names) -> None:
    folder = tmp_path_factory.mktemp("names")
    content = content_of([row(1, "a.png")], names=names, found=[(1, 0, 1.0, 1.0, 1.0, 9.0, 9.0)])
    for form in ("yolo", "voc", "cvat"):
        (folder / form).mkdir()
        FORMATS[form].describe(folder / form, placed(form, content))
    about = yaml.safe_load((folder / "yolo" / "data.yaml").read_text(encoding="utf-8"))
    assert about["names"] == dict(enumerate(names))
    safe = [xml_text(name) for name in names]
    (said,) = ET.parse(folder / "voc" / "Annotations" / "a.xml").iter("object")
    assert said.findtext("name") == safe[0]
    box = next(ET.parse(folder / "cvat" / "annotations.xml").iter("box"))
    assert box.get("label") == safe[0]
    assert any("control characters" in said for said in FORMATS["voc"].notes(content)) == (safe != names)


def test_names_with_the_marks_of_yaml_are_read_back(tmp_path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"x")
    names = ["salt & pepper", "* five *", "&a *a", "null", "yes", "1.5", "a: b", "# no"]
    content = content_of([row(1, "a.png")], names=names, found=[(1, 2, 1.0, 1.0, 1.0, 9.0, 9.0)])
    FORMATS["yolo"].describe(tmp_path, placed("yolo", content))
    found = find_yolo(list_folder(tmp_path))
    assert found is not None and list(found.class_names) == names
    (tmp_path / "data.yaml").write_text("a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]\n")
    assert list(find_yolo(list_folder(tmp_path)).class_names) != names  # real anchors are not followed


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6), max_size=8))
def test_no_two_names_are_alike_without_their_endings(names) -> None:
    apart = apart_names([f"{name}.png" for name in names])
    stems = [name.rpartition(".")[0].lower() for name in apart]
    assert len(set(stems)) == len(stems) and not any(set(name) & set('/\\:*?"<>|\n\r\t\0') for name in apart)


def test_a_picture_is_called_by_its_format_where_its_name_says_none() -> None:
    rows = [row(1, "x/a"), row(2, "y/a.jpg", format="JPEG"), row(3, "a.b.PNG"), row(4, "z/a.txt", format="TIFF")]
    assert names_apart(content_of(rows)) == ["a.png", "a-2.jpg", "a.b.PNG", "a.txt.tif"]
    assert names_apart(content_of(rows), points=False) == ["a.png", "a-2.jpg", "a_b.PNG", "a_txt.tif"]


def test_what_ultralytics_asks_for_is_said_where_it_is_not_there() -> None:
    content = content_of([row(1, "a.png", split="train"), row(2, "b.gif", split="holdout", format="GIF")])
    said = " ".join(FORMATS["yolo"].notes(content))
    assert "No picture is in the split val" in said and "the splits holdout" in said and "does not read GIF" in said


@pytest.mark.long
def test_a_jpeg_that_ultralytics_would_mend_is_no_link(workspace, tmp_path) -> None:
    folder = tmp_path / "street"
    folder.mkdir()
    for n in range(2):
        noise(n).resize((64, 48)).save(folder / f"{n}.jpg")
    cut = folder / "0.jpg"
    cut.write_bytes(cut.read_bytes() + b"\0\0")
    dataset = imported(workspace, folder, "street")
    freeze(workspace, dataset.id, name="v1", who="me")
    exported(workspace, tmp_path / "out", "yolo", positions="keep")
    assert [os.stat(tmp_path / "out" / "images" / f"{n}.jpg").st_nlink for n in range(2)] == [1, 2]


# Shards


@pytest.mark.long
@pytest.mark.parametrize("form", ["huggingface", "webdataset"])
def test_shards_are_of_a_bounded_size_and_numbered(workspace, plain, tmp_path, monkeypatch, form) -> None:
    monkeypatch.setattr(packing, "SHARD_BYTES", 6_000)  # a picture has about 5,000
    figures = exported(workspace, tmp_path / "out", form)
    assert (figures["n_packed"], figures["n_linked"], figures["n_copied"]) == (3, 0, 0)
    shards = sorted(path.name for path in (tmp_path / "out").rglob("unassigned-*"))
    wanted = {
        "huggingface": [f"unassigned-{n:05d}-of-00003.parquet" for n in range(3)],
        "webdataset": [f"unassigned-{n:06d}.tar" for n in range(3)],
    }
    assert shards == wanted[form] and not list((tmp_path / "out").rglob("*.part"))


@pytest.mark.parametrize("form", ["huggingface", "webdataset"])
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path, form) -> None:
    picture = bytes(1 << 20)

    def peak(n: int) -> int:
        content = placed(form, content_of([row(i, f"{i}.png", label=0) for i in range(n)]))
        folder = tmp_path / str(n)
        folder.mkdir()
        before = pa.default_memory_pool()
        pool = pa.proxy_memory_pool(before)
        pa.set_memory_pool(pool)
        tracemalloc.start()
        packer = FORMATS[form].pack(folder, content)
        for entry in content.entries:
            packer.add(entry, picture)
        packer.close()
        most = tracemalloc.get_traced_memory()[1] + pool.max_memory()
        tracemalloc.stop()
        pa.set_memory_pool(before)
        return most

    few, many = peak(30), peak(100)
    assert many < few + (4 << 20) and many < 96 << 20


def test_the_card_names_each_split_and_no_two_alike(tmp_path) -> None:
    rows = [row(n, f"{n}.png", split=split) for n, split in enumerate(["hold-out", "hold_out", "train", None])]
    content = placed("huggingface", content_of(rows))
    packer = FORMATS["huggingface"].pack(tmp_path, content)
    for entry in content.entries:
        packer.add(entry, b"x")
    packer.close()
    about = About(dataset="animals", version="v1")
    describe_export(tmp_path, content, form=FORMATS["huggingface"], about=about, notes=[])
    card = yaml.safe_load((tmp_path / "README.md").read_text().split("---")[1])
    files = card["configs"][0]["data_files"]
    assert [one["split"] for one in files] == ["hold_out", "hold_out_", "train", "unassigned"]
    assert len(list((tmp_path / "data").iterdir())) == 4
    assert all(list(tmp_path.glob(one["path"].replace("-*", "-00000-of-*"))) for one in files)
