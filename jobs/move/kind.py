"""The kind `move`: a dataset whose folder was renamed, or lies on another disk, is found again."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.spec import JobView


class MoveParameters(Parameters):
    """Where a dataset is now."""

    folder: ServerPath = Field("", description="the folder in which the dataset's pictures lie now")


def move_outcome(job: JobView) -> str:
    """'6 pictures are the same there; 1 is missing, 2 differ.'"""
    figures = job.figures
    n_same, n_missing = int(figures.get("n_same", 0)), int(figures.get("n_missing", 0))
    n_differ = int(figures.get("n_differ", 0))
    rest = [f"{count(n_missing, 'is', 'are')} missing"] if n_missing else []
    rest += [f"{count(n_differ, 'differs', 'differ')}"] if n_differ else []
    return f"{count(n_same, 'picture is', 'pictures are')} the same there{'; ' if rest else ''}{', '.join(rest)}."


_NOTES = """\
`vitrine move NAME DIR` is the short form. Every picture is looked for under the name that it had, by its size first
and then by the SHA-256 of its bytes. Where at least half of them are the same, the dataset stands on the new folder,
with its vectors, decisions and results; what is missing or differs is listed, and the next import takes in what is new.
Where fewer agree, nothing is changed.
"""

KIND = JobKind(
    name="move",
    title="Move of a dataset",
    icon="drive_file_move",
    summary=(
        "Finds a dataset again whose folder was renamed or lies on another disk. Every picture is checked by its "
        "content; vectors, decisions and results stay."
    ),
    notes=_NOTES,
    lane=FILES,
    needs_pictures=True,
    parameters=MoveParameters,
    reads=(),
    changes_data=True,
    here_only=True,
    outcome=move_outcome,
)
