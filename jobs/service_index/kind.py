"""The kind `service-index`: a dataset as a folder that `vitrine serve` answers from, without the workspace."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.spec import JobView
from store.subjects import SUBJECTS


class IndexParameters(Parameters):
    """What an index may be ordered with."""

    folder: ServerPath = Field(
        "",
        description="the index's folder, datasets side by side in it. Without it `exports/service` in the workspace",
    )
    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    thumb_side: int = Field(160, ge=32, le=512, description="pixels of a thumbnail's longer side, at most")
    picture_side: int = Field(
        0, ge=0, le=4096, description="pixels of a picture's longer side, at most; 0: no pictures but the thumbnails"
    )
    keep: int = Field(2, ge=1, le=100, description="versions that stay in the folder, the new one among them")


def _outcome(view: JobView) -> str:
    """How much is in the index, and how large it is."""
    told = view.figures
    if not told.get("version"):
        return ""
    holds = f"{count(told['n_images'], 'picture')}, {count(told['n_vectors'], 'vector')}"
    return f"Version {told['version']}: {holds}; {told['size']}."


KIND = JobKind(
    name="service-index",
    title="Index for the service",
    icon="dns",
    summary=(
        "A dataset as a folder that `vitrine serve` answers from, on a machine without the workspace: vectors, what is "
        "known of each picture, thumbnails, detected objects, the best network. Whole, or not there at all; a service "
        "that runs takes up a new version by itself."
    ),
    notes=(
        "Thumbnails (and pictures, with `picture-side`) are drawn anew: they carry no camera's notes and no position, "
        "and people are blurred in them where the dataset's rule says so. docs/service.md says what lies in the folder."
    ),
    lane=FILES,
    parameters=IndexParameters,
    reads=SUBJECTS,
    stale="The index answers with what was there; write it again.",
    here_only=True,
    outcome=_outcome,
)
