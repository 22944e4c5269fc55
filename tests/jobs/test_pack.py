"""A packed job runs where nothing of the workspace is, and its results come back whole."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cli.main import main
from jobs.engine.errors import PackRefused
from jobs.engine.folder import all_job_folders, job_folder
from jobs.engine.pack import unpack


@pytest.fixture
def words(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(5):
        Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    words = ["--workspace", str(tmp_path / "w")]
    assert main(["import", str(folder), *words, "--name", "noise"]) == 0
    return words


def held_job(tmp_path, words):
    assert main(["run", "embed", "--dataset", "noise", "--hold", *words]) == 0
    (folder,) = [folder for folder in all_job_folders(tmp_path / "w") if folder.spec().kind == "embed"]
    return folder.path.name


def last_line(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.mark.long
def test_a_job_computed_elsewhere_fills_the_workspace_it_came_from(tmp_path, words, capsys):
    job = held_job(tmp_path, words)
    packed = tmp_path / "job.zip"
    assert main(["pack", job, "--output", str(packed), *words]) == 0
    assert last_line(capsys)["pictures"] == 5
    elsewhere = tmp_path / "elsewhere"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(elsewhere)
    assert str(tmp_path) not in (elsewhere / "job" / "spec.json").read_text()
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-m", "jobs.engine.worker", "job"], cwd=elsewhere, env=clean, check=True, timeout=240
    )
    results = tmp_path / "results.zip"
    with zipfile.ZipFile(results, "w") as archive:
        for path in (elsewhere / "job" / "segments").glob("*.parquet"):
            archive.write(path, f"job/segments/{path.name}")
    capsys.readouterr()
    assert main(["unpack", str(results), "--job", job, *words]) == 0
    assert last_line(capsys) == {"job": job, "segments": 1, "state": "done"}
    assert main(["unpack", str(results), "--job", job, *words]) == 0  # a second time harms nothing
    assert main(["run", "embed", "--dataset", "noise", *words]) == 0
    assert last_line(capsys)["n_vectors"] == 5


@pytest.mark.long
def test_a_held_job_waits_until_it_is_resumed_or_packed(tmp_path, words, capsys):
    job = held_job(tmp_path, words)
    assert last_line(capsys)["state"] == "held"
    assert job_folder(tmp_path / "w", job).worker() is None


@pytest.mark.long
def test_a_zip_without_results_is_refused_and_leaves_nothing(tmp_path, words):
    job = held_job(tmp_path, words)
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("../../job/segments/x.parquet", "x")
    with pytest.raises(PackRefused, match="holds no results"):
        unpack(tmp_path / "w", empty, job)
    rubbish = tmp_path / "rubbish.zip"
    with zipfile.ZipFile(rubbish, "w") as archive:
        archive.writestr("job/segments/000000.parquet", "this is no parquet")
    with pytest.raises(PackRefused, match="cannot be unpacked"):
        unpack(tmp_path / "w", rubbish, job)
    (tmp_path / "no.zip").write_bytes(b"no")
    with pytest.raises(PackRefused, match="cannot be unpacked"):
        unpack(tmp_path / "w", tmp_path / "no.zip", job)
    assert not (job_folder(tmp_path / "w", job).path / "incoming").exists()


@pytest.mark.long
def test_an_active_job_is_not_packed(tmp_path, words, capsys):
    job = held_job(tmp_path, words)
    folder = job_folder(tmp_path / "w", job)
    folder.write_state({**folder.state(), "state": "running"})
    assert main(["pack", job, "--output", str(tmp_path / "x.zip"), *words]) == 1
    assert "cancel it first" in capsys.readouterr().err
    assert not (Path(tmp_path) / "x.zip").exists()
