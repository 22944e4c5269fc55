"""The data-budget job: many small classifiers, trained on more and more pictures of cleaner and cleaner data.

Each is a logistic regression on cached vectors, so that a whole grid takes minutes. It lands whole or not at all.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from analytics import budget
from analytics.budget import Facts
from analytics.distances import Vectors
from analytics.out_of_fold import features, fit_predict
from analytics.projection import unusable
from analytics.scores import recalls
from analytics.subsets import by_kmeans, farthest_first, random_per_class
from jobs.data_budget.kind import DataBudgetParameters
from jobs.data_budget.versions import versions_of, write_versions
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from store.budget import has_cells, images_to_budget, land_cells
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.label_issues import list_label_runs
from store.projections import write_vectors
from store.versions import list_versions

VECTORS, ABOUT = "vectors.npy", "about.npy"
BELIEVED = "believed"
NOISE = (0.1, 0.2, 0.3, 0.4)
MAX_SELECTED = 600  # pictures that a way of choosing is asked for: k-means of more takes longer than the whole grid
CHOSEN_BY = 64  # principal components that distances are taken in when pictures are chosen
RANDOM = "at random"
N_RESAMPLES = 200  # of the bootstrap over the runs


@dataclass(frozen=True)
class Order:
    """One classifier to train: on which rows, with which labels."""

    part: str
    condition: str
    selection: str
    noise: float
    n_pool: int
    seed: int
    rows: np.ndarray
    labels: np.ndarray


def compute(work: Work[DataBudgetParameters]) -> Figures:
    """Train and judge every classifier of the grid, and publish all of them at once."""
    todo = pa.concat_tables(list(work.todo()))
    names = np.load(work.folder.path / ABOUT).tolist()
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    usable = np.setdiff1d(np.arange(todo.num_rows), list(unusable(vectors)))
    facts, on = facts_of(todo.take(usable), work.parameters)
    n_held = int(facts.held_out.sum())
    if not n_held or not (budget.conditions(facts)[budget.RAW] >= 0).any():
        raise NothingToDo(f"Too few labelled pictures: {n_held} would be judged on ({on}).")
    points = features(np.asarray(vectors[usable]), dims=work.parameters.pca_dims)
    orders = []
    versions = versions_of(work.folder.path, usable)
    for order in grid(facts, points, work.parameters, n_classes=len(names), versions=versions):
        orders.append(order)
        work.report(0, message=f"Choosing pictures: {len(orders):,} training sets")
    by_order = _trained(work, orders, points, facts, n_classes=len(names))
    work.publish(_table(orders, by_order, todo["image_id"].to_numpy()[usable][facts.held_out]))
    doubling = _doubling(orders, by_order)
    work.report(work.n_todo, message="Compared")
    return {
        "doubling": doubling,
        "n_images": len(usable),
        "n_evaluation": n_held,
        "evaluated_on": on,
        "n_cells": len(orders),
        "n_classes_judged": int(np.isfinite(by_order[0]).sum()),
    }


def facts_of(todo: pa.Table, parameters: DataBudgetParameters) -> tuple[Facts, str]:
    """The facts of the images, and what their evaluation set is called."""
    given, now, suggested = (todo[name].fill_null(-1).to_numpy() for name in ("given", "now", "suggested"))
    removed, believed = (todo[name].to_numpy(zero_copy_only=False) for name in ("removed", "believed"))
    if parameters.evaluate_on == BELIEVED:
        held = budget.held_out_rows(
            np.where(removed, -1, now),
            believed=believed,
            per_class=parameters.per_class,
            rng=np.random.default_rng(parameters.seed),
        )
        on = "pictures that every opinion of the label check believes"
    else:
        in_split = np.array([split == parameters.evaluate_on for split in todo["split"].to_pylist()])
        held = in_split & (now >= 0) & ~removed
        on = f"the split {parameters.evaluate_on!r}, its labels as they are now"
    flags = {name: todo[name].to_numpy(zero_copy_only=False) for name in ("doubted", "outlier")}
    return Facts(given, now, removed, suggested=suggested, group=_groups(todo), held_out=held, **flags), on


def _groups(todo: pa.Table) -> np.ndarray:
    """A number a group of near duplicates: the label check's where it has one, else pictures of the same pixels."""
    copies, pixels = todo["copy_group"].to_pylist(), todo["pixel_sha256"].to_pylist()
    numbers: dict[object, int] = {}
    keys = [pixel if copy is None else copy for copy, pixel in zip(copies, pixels, strict=True)]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])


def grid(
    facts: Facts,
    points: np.ndarray,
    parameters: DataBudgetParameters,
    *,
    n_classes: int,
    versions: dict[str, np.ndarray] | None = None,
) -> Iterator[Order]:
    """Every classifier of the parts that are asked for."""
    states = budget.conditions(facts, versions=versions)
    parts = parameters.asked_parts
    most = int((states[budget.RAW] >= 0).sum())
    sizes = budget.sizes_between(min(parameters.smallest, most), most, n=parameters.sizes)
    for seed in range(parameters.seeds):
        if "cleanliness" in parts:
            for name, labels in states.items():
                yield from _orders("cleanliness", name, labels, sizes, seed)
        if "noise" in parts:
            name = budget.CLEANED if budget.CLEANED in states else budget.RAW
            for share in (0.0, *NOISE):
                yield from _orders("noise", name, states[name], sizes, seed, noise=share, n_classes=n_classes)
        if "selection" in parts:
            yield from _selections(states[budget.RAW], points, sizes, seed)


def _orders(
    part: str, name: str, labels: np.ndarray, sizes: list[int], seed: int, *, noise: float = 0.0, n_classes: int = 0
) -> Iterator[Order]:
    """One state of the data at every size it reaches, its own largest among them."""
    n_pool = int((labels >= 0).sum())
    reached = [size for size in sizes if size < n_pool] + ([n_pool] if n_pool else [])
    for size in reached:
        rng = np.random.default_rng([seed, size])
        rows = budget.draw(labels, size=size, rng=rng)
        taught = budget.with_noise(labels[rows], share=noise, n_classes=n_classes, rng=rng) if noise else labels[rows]
        yield Order(part, name, RANDOM, noise, n_pool, seed, rows, taught)


def _selections(labels: np.ndarray, points: np.ndarray, sizes: list[int], seed: int) -> Iterator[Order]:
    """The same number of pictures, chosen in four ways from nine tenths of all (so that seeds differ)."""
    rng = np.random.default_rng([seed, 1])
    pool = np.flatnonzero(labels >= 0)
    pool = np.sort(rng.choice(pool, max(1, int(0.9 * len(pool))), replace=False))
    reached = [size for size in sizes if size <= min(MAX_SELECTED, len(pool))]
    if not reached:
        return
    nonzero = pool[np.linalg.norm(points[pool, :CHOSEN_BY], axis=1) > 0]
    vectors = Vectors(np.ascontiguousarray(points[nonzero, :CHOSEN_BY]), metric="euclidean")
    far = farthest_first(vectors, min(max(reached), len(nonzero)))
    for size in reached:
        chosen = {
            RANDOM: budget.draw(np.where(np.isin(np.arange(len(labels)), pool), labels, -1), size=size, rng=rng),
            "even over classes": pool[random_per_class(labels[pool].tolist(), size, rng=rng)],
            "k-means, nearest to its centres": nonzero[by_kmeans(vectors, min(size, len(nonzero)), seed=seed)],
            "farthest first (core-set)": nonzero[far[:size]],
        }
        for way, rows in chosen.items():
            yield Order("selection", budget.RAW, way, 0.0, len(pool), seed, rows, labels[rows])


def _trained(
    work: Work[DataBudgetParameters], orders: list[Order], points: np.ndarray, facts: Facts, *, n_classes: int
) -> list[np.ndarray]:
    """The recalls (n_classes,) of each order's classifier on the evaluation set; on every core."""
    asked, truth = points[facts.held_out], facts.now[facts.held_out]

    def train(order: Order) -> np.ndarray:
        if len(np.unique(order.labels)) < 2:
            predicted = np.full(len(truth), order.labels[0])
        else:
            classes, shares = fit_predict(points[order.rows], order.labels, asked)
            predicted = classes[shares.argmax(axis=1)]
        return recalls(truth, predicted=predicted, n_classes=n_classes)

    by_order: list[np.ndarray] = []
    cost = np.cumsum([len(order.rows) + 500 for order in orders])
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # a thread a classifier
        for done, result in enumerate(pool.map(train, orders)):
            by_order.append(result)
            share = min(cost[done] / cost[-1], 0.999)
            work.report(int(share * work.n_todo), message=f"Trained {done + 1:,} of {len(orders):,} classifiers")
    return by_order


def _doubling(orders: list[Order], by_order: list[np.ndarray]) -> dict[str, list[float | None] | None]:
    """For each state of the data what twice its pictures would bring, and the ends of the interval; None: unknown."""
    gains: dict[str, list[float | None] | None] = {}
    accuracy = np.array([np.nanmean(each) for each in by_order])
    mine = np.array([order.condition if order.part == "cleanliness" else "" for order in orders])
    sizes = np.array([len(order.rows) for order in orders])
    for name in dict.fromkeys(mine[mine != ""].tolist()):
        rng = np.random.default_rng(801)
        gain = budget.gain_of_doubling(
            sizes[mine == name], 1 - accuracy[mine == name], rng=rng, n_resamples=N_RESAMPLES
        )
        gains[name] = [gain.mean, gain.low, gain.high] if gain else None
    return gains


SCHEMA = pa.schema(
    [
        ("part", pa.string()),
        ("condition", pa.string()),
        ("selection", pa.string()),
        ("noise", pa.float32()),
        ("size", pa.int32()),
        ("n_pool", pa.int32()),
        ("seed", pa.int32()),
        ("balanced_accuracy", pa.float32()),
        ("recalls", pa.list_(pa.float32())),
        ("image_id", pa.int64()),
        ("reason", pa.string()),
    ]
)


def _table(orders: list[Order], by_order: list[np.ndarray], held: np.ndarray) -> pa.Table:
    cells = [
        {
            "part": order.part,
            "condition": order.condition,
            "selection": order.selection,
            "noise": order.noise,
            "size": len(order.rows),
            "n_pool": order.n_pool,
            "seed": order.seed,
            "balanced_accuracy": float(np.nanmean(each)),
            "recalls": each.tolist(),
        }
        for order, each in zip(orders, by_order, strict=True)
    ]
    judged_on = [{"image_id": int(image_id)} for image_id in held]
    return pa.Table.from_pylist([*cells, *judged_on], schema=SCHEMA)


def prepare(
    workspace: Workspace, dataset: str, parameters: DataBudgetParameters, run_id: int
) -> Prepared[DataBudgetParameters]:
    """Judge on all pictures with a vector, or on none where the run's grid has landed."""
    found = find_dataset(workspace, dataset)
    if found.task != "single":
        raise NothingToDo(f"{found.name} gives a picture several labels; the data budget is for single labels only.")
    space = chosen_space(workspace, found.id, name=parameters.space, kind="data-budget")
    label_run = next((run.run_id for run in list_label_runs(workspace, found.id)), 0)
    todo = images_to_budget(workspace, found.id, space=space, label_run=label_run)
    names = class_names(workspace, found.id)
    evaluate_on = evaluation_of(todo, parameters.evaluate_on, label_run=label_run)
    if has_cells(workspace, run_id):
        todo = todo.slice(0, 0)  # a grid is one whole

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        np.save(folder / ABOUT, np.array(names))
        newest = list_versions(workspace, found.id)[: parameters.versions]
        write_versions(workspace, newest, image_ids=todo["image_id"].to_numpy(), folder=folder)

    chosen = parameters.changed(space=space.name, label_run=label_run, evaluate_on=evaluate_on)
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def evaluation_of(todo: pa.Table, asked: str, *, label_run: int) -> str:
    """What the classifiers are judged on: a split, or BELIEVED.

    Without a wish: the split test or val where there is one, else BELIEVED. Raises UnknownParameter, NothingToDo.
    """
    splits = {split for split in todo["split"].unique().to_pylist() if split is not None}
    if asked == BELIEVED and not label_run or not asked and not label_run and not splits & {"test", "val"}:
        raise NothingToDo(
            "There is nothing to judge classifiers on: no split `test` or `val`, and no label check whose believed "
            "pictures could be held out. Run the label check first (job kind label-issues)."
        )
    if asked and asked != BELIEVED and asked not in splits:
        names = ", ".join(sorted(splits)) or "none"
        raise UnknownParameter(f"data-budget: there is no split {asked!r} (splits: {names}); or give {BELIEVED!r}.")
    return asked or next((split for split in ("test", "val") if split in splits), BELIEVED)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[DataBudgetParameters], table: pa.Table) -> None:
    """Take the whole grid, and what it was judged on, into the file."""
    land_cells(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[DataBudgetParameters]) -> Figures:
    """Clear the vectors away."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    return {"space": job.parameters.space}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
