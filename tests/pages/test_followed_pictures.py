"""While people are blurred, they are in every copy of their picture: other datasets, folders, exports, sheets."""

import base64
import io
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from importers.inspect import inspect_folder
from pages.import_data import found as import_data_found
from pages.import_data import preview as import_data_preview
from pages.map import projector
from pages.ui import blurring, media, owner
from store.privacy import hides_people, people_in, switch_blur
from store.projections import projector_images
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import imported, run_job
from tests.support.followed_workspace import SIDE, draw_street, numbers, sharp, street_of, striped


@pytest.fixture
def client(app_workspace):
    return TestClient(Starlette(routes=media.ROUTES))


@pytest.fixture
def workspace(client):
    return owner.get().workspace


@pytest.fixture
def street(tmp_path, workspace):
    return street_of(workspace, draw_street(tmp_path / "p"))


def seen(client, image_id: int, route: str = "picture") -> str:
    answer = client.get(f"/vitrine/{route}/{image_id}")
    assert answer.status_code == 200
    return sharp(Image.open(io.BytesIO(answer.content)))


def seen_in(client, workspace, dataset) -> dict[str, str]:
    return {path.rpartition("/")[2]: seen(client, number) for path, number in numbers(workspace, dataset).items()}


AS_IN_THE_STREET = {"a.png": "right", "b.png": "both", "c.png": "none"}


@pytest.mark.long
def test_a_folder_imported_under_another_name_is_blurred_too(client, workspace, street, tmp_path) -> None:
    again = imported(workspace, tmp_path / "p", "again")
    assert set(seen_in(client, workspace, again).values()) == {"both"}
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert seen_in(client, workspace, street) == seen_in(client, workspace, again) == AS_IN_THE_STREET
    assert {seen(client, number, "thumb") for number in numbers(workspace, again).values()} == {"right", "both", "none"}
    switch_blur(workspace, street.id, blurs=False, who="me")
    assert set(seen_in(client, workspace, again).values()) == {"both"}


@pytest.mark.long
def test_a_subfolder_and_a_folder_above_are_blurred_too(client, workspace, street, tmp_path) -> None:
    switch_blur(workspace, street.id, blurs=True, who="me")
    below = imported(workspace, tmp_path / "p" / "road", "below")  # imported while the switch is on
    assert seen_in(client, workspace, below) == {"a.png": "right", "b.png": "both"}
    (tmp_path / "all" / "x").mkdir(parents=True)
    shutil.copytree(tmp_path / "p", tmp_path / "all" / "x", dirs_exist_ok=True)
    above = imported(workspace, tmp_path / "all", "above", reading="flat")
    assert seen_in(client, workspace, above) == AS_IN_THE_STREET


@pytest.mark.long
@pytest.mark.parametrize("how", ["jpeg", "bytes behind its end", "turned by EXIF"])
def test_a_picture_saved_anew_is_known_again(client, workspace, street, tmp_path, how) -> None:
    (tmp_path / "copy").mkdir()
    path = tmp_path / "copy" / ("x.png" if "bytes" in how else "x.jpg")
    with Image.open(tmp_path / "p" / "road" / "a.png") as original:
        if how == "jpeg":
            original.save(path, quality=80, subsampling=0)
        elif how == "turned by EXIF":
            exif = Image.Exif()
            exif[0x0112] = 6  # to be turned to the right
            original.transpose(Image.Transpose.ROTATE_90).save(path, quality=95, subsampling=0, exif=exif)
        else:
            path.write_bytes((tmp_path / "p" / "road" / "a.png").read_bytes() + b"more")
    copy = imported(workspace, tmp_path / "copy", "copy")
    (number,) = numbers(workspace, copy).values()
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert seen(client, number) == "right"


@pytest.mark.long
def test_a_smaller_copy_has_larger_boxes_and_one_of_another_shape_is_blurred_whole(workspace, street, tmp_path) -> None:
    (tmp_path / "copy").mkdir()
    with Image.open(tmp_path / "p" / "road" / "a.png") as original:
        original.resize((48, 48), Image.Resampling.BICUBIC).save(tmp_path / "copy" / "half.jpg", quality=70)
        original.resize((96, 80), Image.Resampling.BICUBIC).save(tmp_path / "copy" / "flat.jpg", quality=70)
    copy = imported(workspace, tmp_path / "copy", "copy")
    ids = numbers(workspace, copy)
    switch_blur(workspace, street.id, blurs=True, who="me")
    people = people_in(workspace, copy.id, image_ids=list(ids.values()))
    assert people[ids["flat.jpg"]] is None
    ((x1, y1, x2, y2),) = people[ids["half.jpg"]].tolist()
    assert (x1, y1, y2) == (0, 0, 48) and 26 < x2 < 31


@pytest.mark.long
def test_other_pictures_stay_as_they_are(client, workspace, street, tmp_path) -> None:
    (tmp_path / "other").mkdir()
    for seed in range(50, 60):
        striped(seed).save(tmp_path / "other" / f"{seed}.png")
    other = imported(workspace, tmp_path / "other", "other")
    switch_blur(workspace, street.id, blurs=True, who="me")
    assert set(seen_in(client, workspace, other).values()) == {"both"}
    assert people_in(workspace, other.id, image_ids=list(numbers(workspace, other).values())) is None
    assert not hides_people(workspace, other.id)


@pytest.mark.long
@pytest.mark.parametrize(("positions", "moves"), [("strip", False), ("keep", True)])
def test_an_older_export_imported_again_is_blurred_with_the_pictures_that_were_made(
    client, workspace, street, tmp_path, positions, moves
) -> None:
    target = tmp_path / "out"
    wanted = {"format": "folders", "techniques": "flip,crop", "level": 2, "positions": positions}
    run_job(workspace, "export", "street", version="v1", folder=str(target), **wanted)
    if moves:
        target = target.rename(tmp_path / "elsewhere")
    again = imported(workspace, target, "again")
    sheet = import_data_found.summarise(inspect_folder(target))
    before = [spread(tile) for tile in tiles(sheet)]
    switch_blur(workspace, street.id, blurs=True, who="me")
    softened = [now / then < 0.95 for now, then in zip(map(spread, tiles(sheet)), before, strict=True)]
    assert sorted(softened) == [False, True, True, True]  # all but b.png
    said = seen_in(client, workspace, again)
    assert {name: said.pop(name) for name in AS_IN_THE_STREET} == AS_IN_THE_STREET
    assert said and set(said.values()) == {"none"}  # of c.png: what is made of a picture is hidden as a whole


@pytest.mark.long
def test_a_picture_that_is_new_in_the_street_hides_its_copies_and_no_browser_keeps_them(
    client, workspace, street, tmp_path
) -> None:
    (tmp_path / "copy").mkdir()
    striped(9).save(tmp_path / "copy" / "x.png")
    copy = imported(workspace, tmp_path / "copy", "copy")
    (number,) = numbers(workspace, copy).values()
    switch_blur(workspace, street.id, blurs=True, who="me")
    before = blurring.stamp()
    assert seen(client, number) == "both"
    striped(9).save(tmp_path / "p" / "road" / "new.png")
    run_job(workspace, "import", "street", processes=1)
    assert blurring.stamp() != before
    assert seen(client, number) == "none"  # nobody has looked at it


@pytest.mark.long
def test_crops_of_people_are_known_in_a_folder_below_and_in_a_copy(client, workspace, street, tmp_path) -> None:
    job, _ = run_job(workspace, "crops", "street", margin=0.0, name="cut")
    folder = job.parameters["folder"]
    imported(workspace, folder, "cut", reading="classes")
    below = imported(workspace, f"{folder}/person", "below")
    shutil.copytree(f"{folder}/person", tmp_path / "copied")
    copied = imported(workspace, tmp_path / "copied", "copied")
    switch_blur(workspace, street.id, blurs=True, who="me")
    for dataset in (below, copied):
        assert set(people_in(workspace, dataset.id, image_ids=list(numbers(workspace, dataset).values())).values()) == {
            None
        }


def tiles(preview) -> list[Image.Image]:
    sheet = import_data_preview.contact_sheet(preview)
    return [
        Image.open(io.BytesIO(base64.b64decode(found)))
        for found in re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", sheet)
    ]


def spread(picture: Image.Image) -> float:
    """How far columns of four pixels differ from their neighbours."""
    grey = np.asarray(picture.convert("L")).astype(float)
    return float(np.abs(np.diff(grey.reshape(grey.shape[0], -1, 4).mean(axis=2), axis=1)).mean())


@pytest.mark.long
def test_the_import_pages_sheet_blurs_what_is_known_and_what_lies_in_the_street(workspace, street, tmp_path) -> None:
    (tmp_path / "copy").mkdir()
    with Image.open(tmp_path / "p" / "park" / "c.png") as original:
        original.save(tmp_path / "copy" / "again.jpg", quality=80)
    striped(70).save(tmp_path / "copy" / "other.png")
    striped(71).save(tmp_path / "p" / "road" / "new.png")
    here = import_data_found.summarise(inspect_folder(tmp_path / "copy"))
    there = import_data_found.summarise(inspect_folder(tmp_path / "p" / "road"))
    before = [spread(tile) for tile in (*tiles(here), *tiles(there))]
    switch_blur(workspace, street.id, blurs=True, who="me")
    after = [spread(tile) for tile in (*tiles(here), *tiles(there))]
    again, other, a, b, new = (now / then for now, then in zip(after, before, strict=True))
    assert again < 0.8 and new < 0.8  # nobody has looked at c.png, nor at what is new in the street's folder
    assert other > 0.95 and b > 0.95 and a < 0.95


@pytest.mark.long
def test_files_that_are_not_read_are_known_by_their_looks(workspace, street, tmp_path, monkeypatch) -> None:
    seen = import_data_found.summarise(inspect_folder(shutil.copytree(tmp_path / "p" / "park", tmp_path / "copy")))
    (before,) = [spread(tile) for tile in tiles(seen)]
    switch_blur(workspace, street.id, blurs=True, who="me")
    asked = []
    monkeypatch.setattr(import_data_preview, "MAX_HASHED", 10)
    look_up = blurring.what_to_blur_in_files
    monkeypatch.setattr(
        blurring, "what_to_blur_in_files", lambda *files, **more: asked.extend(files[1]) or look_up(*files, **more)
    )
    (after,) = [spread(tile) for tile in tiles(seen)]
    assert [each.sha256 for each in asked] == [None] and after < 0.8 * before


@pytest.mark.long
def test_the_projectors_sheet_blurs_copies(workspace, street, tmp_path) -> None:
    again = imported(workspace, tmp_path / "p", "again")
    ids = sorted(numbers(workspace, again).values())
    switch_blur(workspace, street.id, blurs=True, who="me")
    hidden = blurring.what_to_blur_in(workspace, again.id, ids)
    rows = projector_images(workspace, image_ids=np.array(ids)).to_pylist()
    drawn = {row["path"]: projector._tile(row, workspace.root, SIDE, hidden.get(row["image_id"])) for row in rows}
    assert {path.rpartition("/")[2]: sharp(tile) for path, tile in drawn.items()} == AS_IN_THE_STREET


@pytest.mark.long
def test_a_copy_with_a_detection_of_its_own_is_blurred_by_both(workspace, street, tmp_path) -> None:
    again = imported(workspace, tmp_path / "p", "again")
    ids = numbers(workspace, again)
    land_boxes(workspace, again, {"road/a.png": [(0, 0.9, 60, 0, 96, 96)]})
    switch_blur(workspace, street.id, blurs=True, who="me")
    switch_blur(workspace, again.id, blurs=True, who="me")
    found = people_in(workspace, again.id, image_ids=[ids["road/a.png"]])[ids["road/a.png"]]
    assert sorted(map(tuple, found.tolist()))[0][:2] == (0, 0) and max(found[:, 2]) == 96
