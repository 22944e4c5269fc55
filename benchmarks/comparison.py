"""Comparing two runs: the bootstrap beside scikit-learn in a loop over resamples, and what a click on the page costs.

    python benchmarks/comparison.py                      # 1,000,000 predictions of 10 classes, 2,000 resamples
    python benchmarks/comparison.py --pages 31848,1000000

scikit-learn's balanced_accuracy_score is called for each resample of the pictures, for as many resamples as --bear
seconds allow; its time for all of them is that of one, times as many.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import balanced_accuracy_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analytics.calibration import scaled
from analytics.comparison import RESAMPLES, bootstrap, cells_of, interval, scores
from analytics.significance import pairs
from benchmarks.support.app import check, open_page
from benchmarks.support.synthetic import add_zero_shot, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, median_seconds, peak_mb, seconds_of, timed

CHARTS = {
    "Scores": 1,
    "Confusion": 3,
    "Calibration": 2,
    "Precision and recall": 1,
    "Pictures": 0,
    "Before and after": 0,
}


def main() -> None:
    """Print a table of the bootstrap, and one of the page's views for each of --pages."""
    arguments = _arguments()
    print(conditions())
    print_header(
        "classes", "predictions of each run", "kinds of pictures", "resampling, s", "with all pairs and intervals, s"
    )
    for n_classes, n in ((10, 10_000), (10, 100_000), (10, arguments.n), (100, arguments.n)):
        if n <= arguments.n:
            bootstrap_row(n, n_classes=n_classes)
    bootstrap_row(arguments.n, n_classes=100, near=0.03)  # mistakes among all classes: many kinds of pictures
    beside_sklearn(arguments)
    for n in (int(each) for each in arguments.pages.split(",") if each):
        pages_of(n)


def predictions(n: int, *, n_classes: int, near: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Truth (n,) and what two runs say (2, n), right six times in ten, else taken for a near class."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, n_classes, n)
    mistaken = (truth + rng.geometric(near, (2, n))) % n_classes
    return truth, np.where(rng.random((2, n)) < 0.6, truth, mistaken)


def bootstrap_row(n: int, *, n_classes: int, near: float = 0.3) -> None:
    """Print what the resampling costs, and all that the page asks of it."""
    truth, predicted = predictions(n, n_classes=n_classes, near=near)
    began = time.perf_counter()
    cells = cells_of(truth, predicted=predicted, n_classes=n_classes)
    resampled = bootstrap(cells, rng=np.random.default_rng(1))
    drawn = time.perf_counter() - began
    pairs(cells, scores=scores(cells), resampled=resampled)
    for values in (resampled.balanced_accuracy, resampled.macro_f1, resampled.recall, resampled.precision):
        interval(values)
    whole = time.perf_counter() - began
    print_row(n_classes, f"{n:,}", f"{len(cells.n):,}", f"{drawn:.2f}", f"{whole:.2f}")


def beside_sklearn(arguments: argparse.Namespace) -> None:
    """Print the ratio to a loop over resamples with scikit-learn, of one score of both runs."""
    truth, predicted = predictions(arguments.n, n_classes=10)
    rng, values = np.random.default_rng(1), []
    began = time.perf_counter()
    while time.perf_counter() - began < arguments.bear or len(values) < 3:
        rows = rng.integers(0, arguments.n, arguments.n)
        values.append([balanced_accuracy_score(truth[rows], each[rows]) for each in predicted])
    one = (time.perf_counter() - began) / len(values)
    resampled, ours = timed(
        lambda: bootstrap(cells_of(truth, predicted=predicted, n_classes=10), rng=np.random.default_rng(1))
    )
    spread = np.std(values, axis=0)[0], float(resampled.balanced_accuracy[:, 0].std())
    print(
        f"\nscikit-learn, {arguments.n:,} predictions of two runs: {one:.2f} s a resample ({len(values)} of them), "
        f"{one * RESAMPLES:,.0f} s for {RESAMPLES:,} (extrapolated); here {ours:.2f} s: {one * RESAMPLES / ours:,.0f} "
        f"times as fast. Standard error of the first run's score: {spread[0]:.5f} and {spread[1]:.5f}."
    )
    shares = np.random.default_rng(2).dirichlet(np.ones(10), size=arguments.n).astype(np.float32)
    scaling = seconds_of(lambda: scaled(shares, truth=truth, rng=np.random.default_rng(1)))
    print(f"Temperature scaling by cross-fitting on as many: {scaling:.2f} s.")


def pages_of(n: int) -> None:
    """Print what each view costs the first time, and again, on n pictures that two runs predicted."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        workspace = make_workspace(root, n=n, n_classes=10)
        add_zero_shot(workspace, n_classes=10)
        workspace.close()
        _visit(root, n)


def _visit(root: Path, n: int) -> None:
    app = open_page(root, "compare/page.py")
    from pages.ui import owner

    print_header(f"view, {n:,} pictures with two runs", "first, ms", "again, ms")
    for view in CHARTS:
        app.session_state["view"] = view
        first, again = seconds_of(app.run), median_seconds(app.run, rounds=5)
        check(app)
        n_charts = len(app.get("plotly_chart"))
        if n_charts != CHARTS[view]:
            raise SystemExit(f"{view} draws {n_charts} charts, not {CHARTS[view]}")
        print_row(view, _ms(first), _ms(again))
    app.session_state["view"] = "Pictures"
    app.run()
    for key, value in (("group", "Only B right"), ("group", "Both wrong"), ("true", "class 3")):
        app.session_state[key] = value
        print_row(f"other pictures: {key} {value}", _ms(seconds_of(app.run)), None)
    app.session_state["labels"] = "As imported"
    app.session_state["view"] = "Scores"
    print_row("the other labels", _ms(seconds_of(app.run)), None)
    print(f"\npeak memory {peak_mb():,.0f} MB")
    owner.close()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000, help="predictions of each run")
    parser.add_argument("--bear", type=float, default=10.0, help="seconds to spend in scikit-learn")
    parser.add_argument("--pages", default="", help="sizes at which the page itself is visited, separated by commas")
    return parser.parse_args()


if __name__ == "__main__":
    main()
