"""How fast features that were computed elsewhere come in, and how much memory that takes.

    python benchmarks/features.py [--files 100] [--rows 10000] [--features 512] [--space-for-files DIR]

Draws so many CSV files of id, label and features, each with the last row of the one before it at its top, then runs
`python -m jobs import-vectors` on them in processes of its own. Peaks: of the sum of all of its processes, as sampled.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions

PROJECT = Path(__file__).resolve().parents[1]
N_DRAWN = 500  # different lines of numbers; more would only take longer to draw
SAMPLE_S = 0.2


def main() -> None:
    """Draw the files, import them, print a table."""
    options = _options()
    print(conditions())
    with tempfile.TemporaryDirectory(dir=options.space_for_files) as place:
        folder, workspace = Path(place) / "features", Path(place) / "workspace"
        n_bytes = draw_files(folder, n_files=options.files, n_rows=options.rows, n_features=options.features)
        rows, columns = options.rows + 1, options.features + 2
        print(f"{options.files:,} files of {rows:,} rows x {columns:,} columns, {n_bytes / 1e9:.1f} GB")
        figures, watched = import_watched(folder, workspace)
    n_rows = int(str(figures["n_rows"]))
    taken, repeated = f"{figures['n_taken']:,}", f"{figures['n_repeated']:,}"
    print_header("what", "rows", "taken", "repeated", "seconds", "rows/s", "CPU us/row", "peak MB")
    for what, seconds in (("the worker", float(str(figures["seconds"]))), ("the whole command", watched.seconds)):
        rate, cpu = f"{n_rows / seconds:,.0f}", f"{1e6 * watched.cpu_seconds / n_rows:.0f}"
        print_row(what, f"{n_rows:,}", taken, repeated, f"{seconds:.1f}", rate, cpu, f"{watched.peak_mb:,.0f}")


def draw_files(folder: Path, *, n_files: int, n_rows: int, n_features: int) -> int:
    """Write the files; how many bytes they have."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    drawn = [",".join(f"{value:.6g}" for value in line) for line in rng.normal(0, 1, (N_DRAWN, n_features)).tolist()]
    heading = "id,label," + ",".join(f"f{n}" for n in range(n_features))
    n_bytes = 0
    for file in range(n_files):
        first = file * n_rows - (file > 0)
        lines = [f"{row},{row % 1000},{drawn[row * 7 % N_DRAWN]}" for row in range(first, (file + 1) * n_rows)]
        n_bytes += (folder / f"part{file}.csv").write_text("\n".join([heading, *lines, ""]), encoding="utf-8")
    return n_bytes


@dataclass(frozen=True)
class Watched:
    """What a command took, all of its processes together. cpu_seconds: of the processor, whatever ran beside."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def import_watched(folder: Path, workspace: Path) -> tuple[dict[str, object], Watched]:
    """Import a folder by the command line: its figures, and what it took."""
    command = [sys.executable, "-m", "jobs", "import-vectors", str(folder), "--dataset", "points", "--workspace"]
    began, peak, cpu = time.monotonic(), 0.0, {}
    with subprocess.Popen(
        [*command, str(workspace)], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        process = psutil.Process(run.pid)
        while run.poll() is None:
            peak = max(peak, _look(process, cpu))
            time.sleep(SAMPLE_S)
        seconds = time.monotonic() - began
        lines = run.stdout.read().decode().splitlines() if run.stdout else []
    if run.returncode or not lines:
        raise SystemExit(f"The import ended with {run.returncode}.")
    return json.loads(lines[-1]), Watched(seconds, sum(cpu.values()), peak)


def _look(process: psutil.Process, cpu: dict[int, float]) -> float:
    """The resident megabytes of a process and its children; notes in `cpu` the processor's seconds of each so far."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_info().rss
            times = one.cpu_times()
            cpu[one.pid] = times.user + times.system
        except psutil.Error:
            continue
    return total / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument(
        "--rows", type=int, default=10_000, help="new ones a file; each has one more, of the file before"
    )
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--space-for-files", type=Path, help="a folder with room for them; else the temporary one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
