"""The report job: a whole file or none, a draft where nobody began one, nothing of the machine in it."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evidence.report.reports import begin, shown
from jobs.engine.errors import ExportRefused, UnknownParameter
from jobs.report import formats, job
from jobs.report.whole import whole
from store.connection import Workspace
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.errors import UnknownReport
from store.reports import list_report_files, list_reports
from tests.support.exporting import imported, noise
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, new_dataset


def import_pets(workspace: Workspace) -> None:
    """Eight pictures of two classes, one with the position where it was taken."""
    folder = workspace.root.parent / "pets"
    for n in range(8):
        place = folder / ("cat" if n % 2 else "dog")
        place.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x010E] = "taken at home, 52.5200 N 13.4050 E"
        noise(n).save(place / f"{n}.jpg", exif=exif)
    imported(workspace, folder, name="pets")


FILLED_BY = {"pets": import_pets}


@pytest.fixture
def pets(workspace):
    return find_dataset(workspace, "pets")


def test_a_report_is_written_whole_and_listed(workspace, pets) -> None:
    figures = run_job(workspace, "report", "pets").figures
    path = Path(figures["file"])
    assert path == workspace.root / "exports" / "pets-report.html" and path.stat().st_size == figures["n_bytes"]
    (report,) = list_reports(workspace, pets.id)  # nobody had begun one
    (file,) = list_report_files(workspace, pets.id)
    assert (file.path, file.format, file.report_id) == (str(path), "html", report.id)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    again = run_job(workspace, "report", "pets").figures
    assert Path(again["file"]).name == "pets-report-2.html" and len(list_reports(workspace, pets.id)) == 1


def test_a_report_shows_what_there_was_when_it_was_drawn_and_what_there_is_where_that_is_asked_for(
    workspace, pets
) -> None:
    report_id = begin(workspace, pets, who="Ada")
    image_id = workspace.read("images_to_embed", dataset_id=pets.id)["image_id"][0].as_py()
    decide(workspace, pets.id, [Act(image_id, "relabel", label=1)], who="Ben")
    run_job(workspace, "report", "pets")
    assert any(block.is_stale for block in shown(workspace, pets, report_id=report_id))
    run_job(workspace, "report", "pets", anew=True)
    assert not any(block.is_stale for block in shown(workspace, pets, report_id=report_id))
    assert len(list_reports(workspace, pets.id)) == 1


def test_no_picture_carries_a_position_and_no_path_of_the_machine_leaves(workspace, pets) -> None:
    for name in ("html", "slides", "markdown"):
        target = Path(run_job(workspace, "report", "pets", format=name).figures["file"])
        files = [target] if target.is_file() else [each for each in target.rglob("*") if each.is_file()]
        content = b"".join(each.read_bytes() for each in files)
        assert b"13.4050" not in content and b"taken at home" not in content, name
        assert str(workspace.root).encode() not in content and pets.root.encode() not in content, name


def test_hidden_people_are_blurred(workspace, pets, monkeypatch) -> None:
    monkeypatch.setattr(
        "jobs.export.blur.people_in", lambda workspace, dataset_id, *, image_ids: dict.fromkeys(image_ids)
    )
    seen = {}

    def write(document, *, pictures, target, side, report) -> None:
        (image_id, *_) = [each.image_id for each in document.pictures()]
        seen["blurred"] = pictures.image(image_id, side=64)
        target.write_text("x")

    monkeypatch.setattr("jobs.report.html.write", write)
    run_job(workspace, "report", "pets")
    original = Image.open(next(Path(pets.root).rglob("*.jpg"))).convert("RGB")
    original.thumbnail((64, 64))
    assert _steps(seen["blurred"]) < _steps(original) / 4


def _steps(picture: Image.Image) -> float:
    """How far neighbouring pixels lie from each other, on average."""
    return float(np.abs(np.diff(np.asarray(picture, np.float64), axis=1)).mean())


def test_a_dataset_whose_pictures_are_gone_has_a_report_all_the_same(workspace) -> None:
    dataset = new_dataset(workspace, "gone")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=0) for n in range(3)])
    begin(workspace, dataset, who="Ana")
    assert Path(run_job(workspace, "report", "gone").figures["file"]).stat().st_size > 10_000


def test_a_report_that_is_not_there_is_refused_and_so_is_an_unknown_format(workspace, pets) -> None:
    with pytest.raises(UnknownReport, match="no report 9"):
        run_job(workspace, "report", "pets", report=9)
    with pytest.raises(UnknownParameter, match="format"):
        run_job(workspace, "report", "pets", format="docx")


def test_nothing_is_overwritten(workspace, pets, tmp_path) -> None:
    there = tmp_path / "mine.html"
    there.write_text("mine")
    with pytest.raises(ExportRefused, match="exists already"):
        run_job(workspace, "report", "pets", file=str(there))
    assert there.read_text() == "mine"


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "is full"), (errno.EACCES, "may not be written to")])
def test_a_disk_that_fills_leaves_nothing_half_written(tmp_path, number, words) -> None:
    with pytest.raises(ExportRefused, match=words), whole(tmp_path / "report.html", mark="x") as part:
        part.write_text("half")
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_there_whole_or_not_at_all(tmp_path) -> None:
    target = tmp_path / "report"
    with pytest.raises(ZeroDivisionError), whole(target, mark="x") as part:
        part.mkdir()
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with whole(target, mark="x") as part:
        part.mkdir()
        (part / "README.md").write_text("all")
    assert [each.name for each in target.iterdir()] == ["README.md"]


def test_every_format_that_can_be_ordered_can_be_written() -> None:
    from jobs.report.kind import KIND

    assert set(formats.FORMATS) == set(KIND.views()["format"].choices)
    assert job.DOCUMENT == "report.json"
