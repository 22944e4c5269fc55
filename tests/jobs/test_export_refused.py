"""Exports that cannot be: what is refused before one begins, and faults half way, which leave nothing."""

import errno
import os
from pathlib import Path

import pytest

from jobs.engine.errors import ExportRefused, UnknownParameter
from jobs.export import files
from store.datasets import find_dataset
from store.errors import UnknownVersion
from store.versions import freeze
from tests.support.exporting import contents, import_animals, noise, run_job
from tests.support.small_workspace import image_row, land, new_dataset

FAULTS = ((errno.ENOSPC, "is full"), (errno.EACCES, "may not be written to"), (errno.EIO, "could not be"))


FILLED_BY = {"animals": import_animals}


@pytest.fixture
def animals(workspace):
    """The animals; their pictures are those of all tests here: none may change them."""
    return find_dataset(workspace, "animals")


def attempt(workspace, tmp_path, **parameters):
    """Run an export that fails; its reason. Nothing may be left at its place."""
    with pytest.raises((AssertionError, ExportRefused, UnknownParameter, UnknownVersion)) as caught:
        run_job(workspace, "export", "animals", **{"version": "v1", "folder": str(tmp_path / "out"), **parameters})
    return str(caught.value)


def test_a_folder_that_exists_is_left_alone(workspace, animals, tmp_path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    said = attempt(workspace, tmp_path)
    assert "exists already" in said and contents(tmp_path / "out") == {"mine.txt": b"mine"}


def test_a_place_below_a_file_is_refused(workspace, animals, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    assert "is a file, not a folder" in attempt(workspace, tmp_path, folder=str(tmp_path / "file" / "out"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_may_not_be_written_to_is_refused(workspace, animals, tmp_path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    assert "may not be written to" in attempt(workspace, tmp_path, folder=str(tmp_path / "locked" / "out"))


def test_a_fault_half_way_leaves_nothing(workspace, animals, tmp_path, monkeypatch) -> None:
    place, calls = files.Placed.place, []

    def fails(self, source, target, *, copies):
        calls.append(target)
        if len(calls) > 9:
            raise OSError(fault[0], os.strerror(fault[0]))
        place(self, source, target, copies=copies)

    monkeypatch.setattr(files.Placed, "place", fails)
    for fault in FAULTS:
        calls.clear()
        said = attempt(workspace, tmp_path)
        assert fault[1] in said and "Traceback" not in said and said.count("\n") == 0
        assert len(calls) == 10 and [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_a_real_full_disk_is_one_sentence(workspace, animals, tmp_path, monkeypatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full")
    monkeypatch.setattr(files.shutil, "copy2", lambda source, target: full.write_bytes(b"x" * 9000))
    assert "The disk that holds" in attempt(workspace, tmp_path, copies=True)
    assert not (tmp_path / "out").exists()


def test_where_no_link_can_be_made_pictures_are_copied(workspace, animals, tmp_path, monkeypatch) -> None:
    def refuses(source, target):
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(files.os, "link", refuses)
    _, figures = run_job(workspace, "export", "animals", version="v1", folder=str(tmp_path / "out"))
    assert (figures["n_linked"], figures["n_copied"]) == (0, 23)


@pytest.mark.long
def test_a_picture_that_changed_since_is_not_exported_as_if_it_had_not(workspace, tmp_path) -> None:
    import_animals(workspace)
    victim = next((tmp_path / "animals").rglob("*.png"))
    kept = victim.read_bytes()
    noise(999).save(victim)
    said = attempt(workspace, tmp_path)
    assert "1 of the version's pictures" in said and not (tmp_path / "out").exists()
    victim.write_bytes(kept)  # touched, with the same bytes
    run_job(workspace, "export", "animals", version="v1", folder=str(tmp_path / "out"))


def test_a_missing_picture_is_said_before_the_job_begins(workspace, animals, tmp_path) -> None:
    with workspace.writing(animals.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET missing = true WHERE id = 5")
    assert "1 picture of v1 is not on the disk" in attempt(workspace, tmp_path)


WRONG = (
    ({"format": "zip"}, "format is one of folders"),
    ({"version": "v9"}, "no version 'v9'"),
    ({"techniques": "rotate"}, "techniques are different ones"),
    ({"budget": -1, "techniques": "flip"}, "budget must lie at 1 or more, not -1"),
    ({"soft_labels": True}, "ds801 alone"),
    ({"format": "ds801"}, "not 64x64 RGB JPEG"),
)


def test_wrong_orders_are_refused_with_a_reason(workspace, animals, tmp_path) -> None:
    for parameters, words in WRONG:
        assert words in attempt(workspace, tmp_path, **parameters)


def test_an_export_of_rows_without_files_fails_as_one_sentence(workspace, tmp_path) -> None:
    dataset = new_dataset(workspace, "animals")
    land(workspace, dataset.id, [image_row("a.png", label=0)])
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES ($1, 0, 'cat', NULL)", [dataset.id])
    freeze(workspace, dataset.id, name="v1", who="me")
    assert "not on the disk as they were frozen" in attempt(workspace, tmp_path)
