"""Reading one picture: every kind of good and bad file comes out as pixels or as a reason."""

import os
import random
import struct
import threading
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from importers.picture import Picture, PictureError, decode, fit, read_picture
from tests.support.encoded_pictures import RED, WHITE, corners, encoded, noise


def refused(source: Path | bytes, **options: int) -> PictureError:
    with pytest.raises(PictureError) as caught:
        read_picture(source, **options)
    assert caught.value.reason.endswith(".") and str(caught.value) == caught.value.reason
    return caught.value


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of_declared_size(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [
        png_chunk(b"IHDR", header),
        png_chunk(b"IDAT", zlib.compress(b"\0" * 1000)),
        png_chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_png_comes_out_pixel_by_pixel():
    image = noise()
    found = read_picture(encoded(image, "PNG"))
    assert np.array_equal(found.pixels, np.asarray(image))
    assert (found.width, found.height, found.format, found.mode, found.n_frames) == (40, 30, "PNG", "RGB", 1)
    assert found.pixels.dtype == np.uint8 and not found.was_reduced


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "JPEG", "JPEG2000", "AVIF"])
def test_format_is_read(image_format):
    found = read_picture(encoded(Image.new("RGB", (20, 10), (200, 100, 50)), image_format))
    assert found.pixels.shape == (10, 20, 3)
    assert np.abs(found.pixels.astype(int) - (200, 100, 50)).max() <= 8


@pytest.mark.parametrize("name", ["a b.png", 'quote".png', "apo'.png", "emoji 🐈.png", "new\nline.png", "<b>&.png"])
def test_odd_name_is_read(tmp_path, name):
    (tmp_path / name).write_bytes(encoded(corners(), "PNG"))
    assert read_picture(tmp_path / name).width == 6


def test_invalid_utf8_name_is_read(tmp_path):
    path = os.fsdecode(bytes(tmp_path) + b"/caf\xe9.png")
    Path(path).write_bytes(encoded(corners(), "PNG"))
    assert read_picture(Path(path)).width == 6


def test_wrong_ending_is_read_by_content(tmp_path):
    (tmp_path / "really_a_png.jpg").write_bytes(encoded(corners(), "PNG"))
    assert read_picture(tmp_path / "really_a_png.jpg").format == "PNG"


def test_empty_file_is_refused(tmp_path):
    (tmp_path / "a.jpg").touch()
    assert refused(tmp_path / "a.jpg").code == refused(b"").code == "empty"


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "WEBP"])
def test_truncated_file_says_how_much_is_there(image_format):
    data = encoded(noise(), image_format)
    error = refused(data[: len(data) // 2])
    assert error.code == "truncated"
    assert f"{len(data) // 2:,} of at least" in error.reason


@pytest.mark.parametrize("image_format", ["JPEG", "GIF", "TIFF", "PPM"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_file_is_refused(image_format, share):
    data = encoded(noise(200, 150), image_format)
    assert refused(data[: int(len(data) * share)]).code in ("truncated", "damaged")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_truncated_jpeg_is_called_truncated(share):
    data = encoded(noise(200, 150), "JPEG")
    assert refused(data[: int(len(data) * share)]).code == "truncated"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"just some notes\n" * 20, "looks like text"),
        ("\ufeff고양이 이름".encode(), "looks like text"),
        (b"<!DOCTYPE html><title>404</title>", "looks like a web page"),
        (b'{"labels": 1}', "looks like JSON"),
        (b"PK\x03\x04" + bytes(50), "looks like a ZIP archive"),
        (b"\0\0\0\x18ftypisom" + bytes(50), "looks like a video"),
        (b"RIFF\x24\0\0\0AVI LIST" + bytes(50), "looks like a video"),
        (b"\0\0\0\x20moov" + bytes(50), "looks like a video"),
        (b"<!-- saved -->\n<html><body>403</body></html>", "looks like a web page"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a server's error message"),
        (b"data:image/png;base64,iVBORw0KGgo=", "base64"),
        (b"https://example.org/cat.jpg\n", "looks like an address"),
        ("<html>été</html>".encode("utf-16"), "looks like a web page"),
        (bytes(5000), "zero bytes"),
        (b"\x01\x02\x03\x04\xff\xfe\xfd" * 9, "begins with the bytes 01 02"),
    ],
)
def test_what_is_no_image_is_named(content, words):
    error = refused(content)
    assert error.code == "not-an-image" and words in error.reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg/>", "SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"8BPS" + bytes(40), "Photoshop"),
        (b"%!PS-Adobe-3.0 EPSF", "PostScript"),
        (b"%PDF-1.7", "PDF"),
        (bytes(128) + b"DICM\2\0\0\0UL\4\0" + bytes(40), "DICOM"),
        (b"\x08\0\x05\0CS\x0a\0ISO_IR 100" + bytes(40), "DICOM"),
        (bytes.fromhex("5c010000") + bytes(340) + b"n+1\0" + bytes(40), "NIfTI"),
        (b"\xff\x0a" + bytes(40), "JPEG XL"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "raw photograph"),
    ],
)
def test_unsupported_picture_says_so(content, words):
    error = refused(content)
    assert error.code == "unsupported" and words in error.reason and "Convert it" in error.reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n", "12,345 bytes"),
        (b"version https://git-lfs.github.com/spec/v1\r\noid sha256:" + b"0" * 64, "git lfs pull"),
        (b"/annex/objects/SHA256E-s12345--" + b"0" * 64 + b".jpg\n", "git annex get"),
        (b"../.git/annex/objects/Xx/Yy/SHA256E-s1--00.jpg/SHA256E-s1--00.jpg", "git annex get"),
        (b"outs:\n- md5: 0123456789abcdef\n  size: 12345\n  path: cat.jpg\n", "dvc pull"),
    ],
)
def test_what_a_store_left_in_a_pictures_place_says_how_to_fetch_it(content, words):
    error = refused(content)
    assert error.code == "pointer" and words in error.reason


def noted_png(*chunks: bytes, after: bool = False) -> bytes:
    data = encoded(noise(20, 10), "PNG")
    at = len(data) - 12 if after else 33
    return data[:at] + b"".join(chunks) + data[at:]


WORKFLOW = b'{"workflow": "%s"}' % (b"node " * 600_000)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "chunk",
    [
        png_chunk(b"zTXt", b"workflow\0\0" + zlib.compress(WORKFLOW)),
        png_chunk(b"iTXt", b"workflow\0\1\0en\0Ablauf\0" + zlib.compress(WORKFLOW)),
        png_chunk(b"tEXt", b"workflow\0" + WORKFLOW * 30),
        png_chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(2_500_000))),
        png_chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(200_000_000), 1)) * 3,
    ],
    ids=["zTXt", "iTXt", "tEXt", "iCCP", "bombs"],
)
def test_a_png_with_large_notes_is_read_for_its_pixels(chunk, after):
    data = noted_png(chunk, after=after)
    tracemalloc.start()
    found = read_picture(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.pixels == np.asarray(noise(20, 10))).all()
    assert most < 32 << 20 or len(data) > 32 << 20


def test_a_position_in_a_large_note_is_still_seen():
    xmp = b"<x:xmpmeta>" + b" " * 3_000_000 + b"<exif:GPSLatitude>1</exif:GPSLatitude>"
    for packed in (b"\1", b"\0"):
        text = zlib.compress(xmp) if packed == b"\1" else xmp
        chunk = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0" + packed + b"\0\0\0" + text)
        assert decode(noted_png(chunk, png_chunk(b"zTXt", b"a\0\0" + zlib.compress(WORKFLOW)))).has_position


def test_damaged_picture_is_refused():
    data = bytearray(encoded(noise(), "PNG"))
    data[60:90] = bytes(30)
    assert refused(bytes(data)).code == "damaged"


def test_missing_file_folder_and_pipe_are_refused(tmp_path):
    assert refused(tmp_path / "gone.png").code == "missing"
    assert refused(tmp_path).code == "not-a-file"
    os.mkfifo(tmp_path / "pipe.png")
    assert refused(tmp_path / "pipe.png").code == "not-a-file"


def test_file_without_permission_is_unreadable(tmp_path, monkeypatch):
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("importers.picture.os.open", denied)
    error = refused(tmp_path / "a.png")
    assert error.code == "unreadable" and "permission" in error.reason


def test_file_that_is_too_big_is_not_read(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    assert refused(tmp_path / "a.png", max_bytes=100).code == "too-many-bytes"


def test_bomb_is_refused_by_its_header():
    error = refused(png_of_declared_size(60_000, 60_000))
    assert error.code == "too-many-pixels" and "3,600,000,000" in error.reason


def test_pixel_limit_can_be_moved():
    data = encoded(noise(40, 30), "PNG")
    assert read_picture(data, max_pixels=1_200).width == 40
    assert refused(data, max_pixels=1_199).code == "too-many-pixels"


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_animation_gives_its_first_frame_and_their_number(image_format):
    frames = [Image.new("RGB", (9, 7), colour) for colour in (RED, (0, 255, 0), (0, 0, 255))]
    options = {} if image_format == "TIFF" else {"lossless": True} if image_format == "WEBP" else {}
    found = read_picture(encoded(frames[0], image_format, save_all=True, append_images=frames[1:], **options))
    assert found.n_frames == 3 and found.pixels[3, 3].tolist() == list(RED)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(image_format, orientation):
    stored = Image.new("RGB", (48, 32))
    stored.paste(WHITE, (0, 0, 16, 16))  # the stored picture's upper left corner
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = read_picture(encoded(stored, image_format, exif=exif))
    lies_down = orientation >= 5
    assert (found.width, found.height) == ((32, 48) if lies_down else (48, 32))
    assert found.pixels.shape == (found.height, found.width, 3)
    bottom, right = orientation in (3, 4, 7, 8), orientation in (2, 3, 6, 7)
    assert found.pixels[-5 if bottom else 4, -5 if right else 4].min() > 200


def test_odd_orientation_is_ignored():
    exif = Image.Exif()
    exif[0x0112] = 77
    assert read_picture(encoded(corners(), "JPEG", exif=exif)).width == 6


@pytest.mark.parametrize(("min_side", "shape"), [(64, (75, 100)), (75, (75, 100)), (76, (150, 200)), (151, (300, 400))])
def test_jpeg_is_reduced_as_far_as_the_shorter_side_allows(min_side, shape):
    found = read_picture(encoded(noise(800, 600), "JPEG"), min_side=min_side)
    assert found.pixels.shape == (*shape, 3)  # 600 / 8 = 75, 600 / 4 = 150, 600 / 2 = 300
    assert (found.width, found.height, found.was_reduced) == (800, 600, True)


def test_small_jpeg_and_other_formats_are_never_reduced():
    assert not read_picture(encoded(noise(100, 90), "JPEG"), min_side=64).was_reduced
    assert not read_picture(encoded(noise(800, 600), "PNG"), min_side=64).was_reduced


def test_reduced_and_rotated_picture_keeps_its_upright_size():
    exif = Image.Exif()
    exif[0x0112] = 6
    found = read_picture(encoded(noise(800, 600), "JPEG", exif=exif), min_side=64)
    assert (found.width, found.height) == (600, 800) and found.pixels.shape == (100, 75, 3)


def test_fit_keeps_the_shape_and_never_enlarges():
    assert fit(noise(400, 100), 100).size == (100, 25)
    assert fit(noise(1000, 1), 100).size == (100, 1)
    image = noise(30, 20)
    assert fit(image, 100) is image


def test_warnings_of_the_decoder_do_not_leak(recwarn):
    exif = b"Exif\0\0II*\0\x08\0\0\0\x50\0" + bytes(20)  # more entries than bytes
    read_picture(encoded(corners(), "JPEG", exif=exif))
    refused(encoded(noise(), "TIFF")[:200])
    assert list(recwarn) == []


SAMPLES = [
    encoded(noise(24, 18), image_format)
    for image_format in ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
]
SAMPLES.append(encoded(noise(24, 18), "TIFF", compression="tiff_lzw"))
SAMPLES.append(encoded(noise(24, 18).convert("P"), "PNG", transparency=0))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 2**32), st.integers(1, 20), st.floats(0.02, 1))
def test_no_damage_raises_anything_but_a_picture_error(data, seed, n_bytes, share):
    rng = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(n_bytes):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    try:
        found = read_picture(bytes(damaged[: max(1, int(len(damaged) * share))]), max_pixels=1_000_000)
    except PictureError as error:
        assert error.code and error.reason
    else:
        assert isinstance(found, Picture) and found.pixels.shape[2] == 3


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", *(data[:12] for data in SAMPLES)]))
def test_no_bytes_raise_anything_but_a_picture_error(tail, head):
    try:
        read_picture(head + tail, max_pixels=1_000_000)
    except PictureError as error:
        assert error.code and error.reason


def test_threads_read_side_by_side():
    data = [encoded(noise(seed=seed), "PNG") for seed in range(4)]
    found: dict[int, Picture] = {}

    def read(number: int) -> None:
        for _ in range(20):
            found[number] = read_picture(data[number])

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[number].pixels, np.asarray(noise(seed=number))) for number in range(4))
