"""The kind `unpack-pictures`: pictures that lie in tables or shards become files, to be imported."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind, Order
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.spec import JobView


class UnpackParameters(Parameters):
    """Where the tables or shards are, and where the pictures go."""

    source: ServerPath = Field("", description="a Parquet table or a tar shard, or a folder with some of them")
    target: ServerPath = Field(
        "", description="a new folder, for the pictures and their labels; without one, a folder in the workspace"
    )


def is_same_unpacking(asked: Order, active: Order) -> bool:
    """Whether an active job unpacks what is asked for: the place is its own where none was said."""
    return asked.parameters == active.parameters


def unpack_outcome(job: JobView) -> str:
    """'3,000 pictures, 2,950 with a label, in FOLDER.'"""
    figures = job.figures
    if "n_pictures" not in figures:
        return ""
    n_without = int(figures.get("n_without", 0))
    without = f" {count(n_without, 'row held', 'rows held')} no picture." if n_without else ""
    pictures = count(int(figures["n_pictures"]), "picture")
    return f"{pictures}, {int(figures['n_labelled']):,} with a label, in {figures['folder']}.{without}"


_NOTES = """\
`vitrine unpack-pictures SOURCE DIR` does the same at once, without a workspace. No dataset is made: an import of the
new folder makes one. `--dataset` says only how the job is called in lists.
"""

KIND = JobKind(
    name="unpack-pictures",
    title="Unpacking",
    icon="unarchive",
    summary=(
        "Writes the pictures of Parquet tables (Hugging Face) or tar shards (WebDataset) as files, with a table of "
        "their labels, in a folder that an import reads. The tables and shards stay as they are."
    ),
    notes=_NOTES,
    lane=FILES,
    parameters=UnpackParameters,
    reads=(),
    here_only=True,
    same_order=is_same_unpacking,
    outcome=unpack_outcome,
)
