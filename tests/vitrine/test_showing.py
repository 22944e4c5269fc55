"""Pictures shown from a notebook: a folder or a table, imported for the while; the app ends with who started it."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pytest
from PIL import Image

import vitrine
from tests.support.places import PROJECT
from vitrine.picture_table import TABLE, folder_of_links


@pytest.fixture
def pictures(tmp_path) -> Path:
    """Six pictures in two folders; no two are alike."""
    for number in range(6):
        place = tmp_path / "from" / ("left" if number < 3 else "right")
        place.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (30, 40, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(place / f"{number % 3}.png")
    return tmp_path / "from"


def table_of(pictures: Path) -> pd.DataFrame:
    """A row a picture, in an order of its own."""
    rows = [{"file": path, "class": f"class {i % 2}"} for i, path in enumerate(sorted(pictures.rglob("*.png")))]
    return pd.DataFrame(rows)


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / TABLE).open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_picture_has_a_link_of_its_own_though_two_have_one_name(pictures, tmp_path) -> None:
    folder, words = folder_of_links(table_of(pictures), tmp_path / "links")
    assert words == ["--follow-links=yes"]
    rows = rows_of(folder)
    assert [row["file"] for row in rows][:4] == ["000001 0.png", "000002 1.png", "000003 2.png", "000004 0.png"]
    assert [row["class"] for row in rows] == ["class 0", "class 1"] * 3
    assert (folder / "000004 0.png").resolve() == (pictures / "right" / "0.png").resolve()


def test_a_picture_of_two_rows_is_one_picture(pictures, tmp_path) -> None:
    table = table_of(pictures)
    folder, _ = folder_of_links(pd.concat([table, table.head(2)]), tmp_path / "links")
    assert len([path for path in folder.iterdir() if path.suffix == ".png"]) == 6
    assert [row["file"] for row in rows_of(folder)][-2:] == ["000001 0.png", "000002 1.png"]


def test_named_columns_are_said_to_the_import(pictures, tmp_path) -> None:
    table = table_of(pictures).rename(columns={"file": "where it is", "class": "kind & sort"})
    _, words = folder_of_links(table, tmp_path / "links", label="kind & sort")
    assert words[1] == f"--reading=labels:{TABLE}?path=where+it+is&label=kind+%26+sort"  # found by what its values are


def test_several_labels_are_a_list_in_json(pictures, tmp_path) -> None:
    table = table_of(pictures)
    table["class"] = [["a", "b"], ("a",), [], np.array(["b"]), ["a"], ["b"]]
    folder, _ = folder_of_links(table, tmp_path / "links")
    assert [json.loads(row["class"]) for row in rows_of(folder)] == [["a", "b"], ["a"], [], ["b"], ["a"], ["b"]]


def test_paths_alone_need_no_table(pictures, tmp_path) -> None:
    folder, _ = folder_of_links(table_of(pictures)[["file"]], tmp_path / "links")
    assert not (folder / TABLE).exists() and len(list(folder.iterdir())) == 6


def test_an_arrow_table_is_a_table(pictures, tmp_path) -> None:
    table = table_of(pictures)
    folder, _ = folder_of_links(pa.table({"file": table["file"].map(str), "n": range(6)}), tmp_path / "links")
    assert len(rows_of(folder)) == 6


def test_what_cannot_be_shown_is_a_sentence(pictures, tmp_path) -> None:
    with pytest.raises(KeyError, match="no column 'colour'. It has: file, class"):
        folder_of_links(table_of(pictures), tmp_path / "a", label="colour")
    with pytest.raises(vitrine.NotShown, match="No column of the table looks like paths"):
        folder_of_links(pd.DataFrame({"n": [1, 2], "word": ["one", "two"]}), tmp_path / "b")
    with pytest.raises(vitrine.NotShown, match="None of the table's paths leads to a file. The first: .*gone.png"):
        folder_of_links(pd.DataFrame({"file": ["gone.png"]}), tmp_path / "c")
    with pytest.raises(TypeError, match="a folder or a table of pictures, not int"):
        vitrine.show(7)
    with pytest.raises(vitrine.NotShown, match="There is no folder"):
        vitrine.show(tmp_path / "nowhere")
    with pytest.raises(TypeError, match="a folder was given"):
        vitrine.show(pictures, label="class")


def test_a_file_that_is_gone_is_linked_for_the_import_to_say_so(pictures, tmp_path) -> None:
    table = pd.concat([table_of(pictures), pd.DataFrame({"file": ["gone.png"], "class": ["class 0"]})])
    folder, _ = folder_of_links(table, tmp_path / "links")
    assert (folder / "000007 gone.png").is_symlink() and not (folder / "000007 gone.png").exists()


@pytest.mark.long
def test_a_table_is_shown_read_and_put_away(pictures, capsys) -> None:
    table = table_of(pictures).assign(split=["train", "val"] * 3, note=range(6))
    with vitrine.show(table, name="mine", browser=False) as shown:
        assert f"Vitrine shows mine at {shown.url}" in capsys.readouterr().out
        with urllib.request.urlopen(f"{shown.url}/vitrine/picture/1", timeout=30) as answer:
            assert answer.read() == (pictures / "left" / "0.png").read_bytes()
        images = shown.read().images("mine")
        assert images["label"].tolist() == ["class 0", "class 1"] * 3
        assert images["split"].tolist() == ["train", "val"] * 3
        assert [Path(file).resolve() for file in images["file"]] == [path.resolve() for path in table["file"]]
    assert not shown.is_running and not shown.workspace.exists()
    assert len(list(pictures.rglob("*.png"))) == 6  # the pictures stay as they are


@pytest.mark.long
def test_a_folder_that_can_be_read_two_ways_is_a_question_with_its_answers(pictures) -> None:
    (pictures / "left").rename(pictures / "train")
    (pictures / "right").rename(pictures / "val")
    with pytest.raises(vitrine.NotShown, match="--reading"):
        vitrine.show(pictures, browser=False)


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.long
def test_the_app_ends_with_the_process_that_shows_however_that_ends(pictures) -> None:
    program = f"import vitrine\nshown = vitrine.show({str(pictures)!r}, browser=False)\n"
    program += "print(shown._process.pid, flush=True)\ninput()\n"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    for how in ("its end", "a kill"):
        started = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        with started:
            assert started.stdout.readline().startswith("Vitrine shows from at http://localhost:")
            app = psutil.Process(int(started.stdout.readline()))
            if how == "a kill":
                started.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 60
        while lives(app):
            assert time.monotonic() < deadline, f"it outlived {how}"
            time.sleep(0.2)
