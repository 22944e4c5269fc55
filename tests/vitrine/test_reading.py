"""A workspace read in a notebook: today's labels, numpy vectors, and nothing of ours in the process that reads."""

import contextlib
import json
import shutil
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import vitrine
from store import workspace_file
from store.connection import Workspace, open_workspace
from store.runs import RunStart, finish_run, new_run_id, start_run
from tests.support.places import PROJECT
from tests.support.small_workspace import (
    image_row,
    land,
    land_decision,
    land_random_vectors,
    land_these_vectors,
    lose,
    new_dataset,
)
from vitrine import reading


def birds(workspace: Workspace) -> None:
    """Five birds, one relabelled, one removed, one missing; beside them two fish with several labels each."""
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{name}.png", label=i % 2, split="train") for i, name in enumerate("abcd")])
    land(workspace, dataset.id, [image_row("e.png")])
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_these_vectors(workspace, dataset.id, images, np.arange(15, dtype=np.float32).reshape(5, 3), name="small")
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO class_name (dataset_id, index, name, corrected_name) "
            "VALUES ($1, 0, 'crow', NULL), ($1, 1, 'ganet', 'gannet')",
            [dataset.id],
        )
    land_decision(workspace, dataset.id, "a.png", "relabel", label=1)
    land_decision(workspace, dataset.id, "b.png", "remove")
    taken_back = land_decision(workspace, dataset.id, "c.png", "remove")
    land_decision(workspace, dataset.id, "c.png", "undo", undoes=taken_back)
    lose(workspace, dataset.id, "d.png")
    fish = new_dataset(workspace, "fish", task="multi")
    land(workspace, fish.id, [image_row("x.png", labels=[0, 1]), image_row("y.png", labels=[])])
    with workspace.writing(fish.id, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, 0, 'eel'), ($1, 1, 'cod')", [fish.id]
        )


def judged_birds(workspace: Workspace) -> None:
    """The birds, with two label checks of three, a detection, and a run that never ended."""
    birds(workspace)
    for kind, complete in (("label-issues", True), ("label-issues", True), ("label-issues", False), ("detect", True)):
        run_id = new_run_id(workspace)
        with workspace.writing(1) as cursor:
            start_run(cursor, RunStart(run_id, 1, f"{kind}-{run_id}", kind, None, {}, None, "0", 1, None))
            finish_run(cursor, run_id, complete=complete, seconds=2.5, figures={"n": run_id})
            if kind == "detect":
                cursor.execute("INSERT INTO detected_class VALUES ($1, 7, 'beak')", [run_id])
                cursor.execute("INSERT INTO detection VALUES ($1, 1, 7, 0.5, 1, 2, 3, 4, 4, NULL)", [run_id])
                continue
            cursor.execute("UPDATE run SET prediction_kind = 'out-of-fold' WHERE id = $1", [run_id])
            cursor.execute("INSERT INTO prediction VALUES ($1, 1, 0, [0.75, 0.25]), ($1, 3, 1, [0.5, 0.5])", [run_id])
            cursor.execute(
                "INSERT INTO label_issue VALUES ($1, 3, 'label', 0.25, 1), ($1, 1, 'label', $2, 0)", [run_id, 0.5]
            )


@pytest.fixture
def root(filled_workspace):
    return filled_workspace(birds)


@pytest.fixture
def judged(filled_workspace):
    return vitrine.open(filled_workspace(judged_birds))


def test_images_carry_the_label_that_counts_today_under_the_name_that_counts(root) -> None:
    images = vitrine.open(root).images("birds")
    assert isinstance(images, pd.DataFrame)
    assert images["path"].tolist() == ["a.png", "c.png", "e.png"]  # b was removed, d is missing
    assert images["label"].tolist()[:2] == ["gannet", "crow"] and images["label"].isna().tolist()[2]
    assert images["given_label"].tolist()[:2] == ["crow", "crow"]
    assert images["relabelled"].tolist() == [True, False, False]
    assert images["file"].tolist()[0] == "/pictures/birds/a.png"
    assert images["width"].dtype == np.int32 and images["image_id"].dtype == np.int64


def test_everything_is_there_when_it_is_asked_for(root) -> None:
    images = vitrine.open(root).images("birds", everything=True).set_index("path")
    assert images.index.tolist() == ["a.png", "b.png", "c.png", "d.png", "e.png"]
    assert images["removed"].tolist() == [False, True, False, False, False]
    assert images["missing"].tolist() == [False, False, False, True, False]


def test_several_labels_are_lists_of_names(root) -> None:
    images = vitrine.open(root).arrow.images("fish")
    assert isinstance(images, pa.Table)
    assert images["labels"].to_pylist() == [["eel", "cod"], []]
    assert set(vitrine.open(root).images()["dataset"]) == {"birds", "fish"}


def test_vectors_are_numpy_in_the_order_of_the_images(root) -> None:
    opened = vitrine.open(root)
    ids, vectors = opened.vectors("small")
    assert ids.dtype == np.int64 and vectors.dtype == np.float32
    assert ids.tolist() == opened.images("birds")["image_id"].tolist()
    assert vectors.tolist() == [[0, 1, 2], [6, 7, 8], [12, 13, 14]]
    assert opened.vectors(everything=True).vectors.shape == (5, 3)
    assert opened.vectors(int(opened.spaces()["space_id"][0])).ids.tolist() == ids.tolist()


def test_a_space_that_could_be_two_has_to_be_named(workspace) -> None:
    for name in ("one", "other"):
        dataset = new_dataset(workspace, name)
        land(workspace, dataset.id, [image_row(f"{name}.png")])
        images = workspace.read("images_to_embed", dataset_id=dataset.id)
        land_random_vectors(workspace, dataset.id, images, name="same")
    workspace.close()
    opened = vitrine.open(workspace.root)
    with pytest.raises(vitrine.NotThere, match="Several spaces fit; name one by its number: 'same'"):
        opened.vectors("same")
    assert opened.vectors("same", dataset="other").vectors.shape == (1, 4)
    with pytest.raises(vitrine.NotThere, match="no space 'third'. There are: 'same'"):
        opened.vectors("third")


def test_decisions_say_which_stand(root) -> None:
    decisions = vitrine.open(root).decisions()
    assert decisions["act"].tolist() == ["relabel", "remove", "remove", "undo"]
    assert decisions["stands"].tolist() == [True, True, False, False]
    assert decisions["label_after"].tolist()[0] == "gannet"


def test_datasets_and_classes(root) -> None:
    opened = vitrine.open(root)
    datasets = opened.datasets().set_index("dataset")
    assert datasets.loc["birds", ["n_images", "n_removed", "n_missing"]].tolist() == [3, 1, 1]
    assert opened.classes("birds")[["index", "name", "given_name"]].values.tolist() == [
        [0, "crow", "crow"],
        [1, "gannet", "ganet"],
    ]


def test_results_are_of_the_newest_finished_run_or_of_the_named_one(judged) -> None:
    runs = judged.runs("birds")
    assert runs["kind"].tolist() == ["label-issues"] * 3 + ["detect"]
    first, second, unfinished, detection = runs["run_id"].tolist()
    issues = judged.issues("birds")
    assert set(issues["run_id"]) == {second} and issues["score"].tolist() == [0.5, 0.25]  # worst first
    assert issues[["path", "label", "suggested"]].values.tolist() == [
        ["a.png", "gannet", "crow"],
        ["c.png", "crow", "gannet"],
    ]
    predictions = judged.predictions()
    assert set(predictions["run_id"]) == {second}
    assert predictions["predicted"].tolist() == ["crow", "crow"] and predictions["confidence"].tolist() == [0.75, 0.5]
    assert predictions["probabilities"][0].tolist() == [0.75, 0.25]
    assert set(judged.issues(run=first)["run_id"]) == {first}
    assert set(judged.predictions(run=unfinished)["run_id"]) == {unfinished}
    assert judged.detections()[["run_id", "class", "x1", "y2"]].values.tolist() == [[detection, "beak", 1.0, 4.0]]


def test_what_is_not_there_is_said_with_what_is(judged) -> None:
    with pytest.raises(vitrine.NotThere, match="no dataset 'bees'. There are: 'birds', 'fish'."):
        judged.images("bees")
    with pytest.raises(vitrine.NotThere, match="no run 99"):
        judged.issues(run=99)
    assert judged.issues("fish").empty  # it is there, and nothing was found in it


def test_a_folder_without_a_workspace_is_refused_and_stays_as_it_is(tmp_path) -> None:
    with pytest.raises(vitrine.NotThere, match="There is no workspace in"):
        vitrine.open(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_workspace_is_a_sentence(tmp_path) -> None:
    (tmp_path / "vitrine.duckdb").write_text("no database")
    with pytest.raises(vitrine.Unreadable, match="cannot be read as a workspace"):
        vitrine.open(tmp_path)
    (tmp_path / "vitrine.duckdb").unlink()
    duckdb.connect(str(tmp_path / "vitrine.duckdb")).close()
    with pytest.raises(vitrine.Unreadable, match="cannot be read as a workspace"):
        vitrine.open(tmp_path)


@pytest.mark.parametrize(("change", "sentence"), [("-", "by an earlier Vitrine"), ("+", "by a newer Vitrine")])
def test_a_workspace_of_another_version_is_refused_and_not_changed(workspace, change, sentence) -> None:
    workspace.close()
    file = workspace.root / "vitrine.duckdb"
    with duckdb.connect(str(file)) as connection:
        newest = "(SELECT max(number) FROM migration)"
        if change == "+":
            connection.execute(
                f"INSERT INTO migration SELECT number + 1, 'later', applied_at FROM migration WHERE number = {newest}"
            )
        else:
            connection.execute(f"DELETE FROM migration WHERE number = {newest}")
    before = file.read_bytes()
    with pytest.raises(vitrine.Unreadable, match=sentence):
        vitrine.open(workspace.root)
    assert file.read_bytes() == before


def test_a_damaged_log_is_said_and_not_passed_over(root, tmp_path) -> None:
    copy = shutil.copytree(root, tmp_path / "w")
    assert reading.LOG_BEGINS == workspace_file._LOG_BEGINS
    (copy / "vitrine.duckdb.wal").write_bytes(b"no log at all")
    with pytest.raises(vitrine.Unreadable, match="wal is damaged. `vitrine open"):
        vitrine.open(copy)


def test_what_a_killed_owner_left_in_the_log_is_read(workspace, tmp_path) -> None:
    new_dataset(workspace)
    copy = shutil.copytree(workspace.root, tmp_path / "copy")  # as a kill would leave it
    assert (copy / "vitrine.duckdb.wal").stat().st_size
    before = (copy / "vitrine.duckdb.wal").read_bytes()
    assert vitrine.open(copy).datasets()["dataset"].tolist() == ["birds"]
    assert (copy / "vitrine.duckdb.wal").read_bytes() == before


def test_reading_changes_nothing_and_keeps_nobody_out(workspace) -> None:
    workspace.close()
    before = (workspace.root / "vitrine.duckdb").read_bytes()
    opened = vitrine.open(workspace.root)
    opened.runs()
    assert (workspace.root / "vitrine.duckdb").read_bytes() == before and not opened.is_copy
    with contextlib.closing(open_workspace(workspace.root)):  # the file is free again
        pass


def test_without_an_owner_a_table_is_as_the_file_is_now(workspace) -> None:
    workspace.close()
    opened = vitrine.open(workspace.root)
    assert opened.datasets().empty and not opened.refresh()
    with contextlib.closing(open_workspace(workspace.root)) as again:
        new_dataset(again)
    assert opened.datasets()["dataset"].tolist() == ["birds"]
    assert opened.refresh() and not opened.refresh()


HOLD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from jobs.engine.supervisor import Supervisor
from store.connection import open_workspace
from store.datasets import ensure_dataset
workspace = open_workspace(Path(sys.argv[2]))
supervisor = Supervisor(workspace)
supervisor.run_in_background()
print("open", flush=True)
for line in sys.stdin:
    ensure_dataset(workspace, line.strip(), root="/pictures/" + line.strip(), task="single", layout="classes")
    print("done", flush=True)
supervisor.stop()
workspace.close()
"""


@pytest.mark.long
def test_while_another_process_owns_the_workspace_a_copy_is_read_and_renewed(workspace) -> None:
    workspace.close()
    command = [sys.executable, "-c", HOLD, str(PROJECT), str(workspace.root)]
    owner = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert owner.stdout.readline() == "open\n"

        def add(name: str) -> None:
            owner.stdin.write(f"{name}\n")
            owner.stdin.flush()
            assert owner.stdout.readline() == "done\n"

        add("ants")
        opened = vitrine.open(workspace.root)
        assert opened.is_copy and opened.datasets()["dataset"].tolist() == ["ants"]
        assert not opened.refresh()
        add("bees")
        assert opened.datasets()["dataset"].tolist() == ["ants"]  # as of the copy
        assert opened.refresh()
        assert opened.datasets()["dataset"].tolist() == ["ants", "bees"]
    finally:
        owner.stdin.close()
        owner.stdout.close()
        owner.wait(timeout=60)
    assert opened.refresh() and not opened.is_copy  # the file is free, and was closed
    assert opened.datasets()["dataset"].tolist() == ["ants", "bees"]


ROOMS = ("analytics", "cli", "evidence", "figures", "importers", "jobs", "models", "pages", "service", "store")


def test_nothing_of_ours_but_its_name_comes_into_the_process_that_reads(root, tmp_path) -> None:
    """Not even where the folder it works in has modules of those names: they stay the person's own."""
    for name in ROOMS:
        (tmp_path / f"{name}.py").write_text("WHOSE = 'mine'\n")
    program = f"""
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("vitrine", {str(PROJECT / "vitrine" / "__init__.py")!r},
    submodule_search_locations=[{str(PROJECT / "vitrine")!r}])
vitrine = sys.modules["vitrine"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(vitrine)
opened = vitrine.open({str(root)!r})
n = len(opened.images()) + len(opened.vectors().ids)
taken = sorted({{name.split(".")[0] for name in sys.modules}} & {{*{ROOMS!r}}})
import models, store
print(json.dumps([n, taken, models.WHOSE, store.WHOSE, [path for path in sys.path if path == {str(PROJECT)!r}]]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [8, [], "mine", "mine", []]


def test_the_version_is_said_in_one_way() -> None:
    import tomllib

    from jobs.engine.version import VERSION

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert vitrine.__version__ == VERSION == project["version"]


def test_the_command_is_run_by_its_file() -> None:
    assert reading.COMMAND[-1] == str(PROJECT / "vitrine" / "command.py")
