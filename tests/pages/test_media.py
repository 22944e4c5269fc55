"""Pictures over HTTP: the right bytes, kept by the browser, and nothing but pictures."""

import time
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui import media, owner, ready
from pages.ui.ready import ReadyPictures
from store.connection import Workspace
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


@pytest.fixture
def no_disk(monkeypatch):
    """Gives a function after which every question to the workspace's file and every look at a picture fails."""

    def forbid() -> None:
        def fail(*_: object, **__: object) -> None:
            raise AssertionError("the disk was asked")

        monkeypatch.setattr(Workspace, "cursor", fail)
        for name in ("stat", "open", "read_bytes"):
            monkeypatch.setattr(Path, name, fail)
        monkeypatch.setattr(media, "run_in_threadpool", fail)

    return forbid


@pytest.mark.parametrize("name", ["small.png", "large.jpg", "scan.tif"])
def test_what_was_served_a_moment_ago_is_served_again_from_memory(client, folder, no_disk, name):
    path = f"/vitrine/thumb/{ids()[name]}"
    before = client.get(path)
    no_disk()
    again = client.get(path)
    assert again.content == before.content
    assert again.headers == before.headers


def test_a_browser_that_has_a_picture_is_answered_without_the_disk(client, folder, no_disk):
    one, other = ids()["small.png"], ids()["large.jpg"]
    client.get(f"/vitrine/thumb/{one}")
    etag = client.get(f"/vitrine/thumb/{other}").headers["etag"]
    media._ready._kept.clear()
    no_disk()
    again = client.get(f"/vitrine/thumb/{other}", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/vitrine/thumb/999").status_code == 404


def test_a_file_that_has_gone_is_seen_some_seconds_later(client, folder, monkeypatch):
    path = f"/vitrine/thumb/{ids()['small.png']}"
    assert client.get(path).headers["content-type"] == "image/png"
    (folder / "small.png").unlink()
    assert client.get(path).headers["content-type"] == "image/png"  # as it was looked at a moment ago
    later = time.monotonic() + ready.LOOKED_AT_AGAIN_S + 0.1
    monkeypatch.setattr(ready.time, "monotonic", lambda: later)
    assert client.get(path).headers["content-type"] == "image/svg+xml"


def test_a_file_written_anew_is_seen_some_seconds_later(client, folder, monkeypatch):
    path = f"/vitrine/thumb/{ids()['small.png']}"
    before = client.get(path).content
    Image.new("RGB", (9, 9), "green").save(folder / "small.png")
    monkeypatch.setattr(ready, "LOOKED_AT_AGAIN_S", -1.0)
    assert client.get(path).content == (folder / "small.png").read_bytes() != before


def test_some_bytes_of_a_picture_can_be_asked_for(client, folder):
    path = f"/vitrine/picture/{ids()['large.jpg']}"
    whole = client.get(path)
    assert whole.headers["accept-ranges"] == "bytes" and whole.headers["last-modified"]
    part = client.get(path, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert client.head(path).headers["content-length"] == str(len(whole.content))


def test_a_file_too_large_for_the_memory_is_read_for_each_request(client, folder, monkeypatch):
    path = f"/vitrine/picture/{ids()['large.jpg']}"
    small = client.get(path)
    monkeypatch.setattr(ready, "MOST_OF_A_FILE", 100)
    monkeypatch.setattr(media, "_ready", ReadyPictures())
    large = client.get(path)
    assert large.content == small.content and media._ready.n_bytes == 0
    assert dict(large.headers) == dict(small.headers)


def test_a_picture_that_may_not_be_seen_is_none_even_to_a_browser_that_has_it(client, folder, monkeypatch):
    path = f"/vitrine/thumb/{ids()['small.png']}"
    etag = client.get(path).headers["etag"]
    monkeypatch.setattr(media, "_rule_for", lambda file, stamp: None)
    unknown = client.get("/vitrine/thumb/999")
    for headers in ({}, {"if-none-match": etag}, {"range": "bytes=0-3"}):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.content) == (404, unknown.content)


def test_pictures_of_another_rule_are_told_apart(client, folder, monkeypatch):
    path = f"/vitrine/thumb/{ids()['small.png']}?v=abc"
    before = client.get(path).headers["etag"]
    monkeypatch.setattr(media, "_rule_for", lambda file, stamp: f"{stamp}-other")
    answer = client.get(path, headers={"if-none-match": before})
    assert answer.status_code == 200 and answer.headers["etag"] != before
    assert answer.headers["cache-control"] == "no-store"


def test_a_picture_is_the_present_one_after_an_import(client, folder):
    number = ids()["small.png"]
    before = client.get(f"/vitrine/thumb/{number}").headers["etag"]
    Image.new("RGB", (9, 9), "green").save(folder / "small.png")
    workspace = owner.get().workspace
    land(workspace, 1, [image_row("small.png", content="another")])
    answer = client.get(f"/vitrine/thumb/{number}", headers={"if-none-match": before})
    assert answer.content == (folder / "small.png").read_bytes() and answer.headers["etag"] != before


def test_what_is_ready_has_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(ready, "MOST_BYTES", 3 * (1000 + ready._OVERHEAD))
    kept = ReadyPictures()
    for number in range(6):
        (tmp_path / str(number)).write_bytes(b"x" * 1000)
        about = ready._seen((tmp_path / str(number)).stat())
        kept.keep(number, ready.Ready(b"x" * 1000, "image/png", {}, tmp_path / str(number), about))
        kept.fresh(0)  # the one that is looked at all the time stays
    assert [number for number in range(6) if kept.fresh(number)] == [0, 4, 5]
    assert kept.n_bytes == ready.MOST_BYTES
    kept.keep(0, ready.Ready(b"y", "image/png", {}, tmp_path / "0", ready._seen((tmp_path / "0").stat())))
    assert kept.n_bytes < ready.MOST_BYTES
