"""Which version of the code computed something."""

import functools
import subprocess
from pathlib import Path

VERSION = "0.1.0"


@functools.cache
def code_version() -> str:
    """The version, with the commit it runs from where that is known."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return VERSION
    return f"{VERSION}+{found.stdout.strip()}"
