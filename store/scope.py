"""Which dataset something belongs to that an address names by its number."""

from store.connection import Workspace
from store.rows import Bound

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
    return bool(workspace.value("image_of_version", bool, image_id=image_id, version_id=version_id))
