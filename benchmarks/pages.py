"""Seconds that every page takes, the first time and again, and the app's start: of this checkout, or of two in turn.

    python benchmarks/pages.py [--n 31848,1000000]                      synthetic workspaces with every kind of result
    python benchmarks/pages.py --workspace W --dataset NAME             a copy of a real one
    python benchmarks/pages.py ... --project DIR                        DIR, another checkout, beside this one

Each checkout gets a copy of the workspace and a process of its own, in which all pages are opened in the order of the
navigation, each for a new visitor, by Streamlit's test runner (the page's whole script; no browser). "first" is the
first round: nothing has been cached in that process before, and what several pages share is read by the first of them.
"warm" is the median of the rounds after it. With --project both take turns page by page, and the one who begins changes
every round, so that a slow minute falls on both; ratios are this checkout's seconds by the other's. A synthetic
workspace is written by the other checkout, which may not know newer tables. Start-up is `streamlit run`: from the start
of its process to the answering app and to the first whole page (benchmarks/overview.py has the same figure).
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import start_up
from benchmarks.support.child import PROJECT
from benchmarks.support.synthetic import DATASET
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from store.workspace_file import FILE_NAME, read_owner

SUPPORT = Path(__file__).resolve().parent / "support"


@dataclass(frozen=True)
class Side:
    """A checkout with its own copy of the workspace."""

    title: str
    project: Path
    root: Path
    dataset: str


@dataclass(frozen=True)
class Visitor:
    """A process that opens the pages of one side; files: of its pages, by key, in the navigation's order."""

    side: Side
    process: subprocess.Popen[str]
    titles: Mapping[str, str]
    files: Mapping[str, str]

    def visit(self, key: str) -> tuple[float, int]:
        """Seconds of the page `key`, and how many elements it drew; ends this script if the page shows an error."""
        print(self.files[key], file=self.process.stdin, flush=True)
        answer = json.loads(_line_of(self.process))
        if "error" in answer:
            raise SystemExit(f"{self.side.title}: the page {key} stopped: {answer['error']}")
        return answer["seconds"], answer["elements"]


def main() -> None:
    """Print two tables a workspace: its pages, and the start."""
    arguments = _arguments()
    projects = {"before": arguments.project.resolve()} if arguments.project else {}
    projects["after" if projects else "here"] = PROJECT
    print(conditions())
    for title, n in _cases(arguments):
        with tempfile.TemporaryDirectory(prefix="vitrine-bench-", dir=arguments.into) as folder:
            source = arguments.workspace if n is None else _synthetic(Path(folder) / "made", n, projects)
            dataset = arguments.dataset if n is None else DATASET
            sides = [Side(name, at, _copied(source, Path(folder) / name), dataset) for name, at in projects.items()]
            print(f"\n## {title}")
            measure_pages(sides, rounds=arguments.rounds)
            measure_start(sides, rounds=arguments.starts)


def measure_pages(sides: list[Side], *, rounds: int) -> None:
    """Print a row a page: its first seconds, and its warm ones over `rounds`, of each side; then their sums."""
    with ExitStack() as stack:
        visitors = [stack.enter_context(visitor(side)) for side in sides]
        keys = list(dict.fromkeys(key for each in reversed(visitors) for key in each.files))
        spent: dict[tuple[str, str], list[float]] = {}
        drawn: dict[tuple[str, str], int] = {}
        for turn in range(rounds + 1):
            for key in keys:
                for each in visitors if turn % 2 else visitors[::-1]:
                    if key in each.files:
                        place = each.side.title, key
                        seconds, drawn[place] = each.visit(key)
                        spent.setdefault(place, []).append(seconds)
    titles = {key: title for each in visitors for key, title in each.titles.items()}
    _print_pages(sides, {key: titles[key] for key in keys}, spent=spent)
    for key in keys:
        if len({drawn[side.title, key] for side in sides if (side.title, key) in drawn}) > 1:
            both = ", ".join(f"{side.title} {drawn[side.title, key]}" for side in sides)
            print(f"{titles[key]} does not draw the same number of elements: {both}.")


def _print_pages(sides: list[Side], titles: Mapping[str, str], *, spent: Mapping[tuple[str, str], list[float]]) -> None:
    first = {place: seconds[0] for place, seconds in spent.items()}
    warm = {place: statistics.median(seconds[1:]) for place, seconds in spent.items()}
    print_header("page", *_columns(sides, "first s"), *_columns(sides, "warm s"))
    for key, title in titles.items():
        print_row(title, *_cells(sides, first, key), *_cells(sides, warm, key))
    shared = [key for key in titles if all((side.title, key) in spent for side in sides)]
    for values in (first, warm):
        values.update({(side.title, ""): sum(values[side.title, key] for key in shared) for side in sides})
    print_row(f"all {len(shared)} together", *_cells(sides, first, ""), *_cells(sides, warm, ""))


def measure_start(sides: list[Side], *, rounds: int) -> None:
    """Print how long the app takes to answer, and to give its first page; medians, the sides in turn."""
    spent: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds):
        for side in sides if turn % 2 else sides[::-1]:
            for what, seconds in zip(
                ("answering", "first page"), start_up(side.root, project=side.project), strict=True
            ):
                spent.setdefault((side.title, what), []).append(seconds)
    print_header("process start to", *_columns(sides, "s"))
    medians = {place: statistics.median(seconds) for place, seconds in spent.items()}
    for what in ("answering", "first page"):
        print_row(what, *_cells(sides, medians, what))


@contextmanager
def visitor(side: Side) -> Iterator[Visitor]:
    """A visitor of one side's pages, until the end of the with-block; what its process logs is shown if it fails."""
    command = [sys.executable, "-P", str(SUPPORT / "page_visits.py"), str(side.root), side.dataset]
    environment = os.environ | {"PYTHONPATH": str(side.project)}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command,
            cwd=side.project,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            pages = json.loads(_line_of(process) or "[]")
            yield Visitor(
                side,
                process,
                {page["key"]: page["title"] for page in pages},
                {page["key"]: page["file"] for page in pages},
            )
        except SystemExit:
            log.seek(0)
            print(log.read()[-3000:], file=sys.stderr)
            raise
        finally:
            process.stdin.close()
            process.wait(timeout=120)


def _line_of(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"the process that opens the pages ended with {process.wait(timeout=120)}")
    return line


def _columns(sides: list[Side], what: str) -> list[str]:
    return [what] if len(sides) == 1 else [*(f"{what}, {side.title}" for side in sides), "ratio"]


def _cells(sides: list[Side], values: Mapping[tuple[str, str], float], key: str) -> list[str]:
    """The seconds of each side ("–" for a page that it does not have), and their ratio where there are two."""
    found = [values.get((side.title, key)) for side in sides]
    cells = ["–" if value is None else f"{value:.3f}" for value in found]
    if len(sides) == 1:
        return cells
    before, after = found
    return [*cells, "–" if before is None or after is None else f"{after / before:.2f}"]


def _cases(arguments: argparse.Namespace) -> list[tuple[str, int | None]]:
    """Title and size of each workspace; None stands for the real one."""
    if arguments.workspace and not arguments.dataset:
        raise SystemExit("Say which dataset of the workspace: --dataset NAME.")
    real = [(f"the dataset {arguments.dataset} of a real workspace", None)] if arguments.workspace else []
    sizes = arguments.n or ([] if real else [31_848, 1_000_000])
    return [*real, *((f"{n:,} synthetic images", n) for n in sizes)]


def _synthetic(root: Path, n: int, projects: Mapping[str, Path]) -> Path:
    oldest = next(iter(projects.values()))
    command = [sys.executable, "-P", str(SUPPORT / "synthetic.py"), str(root), str(n)]
    subprocess.run(command, cwd=oldest, env=os.environ | {"PYTHONPATH": str(oldest)}, check=True)
    return root


def _copied(source: Path, target: Path) -> Path:
    """A copy of a workspace that nobody has open, without its exports, uploads and thumbnails."""
    if not (source / FILE_NAME).is_file():
        raise SystemExit(f"{source} is no workspace: it has no {FILE_NAME}.")
    if read_owner(source):
        raise SystemExit(f"{source} is open in another process: stop that first.")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("exports", "uploads", "thumbs", "owner.json"))
    return target


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, help="a real workspace; a copy of it is opened")
    parser.add_argument("--dataset", default="", help="the dataset in it whose pages are opened")
    parser.add_argument("--n", type=lambda text: [int(n) for n in text.split(",")], help="images of synthetic ones")
    parser.add_argument("--project", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--rounds", type=int, default=7, help="warm rounds through all pages (7)")
    parser.add_argument("--starts", type=int, default=3, help="starts of the app (3)")
    parser.add_argument("--into", type=Path, help="where copies go (default: the temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
