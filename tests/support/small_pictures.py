"""Small pictures of a report, as many as a test asks for, drawn by code in a folder of its own."""

from pathlib import Path

from PIL import Image

from evidence.report.parts import Picture
from jobs.report.pictures import Pictures
from tests.support.sample_report import NAMES


def small_pictures(folder: Path, *, n: int, without: tuple[int, ...] = ()) -> tuple[list[Picture], Pictures]:
    """n pictures with names that break things, high ones and wide ones; of those in `without` there is no file."""
    rows, shown = {}, []
    for number in range(1, n + 1):
        size = (64, 48) if number % 3 else (40, 64)
        sha256 = f"{number:064x}"
        shown.append(
            Picture(image_id=number, sha256=sha256, title=NAMES[number % len(NAMES)], note=f"train/{number}.jpg")
        )
        if number in without:
            continue
        Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, 120)).save(folder / f"{number}.jpg")
        rows[number] = {
            "format": "JPEG",
            "sha256": sha256,
            "path": f"{number}.jpg",
            "has_thumb": False,
            "width": size[0],
            "height": size[1],
        }
    return shown, Pictures(root=folder, thumbs=folder / "thumbs", rows=rows, hidden=None)
