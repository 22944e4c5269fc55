"""Small pictures of a report's dataset in a folder, drawn by code; the last but two cannot be read."""

from pathlib import Path

import numpy as np
from PIL import Image

from evidence.report.parts import Picture
from jobs.report.pictures import Pictures
from tests.support.sample_report import NAMES

N, UNREADABLE = 8, 6


def drawn_pictures(folder: Path) -> tuple[list[Picture], Pictures]:
    """Pictures 1 to 8 as a document names them, and as a format reads them; that of UNREADABLE is no picture."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for number in range(1, N + 1):
        width, height = ((640, 480), (480, 640), (600, 600))[number % 3]
        noise = np.random.default_rng(number).integers(0, 256, (height // 20, width // 20, 3), np.uint8)
        file = folder / f"{number}.jpg"
        if number == UNREADABLE:
            file.write_bytes(b"no picture")
        else:
            Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC).save(file)
        rows[number] = {
            "format": "JPEG",
            "sha256": f"{number:064x}",
            "path": file.name,
            "has_thumb": False,
            "width": width,
            "height": height,
        }
    shown = [Picture(image_id=i, sha256=f"{i:064x}", title=NAMES[i % len(NAMES)]) for i in rows]
    return shown, Pictures(folder, folder / "thumbs", rows, None)
