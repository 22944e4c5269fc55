"""The parts of the quality page: which check, where the line lies, the pictures on both sides, what goes."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from analytics import quality_checks
from analytics.quality_checks import CHECKS, Scored
from figures.score_histogram import quality_scores
from pages.ui import charts, filters, gallery, job_cards, picture, session
from pages.ui.filters import PAGE_ROWS, label_text
from pages.ui.session import DataGeneration, Here, SettledGeneration
from pages.ui.text import count, share
from store.datasets import Dataset, class_table
from store.decisions import Act, decide
from store.neighbours import image_rows
from store.quality import Measures, read_measures

ABOVE = 24  # pictures shown of those that stay
_TITLES = {name.capitalize(): name for name in CHECKS}


@st.cache_data(max_entries=2, show_spinner=False)
def load_measures(root: str, dataset_id: int, generation: DataGeneration) -> Measures:
    """The raw measures of the kept pictures."""
    return read_measures(session.workspace(), dataset_id)


@st.cache_data(max_entries=12, show_spinner=False)
def load_scored(root: str, dataset_id: int, generation: DataGeneration, check: str) -> Scored:
    """A check's raw values and scores, in the order of load_measures."""
    measures = load_measures(root, dataset_id, generation)
    values = {name: value for name, value in vars(measures).items() if name != "image_ids"}
    return quality_checks.score_all(check, **values)


@st.cache_data(max_entries=8, show_spinner=False)
def load_counts(root: str, dataset_id: int, generation: DataGeneration) -> dict[str, int]:
    """How many pictures each check flags where its line starts; empty without pictures."""
    if not len(load_measures(root, dataset_id, generation).image_ids):
        return {}
    scores = {name: load_scored(root, dataset_id, generation, name).score for name in CHECKS}
    return {name: int((scores[name] < check.threshold).sum()) for name, check in CHECKS.items()}


@st.cache_data(max_entries=8, show_spinner=False)
def load_names(root: str, dataset_id: int, generation: SettledGeneration) -> list[str]:
    """What each class is called."""
    return filters.class_labels(class_table(session.workspace(), dataset_id))


def choose_check(counts: Mapping[str, int]) -> str:
    """Draw the checks and how many each flags; the chosen one, which is in the URL."""
    picked = st.segmented_control(
        "Check",
        list(_TITLES),
        default="Dark",
        required=True,
        key="check",
        bind="query-params",
        on_change=_to_first_page,
    )
    st.caption("Flagged where each line starts: " + ", ".join(f"{name} {n:,}" for name, n in counts.items()))
    return _TITLES[str(picked)]


def choose_threshold(check: str) -> float:
    """Draw the line's slider; each check has its own in the URL."""
    return st.slider(
        "Below a score of",
        0.0,
        1.0,
        CHECKS[check].threshold,
        0.01,
        key=f"below_{check.replace(' ', '_')}",
        bind="query-params",
        on_change=_to_first_page,
        help=f"Raw value: {CHECKS[check].unit}. Lower scores are worse.",
    )


def show_sides(here: Here, dataset: Dataset, scored: Scored, *, check: str, threshold: float) -> list[int]:
    """Draw where the scores lie and both sides of the line, and what can go; the ids that are drawn."""
    sides = quality_checks.sides(scored.score, threshold=threshold, n_above=ABOVE)
    counts, edges = quality_checks.histogram(scored.score)
    charts.draw(quality_scores(counts, edges=edges, threshold=threshold))
    n, n_below = len(scored.score), len(sides.below)
    ids = load_measures(*session.here_of_data(dataset.id)).image_ids
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(f"Below the line: {n_below:,} of {n:,} ({share(n_below / n)})", anchor=False)
        bar = st.container(horizontal=True, vertical_alignment="center")
        page = filters.page_number(n_below)
        rows = sides.below[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
        with bar:
            _remove_button(dataset, ids[sides.below], scored, sides.below, check=check, threshold=threshold)
            _remove_page(dataset, ids[rows], scored, rows, check=check, threshold=threshold, n_below=n_below)
        if n_below:
            st.caption(f"Showing {count(len(rows), 'picture')}, the worst first. Score, then raw value.")
        below = _gallery(here, dataset, ids[rows], scored, rows, key="quality_below", label="Below the line")
    with right:
        st.subheader("Just above: these stay", anchor=False)
        stay = sides.above
        above = _gallery(here, dataset, ids[stay], scored, stay, key="quality_above", label="Just above the line")
    return below + above


def _gallery(
    here: Here, dataset: Dataset, ids: np.ndarray, scored: Scored, rows: np.ndarray, *, key: str, label: str
) -> list[int]:
    if not len(ids):
        st.caption("No picture.")
        return []
    names = load_names(*here)
    score = {int(one): row for one, row in zip(ids, rows, strict=True)}
    items = []
    for about in image_rows(session.workspace(), dataset.id, ids.tolist()):
        row = score[about.image_id]
        items.append(
            gallery.Item(
                about.image_id,
                about.sha256,
                f"{scored.score[row]:.2f} · {scored.raw[row]:,.4g}",
                label_text(about.label, about.labels, names=names),
            )
        )
    gallery.show([gallery.Section(items)], key=key, label=label, side=104, on_open=picture.ask_for)
    return [item.image_id for item in items]


def _remove_button(
    dataset: Dataset, ids: np.ndarray, scored: Scored, rows: np.ndarray, *, check: str, threshold: float
) -> None:
    if not session.may("decide"):
        return
    with st.popover(f"Remove all {len(ids):,}", icon=":material/delete:", disabled=not len(ids)):
        st.markdown(
            f"{count(len(ids), 'picture that scores', 'pictures that score')} below {threshold:.2f} will be set aside. "
            "No file is deleted, and one click takes it back."
        )
        st.button(
            f"Remove {count(len(ids), 'picture')}",
            type="primary",
            key="quality_remove",
            on_click=job_cards.attempt,
            args=(_remove, dataset.id, ids, scored, rows),
            kwargs={"check": check, "threshold": threshold},
        )


def _remove_page(
    dataset: Dataset, ids: np.ndarray, scored: Scored, rows: np.ndarray, *, check: str, threshold: float, n_below: int
) -> None:
    if n_below > PAGE_ROWS and session.may("decide"):
        st.button(
            f"Remove the {len(ids)} on this page",
            icon=":material/delete:",
            key="quality_remove_page",
            on_click=job_cards.attempt,
            args=(_remove, dataset.id, ids, scored, rows),
            kwargs={"check": check, "threshold": threshold},
        )


def _remove(
    dataset_id: int, ids: np.ndarray, scored: Scored, rows: np.ndarray, *, check: str, threshold: float
) -> None:
    """One batch of removals, each with its raw value, score and the line it fell under."""
    acts = [
        Act(
            int(image_id),
            "remove",
            reason=f"quality: {check}",
            evidence={
                "check": check,
                "raw": round(float(scored.raw[row]), 4),
                "score": round(float(scored.score[row]), 4),
                "threshold": threshold,
            },
        )
        for image_id, row in zip(ids, rows, strict=True)
    ]
    decide(session.workspace(), dataset_id, acts, who=job_cards.who())


def _to_first_page() -> None:
    if "page" in st.session_state:
        st.session_state["page"] = 1
