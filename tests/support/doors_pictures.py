"""Doors for pictures, and for the notes that cameras leave in them."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from analytics.errors import OddFile
from importers.picture import PictureError, decode
from tests.support.noted_pictures import gps_in, noted, without_notes
from tests.support.target import Try


def pictures() -> list[bytes]:
    pixels = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
    corpus = []
    for kind, mode in [("PNG", "RGB"), ("PNG", "P"), ("PNG", "RGBA"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("GIF", "P")]:
        corpus.append(saved(Image.fromarray(pixels).convert(mode), kind))
    corpus += [saved(Image.fromarray(pixels), kind) for kind in ("WEBP", "BMP", "TIFF", "PPM", "ICO", "TGA")]
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (1.0, 2.0, 3.0)}
    return [*corpus, saved(Image.fromarray(pixels), "JPEG", exif=exif.tobytes())]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def decode_one(folder: Path) -> Try:
    def one(data: bytes) -> None:
        try:
            decode(data)
        except PictureError as refused:
            assert refused.reason

    return one


def noted_pictures() -> list[bytes]:
    """Pictures that say where they were taken, in every format that can."""
    return [noted(form) for form in ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "GIF", "JPEG2000", "AVIF")]


def take_notes_out(folder: Path) -> Try:
    """Either the file is odd, or no position that Pillow can read is left of it, and once is enough."""

    def one(data: bytes) -> None:
        try:
            left = without_notes(data)
        except OddFile:
            return
        assert left is None or without_notes(left) is None
        try:
            says = gps_in(data if left is None else left)
        except Exception:  # noqa: BLE001  no picture any more: what Pillow raises then is anything
            return
        assert not says

    return one
