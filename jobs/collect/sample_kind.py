"""The kind `collect-sample`: the first candidates of each source and query, to look at before a collection."""

from pydantic import Field

from analytics.wording import count
from jobs.collect.kind import CollectParameters
from jobs.engine.kinds import FILES, JobKind, Order
from jobs.engine.spec import JobView


class CollectSampleParameters(CollectParameters):
    """What a sample may be ordered with: what the collection would be, and how many candidates are drawn."""

    sampled: int = Field(6, ge=1, le=24, description="candidates of each query and source that are drawn")


def is_same_sample(asked: Order, active: Order) -> bool:
    """Whether an active sample asks the same: what the dataset will be called makes no difference."""
    return asked.parameters == active.parameters


def sample_outcome(job: JobView) -> str:
    """'24 candidates, 20 of them with a thumbnail.'"""
    figures = job.figures
    if "n_candidates" not in figures:
        return ""
    n = int(figures["n_candidates"])
    return f"{count(n, 'candidate')}, {int(figures.get('n_drawn', 0)):,} of them with a thumbnail."


KIND = JobKind(
    name="collect-sample",
    title="Sample of a collection",
    icon="visibility",
    summary=(
        "Asks each source for the first page of each query, and draws thumbnails of some candidates with author and "
        'licence, for the page "Collect". Nothing else is kept, and no dataset is made.'
    ),
    lane=FILES,
    parameters=CollectSampleParameters,
    reads=(),
    here_only=True,
    same_order=is_same_sample,
    outcome=sample_outcome,
)
