"""Comparing two runs: the bootstrap beside scikit-learn in a loop over resamples, and what a click on the page costs.

    python benchmarks/comparison.py                      # 1,000,000 predictions of 10 classes, 2,000 resamples
    python benchmarks/comparison.py --pages 31848,1000000

scikit-learn's balanced_accuracy_score is called for each resample of the pictures, for as many resamples as --bear
seconds allow; its time for all of them is that of one, times as many.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.metrics import balanced_accuracy_score

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from analytics.calibration import scaled  # noqa: E402
from analytics.comparison import RESAMPLES, bootstrap, cells_of, interval, scores  # noqa: E402
from analytics.significance import pairs  # noqa: E402
from benchmarks.overview import make_workspace  # noqa: E402
from store.connection import Workspace, open_workspace  # noqa: E402
from store.datasets import find_dataset  # noqa: E402

RUNS = (900, 901)
FILL = (
    """INSERT INTO run (id, dataset_id, job_id, kind, model, parameters, code_version, input_generation, complete,
        seconds, started_at, finished_at, prediction_kind)
        SELECT $run, $dataset, 'bench', 'zero-shot', 'bench', '{}', 'bench', 1, true, 1, now(), now(), 'zero-shot'""",
    """INSERT INTO prediction
        SELECT $run, id, NULL, list_transform(range($classes), lambda k: CASE
            WHEN k = (CASE WHEN hash(id + $run) % 10 < 6 THEN coalesce(label, 0)
                ELSE hash(id * 7 + $run) % $classes END)
            THEN 0.5 + (hash(id + $run) % 400) / 1000.0 ELSE 0.02 END)::FLOAT[]
        FROM image WHERE dataset_id = $dataset ORDER BY id""",
)
CHARTS = {
    "Scores": 1,
    "Confusion": 3,
    "Calibration": 2,
    "Precision and recall": 1,
    "Pictures": 0,
    "Before and after": 0,
}


def main() -> None:
    arguments = _arguments()
    print(f"{date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| classes | predictions of each run | kinds of pictures | 2,000 resamples, s | all pairs and intervals, s |")
    print("|---|---|---|---|---|")
    for n_classes, n in ((10, 10_000), (10, 100_000), (10, arguments.n), (100, arguments.n)):
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
    truth, said = predictions(n, n_classes=n_classes, near=near)
    began = time.perf_counter()
    cells = cells_of(truth, said=said, n_classes=n_classes)
    resampled = bootstrap(cells, rng=np.random.default_rng(1))
    drawn = time.perf_counter() - began
    pairs(cells, found=scores(cells), resampled=resampled)
    for values in (resampled.balanced_accuracy, resampled.macro_f1, resampled.recall, resampled.precision):
        interval(values)
    whole = time.perf_counter() - began
    print(f"| {n_classes} | {n:,} | {len(cells.n):,} | {drawn:.2f} | {whole:.2f} |", flush=True)


def beside_sklearn(arguments: argparse.Namespace) -> None:
    """Print the ratio to a loop over resamples with scikit-learn, of one score of both runs."""
    truth, said = predictions(arguments.n, n_classes=10)
    rng, values = np.random.default_rng(1), []
    began = time.perf_counter()
    while time.perf_counter() - began < arguments.bear or len(values) < 3:
        rows = rng.integers(0, arguments.n, arguments.n)
        values.append([balanced_accuracy_score(truth[rows], each[rows]) for each in said])
    one = (time.perf_counter() - began) / len(values)
    began = time.perf_counter()
    resampled = bootstrap(cells_of(truth, said=said, n_classes=10), rng=np.random.default_rng(1))
    ours = time.perf_counter() - began
    spread = np.std(values, axis=0)[0], float(resampled.balanced_accuracy[:, 0].std())
    print(
        f"\nscikit-learn, {arguments.n:,} predictions of two runs: {one:.2f} s a resample ({len(values)} of them), "
        f"{one * RESAMPLES:,.0f} s for {RESAMPLES:,} (extrapolated); here {ours:.2f} s: {one * RESAMPLES / ours:,.0f} "
        f"times as fast. Standard error of the first run's score: {spread[0]:.5f} and {spread[1]:.5f}."
    )
    shares = np.random.default_rng(2).dirichlet(np.ones(10), size=arguments.n).astype(np.float32)
    began = time.perf_counter()
    scaled(shares, truth=truth, rng=np.random.default_rng(1))
    print(f"Temperature scaling by cross-fitting on as many: {time.perf_counter() - began:.2f} s.")


def pages_of(n: int) -> None:
    """Print what each view costs the first time, and again, on n pictures that two runs predicted."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        make_workspace(root, n=n)
        workspace = open_workspace(root)
        dataset = find_dataset(workspace, "synthetic").id
        began = time.perf_counter()
        fill(workspace, dataset, n_classes=10)
        print(f"\n{n:,} pictures with two runs, made in {time.perf_counter() - began:.1f} s\n")
        workspace.close()
        os.environ["VITRINE_WORKSPACE"] = str(root)
        _visit(n)


def fill(workspace: Workspace, dataset_id: int, *, n_classes: int) -> None:
    """Labels of ten classes, and two zero-shot runs over all pictures."""
    with workspace.writing(dataset_id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET label = id % 10, labels = NULL")
        cursor.execute("DELETE FROM class_name WHERE index >= 10")
        for run in RUNS:
            values = {"run": run, "dataset": dataset_id, "classes": n_classes}
            for statement in FILL:
                cursor.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})


def _visit(n: int) -> None:
    from streamlit.testing.v1 import AppTest

    import jobs.engine.supervisor  # noqa: F401 - before the pages, or `jobs` would be found among them
    from pages.ui import owner

    app = AppTest.from_file(str(PROJECT / "pages" / "frame.py"), default_timeout=300).run()
    app.switch_page("compare/page.py")
    print("| view | first, ms | again, ms |\n|---|---|---|")
    for view in CHARTS:
        app.session_state["view"] = view
        first = _seconds(app.run)
        again = statistics.median(_seconds(app.run) for _ in range(5))
        if app.exception or app.error or len(app.get("vega_lite_chart")) != CHARTS[view]:
            raise SystemExit(f"the page stopped at {view}: {app.exception} {app.error}")
        print(f"| {view} | {first * 1000:,.0f} | {again * 1000:,.0f} |", flush=True)
    app.session_state["view"] = "Pictures"
    app.run()
    for key, value in (("group", "Only B right"), ("group", "Both wrong"), ("true", "class 3")):
        app.session_state[key] = value
        print(f"| other pictures: {key} {value} | {_seconds(app.run) * 1000:,.0f} | |")
    app.session_state["labels"] = "As imported"
    app.session_state["view"] = "Scores"
    print(f"| the other labels | {_seconds(app.run) * 1000:,.0f} | |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:,.0f} MB")
    owner.close()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000, help="predictions of each run")
    parser.add_argument("--bear", type=float, default=10.0, help="seconds to spend in scikit-learn")
    parser.add_argument("--pages", default="", help="sizes at which the page itself is visited, separated by commas")
    return parser.parse_args()


if __name__ == "__main__":
    main()
