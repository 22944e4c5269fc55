"""What a job costs on Ray beside the same job by this machine alone, on the same cores.

    python benchmarks/ray_overhead.py --pictures DIR [--n 30000] [--rounds 1] [--node-cpus 2]

The pictures are imported once; each round embeds them in a fresh copy of that workspace, first by a worker of this
machine, then on a Ray cluster of one node with --node-cpus of its cores, that is up before. Both are whole jobs of the
command line's owner: networks are loaded, segments are landed. Without Ray (requirements-ray.txt) nothing is measured.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.connection import open_workspace

BAR = 1.25


def main() -> None:
    """Print a row a way and round, and the ratio of the least seconds."""
    options = _options()
    from tests.support.ray_nodes import is_there, running_cluster

    if not is_there():
        print("Skipped: Ray is not installed (make test-ray; requirements-ray.txt).")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        pictures = _linked(options.pictures, folder / "pictures", n=options.n)
        _run(folder / "imported", "import", folder=str(pictures))
        began = time.perf_counter()
        with running_cluster(folder, n_nodes=1, n_cpus=options.node_cpus) as cluster:
            print(f"{conditions()}; the node was up after {time.perf_counter() - began:.0f} s")
            print_header("way", "n", "job, s", "images/s", "parts")
            least = {way: _rounds(folder, way, on, options) for way, on in (("local", ""), ("Ray", cluster.on))}
    ratio = least["Ray"] / least["local"]
    print(f"\nOn Ray {ratio:.2f} times the seconds (bar: {BAR} at 30,000 pictures)")


def _rounds(folder: Path, way: str, on: str, options: argparse.Namespace) -> float:
    """The least seconds of a way's rounds."""
    seconds = []
    for number in range(options.rounds):
        root = shutil.copytree(folder / "imported", folder / f"{way}{number}")
        figures = _run(root, "embed", on=on)
        assert figures["n_vectors"] == figures["n_embedded"], figures
        print_row(way, f"{figures['n_vectors']:,}", f"{figures['seconds']:.1f}", figures["images_per_second"],
                  figures.get("n_parts", ""))  # fmt: skip
        seconds.append(float(figures["seconds"]))
        shutil.rmtree(root)
    return min(seconds)


def _run(root: Path, kind: str, *, on: str = "", **parameters: object) -> dict[str, Any]:
    """A job's figures, with `seconds` from its start to its end as whoever waits for it sees them."""
    with closing(open_workspace(root)) as workspace:
        supervisor = Supervisor(workspace)
        began = time.perf_counter()
        job = supervisor.start(kind, dataset="pictures", parameters=parameters, trusted=True, on=on)
        while supervisor.job(job).is_active:
            supervisor.tick()
            time.sleep(0.1)
        view = supervisor.job(job)
        assert view.state == DONE, f"{view.message}\n{supervisor.log_of(job)}"
        return {**view.figures, "seconds": time.perf_counter() - began}


def _linked(source: Path, folder: Path, *, n: int) -> Path:
    folder.mkdir()
    names = sorted(entry.name for entry in os.scandir(source) if entry.is_file() and not entry.name.startswith("."))
    for name in islice(names, n):
        try:
            os.link(source / name, folder / name)
        except OSError:
            shutil.copyfile(source / name, folder / name)
    return folder


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--n", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--node-cpus", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
