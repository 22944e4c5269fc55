"""While the people of one dataset are blurred, they are in what leaves of any other that holds the same pictures."""

import io
import json

import pytest
from PIL import Image

from cli.main import main
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from jobs.export.blur import read_hidden
from store.detections import crops_done
from store.privacy import hides_people, switch_blur
from store.versions import freeze
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import imported, run_job
from tests.support.followed_workspace import SIDE, draw_street, sharp, street_of


@pytest.fixture
def street(workspace, tmp_path):
    return street_of(workspace, draw_street(tmp_path / "p"))


@pytest.fixture
def again(workspace, street, tmp_path):
    """The same pictures as another dataset, with a version and a detection of its own."""
    dataset = imported(workspace, tmp_path / "p", "again")
    freeze(workspace, dataset.id, name="v1", who="me")
    box = (0, 0.9, 0, 0, SIDE / 2, SIDE), (1, 0.9, 50, 0, SIDE, SIDE)
    land_boxes(workspace, dataset, {"road/a.png": list(box), "road/b.png": list(box), "park/c.png": list(box)})
    return dataset


def seen(folder) -> dict[str, str]:
    return {path.name: sharp(Image.open(io.BytesIO(path.read_bytes()))) for path in folder.rglob("*.png")}


@pytest.mark.long
@pytest.mark.parametrize("form", ["folders", "csv", "coco", "imagefolder"])
def test_an_export_of_another_dataset_is_blurred_too(workspace, street, again, tmp_path, form) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    target = tmp_path / "out"
    _, figures = run_job(workspace, "export", "again", version="v1", format=form, folder=str(target))
    assert seen(target) == {"a.png": "right", "b.png": "both", "c.png": "none"}
    assert figures["n_blurred"] == 2
    assert json.loads((target / ".vitrine-export.json").read_text())["people_blurred"] is True


@pytest.mark.long
def test_no_person_is_cut_out_of_a_copy(workspace, street, again) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    job, _ = run_job(workspace, "crops", "again", margin=0.0, name="cut")
    # Of a.png the car, of b.png, which shows nobody by the street's own detection, both, of c.png nothing.
    assert len(crops_done(workspace, job.run_id)[0]) == 3


@pytest.mark.long
def test_a_job_with_copies_is_not_packed_unasked(workspace, street, again, tmp_path, capsys) -> None:
    job = Supervisor(workspace).start("embed", dataset="again", hold=True, trusted=True)
    assert not hides_people(workspace, again.id)
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert hides_people(workspace, again.id)
    root = workspace.root
    workspace.close()
    assert main(["pack", job, "--workspace", str(root), "--output", str(tmp_path / "job.zip")]) == 1
    assert "The people of again are blurred" in capsys.readouterr().err


@pytest.mark.long
def test_a_waiting_export_is_laid_out_again_when_another_datasets_switch_is_turned(
    workspace, street, again, monkeypatch
) -> None:
    monkeypatch.setattr("jobs.engine.supervisor.spawn_worker", lambda folder: None)
    supervisor = Supervisor(workspace)
    job = supervisor.start("export", dataset="again", parameters={"version": "v1"}, trusted=True)
    folder = job_folder(workspace.root, job)
    assert read_hidden(folder.path) is None
    generation = workspace.generation(again.id)
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert workspace.generation(again.id) == generation  # which alone would not tell
    supervisor._launch(supervisor._tracked[job])
    assert sorted(boxes is None for boxes in read_hidden(folder.path).values()) == [False, True]
