"""The kind `bundle`: one HTML file for reviewers who install nothing."""

from pathlib import Path

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import ServerPath
from jobs.engine.sent_on import SentOn
from jobs.engine.spec import JobView


class BundleParameters(SentOn):
    """What a bundle may be ordered with."""

    report: int = Field(
        0, ge=0, description="the report's number; 0: the newest, or a complete draft where there is none"
    )
    file: ServerPath = Field(
        "",
        description="where to; it must not exist. Without it `exports/DATASET-bundle.html` in the workspace",
    )
    budget_mb: int = Field(
        25, ge=1, le=500, description="megabytes of the file at most; as many pictures travel as have room in it"
    )
    picture_side: int = Field(128, ge=32, le=1024, description="pixels of a picture's longer side, at most")
    seed: int = Field(801, ge=0, description="of what is drawn at random")


def _outcome(view: JobView) -> str:
    """The file's name and size, and how many pictures travel in it."""
    told = view.figures
    if not told.get("file"):
        return ""
    return (
        f"{Path(str(told['file'])).name}, {told['size']}; {told['n_pictures']:,} of "
        f"{count(told['n_images'], 'picture')} in it."
    )


KIND = JobKind(
    name="bundle",
    title="Bundle for reviewers",
    icon="inventory_2",
    summary=(
        "The report, the map, the pictures with labels and opinions, the decisions and the claims as one HTML file, in "
        "which claims can be recomputed and a review can be written. Whole, or not there at all; people blurred in the "
        "dataset are blurred in it, and no picture carries a position."
    ),
    lane=FILES,
    parameters=BundleParameters,
    reads=(),
    here_only=True,
    outcome=_outcome,
)
