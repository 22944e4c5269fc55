"""An analysis whose command and workers are killed again and again comes to its end, and each result is there once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pytest
from PIL import Image

from jobs.engine.analysis import FOLDER, FRESH
from jobs.engine.spec import DONE
from store.workspace_file import FILE_NAME
from tests.support.browser import jobs_line
from tests.support.places import PROJECT

N_KILLS = int(os.environ.get("VITRINE_KILLS", "5"))
N_EACH = 40
RECIPE = """
[steps.embed]
[steps.neighbours]
needs = ["embed"]
parameters = { k = 10 }
[steps.duplicates]
needs = ["embed"]
[steps.medoids]
needs = ["embed"]
[steps.classifier]
kind = "train"
parameters = { model = "logistic" }
needs = ["embed"]
"""
pytestmark = pytest.mark.faults


@pytest.fixture
def pictures(tmp_path) -> Path:
    """120 pictures of three colours in three folders."""
    rng = np.random.default_rng(3)
    for name, colour in (("red", (200, 40, 40)), ("green", (40, 180, 60)), ("blue", (40, 60, 200))):
        folder = tmp_path / "pictures" / name
        folder.mkdir(parents=True)
        for n in range(N_EACH):
            cells = np.clip(rng.normal(colour, 60, (6, 6, 3)), 0, 255).astype(np.uint8)  # no two are alike
            Image.fromarray(cells).resize((96, 96)).save(folder / f"{n}.png")
    return tmp_path / "pictures"


def at_work(root: Path) -> list[psutil.Process]:
    """The workers of a workspace, and those who wait for them."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(root) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.timeout(900)
def test_an_analysis_killed_at_random_moments_has_every_result_once(tmp_path, pictures) -> None:
    root, recipe, moments = tmp_path / "w", tmp_path / "recipe.toml", random.Random(801)
    recipe.write_text(RECIPE)
    words = ["analyse", str(pictures), "--workspace", str(root), "--recipe", str(recipe)]
    order = [sys.executable, "-m", "jobs", *words]
    n_killed = 0
    for _ in range(N_KILLS):
        with (tmp_path / "log").open("ab") as log:
            command = subprocess.Popen(order, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
        time.sleep(moments.uniform(1, 10))
        victims = at_work(root)
        if n_killed % 3 == 1:  # only who waits: the workers go on by themselves
            victims = [process for process in victims if process.pid == command.pid]
        for process in victims:
            process.send_signal(signal.SIGKILL)
        n_killed += command.wait(timeout=60) == -signal.SIGKILL
    assert n_killed
    done = subprocess.run(order, cwd=PROJECT, timeout=600, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout.splitlines()[-1])["steps"]
    assert {step["state"] for step in steps.values()} <= {DONE, FRESH}, steps
    states = [json.loads(path.read_text())["state"] for path in (root / FOLDER).glob("*.json")]
    assert states.count("running") == 0
    with duckdb.connect(str(root / FILE_NAME), read_only=True) as connection:
        finished = Counter(kind for (kind,) in connection.execute(
            "SELECT kind FROM run WHERE finished_at IS NOT NULL AND kind <> 'import'"
        ).fetchall())  # fmt: skip
        counted = connection.execute("SELECT count(*), count(DISTINCT path) FROM image").fetchone()
    assert finished == dict.fromkeys(("embed", "neighbours", "duplicates", "medoids", "train"), 1)
    assert counted == (3 * N_EACH, 3 * N_EACH)


def test_the_demo_that_is_not_waited_for_is_gone_on_with_by_the_next_owner(tmp_path) -> None:
    root = tmp_path / "w"
    first = json.loads(jobs_line(root, "demo", "--no-analyse", "--no-wait").splitlines()[-1])
    assert first["state"] == "at work"
    then = json.loads(jobs_line(root, "demo", "--no-analyse").splitlines()[-1])
    assert then["analysis"] == first["analysis"] and then["steps"]["embed"]["state"] == DONE
