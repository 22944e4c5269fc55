"""Ways to run a network: OpenVINO on a CPU, PyTorch on a CPU, PyTorch on a CUDA device."""

import os
import sys
import warnings
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import torch

from models.errors import DeviceFull

_TORCH_CHUNK = 16  # larger batches fall out of the cache: benchmarks/embedding.py
_MIN_SELF_CHECK_COSINE = 0.999
# What a conversion that OpenVINO or torch.export cannot do raises.
_CONVERSION_ERRORS = (
    ImportError,
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    NotImplementedError,
)


class Backend(Protocol):
    """A network that is ready to run: `run` makes uint8 (n, crop, crop, 3) into float32 (n, dim)."""

    name: str
    precision: str

    def run(self, pixels: np.ndarray) -> np.ndarray: ...


class OpenVinoBackend:
    """One picture an inference, one inference a core: faster than batches, whose maps leave the cache.

    A picture's vector is therefore the same to the last bit in whatever batch it comes.
    """

    def __init__(
        self, network: torch.nn.Module, *, crop: int, dim: int, n_threads: int, precision: str = "float32"
    ) -> None:
        """Convert and compile a network; raises one of _CONVERSION_ERRORS if that cannot be done.

        precision: "bfloat16" is faster where the CPU has it, but for EfficientNet-Lite0 its vectors
        agree with float32's only to cosine 0.99: benchmarks/embedding.py.
        """
        openvino = import_openvino()
        model = _converted(openvino, network, crop=crop)
        compiled = openvino.Core().compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision],
                "INFERENCE_NUM_THREADS": n_threads,
                "NUM_STREAMS": n_threads,
            },
        )
        self.name, self.precision, self._dim = f"openvino {precision}", precision, dim
        self._queue = openvino.AsyncInferQueue(compiled, n_threads)

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim)."""
        vectors = np.empty((len(pixels), self._dim), dtype=np.float32)

        def keep(request: object, row: int) -> None:
            vectors[row] = request.get_output_tensor(0).data[0]

        self._queue.set_callback(keep)
        for row in range(len(pixels)):
            self._queue.start_async({0: pixels[row : row + 1]}, row)
        self._queue.wait_all()
        return vectors


class TorchCpuBackend:
    """Eager PyTorch in float32 and channels-last, in chunks that stay in the cache."""

    def __init__(self, network: torch.nn.Module, *, note: str = "") -> None:
        self._network = network.to(memory_format=torch.channels_last)
        self.name = "torch float32 channels-last" + (f" ({note})" if note else "")
        self.precision = "float32"

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim)."""
        with torch.inference_mode():
            chunks = torch.from_numpy(pixels).split(_TORCH_CHUNK)
            return torch.cat([self._network(chunk) for chunk in chunks]).numpy()


class CudaBackend:
    """PyTorch on a CUDA device: 16-bit autocast, channels-last; bytes travel, floats are made there."""

    def __init__(self, network: torch.nn.Module, *, device: str) -> None:
        self._network = network.to(device=device, memory_format=torch.channels_last)
        self._device, self._kind = device, torch.device(device).type
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        self._dtype = torch.bfloat16 if native else torch.float16
        self.precision = "bfloat16 autocast" if native else "float16 autocast"
        self.name = f"torch {self.precision} channels-last"

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim). Raises DeviceFull if the batch is too large."""
        try:
            with torch.inference_mode(), torch.autocast(self._kind, dtype=self._dtype):
                # From page-locked memory (iter_batches with pin) this copy does not wait.
                on_device = torch.from_numpy(pixels).to(self._device, non_blocking=True)
                return self._network(on_device).float().cpu().numpy()
        except torch.cuda.OutOfMemoryError as problem:
            raise DeviceFull(
                f"A batch of {len(pixels)} pictures does not fit in the memory of {self._device}. "
                "Use a smaller batch size."
            ) from problem


def cpu_backend(network: torch.nn.Module, *, crop: int, dim: int, n_threads: int) -> Backend:
    """The fastest way to run a network on this CPU: OpenVINO if it can take it, else PyTorch.

    OpenVINO's vectors are compared with eager PyTorch's on one noise picture before it is trusted.
    """
    try:
        with warnings.catch_warnings():  # of torch.export and of model code that it traces: not ours to mend
            warnings.simplefilter("ignore")
            backend = OpenVinoBackend(network, crop=crop, dim=dim, n_threads=n_threads)
        cosine = _agreement(network, backend, crop=crop)
    except _CONVERSION_ERRORS as problem:
        return TorchCpuBackend(network, note=f"OpenVINO did not take this model: {type(problem).__name__}")
    if cosine < _MIN_SELF_CHECK_COSINE:
        return TorchCpuBackend(network, note=f"OpenVINO's vectors differ: cosine {cosine:.4f}")
    return backend


def usable_cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def import_openvino() -> ModuleType:
    """Import OpenVINO so that it can report nothing to anyone.

    Its import and conversions send events to Google Analytics through the package openvino_telemetry;
    where that package cannot be imported, OpenVINO uses an empty stand-in of its own.
    """
    if "openvino_telemetry" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # makes its import fail
    import openvino

    return openvino


def _converted(openvino: ModuleType, network: torch.nn.Module, *, crop: int) -> Any:
    """Convert a network to an OpenVINO model of one picture: uint8 (1, crop, crop, 3) -> (1, dim)."""
    example = torch.zeros((1, crop, crop, 3), dtype=torch.uint8)
    with torch.no_grad():
        model = openvino.convert_model(torch.export.export(network, (example,), strict=False))
    model.reshape([1, crop, crop, 3])
    return model


def _agreement(network: torch.nn.Module, backend: Backend, *, crop: int) -> float:
    """The cosine between a backend's and eager PyTorch's vector of one noise picture."""
    noise = np.random.default_rng(0).integers(0, 256, (1, crop, crop, 3), dtype=np.uint8)
    with torch.inference_mode():
        expected = network(torch.from_numpy(noise)).numpy()[0]
    seen = backend.run(noise)[0]
    return float(expected @ seen / (np.linalg.norm(expected) * np.linalg.norm(seen)))
