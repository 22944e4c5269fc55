"""Which dataset something belongs to that an address names by its number."""

import numpy as np
import numpy.typing as npt

from store.connection import Workspace
from store.rows import Bound

Images = npt.NDArray[np.int64]

_STATEMENTS = {
    "run_id": "dataset_of_run",
    "image_id": "dataset_of_image",
    "version_id": "dataset_of_version",
    "claim_id": "dataset_of_claim",
    "report_id": "dataset_of_report",
    "check_id": "dataset_of_check",
}


def dataset_of(workspace: Workspace, what: str, number: object) -> int | None:
    """The dataset of the run, image, version, claim, report or spot check of that number; None where there is none.

    what: run_id, image_id, version_id, claim_id, report_id or check_id.
    """
    if not isinstance(number, int):
        return None
    values: dict[str, Bound] = {what: number}
    if what == "report_id":
        values["block_id"] = None
    return workspace.value(_STATEMENTS[what], int, **values)


def is_of_version(workspace: Workspace, image_id: int, *, version_id: int) -> bool:
    """Whether a picture is in a frozen version, or is asked for in a spot check of it."""
    images = workspace.until_written(_key(version_id), lambda: _images_of_version(workspace, version_id))
    return _is_in(images, image_id)


def is_of_version_at_hand(workspace: Workspace, image_id: int, *, version_id: int) -> bool | None:
    """The same from memory; None where it would have to be read."""
    images = workspace.at_hand(_key(version_id))
    return _is_in(images, image_id) if isinstance(images, np.ndarray) else None


def _key(version_id: int) -> tuple[str, int]:
    return ("images of version", version_id)


def _images_of_version(workspace: Workspace, version_id: int) -> Images:
    """The numbers of its images in order, eight bytes each: what every picture that a guest of the version asks for."""
    table = workspace.read("images_of_version", version_id=version_id)
    numbers: Images = table["image_id"].combine_chunks().to_numpy(zero_copy_only=False)
    return numbers


def _is_in(images: Images, image_id: int) -> bool:
    place = int(np.searchsorted(images, image_id))
    return place < len(images) and int(images[place]) == image_id
