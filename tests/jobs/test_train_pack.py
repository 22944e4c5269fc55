"""A training job computed elsewhere brings back weights, ONNX, curve and figures, and nothing that could run."""

import json
import os
import subprocess
import sys
import zipfile

import pytest
import torch
import torchvision

from jobs.engine.errors import NotNow, PackRefused
from jobs.engine.folder import job_folder
from jobs.engine.pack import pack, unpack
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from jobs.train.returned import _figures
from models.resnets import new_resnet
from store.training import list_training_runs, read_epochs
from tests.support.picture_workspace import SMALL, coloured

ONE = {**SMALL, "epochs": 1}


def held(workspace, tmp_path, **changed: object) -> tuple[Supervisor, str]:
    dataset = coloured(workspace, tmp_path / "pictures")
    supervisor = Supervisor(workspace)
    return supervisor, supervisor.start("train", dataset=dataset.name, parameters={**ONE, **changed}, hold=True)


def zipped(target, files: dict[str, bytes]):
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


@pytest.fixture(scope="module")
def segment() -> bytes:
    """A Parquet file: what is in it does not matter before it lands."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"image_id": [1]}), out)
    return out.getvalue()


@pytest.mark.long
def test_a_training_job_computed_elsewhere_comes_back_whole(workspace, tmp_path) -> None:
    supervisor, job_id = held(workspace, tmp_path, epochs=2, onnx=True)
    pack(workspace.root, job_id, tmp_path / "job.zip", report=lambda done, total: None)
    elsewhere = tmp_path / "elsewhere"
    with zipfile.ZipFile(tmp_path / "job.zip") as archive:
        archive.extractall(elsewhere)
    said = (elsewhere / "README.txt").read_text()
    assert "zip -r results.zip job/segments job/best.pt job/model.onnx job/curve.json job/done.json" in said
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-m", "jobs.engine.worker", "job"], cwd=elsewhere, env=clean, check=True, timeout=240
    )
    over_there = torch.load(elsewhere / "job" / "best.pt", weights_only=True)
    with zipfile.ZipFile(tmp_path / "results.zip", "w") as archive:
        for path in sorted((elsewhere / "job").rglob("*")):
            if path.suffix in (".parquet", ".pt", ".onnx", ".json") and path.name != "spec.json":
                archive.write(path, str(path.relative_to(elsewhere)))
    assert unpack(workspace.root, tmp_path / "results.zip", job_id) == 1
    assert supervisor.land(job_id) == DONE
    (run,) = list_training_runs(workspace, 1)
    done = json.loads((elsewhere / "job" / "done.json").read_text())
    for name in ("test_balanced_accuracy", "n_train", "classes", "best_epoch", "images_per_second"):
        assert run.figures[name] == done[name]
    assert [epoch.epoch for epoch in read_epochs(workspace, run_id=run.run_id)] == [1, 2]
    kept = workspace.root / "models" / f"run-{run.run_id}"
    network = torchvision.models.resnet18(num_classes=3)
    network.load_state_dict(torch.load(kept / "best.pt", weights_only=True))
    assert all(torch.equal(value, over_there[name]) for name, value in network.state_dict().items())
    assert (kept / "model.onnx").stat().st_size > 1_000_000


@pytest.mark.long
def test_what_a_zip_brings_is_refused_unless_it_is_what_was_ordered(workspace, tmp_path, segment) -> None:
    _, job_id = held(workspace, tmp_path)

    class Evil:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"fc.weight": Evil()}, tmp_path / "evil.pt")
    torch.save(new_resnet("resnet34", n_classes=3).state_dict(), tmp_path / "other.pt")
    torch.save(new_resnet("resnet18", n_classes=4).state_dict(), tmp_path / "four.pt")
    folder = job_folder(workspace.root, job_id).path
    for files, message in (
        ({"job/best.pt": (tmp_path / "evil.pt").read_bytes()}, "holds code or objects"),
        ({"job/best.pt": (tmp_path / "other.pt").read_bytes()}, "does not fit torchvision/resnet18"),
        ({"job/best.pt": (tmp_path / "four.pt").read_bytes()}, "another number of classes"),
        ({"job/best.pt": (tmp_path / "four.pt").read_bytes()[:9000]}, "damaged"),
        ({"job/model.onnx": b"\xff\xfeno graph"}, "no ONNX file"),
        ({"job/curve.json": b'{"epochs": [{"epoch": "<b>"}]}'}, "no learning curve"),
    ):
        archive = zipped(tmp_path / "r.zip", {"job/segments/000000.parquet": segment, **files})
        with pytest.raises(PackRefused, match=message):
            unpack(workspace.root, archive, job_id)
        assert not {path.name for path in folder.iterdir()} & {"best.pt", "model.onnx", "incoming", "brought"}
    assert not (tmp_path / "ran").exists()


def test_files_of_other_names_stay_in_the_zip_and_large_ones_out(workspace, tmp_path, segment) -> None:
    _, job_id = held(workspace, tmp_path)
    named = {"job/segments/000000.parquet": segment, "job/spec.json": b"{}", "job/../../evil.pt": b"x"}
    before = (job_folder(workspace.root, job_id).path / "spec.json").read_bytes()
    assert unpack(workspace.root, zipped(tmp_path / "r.zip", {**named, "best.pt": b"x"}), job_id) == 1
    folder = job_folder(workspace.root, job_id).path
    assert (folder / "spec.json").read_bytes() == before and not (folder / "best.pt").exists()
    assert not list(tmp_path.rglob("evil.pt"))
    said = json.loads((folder / "elsewhere.json").read_text())
    assert said["notes"] == ["Computed elsewhere; its weights were not brought back."]
    large = zipped(tmp_path / "l.zip", {"job/segments/000000.parquet": segment, "job/done.json": b" " * (9 << 20)})
    with pytest.raises(PackRefused, match="are the most"):
        unpack(workspace.root, large, job_id)


def test_figures_from_elsewhere_are_numbers_and_short_texts_under_known_names() -> None:
    kept = {
        "n_test": 4,
        "test_balanced_accuracy": 0.5,
        "classes": ["a"],
        "test_recalls": [None, 0.5],
        "device": "cuda:0",
    }
    wrong = {
        "n_train": "<script>",
        "run_id": 7,
        "notes": [{"a": 1}],
        "precision": "x" * 900,
        "n_copy": -1,
        "chosen": True,
    }
    assert _figures({**kept, **wrong, "rate_curve": [[1e-5, 2.0], [1, "x"]]}) == kept


def test_a_job_that_runs_takes_nothing_from_a_zip(workspace, tmp_path, segment) -> None:
    _, job_id = held(workspace, tmp_path)
    folder = job_folder(workspace.root, job_id)
    folder.write_state({**folder.state(), "state": "running"})
    with pytest.raises(NotNow, match="let it end"):
        unpack(workspace.root, zipped(tmp_path / "r.zip", {"job/segments/000000.parquet": segment}), job_id)
