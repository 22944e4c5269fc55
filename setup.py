"""How the rooms are laid into a wheel: all of them under `vitrine/house`, as they lie in a clone.

What pip may know without running this stands in pyproject.toml. What is listed here is found by being there, so that a
new kind of job or page changes no file (CONTRIBUTING.md).
"""

import atexit
import shutil
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOMS = (
    "analytics",
    "cli",
    "components",
    "evidence",
    "figures",
    "importers",
    "jobs",
    "models",
    "pages",
    "service",
    "store",
)
HOUSE = "vitrine.house"
# what the rooms read beside themselves: Streamlit's settings, the pins (for packed jobs), the data dictionary
BESIDE_THE_ROOMS = [".streamlit/config.toml", "requirements.txt", "docs/data-model.md", "docs/data-model/*.md"]
NOT_SHIPPED = {"__pycache__", "node_modules"}


def files_by_folder() -> dict[Path, list[Path]]:
    """The files of every folder of the rooms that is shipped."""
    paths = (path for room in ROOMS for path in sorted(Path(room).rglob("*")) if path.is_file())
    shipped = [path for path in paths if not NOT_SHIPPED & {*path.parts} and not path.name.startswith(".")]
    return {folder: [path for path in shipped if path.parent == folder] for folder in {path.parent for path in shipped}}


def package_of(folder: Path) -> str:
    """The package that a folder of a room is in the wheel."""
    return ".".join((HOUSE, *folder.parts))


class Rooms(build_py):
    """What is copied: of the files beside the rooms, the app alone."""

    def find_package_modules(self, package, package_dir):
        modules = super().find_package_modules(package, package_dir)
        return [module for module in modules if package != HOUSE or module[1] == "app"]


folders = files_by_folder()
# A folder `build` that stays would bring pages and kinds back that are no longer there.
build_base = tempfile.mkdtemp(prefix="vitrine-build-")
atexit.register(shutil.rmtree, build_base, ignore_errors=True)
setup(
    packages=["vitrine", HOUSE, *sorted(map(package_of, folders))],
    package_dir={"vitrine": "vitrine", HOUSE: "."},
    package_data={HOUSE: BESIDE_THE_ROOMS}
    | {package_of(folder): [f.name for f in files if f.suffix != ".py"] for folder, files in folders.items()},
    include_package_data=False,
    cmdclass={"build_py": Rooms},
    options={"build": {"build_base": build_base}},
)
