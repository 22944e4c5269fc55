"""Decisions on all that is selected: remove, flag, relabel, restore; saved in one piece and undone in one piece."""

from collections.abc import Sequence

import streamlit as st

from pages.map import selection_sets
from pages.ui import filters, job_cards, session
from pages.ui.text import LONGEST_LINE, count, plain
from store import decisions
from store.datasets import Dataset
from store.decisions import Act
from store.errors import StoreError

ACTS = {"Flag": "flag", "Relabel": "relabel", "Remove": "remove", "Restore": "restore"}
ABOUT = {
    "flag": "Marks them for a second look; nothing else changes.",
    "relabel": "Gives all of them one class. Each one's label before is kept.",
    "remove": "Sets them aside: they count nowhere until they are restored. No file is touched.",
    "restore": "Takes them back in, where they were removed.",
}
DONE = {"flag": "flagged", "relabel": "relabelled", "remove": "removed", "restore": "restored"}
_LAST = "map_decided"
_REFUSED = "map_refused"


def show(dataset: Dataset, *, key: str, n_images: int, names: Sequence[str]) -> None:
    """The popover that decides on the `n_images` pictures of the selection `key` (map_chosen)."""
    with st.popover("Decide", icon=":material/rule:"):
        picked = st.segmented_control("What", list(ACTS), default="Flag", required=True, key="map_act")
        act = ACTS[str(picked)]
        st.caption(ABOUT[act])
        is_multi = dataset.task == "multi"
        labels: list[str] = []
        offered = filters.offered_labels(dataset.id, names=names)
        if act == "relabel" and is_multi:
            labels = st.multiselect("Classes", offered, key="map_new_labels")
        elif act == "relabel":
            label = st.selectbox("Class", offered, index=None, key="map_new_label", placeholder="Choose one")
            labels = [label] if label else []
        st.text_input("Reason", key="map_reason", placeholder="For those who ask later", max_chars=LONGEST_LINE)
        indices = [names.index(name) for name in labels if name in names]
        st.button(
            f"{picked} {count(n_images, 'picture')}",
            type="primary",
            key="map_decide",
            on_click=_decide,
            args=(dataset.id, key, act, indices),
            kwargs={"is_multi": is_multi},
            disabled=act == "relabel" and not indices,
        )


def show_done(dataset_id: int) -> None:
    """What was decided last in this visit, and the button that takes it back."""
    last = st.session_state.get(_LAST)
    if not last or last["dataset"] != dataset_id:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f":material/check: {last['said']}")
        if last["batch"]:
            st.button("Undo", icon=":material/undo:", key="map_undo", on_click=_undo, args=(dataset_id, last["batch"]))
        st.button("Dismiss", type="tertiary", key="map_dismiss", on_click=st.session_state.pop, args=(_LAST, None))


def _decide(dataset_id: int, key: str, act: str, indices: list[int], *, is_multi: bool) -> None:
    reason = str(st.session_state.get("map_reason") or "").strip() or None
    label = indices[0] if indices and not is_multi else None
    labels = indices if act == "relabel" and is_multi else None
    evidence = {"from": "a selection on the map", "selection": key}
    try:
        acts = [
            Act(int(image_id), act, label=label, labels=labels, reason=reason, evidence=evidence)
            for image_id in selection_sets.image_ids(key)
        ]
        saved = decisions.decide(session.workspace(), dataset_id, acts, who=job_cards.who())
    except (StoreError, selection_sets.Forgotten) as error:
        st.session_state[_REFUSED] = str(error)
        return
    message = f"{count(saved.n, 'picture')} {DONE[act]}."
    st.session_state[_LAST] = {"dataset": dataset_id, "batch": saved.batch, "said": message}


def _undo(dataset_id: int, batch: str) -> None:
    try:
        undone = decisions.undo(session.workspace(), dataset_id, batch=batch, who=job_cards.who())
    except StoreError as error:
        st.session_state[_REFUSED] = str(error)
        return
    message = f"Taken back: {plain(count(undone.n, 'decision'))}."
    st.session_state[_LAST] = {"dataset": dataset_id, "batch": "", "said": message}
