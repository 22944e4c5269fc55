"""The files that a detection may be ordered with; a refusal names the parameter, what it may be, and what was given."""

from pathlib import Path

from jobs.detect.kind import DetectParameters
from jobs.engine.errors import UnknownParameter

MOST_NAMES_BYTES = 16 << 20


def require_file(parameters: DetectParameters, *, what: str) -> None:
    """Raise UnknownParameter where `weights` names no file."""
    path = Path(parameters.weights).expanduser()
    may_be_folder = what == "a COCO file"  # of YOLO's, VOC's or LabelMe's annotations
    if not parameters.weights or not (path.is_file() or (may_be_folder and path.is_dir())):
        seen = f"there is no file {path}" if parameters.weights else f"{parameters.model} needs {what}"
        how = "from YOLO: yolo export format=onnx end2end=True" if what == "an ONNX file" else "annotations with bbox"
        raise UnknownParameter(f"detect: {seen}; name one with --weights FILE ({how}).")


def names_in_file(name: str) -> list[str]:
    """The class names in a text file, one a line; none without a file. Raises UnknownParameter."""
    if not name:
        return []
    try:
        n_bytes = Path(name).expanduser().stat().st_size
        if n_bytes > MOST_NAMES_BYTES:
            raise UnknownParameter(
                f"detect: class_file {name} has {n_bytes:,} bytes; a list of names has {MOST_NAMES_BYTES:,} at most."
            )
        lines = Path(name).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownParameter(f"detect: class_file {name} cannot be read as text: {error}.") from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names or len(names) > 100_000 or "" in names:
        raise UnknownParameter(f"detect: class_file {name} must hold one class name a line, without empty lines.")
    return names
