"""What a detection may be ordered with; every refusal names the parameter, what it may be, and what was given."""

from pathlib import Path

from jobs.engine.errors import UnknownParameter

COCO80 = "coco80"


def check_parameters(parameters: dict[str, object]) -> None:
    """Raise UnknownParameter for a value out of its range."""
    for name, low, high in (("score_floor", 0.0, 1.0), ("nms_iou", 0.0, 1.0), ("most", 1, 10_000)):
        if not low <= float(parameters[name]) <= high:
            raise UnknownParameter(f"detect: {name} must lie between {low} and {high}, not {parameters[name]}.")
    for name, words in (
        ("values", ("auto", "0-255", "0-1")),
        ("fit", ("auto", "squash", "letterbox")),
        ("names", ("", COCO80)),
    ):
        if parameters[name] not in words:
            known = ", ".join(word or "nothing" for word in words)
            raise UnknownParameter(f"detect: {name} is one of {known}, not {parameters[name]!r}.")


def require_file(parameters: dict[str, object], *, what: str) -> None:
    """Raise UnknownParameter where `weights` names no file."""
    path = Path(str(parameters["weights"])).expanduser()
    if not parameters["weights"] or not path.is_file():
        seen = f"there is no file {path}" if parameters["weights"] else f"{parameters['model']} needs {what}"
        how = "from YOLO: yolo export format=onnx end2end=True" if what == "an ONNX file" else "annotations with bbox"
        raise UnknownParameter(f"detect: {seen}; name one with --weights FILE ({how}).")


def names_in_file(name: str) -> list[str]:
    """The class names in a text file, one a line; none without a file. Raises UnknownParameter."""
    if not name:
        return []
    try:
        lines = Path(name).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownParameter(f"detect: class_file {name} cannot be read as text: {error}.") from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names or len(names) > 100_000 or "" in names:
        raise UnknownParameter(f"detect: class_file {name} must hold one class name a line, without empty lines.")
    return names
