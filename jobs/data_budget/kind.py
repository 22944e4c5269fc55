"""The kind `data-budget`: what more pictures, cleaner ones and better chosen ones are worth."""

from pydantic import Field, field_validator

from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.segment_schema import IMAGE, Segment, share, text, whole
from jobs.engine.spec import JobView
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS, VECTORS

PARTS = ("cleanliness", "noise", "selection")


class DataBudgetParameters(Parameters):
    """What a data budget may be ordered with."""

    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    evaluate_on: str = Field(
        "",
        description="a split by name, or `believed`: pictures that every opinion of the label check believes; without "
        "it `test`, `val` or `believed`",
    )
    per_class: int = Field(
        100, ge=1, le=10_000, description="believed pictures of a class that are held out, at most half of them"
    )
    sizes: int = Field(8, ge=1, le=50, description="training sizes, evenly apart on a logarithmic scale")
    smallest: int = Field(100, ge=2, le=10**6, description="the smallest of them")
    seeds: int = Field(5, ge=1, le=50, description="draws of each")
    parts: str = Field(
        ",".join(PARTS),
        description="states of the data; planted noise of 10 to 40 %; ways to choose as many pictures",
    )
    pca_dims: int = Field(256, ge=1, description="principal components that the classifiers learn from")
    seed: int = Field(801, ge=0, description="of the evaluation set")
    label_run: int = Field(0, description="set by the job itself: the label check whose opinions were used")
    versions: int = Field(
        5, ge=0, le=50, description="so many of the newest frozen versions are states of the data, too"
    )

    @field_validator("parts")
    @classmethod
    def _require_parts(cls, value: str) -> str:
        parts = _split(value)
        if not parts or set(parts) - set(PARTS):
            raise ValueError(f"are some of {','.join(PARTS)}, not {value!r}.")
        return value

    @property
    def asked_parts(self) -> tuple[str, ...]:
        """The parts of the grid that are asked for."""
        return _split(self.parts)


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


SEGMENT = Segment(
    columns={
        **dict.fromkeys(("part", "condition", "selection"), text(200)),
        "noise": share(),
        **dict.fromkeys(("size", "n_pool"), whole(0, 2**31 - 1)),
        "seed": whole(0, 2**31 - 1),
        "balanced_accuracy": share(or_nan=True),
        "recalls": share(or_nan=True).many(100_000),
        "image_id": IMAGE,
        "reason": text(),
    },
    needed=("part", "condition", "selection", "balanced_accuracy", "recalls"),
    rows_per_image=1_000,
)


def budget_outcome(job: JobView) -> str:
    """'Twice as many pictures would be worth 1.6 points of balanced accuracy (0.8 to 1.9).'"""
    gain = (job.figures.get("doubling") or {}).get("raw") or []
    if len(gain) != 3 or any(value is None for value in gain):
        return ""
    middle, low, high = (100 * float(value) for value in gain)
    return f"Twice as many pictures would be worth {middle:.1f} points of balanced accuracy ({low:.1f} to {high:.1f})."


KIND = JobKind(
    name="data-budget",
    title="Data budget",
    icon="trending_up",
    summary=(
        "What more pictures, cleaner ones and better chosen ones are worth: logistic regressions on cached vectors, "
        "all judged on one evaluation set, from which neither it nor its near duplicates are learnt. For datasets with "
        "one label an image."
    ),
    lane=COMPUTE,
    parameters=DataBudgetParameters,
    reads=(PICTURES, VECTORS, LABELS, SPLITS, REMOVALS),
    stale="These figures are of the data as they were.",
    segment=SEGMENT,
    outcome=budget_outcome,
)
