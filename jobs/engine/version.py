"""Which version of the code computed something."""

import functools
import subprocess
from pathlib import Path

VERSION = "0.2.0"
PROJECT = Path(__file__).parents[2]


@functools.cache
def code_version() -> str:
    """The version, with the commit it runs from where this is a clone."""
    if not (PROJECT / ".git").exists():  # installed: what git says there is of somebody else's project
        return VERSION
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return VERSION
    return f"{VERSION}+{found.stdout.strip()}"
