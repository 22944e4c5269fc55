"""The review component: a batch of pictures, each with its question, on which keys and clicks decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from figures.names import one_line
from pages.label_noise import actions, wording
from pages.label_noise.list import suggestion
from pages.review import batches, http
from pages.review.batches import Batch
from pages.review.marks import class_choices, labels_now, mark_of
from pages.ui import media, session
from pages.ui.base_path import under
from pages.ui.filters import gone_classes, label_text, name_of
from pages.ui.rows import Row
from store.datasets import class_table

BATCH = 24
_FOLDER = Path(__file__).parents[2] / "components" / "review"
_COMPONENT = st.components.v2.component(
    "vitrine_review",
    html=(_FOLDER / "review.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "review.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "review.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Shown:
    """What a batch is drawn from. queue: its name, kept as evidence. first: the place of its first picture, from 0.

    rows: store.review.items. open_ids: those of a blind batch nobody judged blind. ahead: the next batch's rows.
    """

    queue: str
    first: int
    rows: Sequence[Row]
    names: Sequence[str]
    is_multi: bool
    run_id: int
    is_blind: bool = False
    open_ids: frozenset[int] = frozenset()
    ahead: Sequence[Row] = ()
    can_find_alike: bool = False


@dataclass(frozen=True)
class Heard:
    """What the page does when the component asks: for the next batch, for a picture's details, for its like."""

    on_turn: Callable[[], None]
    on_open: Callable[[int], None]
    on_alike: Callable[[int], None]


def show(shown: Shown, *, dataset_id: int, who: str, reason: str, heard: Heard, key: str) -> None:
    """Draw the batch; decisions are saved by HTTP, not by a run of this script."""
    evidence = {int(row["image_id"]): _evidence(row, shown, place=shown.first + n) for n, row in enumerate(shown.rows)}
    token = batches.remember(
        Batch(
            dataset_id,
            who,
            reason,
            tuple(shown.names),
            shown.is_multi,
            shown.run_id if shown.is_blind else None,
            shown.run_id,
            evidence,
        )
    )
    data = {
        "token": token,
        "url": under(http.URL),
        "label": "Review: pictures to decide on",
        "blind": shown.is_blind,
        "multi": shown.is_multi,
        "alike": shown.can_find_alike,
        "items": [item_of(row, shown) for row in shown.rows],
        "classes": class_choices(shown.names, gone=gone_classes(class_table(session.workspace(), dataset_id))),
        "ahead": [media.thumb_url(row["image_id"], row["sha256"]) for row in shown.ahead],
    }

    def told(name: str, act: Callable[[int], None]) -> None:
        value = st.session_state[key].get(name)
        if isinstance(value, int | float):
            act(int(value))

    def turned() -> None:
        if st.session_state[key].get("turn"):
            heard.on_turn()

    _COMPONENT(
        data=data,
        key=key,
        on_turn_change=turned,
        on_opened_change=lambda: told("opened", heard.on_open),
        on_alike_change=lambda: told("alike", heard.on_alike),
        on_changed_change=lambda: None,
    )


def item_of(row: Row, shown: Shown) -> dict[str, object]:
    """What is shown of one picture of a batch: its addresses, question, caption and mark."""
    image_id, names = int(row["image_id"]), shown.names
    now = one_line(label_text(row["label_now"], row["labels_now"], names=names))
    suggested = None if shown.is_blind or row.get("label") is None else suggestion(dict(row))
    if suggested == row["label_now"]:
        suggested = None
    better = "" if suggested is None else one_line(name_of(suggested, names=names))
    caption = f"{now} → {better}" if better else now
    return {
        "id": image_id,
        "thumb": media.thumb_url(image_id, row["sha256"]),
        "picture": media.picture_url(image_id, row["sha256"]),
        "question": _question(now, suggested, row, names=names),
        "why": "" if shown.is_blind or row.get("n_heard") is None else wording.why(row, names=names),
        "caption": caption,
        "now": labels_now(row),
        "suggestion": None if suggested is None else {"index": suggested, "name": better},
        "mark": None if image_id in shown.open_ids else mark_of(row, names=names),
    }


def _question(now: str, suggested: int | None, row: Row, *, names: Sequence[str]) -> str:
    if row["label_now"] is None and not row["labels_now"]:
        return "No label yet: which class is it?"
    if suggested is None:
        return f"Labelled {now}. Is that right?"
    return f"Labelled {now}. Or is it {one_line(name_of(suggested, names=names))}?"


def _evidence(row: Row, shown: Shown, *, place: int) -> dict[str, object]:
    """What was on the screen of this picture: kept with a decision on it."""
    seen = {"queue": shown.queue, "rank": place + 1}
    if shown.run_id:
        seen["run"] = shown.run_id
    if shown.is_blind:
        return seen
    return seen | {name: row[name] for name in actions.EVIDENCE if row.get(name) is not None}
