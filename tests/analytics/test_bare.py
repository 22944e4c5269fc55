"""Pictures without their notes: no position is left in any format, and no pixel is another."""

import io
import struct
import tracemalloc
import warnings

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from analytics.bare import bare
from analytics.bare_pieces import exif_of, turned
from analytics.errors import OddFile
from tests.support.noted_pictures import (
    GPS,
    SECRET,
    XMP,
    exif,
    gps_in,
    noted,
    pixels,
    upright,
    with_chunk,
    without_notes,
)

WAYS = (
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("MPO", {}),
    ("PNG", {}),
    ("WEBP", {}),
    ("WEBP", {"lossless": True}),
    ("TIFF", {}),
    ("TIFF", {"compression": "jpeg"}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"big_tiff": True}),
    ("GIF", {}),
    ("JPEG2000", {}),
    ("AVIF", {}),
)


def plain(form: str) -> bytes:
    """A file of a format as Pillow writes it, without a note."""
    out = io.BytesIO()
    pixels().save(out, form)
    return out.getvalue()


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment behind its first marker."""
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content + jpeg[2:]


@pytest.mark.parametrize(("form", "options"), WAYS)
def test_nothing_but_pixels_and_orientation_is_left(form, options) -> None:
    before = noted(form, **options)
    after = without_notes(before)
    assert SECRET in before and SECRET not in after
    assert b"GPSLatitude" not in after and b"Camera Works" not in after and not gps_in(after)
    assert upright(after).size == upright(before).size
    assert upright(after).tobytes() == upright(before).tobytes()
    assert without_notes(after) is None  # once is enough
    assert bare(io.BytesIO(before)).n_bytes == len(after)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_stays_upright(form, orientation) -> None:
    before = noted(form, orientation=orientation)
    after = without_notes(before)
    assert not gps_in(after)
    assert upright(after).size == ((48, 32) if orientation < 5 else (32, 48))
    assert upright(after).tobytes() == upright(before).tobytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000", "AVIF"])
def test_a_file_without_notes_may_be_used_as_it_is(form) -> None:
    assert without_notes(plain(form)) is None


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_all_frames_of_an_animation_stay(form) -> None:
    frames = [pixels(seed) for seed in range(3)]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=40, loop=0, exif=exif(), comment=SECRET)
    after = without_notes(out.getvalue())
    with Image.open(io.BytesIO(after)) as left, Image.open(out) as picture:
        assert left.n_frames == picture.n_frames == 3
        for number in range(3):
            left.seek(number)
            picture.seek(number)
            assert left.convert("RGB").tobytes() == picture.convert("RGB").tobytes()


def test_the_colour_profile_stays() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        with Image.open(io.BytesIO(without_notes(noted(form, icc_profile=profile)))) as left:
            assert left.info["icc_profile"] == profile, form


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(lambda jpeg: jpeg + SECRET, id="behind the end"),
        pytest.param(lambda jpeg: jpeg + noted("JPEG"), id="a second picture behind the end"),
        pytest.param(lambda jpeg: with_segment(jpeg, 0xED, b"Photoshop 3.0\0" + SECRET), id="IPTC"),
        pytest.param(lambda jpeg: with_segment(jpeg, 0xE5, SECRET), id="an unknown segment"),
        pytest.param(lambda jpeg: with_segment(jpeg, 0xE0, b"JFXX\0" + SECRET), id="a small picture"),
        pytest.param(lambda jpeg: with_segment(jpeg, 0xFE, SECRET), id="a comment"),
        pytest.param(lambda jpeg: with_segment(jpeg, 0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET), id="XMP"),
    ],
)
def test_a_jpeg_has_no_place_to_hide(extra) -> None:
    before = extra(plain("JPEG"))
    after = without_notes(before)
    assert SECRET not in after and upright(after).tobytes() == upright(plain("JPEG")).tobytes()


def test_an_orientation_that_stands_in_xmp_alone_is_kept() -> None:
    xmp = b'<x:xmpmeta tiff:Orientation="6" exif:GPSLatitude="1,2N"/>'
    out = io.BytesIO()
    pixels().save(out, "JPEG", xmp=xmp)
    after = without_notes(out.getvalue())
    assert upright(after).size == (32, 48) and b"GPSLatitude" not in after


def test_the_profile_that_imagemagick_writes_is_read_for_its_orientation() -> None:
    block = exif(orientation=6).tobytes()
    profile = f"\nexif\n    {len(block)}\n" + "\n".join(
        block.hex()[at : at + 72] for at in range(0, 2 * len(block), 72)
    )
    before = with_chunk(plain("PNG"), b"tEXt", b"Raw profile type exif\0" + profile.encode())
    assert gps_in(before)
    after = without_notes(before)
    assert not gps_in(after) and upright(after).size == (32, 48)


def test_a_directory_where_no_file_reaches_is_odd() -> None:
    for far in (2**62, 2**63, 2**64 - 1):
        with pytest.raises(OddFile):
            bare(io.BytesIO(b"II+\0\x08\0\0\0" + struct.pack("<Q", far) + bytes(100)))


def test_a_file_that_cannot_be_followed_is_said_to_be_odd() -> None:
    for content in (
        b"",
        b"no picture",
        plain("JPEG")[:2] + b"rubbish",
        plain("TIFF")[:12],
        b"P6\n# where\n1 1\n255\n...",
    ):
        with pytest.raises(OddFile):
            bare(io.BytesIO(content))


@pytest.mark.parametrize("where", ["in a scan", "in a chunk", "behind the end"])
def test_a_large_file_takes_little_memory(tmp_path, where) -> None:
    n, path = 48 << 20, tmp_path / "large"
    jpeg, png = noted("JPEG"), noted("PNG")
    at = jpeg.rindex(b"\xff\xda") + 20
    with path.open("wb") as file:
        file.write({"in a scan": jpeg[:at], "in a chunk": png[:8], "behind the end": jpeg}[where])
        file.write(struct.pack(">I4s", n, b"tEXt") if where == "in a chunk" else b"")
        file.seek(n, 1)
        file.write({"in a scan": jpeg[at:], "in a chunk": b"0000" + png[8:], "behind the end": b"x"}[where])
    tracemalloc.start()
    with path.open("rb") as file:
        left = bare(file)
        n_bytes = sum(len(chunk) for chunk in left.chunks(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 << 20, f"{peak:,} bytes"
    assert n_bytes == left.n_bytes and (n_bytes > n) == (where == "in a scan")


NUMBER = st.fractions(min_value=0, max_value=180).map(float)
POSITION = st.fixed_dictionaries(
    {},
    optional={
        1: st.just("N"),
        2: st.tuples(NUMBER, NUMBER, NUMBER),
        3: st.just("E"),
        4: st.tuples(NUMBER, NUMBER, NUMBER),
    },
)
BLOCK = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=200).map(lambda tail: b"II*\0\x08\0\0\0" + tail),
    st.tuples(POSITION, st.integers(0, 20), st.binary(max_size=40)).map(lambda drawn: _block(*drawn)),
)


def _block(position: dict, orientation: int, note: bytes) -> bytes:
    made = Image.Exif()
    made[0x0112] = orientation
    made[GPS] = position
    made[0x8769] = {0x927C: note}
    return made.tobytes()[6:]


def put_in(form: str, block: bytes, xmp: bytes) -> bytes:
    """A file of a format with these bytes where EXIF and XMP stand."""
    if form == "JPEG":
        jpeg = with_segment(plain("JPEG"), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp)
        return with_segment(jpeg, 0xE1, b"Exif\0\0" + block)
    if form == "PNG":
        return with_chunk(with_chunk(plain("PNG"), b"eXIf", block), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    out = io.BytesIO()
    pixels().save(out, "WEBP", exif=block, xmp=xmp, lossless=True)
    return out.getvalue()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(form=st.sampled_from(["JPEG", "PNG", "WEBP"]), block=BLOCK, xmp=st.binary(max_size=200) | st.just(XMP))
@example("WEBP", exif_of(6), b"")
@example("JPEG", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06", b"")
def test_whatever_stands_in_exif_and_xmp_no_position_is_left(form, block, xmp) -> None:
    before = put_in(form, block, xmp)
    after = without_notes(before)
    if after is None:
        assert turned(block, xmp) in range(1, 9) and block.rstrip(b"\0") in (b"", *map(_tail, range(2, 9)))
        return
    assert not gps_in(after)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert Image.open(io.BytesIO(after)).convert("RGB").tobytes() == pixels_of(before)
    assert without_notes(after) is None


def _tail(orientation: int) -> bytes:
    return exif_of(orientation).rstrip(b"\0")


def pixels_of(content: bytes) -> bytes:
    """As they are stored."""
    with Image.open(io.BytesIO(content)) as opened:
        return opened.convert("RGB").tobytes()


ONE_OF_EACH = {f"{form} {options}": noted(form, **options) for form, options in WAYS}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    way=st.sampled_from(list(ONE_OF_EACH)),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
    cut=st.none() | st.floats(0, 1),
)
def test_a_damaged_file_is_odd_or_has_no_position_left(way, changes, cut) -> None:
    content = bytearray(ONE_OF_EACH[way])
    for place, value in changes:
        content[int(place * len(content))] = value
    content = content[: int(cut * len(content))] if cut is not None else content
    try:
        after = without_notes(bytes(content))
    except OddFile:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = gps_in(bytes(content) if after is None else after)
        except Exception:  # noqa: BLE001  no picture any more: what Pillow raises then is anything
            return
    assert not found
