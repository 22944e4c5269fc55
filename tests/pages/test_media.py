"""Pictures over HTTP: the right bytes, kept by the browser, and nothing but pictures."""

from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui import media, owner
from store.datasets import ensure_dataset
from tests.support.small_workspace import image_row, land


@pytest.fixture
def client(app_workspace):
    return TestClient(Starlette(routes=media.ROUTES))


@pytest.fixture
def folder(tmp_path, client) -> Path:
    """Three images: a small PNG, a large JPEG and a TIFF, the last two with thumbnails."""
    root = tmp_path / "pictures"
    root.mkdir()
    workspace = owner.get().workspace
    rows = []
    for name, side, form in (("small.png", 8, "PNG"), ("large.jpg", 600, "JPEG"), ("scan.tif", 8, "TIFF")):
        Image.new("RGB", (side, side), "red").save(root / name)
        rows.append(image_row(name, format=form, has_thumb=name != "small.png"))
        if name != "small.png":
            thumb = workspace.root / "thumbs" / rows[-1]["sha256"][:2] / f"{rows[-1]['sha256']}.jpg"
            thumb.parent.mkdir(exist_ok=True)
            Image.new("RGB", (4, 4), "blue").save(thumb)
    dataset = ensure_dataset(workspace, "birds", root=str(root), task="single", layout="flat")
    land(workspace, dataset.id, rows)
    return root


def ids() -> dict[str, int]:
    rows = owner.get().workspace.read_text("SELECT path, id FROM image").to_pylist()
    return {row["path"]: row["id"] for row in rows}


def test_a_small_picture_is_sent_as_it_is(client, folder):
    answer = client.get(f"/vitrine/thumb/{ids()['small.png']}")
    assert answer.content == (folder / "small.png").read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_large_picture_has_a_small_copy_and_is_whole_when_asked_for(client, folder):
    number = ids()["large.jpg"]
    whole, small = client.get(f"/vitrine/picture/{number}"), client.get(f"/vitrine/thumb/{number}")
    assert whole.content == (folder / "large.jpg").read_bytes()
    assert len(small.content) < len(whole.content)


def test_what_a_browser_cannot_draw_is_sent_as_its_thumbnail(client, folder):
    answer = client.get(f"/vitrine/picture/{ids()['scan.tif']}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content[:2] == b"\xff\xd8"


def test_a_browser_that_has_a_picture_is_told_to_keep_it(client, folder):
    path = f"/vitrine/thumb/{ids()['small.png']}"
    etag = client.get(path).headers["etag"]
    again = client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_whose_file_has_gone_is_a_placeholder_that_is_not_kept(client, folder):
    (folder / "small.png").unlink()
    answer = client.get(f"/vitrine/picture/{ids()['small.png']}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["999999", "0", "-1", "x", "../../etc/passwd", "1;DROP TABLE image"])
def test_only_numbers_of_images_name_a_picture(client, folder, path):
    assert client.get(f"/vitrine/picture/{path}").status_code == 404
