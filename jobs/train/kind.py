"""The kind `train`: a classifier on pictures or on vectors, scored on pictures it has not seen."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Formerly, Parameters, ServerPath
from jobs.engine.segment_schema import CLASS, IMAGE_ONCE, Segment, share, text, whole
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS, VECTORS

BEST, ONNX, CURVE, DONE = "best.pt", "model.onnx", "curve.json", "done.json"
ON_VECTORS = ("logistic", "knn")
_MEBIBYTE = 1 << 20


class TrainParameters(Parameters):
    """What a training run may be ordered with."""

    model: Literal["resnet18", "resnet34", "resnet50", "logistic", "knn"] = Field(
        "resnet34",
        description="a network on pictures, or on vectors: `logistic` (regression), `knn` (nearest neighbours)",
    )
    epochs: int = Field(30, ge=1, le=1000, description="the cosine's length")
    batch_size: int = Field(128, ge=2, le=65_536, description="pictures a step")
    side: int = Field(
        64, ge=16, le=512, description="pixels a side: the short side is scaled to it, then the middle is cut out"
    )
    optimizer: Literal["sgd", "adamw"] = Field("sgd", description="`sgd` (Nesterov) or `adamw`")
    learning_rate: float = Field(0.0, ge=0, le=10, description="0: 0.05 for `sgd`, 0.001 for `adamw`")
    find_rate: bool = Field(
        False,
        description="a pass of at most 100 batches over rising rates comes first; taken is the rate at which the loss "
        "falls most steeply",
    )
    weight_decay: float = Field(5e-4, ge=0, le=1, description="of the optimiser")
    augment: Literal["none", "flip", "flip-crop", "randaugment"] = Field(
        "none", description="how training pictures are varied"
    )
    mix: Literal["none", "mixup", "cutmix"] = Field("none", description="how training pictures are mixed")
    loss: Literal["cross-entropy", "generalised"] = Field(
        "cross-entropy", description="`generalised` cross-entropy (q = 0.7) bears wrong labels"
    )
    selection: Literal["none", "small-loss"] = Field(
        "none",
        description="`small-loss`: of each batch the largest losses are left out, a share that rises to `forget-rate` "
        "over `forget-epochs`",
    )
    forget_rate: float = Field(0.2, ge=0, le=0.9, description="`small-loss`: the share of a batch that is left out")
    forget_epochs: int = Field(10, ge=1, le=1000, description="`small-loss`: so many epochs until that share")
    label_smoothing: float = Field(0.0, ge=0, le=0.9, description="what the other classes get of each label")
    class_weights: bool = Field(False, description="rare classes weigh more in the loss")
    balanced: bool = Field(False, description="rare classes are drawn more often")
    patience: int = Field(
        8,
        ge=0,
        le=1000,
        description="stop after so many epochs without gain in the validation pictures' balanced accuracy; 0: never",
    )
    weights: ServerPath = Field(
        "", description="a torchvision state dict to fine-tune; its backbone learns at a tenth of the rate"
    )
    frozen_epochs: int = Field(0, ge=0, le=1000, description="so many epochs the class head alone learns")
    labels: Literal["now", "imported"] = Field(
        "now", description="`now` (after all decisions) or `imported` (labels and pictures as the source gave them)"
    )
    version: str = Field(
        "", description="labels, pictures and splits of a version, by name or number, in place of `labels`"
    )
    treatment: Literal["none", "copies-out", "outliers-out", "doubted-out", "relabelled", "all-out"] = Field(
        "none", description="what a label check takes out, or replaces, before"
    )
    label_run: int = Field(0, ge=0, description="the label check of the treatment; 0: the newest")
    planted_noise: float = Field(
        0.0, ge=0, le=0.9, description="the share of training labels that are exchanged for others"
    )
    split: Literal["auto", "column", "chance"] = Field(
        "auto",
        description="`column` (the dataset's own splits), `chance`, or `auto`: the splits where they name a training "
        "and a test part",
    )
    validation: float = Field(
        0.1, ge=0, le=0.5, description="share in steps of 0.05, by class, groups of near duplicates whole"
    )
    test: float = Field(0.1, ge=0, le=0.5, description="as `validation`: the share that is tested on")
    split_seed: int = Field(801, ge=0, description="of the split by chance, and of which pictures `max-train` leaves")
    evaluation: str = Field(
        "",
        description="the evaluation set by name; one that exists is kept out of training, with the labels it was made "
        "with; a new name makes one. `version: NAME`: the validation set (else test or val split) of a version; `data "
        "budget: run N`: what that was judged on. Without it: named after the split",
    )
    max_train: Annotated[int, Formerly("most_train")] = Field(
        0, ge=0, description="at most so many training pictures, by class in proportion; 0: all"
    )
    even: bool = Field(False, description="with `max-train`: as many of each class")
    space: str = Field(
        "", description="on vectors: the embedding space by name; without it the one with the most vectors"
    )
    neighbours: int = Field(20, ge=1, description="`knn`: neighbours that vote")
    device: str = Field("auto", description="`cpu`, `cuda:0`, ...")
    onnx: bool = Field(
        True, description="also writes an ONNX file: pictures (n, 3, side, side) RGB in [0, 1] to logits"
    )
    seed: int = Field(
        801,
        ge=0,
        description="of weights, order and augmentation; the same seed gives the same weights on a CPU",
    )

    @model_validator(mode="after")
    def _require_fitting(self) -> Self:
        if self.on_vectors:
            return self
        if self.frozen_epochs > self.epochs:
            raise ValueError(f"frozen_epochs must lie between 0 and {self.epochs}, not {self.frozen_epochs}.")
        if self.selection != "none" and self.mix != "none":
            raise ValueError(f"selection {self.selection} judges single pictures, so mix must be none, not {self.mix}.")
        return self

    @property
    def on_vectors(self) -> bool:
        """Whether the model learns from vectors, not from pictures."""
        return self.model in ON_VECTORS


_NOTES = """\
What cleaning was worth, by the page's small protocol (6,000 pictures, as many of each class, ten epochs), with nothing
but the data different:

    for state in raw cleaned; do
        vitrine run train --dataset animals --version $state --evaluation "version: cleaned" \\
            --max-train 6000 --even yes --epochs 10 --patience 0
    done
"""

SEGMENT = Segment(
    columns={
        "image_id": IMAGE_ONCE,
        "part": text(20),
        "label": CLASS,
        "labels": CLASS.many(100_000),
        "fold": whole(0, 10_000),
        "probabilities": share().many(100_000),
        "reason": text(),
    },
    needed=("image_id", "part", "label", "labels", "fold", "probabilities", "reason"),
)


def _read_by(parameters: TrainParameters) -> tuple[str, ...]:
    """A version and its evaluation set stay as they are; only what a version names can go, or get other bytes."""
    vectors = (VECTORS,) if parameters.on_vectors else ()
    if parameters.version and not parameters.evaluation.startswith("data budget:"):
        return (PICTURES, *vectors)
    if parameters.labels == "imported":
        return (PICTURES, LABELS, SPLITS, *vectors)
    return (PICTURES, LABELS, SPLITS, REMOVALS, *vectors)


KIND = JobKind(
    name="train",
    title="Training",
    icon="model_training",
    summary=(
        "A classifier on pictures or on vectors, scored on pictures it has not seen. Near duplicates stay on one side "
        "of the split. Pictures with several labels each train with a sigmoid a class and are scored by mean average "
        "precision and F1. What a killed run of a ResNet had finished is gone on with (`resume`). Elsewhere computed "
        "(`pack`), it brings back predictions, weights, ONNX, curve and figures."
    ),
    notes=_NOTES,
    lane=COMPUTE,
    needs_pictures=lambda parameters: parameters.model not in ON_VECTORS,
    parameters=TrainParameters,
    reads=_read_by,
    stale="The network has learnt from what was there, and its figures are of then.",
    brings={BEST: 2048 * _MEBIBYTE, ONNX: 2048 * _MEBIBYTE, CURVE: 32 * _MEBIBYTE, DONE: 8 * _MEBIBYTE},
    segment=SEGMENT,
)
