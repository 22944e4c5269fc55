"""Everything the review page asks the store, read once and kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics import active_learning, queue_places
from evidence.spot_checks import newest_closed, read_result
from evidence.stopping import Stopping as Stopping
from evidence.stopping import stopping
from pages.ui import session
from pages.ui.rows import Row
from pages.ui.session import DataGeneration, Here, SettledGeneration
from store import decisions, review
from store.errors import UnknownSpotCheck
from store.neighbours import GraphRun, latest_graph
from store.selections import Selection, list_selections
from store.vectors import chosen_vectors, list_spaces

CANDIDATES, LEADS = 600, 60  # of the active learning queue: how many are asked for, how many medoids lead
ALIKE_AT_FIRST = 11  # neighbours that are in view before the slider is moved


@dataclass(frozen=True)
class Progress:
    """first: the next place to review, None where all is done. n_decided: of the queue."""

    first: int | None
    n_decided: int


@st.cache_data(max_entries=8, show_spinner=False)
def load_graph(root: str, dataset_id: int, generation: SettledGeneration) -> GraphRun | None:
    """The newest neighbour graph."""
    return latest_graph(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_selections(root: str, dataset_id: int, generation: SettledGeneration) -> list[Selection]:
    """Saved selections."""
    return list_selections(session.workspace(), dataset_id)


@st.cache_data(max_entries=12, show_spinner=False)
def load_queue(root: str, dataset_id: int, generation: SettledGeneration, queue: review.ReviewQueue) -> np.ndarray:
    """The ids of a queue in order."""
    return review.queue_ids(session.workspace(), dataset_id, queue=queue)


@st.cache_data(max_entries=8, show_spinner=False)
def load_doubted(root: str, dataset_id: int, generation: DataGeneration, queue: review.ReviewQueue) -> np.ndarray:
    """The ids of what a finished label check doubts or puts far out, in order. No decision changes the ranking."""
    return review.queue_ids(session.workspace(), dataset_id, queue=queue)


@st.cache_data(max_entries=8, show_spinner=False)
def load_blind(root: str, dataset_id: int, generation: DataGeneration, run_id: int, n: int) -> review.BlindSample:
    """The blind sample of a run; a larger one begins with the pictures of a smaller one of each kind."""
    return review.blind_sample(session.workspace(), dataset_id, run_id=run_id, n=n, seed=run_id)


@st.cache_data(max_entries=4, show_spinner="Looking for what would teach most")
def load_active(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int, space: str, measure: str, unlabelled: bool
) -> np.ndarray:
    """The ids of the active learning queue in order, of the pictures that are kept now and, on demand, unlabelled."""
    workspace = session.workspace()
    inputs = review.active_inputs(workspace, dataset_id, run_id=run_id)
    scores = active_learning.score(measure, probabilities=inputs.probabilities, votes=inputs.votes)
    eligible = inputs.kept & ~inputs.labelled if unlabelled else inputs.kept
    rows = active_learning.best(scores, eligible=eligible, n=CANDIDATES)
    ids = inputs.image_ids[rows]
    found = next((one for one in list_spaces(workspace, dataset_id) if one.name == space), None)
    if found is None or not len(ids):
        return ids
    return ids[active_learning.spread(chosen_vectors(workspace, found, image_ids=ids), n=LEADS)]


@st.cache_data(max_entries=32, show_spinner=False)
def load_alike(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    graph_run: int,
    image_id: int,
    min_cosine: float,
    same_label: bool,
) -> np.ndarray:
    """The ids of what looks like a picture, itself first."""
    return review.alike(
        session.workspace(),
        dataset_id,
        graph_run=graph_run,
        image_id=image_id,
        min_cosine=min_cosine,
        same_label=same_label,
    )


@st.cache_data(max_entries=32, show_spinner=False)
def load_reach(root: str, dataset_id: int, generation: SettledGeneration, graph_run: int, image_id: int) -> float:
    """The cosine to begin with, so that a batch of what looks like the picture is in view: 0.75, or less."""
    wanted = {"graph_run": graph_run, "image_id": image_id, "n": ALIKE_AT_FIRST}
    nth = review.cosine_of_nth(session.workspace(), dataset_id, **wanted)
    return float(np.clip(np.floor(nth * 100) / 100, 0.5, 0.75))


@st.cache_data(max_entries=4, show_spinner=False)
def load_decided(root: str, dataset_id: int, generation: SettledGeneration, blind_run: int | None) -> np.ndarray:
    """The ids of what has been decided, ascending."""
    return review.decided_ids(session.workspace(), dataset_id, blind_run=blind_run)


@st.cache_data(max_entries=4, show_spinner=False)
def load_at_odds(root: str, dataset_id: int, generation: SettledGeneration, check_id: int) -> np.ndarray | None:
    """The ids of what people differ on in a closed spot check (0: the newest); None where there is no such check."""
    workspace = session.workspace()
    try:
        check = newest_closed(workspace, dataset_id, check_id=check_id)
    except UnknownSpotCheck:
        return None
    return np.array([each.image_id for each in read_result(workspace, check).differing], np.int64)


def progress(queue: np.ndarray, decided: np.ndarray, *, start: int) -> Progress:
    """How far a queue is reviewed; `first` is looked for from `start` on, then from the beginning."""
    first = queue_places.next_open(queue, decided=decided, start=start)
    if first is None and start:
        first = queue_places.next_open(queue, decided=decided, start=0)
    return Progress(first, queue_places.n_decided(queue, decided=decided))


def load_items(here: Here, ids: np.ndarray, *, run_id: int) -> Sequence[Row]:
    """What is to be shown of some pictures, as it is now."""
    return review.items(session.workspace(), here[1], image_ids=ids.tolist(), run_id=run_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_stopping(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> Stopping:
    """What the reviewing so far says of a run."""
    return stopping(session.workspace(), dataset_id, run_id=run_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_disagreements(root: str, dataset_id: int, generation: SettledGeneration) -> list[Row]:
    """Pictures on which people's newest acts differ."""
    return decisions.disagreements(session.workspace(), dataset_id).to_pylist()


@st.cache_data(max_entries=8, show_spinner=False)
def load_batches(root: str, dataset_id: int, generation: SettledGeneration, n_rows: int) -> pa.Table:
    """The newest batches of decisions."""
    return decisions.recent_batches(session.workspace(), dataset_id, n_rows=n_rows)
