"""Quality gates from the order to the table: each planted fault fails its own gate, and says which rows."""

import json
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.gates import GATES
from cli.follow import follow
from jobs.engine import worker
from jobs.engine.errors import JobFailed, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import load_kind
from jobs.engine.supervisor import Supervisor
from jobs.export_vectors.kind import MARKER
from store.acting import CURATOR, LINK, Actor, acting
from store.connection import utc_now
from store.datasets import ensure_dataset, find_dataset
from store.errors import NotAllowed
from store.gates import gate_history, gate_rows, kept_limits, latest_gates, set_limits
from tests.support.exporting import draw_course_set, imported
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_random_vectors, land_these_vectors, new_dataset

N = 24


@pytest.fixture
def pets(workspace, tmp_path):
    """Twenty-four files of 100 bytes each in three classes, the first with half of them, and a vector each."""
    dataset = ensure_dataset(workspace, "pets", root=str(tmp_path / "pets"), task="single", layout="classes")
    (tmp_path / "pets").mkdir()
    names = [f"{i:02}.png" for i in range(N)]
    for name in names:
        (tmp_path / "pets" / name).write_bytes(bytes(100))
    land(workspace, dataset.id, [image_row(name, label=0 if i % 2 else 1 + i // 2 % 2) for i, name in enumerate(names)])
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name (dataset_id, index, name) SELECT 1, i, i::VARCHAR FROM range(3) AS t(i)")
        cursor.execute("UPDATE dataset SET n_files = ?, imported_at = ?", [N, utc_now()])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id), dim=6)
    return find_dataset(workspace, "pets")


def failed(job) -> dict[str, list[str]]:
    """The gates that failed, each with the paths it names."""
    return {gate["gate"]: [row["path"] for row in gate["rows"]] for gate in job.figures["failed"]}


def test_a_dataset_as_it_should_be_passes_every_gate_and_again(workspace, pets) -> None:
    first = run_job(workspace, "verify", pets.name)
    assert failed(first) == {} and first.figures["n_gates"] == first.figures["n_passed"] == 16
    second = run_job(workspace, "verify", pets.name)
    newest = latest_gates(workspace, pets.id)
    assert {gate.run_id for gate in newest} == {second.run_id} and all(gate.passed for gate in newest)
    assert len(gate_history(workspace, pets.id)) == 2 * len(newest)
    assert load_kind("verify").outcome(second) == "16 of 16 gates passed."


@pytest.mark.long  # a real import starts processes
def test_faults_of_an_import_fail_their_gates_and_name_the_files(workspace, tmp_path) -> None:
    folder = draw_course_set(tmp_path / "pets", n=N)
    names = sorted(path.name for path in (folder / "imgs").iterdir())
    (folder / "imgs" / names[0]).write_bytes(b"no picture")
    labels = json.loads((folder / "data-labels.json").read_text())
    del labels[names[1].removesuffix(".jpg")]
    labels["img_of-nothing"] = [1, 0, 0]
    (folder / "data-labels.json").write_text(json.dumps(labels))
    imported(workspace, folder, "pets")
    (folder / "imgs" / names[2]).unlink()
    os.truncate(folder / "imgs" / names[3], 10)
    job = run_job(workspace, "verify", "pets", only="import", limits=f"import.pictures={N}")
    found = failed(job)
    assert found["import.pictures"] == []
    assert found["import.failures"] == [f"imgs/{names[0]}"] and found["import.labels"] == [f"imgs/{names[1]}"]
    assert found["import.files"] == [f"imgs/{names[2]}", f"imgs/{names[3]}"]
    assert "img_of-nothing" in found["import.entries"]
    assert job.figures["measured"]["import.failures"] == pytest.approx(1 / N)
    told = {(row.gate, row.path): row.reason for row in gate_rows(workspace, job.run_id)}
    assert told["import.files", f"imgs/{names[2]}"] == "gone" and "10 bytes" in told["import.files", f"imgs/{names[3]}"]


def test_faults_of_vectors_fail_their_gates_and_name_the_pictures(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i:02}.png", label=i % 2) for i in range(12)])
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    vectors = np.random.default_rng(2).normal(size=(11, 5))
    vectors[1, 3], vectors[2], vectors[4] = np.nan, 0, vectors[3]
    land_these_vectors(workspace, dataset.id, images.slice(0, 11), vectors)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO vector_1 SELECT image_id, vector, run_id FROM vector_1 ORDER BY image_id LIMIT 1")
        cursor.execute("INSERT INTO vector_1 SELECT 999, vector, run_id FROM vector_1 ORDER BY image_id LIMIT 1")
    job = run_job(workspace, "verify", dataset.name, only="vectors")
    assert failed(job) == {
        "vectors.missing": ["11.png"],
        "vectors.repeated": ["00.png"],
        "vectors.strangers": ["999"],
        "vectors.finite": ["01.png"],
        "vectors.lengths": ["02.png"],
        "vectors.same": ["04.png"],
    }
    assert job.figures["measured"]["vectors.missing"] == pytest.approx(1 / 12)


def test_without_vectors_their_gates_fail_where_they_are_asked_for_and_are_left_out_elsewhere(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png", label=0)])
    assert failed(run_job(workspace, "verify", dataset.name, only="vectors")) == {"vectors.missing": ["a.png"]}
    assert not any(
        name.startswith("vectors") for name in run_job(workspace, "verify", dataset.name).figures["measured"]
    )


def test_shares_of_classes_are_held_against_their_limits(workspace, pets) -> None:
    job = run_job(workspace, "verify", pets.name, only="labels", limits="labels.largest=0.4,labels.smallest=7")
    sizes = job.figures["measured"]
    assert (sizes["labels.largest"], sizes["labels.smallest"]) == (0.5, 6.0)
    assert failed(job) == {"labels.largest": ["0"], "labels.smallest": ["1", "2"]}


def test_what_was_taken_in_long_ago_is_not_fresh(workspace, pets) -> None:
    with workspace.writing(pets.id) as cursor:
        cursor.execute("UPDATE dataset SET imported_at = imported_at - INTERVAL 30 HOUR")
        cursor.execute("UPDATE image SET imported_at = imported_at - INTERVAL 50 HOUR")
    job = run_job(workspace, "verify", pets.name, only="freshness", limits="freshness.import=26,freshness.newest=60")
    assert failed(job) == {"freshness.import": []}
    assert job.figures["measured"]["freshness.newest"] == pytest.approx(50, abs=0.1)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_parts_are_held_against_their_manifest(workspace, pets, tmp_path, form) -> None:
    folder = tmp_path / "parts"
    export(workspace, pets, folder, format=form)
    assert failed(verified(workspace, pets, folder)) == {}
    parts = sorted(folder.glob(f"*.{form}"))
    manifest = json.loads((folder / MARKER).read_text())
    assert [file["rows"] for file in manifest["files"]] == [10, 10, 4] and len(parts) == 3
    parts[2].rename(folder / "stranger.txt")
    shorter(parts[1])
    wrong = {
        "parts.files": [parts[2].name, "stranger.txt"],
        "parts.rows": [parts[1].name],
        "parts.columns": [parts[1].name],
        "parts.checksums": [parts[1].name],
        "parts.complete": [],
    }
    assert failed(verified(workspace, pets, folder)) == wrong
    parts[1].write_bytes(b"\x00\x01")
    assert failed(verified(workspace, pets, folder))["parts.rows"] == [parts[1].name]
    (folder / MARKER).unlink()
    assert len(failed(verified(workspace, pets, folder))) == 5


def test_an_export_made_again_stays_while_nothing_changes_and_is_replaced_when_something_does(
    workspace, pets, tmp_path
) -> None:
    folder = tmp_path / "parts"
    export(workspace, pets, folder, again=True)
    before = (folder / MARKER).read_bytes()
    export(workspace, pets, folder, again=True)
    assert (folder / MARKER).read_bytes() == before
    next(iter(folder.glob("*.parquet"))).unlink()  # one that is not whole is no export
    export(workspace, pets, folder, again=True)
    assert failed(verified(workspace, pets, folder)) == {}
    with workspace.writing(pets.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET label = 2 WHERE id = (SELECT min(id) FROM image)")
    export(workspace, pets, folder, again=True)
    assert (folder / MARKER).read_bytes() != before and failed(verified(workspace, pets, folder)) == {}
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".parts")) == []


def test_limits_that_were_set_count_and_only_the_owner_sets_them(workspace, pets) -> None:
    set_limits(workspace, pets.id, {"import.pictures": 100.0, "import.files": None}, who="Ada")
    set_limits(workspace, pets.id, {"import.pictures": 50.0}, who="Ada")
    assert kept_limits(workspace, pets.id) == {"import.pictures": 50.0, "import.files": None}
    job = run_job(workspace, "verify", pets.name, only="import")
    assert failed(job) == {"import.pictures": []} and "import.files" not in job.figures["measured"]
    assert failed(run_job(workspace, "verify", pets.name, only="import", limits="import.pictures=1")) == {}
    with acting(Actor(role=CURATOR, how=LINK)), pytest.raises(NotAllowed):
        set_limits(workspace, pets.id, {"import.pictures": 1.0}, who="Ben")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"only": "imports"}, "It may name"),
        ({"only": "parts"}, "folder says where"),
        ({"limits": "import.failures=7"}, "limits says import.failures=7"),
        ({"limits": "x=1"}, "limits names no gate 'x'"),
    ],
)
def test_orders_that_cannot_be_meant_are_refused_in_words(given, said) -> None:
    with pytest.raises(UnknownParameter, match=said):
        load_kind("verify").read(given)


def test_a_command_ends_with_a_failure_where_a_gate_failed_and_its_line_says_which(capsys) -> None:
    gate = {"gate": "import.files", "sentence": "Gone: 7.", "n_wrong": 7, "rows": [{"path": "a.png", "reason": "gone"}]}
    with pytest.raises(
        JobFailed, match=r"1 gate of 3 failed.\nimport.files: Gone: 7. First: a.png \(gone\), and 6 more"
    ):
        follow(Finished({"n_gates": 3, "failed": [gate]}), "start")
    assert json.loads(capsys.readouterr().out)["failed"] == [gate]
    follow(Finished({"n_gates": 3, "failed": []}), "start")
    assert json.loads(capsys.readouterr().out)["state"] == "done"


def test_the_documents_list_every_gate() -> None:
    notes = load_kind("verify").notes
    assert all(f"`{gate.name}`" in notes for gate in GATES)


class Finished:
    """A client whose job is done already."""

    def __init__(self, figures: dict):
        self.figures = figures

    def ask(self, action: str, **arguments: object) -> str:
        return "verify-1"

    def wait(self, job_id: str, *, report: object) -> dict:
        told = {"id": job_id, "kind": "verify", "run_id": 1, "state": "done", "message": ""}
        return told | {"figures": dict(self.figures)}

    def follower_of(self, job_id: str) -> None:
        return None


def export(workspace, pets, folder, **parameters: object) -> None:
    order = {"folder": str(folder), "rows_per_file": 10} | parameters
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("export-vectors", dataset=pets.name, parameters=order, hold=True, trusted=True)
    laid_out = job_folder(workspace.root, job_id)
    if laid_out.spec().n_todo:
        assert worker.run(laid_out.path) == 0, laid_out.ending()


def verified(workspace, pets, folder):
    return run_job(workspace, "verify", pets.name, only="parts", folder=str(folder))


def shorter(path) -> None:
    """One row and one column fewer."""
    if path.suffix == ".csv":
        lines = path.read_text().splitlines()[:-1]
        path.write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n")
    else:
        table = pq.read_table(path)
        pq.write_table(pa.table(table.slice(1)).drop_columns(["split"]), path)
