"""What an export says of itself, so that an import reads it back without asking, and knows its pictures again."""

import json
from pathlib import Path

MARKER = ".vitrine-export.json"
MAX_BYTES = 16 << 20


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


def _marked(root: Path) -> dict[str, object]:
    try:
        path = root / MARKER
        if path.stat().st_size > MAX_BYTES:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
