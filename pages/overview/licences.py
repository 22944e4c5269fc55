"""On what terms the pictures may be used: a row a licence, with what it forbids and the way to its pictures."""

from collections.abc import Sequence

import streamlit as st

from evidence.licences import LicenceGroup
from pages.overview.queries import load_licences
from pages.ui import explain, session
from pages.ui.session import PAGES, Here
from pages.ui.text import count, plain, share
from store.datasets import Dataset

MOST = 12  # rows; the others are counted


def draw(dataset: Dataset, here: Here) -> None:
    """The table, where any picture is kept."""
    groups = load_licences(*here).groups
    n = sum(group.n for group in groups)
    if not n:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Licences")
        _how()
    if not any(group.licence.code for group in groups):
        st.markdown(
            f"No licence is known of {_all(n)}. A collection notes the licence of each; of your own "
            "pictures a table says it (a column `licence`), or the import, for all of them."
        )
        return
    st.markdown(_in_words(groups, n=n))
    for group in groups[:MOST]:
        _row(group, n=n, dataset=dataset.name)
    if len(groups) > MOST:
        rest = groups[MOST:]
        st.caption(f"And {count(len(rest), 'other licence')}, of {count(sum(g.n for g in rest), 'picture')}.")


def _all(n: int) -> str:
    return "the one picture" if n == 1 else f"any of {count(n, 'picture')}"


def _in_words(groups: Sequence[LicenceGroup], *, n: int) -> str:
    known = sum(group.n for group in groups if group.licence.code)
    own = sum(group.n_own for group in groups)
    said = f"The licence of {share(known / n)} of {count(n, 'picture')} is known"
    if own < known:
        return f"{said}: of {own:,} it is said of the picture itself, of {known - own:,} of the dataset alone."
    return f"{said}, of each by itself."


def _row(group: LicenceGroup, *, n: int, dataset: str) -> None:
    left, middle, way = st.columns([4.4, 6.2, 1.9], gap="small", vertical_alignment="center")
    url = group.licence.url
    name = plain(group.title)
    left.markdown(f"**{group.n:,}** {f'[{name}]({url})' if url else name} &ensp;{share(group.n / n)}")
    middle.caption(_terms(group))
    with way:
        session.link(
            PAGES.pictures,
            label="Show them",
            icon=":material/arrow_forward:",
            query_params={"dataset": dataset, "licence": group.title},
        )


def _terms(group: LicenceGroup) -> str:
    """What the licence forbids or asks for, and of what it is said."""
    licence = group.licence
    if not licence.code:
        return "Unknown is not free: ask before you pass them on."
    forbids = [
        words
        for words, is_so in (
            ("commercial use", licence.forbids_commercial),
            ("passing on changed pictures", licence.forbids_changes),
        )
        if is_so
    ]
    if not licence.is_read:
        said = "In its own words; what it allows is not known here."
    elif forbids:
        said = f"Forbids {' and '.join(forbids)}."
    elif licence.asks_for_credit:
        said = "Asks for a credit; exports write one."
    else:
        said = "Asks for nothing."
    return f"{said} Said of the dataset alone." if group.n_of_dataset == group.n else said


def _how() -> None:
    explain.how(
        "A picture's licence is the one that a table or its source says of it; where nothing is said, that of its "
        "dataset. Words are read as codes (SPDX's where there is one), so that “CC BY 4.0” and its address count as "
        "one. "
        "Words that are no licence known here stay as they are, and nothing is concluded from them. “Unknown” is "
        "counted as unknown, never as free.",
        parameters=["Pictures that are missing, removed or taken down are left out."],
        sources=["SPDX licence list", "Creative Commons, about the licences"],
    )
