"""How fast a folder is scanned, how that and the memory grow, and how CleanVision does on the same folder.

    python benchmarks/import_scan.py --pictures DIR [--cleanvision-python PATH] [--sizes 10000 30000 100000]

Each measurement is a process of its own. A size beyond the folder's takes its files again from the start.
PATH is the interpreter of an environment with cleanvision (it wants other versions than Vitrine); without
it that part is left out. Prints one table, then one line of JSON.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
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
    """Measure and print."""
    options = _options()
    if options.measure is not None:
        print(json.dumps(measure_scan(options.pictures, options.measure, options.n_processes)))
        return
    figures = {"whole": _own_process(options, 0)}
    if options.cleanvision_python:
        command = [options.cleanvision_python, "-c", PEER, str(options.pictures)]
        figures["cleanvision"] = _last_json(command)
        figures["times_faster"] = figures["cleanvision"]["seconds"] / figures["whole"]["seconds"]
    for size in options.sizes:
        figures[f"{size}"] = _own_process(options, size)
    _print_table(figures)
    print(json.dumps(figures))


def measure_scan(pictures: Path, n_images: int, n_processes: int | None) -> dict[str, float]:
    """Scan n_images files of a folder (all if 0) as import does, with thumbnails, and give the figures."""
    from importers.scan import scan_files

    paths = sorted(path.relative_to(pictures).as_posix() for path in pictures.rglob("*") if path.is_file())
    wanted = islice(cycle(paths), n_images) if n_images else paths
    n_done = n_failed = 0
    with tempfile.TemporaryDirectory() as thumbs:
        started = time.monotonic()
        for chunk in scan_files(pictures, wanted, thumbs=Path(thumbs), n_processes=n_processes):
            n_done += chunk.images.num_rows
            n_failed += chunk.failures.num_rows
        seconds = time.monotonic() - started
    return {
        "n_images": n_done,
        "n_failures": n_failed,
        "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "peak_mb_largest_child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _own_process(options: argparse.Namespace, size: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--pictures", str(options.pictures), "--measure", str(size)]
    if options.n_processes:
        command += ["--n-processes", str(options.n_processes)]
    return _last_json(command)


def _last_json(command: list[str]) -> dict[str, float]:
    """Run a command and read the last line that it prints as JSON."""
    environment = os.environ | {"PYTHONPATH": str(HOME)} if command[0] == sys.executable else None
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stderr[-2000:]}")  # else its progress bars stay unseen
    return json.loads(done.stdout.splitlines()[-1])


def _print_table(figures: dict) -> None:
    print(f"{'what':>12} {'images':>8} {'seconds':>8} {'images/s':>9} {'peak MB':>8} {'child MB':>9}")
    for name, row in figures.items():
        if isinstance(row, dict):
            rate = row["n_images"] / row["seconds"]
            print(
                f"{name:>12} {row['n_images']:>8} {row['seconds']:>8.1f} {rate:>9.0f} "
                f"{row['peak_mb']:>8.0f} {row['peak_mb_largest_child']:>9.0f}"
            )
    if "times_faster" in figures:
        print(f"{figures['times_faster']:.1f} times as fast as CleanVision's default run")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--cleanvision-python")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 30_000, 100_000])
    parser.add_argument("--n-processes", type=int)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
