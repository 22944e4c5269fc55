"""Small pictures, and their bytes in a format."""

from io import BytesIO

import numpy as np
from PIL import Image

RED, WHITE = (255, 0, 0), (255, 255, 255)


def encoded(image: Image.Image, image_format: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def noise(width: int = 40, height: int = 30, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def corners() -> Image.Image:
    """6x4, black but for a red pixel in the upper left corner."""
    image = Image.new("RGB", (6, 4))
    image.putpixel((0, 0), RED)
    return image
