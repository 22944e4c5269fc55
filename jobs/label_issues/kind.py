"""The kind `label-issues`: what several methods think of every label."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Formerly, Parameters, ServerPath
from jobs.engine.segment_schema import CLASS, IMAGE_ONCE, YES_NO, Segment, number, share, text, whole
from jobs.engine.spec import JobView
from store.subjects import LABELS, NAMES, PICTURES, REMOVALS, VECTORS


class CheckParameters(Parameters):
    """How every label is judged: what a label check, and one with planted errors, may be ordered with."""

    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    filter: Literal["prune_by_class", "prune_by_noise_rate", "both", "confident_learning", "predicted_neq_given"] = (
        Field("prune_by_class", description="how cleanlab picks")
    )
    folds: int = Field(
        5, ge=2, le=50, description="folds of the out-of-fold probabilities; near duplicates stay in one fold"
    )
    neighbours: int = Field(
        90,
        ge=1,
        le=1000,
        description="neighbours that are asked; a graph of the kind `neighbours` is used where there is one",
    )
    pca_dims: int = Field(256, ge=2, le=4096, description="principal components that the classifier learns from")
    min_chance: Annotated[float, Formerly("least_chance")] = Field(
        0.2,
        ge=0.001,
        le=1,
        description="a label is doubted from this chance on that it is unrelated to its picture",
    )
    outlier_share: float = Field(
        0.01, ge=0, le=0.5, description="the share of believed pictures that may lie beyond the outliers' line"
    )
    detection_run: int = Field(
        0,
        ge=-1,
        description="the detection that is asked; 0: the newest one that knows a class of the dataset by its name; "
        "-1: none",
    )
    detection_score: float = Field(0.3, ge=0, le=1, description="from which score on its objects count")
    seed: int = Field(801, ge=0, le=2**31 - 1, description="of folds, shuffles and the bootstrap")
    graph_run: int = Field(0, description="set by the job itself: the run of the graph that was used")


class LabelIssuesParameters(CheckParameters):
    """What a label check may be ordered with."""

    predictions: ServerPath = Field(
        "",
        description="a CSV or Parquet file of a classifier's own out-of-fold probabilities: `path`, `fold`, a column "
        "for each class by name",
    )
    predictions_run: int = Field(0, ge=0, description="the same from an earlier run that left `prediction` rows")

    @model_validator(mode="after")
    def _require_one_source(self) -> Self:
        if self.predictions and self.predictions_run:
            raise ValueError("give predictions (a file) or predictions_run (a run), not both.")
        return self


SEGMENT = Segment(
    columns={
        "image_id": IMAGE_ONCE,
        **dict.fromkeys(
            ("label", "suggested", "neighbour_label", "copy_label", "zero_shot_label", "detected_label"), CLASS
        ),
        **dict.fromkeys(("self_confidence", "chance", "neighbour_share", "own_share", "zero_shot_share"), share()),
        **dict.fromkeys(("outlier_tail", "outlier_score"), share()),
        "margin": number(-1, 1),
        "severity": number(-1e6, 1e6),
        **dict.fromkeys(("n_against", "n_heard"), whole(0, 100)),
        **dict.fromkeys(("n_neighbours", "n_copies", "n_other_label", "copy_group"), whole(0, 2**31 - 1)),
        **dict.fromkeys(
            ("neighbour_distance", "class_distance", "any_class_distance", "no_name", "outlier_distance"),
            number(-1e30, 1e30, or_endless=True),
        ),
        **dict.fromkeys(("label_issue", "outlier", "duplicate_issue"), YES_NO),
        **dict.fromkeys(("classifier", "neighbours", "copies", "zero_shot", "detections"), YES_NO),
        "fold": whole(0, 10_000),
        "probabilities": share().many(100_000),
        "reason": text(),
    },
    needed=("image_id", "label", "severity", "probabilities", "reason"),
)


def check_outcome(job: JobView) -> str:
    """'12,289 labels are doubted, 3,035 pictures lie far out.'; how many labels are wrong, where it was estimated."""
    figures = job.figures
    if "n_label_issues" not in figures:
        return ""
    doubted = count(int(figures["n_label_issues"]), "label is doubted", "labels are doubted")
    said = f"{doubted}, {count(int(figures.get('n_outliers', 0)), 'picture lies', 'pictures lie')} far out"
    total = (figures.get("noise") or {}).get("total") or []
    if len(total) == 3:
        said += f"; about {total[0]:.0%} of the labels are likely wrong ({total[1]:.0%} to {total[2]:.0%})"
    return f"{said}."


KIND = JobKind(
    name="label-issues",
    title="Label check",
    icon="rule",
    summary=(
        "What a classifier that never saw the picture, its neighbours, its copies, zero-shot and a detector think of "
        "every label; which pictures lie far out; whose names are exchanged. For datasets with one label an image."
    ),
    lane=COMPUTE,
    parameters=LabelIssuesParameters,
    reads=(PICTURES, VECTORS, LABELS, NAMES, REMOVALS),
    segment=SEGMENT,
    outcome=check_outcome,
)
