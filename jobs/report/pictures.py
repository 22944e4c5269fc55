"""Pictures as they go into a report: small, upright, without a camera's notes, people blurred where the dataset is."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from analytics.blur import blurred_of
from importers.picture import PictureError, read_picture
from importers.sources import PicturePath, Root, StoredFile
from importers.stores import BucketError
from jobs.export.blur import Hidden

_QUALITY = 85
_NO_PICTURE = "POINT"  # the format of a row of features


@dataclass(frozen=True)
class Pictures:
    """The pictures of a report, by image id. rows: of the store's `report_pictures`; thumbs: the workspace's folder.

    hidden: what to blur, None where people are not blurred.
    """

    root: Root
    thumbs: Path
    rows: Mapping[int, Mapping[str, Any]]
    hidden: Hidden | None

    def image(self, image_id: int, *, side: int) -> Image.Image | None:
        """RGB, upright, at most `side` pixels a side, nothing noted in it; None where there is no picture to show."""
        row = self.rows.get(image_id)
        if row is None or row["format"] == _NO_PICTURE:
            return None
        picture = self._read(row, side=side)
        if picture is None:
            return None
        if self.hidden is not None and image_id in self.hidden:
            picture = blurred_of(picture, self.hidden[image_id], width=row["width"], height=row["height"])
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        bare = Image.new("RGB", picture.size)  # nothing of the file's notes comes along
        bare.paste(picture)
        return bare

    def jpeg(self, image_id: int, *, side: int, quality: int = _QUALITY) -> bytes | None:
        """The same as the bytes of a JPEG file."""
        picture = self.image(image_id, side=side)
        if picture is None:
            return None
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return out.getvalue()

    def _read(self, row: Mapping[str, Any], *, side: int) -> Image.Image | None:
        """The thumbnail where it is large enough, else the file itself, else any thumbnail."""
        thumb = self.thumbs / row["sha256"][:2] / f"{row['sha256']}.jpg"
        original: PicturePath = self.root / row["path"]
        small = row["has_thumb"] and side <= 128
        for path in (thumb, original) if small else (original, thumb):
            try:
                if isinstance(path, StoredFile) or path.is_file():
                    return Image.fromarray(read_picture(path).pixels)
            except BucketError:  # the store cannot be asked, and the report would lack what is there
                raise
            except (PictureError, OSError, ValueError):
                continue
        return None
