"""What changed between two sets of prompts: each class's recall, and the pictures that are called otherwise now."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from analytics import zero_shot
from analytics.zero_shot import Scored
from figures.names import one_line
from pages.prompt_lab.queries import Named, Pictures
from pages.prompt_lab.results import points
from pages.ui import gallery, picture, session, tables
from pages.ui.filters import PAGE_ROWS, name_of, page_number
from pages.ui.session import Here
from pages.ui.text import count, percent, plain
from store.neighbours import image_rows

KINDS = {"Now right": "gained", "No longer right": "lost", "Otherwise": "other"}


def draw(
    here: Here,
    pictures: Pictures,
    *,
    before: Named,
    after: Named,
    scored: tuple[Scored, Scored],
    truth: np.ndarray,
    against: str,
    names: Sequence[str],
) -> list[int]:
    """The table and a gallery a page at a time; the ids drawn."""
    flips = zero_shot.flipped(before.predicted, after.predicted, truth=truth)
    n = sum(map(len, flips.values()))
    if not n:
        st.info(f"Against “{plain(against)}” no picture is called otherwise.", icon=":material/equal:")
        return []
    st.markdown(
        f"**{count(n, 'picture')}** of {len(truth):,} {'is' if n == 1 else 'are'} called otherwise than by "
        f"“{plain(against)}”: {len(flips['gained']):,} now as their label says, {len(flips['lost']):,} no longer, "
        f"{len(flips['other']):,} unscored or from one wrong class to another."
    )
    _table(flips, scored, truth=truth, names=names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = next(kind for kind, key in KINDS.items() if len(flips[key]))  # not a view without a picture
        kind = st.segmented_control(
            "Pictures", list(KINDS), default=first, required=True, key="flip", bind="query-params"
        )
        picked = st.selectbox(
            "Label",
            list(names),
            index=None,
            key="flipped_label",
            bind="query-params",
            placeholder="All classes",
            width=180,
        )
    rows = flips[KINDS[str(kind)]]
    if picked in names:
        rows = rows[truth[rows] == names.index(picked)]
    return _gallery(here, pictures, rows, before=before, after=after, names=names)


def _table(
    flips: dict[str, np.ndarray], scored: tuple[Scored, Scored], *, truth: np.ndarray, names: Sequence[str]
) -> None:
    old, new = scored
    gained, lost = (np.bincount(truth[flips[kind]], minlength=len(names)) for kind in ("gained", "lost"))
    rows = [
        {
            "Class": one_line(name),
            "Pictures": int(new.support[i]),
            "Before": percent(old.recalls[i]),
            "Now": percent(new.recalls[i]),
            "Recall": points(new.recalls[i] - old.recalls[i]),
            "Now right": int(gained[i]),
            "No longer right": int(lost[i]),
        }
        for i, name in enumerate(names)
        if new.support[i]
    ]
    tables.show(rows, hide_index=True, height="content" if len(rows) <= 20 else 420)


def _gallery(
    here: Here, pictures: Pictures, rows: np.ndarray, *, before: Named, after: Named, names: Sequence[str]
) -> list[int]:
    if not len(rows):
        st.caption("None of them.")
        return []
    first = (page_number(len(rows)) - 1) * PAGE_ROWS
    chosen = rows[first : first + PAGE_ROWS]
    place = {int(pictures.image_ids[row]): int(row) for row in chosen}
    st.caption(f"{first + 1:,} to {first + len(chosen):,} of {count(len(rows), 'picture')}; before → now")
    items = []
    for fact in image_rows(session.workspace(), here[1], list(place)):
        row = place[fact.image_id]
        was, now = (name_of(int(each.predicted[row]), names=names) for each in (before, after))
        label = "no label" if fact.label is None else name_of(fact.label, names=names)
        items.append(gallery.Item(fact.image_id, fact.sha256, label, f"{was} → {now}"))
    gallery.show([gallery.Section(items)], key="flipped", label="Flipped pictures", side=104, on_open=picture.ask_for)
    return [item.image_id for item in items]
