"""Where the project lies, and the script that every page's visit begins with."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
FRAME = PROJECT / "pages" / "frame.py"
