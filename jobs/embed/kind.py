"""The kind `embed`: one vector an image, by one model, into one embedding space."""

from collections.abc import Mapping

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.parts import InParts
from jobs.engine.segment_schema import IMAGE_ONCE, EncoderAbout, Segment, number, text
from jobs.engine.spec import JobView

TRIAL = "trial"


class EmbedParameters(Parameters):
    """What an embedding may be ordered with."""

    model: str = Field(
        "efficientnet-lite0",
        description=(
            "`efficientnet-lite0`, `torchvision/resnet18`, `34`, `50`, `timm/NAME`, `open_clip/ARCHITECTURE:TAG`"
        ),
    )
    weights: ServerPath = Field(
        "",
        description=(
            "a file of weights (a state dict as .pt/.pth, or .safetensors) for a model whose weights no package brings"
        ),
    )
    device: str = Field("auto", description="`cpu`, `cuda:0`, ...")
    batch_size: int = Field(0, ge=0, description="images computed at once; 0: chosen by the model and device")
    download: bool = Field(False, description="`yes` lets the model's own library download its weights")
    trial: int = Field(0, ge=0, description="embed so many pictures to measure the speed, and keep nothing")


def embed_outcome(job: JobView) -> str:
    """'31,848 vectors in the space x, 80 images a second on cpu.'; of a speed trial, only the speed."""
    figures = job.figures
    speed = figures.get("images_per_second")
    at_speed = f"{_rate(float(speed))} images a second on {figures.get('device')}" if speed else ""
    if variant_of(job.parameters):
        return f"{at_speed}." if at_speed else ""
    parts = [f"{count(figures.get('n_vectors', 0), 'vector')} in the space {figures.get('space')}"]
    if figures.get("n_failed"):
        parts.append(f"{figures['n_failed']:,} failed")
    return ", ".join([*parts, *filter(None, [at_speed])]) + "."


def variant_of(parameters: Mapping[str, object]) -> str:
    """ "trial" for an order that only measures the speed, else ""."""
    return TRIAL if int(str(parameters.get("trial") or 0)) else ""


def _rate(per_second: float) -> str:
    return f"{per_second:,.1f}" if per_second < 9.95 else f"{per_second:,.0f}"


def _is_trial(parameters: EmbedParameters) -> str:
    return "a trial measures the speed of this one." if parameters.trial else ""


SEGMENT = Segment(
    columns={"image_id": IMAGE_ONCE, "sha256": text(64), "vector": number(-1e6, 1e6).many(65_536), "reason": text()},
    needed=("image_id", "sha256", "vector", "reason"),
    about={"about": EncoderAbout},
    widths={"vector": ("about", "dim")},
)

KIND = JobKind(
    name="embed",
    title="Embedding",
    icon="data_array",
    summary="A vector for each image, so that similar pictures lie near each other. Most other kinds build on it.",
    lane=COMPUTE,
    needs_pictures=True,
    parameters=EmbedParameters,
    reads=(),
    outcome=embed_outcome,
    variants={TRIAL: "Speed trial"},
    variant_of=variant_of,
    segment=SEGMENT,
    in_parts=InParts(
        rows=1024,
        sums=("n_embedded", "n_failed"),
        rate="images_per_second",
        seconds="embed_seconds",
        refuses=_is_trial,
    ),
)
