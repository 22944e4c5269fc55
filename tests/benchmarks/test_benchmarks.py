"""Every benchmark runs at a tiny size, as benchmarks/run.sh starts it, from another folder, to a table of figures."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.support.runs import RUNS
from tests.support import ray_nodes
from tests.support.places import PROJECT
from tests.support.weed import weed_program

SCRIPTS = sorted(path.stem for path in (PROJECT / "benchmarks").glob("*.py") if path.stem != "__init__")
QUICK = {run.script for run in RUNS if run.is_quick}
LONG = (pytest.mark.long, pytest.mark.timeout(1800))
NEEDS_STORE, NEEDS_RAY = {"bucket_import"}, {"ray_overhead"}
INSERT = re.compile(r"INSERT\s+(?:OR\s+\w+\s+)?INTO\s+[\w{}]+\s+(?!\(|BY\s+NAME)\S+", re.IGNORECASE)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of eight small pictures."""
    folder = tmp_path_factory.mktemp("drawn") / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(8):
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(folder / f"{i}.jpg")
    return folder


def tables(text: str) -> list[list[list[str]]]:
    """The rows of each Markdown table in `text`, its head first; raises ValueError where a row is not as long as it."""
    found: list[list[list[str]]] = []
    before = ""
    for line in text.splitlines():
        if line.startswith("|") and not set(line) <= set("|-"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found = found if before.startswith("|") else [*found, []]
            found[-1].append(cells)
            if len(cells) != len(found[-1][0]):
                raise ValueError(f"{line} has not as many cells as its table's head")
        before = line
    return found


def test_every_benchmark_is_run_once() -> None:
    assert sorted(run.script for run in RUNS) == SCRIPTS


@pytest.mark.parametrize("script", [pytest.param(script, marks=() if script in QUICK else LONG) for script in SCRIPTS])
@pytest.mark.long
def test_a_tiny_run_prints_its_figures(script: str, pictures: Path, tmp_path: Path) -> None:
    if script in NEEDS_STORE and weed_program() is None:
        pytest.skip("the store is missing: no program weed (make test-stores, or name it with VITRINE_WEED)")
    if script in NEEDS_RAY and not ray_nodes.is_there():
        pytest.skip("Ray is missing (make test-ray installs it, in an environment of its own)")
    run = [PROJECT / "benchmarks" / "run.sh", sys.executable, "--size", "tiny", "--pictures", pictures]
    done = subprocess.run([*run, "--only", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = tables(done.stdout)
    assert found, done.stdout
    for head, *rows in found:
        assert rows, f"no figures below {head}"
        assert all(any(re.search(r"\d", cell) for cell in row[1:]) for row in rows), rows
    assert not [path for path in tmp_path.iterdir()], "it leaves something where it was started"


@pytest.mark.parametrize("folder", ["benchmarks", "tests/support"])
def test_inserts_name_their_columns(folder: str) -> None:
    by_position = [
        f"{path.relative_to(PROJECT)}: {found.group()}"
        for path in sorted((PROJECT / folder).rglob("*.py"))
        for found in INSERT.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not by_position, f"a later migration breaks them: {by_position}"


@pytest.mark.parametrize(
    ("text", "is_by_position"),
    [
        ("INSERT INTO image SELECT 1", True),
        ("INSERT INTO class_name\n    VALUES (1, 2)", True),
        ("insert or replace into run values (1)", True),
        ("INSERT INTO image (id) SELECT 1", False),
        ("INSERT INTO {table}\n    (id, name) VALUES (1, 'a')", False),
        ("INSERT INTO image BY NAME SELECT 1 AS id", False),
    ],
)
def test_an_insert_by_position_is_seen(text: str, is_by_position: bool) -> None:
    assert bool(INSERT.search(text)) is is_by_position
