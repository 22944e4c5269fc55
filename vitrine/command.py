"""The command `vitrine`: a process of its own, in which the rooms (cli, jobs, store, ...) are found by their own names.

Nobody else's process ever has those names on its path: a notebook that imports `vitrine` runs this file.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def house() -> Path:
    """The folder that holds the rooms: `house` beside this file where it is installed, in a clone the clone itself."""
    installed = HERE / "house"
    return installed if installed.is_dir() else HERE.parent


def main() -> int:
    """Run the command line with this process's arguments; its exit status."""
    # first on the path: somebody's own models.py in the folder they stand in is theirs, and not read
    sys.path.insert(0, str(house()))
    from cli.main import main as command_line

    return command_line(program="vitrine")


if __name__ == "__main__":
    sys.exit(main())
