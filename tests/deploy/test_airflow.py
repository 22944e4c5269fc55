"""The daily DAG on a real Airflow: a good day, a task that is killed, the day repeated, a day with a broken category.

Two runs of the DAG show the four: in the first, one category's embedding is killed; the second is the same day again,
with a third category that holds a broken file.
"""

import ast
import contextlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.export_vectors.kind import MARKER
from store.connection import Workspace, open_workspace
from store.datasets import find_dataset
from store.gates import latest_gates
from store.runs import FinishedRun, finished_runs
from store.vectors import list_spaces, read_vectors
from tests.support.airflow import DAGS, Airflow, Run

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(1800)]
DAY = "2026-11-30"
N = 24


@pytest.fixture(scope="module")
def airflow(tmp_path_factory) -> Airflow:
    return Airflow(tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def first(airflow) -> Run:
    for number, category in enumerate(("birds", "cats")):
        draw(airflow.folder / "source" / category, seed=number)
    airflow.kill_once("cats")
    return airflow.run_day(DAY)


@pytest.fixture(scope="module")
def target_after_first(airflow, first) -> dict[str, tuple[int, bytes]]:
    return files_of(airflow.folder / "target")


@pytest.fixture(scope="module")
def second(airflow, target_after_first) -> Run:
    draw(airflow.folder / "source" / "fish", seed=2)
    (airflow.folder / "source" / "fish" / "bright" / "00.png").write_bytes(b"no picture")
    return airflow.run_day(DAY)


@pytest.fixture
def workspace(airflow):
    """The workspace as the runs that a test asks for have left it."""
    with contextlib.closing(open_workspace(airflow.workspace)) as opened:
        yield opened


def draw(folder: Path, *, seed: int) -> None:
    """Twenty-four pictures in two classes that a network tells apart."""
    rng = np.random.default_rng(seed)
    for name, low in (("bright", 128), ("dark", 0)):
        (folder / name).mkdir(parents=True)
        for i in range(N // 2):
            blocks = rng.integers(low, low + 128, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(blocks).resize((64, 64)).save(folder / name / f"{i:02}.png")


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """When each file was written, and its bytes."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def runs_of(workspace: Workspace, category: str, kind: str) -> list[FinishedRun]:
    return finished_runs(workspace, find_dataset(workspace, category).id, kind=kind, of=FinishedRun)


def test_the_dag_says_when_it_runs_how_often_it_tries_and_that_one_task_has_the_file(airflow) -> None:
    facts = airflow.dag_facts()
    assert facts["timetable"] == ["0 7 * * *", "Europe/Vienna"]
    assert (facts["catchup"], facts["max_active_runs"]) == (False, 1)
    tasks = facts["tasks"]
    with_pool = {name for name, task in tasks.items() if task["pool"] == "vitrine"}
    assert with_pool == tasks.keys() - {"find_categories", "taken_in", "summary"}
    assert all(task["retries"] == (1 if "verify" in name else 3) for name, task in tasks.items())
    assert all(task["backs_off"] for task in tasks.values())
    assert '"slots": 1' in (DAGS / "pools.json").read_text()


def test_a_good_day_ends_with_parts_and_a_report_at_the_target(airflow, first, target_after_first) -> None:
    assert first.status == 0, first.log[-4000:]
    assert first.summary["n_done"] == 2 and all(one["done"] for one in first.summary["categories"].values())
    for category in ("birds", "cats"):
        folder = airflow.folder / "target" / DAY / category
        manifest = json.loads((folder / "vectors" / MARKER).read_text())
        assert (manifest["n_vectors"], len(manifest["files"])) == (N, 1)
        assert "<html" in (folder / "report.html").read_text(encoding="utf-8")[:2000].lower()
        assert len((folder / "SHA256SUMS").read_text().splitlines()) == 3


def test_a_killed_task_is_tried_again_and_every_picture_has_one_vector(airflow, first, workspace) -> None:
    assert (airflow.folder / "killed").read_text() == "cats"
    assert first.summary["categories"]["cats"]["done"]
    (space,) = list_spaces(workspace, find_dataset(workspace, "cats").id)
    ids, vectors = read_vectors(workspace, space)
    assert len(set(ids.tolist())) == len(ids) == N and np.isfinite(vectors).all()
    statement = (
        "SELECT state FROM job JOIN dataset ON dataset.id = job.dataset_id WHERE kind = 'embed' AND name = 'cats'"
    )
    assert {"done", "interrupted"} == set(workspace.read_text(statement)["state"].to_pylist())


def test_a_repeated_day_does_nothing_to_what_was_done(airflow, first, second, target_after_first, workspace) -> None:
    now = files_of(airflow.folder / "target")
    assert {name: now[name] for name in target_after_first} == target_after_first
    for category in ("birds", "cats"):
        assert second.summary["categories"][category]["done"]
        assert len(runs_of(workspace, category, "label-issues")) == len(runs_of(workspace, category, "report")) == 1
        assert workspace.read_text(
            "SELECT count(DISTINCT run_id) AS n FROM image WHERE dataset_id = $id",
            id=find_dataset(workspace, category).id,
        )["n"].to_pylist() == [1]


def test_a_broken_category_fails_by_its_gate_and_the_others_finish(airflow, second, workspace) -> None:
    assert second.status != 0
    assert second.summary["n_done"] == 2
    assert second.summary["categories"]["fish"]["failed"] == "verify_import"
    assert "import.failures: Files not taken in: 4.17 % (1), at most 1 %. First: bright/00.png" in second.log
    failed = [gate.gate for gate in latest_gates(workspace, find_dataset(workspace, "fish").id) if not gate.passed]
    assert failed == ["import.failures"]
    assert not (airflow.folder / "target" / DAY / "fish").exists()


def test_the_dag_imports_nothing_of_ours_and_names_no_path() -> None:
    tree = ast.parse((DAGS / "vitrine_daily.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    rooms = {name.partition(".")[0] for name in imported}
    assert rooms - sys.stdlib_module_names == {"airflow", "pendulum"}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [text for text in texts if text.startswith(("/", "~", "s3://")) and text not in ("/", "s3://")]
