"""Compare: any runs on the same pictures, with intervals and tests; who is wrong where; what cleaning was worth."""

import streamlit as st

from analytics.calibration import BINS, FOLDS, MAX_FITTED
from analytics.comparison import RESAMPLES
from pages.compare import choose, curves, matrix, pictures, reference, scores
from pages.compare.choose import Chosen
from pages.compare.claimable import claimable, query_of
from pages.compare.queries import CompareData, load_data, load_scored
from pages.compare.results import SEED
from pages.ui import explain, job_cards, keep, picture, session
from pages.ui.session import Here
from pages.ui.text import count, plain
from store.datasets import Dataset

SCORES, CONFUSION, CALIBRATION, PRECISION, PICTURES, BEFORE = VIEWS = (
    "Scores",
    "Confusion",
    "Calibration",
    "Precision and recall",
    "Pictures",
    "Before and after",
)


def draw_how() -> None:
    """The popover on the methods."""
    explain.how(
        "Only pictures are scored on which **every** chosen run's word is honest: held out, out of fold, or zero-shot. "
        "Pictures that a run learnt from, near duplicates of them, and validation pictures (they chose its settings) "
        "do not count for any. **Balanced accuracy** is the mean of the classes' recalls, **macro F1** that of their "
        "F1; classes without pictures are left out of both. **Intervals** are percentiles over resamples of the "
        "pictures, each with as many of every class as there are: sets are drawn by class, and a recall needs its "
        "class. Pictures alike in label and in what all runs say count together: how many of each are drawn, which "
        "is the same as drawing pictures. **Differences** use the same resamples for all runs. **McNemar's test** is "
        "exact: only pictures that one run alone gets right count. With several pairs every p is adjusted by Holm.",
        parameters=[
            f"{RESAMPLES:,} resamples, seed {SEED}, 95 %; the least p they can give is {2 / (RESAMPLES + 1):.3f}.",
            f"Calibration: {BINS} bins by quantile, equal confidences together. Temperature: {FOLDS} folds, each "
            f"scaled by the others (at most {MAX_FITTED:,} pictures); probabilities below 10⁻⁷ are taken for that.",
            "A run says the class with the largest probability; of equal ones the first.",
            "Intervals hold the sampling of pictures, not of training: another seed moves a score too.",
        ],
        sources=[
            "Efron and Tibshirani, 1993 (bootstrap); McNemar, 1947; Holm, 1979",
            "Brodersen et al., ICPR 2010 (balanced accuracy); Guo et al., ICML 2017 (ECE, temperature)",
            "Bröcker and Smith, 2007; Vaicenavicius et al., AISTATS 2019 (what an ECE is by chance)",
            "Northcutt, Athalye and Mueller, NeurIPS 2021 (wrong labels in test sets)",
        ],
    )


def say_nothing_yet(data: CompareData) -> None:
    """What to do where no run can be compared; ends the page."""
    st.markdown(
        "Nothing has predicted this dataset's classes yet. Two runs or more are put side by side here: models trained, "
        "the label check's classifier, zero-shot."
    )
    session.link(session.PAGES.train, label="Train a model", icon=":material/model_training:")
    session.link(session.PAGES.label_noise, label="Check the labels", icon=":material/rule:")
    if data.n_unknown:
        runs = count(data.n_unknown, "run does not say whether its model", "runs do not say whether their models")
        st.caption(f"{runs} had seen the pictures: {'it does' if data.n_unknown == 1 else 'they do'} not count.")
    st.stop()


def choose_pair(chosen: Chosen) -> tuple[int, int]:
    """Which two runs stand side by side where there are more; in the URL as `a` and `b`."""
    if len(chosen.runs) <= 2:
        return 0, len(chosen.runs) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.selectbox("A side", chosen.lettered, key="a", bind="query-params", width=320)
        others = [title for title in chosen.lettered if title != first]
        second = st.selectbox("The other side", others, index=len(others) - 1, key="b", bind="query-params", width=320)
    return chosen.lettered.index(str(first)), chosen.lettered.index(str(second))


def open_cell(true: int, said: int, by: str) -> None:
    """Show the pictures of one cell of a matrix; a callback's work."""
    pictures.show_cell(true, said, by, names=data.names, first=first, second=second)
    st.session_state["view"] = PICTURES


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Compare runs on {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
if dataset.task != "single":
    st.info("Comparison is for one label a picture; this dataset gives several.", icon=":material/label_off:")
    st.stop()
data = load_data(*here)
if not data.runs:
    say_nothing_yet(data)
chosen = choose.choose(here, data)
if chosen is None:
    st.stop()
choose.say_ground(here, data, chosen)
if not load_scored(*here, chosen.wanted).ground.n:
    st.warning(
        "No picture is left on which all of these runs may be scored. Choose another evaluation set, or runs that were "
        "trained with the same one.",
        icon=":material/filter_alt_off:",
    )
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    view = st.segmented_control(
        "View", VIEWS, default=SCORES, required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    proposals = claimable(chosen, n_classes=len(data.names))
    keep.offer(dataset, proposals, page="compare", key="compare", query=query_of(chosen))
shown: list[int] = []
if view == CONFUSION:
    first, second = choose_pair(chosen)
    matrix.show(here, data, chosen, first=first, second=second, on_cell=open_cell)
elif view == CALIBRATION:
    curves.show_calibration(here, chosen)
elif view == PRECISION:
    curves.show_precision(here, data, chosen)
elif view == PICTURES:
    first, second = choose_pair(chosen)
    shown = pictures.show(dataset, here, data, chosen, first=first, second=second)
elif view == BEFORE:
    reference.show(dataset, here, data, chosen)
else:
    scores.show(here, data, chosen)
picture.open_asked(dataset, names=data.names, neighbours=shown)
