"""What an export says of itself, so that an import reads it back without asking, and knows its pictures again."""

import json
from dataclasses import dataclass
from pathlib import Path

MARKER = ".vitrine-export.json"
KEPT = ".vitrine-reading.json"  # how a folder was read, left in it where its owner asked for that
MAX_BYTES = 16 << 20
MAX_KEY_CHARACTERS = 10_000


def marked_reading(root: Path) -> str | None:
    """How the folder `root` is to be read if it is an export of Vitrine's; None for any other folder."""
    reading = _marked(root).get("reading")
    return reading if isinstance(reading, str) else None


def marked_export(root: Path) -> str:
    """JOB/RUN of the export that wrote the folder `root`, perhaps in another workspace; empty for any other folder."""
    marked = _marked(root)
    job, run = marked.get("job"), marked.get("run")
    if not isinstance(job, str) or not isinstance(run, int) or len(job) > 100 or abs(run) > 10**9:
        return ""
    return f"{job}/{run}"


@dataclass(frozen=True)
class KeptReading:
    """How a folder was read the last time. class_names: empty where none were given."""

    reading: str
    class_names: tuple[str, ...] = ()


def kept_reading(root: Path) -> KeptReading | None:
    """The reading that was left in the folder `root`; None where there is none."""
    kept = _marked(root, KEPT)
    reading, names = kept.get("reading"), kept.get("class_names")
    if not isinstance(reading, str) or not reading or len(reading) > MAX_KEY_CHARACTERS:
        return None
    are_names = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return KeptReading(reading, tuple(names) if are_names and isinstance(names, list) else ())


def keep_reading(root: Path, kept: KeptReading) -> None:
    """Leave in the folder `root` how it is to be read. Raises OSError."""
    part = root / f"{KEPT}.part"
    part.write_text(json.dumps({"reading": kept.reading, "class_names": list(kept.class_names)}), encoding="utf-8")
    part.replace(root / KEPT)


def _marked(root: Path, name: str = MARKER) -> dict[str, object]:
    try:
        path = root / name
        if path.stat().st_size > MAX_BYTES:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
