"""A dataset whose folder was renamed or lies on another disk is found again by what its pictures hold."""

import hashlib
import json
import os
import shutil

import pytest

from jobs.engine import worker
from jobs.engine.errors import FolderNotAllowed, NeedsAnswer, NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.prepare import known_job, lay_out, prepared_again
from jobs.engine.spec import DONE, QUEUED
from jobs.engine.supervisor import Supervisor
from jobs.move.job import prepare
from jobs.move.kind import MoveParameters, move_outcome
from store.datasets import ensure_dataset, find_dataset
from store.decision_files import decisions_file, merge_decisions
from store.decisions import Act, counts, decide
from store.errors import NameTaken
from store.images import import_todo
from store.moves import likeness, moved_dataset
from store.vectors import list_spaces
from tests.support.exporting import noise
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_random_vectors


def draw(folder, n: int = 3) -> None:
    for place, kind in enumerate(("cat", "dog")):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for i in range(n):
            noise(10 * place + i).save(folder / kind / f"{i}.png")


def taken_in(workspace, folder, name: str):
    """The folder as a dataset, as an import leaves it."""
    dataset = ensure_dataset(workspace, name, root=str(folder), task="single", layout="classes")
    rows = []
    for file in sorted(folder.rglob("*.png")):
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        about = {"sha256": sha256, "bytes": file.stat().st_size, "mtime_ns": file.stat().st_mtime_ns}
        path = file.relative_to(folder).as_posix()
        rows.append(image_row(path, label=int(path.startswith("dog")), **about))
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES ($1, 0, 'cat', NULL), ($1, 1, 'dog', NULL)", [dataset.id])
    return dataset


@pytest.fixture
def pets(workspace, tmp_path):
    """Six pictures with vectors and a decision, in the folder `here`."""
    draw(tmp_path / "here")
    dataset = taken_in(workspace, tmp_path / "here", "pets")
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    decide(workspace, dataset.id, [Act(1, "relabel", label=1)], who="Ada")
    return dataset


def states(workspace) -> dict[str, bool]:
    """Whether each picture's file counts as missing, by its path."""
    rows = workspace.read_text("SELECT path, missing FROM image ORDER BY path").to_pylist()
    return {row["path"]: row["missing"] for row in rows}


def test_a_folder_that_was_renamed_is_the_same_dataset(workspace, pets, tmp_path) -> None:
    (tmp_path / "here").rename(tmp_path / "there")
    job = run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    assert (job.state, job.figures["n_same"], job.figures["n_missing"], job.figures["n_differ"]) == (DONE, 6, 0, 0)
    assert move_outcome(job) == "6 pictures are the same there." and "Every picture was found" in job.figures["message"]
    moved = find_dataset(workspace, "pets")
    assert (moved.id, moved.root, moved.n_images) == (pets.id, str(tmp_path / "there"), 6)
    assert list_spaces(workspace, pets.id)[0].n_vectors == 6 and counts(workspace, pets.id) == {"relabel": 1}


def test_a_copy_with_other_times_is_not_read_again(workspace, pets, tmp_path) -> None:
    shutil.copytree(tmp_path / "here", tmp_path / "there", copy_function=shutil.copyfile)
    os.utime(tmp_path / "there" / "cat" / "0.png", ns=(1, 1))
    shutil.rmtree(tmp_path / "here")
    run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    files = workspace.read_text("SELECT path, bytes, label, labels, split, source_url, licence, mtime_ns FROM image")
    times = [(tmp_path / "there" / path).stat().st_mtime_ns for path in files["path"].to_pylist()]
    assert files["mtime_ns"].to_pylist() == times
    assert import_todo(workspace, pets.id, files=files).num_rows == 0


def test_what_is_missing_or_differs_is_named_and_the_rest_is_kept(workspace, pets, tmp_path) -> None:
    (tmp_path / "here").rename(tmp_path / "there")
    (tmp_path / "there" / "cat" / "1.png").unlink()
    content = bytearray((tmp_path / "there" / "dog" / "2.png").read_bytes())
    content[-1] ^= 1  # as long as before
    (tmp_path / "there" / "dog" / "2.png").write_bytes(content)
    job = run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    assert (job.figures["missing"], job.figures["differ"]) == (["cat/1.png"], ["dog/2.png"])
    assert "1 picture was not found and 1 differs. The first: cat/1.png." in job.figures["message"]
    assert move_outcome(job) == "4 pictures are the same there; 1 is missing, 1 differs."
    assert [path for path, missing in states(workspace).items() if missing] == ["cat/1.png"]
    (row,) = workspace.read_text("SELECT * FROM dataset_move").to_pylist()
    assert (row["n_same"], row["n_missing"], row["n_differ"]) == (4, 1, 1)
    assert (row["root_before"], row["root_after"]) == (str(tmp_path / "here"), str(tmp_path / "there"))


def test_a_folder_of_other_pictures_is_refused_and_nothing_changes(workspace, pets, tmp_path) -> None:
    for kind in ("cat", "dog"):
        (tmp_path / "there" / kind).mkdir(parents=True)
        for i in range(3):
            noise(900 + i).save(tmp_path / "there" / kind / f"{i}.png")
    shutil.copy(tmp_path / "here" / "cat" / "0.png", tmp_path / "there" / "cat" / "0.png")
    job_id = Supervisor(workspace).start(
        "move", dataset="pets", parameters={"folder": str(tmp_path / "there")}, hold=True, trusted=True
    )
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) != 0
    said = folder.ending()[1]["reason"]
    assert "Only 1 of 6 pictures are the same" in said and "5 differ" in said and "Nothing was changed" in said
    assert find_dataset(workspace, "pets").root == pets.root and not any(states(workspace).values())


def test_a_folder_within_the_one_that_is_named_is_found(workspace, pets, tmp_path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "here").rename(tmp_path / "disk" / "here")
    (tmp_path / "disk" / "other").mkdir()
    prepared = prepare(workspace, "pets", MoveParameters(folder=str(tmp_path / "disk")), 99)
    assert prepared.root == str(tmp_path / "disk" / "here") and prepared.todo.num_rows == 6


def test_what_cannot_be_a_new_folder_is_refused_in_a_sentence(workspace, pets, tmp_path) -> None:
    draw(tmp_path / "others")
    taken_in(workspace, tmp_path / "others", "others")
    for folder, error, said in (
        ("", UnknownParameter, "it is empty"),
        (str(tmp_path / "nowhere"), UnknownParameter, "there is no folder"),
        (pets.root, NothingToDo, "stands on .* already"),
        (str(tmp_path / "others"), UnknownParameter, "is the folder of the dataset 'others'"),
    ):
        with pytest.raises(error, match=said):
            prepare(workspace, "pets", MoveParameters(folder=folder), 99)


@pytest.mark.long
def test_an_import_under_its_name_offers_to_move_it(workspace, pets, tmp_path) -> None:
    (tmp_path / "here").rename(tmp_path / "there")
    supervisor = Supervisor(workspace)
    with pytest.raises(NameTaken, match=r"holds the same pictures \(6 of 6 .*vitrine move pets .*there"):
        supervisor.start("import", dataset="pets", parameters={"folder": str(tmp_path / "there")}, trusted=True)
    with pytest.raises(NeedsAnswer, match="there is no such folder now. If it has moved"):
        supervisor.start("import", dataset="pets", trusted=True)
    draw(tmp_path / "else", n=5)
    for file in (tmp_path / "else").rglob("*.png"):
        file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(NameTaken, match="Choose another name"):
        supervisor.start("import", dataset="pets", parameters={"folder": str(tmp_path / "else")}, trusted=True)


@pytest.mark.long
def test_an_import_under_another_name_says_whose_pictures_they_are(workspace, pets, tmp_path) -> None:
    (tmp_path / "here").rename(tmp_path / "there")
    assert moved_dataset(workspace, folder=tmp_path / "there").name == "pets"
    job = run_job(workspace, "import", "again", folder=str(tmp_path / "there"))
    assert "The same pictures are the dataset 'pets'" in job.figures["message"]
    assert likeness(workspace, pets.id, folder=tmp_path).n_alike == 0


@pytest.mark.long
def test_a_label_file_in_the_folder_moves_with_it(workspace, tmp_path) -> None:
    draw(tmp_path / "here")
    labels = {f"{kind}/{i}.png": kind for kind in ("cat", "dog") for i in range(3)}
    (tmp_path / "here" / "mine.json").write_text(json.dumps(labels), encoding="utf-8")
    run_job(workspace, "import", "pets", folder=str(tmp_path / "here"), labels=str(tmp_path / "here" / "mine.json"))
    (tmp_path / "here").rename(tmp_path / "there")
    run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    assert find_dataset(workspace, "pets").import_options["labels"] == str(tmp_path / "there" / "mine.json")
    assert run_job(workspace, "import", "pets").state == DONE


@pytest.mark.long
def test_a_moved_folder_is_imported_again_as_the_same_dataset(workspace, pets, tmp_path) -> None:
    draw(tmp_path / "here", n=4)
    (tmp_path / "here").rename(tmp_path / "there")
    run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    job = run_job(workspace, "import", "pets")
    assert job.dataset_id == pets.id and (job.figures["n_read"], job.figures["n_missing"]) == (2, 0)
    assert counts(workspace, pets.id) == {"relabel": 1} and len(states(workspace)) == 8


@pytest.mark.long
def test_decisions_of_a_moved_dataset_are_exported_and_merged(workspace, pets, tmp_path) -> None:
    (tmp_path / "here").rename(tmp_path / "there")
    run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    text = decisions_file(workspace, pets.id, dataset="pets")
    other = run_job(workspace, "import", "others", folder=str(shutil.copytree(tmp_path / "there", tmp_path / "third")))
    merged = merge_decisions(workspace, other.dataset_id, text)
    assert (merged.n_new, merged.n_strange) == (1, 0)
    back = decisions_file(workspace, other.dataset_id, dataset="others")
    assert merge_decisions(workspace, pets.id, back).n_known == 1


def test_people_of_crops_are_known_as_such_after_a_move(workspace, pets, tmp_path) -> None:
    with workspace.writing() as cursor:
        cursor.execute(
            "INSERT INTO run (id, dataset_id, job_id, kind, parameters, code_version, input_generation, started_at) "
            "VALUES (70, 77, 'crops-1', 'crops', json_object('folder', ?), 'v', 0, now()::TIMESTAMP)",
            [pets.root],
        )
    before = workspace.read("crop_datasets").to_pylist()
    (tmp_path / "here").rename(tmp_path / "there")
    run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    assert workspace.read("crop_datasets").to_pylist() == before == [{"dataset_id": pets.id, "origin": 77}]


def test_a_job_that_was_laid_out_before_goes_on_in_the_new_folder(workspace, pets, tmp_path) -> None:
    supervisor = Supervisor(workspace)
    given = {"model": "onnx", "weights": __file__}
    job_id = supervisor.start("detect", dataset="pets", parameters=given, hold=True, trusted=True)
    (tmp_path / "here").rename(tmp_path / "there")
    run_job(workspace, "move", "pets", folder=str(tmp_path / "there"))
    job = known_job(workspace, supervisor.job(job_id), QUEUED)
    lay_out(workspace, job, prepared_again(workspace, job), attempt=1)
    assert job_folder(workspace.root, job_id).spec().root == str(tmp_path / "there")


def test_a_visitor_may_name_no_folder_outside_those_of_the_server(workspace, pets, tmp_path) -> None:
    (tmp_path / "there").mkdir()
    supervisor = Supervisor(workspace, import_roots=[tmp_path / "here"])
    with pytest.raises(FolderNotAllowed):
        supervisor.start("move", dataset="pets", parameters={"folder": str(tmp_path / "there")})
