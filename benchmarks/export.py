"""Pictures a second of an export, with hard links and with copies, against what a user would write, in the same run.

    python benchmarks/export.py --pictures DIR    DIR: a folder as an import takes it, on the disk of --into
    python benchmarks/export.py [--drawn 4000]    drawn pictures of 64x64

The workspace and the exports go below --into (default: a temporary folder). What a user would write: a loop that makes
class folders and calls shutil.copy2 (or os.link) for each picture, with no check that the files are what they were, no
hidden folder until all is there, no manifest. Seconds are those of the writing, and of the whole job with its start.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import watched
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb_of_children, seconds_of


def main() -> None:
    """Print a table."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.into) as folder:
        root = Path(folder).resolve()
        pictures = arguments.pictures or _drawn(root / "pictures", arguments.drawn)
        rows = _imported_and_frozen(root / "w", pictures)
        print(f"{conditions()}, {len(rows):,} pictures")
        print_header("way", "seconds", "pictures a second", "whole job, s", "of a loop's time")
        _by_hand(root / "warm", rows, place=os.link)  # everybody reads from a warm cache
        for words, copies, place in (("hard links", "no", os.link), ("copies", "yes", shutil.copy2)):
            ours = _job(root / "w", ["--format", "folders", "--copies", copies])
            theirs = _by_hand(root / f"hand-{copies}", rows, place=place)
            _say(f"Vitrine, {words}", len(rows), ours["writing_s"], whole_s=ours["seconds"], loop_s=theirs)
            _say(f"a loop by hand, {words}", len(rows), theirs)
        for form in ("csv", "parquet", "coco", "imagefolder"):
            ours = _job(root / "w", ["--format", form])
            _say(f"Vitrine, {form}, hard links", len(rows), ours["writing_s"], whole_s=ours["seconds"])
    print(f"largest process: {peak_mb_of_children():,.0f} MB")


def _say(way: str, n: int, seconds: float, *, whole_s: float | None = None, loop_s: float | None = None) -> None:
    whole = None if whole_s is None else f"{whole_s:.1f}"
    ratio = None if loop_s is None else f"{seconds / loop_s:.1f}x"
    print_row(way, f"{seconds:.2f}", f"{n / seconds:,.0f}", whole, ratio)


def _imported_and_frozen(workspace: Path, pictures: Path) -> list[tuple[str, str]]:
    """Import the folder and freeze version v1; each picture's file and class name."""
    from store.connection import open_workspace
    from store.datasets import find_dataset
    from store.versions import export_rows, freeze

    watched("-m", "jobs", "import", pictures, "--name", "d", "--workspace", workspace, "--yes")
    opened = open_workspace(workspace)
    try:
        dataset = find_dataset(opened, "d")
        version = freeze(opened, dataset.id, name="v1", who="benchmark")
        rows = export_rows(opened, version.id).to_pylist()
        return [(os.path.join(dataset.root, row["path"]), version.class_names[row["label"]]) for row in rows]
    finally:
        opened.close()


def _job(workspace: Path, options: list[str]) -> dict[str, float]:
    words = ["run", "export", "--dataset", "d", "--workspace", workspace, "--version", "v1", *options]
    return json.loads(watched("-m", "jobs", *words)["last_line"])


def _by_hand(target: Path, rows: list[tuple[str, str]], *, place: Callable[[str, str], object]) -> float:
    """Seconds of class folders made by a plain loop."""

    def loop() -> None:
        for name in {name for _, name in rows}:
            (target / name).mkdir(parents=True)
        for path, name in rows:
            place(path, str(target / name / os.path.basename(path)))

    return seconds_of(loop)


def _drawn(folder: Path, n: int) -> Path:
    rng = np.random.default_rng(801)
    for index in range(n):
        (folder / f"class {index % 10}").mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
        picture.save(folder / f"class {index % 10}" / f"{index}.jpg")
    return folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve())
    parser.add_argument("--drawn", type=int, default=4_000, help="pictures to draw without --pictures (4000)")
    parser.add_argument("--into", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
