"""How fast a folder is scanned, how that and the memory grow, and how CleanVision does on the same folder.

    python benchmarks/import_scan.py --pictures DIR [--cleanvision-python PATH] [--sizes 10000 30000 100000]

Each measurement is a process of its own. A size beyond the folder's takes its files again from the start.
PATH is the interpreter of an environment with cleanvision (it wants other versions than Vitrine); without
it that part is left out.
"""

import argparse
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import answer, figures_of
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, peak_mb_of_children, timed

PEER = """
import json, resource, sys, time
from cleanvision import Imagelab
started = time.monotonic()
lab = Imagelab(data_path=sys.argv[1])
lab.find_issues()
print(json.dumps({"n_images": len(lab.issues), "seconds": time.monotonic() - started,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "peak_mb_largest_child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}))
"""


def main() -> None:
    """Print a table, or (with --measure) measure one size."""
    options = _options()
    if options.measure is not None:
        answer(lambda: measure_scan(options.pictures, options.measure, options.n_processes))
        return
    print(conditions())
    print_header("what", "n", "seconds", "images/s", "peak MB", "peak MB of a child")
    whole = _say("scan", _own_process(options, 0))
    if options.cleanvision_python:
        theirs = _say("CleanVision", figures_of([options.cleanvision_python, "-c", PEER, options.pictures]))
    for size in options.sizes:
        _say("scan", _own_process(options, size))
    if options.cleanvision_python:
        print(f"{theirs / whole:.1f} times as fast as CleanVision's default run (bar 5)")
    else:
        print("Skipped CleanVision: --cleanvision-python names no interpreter that has it.")


def measure_scan(pictures: Path, n_images: int, n_processes: int | None) -> dict[str, float]:
    """Scan n_images files of a folder (all if 0) as import does, with thumbnails, and give the figures."""
    from importers.scan import scan_files

    paths = sorted(path.relative_to(pictures).as_posix() for path in pictures.rglob("*") if path.is_file())
    wanted = islice(cycle(paths), n_images) if n_images else paths

    def scan(thumbs: Path) -> int:
        chunks = scan_files(pictures, wanted, thumbs=thumbs, n_processes=n_processes)
        return sum(chunk.images.num_rows for chunk in chunks)

    with tempfile.TemporaryDirectory() as thumbs:
        n_done, seconds = timed(lambda: scan(Path(thumbs)))
    return {
        "n_images": n_done,
        "seconds": seconds,
        "peak_mb": peak_mb(),
        "peak_mb_largest_child": peak_mb_of_children(),
    }


def _own_process(options: argparse.Namespace, size: int) -> dict[str, float]:
    command = [sys.executable, Path(__file__).resolve(), "--pictures", options.pictures, "--measure", size]
    return figures_of([*command, *(["--n-processes", options.n_processes] if options.n_processes else [])])


def _say(what: str, row: dict[str, float]) -> float:
    """Print a row; its seconds."""
    rate = row["n_images"] / row["seconds"]
    peaks = f"{row['peak_mb']:,.0f}", f"{row['peak_mb_largest_child']:,.0f}"
    print_row(what, f"{row['n_images']:,}", f"{row['seconds']:.1f}", f"{rate:,.0f}", *peaks)
    return row["seconds"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--cleanvision-python")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 30_000, 100_000])
    parser.add_argument("--n-processes", type=int)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
