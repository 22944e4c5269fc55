"""Pictures a second of an export, with hard links and with copies, against what a user would write, in the same run.

    python benchmarks/export.py --pictures DIR    DIR: a folder as an import takes it, on the disk of --into
    python benchmarks/export.py                   4,000 drawn pictures of 64x64

The workspace and the exports go below --into (default: a temporary folder). What a user would write: a loop that makes
class folders and calls shutil.copy2 (or os.link) for each picture, with no check that the files are what they were, no
hidden folder until all is there, no manifest. Seconds are those of the writing, and of the whole job with its start.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--into", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.into) as folder:
        root = Path(folder)
        pictures = arguments.pictures or _drawn(root / "pictures", 4_000)
        rows = _imported_and_frozen(root / "w", pictures)
        print(f"{len(rows):,} pictures")
        _by_hand(root / "warm", rows, place=os.link)  # everybody reads from a warm cache
        for words, copies, place in (("hard links", "no", os.link), ("copies", "yes", shutil.copy2)):
            ours = _job(root / "w", ["--format", "folders", "--copies", copies])
            theirs = _by_hand(root / f"hand-{copies}", rows, place=place)
            _say(f"Vitrine, {words}", len(rows), ours["writing_s"], whole_s=ours["whole_s"])
            _say(f"a loop by hand, {words}", len(rows), theirs)
            print(f"    Vitrine takes {ours['writing_s'] / theirs:.1f} times as long")
        for form in ("csv", "parquet", "coco", "imagefolder"):
            ours = _job(root / "w", ["--format", form])
            _say(f"Vitrine, {form}, hard links", len(rows), ours["writing_s"], whole_s=ours["whole_s"])
    print(f"largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3:,.0f} MB")


def _say(way: str, n: int, seconds: float, *, whole_s: float | None = None) -> None:
    whole = f", whole job {whole_s:.1f} s ({n / whole_s:,.0f} a second)" if whole_s else ""
    print(f"{way:<32} {seconds:>7.2f} s {n / seconds:>9,.0f} a second{whole}")


def _imported_and_frozen(workspace: Path, pictures: Path) -> list[tuple[str, str]]:
    """Import the folder and freeze version v1; each picture's file and class name."""
    from store.connection import open_workspace
    from store.datasets import find_dataset
    from store.versions import export_rows, freeze

    words = [
        sys.executable,
        "-m",
        "jobs",
        "import",
        str(pictures),
        "--name",
        "d",
        "--workspace",
        str(workspace),
        "--yes",
    ]
    subprocess.run(words, cwd=PROJECT, check=True, capture_output=True)
    opened = open_workspace(workspace)
    try:
        dataset = find_dataset(opened, "d")
        version = freeze(opened, dataset.id, name="v1", who="benchmark")
        rows = export_rows(opened, version.id).to_pylist()
        return [(os.path.join(dataset.root, row["path"]), version.class_names[row["label"]]) for row in rows]
    finally:
        opened.close()


def _job(workspace: Path, options: list[str]) -> dict[str, float]:
    words = [sys.executable, "-m", "jobs", "run", "export", "--dataset", "d", "--workspace", str(workspace)]
    done = subprocess.run(
        [*words, "--version", "v1", *options], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    said = json.loads(done.stdout.splitlines()[-1])
    return {"writing_s": said["writing_s"], "whole_s": said["seconds"]}


def _by_hand(target: Path, rows: list[tuple[str, str]], *, place: Callable[[str, str], object]) -> float:
    began = time.perf_counter()
    for name in {name for _, name in rows}:
        (target / name).mkdir(parents=True)
    for path, name in rows:
        place(path, str(target / name / os.path.basename(path)))
    return time.perf_counter() - began


def _drawn(folder: Path, n: int) -> Path:
    rng = np.random.default_rng(801)
    for index in range(n):
        (folder / f"class {index % 10}").mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
        picture.save(folder / f"class {index % 10}" / f"{index}.jpg")
    return folder


if __name__ == "__main__":
    main()
