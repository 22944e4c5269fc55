"""Transparent pictures stay visible, on every way through the house, and pictures without features are no copies."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from analytics.ground import ground_of
from importers.picture import decode
from importers.scan_child import thumb_path
from store.duplicates import latest_comparison, read_pairs
from tests.support.exporting import imported
from tests.support.running import run_job

WHITE, CLEAR = (255, 255, 255, 255), (255, 255, 255, 0)


def glyph(n: int, *, colour: tuple[int, int, int, int] = WHITE, side: int = 64) -> Image.Image:
    """One of many different shapes in one colour on a transparent ground."""
    image = Image.new("RGBA", (side, side), (*colour[:3], 0))
    draw, rng = ImageDraw.Draw(image), np.random.default_rng(n)
    draw.polygon([tuple(point) for point in rng.integers(4, side - 4, (3, 2)).tolist()], fill=colour)
    x, y = rng.integers(4, side // 2, 2).tolist()
    draw.ellipse((x, y, x + side // 4, y + side // 3), fill=colour)
    return image


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize("colour", [255, 235, 128, 20, 0])
@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "LA", "GIF", "P"])
def test_a_glyph_of_any_grey_is_seen_in_every_format(colour: int, form: str) -> None:
    image = glyph(3, colour=(colour, colour, colour, 255))
    if form == "WEBP":
        data = encoded(image, "WEBP", lossless=True)
    elif form in ("GIF", "P"):
        indexed = Image.new("P", image.size, 0)
        indexed.putpalette([255, 255, 255, colour, colour, colour])
        indexed.paste(1, mask=image.getchannel("A"))
        data = encoded(indexed, "GIF" if form == "GIF" else "PNG", transparency=0)
    else:
        data = encoded(image.convert("LA") if form == "LA" else image, "TIFF" if form == "TIFF" else "PNG")
    luma = np.asarray(decode(data).image.convert("L")).astype(int)
    inside = np.asarray(image.getchannel("A")) == 255
    assert np.abs(luma[inside].mean() - luma[~inside].mean()) >= 32


@given(alphas=st.lists(st.integers(0, 255), min_size=4, max_size=4), lumas=st.lists(st.integers(0, 255), min_size=4))
@settings(max_examples=100, deadline=None)
def test_the_ground_leaves_something_to_see(alphas: list[int], lumas: list[int]) -> None:
    luma, alpha = np.array([lumas[:4]], np.uint8), np.array([alphas], np.uint8)
    ground = ground_of(luma, alpha)
    assert ground in (255, 0, 128)
    if ground != 255:  # it is left for one on which more can be seen
        lost = {level: alpha[np.abs(luma.astype(int) - level) < 32].sum() for level in (ground, 255)}
        assert lost[ground] < lost[255]


def test_black_and_coloured_drawings_stay_on_white_and_so_does_what_is_opaque() -> None:
    for colour in ((0, 0, 0, 255), (200, 30, 30, 255), (90, 90, 90, 120)):
        found = decode(encoded(glyph(1, colour=colour)))
        assert found.image.getpixel((0, 0)) == (255, 255, 255) and not found.how
    assert not decode(encoded(Image.new("RGBA", (8, 8), WHITE))).how
    assert not decode(encoded(Image.new("RGBA", (8, 8), CLEAR))).how


def test_black_and_white_in_one_drawing_are_both_seen() -> None:
    image = Image.new("RGBA", (64, 64), CLEAR)
    image.paste(WHITE, (10, 10, 30, 50))
    image.paste((0, 0, 0, 255), (34, 10, 54, 50))
    found = decode(encoded(image))
    assert found.image.getpixel((0, 0)) == (128, 128, 128) and "grey" in found.how


@pytest.fixture
def icons(workspace, tmp_path):
    """Six white glyphs of two classes; twelve flat colours, of which two are one file and two have the same pixels."""
    for n in range(6):
        path = tmp_path / "icons" / ("arrow", "box")[n % 2] / f"{n}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        glyph(n).save(path)
    flat = tmp_path / "icons" / "flat"
    flat.mkdir()
    for n in range(10):
        Image.new("RGB", (40, 40), (20 * n, 255 - 20 * n, 128)).save(flat / f"{n}.png")
    (flat / "same_file.png").write_bytes((flat / "0.png").read_bytes())
    Image.new("RGB", (40, 40), (0, 255, 128)).save(flat / "same_pixels.png", compress_level=0)
    return imported(workspace, tmp_path / "icons", "icons")


def paths_of_pairs(workspace, dataset, run_id: int) -> set[tuple[str, str]]:
    rows = workspace.read_text("SELECT id, path FROM image").to_pylist()
    path_of = {row["id"]: row["path"] for row in rows}
    pairs = read_pairs(workspace, dataset.id, run_id=run_id)
    return {(path_of[a], path_of[b]) for a, b in zip(pairs["first"].tolist(), pairs["second"].tolist(), strict=True)}


@pytest.mark.long
def test_pictures_without_features_pair_with_nothing_but_their_own_bytes(workspace, icons) -> None:
    rows = workspace.read_text("SELECT path, pixel_sha256, contrast, rendering FROM image ORDER BY path").to_pylist()
    glyphs = [row for row in rows if not row["path"].startswith("flat")]
    assert len({row["pixel_sha256"] for row in glyphs}) == 6
    assert all(row["contrast"] > 20 and "black" in row["rendering"] for row in glyphs)
    assert all(row["rendering"] is None for row in rows if row["path"].startswith("flat"))
    assert paths_of_pairs(workspace, icons, 0) == {("flat/0.png", "flat/same_file.png")}
    job = run_job(workspace, "duplicates", "icons")
    pairs = paths_of_pairs(workspace, icons, latest_comparison(workspace, icons.id).run_id)
    assert [pair for pair in pairs if "flat" in pair[0] + pair[1]] == [("flat/0.png", "flat/same_file.png")]
    assert job.figures["n_groups"] == 1 and job.figures["n_in_groups"] == 2


@pytest.mark.long
def test_what_was_stored_stays_until_a_rescan_which_draws_it_anew(workspace, icons, tmp_path) -> None:
    (before,) = workspace.read_text("SELECT * FROM image WHERE path = 'arrow/0.png'").to_pylist()
    thumb = thumb_path(workspace.root / "thumbs", before["sha256"])
    Image.new("RGB", (64, 64), "white").save(thumb)
    with workspace.writing(icons.id, changes_data=True) as cursor:  # as an earlier version saw it
        cursor.execute("UPDATE image SET pixel_sha256 = 'blank', phash = 1, contrast = 0, rendering = NULL")
    imported(workspace, tmp_path / "icons", "icons")
    (stored,) = workspace.read_text("SELECT * FROM image WHERE path = 'arrow/0.png'").to_pylist()
    assert stored["pixel_sha256"] == "blank"
    imported(workspace, tmp_path / "icons", "icons", again=True)
    (after,) = workspace.read_text("SELECT * FROM image WHERE path = 'arrow/0.png'").to_pylist()
    differing = {name for name in before if before[name] != after[name]}
    assert differing <= {"run_id", "imported_at"}
    assert np.asarray(Image.open(thumb).convert("L")).std() > 20
