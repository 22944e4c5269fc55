"""The comparison's numbers, computed once for what is asked and kept: scores, pairs, calibration, curves, pictures."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from analytics import calibration, comparison, precision_recall
from analytics.calibration import Reliability, Scaled
from analytics.comparison import Cells, Scores
from analytics.precision_recall import Curve
from evidence.scored import SEED as SEED  # pages take it from here, beside what it draws
from evidence.scored import Compared as Compared
from evidence.scored import compared
from pages.compare.queries import IMPORTED, NOW, Wanted, load_probabilities, load_scored
from pages.ui.session import SettledGeneration

POINTS = 150  # of a curve that is drawn

ANY, BOTH, ONLY_A, ONLY_B, NEITHER, NONE = (
    "Any",
    "Both right",
    "Only A right",
    "Only B right",
    "Both wrong",
    "Every run wrong",
)
BY_A, BY_B, EITHER = "A", "B", "Either"
SORTS = ("Largest loss of A", "Largest loss of B", "Surest and wrong", "Where they differ most", "By number")


@dataclass(frozen=True)
class Effect:
    """Scores by the labels as imported and as they are now, each on its own pictures; n of each."""

    imported: Scores
    now: Scores
    n_imported: int
    n_now: int
    n_relabelled: int
    n_removed: int


@dataclass(frozen=True)
class Calibrated:
    """One run: reliability as it is and after temperature scaling (None: too few pictures).

    by_chance: what the ECE of a run that is right just as often as it says stays below on such a set.
    """

    before: Reliability
    after: Reliability | None
    scaled: Scaled | None
    by_chance: float


@dataclass(frozen=True)
class Pick:
    """Which pictures: group is one of ANY to NONE; truth, said: class indices or None; by: whose word `said` is.

    first, second: places of the runs A and B. sort: one of SORTS.
    """

    group: str = ANY
    truth: int | None = None
    said: int | None = None
    by: str = EITHER
    first: int = 0
    second: int = 0
    sort: str = SORTS[0]


def load_cells(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted) -> Cells:
    """The scored pictures by true class and what each run says."""
    return load_scored(root, dataset_id, generation, wanted).cells


@st.cache_data(max_entries=16, show_spinner="Resampling…")
def load_compared(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted) -> Compared:
    """Scores, intervals and pairs by 2,000 resamples."""
    return compared(load_scored(root, dataset_id, generation, wanted))


@st.cache_data(max_entries=16, show_spinner=False)
def load_effect(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted) -> Effect:
    """What the change of labels since the import does to each score."""
    scores, grounds = {}, {}
    for basis in (IMPORTED, NOW):
        other = Wanted(wanted.run_ids, wanted.source, basis)
        scores[basis] = comparison.scores(load_cells(root, dataset_id, generation, other))
        grounds[basis] = load_scored(root, dataset_id, generation, other).ground
    return Effect(
        scores[IMPORTED],
        scores[NOW],
        grounds[IMPORTED].n,
        grounds[NOW].n,
        grounds[NOW].n_changed,
        grounds[NOW].n_removed,
    )


@st.cache_data(max_entries=16, show_spinner=False)
def load_confusions(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted) -> np.ndarray:
    """(k, c, c) pictures by true class and what each run says."""
    cells = load_cells(root, dataset_id, generation, wanted)
    return np.stack([comparison.confusion(cells, model=place) for place in range(len(cells.predicted))])


@st.cache_data(max_entries=16, show_spinner="Calibrating…")
def load_calibrated(
    root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted, place: int
) -> Calibrated:
    """Reliability of one run."""
    scored = load_scored(root, dataset_id, generation, wanted)
    right = scored.right[place]
    before = calibration.reliability(scored.confidence[place], right=right)
    shares, truth = load_probabilities((root, dataset_id, generation), wanted, place=place)
    scaled = calibration.scaled(shares, truth=truth, rng=np.random.default_rng(SEED))
    after = None if scaled is None else calibration.reliability(scaled.confidence, right=right)
    by_chance = calibration.error_by_chance(before, rng=np.random.default_rng(SEED))
    return Calibrated(before, after, scaled, by_chance)


@st.cache_data(max_entries=16, show_spinner="Drawing curves…")
def load_curves(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted, place: int) -> list[Curve]:
    """One run's curve of every class, thinned to what a chart can show."""
    shares, truth = load_probabilities((root, dataset_id, generation), wanted, place=place)
    return [
        precision_recall.thinned(precision_recall.curve(shares[:, index], positive=truth == index), n_points=POINTS)
        for index in range(shares.shape[1])
    ]


@st.cache_data(max_entries=16, show_spinner=False)
def load_agreement(
    root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted, first: int, second: int
) -> np.ndarray:
    """(c, 4): pictures of each class that both get right, only the first, only the second, neither."""
    scored = load_scored(root, dataset_id, generation, wanted)
    a, b = scored.right[first], scored.right[second]
    group = np.where(a, np.where(b, 0, 1), np.where(b, 2, 3))
    counts = np.bincount(scored.truth * 4 + group, minlength=scored.n_classes * 4)
    return counts.reshape(scored.n_classes, 4)


@st.cache_data(max_entries=16, show_spinner=False)
def load_places(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted, pick: Pick) -> np.ndarray:
    """Places (n,) of the pictures that fit among the scored ones, in order."""
    scored = load_scored(root, dataset_id, generation, wanted)
    right = scored.right
    a, b = right[pick.first], right[pick.second]
    fits = {BOTH: a & b, ONLY_A: a & ~b, ONLY_B: ~a & b, NEITHER: ~a & ~b, NONE: ~right.any(axis=0)}
    kept = fits.get(pick.group, np.ones(len(scored.truth), bool)).copy()
    if pick.truth is not None:
        kept &= scored.truth == pick.truth
    if pick.said is not None:
        says_a, says_b = (scored.said[place] == pick.said for place in (pick.first, pick.second))
        kept &= {BY_A: says_a, BY_B: says_b}.get(pick.by, says_a | says_b)
    places = np.flatnonzero(kept)
    own_a, own_b = (scored.own[place][places] for place in (pick.first, pick.second))
    surest = np.where(right, -1, scored.confidence)[:, places].max(axis=0, initial=-1)
    keys = dict(zip(SORTS, (own_a, own_b, -surest, -np.abs(own_a - own_b), places), strict=True))
    return places[np.argsort(keys.get(pick.sort, own_a), kind="stable")]


@st.cache_data(max_entries=8, show_spinner=False)
def load_all_wrong(root: str, dataset_id: int, generation: SettledGeneration, wanted: Wanted) -> np.ndarray:
    """image ids (n,) of what every run gets wrong, those first whose label the runs believe least."""
    scored = load_scored(root, dataset_id, generation, wanted)
    places = np.flatnonzero(~scored.right.any(axis=0))
    return scored.image_ids[places[np.argsort(scored.own[:, places].mean(axis=0), kind="stable")]]
