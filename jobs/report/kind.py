"""The kind `report`: a report of a dataset as a file that opens without Vitrine."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import ServerPath
from jobs.engine.sent_on import SentOn
from jobs.engine.spec import JobView

ReportFormat = Literal["html", "pdf", "slides", "pptx", "markdown", "card"]


class ReportParameters(SentOn):
    """What a report may be ordered with."""

    format: ReportFormat = Field(
        "html",
        description="`html` (one file that opens without a network), `pdf`, `slides` (one HTML file that presents), "
        "`pptx` (PowerPoint, editable), `markdown` (a folder for a repository), `card` (a folder with a Hugging Face "
        "dataset card, Croissant metadata and a table of all pictures)",
    )
    report: int = Field(
        0, ge=0, description="the report's number; 0: the newest, or a complete draft where there is none"
    )
    anew: bool = Field(
        False, description="`yes` first draws every block of the report anew; words and charts of pages stay"
    )
    file: ServerPath = Field(
        "",
        description="where to; it must not exist. Without it `exports/DATASET-report.ENDING` in the workspace",
    )
    picture_side: int = Field(256, ge=32, le=2048, description="pixels of a picture's longer side, at most")


def _outcome(view: JobView) -> str:
    """The file's name and size."""
    return f"{Path(str(view.figures['file'])).name}, {view.figures['size']}." if view.figures.get("file") else ""


KIND = JobKind(
    name="report",
    title="Report",
    icon="description",
    summary=(
        "A report of the dataset as one file (Markdown: a folder): whole, or not there at all. Blocks that are hidden "
        "stay out; people blurred in the dataset are blurred in it, and no picture carries a position."
    ),
    lane=FILES,
    parameters=ReportParameters,
    reads=(),
    here_only=True,
    outcome=_outcome,
)
