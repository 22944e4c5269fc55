"""Any ONNX file whose output is rows x1, y1, x2, y2, score, class, on ONNX Runtime.

On a CPU one picture and one core an inference, as for encoders (docs/decisions.md); on a CUDA device where the
installed ONNX Runtime knows one.
"""

import ast
import hashlib
import json
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from models.arrays import Bytes, Floats, Numbers
from models.backends import import_onnxruntime, onnxruntime_errors, usable_cores
from models.detector import Detections, DetectorInfo, DetectorInput, DetectorSettings
from models.errors import WeightsMismatch

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DEFAULT_SIDE = 640  # where the file leaves the size open
PAD = 114  # the grey that YOLO pads with
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_NEEDED = "Vitrine reads rows of x1, y1, x2, y2, score, class (from YOLO: yolo export format=onnx end2end=True)"


class OnnxDetector:
    """An ONNX file. Boxes come in the pixels of its input."""

    def __init__(self, path: Path, settings: DetectorSettings) -> None:
        """Open the file and look once at an empty picture; raises WeightsMismatch where it gives something else."""
        onnxruntime = import_onnxruntime()
        self._session, on_gpu = _opened(onnxruntime, path, settings)
        self._errors = onnxruntime_errors()
        self._name, self._type, self._channels_first, self._height, self._width = _input_of(self._session, path)
        names = _names_in(self._session)
        is_yolo = bool(names) or self._channels_first
        self._squash = settings.fit == "squash" or (settings.fit == "auto" and not is_yolo)
        to_one = settings.values == "0-1" or (settings.values == "auto" and is_yolo)
        self._factor = 1 / 255 if to_one and self._type is not np.uint8 else 1.0
        self.n_parallel = 1 if on_gpu else usable_cores()
        self.min_side = 2 * max(self._height, self._width)
        self._file = path.name
        blank = np.zeros((self._height, self._width, 3), np.uint8)
        self._rows(self.prepare(blank, width=self._width, height=self._height))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.info = DetectorInfo(
            model=settings.key,
            classes=settings.classes or names,
            backend=f"onnxruntime {onnxruntime.__version__}",
            device=settings.device if on_gpu else "cpu",
            preprocess=self._describe(),
            weights_source=f"file {path}",
            weights_sha256=digest,
        )

    def prepare(self, pixels: Bytes, *, width: int, height: int) -> DetectorInput:
        """uint8 (h, w, 3) RGB of a picture of width x height -> one input; the picture may have been reduced."""
        image = Image.fromarray(pixels)
        if self._squash:
            seen = image.resize((self._width, self._height), Image.Resampling.BILINEAR)
            return DetectorInput(
                self._planes(np.asarray(seen)), width, height, self._width / width, self._height / height
            )
        scale = min(self._width / width, self._height / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (self._width - size[0]) // 2, (self._height - size[1]) // 2
        canvas = np.full((self._height, self._width, 3), PAD, np.uint8)
        canvas[top : top + size[1], left : left + size[0]] = np.asarray(image.resize(size, Image.Resampling.BILINEAR))
        return DetectorInput(self._planes(canvas), width, height, size[0] / width, size[1] / height, left, top)

    def detect(self, prepared: DetectorInput) -> Detections:
        """Boxes of one picture, in the original's pixels."""
        rows = self._rows(prepared)
        rows = rows[np.isfinite(rows).all(axis=1) & (rows[:, 4] > 0)]
        return Detections(prepared.to_original(rows[:, :4]), np.minimum(rows[:, 4], 1), rows[:, 5].astype(np.int32))

    def _planes(self, canvas: Bytes) -> Numbers:
        """uint8 (height, width, 3) -> (1, height, width, 3) or (1, 3, height, width) as the file wants it."""
        values = canvas if self._factor == 1 else canvas * np.float32(self._factor)
        planes = values.transpose(2, 0, 1) if self._channels_first else values
        return np.ascontiguousarray(planes[None], self._type)

    def _rows(self, prepared: DetectorInput) -> Floats:
        """(n, 6) float32 of the file's one output of that shape."""
        try:
            outputs = self._session.run(None, {self._name: prepared.inputs})
        except self._errors as problem:
            raise WeightsMismatch(f"{self._file} cannot look at a picture: {_short(problem)}. {_NEEDED}.") from problem
        for output in outputs:
            shape = output.shape
            if len(shape) in (2, 3) and shape[-1] == 6 and (len(shape) == 2 or shape[0] == 1):
                return np.asarray(output, np.float32).reshape(-1, 6)
        seen = ", ".join(
            f"{about.name} {'x'.join(map(str, output.shape))}"
            for about, output in zip(self._session.get_outputs(), outputs, strict=True)
        )
        raise WeightsMismatch(f"{self._file} gives {seen}; {_NEEDED}, n x 6 or 1 x n x 6.")

    def _describe(self) -> str:
        how = "squashed" if self._squash else f"fitted in, padded with {PAD},"
        unit = "values in 0-1" if self._factor != 1 else "bytes"
        return f"RGB, {how} to {self._width}x{self._height} (bilinear), {unit}."


def _opened(onnxruntime: ModuleType, path: Path, settings: DetectorSettings) -> tuple["InferenceSession", bool]:
    """The session, and whether it runs on a CUDA device."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    on_gpu = settings.device.startswith("cuda") and "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    providers: list[object] = ["CPUExecutionProvider"]
    if on_gpu:
        providers.insert(0, ("CUDAExecutionProvider", {"device_id": int(settings.device.partition(":")[2] or 0)}))
    else:
        options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(path, options, providers=providers), on_gpu
    except onnxruntime_errors() as problem:
        raise WeightsMismatch(
            f"{path.name} cannot be opened as an ONNX model: {_short(problem)}. {_NEEDED}."
        ) from problem


def _input_of(session: "InferenceSession", path: Path) -> tuple[str, type, bool, int, int]:
    """Name, type, whether channels come first, height and width of the one input; raises WeightsMismatch."""
    inputs = session.get_inputs()
    shape = list(inputs[0].shape) if inputs else []
    fits = len(inputs) == 1 and len(shape) == 4 and inputs[0].type in _TYPES and 3 in (shape[1], shape[3])
    if not fits or (isinstance(shape[0], int) and shape[0] != 1):
        seen = "; ".join(f"{each.name} {each.type} {each.shape}" for each in inputs) or "no input"
        raise WeightsMismatch(
            f"{path.name} takes {seen}; Vitrine gives it one picture at a time, 1 x 3 x height x width or "
            "1 x height x width x 3, of floats or bytes."
        )
    channels_first = shape[1] == 3
    sides = shape[2:] if channels_first else shape[1:3]
    height, width = (side if isinstance(side, int) and side > 0 else DEFAULT_SIDE for side in sides)
    return inputs[0].name, _TYPES[inputs[0].type], channels_first, height, width


def _names_in(session: "InferenceSession") -> tuple[str, ...]:
    """Class names in the file's metadata (`names`, as a JSON or Python dictionary or list); () without them."""
    text = session.get_modelmeta().custom_metadata_map.get("names", "")
    try:
        names = ast.literal_eval(text) if text else {}
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        try:
            names = json.loads(text)
        except ValueError:
            return ()
    if isinstance(names, dict) and all(str(index).isdecimal() for index in names):
        names = {int(index): name for index, name in names.items()}
        last = max(names, default=-1)
        return tuple(str(names.get(index, f"class {index}")) for index in range(last + 1)) if last < 100_000 else ()
    return tuple(map(str, names)) if isinstance(names, (list, tuple)) else ()


def _short(problem: Exception) -> str:
    return " ".join(str(problem).split())[:160].rstrip(". ")
