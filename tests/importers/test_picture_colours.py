"""Pictures of every mode come out in three channels of eight bits, as a person sees them."""

import numpy as np
import pytest
from PIL import Image

from importers.picture import read_picture
from tests.support.encoded_pictures import RED, WHITE, corners, encoded


def test_cmyk_comes_out_in_rgb():
    found = read_picture(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert found.mode == "CMYK"
    assert np.abs(found.pixels[4, 4].astype(int) - RED).max() <= 3


def test_16_bit_grey_is_scaled_not_clipped():
    levels = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    for image_format in ("PNG", "TIFF"):
        found = read_picture(encoded(Image.fromarray(levels), image_format))
        assert found.mode == "I;16"
        assert found.pixels[0, :, 0].tolist() == [0, 1, 128, 255]


def test_16_bit_big_endian_tiff_and_pgm_are_scaled():
    levels = np.array([[0, 32896, 65535]], ">u2")
    pgm = b"P5 3 1 65535\n" + levels.tobytes()
    assert read_picture(pgm).pixels[0, :, 1].tolist() == [0, 128, 255]


@pytest.mark.parametrize("top", [1.0, 255.0])
def test_float_picture_is_scaled(top):
    image = Image.fromarray(np.array([[0.0, top / 2, top]], np.float32))
    assert read_picture(encoded(image, "TIFF")).pixels[0, :, 0].tolist() == [0, 128, 255]


def test_float_picture_of_other_range_is_stretched():
    image = Image.fromarray(np.array([[-10.0, 0.0, 10.0]], np.float32))
    assert read_picture(encoded(image, "TIFF")).pixels[0, :, 0].tolist() == [0, 128, 255]


def test_palette_comes_out_in_its_colours():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    found = read_picture(encoded(image, "PNG"))
    assert found.mode == "P" and found.pixels[0, 0].tolist() == [10, 200, 30]


def test_transparent_palette_entry_becomes_white():
    image = Image.new("P", (4, 1), 1)
    image.putpixel((0, 0), 0)
    image.putpalette([0, 0, 0, 10, 200, 30])
    for data in (encoded(image, "PNG", transparency=0), encoded(image, "GIF", transparency=0)):
        assert read_picture(data).pixels[0, :2].tolist() == [[255, 255, 255], [10, 200, 30]]


def test_alpha_is_laid_on_white():
    image = Image.new("RGBA", (3, 1), (255, 0, 0, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 128))
    pixels = read_picture(encoded(image, "PNG")).pixels[0].tolist()
    assert pixels[0] == [255] * 3 and pixels[1] == [127] * 3 and pixels[2] == [255, 0, 0]


def test_grey_alpha_is_laid_on_white():
    image = Image.new("LA", (2, 1), (0, 255))
    image.putpixel((0, 0), (0, 0))
    assert read_picture(encoded(image, "PNG")).pixels[0, :, 0].tolist() == [255, 0]


@pytest.mark.parametrize(("mode", "white"), [("L", 255), ("1", 1)])
def test_grey_and_1_bit_become_three_equal_channels(mode, white):
    image = Image.new(mode, (2, 1), 0)
    image.putpixel((1, 0), white)
    found = read_picture(encoded(image, "PNG"))
    assert found.mode == mode and found.pixels[0].tolist() == [[0] * 3, [255] * 3]


def test_colour_key_transparency_becomes_white():
    data = encoded(corners(), "PNG", transparency=(0, 0, 0))
    assert read_picture(data).pixels[0, :2].tolist() == [list(RED), list(WHITE)]
