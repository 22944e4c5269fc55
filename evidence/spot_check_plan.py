"""What a spot check will ask: strata, how many pictures of each, how wide the interval will be; and its beginning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.arrays import Bools, Ints
from analytics.spot_check import ALLOCATIONS, CHOSEN, PROPORTIONAL, allocate, draw, least_sample
from analytics.stratified import Share, expected
from store import spot_checks as store
from store.connection import Workspace
from store.datasets import Dataset
from store.errors import SpotCheckRefused
from store.rows import JsonObject

BY = CLASS, DOUBTED, CHANGED = "class", "doubted", "changed"  # what strata may be made of
_DOUBT = ("not doubted", "doubted")
_CHANGE = ("not changed", "changed", "left out")
MOST_STRATA = 400
MOST_PICTURES = 5_000  # of a sample


@dataclass(frozen=True)
class Plan:
    """What the owner chose. version_id: 0 as it stands; label_run: 0 without a label check; by: of BY.

    chosen: how many of each stratum, for the allocation CHOSEN. twice: share of the pictures that come again.
    """

    version_id: int = 0
    label_run: int = 0
    by: tuple[str, ...] = ()
    allocation: str = PROPORTIONAL
    n: int = 200
    chosen: tuple[int, ...] = ()
    n_reviewers: int = 1
    twice: float = 0.1
    seed: int = 801


@dataclass(frozen=True)
class Frame:
    """The pictures that may be asked for: (m,) of each its labels before, after, and as checked (-1: none)."""

    image_ids: Ints
    before: Ints
    after: Ints
    kept: Bools
    doubted: Bools
    checked: Ints

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.image_ids)


@dataclass(frozen=True)
class Strata:
    """The parts of a frame: of each picture its stratum (m,), and of each stratum its title and size (s,)."""

    of: Ints
    titles: tuple[str, ...]
    sizes: Ints


def read_frame(workspace: Workspace, dataset_id: int, *, version_id: int, label_run: int) -> Frame:
    """The pictures that a check of this version may ask for."""
    table = store.frame(workspace, dataset_id, version_id=version_id, label_run=label_run)
    numbers = {
        name: np.asarray(table[name].fill_null(-1).to_numpy(), np.int64)
        for name in ("image_id", "label_before", "label_after", "label_checked")
    }
    kept, doubted = (np.asarray(table[name].to_numpy(), bool) for name in ("kept", "doubted"))
    return Frame(
        numbers["image_id"], numbers["label_before"], numbers["label_after"], kept, doubted, numbers["label_checked"]
    )


def strata_of(frame: Frame, *, by: Sequence[str], names: Sequence[str]) -> Strata:
    """The frame in parts by class (after, else before), doubted or not, changed or not; one part for no `by`.

    Raises SpotCheckRefused where there are too many.
    """
    label = np.where(frame.kept & (frame.after >= 0), frame.after, frame.before)
    change = np.where(~frame.kept, 2, (frame.before != frame.after).astype(np.int64))
    parts = {CLASS: label, DOUBTED: frame.doubted.astype(np.int64), CHANGED: change}
    sides = [parts[name] for name in BY if name in by]
    if not sides:
        return Strata(np.zeros(frame.n, np.int64), ("all pictures",), np.array([frame.n]))
    found, of, sizes = np.unique(np.stack(sides, axis=1), axis=0, return_inverse=True, return_counts=True)
    if len(found) > MOST_STRATA:
        raise SpotCheckRefused(f"That makes {len(found):,} strata; {MOST_STRATA} are the most. Choose fewer.")
    words: Mapping[str, Sequence[str]] = {CLASS: names, DOUBTED: _DOUBT, CHANGED: _CHANGE}
    asked = [name for name in BY if name in by]
    titles = tuple(", ".join(words[name][value] for name, value in zip(asked, row, strict=True)) for row in found)
    return Strata(of.ravel().astype(np.int64), titles, sizes.astype(np.int64))


def asked_of(strata: Strata, plan: Plan) -> Ints:
    """How many pictures of each stratum the plan asks for, (s,). Raises BadParameter."""
    return allocate(strata.sizes, n=plan.n, how=plan.allocation, chosen=plan.chosen)


def least(strata: Strata) -> int:
    """The fewest pictures that can be asked for."""
    return least_sample(strata.sizes)


def outlook(strata: Strata, *, asked: Ints, guess: float) -> Share:
    """What the sample would say where `guess` of the labels in each stratum were wrong: how wide its interval is."""
    return expected(np.full(len(asked), guess), n=asked, sizes=strata.sizes)


def outlooks(strata: Strata, plan: Plan, *, sizes: Sequence[int], guess: float) -> list[tuple[int, Share]]:
    """The outlook for samples of several sizes, those that can be drawn."""
    if plan.allocation == CHOSEN:
        return []
    possible = [n for n in sizes if least(strata) <= n <= int(strata.sizes.sum())]
    return [(n, outlook(strata, asked=allocate(strata.sizes, n=n, how=plan.allocation), guess=guess)) for n in possible]


def begin(workspace: Workspace, dataset: Dataset, plan: Plan, *, names: Sequence[str], who: str) -> int:
    """Draw the sample, freeze its labels, and open the check; its number. Raises SpotCheckRefused, BadParameter."""
    if dataset.task == "multi":
        raise SpotCheckRefused("A spot check is for datasets with one label a picture.")
    if plan.allocation not in ALLOCATIONS or not 0 <= plan.twice <= 1 or not 1 <= plan.n_reviewers <= 20:
        raise SpotCheckRefused("A spot check has 1 to 20 reviewers, and 0 to 100 % of its pictures come twice.")
    frame = read_frame(workspace, dataset.id, version_id=plan.version_id, label_run=plan.label_run)
    if not frame.n:
        raise SpotCheckRefused("There is no picture with a label to ask for.")
    strata = strata_of(frame, by=plan.by, names=names)
    asked = asked_of(strata, plan)
    if asked.sum() > MOST_PICTURES:
        raise SpotCheckRefused(f"A spot check asks for {MOST_PICTURES:,} pictures at most, not {int(asked.sum()):,}.")
    sample = draw(strata.of, asked=asked, share_twice=plan.twice, rng=np.random.default_rng(plan.seed))
    rows = np.concatenate([sample.rows, sample.rows[sample.twice]])
    n, n_twice = len(sample.rows), len(sample.twice)
    items = _columns(frame, strata, rows).append_column("item", pa.array(np.arange(len(rows)), pa.int32()))
    items = items.append_column("image_id", pa.array(frame.image_ids[rows], pa.int64()))
    items = items.append_column("weight", pa.array((strata.sizes / np.maximum(asked, 1))[strata.of[rows]]))
    for name, values in (("first_item", sample.twice), ("after", sample.after)):
        items = items.append_column(name, pa.array([*[None] * n, *values.tolist()], pa.int32()))
    design = _design(plan, strata, asked) | {"n_twice": n_twice}
    return store.start(
        workspace,
        dataset.id,
        version_id=plan.version_id,
        label_run=plan.label_run or None,
        design=design,
        n_reviewers=plan.n_reviewers,
        seed=plan.seed,
        items=items,
        cells=_cells(frame, strata),
        who=who,
    )


def _design(plan: Plan, strata: Strata, asked: Ints) -> JsonObject:
    parts = zip(strata.titles, strata.sizes.tolist(), asked.tolist(), strict=True)
    return {
        "by": list(plan.by),
        "allocation": plan.allocation,
        "twice": plan.twice,
        "strata": [{"title": title, "size": size, "asked": n} for title, size, n in parts],
    }


def _columns(frame: Frame, strata: Strata, rows: Ints) -> pa.Table:
    """stratum, label_before, label_after, kept, doubted, label_checked of some rows of the frame."""

    def label(values: Ints) -> pa.Array:
        found = values[rows]
        return pa.array(found, pa.int32(), mask=found < 0)

    return pa.table(
        {
            "stratum": pa.array(strata.of[rows], pa.int32()),
            "label_before": label(frame.before),
            "label_after": label(frame.after),
            "kept": pa.array(frame.kept[rows]),
            "doubted": pa.array(frame.doubted[rows]),
            "label_checked": label(frame.checked),
        }
    )


def _cells(frame: Frame, strata: Strata) -> pa.Table:
    """How many pictures of each kind the frame holds."""
    kinds = ["stratum", "label_before", "label_after", "kept", "doubted"]
    every = _columns(frame, strata, np.arange(frame.n)).select(kinds)
    counted = every.group_by(kinds).aggregate([([], "count_all")])
    return counted.rename_columns([*kinds, "n"])
