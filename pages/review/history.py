"""What was decided: batches that can be taken back or done again, and where two people differ."""

from collections.abc import Sequence

import streamlit as st

from pages.review import queries
from pages.ui import gallery, job_cards, picture, session
from pages.ui.filters import label_text
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.decisions import redo, undo

_WORDS = {"relabel": "relabelled", "remove": "removed", "keep": "kept", "restore": "restored", "flag": "flagged"}
_BATCHES = 30


def show_batches(dataset: Dataset, here: Here, *, who: str) -> None:
    """The newest batches, each with its way back or forth."""
    rows = queries.load_batches(*here, _BATCHES).to_pylist()
    if not rows:
        st.info("Nothing has been decided yet.", icon=":material/history:")
        return
    st.caption(f"Showing the newest {count(len(rows), 'batch', 'batches')}. A batch is what one key or click decided.")
    workspace = session.workspace()
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            done = " and ".join(_WORDS.get(act, act) for act in row["acts"])
            reason = f", {plain(row['reason'])}" if row["reason"] else ""
            st.markdown(
                f"**{count(row['n_images'], 'picture')} {done}** by {plain(row['who'])}, "
                f"{row['decided_at']:%d %B, %H:%M} UTC{reason}",
                width="stretch",
            )
            if row["n_standing"] < row["n"]:
                st.badge("taken back" if not row["n_standing"] else f"{row['n_standing']:,} stand", color="gray")
            if not session.may("undo"):
                continue
            if row["n_standing"] < row["n"]:
                st.button(
                    "Do again",
                    icon=":material/redo:",
                    key=f"redo_{row['batch']}",
                    on_click=job_cards.attempt,
                    args=(redo, workspace, dataset.id),
                    kwargs={"batch": row["batch"], "who": who},
                    type="tertiary",
                )
            if row["n_standing"]:
                st.button(
                    "Take back",
                    icon=":material/undo:",
                    key=f"back_{row['batch']}",
                    on_click=job_cards.attempt,
                    args=(undo, workspace, dataset.id),
                    kwargs={"batch": row["batch"], "who": who},
                    type="tertiary",
                )


def show_disagreements(dataset: Dataset, here: Here, *, names: Sequence[str], who: str) -> list[int]:
    """Pictures on which people's newest acts differ, each with the ways to settle it; the ids drawn."""
    rows = queries.load_disagreements(*here)
    if not rows:
        st.info(
            "No two people have decided differently on a picture. Each works under the name in “You are”.",
            icon=":material/handshake:",
        )
        return []
    st.caption(
        f"Showing {count(len(rows), 'picture')} on which people's newest decisions differ; the newest of all counts "
        "until one is chosen."
    )
    for row in rows:
        with st.container(border=True):
            left, right = st.columns([1, 6], vertical_alignment="center")
            with left:
                item = gallery.Item(row["image_id"], row["sha256"], row["path"].rsplit("/", 1)[-1])
                gallery.show(
                    [gallery.Section([item])],
                    key=f"differ_{row['image_id']}",
                    label="Picture",
                    side=104,
                    layout="clusters",
                    on_open=picture.ask_for,
                )
            with right, st.container(horizontal=True, gap="large"):
                for act in row["acts"]:
                    _opinion(dataset, row, act, names=names, who=who)
    return [row["image_id"] for row in rows]


def _opinion(dataset: Dataset, row: Row, act: Row, *, names: Sequence[str], who: str) -> None:
    what = _act_words(act["act"], act["label"], act["labels"], names=names)
    with st.container(width="content", gap="xsmall"):
        st.markdown(f"**{plain(act['who'])}**: {plain(what)}  \n{act['decided_at']:%d %B, %H:%M} UTC")
        if not session.may("undo"):
            return
        others = [other["id"] for other in row["acts"] if other["id"] != act["id"]]
        st.button(
            "This one counts",
            icon=":material/check:",
            key=f"settle_{act['id']}",
            on_click=job_cards.attempt,
            args=(_settle, dataset.id, others, who),
            help="Takes the other decisions on this picture back.",
        )


def _settle(dataset_id: int, decision_ids: list[int], who: str) -> None:
    for decision_id in decision_ids:
        undo(session.workspace(), dataset_id, decision_id=decision_id, who=who)


def _act_words(act: str, label: int | None, labels: Sequence[int] | None, *, names: Sequence[str]) -> str:
    if act != "relabel":
        return _WORDS.get(act, act)
    return "→ " + label_text(label, labels, names=names)
