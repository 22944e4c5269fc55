"""Exports while people are blurred: nobody can be recognised in what leaves, and the rest is untouched."""

import json

import numpy as np
import pytest
from PIL import Image

from cli.main import main
from jobs.engine.kinds import load_kind
from jobs.engine.supervisor import Supervisor
from jobs.export.blur import read_hidden
from store.exports import previews
from store.privacy import switch_blur
from store.versions import freeze
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import imported
from tests.support.running import run_job

NAMES = ("road/a.png", "road/b.png", "park/c.png")
STRIPES = np.tile(np.array([0, 255], np.uint8), (80, 40))


@pytest.fixture
def street(workspace, tmp_path):
    """a.png: a person at the left; b.png: nobody; c.png: no detector has looked. Stripes of one pixel everywhere."""
    for number, name in enumerate(NAMES):
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = STRIPES.copy()
        pixels[0, 0] = number  # no two are the same file
        Image.fromarray(pixels).convert("RGB").save(path)
    dataset = imported(workspace, tmp_path / "p", "street")
    boxes = {NAMES[0]: [(0, 0.9, 0, 0, 40, 80)], NAMES[1]: [(1, 0.9, 0, 0, 80, 80)]}
    land_boxes(workspace, dataset, boxes)
    freeze(workspace, dataset.id, name="v1", who="me")
    return dataset


def contrast(path, part: slice) -> float:
    """Mean step from column to column: 255 on stripes."""
    with Image.open(path) as opened:
        return float(np.abs(np.diff(np.asarray(opened.convert("L")).astype(int)[:, part], axis=1)).mean())


def left_and_right(folder, name: str) -> tuple[float, float]:
    (path,) = folder.rglob(name)
    return contrast(path, slice(0, 38)), contrast(path, slice(46, 80))


@pytest.mark.parametrize(
    "form", ["csv", *(pytest.param(form, marks=pytest.mark.long) for form in ("folders", "coco", "imagefolder", "voc"))]
)
@pytest.mark.long
def test_people_are_blurred_in_an_export_and_nothing_else_is(workspace, street, tmp_path, form) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    folder = tmp_path / "out"
    job = run_job(workspace, "export", street.name, version="v1", format=form, folder=str(folder))
    left, right = left_and_right(folder, "a.png")
    assert left < 20 and right > 250
    assert min(left_and_right(folder, "b.png")) > 250
    assert max(left_and_right(folder, "c.png")) < 20  # nobody has looked: whole
    assert (job.figures["n_blurred"], job.figures["n_linked"]) == (2, 1)
    (marker,) = [path for path in folder.iterdir() if path.name.startswith(".") or "vitrine" in path.name]
    assert json.loads(marker.read_text())["people_blurred"] is True
    for name in NAMES:  # the originals stay as they are
        assert np.array_equal(np.asarray(Image.open(tmp_path / "p" / name).convert("L"))[1:], STRIPES[1:])


@pytest.mark.long
def test_with_the_switch_off_files_are_linked_as_they_are(workspace, street, tmp_path) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    switch_blur(workspace, street.id, blurs=False, who="me")
    job = run_job(workspace, "export", street.name, version="v1", format="folders", folder=str(tmp_path / "out"))
    assert (job.figures["n_blurred"], job.figures["n_linked"]) == (0, 3)
    assert read_hidden(tmp_path / "w" / "jobs" / job.id) is None


@pytest.mark.long
def test_made_pictures_are_made_of_blurred_ones(workspace, street, tmp_path) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    wanted = {"version": "v1", "techniques": "flip", "level": 4, "budget": 8}
    run_job(workspace, "export", street.name, format="folders", folder=str(tmp_path / "out"), **wanted)
    made = sorted((tmp_path / "out").rglob("*_flip*"))
    assert {path.name.split("_")[0] for path in made} == {"a", "b", "c"}
    for path in made:
        seen = contrast(path, slice(42, 80)), contrast(path, slice(0, 34))  # a flip: the person is at the right
        if path.name.startswith("a"):
            assert seen[0] < 30 and seen[1] > 150, path.name
        if path.name.startswith("c"):
            assert max(seen) < 30, path.name
    job = run_job(workspace, "augment-preview", street.name, **wanted)
    assert job.figures["people_blurred"] is True and previews(workspace, run_id=job.run_id).num_rows


@pytest.mark.long
def test_a_turn_of_the_switch_counts_for_an_export_that_was_laid_out_before(workspace, street, tmp_path) -> None:
    kind = load_kind("export")
    wanted = kind.read({"version": "v1", "format": "folders", "folder": str(tmp_path / "out")})

    def lay_out():  # as the owner does, again before a job that waited is started
        kind.code().prepare(workspace, street.name, wanted, 99).write_inputs(tmp_path)
        return read_hidden(tmp_path)

    assert lay_out() is None
    before = workspace.generation(street.id)
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert workspace.generation(street.id) > before  # which is what makes the owner lay it out again
    assert sorted(boxes is None for boxes in lay_out().values()) == [False, True]
    switch_blur(workspace, street.id, blurs=False, who="me")
    assert lay_out() is None


@pytest.mark.long
def test_a_packed_job_holds_originals_so_it_must_be_said(workspace, street, tmp_path, capsys) -> None:
    supervisor = Supervisor(workspace)
    job = supervisor.start("embed", dataset=street.name, hold=True, trusted=True)
    switch_blur(workspace, street.id, blurs=True, who="me")
    workspace.close()
    words = ["pack", job, "--workspace", str(tmp_path / "w"), "--output", str(tmp_path / "job.zip")]
    assert main(words) == 1
    assert "The people of street are blurred" in capsys.readouterr().err and not (tmp_path / "job.zip").exists()
    assert main([*words, "--originals"]) == 0
