"""Jobs on a real Ray cluster of two nodes: the same rows as this machine's own, though a node is lost in the middle."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from jobs.engine.folder import read_json
from jobs.engine.parts import PARTS
from jobs.engine.spec import CANCELLED, DONE, FAILED, JobView
from jobs.engine.supervisor import Supervisor
from store.connection import Workspace, open_workspace
from tests.support.detected_workspace import write_onnx
from tests.support.ray_nodes import Cluster, Node, running_cluster

pytestmark = [pytest.mark.ray, pytest.mark.timeout(900)]  # four processes load their networks on busy cores

N_PICTURES = 240
ENDS_WITHIN_S = 600.0
VECTORS = "SELECT path, vector FROM {space} JOIN image ON image.id = image_id ORDER BY path"
FAILURES = "SELECT path, run_failure.reason FROM run_failure JOIN image ON image.id = image_id ORDER BY path"
FAILED_VECTORS = (
    "SELECT path, failure.reason FROM run_failure AS failure JOIN image ON image.id = image_id "
    "JOIN run ON run.id = failure.run_id WHERE run.kind = 'embed' ORDER BY path"
)
IMAGES = (
    "SELECT path, sha256, phash, width, height, bytes, label, brightness, sharpness, has_thumb FROM image ORDER BY path"
)
NAMED = "SELECT path, probabilities, fold FROM prediction JOIN image ON image.id = image_id ORDER BY path"
ANSWERS = "SELECT path, share FROM attribute_value JOIN image ON image.id = image_id ORDER BY path"
OBJECTS = (
    "SELECT path, class_index, score, x1, y1, x2, y2, area FROM detection JOIN image ON image.id = image_id "
    "ORDER BY path, class_index, score, x1"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("ray")) as running:
        yield running


@pytest.fixture
def two_nodes(cluster) -> Node:
    """The second node of the cluster, started again where a test has lost it."""
    if cluster.nodes[-1].process.poll() is not None:
        cluster.add_node()
    return cluster.nodes[-1]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """Pictures in two class folders: animals where they are at hand, else noise; one is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    named = os.environ.get("VITRINE_DS801")
    animals = sorted((Path(named) / "imgs").glob("*.jpg"))[:N_PICTURES] if named else []
    rng = np.random.default_rng(7)
    for number in range(N_PICTURES):
        path = folder / ("cat", "dog")[number % 2] / f"{number:04d}.jpg"
        path.parent.mkdir(exist_ok=True)
        if animals:
            shutil.copyfile(animals[number], path)
        else:
            Image.fromarray(rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)).save(path)
    (folder / "cat" / "broken.jpg").write_bytes(b"\xff\xd8no picture")
    return folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory, pictures) -> Path:
    """A closed workspace in which this machine has imported the pictures."""
    root = tmp_path_factory.mktemp("local") / "w"
    with opened(root) as workspace:
        run(workspace, "import", folder=str(pictures))
    return root


@pytest.fixture(scope="module")
def embedded(tmp_path_factory, bare, pictures) -> Path:
    """A copy of it in which this machine has embedded them."""
    root = shutil.copytree(bare, tmp_path_factory.mktemp("embedded") / "w")
    with spoilt(pictures), opened(root) as workspace:
        run(workspace, "embed")
    return root


@pytest.fixture
def imported(bare, tmp_path) -> Iterator[Workspace]:
    """An open workspace in which the pictures are imported, and nothing else is done."""
    with opened(shutil.copytree(bare, tmp_path / "w")) as workspace:
        yield workspace


def ask_and_detect(workspace: Workspace, onnx: Path, *, on: str = "") -> list[JobView]:
    """Name, ask and detect."""
    return [
        run(workspace, "zero-shot", on=on),
        run(workspace, "attributes", on=on, name="wild", **{"with": "a wild animal", "without": "a pet"}),
        run(workspace, "detect", on=on, weights=str(onnx), score_floor=0.0),
    ]


@contextlib.contextmanager
def spoilt(pictures: Path) -> Iterator[None]:
    """A picture cannot be read any more, for so long."""
    path = pictures / "dog" / "0005.jpg"
    kept = path.read_bytes()
    path.write_bytes(b"\xff\xd8spoilt")
    yield
    path.write_bytes(kept)


@contextlib.contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    workspace = open_workspace(root)
    try:
        yield workspace
    finally:
        workspace.close()


def run(workspace: Workspace, kind: str, *, on: str = "", **parameters: object) -> JobView:
    """A job by a worker of its own, to its end."""
    supervisor = Supervisor(workspace)
    job = supervisor.start(kind, dataset="animals", parameters=parameters, trusted=True, on=on)
    view = ended(supervisor, job)
    assert view.state == DONE, f"{view.message}\n{supervisor.log_of(job)}"
    return view


def ended(supervisor: Supervisor, job: str, *, meanwhile: Callable[[JobView], object] = lambda view: None) -> JobView:
    """The job at its end; meanwhile(view) is called until then."""
    began = time.monotonic()
    while (view := supervisor.job(job)).is_active:
        assert time.monotonic() - began < ENDS_WITHIN_S, supervisor.log_of(job)
        supervisor.tick()
        meanwhile(view)
        time.sleep(0.05)
    return view


def rows(workspace: Workspace, statement: str) -> pa.Table:
    return workspace.read_text(statement.format(space="vector_1"))


def test_each_kind_gives_on_two_nodes_what_this_machine_gives(cluster, two_nodes, embedded, pictures, tmp_path) -> None:
    root, onnx = tmp_path / "w", write_onnx(tmp_path / "a.onnx")
    with spoilt(pictures), opened(embedded) as workspace:
        ask_and_detect(workspace, onnx)
    with opened(root) as workspace:
        jobs = [run(workspace, "import", on=cluster.on, folder=str(pictures))]
        with spoilt(pictures):
            jobs += [run(workspace, "embed", on=cluster.on), *ask_and_detect(workspace, onnx, on=cluster.on)]
        seen = {statement: rows(workspace, statement) for statement in (IMAGES, VECTORS, FAILURES, OBJECTS)}
        near = {statement: rows(workspace, statement) for statement in (NAMED, ANSWERS)}
    with opened(embedded) as workspace:
        for statement, table in seen.items():
            expected = rows(workspace, statement)
            assert expected.num_rows and table.equals(expected), statement
        for statement, table in near.items():  # of sums whose order is that of the batch
            expected = rows(workspace, statement)
            assert expected.num_rows and table["path"].equals(expected["path"])
            values = [each[each.column_names[1]].combine_chunks() for each in (table, expected)]
            flat = [each.flatten() if pa.types.is_list(each.type) else each for each in values]
            assert np.allclose(*(each.to_numpy(zero_copy_only=False) for each in flat), atol=1e-5)
    by_kind = {job.kind: job for job in jobs}
    assert by_kind["import"].figures["n_failures"] == 1
    assert by_kind["embed"].figures["n_vectors"] == N_PICTURES - 1 and by_kind["embed"].n_failed == 1
    assert all(job.figures["on"] == "Ray" for job in jobs)
    assert by_kind["embed"].figures["n_nodes"] == 2 and by_kind["embed"].figures["n_parts"] == 8
    assert not list(root.glob(f"jobs/*/{PARTS}"))  # nothing is left of the parts


def test_a_node_killed_in_the_middle_changes_no_row(cluster, two_nodes, imported, embedded, pictures) -> None:
    supervisor = Supervisor(imported)
    job = supervisor.start("embed", dataset="animals", on=cluster.on)
    folder = imported.root / "jobs" / job

    def kill_when_at_work(view: JobView) -> None:
        two_nodes.look()
        at_work = two_nodes.process.poll() is None and view.progress.done >= 30
        if at_work and any(pid in two_nodes.family for pid in computing(folder)):
            two_nodes.kill()

    with spoilt(pictures):
        view = ended(supervisor, job, meanwhile=kill_when_at_work)
    assert two_nodes.process.poll() is not None, "the node was not killed while it worked"
    assert view.state == DONE, f"{view.message}\n{supervisor.log_of(job)}"
    assert view.figures["n_again"] >= 1  # what it had in hand was begun again elsewhere
    with opened(embedded) as workspace:
        expected = [rows(workspace, statement) for statement in (VECTORS, FAILED_VECTORS)]
    found = [rows(imported, statement) for statement in (VECTORS, FAILED_VECTORS)]
    assert found[1].num_rows == 1 and found[0].num_rows == N_PICTURES - 1 == len(set(found[0]["path"].to_pylist()))
    assert [table.equals(other) for table, other in zip(found, expected, strict=True)] == [True, True]
    assert view.n_done == N_PICTURES  # each row landed once, the failed one included


def test_a_cancelled_job_keeps_its_parts_and_goes_on_where_it_is_told_to(
    cluster, two_nodes, imported, embedded
) -> None:
    supervisor = Supervisor(imported)
    job = supervisor.start("embed", dataset="animals", on=cluster.on)
    folder, cancelled = imported.root / "jobs" / job, []

    def cancel_in_the_middle(view: JobView) -> None:
        if view.progress.done > 60 and not cancelled:  # two parts at a time: one is done at least
            supervisor.cancel(job)
            cancelled.append(job)

    view = ended(supervisor, job, meanwhile=cancel_in_the_middle)
    assert view.state == CANCELLED and 0 < view.n_done < N_PICTURES
    assert not (folder / PARTS).exists() and not computing(folder)
    kept = rows(imported, VECTORS).num_rows
    supervisor.resume(job, on="")  # the rest by this machine
    view = ended(supervisor, job)
    assert view.state == DONE and view.n_todo == N_PICTURES - kept and "on" not in view.figures
    found = rows(imported, VECTORS)
    with opened(embedded) as workspace:
        expected = rows(workspace, VECTORS)
    among = found.filter(pa.compute.is_in(found["path"], value_set=expected["path"].combine_chunks()))
    assert found.num_rows == N_PICTURES and among.equals(expected)


def test_a_cluster_that_is_not_there_is_said_in_a_sentence(cluster, imported) -> None:
    supervisor = Supervisor(imported)
    host = cluster.address.partition(":")[0]
    job = supervisor.start("embed", dataset="animals", on=f"ray://{host}:1")
    view = ended(supervisor, job)
    assert view.state == FAILED and view.message.startswith(f"The Ray cluster {host}:1 cannot be joined")
    assert view.can_resume


def computing(folder: Path) -> list[int]:
    """The processes that are at work at parts of a job: their folder says which, and has no end yet."""
    marks = [path for path in folder.glob(f"{PARTS}/*/*/worker.json") if not (path.parent / "done.json").exists()]
    return [int(mark["pid"]) for mark in map(read_json, marks) if mark is not None]
