"""A trained classifier's ONNX file on ONNX Runtime: squares of pixels in, logits out."""

from pathlib import Path

import numpy as np

from models.arrays import Bytes, Floats
from models.backends import import_onnxruntime, onnxruntime_errors
from models.errors import WeightsMismatch


class OnnxClassifier:
    """What `models.resnets.export_onnx` wrote: pictures (n, 3, side, side) RGB in [0, 1] to logits (n, n_classes)."""

    def __init__(self, path: Path, *, side: int, n_classes: int, n_threads: int = 1) -> None:
        """Open the file; raises WeightsMismatch for one that is no such network."""
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        errors: tuple[type[Exception], ...] = (*onnxruntime_errors(), ValueError, KeyError, IndexError)
        self._side = side
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            seen = self.logits(np.zeros((1, side, side, 3), np.uint8))
        except errors as error:
            raise WeightsMismatch(f"{path.name} is no classifier of ours: {str(error)[:200]}") from error
        if seen.shape != (1, n_classes):
            raise WeightsMismatch(f"{path.name} knows {seen.shape[-1]} classes, and {n_classes} are named.")

    def logits(self, pixels: Bytes) -> Floats:
        """(n, n_classes) float32 of `pixels` (n, side, side, 3) uint8."""
        if pixels.dtype != np.uint8 or pixels.shape[1:] != (self._side, self._side, 3):
            raise ValueError(f"pixels must be uint8 (n, {self._side}, {self._side}, 3), not {pixels.shape}")
        given = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), np.float32) / np.float32(255)
        out: Floats = self._session.run(["logits"], {"pictures": given})[0]
        return np.asarray(out, np.float32)
