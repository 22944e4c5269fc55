"""One decision on all open pictures of a queue at once, saved in one piece and taken back in one piece."""

import functools
from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.label_noise.list import suggestion
from pages.review import queries
from pages.review.queue import NAMES, Queue
from pages.ui import filters, job_cards, session
from pages.ui.text import count
from store.datasets import Dataset
from store.decisions import Act, decide

ACTS = {"Label is right": "keep", "Relabel": "relabel", "As suggested": "suggested", "Remove": "remove"}


def show(
    dataset: Dataset, queue: Queue, open_ids: np.ndarray, *, names: Sequence[str], run_id: int, who: str, reason: str
) -> None:
    """The popover that decides on the open pictures of the queue."""
    with st.popover(f"All {len(open_ids):,} at once", icon=":material/done_all:", disabled=not len(open_ids)):
        options = [name for name in ACTS if name != "As suggested" or run_id]
        picked = str(st.segmented_control("Decide", options, default=options[0], required=True, key="bulk_act"))
        label = None
        if ACTS[picked] == "relabel":
            offered = filters.offered_labels(dataset.id, names=names)
            chosen = st.selectbox("Class", offered, index=None, key="bulk_class", placeholder="Choose one")
            label = names.index(chosen) if chosen in names else None
        st.caption(
            f"{count(len(open_ids), 'picture')} nobody has decided on. It is saved in one piece, and the history takes "
            "it back."
        )
        st.button(
            f"{picked}: {count(len(open_ids), 'picture')}",
            type="primary",
            key="bulk_do",
            on_click=job_cards.attempt,
            args=(_decide, dataset, queue, open_ids, ACTS[picked], label),
            disabled=picked == "Relabel" and label is None,
            kwargs={"run_id": run_id, "who": who, "reason": reason},
        )


def _decide(
    dataset: Dataset, queue: Queue, ids: np.ndarray, act: str, label: int | None, *, run_id: int, who: str, reason: str
) -> None:
    evidence = {"queue": NAMES.get(queue.title, "alike"), "run": run_id, "all_at_once": len(ids)}
    act_of = functools.partial(Act, reason=reason or "review", evidence=evidence)
    if act == "suggested":
        here = session.here(dataset.id)
        rows = queries.load_items(here, ids, run_id=run_id)
        targets = {row["image_id"]: suggestion(row) for row in rows if row["suggested"] is not None}
        labelled = {row["image_id"]: row["label_now"] for row in rows}
        acts = [act_of(image_id, "relabel", label=to) for image_id, to in targets.items() if to != labelled[image_id]]
    elif act == "relabel":
        labels = [label] if dataset.task == "multi" and label is not None else None
        acts = [act_of(image_id, act, label=None if labels else label, labels=labels) for image_id in ids.tolist()]
    else:
        acts = [act_of(image_id, act) for image_id in ids.tolist()]
    decide(session.workspace(), dataset.id, acts, who=who)
