"""The medoids job: k pictures that stand for all, the curve over k, other choices beside them, and who is typical.

It lands whole or not at all. With k = 0 the curve is computed from k_min to k_max, and the k that its bend suggests
is taken; with a k of one's own there is no curve, and the medoids of an earlier curve compete.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics import subsets
from analytics.distances import Vectors
from analytics.elbow import elbow
from analytics.medoids import EXACT_UP_TO, MedoidSet, Sampling, find_medoids, settled
from analytics.projection import unusable
from analytics.subsets import Worth
from analytics.typicality import typicality
from analytics.wording import count
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.medoids.kind import MedoidsParameters
from jobs.neighbours.job import load_vectors
from store.connection import Workspace
from store.datasets import find_dataset
from store.medoids import elbow_medoids, has_landed, image_classes, land_medoids
from store.neighbours import images_with_vector
from store.projections import write_vectors

VECTORS, CLASSES, START = "vectors.npy", "classes.parquet", "start.npy"
Part = dict[str, Any]  # columns of SCHEMA by name, all of one length; what is left out is null
# part: member, medoid, elbow, choice or typical. cluster: its number, the k, the number of classes, or the class
SCHEMA = pa.schema(
    [
        ("part", pa.string()),
        ("image_id", pa.int64()),
        ("reason", pa.string()),
        ("cluster", pa.int32()),
        ("distance", pa.float32()),
        ("cosine", pa.float32()),
        ("chooser", pa.string()),
        ("medoids", pa.list_(pa.int64())),
        ("loss", pa.float64()),
        ("sample_loss", pa.float64()),
        ("n_sample", pa.int64()),
        ("inertia", pa.float64()),
        ("distortion", pa.float64()),
        ("silhouette", pa.float32()),
        ("medoid_silhouette", pa.float32()),
        ("covered", pa.list_(pa.float32())),
        ("found_loss", pa.float64()),
        ("farthest", pa.float32()),
        ("n_images", pa.int64()),
        ("n_silhouette", pa.int64()),
    ]
)


def compute(work: Work[MedoidsParameters]) -> Figures:
    """Find the medoids, judge them and other choices, and publish all of it at once."""
    parameters = work.parameters
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    loaded = load_vectors(work.folder.path / VECTORS)
    left_out = unusable(loaded)
    rows = np.setdiff1d(np.arange(len(ids)), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be compared: each is zero, or holds what is not a number.")
    vectors = Vectors(np.asarray(loaded[rows]) if left_out else loaded, metric=parameters.metric)
    kept, seed = ids[rows], parameters.seed
    ks, notes = _ks(parameters, n=len(rows))
    searched = find_medoids(
        vectors,
        ks,
        rng=np.random.default_rng(seed),
        sampling=Sampling(parameters.sample_size, parameters.n_samples),
        report=_bar(work, ks),
        starts=_start(work.folder.path, kept),
    )
    work.report(int(0.85 * work.n_todo), message="Comparing with other choices")
    curve = subsets.judge(vectors, [one.medoids for one in searched], rng=np.random.default_rng(seed))
    chosen = _chosen(searched, parameters)
    medoids = settled(vectors, chosen.medoids)
    at, classes = _classes(work.folder.path, kept)
    choices = {"medoids": medoids, **_other_choices(vectors, len(medoids), at=at, classes=classes, seed=seed)}
    worth = subsets.judge(vectors, list(choices.values()), rng=np.random.default_rng(seed))
    work.report(int(0.97 * work.n_todo), message="Who is typical of a class")
    parts = [
        _members(kept, subsets.assign(vectors, medoids)),
        _left_out(ids, left_out),
        {"part": ["medoid"] * len(medoids), "image_id": kept[medoids], "cluster": np.arange(len(medoids))},
        *([] if parameters.k else [_curve(kept, searched, curve)]),
        *(
            _choice(name, kept, choice, worth=one, n_classes=_n_classes(choice, at, classes), search=chosen)
            for (name, choice), one in zip(choices.items(), worth, strict=True)
        ),
        _typical(vectors, kept, at, classes),
    ]
    work.publish(pa.concat_tables([_table(part) for part in parts if len(part["part"])]))
    work.report(work.n_todo, failed=len(left_out), message="Chosen")
    return {
        "n_images": len(rows),
        "n_left_out": len(left_out),
        "k": len(medoids),
        "notes": notes,
        "mean_distance": round(worth[0].loss / len(rows), 6),
        "mean_distance_in_sample": round(chosen.sample_loss / chosen.n_sample, 6),
        "n_sample": chosen.n_sample,
        "n_samples": 1 if len(rows) <= EXACT_UP_TO else parameters.n_samples,
    }


def _ks(parameters: MedoidsParameters, *, n: int) -> tuple[list[int], list[str]]:
    """The ks to try, and what is done otherwise than asked."""
    k, k_min, k_max = parameters.k, parameters.k_min, parameters.k_max
    if k:
        asked, usable = count(k, "representative was", "representatives were"), count(n, "usable picture")
        notes = [f"{asked} asked for, and there {'is' if n == 1 else 'are'} {usable}."] if k > n else []
        return [min(k, n)], notes
    ks = list(range(k_min, min(k_max, n) + 1, parameters.k_step))
    notes = [f"The curve ends at {n}, for there are no more usable pictures."] if n < k_max else []
    return ks or [min(k_min, n)], notes


def _chosen(searched: Sequence[MedoidSet], parameters: MedoidsParameters) -> MedoidSet:
    """The medoids to keep: of the k asked for, or of the k where the curve bends (the first where it does not)."""
    bend = None if parameters.k else elbow([one.k for one in searched], [one.loss for one in searched])
    return next((one for one in searched if bend is not None and one.k == bend.k), searched[0])


def _other_choices(
    vectors: Vectors, k: int, *, at: np.ndarray, classes: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """As many pictures chosen in other ways. at, classes: rows with their classes, a row a label."""
    own: list[int | None] = [None] * len(vectors)
    for row, index in zip(at[::-1].tolist(), classes[::-1].tolist(), strict=True):
        own[row] = index  # of several labels the first
    return {
        "kmeans": subsets.by_kmeans(vectors, k, seed=seed),
        "farthest": subsets.farthest_first(vectors, k),
        "random": subsets.random_per_class(own, k, rng=np.random.default_rng(seed)),
    }


def _typical(vectors: Vectors, kept: np.ndarray, at: np.ndarray, classes: np.ndarray) -> Part:
    mean_cosine = pa.array(typicality(vectors, at, classes), from_pandas=True)  # NaN becomes null
    return {"part": ["typical"] * len(at), "image_id": kept[at], "cluster": classes, "cosine": mean_cosine}


def _classes(folder: Path, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `kept` and the class of each, a row a label."""
    table = pq.read_table(folder / CLASSES)
    images, classes = table["image_id"].to_numpy(), table["class_index"].to_numpy().astype(np.int64)
    rows = np.minimum(np.searchsorted(kept, images), len(kept) - 1)
    is_kept = kept[rows] == images
    return rows[is_kept], classes[is_kept]


def _start(folder: Path, kept: np.ndarray) -> list[np.ndarray]:
    """The medoids of an earlier curve as rows of `kept`, if each is there."""
    earlier = np.load(folder / START)
    rows = np.minimum(np.searchsorted(kept, earlier), len(kept) - 1)
    return [rows] if len(earlier) and (kept[rows] == earlier).all() else []


def _n_classes(choice: np.ndarray, at: np.ndarray, classes: np.ndarray) -> int:
    return len(np.unique(classes[np.isin(at, choice)]))


def _members(kept: np.ndarray, assignment: subsets.Assignment) -> Part:
    return {"part": ["member"] * len(kept), "image_id": kept, **vars(assignment)}


def _left_out(ids: np.ndarray, reasons: dict[int, str]) -> Part:
    return {"part": ["member"] * len(reasons), "image_id": ids[list(reasons)], "reason": list(reasons.values())}


def _choice(
    name: str, kept: np.ndarray, chosen: np.ndarray, *, worth: Worth, n_classes: int, search: MedoidSet
) -> Part:
    """One way of choosing: its pictures and their worth; of the medoids, also what the search itself reached."""
    of_search = {"found_loss": [search.loss], "sample_loss": [search.sample_loss], "n_sample": [search.n_sample]}
    return {
        "part": ["choice"],
        "chooser": [name],
        "medoids": [kept[chosen]],
        "n_images": [len(kept)],
        "cluster": [n_classes],
        **{key: [value] for key, value in vars(worth).items()},
        **(of_search if name == "medoids" else {}),
    }


def _curve(kept: np.ndarray, searched: Sequence[MedoidSet], worth: Sequence[Worth]) -> Part:
    measures = ("inertia", "distortion", "silhouette", "medoid_silhouette", "covered")
    return {
        "part": ["elbow"] * len(searched),
        "cluster": [one.k for one in searched],
        "medoids": [kept[one.medoids] for one in searched],
        **{name: [getattr(one, name) for one in searched] for name in ("loss", "sample_loss", "n_sample")},
        **{name: [getattr(one, name) for one in worth] for name in measures},
    }


def _table(part: Part) -> pa.Table:
    n = len(part["part"])
    columns = [
        pa.array(part[field.name], field.type) if field.name in part else pa.nulls(n, field.type) for field in SCHEMA
    ]
    return pa.table(columns, schema=SCHEMA)


def _bar(work: Work[MedoidsParameters], ks: Sequence[int]) -> Callable[[int, int], None]:
    what = f"Medoids for k = {ks[0]} to {ks[-1]}" if len(ks) > 1 else f"{ks[0]} medoids"

    def report(done: int, total: int) -> None:
        work.report(int(0.85 * work.n_todo * done / total), message=what)

    return report


def prepare(
    workspace: Workspace, dataset_name: str, parameters: MedoidsParameters, run_id: int
) -> Prepared[MedoidsParameters]:
    """Choose among all images with a vector, or none where the run has landed; vectors and classes come along."""
    dataset = find_dataset(workspace, dataset_name)
    space = chosen_space(workspace, dataset.id, name=parameters.space, kind="medoids")
    todo = images_with_vector(workspace, dataset.id, space=space)
    if has_landed(workspace, run_id):
        todo = todo.slice(0, 0)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        pq.write_table(image_classes(workspace, dataset.id), folder / CLASSES)
        earlier: list[int] = []
        if parameters.k:
            earlier = elbow_medoids(workspace, dataset.id, space=space.name, metric=parameters.metric, k=parameters.k)
        np.save(folder / START, np.array(earlier, dtype=np.int64))

    chosen = parameters.changed(space=space.name)
    return Prepared(dataset.id, dataset.name, dataset.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[MedoidsParameters], table: pa.Table) -> None:
    """Take clusters, the curve, other choices and who is typical into the file."""
    land_medoids(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[MedoidsParameters]) -> Figures:
    """Clear the worker's inputs away."""
    folder = job_folder(workspace.root, job.spec.id).path
    for name in (VECTORS, CLASSES, START):
        (folder / name).unlink(missing_ok=True)  # large, and in the file anyway
    return {"space": job.parameters.space}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
