"""People blurred in what a job writes; what to hide lies in the job's folder, for a worker never opens the database."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from analytics.blur import blurred_of
from importers.picture import PictureError, read_picture
from importers.sources import PicturePath
from jobs.engine.errors import ExportRefused
from jobs.export.plan import ExportRow
from store.connection import Workspace
from store.privacy import people_in

HIDDEN = "hidden.json"
Hidden = dict[int, np.ndarray | None]  # by image id: boxes (n, 4) in upright pixels; None: the whole picture
_SAVED_AS = {"MPO": "JPEG"}
_QUALITY: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"quality": 95},
    "AVIF": {"quality": 90},
}


def write_hidden(workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int], folder: Path) -> None:
    """Leave in a job's folder what is to be blurred in these pictures; nothing where the switch is off."""
    people = people_in(workspace, dataset_id, image_ids=image_ids)
    path = folder / HIDDEN
    if people is None:
        path.unlink(missing_ok=True)
        return
    hidden = {
        image_id: None if boxes is None else boxes.tolist()
        for image_id, boxes in people.items()
        if boxes is None or len(boxes)
    }
    path.write_text(json.dumps(hidden), encoding="utf-8")


def read_hidden(folder: Path) -> Hidden | None:
    """What `write_hidden` left; None where people are not blurred."""
    path = folder / HIDDEN
    if not path.exists():
        return None
    hidden = json.loads(path.read_text(encoding="utf-8"))
    return {int(image_id): None if boxes is None else np.array(boxes) for image_id, boxes in hidden.items()}


def read_blurred(path: PicturePath, row: ExportRow, boxes: np.ndarray | None) -> Image.Image:
    """A version's picture as RGB, upright, with what is hidden blurred; raises PictureError."""
    return blurred_of(
        Image.fromarray(read_picture(path, max_pixels=row.width * row.height).pixels),
        boxes,
        width=row.width,
        height=row.height,
    )


def save_blurred(path: PicturePath, row: ExportRow, boxes: np.ndarray | None, *, target: str) -> str:
    """Write a blurred copy in the picture's own format, without its metadata, and give its SHA-256.

    Raises ExportRefused.
    """
    form = _SAVED_AS.get(row.format, row.format)
    try:
        read_blurred(path, row, boxes).save(target, form, **_QUALITY.get(form, {}))
        with open(target, "rb") as written:
            return hashlib.file_digest(written, "sha256").hexdigest()
    except (PictureError, OSError, ValueError, KeyError) as error:
        raise ExportRefused(f"{row.path} holds people and cannot be blurred: {error}") from error
