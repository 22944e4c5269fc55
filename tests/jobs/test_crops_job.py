"""Crops: cut where the boxes are, with their origin, taken in as a dataset of their own."""

from pathlib import Path

import pytest
from PIL import Image

from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.datasets import find_dataset
from store.detections import crop_of
from store.privacy import switch_blur
from tests.support.detected_workspace import dataset_of, land_boxes, picture_folder
from tests.support.running import run_job


@pytest.fixture
def street(workspace, tmp_path):
    folder = picture_folder(tmp_path / "p", {"a.png": (60, 40), "b.png": (60, 40)})
    dataset = dataset_of(workspace, folder)
    image = Image.new("RGB", (60, 40), "white")
    image.paste("red", (10, 5, 30, 25))
    image.save(folder / "a.png")
    land_boxes(
        workspace,
        dataset,
        {
            "a.png": [(0, 0.9, 10, 5, 30, 25), (1, 0.8, 50, 30, 60, 40), (0, 0.7, 1, 1, 4, 30)],
            "b.png": [(0, 0.2, 0, 0, 20, 20)],
        },
        names=("person", "traffic light/../.."),
    )
    return dataset


def test_crops_lie_in_class_folders_and_know_where_they_were_cut(workspace, street) -> None:
    job = run_job(workspace, "crops", street.name, margin=0.0, name="heads")
    folder = Path(job.parameters["folder"])
    assert (job.state, job.n_todo) == (DONE, 2)  # the third is three pixels wide
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.jpg"))
    assert files == ["person/a-1-1.jpg", "traffic-light/a-1-2.jpg"]  # no name leads out of the folder
    with Image.open(folder / "person" / "a-1-1.jpg") as crop:
        assert crop.size == (20, 20) and crop.getpixel((10, 10))[0] > 240 and crop.getpixel((10, 10))[2] < 20


@pytest.mark.long
def test_crops_become_a_dataset_whose_pictures_name_their_origin(workspace, street) -> None:
    job = run_job(workspace, "crops", street.name, margin=0.0, name="heads", class_name="person")
    made = run_job(
        workspace, "import", "heads", folder=job.parameters["folder"], reading="classes", source="crops of street"
    )
    assert made.state == DONE
    heads = find_dataset(workspace, "heads")
    image = workspace.rows("images_to_embed", dataset_id=heads.id)[0]
    origin = crop_of(workspace, image["image_id"])
    assert (origin.dataset, origin.image_id, origin.class_name) == ("street", 1, "person")
    assert [origin.x1, origin.y1, origin.x2, origin.y2] == [10, 5, 30, 25]
    assert crop_of(workspace, 1) is None


def test_a_picture_that_has_gone_is_a_reason_and_the_rest_is_cut(workspace, street, tmp_path) -> None:
    (tmp_path / "p" / "b.png").unlink()
    job = run_job(workspace, "crops", street.name, least_score=0.1, margin=0.5, name="heads")
    assert job.state == DONE and job.figures["n_unread"] == 1
    assert len(list(Path(job.parameters["folder"]).rglob("*.jpg"))) == 2


def test_orders_that_cannot_be_met_are_refused_in_words(workspace, street) -> None:
    supervisor = Supervisor(workspace)
    for parameters, error, message in (
        ({"detection_run": 99}, UnknownParameter, "no finished detection 99"),
        ({"class_name": "giraffe"}, NothingToDo, "No giraffe of run .* there is nothing to cut"),
        ({"margin": 7}, UnknownParameter, "margin must lie between 0 and 1, not 7.0"),
        ({"name": "street"}, UnknownParameter, "there is a dataset called 'street' already"),
    ):
        with pytest.raises(error, match=message):
            supervisor.start("crops", dataset=street.name, parameters=parameters)


def test_people_who_are_blurred_are_not_cut_out(workspace, street) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    with pytest.raises(NothingToDo, match="The people of this dataset are blurred"):
        Supervisor(workspace).start("crops", dataset=street.name, parameters={"class_name": "person"})
    job = run_job(workspace, "crops", street.name, margin=0.0, name="things")
    assert (job.state, job.n_todo) == (DONE, 1)
