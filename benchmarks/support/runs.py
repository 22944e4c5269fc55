"""Every benchmark one after the other, in full or at a size that only shows that it runs.

    benchmarks/run.sh PYTHON [--size tiny] [--pictures DIR] [--only overview ...]

RUNS says what each script is given. DIR holds pictures, none of them below it; by default those of the demo. A script
that fails does not keep the others from running; at the end the failed ones are named, and the status is 1.
"""

import argparse
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
DEMO = FOLDER.parent / "workspace" / "demo" / "pictures" / "train" / "0"
PICTURES = "DIR"  # stands for the folder of pictures
FASTER_RCNN = "torchvision/fasterrcnn_mobilenet_v3_large_320_fpn"
LITE0 = ("one at a time, Lite0 eager", "one at a time, ResNet-34 eager", "torch eager float32", "onnxruntime float32")


@dataclass(frozen=True)
class Run:
    """A benchmark and its words in full and when tiny.

    peer: the word that names another environment's interpreter, and the variable it is taken from, where it is set.
    is_quick: the tiny run belongs to the quick tests.
    """

    script: str
    full: tuple[str, ...] = ()
    tiny: tuple[str, ...] = ()
    peer: tuple[str, str] | None = None
    is_quick: bool = False


RUNS = (
    Run(
        "import_scan",
        full=("--pictures", PICTURES),
        tiny=("--pictures", PICTURES, "--sizes", "50"),
        peer=("--cleanvision-python", "CLEANVISION_PYTHON"),
    ),
    Run(
        "bucket_import",
        full=("--pictures", PICTURES),
        tiny=("--pictures", PICTURES, "--n", "20", "--rounds", "1"),
    ),
    Run("collecting", tiny=("--n", "20", "--rounds", "1"), peer=("--img2dataset-python", "IMG2DATASET_PYTHON")),
    Run("ray_overhead", full=("--pictures", PICTURES), tiny=("--pictures", PICTURES, "--n", "8")),
    Run("features", tiny=("--files", "2", "--rows", "20", "--features", "8")),
    Run("large_photographs", tiny=("--n", "1")),
    Run(
        "embedding",
        full=("--pictures", PICTURES),
        tiny=("--pictures", PICTURES, "--n", "4", "--rounds", "1", "--ways", *LITE0),
    ),
    Run(
        "growth",
        full=("--pictures", PICTURES, "--tiny-model"),
        tiny=("--pictures", PICTURES, "--tiny-model", "--sizes", "20"),
    ),
    Run("pages", tiny=("--n", "300", "--rounds", "1", "--starts", "1")),
    Run("overview", tiny=("--n", "300", "--rounds", "1")),
    Run(
        "thumbnails",
        full=("--pictures", PICTURES),
        tiny=("--pictures", PICTURES, "--seconds", "0.2", "--clients", "1", "4"),
    ),
    Run("projection", tiny=("--synthetic", "200", "--ways", "PCA,t-SNE,t-SNE given the graph,scikit-learn TSNE")),
    Run("neighbours", tiny=("--synthetic", "200", "--ways", "Vitrine,faiss IndexFlatIP,usearch (HNSW)"), is_quick=True),
    Run("explore_growth", tiny=("--sizes", "200", "--steps", "graph", "t-SNE", "medoids")),
    Run("duplicates", tiny=("--synthetic", "200", "--growth", "200")),
    Run(
        "service",
        full=("--pictures", PICTURES),
        tiny=(
            "--synthetic",
            "200",
            "--dim",
            "16",
            "--seconds",
            "0.5",
            "--rounds",
            "1",
            "--clients",
            "2",
            "--metrics",
            "cosine",
        ),
        peer=("--qdrant-python", "QDRANT_PYTHON"),
    ),
    Run("qdrant", tiny=("--synthetic", "300")),
    Run("map", full=("--n", "100000"), tiny=("--n", "500")),
    Run("label_issues", tiny=("--drawn", "200", "--rows", "500")),
    Run(
        "medoids",
        tiny=("--synthetic", "200", "--growth", "200", "--growth-ways", "one"),
        peer=("--baseline-python", "SKLEARN_EXTRA_PYTHON"),
    ),
    Run("review", full=("--n", "100000"), tiny=("--n", "500", "--rounds", "1")),
    Run("reviewers", tiny=("--n", "300", "--reviewers", "2", "--seconds", "8")),
    Run("comparison", full=("--pages", "31848"), tiny=("--n", "500", "--bear", "0", "--pages", "300")),
    Run("claims", tiny=("--n", "300", "--rounds", "1", "--each")),
    Run("bundle", tiny=("--sizes", "300")),
    Run("prompt_lab", tiny=("--rows", "50")),
    Run("logistic", tiny=("--rows", "200")),
    Run("export", tiny=("--drawn", "30")),
    Run(
        "training",
        full=("--pictures", PICTURES, "--batches", "2"),
        tiny=("--pictures", PICTURES, "--batches", "1", "--batch-size", "8", "--rounds", "1"),
    ),
    Run(
        "detection",
        full=("--model", FASTER_RCNN, "--pictures", PICTURES, "--rows", "200000", "--script"),
        tiny=("--model", FASTER_RCNN, "--pictures", PICTURES, "--n", "1", "--repeat", "1", "--rows", "500", "--script"),
    ),
    Run(
        "recipe",
        full=("--pictures", PICTURES),
        tiny=("--pictures", PICTURES, "--skip-peers", "--only", "embed"),
        peer=("--peers-python", "CLEANVISION_PYTHON"),
    ),
    Run("saliency", tiny=("--drawn", "8", "--epochs", "1", "--mosaics", "2")),
)


def command(run: Run, *, size: str, pictures: Path) -> list[str]:
    """The words that start a run, beginning with this interpreter."""
    words = [str(pictures) if word == PICTURES else word for word in getattr(run, size)]
    named = os.environ.get(run.peer[1]) if run.peer and size == "full" else None
    peer = [run.peer[0], named] if run.peer and named else []
    return [sys.executable, str(FOLDER / f"{run.script}.py"), *words, *peer]


def main() -> int:
    """Run them; 1 if one failed, 2 where there are no pictures."""
    arguments = _arguments()
    if not arguments.pictures.is_dir():
        asked = "give one (PICTURES=DIR make bench), or run 'make demo' first"
        print(f"There is no folder {arguments.pictures}: {asked}.", file=sys.stderr)
        return 2
    failed = []
    for run in RUNS:
        if run.script in arguments.only:
            words = command(run, size=arguments.size, pictures=arguments.pictures)
            print(f"\n# {shlex.join(words[1:])}", flush=True)
            began = time.monotonic()
            status = subprocess.run(words, check=False).returncode
            print(f"({time.monotonic() - began:.0f} s)", flush=True)
            failed += [run.script] if status else []
    if failed:
        print(f"\nFailed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    names = [run.script for run in RUNS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("full", "tiny"), default="full")
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve(), default=DEMO, metavar="DIR")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="these scripts; all by default")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
