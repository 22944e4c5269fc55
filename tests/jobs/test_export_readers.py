"""Exports read by the reference readers of their formats, which live in an environment of their own."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from models import masks
from store.connection import open_workspace
from store.detections import list_detection_runs
from tests.support import reference_readers
from tests.support.exported_boxes import NAMES, boxes_by_picture, scenes
from tests.support.exporting import run_job
from tests.support.places import PROJECT

pytestmark = pytest.mark.readers
READ = tuple(reference_readers.READERS)
WITHOUT_UNUSED = ("voc", "labelme")  # which name the classes that boxes have, and no others


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python with the readers: $VITRINE_READERS, or .venv-readers in the project."""
    named = Path(os.environ.get("VITRINE_READERS") or PROJECT / ".venv-readers" / "bin" / "python")
    if not named.is_file():
        pytest.skip(f"the reference readers are missing: no {named} (`make test-readers` makes it)")
    return named.absolute()


@pytest.fixture(scope="module")
def read(python, tmp_path_factory):
    """What each reader found, with what was exported: boxes by class, and the labels and splits of source paths."""
    folder = tmp_path_factory.mktemp("readers")
    workspace = open_workspace(folder / "w")
    dataset = scenes(workspace, folder / "scenes")
    (run,) = list_detection_runs(workspace, dataset.id)
    mask, _ = masks.encode(np.pad(np.ones((10, 20), bool), ((5, 33), (7, 37))))
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("UPDATE detection SET mask = $1 WHERE run_id = $2 AND class_index = 3", [mask, run.run_id])
    for form in READ:
        run_job(workspace, "export", "scenes", version="v1", format=form, folder=str(folder / "out" / form))
    expected = {}
    for (_, name), boxes in boxes_by_picture(workspace, dataset).items():
        expected.setdefault(name, []).extend(boxes.tolist())
    workspace.close()
    manifest = pq.read_table(folder / "out" / "yolo" / "manifest.parquet").to_pylist()
    script, out = Path(reference_readers.__file__), folder / "said.json"
    kept = {"YOLO_CONFIG_DIR": str(folder), "HF_HOME": str(folder / "hf"), "MPLCONFIGDIR": str(folder)}
    kept["FORCE_STD_XML"] = "true"  # labelformat hands pydantic-xml text, of which lxml takes no declared encoding
    offline = {"YOLO_OFFLINE": "true", "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [python, "-I", script, out, folder / "out"],
        env={**os.environ, **kept, **offline},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text()), expected, manifest


@pytest.mark.parametrize("form", READ)
def test_the_reference_reader_finds_the_same_boxes(read, form) -> None:
    said, expected, manifest = read
    found = said[form]
    assert "failure" not in found, found["failure"]
    assert len(found["boxes"]) == len(manifest) == 9
    by_name: dict[str, list] = {}
    for boxes in found["boxes"].values():
        for name, *box in boxes:
            by_name.setdefault(name, []).append(box)
    # VOC is in whole pixels, and supervision counts its first corner from 1
    within = 1.51 if form == "voc" else 0.01
    assert by_name.keys() == expected.keys()
    for name, boxes in expected.items():
        assert np.abs(np.array(sorted(by_name[name])) - np.array(sorted(boxes))).max() <= within


@pytest.mark.parametrize("form", [form for form in READ if form != "webdataset"])
def test_the_reference_reader_finds_the_names_of_the_classes(read, form) -> None:
    said, expected, _ = read
    names = said[form]["names"]
    if form in WITHOUT_UNUSED:
        assert sorted(names) == sorted(expected)
    else:
        assert tuple(names)[: len(NAMES)] == NAMES


@pytest.mark.parametrize("form", ["yolo", "voc", "huggingface", "webdataset"])
def test_the_reference_reader_finds_the_splits(read, form) -> None:
    assert read[0][form]["splits"] == {"train": 3, "val": 3, "test": 3}


@pytest.mark.parametrize("form", ["huggingface", "webdataset"])
def test_the_reference_reader_finds_the_labels_of_whole_pictures(read, form) -> None:
    said, _, manifest = read
    assert said[form]["labels"] == {row["source_path"]: row["label"] for row in manifest}


def test_pycocotools_draws_the_masks(read) -> None:
    n_with = sum(name == NAMES[3] for boxes in read[0]["coco"]["boxes"].values() for name, *_ in boxes)
    assert read[0]["coco"]["n_pixels"] == n_with * 200 > 0
