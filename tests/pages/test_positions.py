"""GPS positions in what the app serves: none, in no format, large or small."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.overview.health import say_positions
from pages.ui import media, owner
from store.overview import Totals
from tests.support.exporting import imported
from tests.support.noted_pictures import SECRET, gps_in, noted, upright

FORMATS = {"JPEG": "a.jpg", "PNG": "b.png", "WEBP": "c.webp", "GIF": "d.gif", "TIFF": "e.tif"}


@pytest.fixture
def client(app_workspace):
    return TestClient(Starlette(routes=media.ROUTES))


@pytest.fixture
def journey(tmp_path, client):
    """A picture of each format, with notes."""
    folder = tmp_path / "p"
    folder.mkdir()
    for form, name in FORMATS.items():
        (folder / name).write_bytes(noted(form, **({"orientation": 1} if form not in ("GIF", "TIFF") else {})))
    return imported(owner.get().workspace, folder, "journey")


@pytest.mark.long
def test_what_is_served_holds_no_notes(client, journey, tmp_path) -> None:
    rows = owner.get().workspace.rows("images_to_embed", dataset_id=journey.id)
    assert len(rows) == len(FORMATS)
    for row in rows:
        original = (tmp_path / "p" / row["path"]).read_bytes()
        for route in ("picture", "thumb"):
            answer = client.get(f"/vitrine/{route}/{row['image_id']}")
            assert answer.status_code == 200 and answer.headers["content-type"].startswith("image/")
            assert len(answer.content) == int(answer.headers["content-length"])
            assert SECRET not in answer.content and b"GPSLatitude" not in answer.content and not gps_in(answer.content)
            assert upright(answer.content).size == upright(original).size
        if row["path"] != "e.tif":  # no browser draws TIFF
            assert (
                upright(client.get(f"/vitrine/picture/{row['image_id']}").content).tobytes()
                == upright(original).tobytes()
            )


@pytest.mark.long
def test_a_file_that_cannot_be_followed_is_drawn_anew(client, journey, tmp_path) -> None:
    row = next(
        row for row in owner.get().workspace.rows("images_to_embed", dataset_id=journey.id) if row["path"] == "d.gif"
    )
    path = tmp_path / "p" / "d.gif"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"\x99" + SECRET)  # Pillow draws the first frame all the same
    answer = client.get(f"/vitrine/picture/{row['image_id']}")
    assert answer.headers["content-type"] == "image/jpeg" and SECRET not in answer.content


def test_the_overview_says_how_many_pictures_carry_a_position() -> None:
    assert say_positions(Totals(9, 9, 0, 0, 0, 0, 0, 0)) == "No picture is known to carry a GPS position."
    said = say_positions(Totals(9, 9, 0, 0, 0, 0, 2, 1))
    assert said.startswith("2 pictures carry a GPS position.") and "Of 1 picture it is not known" in said
