"""What an export says of itself, so that an import reads it back without asking."""

import json
from pathlib import Path

MARKER = ".vitrine-export.json"
MAX_BYTES = 16 << 20


def marked_reading(root: Path) -> str | None:
    """How the folder `root` is to be read if it is an export of Vitrine's; None for any other folder."""
    try:
        path = root / MARKER
        if path.stat().st_size > MAX_BYTES:
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    reading = content.get("reading") if isinstance(content, dict) else None
    return reading if isinstance(reading, str) else None
