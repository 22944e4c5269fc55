"""Privacy: what leaves the server is blurred where a dataset's switch says so, whoever asks and however."""

import io

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.detections import http
from pages.ui import blurring, media, owner
from store.datasets import find_dataset
from store.detections import list_detection_runs, name_classes
from store.errors import DecisionRefused
from store.privacy import people_count, people_in, privacy_of, switch_blur
from tests.support.detected_workspace import dataset_of, land_boxes
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land


@pytest.fixture
def client(app_workspace):
    return TestClient(Starlette(routes=[*media.ROUTES, *http.ROUTES]))


@pytest.fixture
def street(tmp_path, client):
    """Two pictures of 80 x 80 with a pattern of one-pixel stripes; in a.png a person at the left."""
    folder = tmp_path / "p"
    folder.mkdir()
    stripes = Image.fromarray(np.tile(np.array([0, 255], np.uint8), (80, 40))).convert("RGB")
    for name in ("a.png", "b.png"):
        stripes.save(folder / name)
    workspace = owner.get().workspace
    dataset = dataset_of(workspace, folder)
    land_boxes(
        workspace,
        dataset,
        {"a.png": [(0, 0.9, 0, 0, 40, 80), (1, 0.9, 50, 0, 80, 80)], "b.png": [(0, 0.1, 0, 0, 80, 80)]},
    )
    return dataset


def pixels(answer) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("L")).astype(int)


def contrast(part: np.ndarray) -> float:
    """Mean step from column to column: 255 on stripes."""
    return float(np.abs(np.diff(part, axis=1)).mean())


def test_people_are_blurred_and_nothing_else(client, street) -> None:
    workspace = owner.get().workspace
    assert contrast(pixels(client.get("/vitrine/picture/1"))) > 250
    switch_blur(workspace, street.id, blurs=True, who="me")
    for route in ("picture", "thumb"):
        seen = pixels(client.get(f"/vitrine/{route}/1"))
        assert contrast(seen[:, 2:38]) < 12 and contrast(seen[:, 52:]) > 150
    assert contrast(pixels(client.get("/vitrine/picture/2"))) > 250  # a score of .1 is below the least
    switch_blur(workspace, street.id, blurs=False, who="me")
    assert contrast(pixels(client.get("/vitrine/picture/1"))) > 250


def test_a_lower_least_score_hides_more(client, street) -> None:
    switch_blur(owner.get().workspace, street.id, blurs=True, who="me", min_score=0.05)
    assert contrast(pixels(client.get("/vitrine/picture/2"))) < 12


def test_a_picture_that_nobody_has_looked_at_is_blurred_whole(client, street, tmp_path) -> None:
    workspace = owner.get().workspace
    switch_blur(workspace, street.id, blurs=True, who="me")
    Image.open(tmp_path / "p" / "a.png").save(tmp_path / "p" / "new.png")
    land(workspace, street.id, [image_row("new.png", width=80, height=80)])
    new = workspace.rows("images_to_embed", dataset_id=street.id)[-1]["image_id"]
    assert contrast(pixels(client.get(f"/vitrine/picture/{new}"))) < 12
    assert people_in(workspace, street.id, image_ids=[1, new])[new] is None


def test_a_changed_file_is_a_picture_that_nobody_has_looked_at(client, street) -> None:
    workspace = owner.get().workspace
    switch_blur(workspace, street.id, blurs=True, who="me")
    land(workspace, street.id, [image_row("b.png", content="other", width=80, height=80)])
    assert contrast(pixels(client.get("/vitrine/picture/2"))) < 12


def test_a_browser_does_not_show_what_it_kept_before_the_switch(client, street) -> None:
    workspace = owner.get().workspace
    sha256 = workspace.rows("picture_file", image_id=1)[0]["sha256"]
    before = media.thumb_url(1, sha256)
    tag = client.get(before).headers["etag"]
    switch_blur(workspace, street.id, blurs=True, who="me")
    after = media.thumb_url(1, sha256)
    assert after != before and blurring.stamp()
    assert client.get(before, headers={"if-none-match": tag}).status_code == 200
    assert client.get(before).headers["cache-control"] == "no-store"  # an old address must not keep the new content
    answer = client.get(after)
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(after, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    switch_blur(workspace, street.id, blurs=False, who="me")
    assert media.thumb_url(1, sha256) == before
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert media.thumb_url(1, sha256) not in (before, after)


def test_a_newer_detection_changes_the_addresses(client, street) -> None:
    workspace = owner.get().workspace
    switch_blur(workspace, street.id, blurs=True, who="me")
    before = blurring.stamp()
    land_boxes(workspace, street, {"b.png": [(0, 0.9, 0, 0, 80, 80)]})
    assert blurring.stamp() != before
    assert contrast(pixels(client.get("/vitrine/picture/2"))) < 12


def test_people_who_get_their_name_later_are_blurred_from_then_on(client, street) -> None:
    workspace = owner.get().workspace
    late = land_boxes(workspace, street, {"b.png": [(0, 0.9, 0, 0, 80, 80)]}, names=("class 0", "car"))
    land_boxes(workspace, street, {"a.png": [], "b.png": []})  # a newer one, which knows people and finds none
    switch_blur(workspace, street.id, blurs=True, who="me")
    before = blurring.stamp()
    assert contrast(pixels(client.get("/vitrine/picture/2"))) > 20
    name_classes(workspace, street.id, run_id=late, names=["person", "car"], who="me")
    assert blurring.stamp() != before
    assert contrast(pixels(client.get("/vitrine/picture/2"))) < 12


def test_another_datasets_pictures_stay_as_they_are(client, street, tmp_path) -> None:
    workspace = owner.get().workspace
    folder = tmp_path / "other"
    folder.mkdir()
    turned = np.tile(np.array([0, 255, 255], np.uint8), (80, 40))[:, :80]
    Image.fromarray(turned).convert("RGB").save(folder / "x.png")
    other = dataset_of(workspace, folder, "other")
    switch_blur(workspace, street.id, blurs=True, who="me")
    with workspace.writing(other.id, changes_data=True) as cursor:  # rows by hand all have the same hash
        cursor.execute("UPDATE image SET phash = 2 WHERE dataset_id = $1", [other.id])
    image = workspace.rows("images_to_embed", dataset_id=other.id)[0]["image_id"]
    assert contrast(pixels(client.get(f"/vitrine/picture/{image}"))) > 150


@pytest.mark.long
def test_crops_of_people_cut_before_the_switch_are_blurred_too(client, street) -> None:
    workspace = owner.get().workspace
    job = run_job(workspace, "crops", street.name, margin=0.0, name="cut")
    run_job(workspace, "import", "cut", folder=job.parameters["folder"], reading="classes")
    cut = find_dataset(workspace, "cut")
    ids = {row["path"].split("/")[0]: row["image_id"] for row in workspace.rows("images_to_embed", dataset_id=cut.id)}
    before = {name: contrast(pixels(client.get(f"/vitrine/picture/{number}"))) for name, number in ids.items()}
    assert before["person"] > 150 and before["car"] > 150
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert contrast(pixels(client.get(f"/vitrine/picture/{ids['person']}"))) < 12
    assert contrast(pixels(client.get(f"/vitrine/picture/{ids['car']}"))) > 150


def test_without_a_detector_of_people_the_switch_is_refused(client, street, tmp_path) -> None:
    workspace = owner.get().workspace
    folder = tmp_path / "cars"
    folder.mkdir()
    Image.new("RGB", (8, 8)).save(folder / "x.png")
    cars = dataset_of(workspace, folder, "cars")
    land_boxes(workspace, cars, {"x.png": []}, names=("car",))
    with pytest.raises(DecisionRefused, match="whose model knows the class person"):
        switch_blur(workspace, cars.id, blurs=True, who="me")
    assert privacy_of(workspace, cars.id) is None


def test_pictures_with_people_are_counted(client, street) -> None:
    workspace = owner.get().workspace
    assert vars(people_count(workspace, street.id, score=0.5)) == {"n_images": 2, "n_scanned": 2, "n_with": 1}
    assert people_count(workspace, street.id, score=0.05).n_with == 2


def test_a_damaged_file_is_a_placeholder_and_never_shown_as_it_is(client, street, tmp_path) -> None:
    switch_blur(owner.get().workspace, street.id, blurs=True, who="me")
    (tmp_path / "p" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    answer = client.get("/vitrine/picture/1")
    assert answer.headers["content-type"] == "image/svg+xml" and b"broken" not in answer.content


def test_masks_are_served_in_the_colours_asked_for(client, street) -> None:
    from models.masks import encode

    left = np.zeros((80, 80), bool)
    left[:, :40] = True
    with owner.get().workspace.writing(street.id) as cursor:
        cursor.execute("UPDATE detection SET mask = $1 WHERE image_id = 1 AND class_index = 0", [encode(left)[0]])
    run = list_detection_runs(owner.get().workspace, street.id)[0].run_id
    answer = client.get(f"{http.PREFIX}/{run}/1?s=0.5&c=0-ff0000")
    seen = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert seen[5, 5, :3].tolist() == [255, 0, 0] and seen[5, 5, 3] > 0 and seen[5, 70, 3] == 0
    for path in (f"{run}/1?s=0.95&c=0-ff0000", f"{run}/1?c=", f"{run}/99?c=0-ff0000", f"{run}/2?c=0-ff0000"):
        assert client.get(f"{http.PREFIX}/{path}").status_code == 404
    assert client.get(f"{http.PREFIX}/{run}/1?s=much").status_code == 400
