"""Everything the prompt lab reads, and what prompts say of every picture; kept for as long as it stays true."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from analytics import zero_shot
from analytics.zero_shot import Prompts, Scored
from pages.ui import filters, session
from pages.ui.readable import Readable, load_readable
from pages.ui.session import Here, SettledGeneration
from store import prompts as prompt_store
from store.datasets import class_table
from store.label_issues import list_label_runs
from store.prompts import PromptSet
from store.selections import Selection, list_selections
from store.vectors import Space, list_spaces
from store.zero_shot import ZeroShotRun, list_zero_shot_runs, named_images, vectors_state

NAMES, GIVEN = "Class names", "Names as imported"
ALL, AGREED = "All labelled pictures", "Where classifier and neighbours agree"


@dataclass(frozen=True)
class PromptData:
    """names: for the page. spaces: those that words can be compared in, the fullest first; mute: the others.

    sets: by title, prompts to start from; the names of the classes first. saved: the history, newest first.
    """

    names: list[str]
    spaces: list[Space]
    mute: list[Space]
    sets: dict[str, Prompts]
    saved: list[PromptSet]
    runs: list[ZeroShotRun]
    label_run: int
    selections: list[Selection]


@dataclass(frozen=True)
class Pictures:
    """The kept pictures with a vector. image_ids ascending; labels: -1 without one.

    agreed: where the label check's classifier and the neighbours say the label, which zero-shot has no say in.
    """

    image_ids: np.ndarray
    labels: np.ndarray
    agreed: np.ndarray

    def truth(self, score_on: str) -> np.ndarray:
        """Labels to score against, -1 for what is not scored."""
        return np.where(self.agreed, self.labels, -1) if score_on == AGREED else self.labels


@dataclass(frozen=True)
class Named:
    """What a set of prompts says. cosines (n, c) of the pictures; seconds it took, temperature of the model."""

    cosines: np.ndarray
    predicted: np.ndarray
    temperature: float
    seconds: float


def title_of(name: str) -> str:
    """What a kept set is called beside the names of the classes."""
    return f"{name} (set)" if name in (NAMES, GIVEN) else name


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> PromptData:
    """What the page needs."""
    workspace = session.workspace()
    table = class_table(workspace, dataset_id)
    now, given = table["name"].to_pylist(), table["given_name"].to_pylist()
    saved = prompt_store.list_prompts(workspace, dataset_id)
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    spaces = [space for space in spaces if space.n_vectors]
    reads = session.supervisor().queries.reads_words
    sets = {NAMES: zero_shot.from_names(now)}
    if now != given:
        sets[GIVEN] = zero_shot.from_names(given)
    sets |= {
        title_of(each.name): Prompts(each.by_class, each.templates, each.temperature)
        for each in saved
        if len(each.by_class) == len(now)
    }
    return PromptData(
        filters.class_labels(table),
        [space for space in spaces if reads(space)],
        [space for space in spaces if not reads(space)],
        sets,
        saved,
        list_zero_shot_runs(workspace, dataset_id),
        next((run.run_id for run in list_label_runs(workspace, dataset_id)), 0),
        list_selections(workspace, dataset_id),
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def load_pictures(root: str, dataset_id: int, generation: SettledGeneration, space: Space, label_run: int) -> Pictures:
    """The kept pictures of a space with their labels as they are now."""
    table = named_images(session.workspace(), dataset_id, space=space, label_run=label_run)
    return Pictures(
        table["image_id"].to_numpy(),
        table["label"].fill_null(-1).to_numpy().astype(np.int64),
        table["agreed"].to_numpy(zero_copy_only=False).astype(bool),
    )


def ask(here: Here, space: Space, prompts: Prompts, pictures: Pictures) -> Named:
    """What prompts say of the kept pictures: only texts that were never read before are read. Raises QueryFailed."""
    began = time.monotonic()
    image_ids, cosines, temperature = _ask(
        here[0],
        here[1],
        space.id,
        vectors_state(session.workspace(), space),
        prompts.by_class,
        prompts.templates,
        _space=space,
    )
    places, has_vector = _places(pictures.image_ids, among=image_ids)
    mine = np.where(has_vector[:, None], cosines[places], np.nan)
    return Named(mine, zero_shot.predicted(mine), prompts.temperature or temperature, time.monotonic() - began)


@st.cache_resource(max_entries=12, show_spinner=False)
def _ask(
    root: str,
    dataset_id: int,
    space_id: int,
    state: tuple[int, int],
    by_class: tuple[tuple[str, ...], ...],
    templates: tuple[str, ...],
    _space: Space,
) -> tuple[np.ndarray, np.ndarray, float]:
    texts = zero_shot.texts_of(Prompts(by_class, templates))
    directions = _directions(_space, texts.texts, texts.owner, n_classes=len(by_class))
    readable = load_readable(root, dataset_id, _space)
    return readable.image_ids, cosines_with(readable, directions), session.supervisor().queries.temperature(_space)


def text_cosines(here: Here, space: Space, texts: Sequence[str], *, image_ids: np.ndarray) -> np.ndarray:
    """(n, m) cosines of a few pictures with texts, each by itself. Raises QueryFailed."""
    readable = load_readable(here[0], here[1], space)
    rows, _ = _places(image_ids, among=readable.image_ids)
    few = Readable(
        image_ids,
        None if readable.vectors is None else readable.vectors[rows],
        None if readable.mixtures is None else {name: values[rows] for name, values in readable.mixtures.items()},
    )
    owner = np.arange(len(texts))
    return cosines_with(few, _directions(space, texts, owner, n_classes=len(texts)))


def cosines_with(readable: Readable, directions: np.ndarray) -> np.ndarray:
    """(n, c) cosines of pictures with directions of texts; by ConSE among sentences."""
    if readable.vectors is not None:
        return zero_shot.cosines(readable.vectors, directions)
    scores = directions @ session.supervisor().queries.imagenet_vectors().T
    mixed = readable.mixtures or {}
    return zero_shot.mixed_cosines(mixed["classes"], mixed["weights"], mixed["lengths"], scores)


def score(named: Named, truth: np.ndarray) -> Scored:
    """How often the prediction is the label."""
    return zero_shot.scored(truth, predicted=named.predicted, n_classes=named.cosines.shape[1])


def _places(image_ids: np.ndarray, *, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows of `image_ids` in `among` (ascending), and which are there: a vector may land between two looks."""
    places = np.searchsorted(among, image_ids).clip(max=max(len(among) - 1, 0))
    return places, among[places] == image_ids if len(among) else np.zeros(len(image_ids), bool)


def _directions(space: Space, texts: Sequence[str], owner: np.ndarray, *, n_classes: int) -> np.ndarray:
    read = session.supervisor().queries.text_vectors(space, texts)
    return zero_shot.directions(read, owner=owner, n_classes=n_classes)
