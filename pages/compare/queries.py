"""What the comparison page knows: runs, what they can be scored on, and what each said there. Read once and kept."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from figures.names import one_line
from pages.ui import filters, session
from pages.ui.session import Here, SettledGeneration
from store import comparison
from store.comparison import HONEST, STATES, PredictionRun, RunPredictions, Source
from store.datasets import class_table
from store.label_issues import list_label_runs
from store.references import Reference, list_references
from store.selections import list_selections
from store.training import list_evaluation_sets
from store.versions import list_versions

NOW, IMPORTED, FROZEN = "now", "imported", "frozen"
ALL_PICTURES = "All labelled pictures"


@dataclass(frozen=True)
class CompareData:
    """Class names, runs that can be compared (newest first), how many cannot, what they can be scored on by title.

    label_run: the newest label check, 0 without one. set_ids: of evaluation sets, by title.
    """

    names: list[str]
    runs: list[PredictionRun]
    n_unknown: int
    sources: dict[str, Source]
    set_ids: dict[str, int]
    label_run: int
    references: list[Reference]


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
        return self.said == self.truth


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> CompareData:
    """All but predictions."""
    workspace = session.workspace()
    runs = comparison.list_prediction_runs(workspace, dataset_id)
    checks = list_label_runs(workspace, dataset_id)
    sets = {one_line(each.name): each.id for each in list_evaluation_sets(workspace, dataset_id)}
    sources = {name: Source("set", number) for name, number in sets.items()}
    for version in list_versions(workspace, dataset_id):
        for split in [None, *version.splits]:
            of = "" if split is None else f", split {split}"
            sources[one_line(f"Version {version.name}{of}")] = Source("version", version.id, split)
    for chosen in list_selections(workspace, dataset_id):
        sources[one_line(f"Selection {chosen.name}")] = Source("selection", chosen.id)
    sources[ALL_PICTURES] = Source("all")
    return CompareData(
        filters.class_labels(class_table(workspace, dataset_id)),
        [run for run in runs if run.prediction_kind is not None],
        sum(run.prediction_kind is None for run in runs),
        sources,
        sets,
        checks[0].run_id if checks else 0,
        list_references(workspace, dataset_id),
    )


@st.cache_data(max_entries=6, show_spinner=False)
def load_said(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, source: Source) -> RunPredictions:
    """What a run said of the pictures of a source."""
    (run,) = [run for run in load_data(root, dataset_id, generation).runs if run.run_id == run_id]
    return comparison.predictions_of(session.workspace(), dataset_id, source=source, run=run)


@st.cache_data(max_entries=6, show_spinner="Reading predictions…")
def load_scored(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted) -> Scored:
    """The pictures that count for all runs, with what each run said."""
    here = (root, dataset_id, generation)
    data = load_data(*here)
    table = comparison.scored_pictures(session.workspace(), dataset_id, source=wanted.source, label_run=data.label_run)
    columns = {name: table[name].fill_null(-1).to_numpy() for name in ("set_label", "given_label", "label")}
    flags = {name: table[name].to_numpy(zero_copy_only=False) for name in ("removed", "is_checked", "is_doubted")}
    labels = {NOW: columns["label"], IMPORTED: columns["given_label"], FROZEN: columns["set_label"]}[wanted.basis]
    gone = flags["removed"] & (labels >= 0) if wanted.basis == NOW else np.zeros(len(labels), bool)
    labelled = (labels >= 0) & ~gone
    heard = [load_said(*here, run_id, wanted.source) for run_id in wanted.run_ids]
    rows = np.flatnonzero(labelled & np.all([said.state == HONEST for said in heard], axis=0))
    truth = labels[rows].astype(np.int64)
    said = np.stack([_largest(each.probabilities[rows]) for each in heard])
    own = np.stack([_of_class(each.probabilities[rows], truth) for each in heard])
    confidence = np.stack([_of_class(each.probabilities[rows], mine) for each, mine in zip(heard, said, strict=True)])
    n_classes = max(len(data.names), *(each.probabilities.shape[1] for each in heard), truth.max(initial=0) + 1)
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


def load_probabilities(here: Here, wanted: Wanted, *, place: int) -> tuple[np.ndarray, np.ndarray]:
    """probabilities (n, n_classes) of the scored pictures by one run, and truth (n,)."""
    scored = load_scored(*here, wanted)
    table = comparison.scored_pictures(session.workspace(), here[1], source=wanted.source, label_run=0)
    rows = np.searchsorted(table["image_id"].to_numpy(), scored.image_ids)
    found = load_said(*here, wanted.run_ids[place], wanted.source).probabilities[rows]
    missing = scored.n_classes - found.shape[1]
    return np.pad(found, ((0, 0), (0, missing))) if missing else found, scored.truth


def _largest(probabilities: np.ndarray) -> np.ndarray:
    return probabilities.argmax(axis=1) if probabilities.shape[1] else np.zeros(len(probabilities), np.int64)


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
