"""Ways to run a network: ONNX Runtime on a CPU, PyTorch on a CPU, PyTorch on a CUDA device."""

import os
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np
import torch

from models.arrays import Bytes, Floats
from models.errors import DeviceFull

_TORCH_CHUNK = 16  # larger batches fall out of the cache: benchmarks/embedding.py
_MIN_SELF_CHECK_COSINE = 0.999
# What torch's exporter raises for a network that it cannot take.
_EXPORT_ERRORS = (ImportError, RuntimeError, ValueError, TypeError, AttributeError, LookupError)


class Backend(Protocol):
    """A network that is ready to run: `run` makes uint8 (n, crop, crop, 3) into float32 (n, dim)."""

    name: str
    precision: str

    def run(self, pixels: Bytes) -> Floats: ...


class OnnxBackend:
    """ONNX Runtime, one picture and one core an inference: batches are slower, their maps leave the cache.

    A picture's vector is therefore the same to the last bit in whatever batch it comes.
    """

    def __init__(self, network: torch.nn.Module, *, crop: int, n_threads: int) -> None:
        """Export and open a network; raises an export or ONNX Runtime error if that cannot be done."""
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        with tempfile.TemporaryDirectory(prefix="vitrine-") as folder:
            path = _exported(network, Path(folder) / "network.onnx", crop=crop)
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="inference")
        self.name, self.precision = "onnxruntime float32", "float32"

    def run(self, pixels: Bytes) -> Floats:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim)."""
        return np.concatenate(list(self._pool.map(self._vector, range(len(pixels)), repeat(pixels))))

    def _vector(self, row: int, pixels: Bytes) -> Floats:
        vector: Floats = self._session.run(None, {"pixels": pixels[row : row + 1]})[0]  # (1, dim)
        return vector


class TorchCpuBackend:
    """Eager PyTorch in float32 and channels-last, in chunks that stay in the cache."""

    def __init__(self, network: torch.nn.Module, *, note: str = "") -> None:
        self._network = network.to(memory_format=torch.channels_last)
        self.name = "torch float32 channels-last" + (f" ({note})" if note else "")
        self.precision = "float32"

    def run(self, pixels: Bytes) -> Floats:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim)."""
        with torch.inference_mode():
            chunks = torch.from_numpy(pixels).split(_TORCH_CHUNK)
            return torch.cat([self._network(chunk) for chunk in chunks]).numpy()


class CudaBackend:
    """PyTorch on a CUDA device: 16-bit autocast, channels-last; bytes travel, floats are made there."""

    def __init__(self, network: torch.nn.Module, *, device: str) -> None:
        self._network = network.to(device).to(memory_format=torch.channels_last)
        self._device, self._kind = device, torch.device(device).type
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        self._dtype = torch.bfloat16 if native else torch.float16
        self.precision = "bfloat16 autocast" if native else "float16 autocast"
        self.name = f"torch {self.precision} channels-last"

    def run(self, pixels: Bytes) -> Floats:
        """uint8 (n, crop, crop, 3) -> float32 (n, dim). Raises DeviceFull if the batch is too large."""
        try:
            with torch.inference_mode(), torch.autocast(self._kind, dtype=self._dtype):
                # From page-locked memory (iter_batches with pin) this copy does not wait.
                on_device = torch.from_numpy(pixels).to(self._device, non_blocking=True)
                vectors: torch.Tensor = self._network(on_device)
                return vectors.float().cpu().numpy()
        except torch.cuda.OutOfMemoryError as problem:
            raise DeviceFull(
                f"A batch of {len(pixels)} picture{'' if len(pixels) == 1 else 's'} does not fit in the memory of "
                f"{self._device}. Use a smaller batch size."
            ) from problem


def cpu_backend(network: torch.nn.Module, *, crop: int, n_threads: int) -> Backend:
    """The fastest way to run a network on this CPU: ONNX Runtime if it can take it, else PyTorch.

    ONNX Runtime's vectors are compared with eager PyTorch's on one noise picture before it is trusted.
    """
    errors: tuple[type[Exception], ...] = (*_EXPORT_ERRORS, *onnxruntime_errors())
    try:
        backend = OnnxBackend(network, crop=crop, n_threads=n_threads)
        cosine = _agreement(network, backend, crop=crop)
    except errors as problem:
        return TorchCpuBackend(network, note=f"no ONNX export of this model: {type(problem).__name__}")
    if not cosine > _MIN_SELF_CHECK_COSINE:
        return TorchCpuBackend(network, note=f"ONNX Runtime's vectors differ: cosine {cosine:.4f}")
    return backend


def usable_cores() -> int:
    """The number of cores that this process may use; $VITRINE_CORES says it where several work side by side."""
    told = int(os.environ.get("VITRINE_CORES") or 0)
    return told or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def import_onnxruntime() -> ModuleType:
    """Import ONNX Runtime so that it reports nothing to anyone. Import it in no other way.

    Since 1.29 its Linux packages write an identifier to ~/.cache/Microsoft and send what they run to
    their maker, unless this variable is set before the import (its docs/Privacy.md; on Windows the
    second switch is needed too).
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    module: ModuleType = onnxruntime
    return module


def onnxruntime_errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises for a model or an input that it cannot take; its errors have no common parent."""
    try:
        import_onnxruntime()  # the line below imports the package too, and must not be the first to do so
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError:
        return ()
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NotImplemented")
    return tuple(getattr(state, name) for name in (*names, "RuntimeException") if hasattr(state, name))


def _exported(network: torch.nn.Module, path: Path, *, crop: int) -> Path:
    """Write a network for one picture, uint8 (1, crop, crop, 3) -> (1, dim), as an ONNX file."""
    example = torch.zeros((1, crop, crop, 3), dtype=torch.uint8)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of the exporter, about itself and the model code that it traces
        torch.onnx.export(network, (example,), path, dynamo=True, input_names=["pixels"], verbose=False)
    return path


def _agreement(network: torch.nn.Module, backend: Backend, *, crop: int) -> float:
    """The cosine between a backend's and eager PyTorch's vector of one noise picture."""
    noise = np.random.default_rng(0).integers(0, 256, (1, crop, crop, 3), dtype=np.uint8)
    with torch.inference_mode():
        expected = network(torch.from_numpy(noise)).numpy()[0]
    seen = backend.run(noise)[0]
    return float(expected @ seen / (np.linalg.norm(expected) * np.linalg.norm(seen)))
