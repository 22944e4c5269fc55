"""The kind `zero-shot`: class probabilities from what the classes are called."""

import json
import math
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.parts import InParts
from jobs.engine.segment_schema import IMAGE_ONCE, Segment, share, text, whole
from jobs.engine.spec import JobView
from store.subjects import LABELS, NAMES, PICTURES, REMOVALS, VECTORS

AUTO: Final = "auto"
TEMPLATES = ("{}", "a photo of a {}")


def _read_temperature(value: object) -> float | str:
    """AUTO, or a number above 0, also from a text; raises ValueError."""
    if value == AUTO:
        return AUTO
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(f"is {AUTO!r} or a number above 0, not {value!r}.") from None
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"is {AUTO!r} (the model's own) or a number above 0, not {number!r}.")
    return number


Temperature = Annotated[float | Literal["auto"], BeforeValidator(_read_temperature)]


class WordsParameters(Parameters):
    """How words are compared with pictures."""

    space: str = Field(
        "",
        description="the embedding space by name; without it the one with the most vectors that words can be compared "
        "in",
    )
    temperature: Temperature = Field(
        AUTO,
        description="what cosines are divided by; `auto`: what the open_clip model has learnt, 0.04 for ConSE",
    )

    @property
    def own_temperature(self) -> float | None:
        """The temperature that was given; None leaves it to the model."""
        return None if isinstance(self.temperature, str) else self.temperature


class ZeroShotParameters(WordsParameters):
    """What zero-shot probabilities may be ordered with."""

    method: Literal["auto", "clip", "conse"] = Field(AUTO, description="follows from the space")
    prompts: str = Field(
        "",
        description='JSON: `{"Jaguar": ["a jaguar", "a spotted big cat"]}` by class name or index, or a list of '
        "prompts for each class; classes left out are asked by their (corrected) names",
    )
    templates: str = Field(
        json.dumps(list(TEMPLATES)),
        description="JSON list; each takes every prompt at its {}, and what comes of a class is averaged",
    )
    prompt_set: str = Field(
        "", description="a set that was kept in the prompt lab, by name, where no prompts are given"
    )
    label_run: int = Field(0, description="set by the job itself: the label check that says which pictures are clean")


_NOTES = """\
An open_clip architecture of one's own: `embed --model open_clip/My-CLIP --weights my.pt` with open_clip's own JSON
configuration beside the weights, called `My-CLIP.json`.
"""

SEGMENT = Segment(
    columns={
        "image_id": IMAGE_ONCE,
        "fold": whole(0, 10_000),
        "probabilities": share().many(100_000),
        "reason": text(),
    },
    needed=("image_id", "fold", "probabilities", "reason"),
)


def zero_shot_outcome(job: JobView) -> str:
    """'Class names alone name 77.5 % right, the mean of the classes; chance is 10 %.'"""
    figures = job.figures
    found, n_classes = figures.get("balanced_accuracy"), len(figures.get("classes") or [])
    if found is None or not n_classes:
        return ""
    return f"Class names alone get {found:.1%} right, the mean over the classes; chance is {1 / n_classes:.1%}."


KIND = JobKind(
    name="zero-shot",
    title="Zero-shot",
    icon="text_fields",
    summary=(
        "Class probabilities of every picture from its cached vector and from what the classes are called: by the text "
        "half of an open_clip model, or by ConSE on vectors of `efficientnet-lite0`. Nothing is learnt from the "
        "pictures. Its figures score it against the labels as they are now, and on those that the newest label check's "
        "classifier and neighbours agree on. For datasets with one label an image."
    ),
    notes=_NOTES,
    lane=COMPUTE,
    parameters=ZeroShotParameters,
    reads=(PICTURES, VECTORS, LABELS, NAMES, REMOVALS),
    segment=SEGMENT,
    in_parts=InParts(
        rows=50_000, sums=("n_failed",), means=("mean_confidence",), shared=("about.json",), by_row=("vectors.npy",)
    ),
    outcome=zero_shot_outcome,
)
