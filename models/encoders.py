"""Encoders: pictures to vectors, with everything a run must record about how."""

from pathlib import Path

import numpy as np
import torch

from models.arrays import Bytes, Floats
from models.backends import Backend, CudaBackend, cpu_backend, usable_cores
from models.devices import require_device
from models.networks import NormalisedNetwork, describe_network
from models.preprocess import Preprocess
from models.weights import find_weights


class Encoder:
    """A model that is ready to make vectors. One thread at a time may use it.

    model: its key. dim: length of a vector. preprocess: what its pictures went through.
    backend, precision, device: how it runs ("onnxruntime float32", "float32", "cpu").
    weights_source, weights_sha256: where the weights came from, and the hash of their file.
    """

    def __init__(
        self,
        model: str,
        *,
        dim: int,
        preprocess: Preprocess,
        backend: Backend,
        device: str,
        weights_source: str,
        weights_sha256: str,
    ) -> None:
        self.model = model
        self.dim = dim
        self.preprocess = preprocess
        self.backend = backend.name
        self.precision = backend.precision
        self.device = device
        self.weights_source = weights_source
        self.weights_sha256 = weights_sha256
        self._backend = backend

    def encode(self, pixels: Bytes) -> Floats:
        """Make vectors: uint8 (n, crop, crop, 3) RGB -> float32 (n, dim).

        A vector depends on its picture alone, not on its batch.
        Raises ValueError for another shape or type, DeviceFull if the batch is too large for the device.
        """
        crop = self.preprocess.crop
        if pixels.dtype != np.uint8 or pixels.shape[1:] != (crop, crop, 3):
            raise ValueError(f"pixels must be uint8 (n, {crop}, {crop}, 3), got {pixels.dtype} {pixels.shape}")
        if len(pixels) == 0:
            return np.empty((0, self.dim), dtype=np.float32)
        return self._backend.run(np.ascontiguousarray(pixels))


def load_encoder(
    model_key: str,
    *,
    weights: Path | None = None,
    device: str = "cpu",
    allow_download: bool = False,
    n_threads: int | None = None,
) -> Encoder:
    """Load a model of the catalogue, ready to make vectors.

    weights: a file of a state dict (.pth, .pt, .bin, .safetensors) instead of the published one.
    n_threads: cores to use on the CPU; None means all that this process may use.
    Raises UnknownModel, PackageMissing, WeightsMissing, WeightsMismatch, WeightsRefused,
    DownloadFailed or DeviceMissing, each with one sentence for a person.
    """
    device = require_device(device)
    network = describe_network(model_key, weights=weights)
    file = find_weights(model_key, origin=network.origin, weights=weights, allow_download=allow_download)
    module = NormalisedNetwork(network.load(file), network.preprocess).eval()
    crop = network.preprocess.crop
    dim = _vector_length(module, crop=crop)
    if device == "cpu":
        backend: Backend = cpu_backend(module, crop=crop, n_threads=n_threads or usable_cores())
    else:
        backend = CudaBackend(module, device=device)
    return Encoder(
        model_key,
        dim=dim,
        preprocess=network.preprocess,
        backend=backend,
        device=device,
        weights_source=file.source,
        weights_sha256=file.sha256(),
    )


def _vector_length(module: torch.nn.Module, *, crop: int) -> int:
    with torch.inference_mode():
        vectors: torch.Tensor = module(torch.zeros((1, crop, crop, 3), dtype=torch.uint8))
    return int(vectors.shape[1])
