"""Claims: how long it takes to ask all of them again, and what the page and the command cost.

    python benchmarks/claims.py                                   # a made-up workspace of --n images with two runs
    python benchmarks/claims.py --copy-of W --dataset NAME        # a copy of a workspace's file

Thirty claims of every kind that the dataset can answer are kept; then all are asked again, recorded and judged, as the
button on the page and `vitrine claims check` do. The bar: under two seconds for the animals.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import check as check_page
from benchmarks.support.app import open_page
from benchmarks.support.synthetic import DATASET, add_zero_shot, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, median_seconds, peak_mb, seconds_of
from evidence.case import Case
from evidence.claims import Proposal, as_recorded, check, keep
from evidence.measure import all_measures, ask
from store.comparison import list_prediction_runs
from store.connection import Workspace, open_workspace
from store.datasets import Dataset, class_names, find_dataset
from store.errors import StoreError
from store.training import list_evaluation_sets
from store.workspace_file import FILE_NAME


def main() -> None:
    """Print what thirty claims cost."""
    arguments = _arguments()
    print(f"{conditions()}, median of {arguments.rounds}")
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        if arguments.copy_of:
            root.mkdir()
            shutil.copy(arguments.copy_of / FILE_NAME, root / FILE_NAME)
        else:
            made = make_workspace(root, n=arguments.n, n_classes=10)
            add_zero_shot(made, n_classes=10)
            made.close()
        workspace = open_workspace(root)
        dataset = find_dataset(workspace, arguments.dataset)
        n = fill(workspace, dataset, most=arguments.claims)
        measure_checks(workspace, dataset, n=n, rounds=arguments.rounds)
        if arguments.each:
            measure_each(workspace, dataset)
        workspace.close()
        measure_page(root, rounds=arguments.rounds)


def proposals(workspace: Workspace, dataset: Dataset) -> list[Proposal]:
    """What can be asked: every measure by default, classes by number, and the two newest runs on what they share."""
    found = [Proposal(name) for name, of in all_measures().items() if "runs" not in of.parameters.model_fields]
    runs = [run.run_id for run in list_prediction_runs(workspace, dataset.id) if run.prediction_kind][:2]
    sets = list_evaluation_sets(workspace, dataset.id)
    if len(runs) == 2:
        on = {"runs": runs[::-1], "source": "set" if sets else "all", "number": sets[0].id if sets else 0}
        names = ("difference", "mcnemar-p", "agreement", "score", "calibration-error", "relabelling-effect")
        found += [Proposal(name, on) for name in names]
    found += [Proposal("images", {"class_index": index}) for index in range(len(class_names(workspace, dataset.id)))]
    return found


def fill(workspace: Workspace, dataset: Dataset, *, most: int) -> int:
    """Keep `most` claims; those that cannot be asked are left out, and images of classes make up the number."""
    case, kept = Case(workspace, dataset), 0
    asked = proposals(workspace, dataset)
    while kept < most:
        before = kept
        for proposal in asked:
            if kept == most:
                break
            try:
                keep(workspace, dataset, proposal.draft(case), who="benchmark")
                kept += 1
            except StoreError as refused:
                print(f"left out: {proposal.measure}: {refused}", file=sys.stderr)
        if kept == before:
            raise SystemExit("nothing can be claimed here")
    return kept


def measure_checks(workspace: Workspace, dataset: Dataset, *, n: int, rounds: int) -> None:
    """Print what it takes to ask all claims again."""
    print_header("claims", "images", "first time, s", "again, s", "list alone, ms", "peak MB")
    first = seconds_of(lambda: check(workspace, dataset, who="benchmark"))
    again = median_seconds(lambda: check(workspace, dataset, who="benchmark"), rounds=rounds)
    listed = median_seconds(lambda: as_recorded(workspace, dataset.id), rounds=rounds)
    print_row(n, f"{dataset.n_images:,}", f"{first:.2f}", f"{again:.2f}", f"{listed * 1000:.0f}", f"{peak_mb():,.0f}")
    states = [each.verdict for each in as_recorded(workspace, dataset.id)]
    print(f"verdicts: {', '.join(f'{states.count(word)} {word}' for word in dict.fromkeys(states))}")


def measure_each(workspace: Workspace, dataset: Dataset) -> None:
    """Print what each measure takes by itself."""
    print_header("measure", "ms")
    for proposal in proposals(workspace, dataset):
        took = seconds_of(lambda asked=proposal: ask(Case(workspace, dataset), asked.measure, asked.parameters))
        print_row(proposal.measure, f"{took * 1000:.0f}")


def measure_page(root: Path, *, rounds: int) -> None:
    """Print what the page takes, and its button."""
    app = open_page(root, "claims/page.py")
    from pages.ui import owner

    print_header("page Claims", "ms")
    print_row("first", f"{seconds_of(app.run) * 1000:.0f}")
    check_page(app)
    print_row("again", f"{median_seconds(app.run, rounds=rounds) * 1000:.0f}")
    print_row("Recompute all", f"{seconds_of(lambda: app.button(key='claims_check').click().run()) * 1000:.0f}")
    check_page(app)
    owner.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # not --workspace, which the app in this process would take for its own
    parser.add_argument("--copy-of", type=lambda text: Path(text).resolve(), help="a workspace's folder")
    parser.add_argument("--dataset", default=DATASET)
    parser.add_argument("--n", type=int, default=100_000, help="images of the made-up workspace")
    parser.add_argument("--claims", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--each", action="store_true", help="also what each measure takes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
