"""Runs on the same pictures: what each said, scores with intervals, every pair; for the page Compare and measures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics import comparison as analysis
from analytics import significance
from analytics.comparison import Cells, Scores
from analytics.significance import Difference, Pair
from evidence.case import Case, chosen
from evidence.errors import CannotMeasure
from store import comparison
from store.comparison import HONEST, STATES, PredictionRun, RunPredictions, Source
from store.label_issues import list_label_runs
from store.selections import list_selections
from store.training import list_evaluation_sets
from store.versions import list_versions

NOW, IMPORTED, FROZEN = "now", "imported", "frozen"
SEED = 801
METHOD = f"percentiles of {analysis.RESAMPLES:,} resamples of the pictures, class by class"
LEARNT = ("it was trained on", "a near duplicate was trained on")  # of STATES


@dataclass(frozen=True)
class Wanted:
    """What is compared: runs in order, what they are scored on, and by which labels (NOW, IMPORTED, FROZEN)."""

    run_ids: tuple[int, ...]
    source: Source
    basis: str


@dataclass(frozen=True)
class Ground:
    """What the numbers stand on. n: pictures scored, of n_asked; the others have no label (n_unlabelled), were removed
    (n_removed), or a run's word on them does not count: n_dropped, by run and reason in dropped.

    Of the scored, n_checked have the label that a person decided on, n_doubted are doubted by the label check and were
    not decided on, and n_changed have another label than they were imported with.
    """

    n: int
    n_asked: int
    n_unlabelled: int
    n_removed: int
    n_dropped: int
    dropped: tuple[tuple[int, tuple[tuple[str, int], ...]], ...]
    n_checked: int
    n_doubted: int
    n_changed: int

    @property
    def n_learnt(self) -> int:
        """The most of the pictures asked for that one run learnt from, copies of them included."""
        return max((sum(n for why, n in reasons if why in LEARNT) for _, reasons in self.dropped), default=0)


@dataclass(frozen=True)
class Scored:
    """n pictures on which all k runs may be scored. truth (n,), said (k, n): class indices, the first where tied.

    own, confidence: (k, n) float32, the probability of the true class and of the said one.
    """

    image_ids: np.ndarray
    truth: np.ndarray
    said: np.ndarray
    own: np.ndarray
    confidence: np.ndarray
    n_classes: int
    ground: Ground

    @property
    def right(self) -> np.ndarray:
        """(k, n) bool."""
        return np.asarray(self.said == self.truth)

    @property
    def cells(self) -> Cells:
        """The pictures by true class and what each run says."""
        return analysis.cells_of(self.truth, predicted=self.said, n_classes=self.n_classes)


@dataclass(frozen=True)
class Compared:
    """Scores of k runs, the ends of their 95 % intervals (as Scores, low and high), every pair, McNemar's included.

    changes: of each class, the recall of the last run less that of the first.
    """

    found: Scores
    low: Scores
    high: Scores
    pairs: list[Pair]
    changes: list[Difference]


def scored(table: pa.Table, heard: Sequence[RunPredictions], *, wanted: Wanted, n_named: int) -> Scored:
    """The pictures that count for all runs. table: of store.comparison.scored_pictures; heard: what each run said.

    n_named: how many classes the dataset names; the runs may know more.
    """
    columns = {name: table[name].fill_null(-1).to_numpy() for name in ("set_label", "given_label", "label")}
    flags = {name: table[name].to_numpy(zero_copy_only=False) for name in ("removed", "is_checked", "is_doubted")}
    labels = {NOW: columns["label"], IMPORTED: columns["given_label"], FROZEN: columns["set_label"]}[wanted.basis]
    gone = flags["removed"] & (labels >= 0) if wanted.basis == NOW else np.zeros(len(labels), bool)
    labelled = (labels >= 0) & ~gone
    rows = np.flatnonzero(labelled & np.all([said.state == HONEST for said in heard], axis=0))
    truth = labels[rows].astype(np.int64)
    said, own, confidence = (
        np.stack(each) for each in zip(*(_heard(each, rows, truth) for each in heard), strict=True)
    )
    n_classes = max(n_named, *(each.probabilities.shape[1] for each in heard), truth.max(initial=0) + 1)
    ground = Ground(
        len(rows),
        table.num_rows,
        int((labels < 0).sum()),
        int(gone.sum()),
        int(labelled.sum()) - len(rows),
        tuple((run_id, _reasons(each.state[labelled])) for run_id, each in zip(wanted.run_ids, heard, strict=True)),
        int((flags["is_checked"] & ~flags["removed"] & (labels == columns["label"]))[rows].sum()),
        int(flags["is_doubted"][rows].sum()),
        int((truth != columns["given_label"][rows]).sum()),
    )
    return Scored(table["image_id"].to_numpy()[rows], truth, said, own, confidence, int(n_classes), ground)


def compared(pictures: Scored) -> Compared:
    """Scores, intervals and pairs by 2,000 resamples; the same pictures give the same numbers each time."""
    cells = pictures.cells
    found = analysis.scores(cells)
    resampled = analysis.bootstrap(cells, rng=np.random.default_rng(SEED))
    ends = {name: analysis.interval(values) for name, values in vars(resampled).items() if name != "support"}
    low, high = (Scores(**{name: each[end] for name, each in ends.items()}, support=found.support) for end in (0, 1))
    pairs = significance.pairs(cells, scores=found, resampled=resampled)
    changes = [
        significance.difference(float(estimate), moved)
        for estimate, moved in zip(
            found.recall[-1] - found.recall[0], (resampled.recall[:, -1] - resampled.recall[:, 0]).T, strict=True
        )
    ]
    return Compared(found, low, high, pairs, changes)


def scored_of(case: Case, wanted: Wanted) -> Scored:
    """As `scored`, read for a case; raises CannotMeasure for a run that is not there and where no picture is left."""

    def read() -> Scored:
        runs = [_prediction_run(case, run_id) for run_id in wanted.run_ids]
        heard = [
            case.once(
                ("said", run.run_id, wanted.source),
                lambda run=run: comparison.predictions_of(  # type: ignore[misc]  # a default is how a loop is bound
                    case.workspace, case.dataset.id, source=wanted.source, run=run
                ),
            )
            for run in runs
        ]
        return scored(_table(case, wanted.source), heard, wanted=wanted, n_named=len(case.names))

    if not wanted.run_ids:
        raise CannotMeasure("No run is named that is to be scored.")
    found = case.once(("scored", wanted), read)
    if not found.ground.n:
        raise CannotMeasure("No picture is left on which all of these runs may be scored.")
    return found


def compared_of(case: Case, wanted: Wanted) -> Compared:
    """As `compared`, read for a case."""
    return case.once(("compared", wanted), lambda: compared(scored_of(case, wanted)))


def source_title(case: Case, source: Source) -> str:
    """What the pictures that runs are scored on are called; holds untrusted names. Raises CannotMeasure: it is gone."""
    if source.source == "all":
        return "all labelled pictures"
    workspace, dataset_id = case.workspace, case.dataset.id
    if source.source == "set":
        sets = case.once("sets", lambda: list_evaluation_sets(workspace, dataset_id))
        title = next((each.name for each in sets if each.id == source.number), None)
    elif source.source == "version":
        title = version_name(case, source.number)
        title = f"version {title}{f', split {source.split}' if source.split is not None else ''}" if title else None
    else:
        selections = case.once("selections", lambda: list_selections(workspace, dataset_id))
        title = next((f"selection {each.name}" for each in selections if each.id == source.number), None)
    if title is None:
        raise CannotMeasure(f"What it was scored on is gone: there is no {source.source} {source.number} any more.")
    return title


def version_name(case: Case, version_id: int) -> str:
    """The name of a version of the dataset, "" where there is none of that number."""
    versions = case.once("versions", lambda: list_versions(case.workspace, case.dataset.id))
    return next((each.name for each in versions if each.id == version_id), "")


def _prediction_run(case: Case, run_id: int) -> PredictionRun:
    runs = case.once("prediction runs", lambda: comparison.list_prediction_runs(case.workspace, case.dataset.id))
    run = chosen([each for each in runs if each.prediction_kind is not None], run_id, what="run with predictions")
    if not run_id:
        raise CannotMeasure("A run that is scored is named by its number.")
    return run


def _table(case: Case, source: Source) -> pa.Table:
    def read() -> pa.Table:
        checks = list_label_runs(case.workspace, case.dataset.id)
        label_run = checks[0].run_id if checks else 0
        return comparison.scored_pictures(case.workspace, case.dataset.id, source=source, label_run=label_run)

    return case.once(("scored pictures", source), read)


def _heard(run: RunPredictions, rows: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a run says of the pictures in these rows; its probabilities (n,) of the true class and of the said one."""
    probabilities = run.probabilities if len(rows) == len(run.probabilities) else run.probabilities[rows]
    said = _largest(probabilities)
    return said, _of_class(probabilities, truth), _of_class(probabilities, said)


def _largest(probabilities: np.ndarray) -> np.ndarray:
    if not probabilities.shape[1]:
        return np.zeros(len(probabilities), np.int64)
    return np.asarray(probabilities.argmax(axis=1))


def _of_class(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,) float32: a class's probability in each row; 0 for a class that the run does not know."""
    in_range = classes < probabilities.shape[1]
    out = np.zeros(len(classes), np.float32)
    rows = np.flatnonzero(in_range)
    out[rows] = probabilities[rows, classes[rows]]
    return out


def _reasons(state: np.ndarray) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(state, minlength=len(STATES))
    return tuple((STATES[code], int(counts[code])) for code in range(1, len(STATES)) if counts[code])
