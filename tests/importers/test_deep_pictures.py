"""Deep and scientific pictures: shown by a stretch that is said, or refused with what they are."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from analytics.levels import to_levels
from importers.picture import PictureError, decode

tifffile = pytest.importorskip("tifffile")

RAMP = np.linspace(0, 1, 32 * 48).reshape(32, 48)
METRES = (300 + 1275 * RAMP).astype(np.float32)


def tiff(values: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, values, **options)
    return file.getvalue()


def png16(values: np.ndarray, *, colours: int) -> bytes:
    """A PNG of 16 bits; colours: 0 grey, 2 RGB, 6 RGBA."""
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    height, width = values.shape[:2]
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colours, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def levels_of(data: bytes) -> tuple[np.ndarray, str]:
    found = decode(data)
    return np.asarray(found.image), found.how


@pytest.mark.parametrize("no_value", [-9999, -3.4028235e38, -32768, 9.96921e36, np.nan, np.inf, -np.inf])
def test_what_has_no_value_does_not_stretch_the_rest(no_value: float) -> None:
    plain, how = levels_of(tiff(METRES))
    assert how == "Values from 300 to 1,575, black to white." and plain.min() == 0 and plain.max() == 255
    holed = METRES.copy()
    holed[10:14, 10:14] = no_value
    shown, how = levels_of(tiff(holed))
    rest = np.ones(METRES.shape, bool)
    rest[10:14, 10:14] = False
    assert (shown[rest] == plain[rest]).all() and "16 without a finite value" in how
    assert (shown[~rest] == (255 if no_value == np.inf else 0)).all()


def test_the_files_own_word_for_no_value_is_believed() -> None:
    holed = METRES.copy()
    holed[9, :5] = 0
    shown, how = levels_of(tiff(holed, extratags=[(42113, "s", 0, "0", True)]))
    assert how.startswith("Values from 300") and "5 without" in how
    assert (shown[10:] == levels_of(tiff(METRES))[0][10:]).all()


@pytest.mark.parametrize("value", [1234.5, -9999.0, -3.4028235e38, np.nan, np.inf, 1e-40])
def test_one_value_everywhere_is_grey(value: float) -> None:
    shown, how = levels_of(tiff(np.full((8, 8), value, np.float32)))
    assert (shown == 128).all() and "grey" in how


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_grey_of_every_depth_is_shown_from_dark_to_light(kind: str, order: str) -> None:
    low, high = (0, 100) if kind[0] == "u" else (-50, 50)
    values = (low + (high - low) * RAMP).astype(order + kind)
    shown, _ = levels_of(tiff(values, byteorder=order))
    assert (np.diff(shown[..., 0].ravel().astype(int)) >= 0).all()
    assert shown.max() - shown.min() > 90


@pytest.mark.parametrize(
    "values", [METRES, (RAMP * 65535).astype(np.uint16), (RAMP * 255).astype(np.uint8), (RAMP * 9e5).astype(np.uint32)]
)
def test_where_the_smallest_is_white_it_is_shown_white(values: np.ndarray) -> None:
    shown, _ = levels_of(tiff(values, photometric="miniswhite"))
    assert shown[0, 0, 0] == 255 and shown[-1, -1, 0] == 0


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_few_bits_in_sixteen_are_shown_by_their_own_range(bits: int) -> None:
    top = 2**bits - 1
    values = (RAMP * top).round().astype(np.uint16)
    expected = np.round(RAMP * 255)
    for data in (png16(values, colours=0), tiff(values)):
        shown, how = levels_of(data)
        assert np.abs(shown[..., 0] - expected).max() <= 1 and f"{top:,}" in how
    colours = np.stack([values, values[::-1], values[:, ::-1]], axis=-1)
    for data in (
        png16(colours, colours=2),
        tiff(colours, photometric="rgb"),
        tiff(colours.astype(">u2"), photometric="rgb", byteorder=">"),
        tiff(colours, photometric="rgb", compression="zlib"),
        tiff(np.moveaxis(colours, -1, 0), photometric="rgb", planarconfig="separate"),
    ):
        shown, how = levels_of(data)
        assert np.abs(shown[..., 0] - expected).max() <= 1 and f"{top:,}" in how
        assert np.abs(shown[..., 1] - expected[::-1]).max() <= 1


def test_colours_of_sixteen_full_bits_are_as_before_and_need_no_word() -> None:
    values = (np.stack([RAMP] * 3, axis=-1) * 65535).astype(np.uint16)
    shown, how = levels_of(png16(values, colours=2))
    assert (shown == values >> 8).all() and not how


def test_a_narrow_range_far_from_zero_is_stretched() -> None:
    values = (28_000 + 3_000 * RAMP).astype(np.uint16)
    shown, how = levels_of(tiff(values))
    assert shown.min() == 0 and shown.max() == 255 and how == "Values from 28,000 to 31,000, black to white."


def test_bands_that_are_not_shown_are_said() -> None:
    band = (RAMP * 255).astype(np.uint8)
    assert levels_of(tiff(np.stack([band] * 4, -1), photometric="rgb", extrasamples=["unspecified"]))[1] == (
        "Of 4 bands the first 3 are shown."
    )


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        (
            np.zeros((8, 8, 13), np.uint16),
            {"photometric": "minisblack", "planarconfig": "contig"},
            "13 bands of 16-bit",
        ),
        (np.zeros((5, 8, 8), np.uint8), {"photometric": "minisblack", "planarconfig": "separate"}, "5 bands of 8-bit"),
        (np.zeros((8, 8), np.complex64), {}, "one band of 64-bit complex"),
    ],
)
def test_what_is_not_read_is_called_unsupported_with_what_it_is(values, options, words) -> None:
    with pytest.raises(PictureError) as caught:
        decode(tiff(values, **options))
    assert caught.value.code == "unsupported" and words in caught.value.reason


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_half_a_plain_tiff_is_refused(share: float) -> None:
    data = tiff(METRES.astype(np.float64))
    with pytest.raises(PictureError):
        decode(data[: int(len(data) * share)])


def test_a_small_deflated_tiff_of_much_is_not_unpacked() -> None:
    data = bytearray(tiff(np.zeros((64, 64)), compression="zlib", rowsperstrip=64))
    bomb = zlib.compress(bytes(50_000_000))
    head = decode(bytes(data))
    assert head.width == 64
    data += bomb
    with pytest.raises(PictureError) as caught:
        decode(bytes(data), max_pixels=64 * 63)
    assert caught.value.code in ("unsupported", "too-many-pixels")


@given(
    values=arrays(
        st.sampled_from(
            [np.float32, np.float64, np.float16, np.int8, np.int16, np.int32, np.uint16, np.uint32, np.int64]
        ),
        st.tuples(st.integers(1, 6), st.integers(1, 6)),
    ),
    no_value=st.none() | st.floats(),
)
@settings(max_examples=150, deadline=None)
def test_any_numbers_become_levels_in_their_order(values: np.ndarray, no_value: float | None) -> None:
    levels = to_levels(values, no_value=no_value)
    assert levels.pixels.dtype == np.uint8 and levels.pixels.shape == values.shape and levels.how
    kept = np.isfinite(values.astype(np.float64)) & (levels.pixels > 0)
    order = np.argsort(values[kept], kind="stable")
    assert (np.diff(levels.pixels[kept][order].astype(int)) >= 0).all()


def test_a_picture_on_black_and_one_of_few_bits_are_drawn_alike_everywhere(tmp_path) -> None:
    from pages.ui.drawn import Bounds, read_upright

    glyph = Image.new("RGBA", (32, 32), (255, 255, 255, 0))
    glyph.paste((255, 255, 255, 255), (8, 8, 20, 28))
    glyph.save(tmp_path / "glyph.png")
    (tmp_path / "camera.png").write_bytes(png16((RAMP * 4095).astype(np.uint16), colours=0))
    for name in ("glyph.png", "camera.png"):
        drawn = read_upright(tmp_path / name, bounds=Bounds(10**6, side=64))
        assert drawn is not None
        assert (np.asarray(drawn.image) == np.asarray(decode((tmp_path / name).read_bytes()).image)).all()
