"""Neighbours drawn: the grid, the agreement among them, and two pictures side by side."""

import base64
from collections.abc import Callable, Sequence

import streamlit as st

from analytics.agreement import agreement
from pages.neighbours.queries import Near
from pages.ui import filters, gallery
from pages.ui.text import count, listed, plain, share
from store.neighbours import ImageRow

MOST_SHOWN_BYTES = 8 << 20
_STARTS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}

SIDE = 168


def grid(
    near: Near, *, own: ImageRow | None, names: Sequence[str], on_open: Callable[[int], None], key: str
) -> list[int]:
    """A grid of three columns: the picture itself first and marked, then the others, nearest first; the ids drawn."""
    items = [] if own is None else [_item(own, names=names, note="this picture")]
    items += [
        _item(row, names=names, note=f"cosine {similarity:.3f}")
        for row, similarity in zip(near.rows, near.similarities, strict=True)
    ]
    with st.container(width=3 * SIDE + 40):
        gallery.show([gallery.Section(items)], key=key, label="Nearest pictures", side=SIDE, on_open=on_open)
    return [item.image_id for item in items]


def say_agreement(near: Near, *, own: ImageRow | None, names: Sequence[str]) -> None:
    """How many of the neighbours carry the picture's label, and what the others carry."""
    labels = [filters.label_text(row.label, row.labels, names=names) for row in near.rows if _has_label(row)]
    mine = filters.label_text(own.label, own.labels, names=names) if own and _has_label(own) else None
    found = agreement(mine, labels)
    others = listed([f"{plain(str(label))} {n}" for label, n in found.others], at_most=5)
    if mine is None:
        st.markdown(f"Their labels: {others}." if others else "None of them has a label.")
        return
    if found.share is None:
        st.markdown("None of its neighbours has a label.")
        return
    verdict = (
        f"**{found.n_same} of {count(found.n, 'neighbour')}** ({share(found.share)}) "
        f"{'carries' if found.n_same == 1 else 'carry'} its label, {plain(mine)}."
    )
    st.markdown(verdict + (f" The others: {others}." if others else ""))
    if found.share < 0.5 and found.n >= 4:
        st.caption("Fewer than half agree: the label may be wrong, or the picture an odd one of its class.")


def _has_label(row: ImageRow) -> bool:
    return row.label is not None or bool(row.labels)


def _item(row: ImageRow, *, names: Sequence[str], note: str) -> gallery.Item:
    label = filters.label_text(row.label, row.labels, names=names)
    return gallery.Item(row.image_id, row.sha256, label, note)


def own_picture(content: bytes) -> str:
    """HTML of a picture that the visitor brought, drawn by the browser: nobody decodes it here, whatever its pixels.

    Where it is no picture for browsers, or more than MOST_SHOWN_BYTES, a sentence.
    """
    kind = next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "webp"
    if kind is None or len(content) > MOST_SHOWN_BYTES:
        return "<p>It is not shown here: it is large, or of a kind that browsers do not draw.</p>"
    encoded = base64.b64encode(content).decode()
    return f'<img src="data:image/{kind};base64,{encoded}" style="max-width:300px;height:auto" alt="Your picture">'
