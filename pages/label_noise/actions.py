"""What is done with doubted labels and outliers: relabel, keep, remove. Each batch can be taken back."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.label_noise.list import suggestion
from pages.ui import job_cards, session
from pages.ui.filters import name_of
from pages.ui.rows import Row
from pages.ui.text import count, plain
from pages.ui.undo import draw_undo
from store.datasets import Dataset
from store.decisions import Act, decide
from store.label_issues import LabelRun

EVIDENCE = (
    "self_confidence",
    "margin",
    "chance",
    "suggested",
    "n_against",
    "n_heard",
    "classifier",
    "neighbours",
    "copies",
    "zero_shot",
    "detections",
    "neighbour_label",
    "neighbour_share",
    "own_share",
    "n_other_label",
    "copy_label",
    "detected_label",
)


def draw_buttons(dataset: Dataset, run: LabelRun, rows: Sequence[Row], *, names: Sequence[str]) -> None:
    """Draw what can be done with the selected rows of the list, and the way back."""
    if not session.may("decide"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        n = len(rows)
        movable = [row for row in rows if suggestion(row) not in (None, row["label"])]
        to = {index for index in map(suggestion, movable) if index is not None}
        target = f"to {plain(name_of(to.pop(), names=names))}" if len(to) == 1 else "as suggested"
        _button(
            f"Relabel {count(len(movable), 'picture')} {target}" if movable else "Relabel as suggested",
            "edit",
            relabel_acts(movable, run),
            dataset,
            key="noise_relabel",
            primary=True,
        )
        _button(
            f"The label is right ({n:,})" if n else "The label is right",
            "check",
            plain_acts(rows, run, act="keep"),
            dataset,
            key="noise_keep",
        )
        _button(
            f"Remove {count(n, 'picture')}" if n else "Remove",
            "delete",
            plain_acts(rows, run, act="remove"),
            dataset,
            key="noise_remove",
        )
        if not n:
            st.caption("Select rows to decide on them. Nothing is deleted on the disk.")
    draw_undo(dataset)


def draw_removal(
    dataset: Dataset, run: LabelRun, *, threshold: float, n_out: int, ids: Callable[[], list[int]]
) -> None:
    """Draw the button that removes all pictures beyond the line; it asks once more."""
    if not session.may("decide"):
        return
    with st.popover(f"Remove these {n_out:,}", icon=":material/delete:", disabled=not n_out):
        st.markdown(
            f"{count(n_out, 'picture')} further out than {threshold:.2f} will be set aside. No file is deleted, and "
            "one click takes it back."
        )
        st.button(
            f"Remove {count(n_out, 'picture')}",
            type="primary",
            key="noise_remove_out",
            on_click=job_cards.attempt,
            args=(_remove_all, dataset.id, run, threshold, ids),
        )
    draw_undo(dataset)


def relabel_acts(rows: Sequence[Row], run: LabelRun) -> list[Act]:
    """A relabelling to what is suggested, for each row; the evidence is what the row showed."""
    return [
        Act(row["image_id"], "relabel", label=suggestion(row), reason="label check", evidence=_seen(row, run))
        for row in rows
    ]


def plain_acts(rows: Sequence[Row], run: LabelRun, *, act: str) -> list[Act]:
    """The same act for each row, with what the row showed."""
    return [Act(row["image_id"], act, reason="label check", evidence=_seen(row, run)) for row in rows]


def _seen(row: Row, run: LabelRun) -> dict[str, object]:
    return {"run": run.run_id, **{name: row[name] for name in EVIDENCE if row.get(name) is not None}}


def _remove_all(dataset_id: int, run: LabelRun, threshold: float, ids: Callable[[], list[int]]) -> None:
    evidence = {"run": run.run_id, "outlier_threshold": threshold}
    acts = [Act(image_id, "remove", reason="outlier", evidence=evidence) for image_id in ids()]
    decide(session.workspace(), dataset_id, acts, who=job_cards.who())


def _button(label: str, icon: str, acts: list[Act], dataset: Dataset, *, key: str, primary: bool = False) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=key,
        disabled=not acts,
        type="primary" if primary else "secondary",
        on_click=job_cards.attempt,
        args=(decide, session.workspace(), dataset.id, acts),
        kwargs={"who": job_cards.who()},
    )
