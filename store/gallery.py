"""Pictures to look at: pages of images that fit a filter, and one image's facts."""

from dataclasses import dataclass

from store.connection import Workspace


@dataclass(frozen=True)
class PictureFile:
    """Where an image's file is. path is relative to root."""

    root: str
    path: str
    sha256: str
    format: str
    has_thumb: bool


def picture_file(workspace: Workspace, image_id: int) -> PictureFile | None:
    """The file of image `image_id`, or None if there is no such image."""
    rows = workspace.rows("picture_file", image_id=image_id)
    return PictureFile(**rows[0]) if rows else None
