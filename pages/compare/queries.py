"""What the comparison page knows: runs, what they can be scored on, and what each said there. Read once and kept."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from evidence.scored import FROZEN as FROZEN  # the page takes what is compared from here, beside its reads
from evidence.scored import IMPORTED as IMPORTED
from evidence.scored import NOW as NOW
from evidence.scored import Ground as Ground
from evidence.scored import Scored as Scored
from evidence.scored import Wanted as Wanted
from evidence.scored import scored
from figures.names import one_line
from pages.ui import filters, session
from pages.ui.session import Here, SettledGeneration
from store import comparison
from store.comparison import PredictionRun, RunPredictions, Source
from store.datasets import class_table
from store.label_issues import list_label_runs
from store.references import Reference, list_references
from store.selections import list_selections
from store.training import list_evaluation_sets
from store.versions import list_versions

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
    heard = [load_said(*here, run_id, wanted.source) for run_id in wanted.run_ids]
    return scored(table, heard, wanted=wanted, n_named=len(data.names))


def load_probabilities(here: Here, wanted: Wanted, *, place: int) -> tuple[np.ndarray, np.ndarray]:
    """probabilities (n, n_classes) of the scored pictures by one run, and truth (n,)."""
    scored = load_scored(*here, wanted)
    table = comparison.scored_pictures(session.workspace(), here[1], source=wanted.source, label_run=0)
    rows = np.searchsorted(table["image_id"].to_numpy(), scored.image_ids)
    found = load_said(*here, wanted.run_ids[place], wanted.source).probabilities[rows]
    missing = scored.n_classes - found.shape[1]
    return np.pad(found, ((0, 0), (0, missing))) if missing else found, scored.truth
