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
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.overview import make_workspace  # noqa: E402
from store import decisions, review  # noqa: E402
from store.connection import Workspace, open_workspace  # noqa: E402
from store.datasets import find_dataset  # noqa: E402

RUN, GRAPH = 900_001, 900_000
FILL = (
    """INSERT INTO run SELECT $graph, $dataset, 'graph', 'neighbours', 'tiny', '{}', 1, 'x', 0, 'cpu', '{}', true, 1,
        now(), now(), NULL""",
    """INSERT INTO run SELECT $run, $dataset, 'check', 'label-issues', 'tiny', '{"seed": 1}', 1, 'x', 0, 'cpu', '{}',
        true, 1, now(), now(), true""",
    """INSERT INTO label_opinion
        SELECT $run, id, label, (label + 1 + hash(id * 3) % 3) % 100, (hash(id * 5) % 1000) / 1000.0,
            (hash(id * 7) % 2000) / 1000.0 - 1, (hash(id * 11) % 1000) / 1000.0, (hash(id * 13) % 100000) / 100000.0,
            hash(id) % 4, 3, hash(id) % 2 = 0, true, NULL, NULL, 10, (label + hash(id * 17) % 3) % 100, 0.5, 0.3, NULL,
            0, 0, NULL, NULL, NULL, 0.2, 1.0, 1.0, NULL, 1.0, 0.5
        FROM image WHERE dataset_id = $dataset ORDER BY id""",
    """INSERT INTO label_issue SELECT run_id, image_id, 'label', severity, suggested FROM label_opinion
        WHERE run_id = $run AND hash(image_id * 19) % 10 = 0""",
    """INSERT INTO prediction SELECT $run, id, hash(id) % 5,
            list_transform(range(10), lambda k: ((hash(id * 31 + k) % 1000) / 5000.0)::FLOAT)
        FROM image WHERE dataset_id = $dataset ORDER BY id""",
    """INSERT INTO neighbour_list
        SELECT $graph, id, list_transform(range(1, 11), lambda k: 1 + (id + k) % $n),
            list_transform(range(10), lambda k: (0.99 - k / 50.0)::FLOAT)
        FROM image WHERE dataset_id = $dataset ORDER BY id""",
)


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        make_workspace(root, n=arguments.n)
        workspace = open_workspace(root)
        dataset = find_dataset(workspace, "synthetic").id
        fill(workspace, dataset, n=arguments.n)
        rows = measure_store(workspace, dataset, arguments)
        workspace.close()
        rows |= measure_pages(root, arguments)
        theirs = measure_pandas(root, Path(folder), arguments)
    print(f"{date.today()}, {os.cpu_count()} cores, {arguments.n:,} images, median of {arguments.rounds}\n")
    print("| what | ms |\n|---|---|")
    print("\n".join(f"| {what} | {seconds * 1000:,.1f} |" for what, seconds in {**rows, **theirs}.items()))


def fill(workspace: Workspace, dataset_id: int, *, n: int) -> None:
    """A label check, its probabilities, a graph, and 20,000 decisions of before."""
    values = {"dataset": dataset_id, "run": RUN, "graph": GRAPH, "n": n}
    with workspace.writing(dataset_id, changes_data=True) as cursor:
        for statement in FILL:
            cursor.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
    rng = np.random.default_rng(1)
    chosen = rng.choice(n, min(20_000, n // 4), replace=False) + 1
    decisions.decide(workspace, dataset_id, [decisions.Act(int(i), "keep") for i in chosen[::2]], who="before")
    decisions.decide(workspace, dataset_id, [decisions.Act(int(i), "remove") for i in chosen[1::2]], who="before")


def measure_store(workspace: Workspace, dataset_id: int, arguments: argparse.Namespace) -> dict[str, float]:
    """Straight on the store, without any cache."""
    rng = np.random.default_rng(2)
    wanted = review.Wanted("doubted", RUN)
    queue = review.queue_ids(workspace, dataset_id, wanted=wanted)

    def one() -> None:
        act = decisions.Act(int(rng.choice(queue)), "relabel", label=3, reason="r", evidence={"margin": -0.2})
        decisions.decide(workspace, dataset_id, [act], who="me")

    def bulk() -> None:
        chosen = rng.choice(queue, min(10_000, len(queue)), replace=False).tolist()
        acts = [decisions.Act(i, "remove", reason="r", evidence={"queue": "doubted", "run": RUN}) for i in chosen]
        decisions.decide(workspace, dataset_id, acts, who="me")

    def undo_last() -> None:
        last = decisions.latest_batch(workspace, dataset_id, who="me")
        decisions.undo(workspace, dataset_id, who="me", batch=last)

    def facts() -> None:
        review.items(workspace, dataset_id, image_ids=queue[5_000:5_024].tolist(), run_id=RUN)

    rounds = arguments.rounds
    found = {
        f"the queue of {len(queue):,} doubted pictures, once": _median(
            lambda: review.queue_ids(workspace, dataset_id, wanted=wanted), 3
        ),
        "what is shown of the next 24": _median(facts, rounds),
        "who has decided what": _median(lambda: review.decided_ids(workspace, dataset_id), rounds),
        "a decision, saved": _median(one, rounds),
        "an undo of it": _median(undo_last, rounds),
        "10,000 decisions, saved": _median(bulk, 3),
        "pictures that look alike": _median(
            lambda: review.alike(
                workspace, dataset_id, graph_run=GRAPH, image_id=77, least_cosine=0.5, same_label=False
            ),
            rounds,
        ),
        "what people judged, by rank": _median(lambda: review.verdicts(workspace, dataset_id, run_id=RUN), rounds),
    }
    return found


def measure_pages(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """What a key press and the next pictures cost: the route's answer, and the page's whole script after a decision."""
    os.environ["VITRINE_WORKSPACE"] = str(root)
    from streamlit.testing.v1 import AppTest

    import jobs.engine.supervisor  # noqa: F401 - before the pages, or `jobs` would be found among them
    from pages.review import batches
    from pages.review.http import respond
    from pages.ui import owner

    app = AppTest.from_file(str(PROJECT / "pages" / "frame.py"), default_timeout=120).run()
    app.switch_page("review/page.py")
    first = _median(lambda: app.run(), 1)
    workspace = owner.get().workspace
    dataset = find_dataset(workspace, "synthetic").id
    queue = review.queue_ids(workspace, dataset, wanted=review.Wanted("doubted", RUN))
    decided = review.decided_ids(workspace, dataset)
    left = iter(np.setdiff1d(queue, decided).tolist())
    names = tuple(f"class {i}" for i in range(100))

    def key(what: str) -> Callable[[], None]:
        def press() -> None:
            image_id = next(left)
            batch = batches.Batch(dataset, "me", "", names, False, None, RUN, {image_id: {"rank": 1}})
            body = {"token": batches.remember(batch), "acts": [{"id": image_id, "act": what, "label": 5}]}
            if respond("act", json.dumps(body).encode()).status_code != 200:
                raise SystemExit("a decision was not saved")

        return press

    def next_pictures() -> None:
        began = time.perf_counter()
        app.query_params["from"] = str(int(app.query_params.get("from", ["1"])[0] or 1) + 24)
        app.run()
        spent.append(time.perf_counter() - began)

    spent: list[float] = []
    found = {"the first visit to the page, whole script": first}
    found["a key press (keep), until it is saved and answered"] = _median(key("keep"), arguments.rounds)
    found["a key press (another class), the same"] = _median(key("relabel"), arguments.rounds)
    for _ in range(arguments.rounds):
        key("keep")()
        next_pictures()
    found["the next 24 pictures after a decision, whole script"] = statistics.median(spent)
    if app.exception or app.error:
        raise SystemExit(f"the page stopped: {app.exception} {app.error}")
    owner.close()
    return found


def measure_pandas(root: Path, folder: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """A decision in a DataFrame, then the whole table of labels written as CSV again: what a notebook's buttons do."""
    import pandas

    workspace = open_workspace(root)
    table = pandas.DataFrame(workspace.read("quality_measures", dataset_id=1).select(["image_id"]).to_pydict())
    workspace.close()
    table["label"] = 0
    table = table.set_index("image_id")
    rng = np.random.default_rng(3)

    def one() -> None:
        table.loc[rng.choice(table.index), "label"] = 3
        table.to_csv(folder / "labels.csv")

    return {"pandas, a decision and the labels as CSV again": _median(one, 3)}


def _median(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000, help="images of the synthetic workspace")
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
