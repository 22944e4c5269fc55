"""Seconds of the review at a million images: a decision, ten thousand at once, the next pictures, the ways to stop.

    python benchmarks/review.py [--n 1000000] [--rounds 9]

A workspace is made of `n` images in 100 classes with a label check's opinions on each (one in ten is doubted), their
out-of-fold probabilities and a graph of ten neighbours, straight into the tables; 20,000 images have been decided
already. A key press is timed from the request's body to the answer's, the next pictures as a whole run of the page in
Streamlit right after a decision, both without the browser. What a user would pick: pandas with the labels in a CSV
file, written again after each decision, as a notebook with buttons does.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import check, open_page
from benchmarks.support.synthetic import CHECK, DATASET_ID, GRAPH, add_graph, add_label_check, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, median_seconds, seconds_of
from store import decisions, review
from store.connection import Workspace, open_workspace


def main() -> None:
    """Print a table."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        workspace = make_workspace(root, n=arguments.n)
        fill(workspace, n=arguments.n)
        rows = measure_store(workspace, DATASET_ID, arguments)
        workspace.close()
        rows |= measure_pages(root, arguments)
        rows |= measure_crowd(root, arguments)
        rows |= measure_pandas(root, Path(folder))
    print(f"{conditions()}, {arguments.n:,} images, median of {arguments.rounds}")
    print_header("what", "ms")
    for what, seconds in rows.items():
        print_row(what, f"{seconds * 1000:,.1f}")


def fill(workspace: Workspace, *, n: int) -> None:
    """A label check, its probabilities, a graph, and 20,000 decisions of before."""
    add_graph(workspace, n=n)
    add_label_check(workspace, n=n)
    chosen = np.random.default_rng(1).choice(n, min(20_000, n // 4), replace=False) + 1
    for act, ids in (("keep", chosen[::2]), ("remove", chosen[1::2])):
        decisions.decide(workspace, DATASET_ID, [decisions.Act(int(i), act) for i in ids], who="before")


def measure_store(workspace: Workspace, dataset_id: int, arguments: argparse.Namespace) -> dict[str, float]:
    """Straight on the store, without any cache."""
    rng = np.random.default_rng(2)
    wanted = review.ReviewQueue("doubted", CHECK)
    queue = review.queue_ids(workspace, dataset_id, queue=wanted)
    n_bulk, middle = min(10_000, len(queue) // 5), len(queue) // 2

    def one() -> None:
        act = decisions.Act(int(rng.choice(queue)), "relabel", label=3, reason="r", evidence={"margin": -0.2})
        decisions.decide(workspace, dataset_id, [act], who="me")

    def bulk() -> None:
        chosen = rng.choice(queue, n_bulk, replace=False).tolist()
        acts = [decisions.Act(i, "remove", reason="r", evidence={"queue": "doubted", "run": CHECK}) for i in chosen]
        decisions.decide(workspace, dataset_id, acts, who="me")

    def undo_last() -> None:
        last = decisions.latest_batch(workspace, dataset_id, who="me")
        decisions.undo(workspace, dataset_id, who="me", batch=last)

    def facts() -> None:
        review.items(workspace, dataset_id, image_ids=queue[middle : middle + 24].tolist(), run_id=CHECK)

    def alike() -> None:
        review.alike(workspace, dataset_id, graph_run=GRAPH, image_id=77, min_cosine=0.5, same_label=False)

    def median(work: Callable[[], object]) -> float:
        return median_seconds(work, rounds=arguments.rounds)

    queue_s = median_seconds(lambda: review.queue_ids(workspace, dataset_id, queue=wanted), rounds=3)
    return {
        f"the queue of {len(queue):,} doubted pictures, once": queue_s,
        "what is shown of the next 24": median(facts),
        "who has decided what": median(lambda: review.decided_ids(workspace, dataset_id)),
        "a decision, saved": median(one),
        "an undo of it": median(undo_last),
        f"{n_bulk:,} decisions, saved": median_seconds(bulk, rounds=3),
        "pictures that look alike": median(alike),
        "what people judged, by rank": median(lambda: review.verdicts(workspace, dataset_id, run_id=CHECK)),
    }


def measure_pages(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """What a key press and the next pictures cost: the route's answer, and the page's whole script after a decision."""
    app = open_page(root, "review/page.py")
    from pages.review import batches
    from pages.review.http import respond
    from pages.ui import owner

    first = seconds_of(app.run)
    workspace, dataset = owner.get().workspace, DATASET_ID
    queue = review.queue_ids(workspace, dataset, queue=review.ReviewQueue("doubted", CHECK))
    decided = review.decided_ids(workspace, dataset)
    left = iter(np.setdiff1d(queue, decided).tolist())
    names = tuple(f"class {i}" for i in range(100))

    def key(what: str) -> Callable[[], None]:
        def press() -> None:
            image_id = next(left)
            batch = batches.Batch(dataset, "me", "", names, False, None, CHECK, {image_id: {"rank": 1}})
            body = {"token": batches.remember(batch), "acts": [{"id": image_id, "act": what, "label": 5}]}
            if respond("act", json.dumps(body).encode()).status_code != 200:
                raise SystemExit("a decision was not saved")

        return press

    def next_pictures() -> None:
        app.query_params["from"] = str(int(app.query_params.get("from", ["1"])[0] or 1) + 24)
        app.run()

    found = {"the first visit to the page, whole script": first}
    for act, what in (
        ("keep", "a key press (keep), until it is saved and answered"),
        ("relabel", "a key press (another class), the same"),
    ):
        found[what] = median_seconds(key(act), rounds=arguments.rounds)
    spent = []
    for _ in range(arguments.rounds):
        key("keep")()
        spent.append(seconds_of(next_pictures))
    found["the next 24 pictures after a decision, whole script"] = statistics.median(spent)
    check(app)
    owner.close()
    return found


def measure_crowd(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """200 decisions at once from 40 threads, as many as the app answers by: gathered, and one transaction each."""
    workspace = open_workspace(root)
    rng = np.random.default_rng(4)

    def spent_on(decide_one: Callable[[int], object]) -> list[float]:
        began = time.perf_counter()

        def press(image_id: int) -> float:
            decide_one(image_id)
            return time.perf_counter() - began

        with ThreadPoolExecutor(40) as pool:
            return list(pool.map(press, rng.choice(arguments.n, 200, replace=False) + 1))

    def gathered(image_id: int) -> None:
        decisions.decide(workspace, DATASET_ID, [decisions.Act(int(image_id), "keep", reason="r")], who="me")

    alone = threading.Lock()

    def one_by_one(image_id: int) -> None:
        with alone:
            gathered(image_id)

    found = {}
    for what, work in (("gathered", gathered), ("one transaction each", one_by_one)):
        spent = spent_on(work)
        found[f"200 decisions at once, {what}: half of them are saved after"] = statistics.median(spent)
        found[f"200 decisions at once, {what}: all are"] = max(spent)
    workspace.close()
    return found


def measure_pandas(root: Path, folder: Path) -> dict[str, float]:
    """A decision in a DataFrame, then the whole table of labels written as CSV again: what a notebook's buttons do."""
    import pandas

    workspace = open_workspace(root)
    ids = workspace.read("quality_measures", dataset_id=DATASET_ID).select(["image_id"]).to_pydict()
    workspace.close()
    table = pandas.DataFrame({**ids, "label": 0}).set_index("image_id")
    rng = np.random.default_rng(3)

    def one() -> None:
        table.loc[rng.choice(table.index), "label"] = 3
        table.to_csv(folder / "labels.csv")

    return {"pandas, a decision and the labels as CSV again": median_seconds(one, rounds=3)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000, help="images of the synthetic workspace")
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
