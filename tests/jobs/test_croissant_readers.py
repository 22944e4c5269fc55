"""Croissant metadata read by mlcroissant, and cards by Hugging Face's library; nothing is fetched."""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from jobs.export.formats import FORMATS
from jobs.report.card import card_facts, write_card
from store.connection import open_workspace
from store.versions import export_rows, find_version, freeze
from tests.support import croissant_reader
from tests.support.exporting import imported, noise, run_job
from tests.support.odd_dataset import CLASSES, NAME, VERSION, N, exported, odd_dataset
from tests.support.places import PROJECT

pytestmark = pytest.mark.readers
FORMS = tuple(name for name, form in FORMATS.items() if form.has_card)
PLAIN = ("imagefolder", "webdataset")
FILES = tuple(name for name in FORMS if FORMATS[name].pack is None)  # where pictures lie as files


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python with the readers: $VITRINE_READERS, or .venv-readers in the project."""
    named = Path(os.environ.get("VITRINE_READERS") or PROJECT / ".venv-readers" / "bin" / "python")
    if not named.is_file():
        pytest.skip(f"the reference readers are missing: no {named} (`make test-readers` makes it)")
    return named.absolute()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A folder of exports, each called after its format, a card, several labels, and metadata that lack something."""
    folder = tmp_path_factory.mktemp("croissant")
    workspace = open_workspace(folder / "w")
    dataset = odd_dataset(workspace, folder / "pictures")
    version = find_version(workspace, dataset.id, name=VERSION)
    for form in FORMS:
        exported(workspace, folder / "out" / form, form)
    write_card(folder / "out" / "card", card_facts(workspace, dataset, version))
    _several_labels(workspace, folder)
    _plain(workspace, folder)
    _break(folder / "out" / "csv", folder / "out" / "broken")
    rows = export_rows(workspace, version.id).to_pylist()
    workspace.close()
    return folder / "out", rows


def _several_labels(workspace, folder) -> None:
    pictures = folder / "scenes"
    pictures.mkdir()
    for n in range(6):
        noise(n).save(pictures / f"{n}.png")
    labels = [{"file": f"{n}.png", "labels": [["sea"], ["sea", "sky"], []][n % 3]} for n in range(6)]
    (pictures / "labels.json").write_text(json.dumps(labels))
    freeze(workspace, imported(workspace, pictures, "scenes").id, name="v1", who="me")
    run_job(workspace, "export", "scenes", version="v1", format="parquet", folder=str(folder / "out" / "several"))


def _plain(workspace, folder) -> None:
    """Pictures of one kind that all have a label and a split, as the library asks of these two formats."""
    for n in range(9):
        (folder / "plain" / ("train", "val")[n % 3 == 0] / ("cat", "lynx")[n % 2]).mkdir(parents=True, exist_ok=True)
        noise(n).save(folder / "plain" / ("train", "val")[n % 3 == 0] / ("cat", "lynx")[n % 2] / f"{n}.png")
    freeze(workspace, imported(workspace, folder / "plain", "plain").id, name="v1", who="me")
    for form in PLAIN:
        run_job(workspace, "export", "plain", version="v1", format=form, folder=str(folder / "out" / f"plain-{form}"))


def _break(source, target) -> None:
    shutil.copytree(source, target)
    said = json.loads((target / "croissant.json").read_text(encoding="utf-8"))
    said["version"] = "first"
    del said["license"]
    (target / "croissant.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.fixture(scope="module")
def read(python, out, tmp_path_factory):
    """What mlcroissant finds in each, with a proxy that nothing answers at, so that no network is used."""
    said = tmp_path_factory.mktemp("said") / "said.json"
    nowhere = "http://127.0.0.1:9"
    offline = {"http_proxy": nowhere, "https_proxy": nowhere, "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere}
    done = subprocess.run(
        [python, "-I", Path(croissant_reader.__file__), said, out[0]],
        env={**os.environ, **offline, "HOME": str(said.parent)},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(said.read_text())


@pytest.mark.parametrize("form", [*FORMS, "card", "several"])
def test_croissant_is_valid_without_a_warning(read, form) -> None:
    said = read[form]
    assert "failure" not in said, said["failure"]
    assert said["conforms_to"] == "http://mlcommons.org/croissant/1.1"
    assert (said["errors"], said["warnings"]) == ([], [])
    assert said["name"] == ("scenes, v1" if form == "several" else f"{NAME}, {VERSION}")


def test_what_lacks_something_is_warned_of(read) -> None:
    assert len(read["broken"]["warnings"]) >= 2  # so that no warning above means something


@pytest.mark.parametrize("form", [*(form for form in FORMS if form != "huggingface"), "card"])
def test_the_records_load_with_our_labels(read, out, form) -> None:
    _, rows = out
    expected = {
        row["image_id"]: (None if row["label"] is None else CLASSES[row["label"]], row["split"]) for row in rows
    }
    records = read[form]["records"]["records"]
    assert {each["image_id"]: (each["label"], each["split"]) for each in records} == expected
    said = {row["image_id"]: (row["label"], row["licence"], row["source_url"], row["width"]) for row in rows}
    found = {
        each["image_id"]: (each["class_index"], each["licence"], each["source_url"], each["width"]) for each in records
    }
    assert found == said and len(records) == N


@pytest.mark.parametrize("form", FILES)
def test_the_pictures_load_with_our_labels(read, form) -> None:
    by_path = {each["path"]: each for each in read[form]["records"]["records"]}
    pictures = read[form]["records"]["picture-files"]
    assert len(pictures) == N
    for each in pictures:
        assert each["image"] == [64, 64]
        assert (each["label"], each["split"]) == (by_path[each["path"]]["label"], by_path[each["path"]]["split"])


def test_shards_of_parquet_load_with_their_pictures(read, out) -> None:
    _, rows = out
    records = read["huggingface"]["records"]["records"]
    assert all(each["image"] == [64, 64] for each in records)
    assert {each["source_path"]: (each["label"], each["split"]) for each in records} == {
        row["path"]: (row["label"], row["split"]) for row in rows
    }


@pytest.mark.parametrize("form", [*FORMS, "card"])
def test_the_classes_load_as_they_are_called(read, form) -> None:
    assert [each["name"] for each in read[form]["records"]["classes"]] == list(CLASSES)


def test_several_labels_load(read) -> None:
    records = sorted(read["several"]["records"]["records"], key=lambda each: each["path"])
    assert [each["labels"] for each in records] == [["sea"], ["sea", "sky"], []] * 2
    assert sorted(map(len, (each["labels"] for each in read["several"]["records"]["picture-files"]))) == [
        0,
        0,
        1,
        1,
        2,
        2,
    ]


@pytest.mark.parametrize("form", ["huggingface", "card", *(f"plain-{form}" for form in PLAIN)])
def test_hugging_face_finds_the_splits_by_the_card(python, out, tmp_path, form) -> None:
    words = (
        "import sys, json; from datasets import load_dataset; found = load_dataset(sys.argv[1]); "
        "print(json.dumps({split: len(rows) for split, rows in found.items()}))"
    )
    offline = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [python, "-I", "-c", words, out[0] / form],
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    of_splits = Counter(row["split"] or "unassigned" for row in out[1])
    expected = {"huggingface": of_splits, "card": {"records": N}}.get(form, {"train": 6, "val": 3})
    assert json.loads(done.stdout) == expected
