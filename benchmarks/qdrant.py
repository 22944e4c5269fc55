"""A dataset's vectors brought to Qdrant's engine: how long, what a change of 500 decisions costs, recall and latency.

    python benchmarks/qdrant.py --workspace W --dataset NAME [--pictures 8000] [--ways sync search]
    python benchmarks/qdrant.py --synthetic 10000

Works on a copy of the workspace's file, which must not be open. Sync: the job as the app runs it, in a process of its
own: all of the space; 400 relabelled and 100 removed pictures; nothing. Search: 200 queries, one at a time, in this
process; recall among the ten nearest against a comparison with every vector in float64. The engine is qdrant-edge-py in
this process: no network and no server is in these numbers.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.support.synthetic import DATASET, add_vectors, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from jobs.engine.spec import DONE, ENDED, JobView
from jobs.engine.supervisor import Supervisor
from service.qdrant.contract import Point, Shape, VectorStore
from service.qdrant.edge_store import EdgeStore
from service.search import ExactSearch, Query
from store.connection import Workspace, open_workspace
from store.datasets import Dataset, class_names, find_dataset
from store.decisions import Act, decide
from store.qdrant import points_now
from store.vectors import list_spaces, read_vectors
from store.workspace_file import FILE_NAME

N_QUERIES, K, N_CHANGED, AT_ONCE = 200, 10, 500, 500
Ask = Callable[[np.ndarray], list[int]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--dataset", default=DATASET)
    parser.add_argument("--synthetic", type=int, default=10_000, help="images to make up without --workspace (10000)")
    parser.add_argument("--pictures", type=int, default=0, help="of the search, drawn at random; 0: all")
    parser.add_argument("--ways", nargs="+", default=["sync", "search"], choices=["sync", "search"])
    parser.add_argument("--scratch", type=Path, help="where the copy and the collections lie meanwhile")
    arguments = parser.parse_args()
    print(conditions())
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vitrine-bench-", dir=arguments.scratch)))
        workspace = stack.enter_context(contextlib.closing(_workspace(folder / "workspace", arguments)))
        dataset = find_dataset(workspace, arguments.dataset)
        if "sync" in arguments.ways:
            measure_syncs(workspace, dataset, folder / "engine")
        if "search" in arguments.ways:
            measure_search(workspace, dataset, folder / "search", n=arguments.pictures)


def _workspace(root: Path, arguments: argparse.Namespace) -> Workspace:
    """The copy that is worked on, or one that is made up."""
    if arguments.workspace is None:
        workspace = make_workspace(root, n=arguments.synthetic)
        add_vectors(workspace, n=arguments.synthetic)
        return workspace
    root.mkdir()
    shutil.copyfile(arguments.workspace / FILE_NAME, root / FILE_NAME)
    return open_workspace(root)


def measure_syncs(workspace: Workspace, dataset: Dataset, folder: Path) -> None:
    """A row a sync."""
    print_header("sync", "points", "written", "payloads", "deleted", "checked", "worker s", "in all s")
    supervisor = Supervisor(workspace)
    for name, change in (("all of it", None), ("after decisions", change_some), ("nothing changed", None)):
        if change is not None:
            change(workspace, dataset)
        began = time.perf_counter()
        job = synced(supervisor, dataset, url=f"edge:{folder}")
        told, seconds = job.figures, time.perf_counter() - began
        numbers = [f"{told[key]:,}" for key in ("n_points", "n_upserted", "n_said_anew", "n_deleted", "n_checked")]
        print_row(name, *numbers, f"{told['seconds']:.1f}", f"{seconds:.1f}")


def synced(supervisor: Supervisor, dataset: Dataset, *, url: str) -> JobView:
    """A sync from its order to its end."""
    order = {"url": url}
    job_id = supervisor.start("sync-qdrant", dataset=dataset.name, parameters=order, who="benchmark", trusted=True)
    while (job := supervisor.job(job_id)).state not in ENDED:
        supervisor.tick()
        time.sleep(0.05)
    if job.state != DONE:
        sys.exit(f"{job.state}: {job.message}")
    return job


def change_some(workspace: Workspace, dataset: Dataset) -> None:
    """Of 500 pictures (of fewer than 1,000: of half) four in five get another label and the others are removed."""
    images = workspace.read("served_images", dataset_id=dataset.id)
    n = min(N_CHANGED, images.num_rows // 2)
    rows = np.random.default_rng(801).choice(images.num_rows, n, replace=False).tolist()
    n_classes, acts = len(class_names(workspace, dataset.id)), []
    for place, row in enumerate(rows):
        image_id, label = images["image_id"][row].as_py(), images["label"][row].as_py() or 0
        other = (label + 1) % n_classes
        acts.append(Act(image_id, "relabel", label=other) if place % 5 else Act(image_id, "remove"))
    decide(workspace, dataset.id, acts, who="benchmark")


def measure_search(workspace: Workspace, dataset: Dataset, folder: Path, *, n: int) -> None:
    """A row a way to search the same vectors."""
    ids, vectors = _vectors(workspace, dataset, n=n)
    rng = np.random.default_rng(7)
    asked = vectors[rng.choice(len(vectors), min(N_QUERIES, len(vectors)), replace=False)]
    exact = vectors.astype(np.float64)
    truth = [set(np.argsort(-(exact @ query))[:K].tolist()) for query in asked.astype(np.float64)]
    print(f"\n{len(vectors):,} vectors of {vectors.shape[1]:,} numbers, {len(asked)} queries, {K} nearest")
    print_header("search", "built in s", "recall", "p50 ms", "p95 ms")
    ours = ExactSearch(vectors)
    _row("Vitrine: every vector compared", 0.0, truth, asked, lambda q: ours.nearest([Query(q, K)])[0].rows.tolist())
    with contextlib.closing(EdgeStore(folder)) as store:
        for name, shape in (("HNSW", Shape(vectors.shape[1])), ("HNSW, int8", Shape(vectors.shape[1], quantised=True))):
            seconds = _build(store, name.replace(", ", "-"), shape, ids, vectors)
            _row(
                f"Qdrant's engine: {name}", seconds, truth, asked, _asking(store, name.replace(", ", "-"), exact=False)
            )
        _row("Qdrant's engine: exact", 0.0, truth, asked, _asking(store, "HNSW", exact=True))


def _vectors(workspace: Workspace, dataset: Dataset, *, n: int) -> tuple[list[str], np.ndarray]:
    """Ids and vectors of length one, (n, d) float32, of kept pictures of the fullest space."""
    space = max(list_spaces(workspace, dataset.id), key=lambda one: one.n_vectors)
    points = points_now(workspace, dataset, space)
    of_image = dict(zip(points["image_id"].to_pylist(), points["point_id"].to_pylist(), strict=True))
    image_ids, vectors = read_vectors(workspace, space)
    rows = np.flatnonzero([int(image_id) in of_image for image_id in image_ids])
    if 0 < n < len(rows):
        rows = np.sort(np.random.default_rng(1).choice(rows, n, replace=False))
    chosen = vectors[rows] / np.linalg.norm(vectors[rows], axis=1, keepdims=True)
    return [of_image[int(image_id)] for image_id in image_ids[rows]], chosen.astype(np.float32)


def _build(store: VectorStore, name: str, shape: Shape, ids: list[str], vectors: np.ndarray) -> float:
    """Seconds to write all points and build the index."""
    began = time.perf_counter()
    store.create(name, shape)
    for first in range(0, len(ids), AT_ONCE):
        block = zip(ids[first : first + AT_ONCE], vectors[first : first + AT_ONCE], strict=True)
        store.upsert(name, [Point(one, vector, {"row": first + n}) for n, (one, vector) in enumerate(block)])
    while not store.index(name):
        pass
    return time.perf_counter() - began


def _asking(store: VectorStore, name: str, *, exact: bool) -> Ask:
    return lambda query: [int(hit.payload["row"]) for hit in store.near(name, query, k=K, only={}, exact=exact)]


def _row(name: str, built_s: float, truth: list[set[int]], asked: np.ndarray, ask: Ask) -> None:
    times, found = [], []
    for _ in range(2):  # the first warms up
        times, found = [], []
        for query in asked:
            began = time.perf_counter()
            found.append(ask(query))
            times.append(1000 * (time.perf_counter() - began))
    recall = float(np.mean([len(one & set(rows)) / K for one, rows in zip(truth, found, strict=True)]))
    middle, late = np.percentile(times, [50, 95])
    print_row(name, f"{built_s:.1f}" if built_s else None, f"{recall:.4f}", f"{middle:.2f}", f"{late:.2f}")


if __name__ == "__main__":
    main()
