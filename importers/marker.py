"""What an export says of itself, so that an import reads it back without asking."""

import json
from pathlib import Path

MARKER = ".vitrine-export.json"


def marked_reading(root: Path) -> str | None:
    """How the folder `root` is to be read if it is an export of Vitrine's; None for any other folder."""
    try:
        content = json.loads((root / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    reading = content.get("reading") if isinstance(content, dict) else None
    return reading if isinstance(reading, str) else None
