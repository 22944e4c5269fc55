"""Jobs in parts: rows are divided without loss, a part has its own rows and inputs, figures add up, rows land once."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from jobs.engine.backends import checked_backend, ray_address, why_whole
from jobs.engine.errors import NotInParts, UnknownParameter
from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.kinds import all_kinds, load_kind
from jobs.engine.on_ray_part import compute_part
from jobs.engine.parts import (
    InParts,
    Part,
    PartDone,
    attempts_path,
    clear_parts,
    divided,
    done_in,
    lay_out_part,
    rows_of,
    whole_figures,
)
from jobs.engine.spec import JobSpec
from jobs.engine.supervisor import Supervisor
from jobs.engine.underway import CRASHES, Crashes
from store.detections import list_detection_runs, object_rows
from tests.support.detected_workspace import dataset_of, picture_folder, write_onnx

SPEC = JobSpec("embed-000001", "embed", 1, "a", "/p", "/w", {}, "me", 1, "0", 0, "now", first_segment=7, on="ray")


@given(some.integers(1, 200_000), some.integers(1, 5_000), some.integers(0, 300))
def test_every_row_is_in_one_part(n_rows: int, most: int, n_slots: int) -> None:
    parts = divided(n_rows, most=most, n_slots=n_slots)
    assert [part.number for part in parts] == list(range(len(parts)))
    assert parts[0].first == 0 and sum(part.n_rows for part in parts) == n_rows
    assert all(one.first + one.n_rows == other.first for one, other in zip(parts, parts[1:], strict=False))
    assert all(0 < part.n_rows <= most for part in parts)


def test_a_small_job_is_divided_among_all_that_compute() -> None:
    assert [part.n_rows for part in divided(320, most=1024, n_slots=4)] == [20] * 16
    assert len(divided(10, most=1024, n_slots=64)) == 1  # to start a process for a picture or two is no gain


@pytest.fixture
def job(tmp_path) -> JobFolder:
    """A job of 10,000 rows, in three groups of its file, with an array that has a row for each."""
    folder = JobFolder(tmp_path / "embed-000001")
    folder.create(SPEC, pa.table({"image_id": pa.array(range(10_000), pa.int64())}))
    np.save(folder.path / "vectors.npy", np.arange(20_000).reshape(-1, 2))
    (folder.path / "about.json").write_text("{}")
    return folder


def test_a_part_has_its_rows_and_its_rows_of_every_array(job) -> None:
    part = Part(3, 4_000, 500)  # over the border of two groups
    how = InParts(rows=500, sums=(), shared=("about.json", "none.npy"), by_row=("vectors.npy",))
    Crashes(frozenset({4_100})).write(job)
    laid = lay_out_part(job, part, how)
    ids = pa.concat_tables(laid.todo())["image_id"].to_pylist()
    assert ids == list(range(4_000, 4_500)) == rows_of(job, part)["image_id"].to_pylist()
    assert np.array_equal(np.load(laid.path / "vectors.npy"), np.arange(8_000, 9_000).reshape(-1, 2))
    assert (laid.path / "about.json").read_text() == "{}" and (laid.path / CRASHES).is_file()
    spec = laid.spec()
    assert (spec.on, spec.first_segment, spec.n_todo) == ("", 0, 500)  # else it would be divided once more
    assert lay_out_part(job, part, how).path != laid.path
    clear_parts(job, 3)
    assert not attempts_path(job, 3).exists() and job.todo_path.exists()


def test_figures_of_parts_become_those_of_the_whole() -> None:
    how = InParts(rows=1, sums=("n_failed",), means=("mean_confidence",), rate="images_per_second", seconds="took")
    done = [
        PartDone(40, {"n_failed": 10, "mean_confidence": 0.5, "backend": "x", "seconds": 3.0, "published": 2}),
        PartDone(10, {"n_failed": 0, "mean_confidence": 0.9, "backend": "x", "seconds": 5.0, "published": 1}),
        PartDone(50, {"n_failed": 50, "mean_confidence": None, "backend": "x", "seconds": 5.0, "published": 1}),
    ]
    assert whole_figures(done, how, seconds=4.0) == {
        "n_failed": 60,
        "mean_confidence": 0.6,  # (30 * 0.5 + 10 * 0.9) / 40
        "images_per_second": 25.0,
        "took": 4.0,
        "backend": "x",
    }


@pytest.mark.parametrize("on", ["raya", "ray:", "ray://", "ray://host", "ray://a b:1", "ray://h:1/../x", "http://h:1"])
def test_what_is_no_cluster_is_refused_in_words(on) -> None:
    with pytest.raises(UnknownParameter, match="ray://HOST:PORT"):
        checked_backend(on, load_kind("embed"), load_kind("embed").read({}))


def test_where_a_job_is_computed_is_this_machine_unless_told() -> None:
    embed = load_kind("embed")
    assert checked_backend(" ", embed, embed.read({})) == ""
    assert ray_address("ray") is None and ray_address("ray://10.0.0.7:6379") == "10.0.0.7:6379"


@pytest.mark.parametrize(
    ("kind", "parameters", "because"),
    [
        ("export", {}, "whole or not at all"),
        ("neighbours", {}, "all rows at once"),
        ("projection", {}, "all rows at once"),
        ("label-issues", {}, "all rows at once"),
        ("embed", {"trial": 4}, "a trial"),
        ("detect", {"model": "coco-file"}, "marked before"),
    ],
)
def test_what_is_computed_whole_is_refused_with_the_reason(workspace, kind, parameters, because) -> None:
    with pytest.raises(NotInParts, match=because):
        Supervisor(workspace).start(kind, dataset="a", parameters=parameters, on="ray", trusted=True)


def test_without_ray_an_order_for_it_says_how_to_get_it(workspace, monkeypatch) -> None:
    monkeypatch.setattr("jobs.engine.backends.is_ray_installed", lambda: False)
    with pytest.raises(NotInParts, match=r"vitrine\[ray\]"):
        Supervisor(workspace).start("embed", dataset="a", on="ray")


def test_kinds_in_parts_are_those_whose_rows_need_no_other() -> None:
    able = {name for name, kind in all_kinds().items() if kind.in_parts is not None}
    assert able == {"import", "embed", "detect", "zero-shot", "attributes"}
    assert not why_whole(load_kind("embed"), load_kind("embed").read({}))


@pytest.fixture
def detection(workspace, tmp_path, monkeypatch):
    """A prepared detection of 20 pictures, as for a cluster; with the workspace's supervisor."""
    monkeypatch.setattr("jobs.engine.backends.is_ray_installed", lambda: True)
    sizes = {f"{number:02}.png": (64, 32) for number in range(20)}
    dataset = dataset_of(workspace, picture_folder(tmp_path / "p", sizes))
    supervisor = Supervisor(workspace)
    weights = {"weights": str(write_onnx(tmp_path / "a.onnx"))}
    job_id = supervisor.start("detect", dataset=dataset.name, parameters=weights, hold=True, trusted=True, on="ray")
    return supervisor, job_folder(workspace.root, job_id)


def test_parts_that_are_computed_twice_land_once(workspace, detection) -> None:
    supervisor, folder = detection
    assert folder.spec().on == "ray"
    incoming = folder.path / "incoming"
    incoming.mkdir()
    for part in divided(20, most=8, n_slots=0):
        compute_part(str(folder.path), part, n_cores=1, node="lost")  # what it wrote is there, and nobody asks for it
        ending = compute_part(str(folder.path), part, n_cores=1, node="n1")
        assert ending["how"] == "done" and ending["node"] == "n1"
        assert done_in(folder, [part.number])[0] == part.n_rows
        attempt = JobFolder(attempts_path(folder, part.number) / ending["attempt"])
        for n, path in attempt.segments():
            path.rename(incoming / f"{part.number:03d}-{n}.parquet")
    assert supervisor.land(folder.path.name) == "done"
    run = list_detection_runs(workspace, supervisor.job(folder.path.name).dataset_id)[0]
    assert run.figures["n_looked_at"] == 20
    rows = object_rows(workspace, 1, run_id=run.run_id, score=0)
    assert len(set(rows["path"].to_pylist())) == 20 and rows.num_rows == 40


def test_a_node_that_does_not_see_the_workspace_or_the_pictures_says_so(detection, tmp_path) -> None:
    _, folder = detection
    part = Part(0, 0, 8)
    assert "does not see" in compute_part(str(tmp_path / "none"), part, n_cores=1, node="n1")["reason"]
    (tmp_path / "p").rename(tmp_path / "elsewhere")
    ending = compute_part(str(folder.path), part, n_cores=1, node="n1")
    assert ending["how"] == "failed" and "the pictures have to lie" in ending["reason"]  # no 8 failed rows
    folder.create(dataclasses.replace(folder.spec(), code_version="0.0.1+abc"), pa.table({"image_id": [1]}))
    assert "0.0.1" in compute_part(str(folder.path), part, n_cores=1, node="n1")["reason"]


def test_a_part_that_cannot_be_done_says_why_once_and_for_all(detection, tmp_path) -> None:
    _, folder = detection
    (tmp_path / "a.onnx").write_bytes(b"no network")
    ending = compute_part(str(folder.path), Part(0, 0, 8), n_cores=1, node="n1")
    assert ending["how"] == "failed" and ending["cannot"] and "a.onnx" in ending["reason"]


def test_a_packed_job_is_computed_where_it_is_unpacked(detection, workspace, tmp_path) -> None:
    import json
    import zipfile

    from jobs.engine.pack import pack

    _, folder = detection
    pack(workspace.root, folder.path.name, tmp_path / "job.zip", report=lambda done, total: None)
    with zipfile.ZipFile(tmp_path / "job.zip") as archive:
        assert json.loads(archive.read("job/spec.json"))["on"] == ""


def test_a_job_goes_on_where_it_was_or_where_it_is_told_to(detection, monkeypatch) -> None:
    monkeypatch.setattr(Supervisor, "_launch", lambda self, job: None)  # written down and not begun
    supervisor, folder = detection
    folder_id = folder.path.name
    supervisor.resume(folder_id, on="")
    assert folder.spec().on == ""
    supervisor.cancel(folder_id)
