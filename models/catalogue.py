"""The models a person can choose from. Imports neither torch nor any model library: pages list it."""

import re
from dataclasses import dataclass
from typing import Literal

from models.errors import UnknownModel

DEFAULT_MODEL = "efficientnet-lite0"
FAMILIES = ("torchvision", "timm", "open_clip")
RESNETS = ("resnet18", "resnet34", "resnet50")

WeightsPlace = Literal["in package", "download", "file"]


@dataclass(frozen=True)
class ModelChoice:
    """One line of the model menu. `dim` is the length of a vector, None where only loading tells."""

    key: str
    title: str
    dim: int | None
    weights: WeightsPlace
    licence: str
    note: str


@dataclass(frozen=True)
class ModelKey:
    """A model's key, taken apart: "open_clip/ViT-B-32:openai" has family, name and tag."""

    family: str
    name: str
    tag: str | None = None


def list_models() -> list[ModelChoice]:
    """List the models to offer, the default first.

    Any other timm name and open_clip architecture is accepted too: see `parse_key`.
    """
    return list(_CHOICES)


def parse_key(model_key: str) -> ModelKey:
    """Take a model's key apart.

    Raises UnknownModel if the key is none of "efficientnet-lite0", "torchvision/resnet18|34|50",
    "timm/<name>" and "open_clip/<architecture>[:<tag>]".
    """
    if model_key == DEFAULT_MODEL:
        return ModelKey("efficientnet-lite", DEFAULT_MODEL)
    family, _, rest = model_key.partition("/")
    name, _, tag = rest.partition(":") if family == "open_clip" else (rest, "", "")
    if family not in FAMILIES or not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise UnknownModel(
            f"{model_key!r} names no model. Use {DEFAULT_MODEL!r}, 'torchvision/resnet18' (or 34, 50), "
            "'timm/<name>' or 'open_clip/<architecture>:<tag>'."
        )
    if family == "torchvision" and name not in RESNETS:
        raise UnknownModel(f"{model_key!r} is not offered: torchvision models are {', '.join(RESNETS)}.")
    return ModelKey(family, name, tag or None)


def text_half(model: str) -> Literal["clip", "conse", ""]:
    """How words are compared with the pictures of a model's space: "clip", "conse", or "" where they cannot be."""
    if model.startswith("open_clip/"):
        return "clip"
    return "conse" if model == DEFAULT_MODEL else ""


def _resnet(name: str, *, dim: int, megabytes: int) -> ModelChoice:
    title = f"ResNet-{name.removeprefix('resnet')}"
    note = f"ImageNet, {megabytes} MB from download.pytorch.org or a file of a state dict"
    return ModelChoice(f"torchvision/{name}", title, dim, "download", "BSD-3-Clause", note)


_CHOICES = (
    ModelChoice(
        DEFAULT_MODEL,
        "EfficientNet-Lite0",
        1280,
        "in package",
        "Apache-2.0",
        "ImageNet; works without the internet; the fastest here on a CPU",
    ),
    _resnet("resnet18", dim=512, megabytes=45),
    _resnet("resnet34", dim=512, megabytes=83),
    _resnet("resnet50", dim=2048, megabytes=98),
    ModelChoice(
        "open_clip/ViT-B-32:laion2b_s34b_b79k",
        "CLIP ViT-B/32 (LAION-2B)",
        512,
        "download",
        "MIT",
        "605 MB from the Hugging Face hub, or a checkpoint file",
    ),
    ModelChoice(
        "open_clip/ViT-B-16-SigLIP:webli",
        "SigLIP ViT-B/16",
        768,
        "download",
        "Apache-2.0",
        "813 MB from the Hugging Face hub, or a checkpoint file; slow on a CPU",
    ),
    ModelChoice(
        "timm/vit_small_patch14_dinov2.lvd142m",
        "DINOv2 ViT-S/14",
        384,
        "download",
        "Apache-2.0",
        "88 MB from the Hugging Face hub, or a file; self-supervised; 518 pixels a side: slow on a CPU",
    ),
    ModelChoice(
        "timm/convnext_tiny.in12k_ft_in1k",
        "ConvNeXt-T",
        768,
        "download",
        "Apache-2.0",
        "114 MB from the Hugging Face hub, or a file",
    ),
)
