"""The pictures behind the numbers: who is right where, the largest losses, what every run gets wrong."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.compare import wording
from pages.compare.choose import Chosen
from pages.compare.queries import CompareData, Scored, load_scored
from pages.compare.results import (
    ANY,
    BOTH,
    BY_A,
    BY_B,
    EITHER,
    NEITHER,
    NONE,
    ONLY_A,
    ONLY_B,
    SORTS,
    Pick,
    load_agreement,
    load_all_wrong,
    load_places,
)
from pages.ui import filters, gallery, picture, session, tables
from pages.ui.filters import PAGE_ROWS, name_of
from pages.ui.session import Here
from pages.ui.text import count, plain, share
from store.comparison import facts_of
from store.datasets import Dataset

GROUP, TRUE, SAID, BY, ORDER = "group", "true", "said", "by", "order"
GROUPS = (BOTH, ONLY_A, ONLY_B, NEITHER)


def show(dataset: Dataset, here: Here, data: CompareData, chosen: Chosen, *, first: int, second: int) -> list[int]:
    """The page's last view but one; the ids of the pictures drawn."""
    is_pair = first != second
    if is_pair:
        _agreement(here, data, chosen, first=first, second=second)
    link_to_review(dataset, here, chosen)
    pick = _pick(data, is_pair=is_pair, first=first, second=second)
    places = load_places(*here, chosen.wanted, pick)
    slot, bar = st.container(), st.container()
    with bar:
        page = filters.page_number(len(places))
    start = (page - 1) * PAGE_ROWS
    shown = places[start : start + PAGE_ROWS]
    with slot:
        if not len(shown):
            st.info("No picture fits.", icon=":material/filter_alt_off:")
            return []
        some = f"{start + 1:,} to {start + len(shown):,} of {len(places):,}"
        st.caption(f"Showing {some}, on {plain(chosen.ground)}. First the label, under it what is said.")
        return _gallery(here, data, load_scored(*here, chosen.wanted), shown, places=(first, second))


def show_cell(true: int, said: int, by: str, *, names: Sequence[str], first: int, second: int) -> None:
    """Ask for the pictures of a cell of a matrix; a callback's work."""
    asked = {TRUE: name_of(true, names=names), SAID: name_of(said, names=names), BY: by, GROUP: ANY}
    for key, value in asked.items():
        st.session_state[key] = value
        st.query_params[key] = wording.sided(value, first=first, second=second) if key == BY else value
    _to_first_page()


def link_to_review(dataset: Dataset, here: Here, chosen: Chosen) -> None:
    """How many pictures every run gets wrong, and the way to look at them one by one."""
    wrong = len(load_all_wrong(*here, chosen.wanted))
    n = load_scored(*here, chosen.wanted).ground.n
    if not wrong:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        runs = {1: "the run gets", 2: "both runs get"}.get(len(chosen.runs), f"all {len(chosen.runs)} runs get")
        st.markdown(
            f"**{count(wrong, 'picture')}** ({share(wrong / n)}) that {runs} wrong: often it is the label.",
            width="content",
        )
        session.link(
            session.PAGES.review,
            label="Review their labels",
            icon=":material/fact_check:",
            query_params={
                "dataset": dataset.name,
                "queue": "Wrong by every run",
                "wrong_on": chosen.title,
                "wrong_labels": chosen.wanted.basis,
                "wrong": ",".join(map(str, chosen.wanted.run_ids)),
            },
        )


def _agreement(here: Here, data: CompareData, chosen: Chosen, *, first: int, second: int) -> None:
    counts = load_agreement(*here, chosen.wanted, first, second)
    total, n = counts.sum(axis=0), max(int(counts.sum()), 1)
    said = load_scored(*here, chosen.wanted).said
    same = float((said[first] == said[second]).mean()) if said.shape[1] else 0.0
    names = [chosen.lettered[first], chosen.lettered[second]]
    titles = [wording.sided(title, first=first, second=second) for title in GROUPS]
    st.markdown(f"{plain(names[0])} and {plain(names[1])} say the same of **{share(same)}** of the pictures.")
    with st.container(horizontal=True, gap="small"):
        for title, value in zip(titles, total, strict=True):
            st.metric(
                title,
                f"{value:,}",
                f"{share(value / n)}",
                delta_color="off",
                delta_arrow="off",
                border=True,
                width=170,
                help=plain(f"On {chosen.ground}."),
            )
    with st.expander("By class"):
        rows = pa.table(
            {
                "Class": [one_line(name_of(i, names=data.names)) for i in range(len(counts))],
                **{title: counts[:, column] for column, title in enumerate(titles)},
            }
        )
        tables.show(rows, hide_index=True, height="content" if len(counts) <= 12 else 460)
        st.caption(f"On {plain(chosen.ground)}.")


def _pick(data: CompareData, *, is_pair: bool, first: int, second: int) -> Pick:
    """Draw the filters; they are in the URL."""
    groups = [ANY, *GROUPS, NONE] if is_pair else [ANY, BOTH, NEITHER]
    words = {} if is_pair else {BOTH: "Right", NEITHER: "Wrong"}

    def shown(value: str) -> str:
        return words.get(value) or wording.sided(value, first=first, second=second)

    group = st.segmented_control(
        "Who is right",
        groups,
        default=ANY,
        required=True,
        key=GROUP,
        bind="query-params",
        on_change=_to_first_page,
        format_func=shown,
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        truth = _class("Label", data.names, key=TRUE)
        said = _class("Said", data.names, key=SAID)
        by = EITHER
        if is_pair:
            by = st.selectbox(
                "By",
                [EITHER, BY_A, BY_B],
                key=BY,
                bind="query-params",
                width=110,
                on_change=_to_first_page,
                help="Whose word the class under Said is.",
                format_func=shown,
            )
        order = st.selectbox(
            "Order",
            SORTS if is_pair else (SORTS[0], SORTS[2], SORTS[4]),
            key=ORDER,
            bind="query-params",
            width=210,
            on_change=_to_first_page,
            format_func=shown,
            help="Loss: minus the logarithm of the probability that the label got.",
        )
    return Pick(str(group), truth, said, str(by), first, second, str(order))


def _gallery(here: Here, data: CompareData, scored: Scored, shown: np.ndarray, *, places: tuple[int, int]) -> list[int]:
    ids = scored.image_ids[shown]
    facts = {row.image_id: row for row in facts_of(session.workspace(), here[1], image_ids=ids.tolist())}
    items = [
        gallery.Item(
            int(image_id),
            facts[image_id].sha256,
            name_of(int(scored.truth[row]), names=data.names),
            _said(scored, int(row), places, names=data.names),
        )
        for image_id, row in zip(ids.tolist(), shown, strict=True)
        if image_id in facts
    ]
    gallery.show(
        [gallery.Section(items)], key="compare_gallery", label="Pictures scored", side=150, on_open=picture.ask_for
    )
    return [item.image_id for item in items]


def _said(scored: Scored, row: int, places: tuple[int, int], *, names: Sequence[str]) -> str:
    """'A cat 80 %, B lynx 62 %', or 'both cat, 80 and 62 %'."""
    first, second = places
    sure = [round(100 * min(float(scored.confidence[place, row]), 1)) for place in places]
    said = [name_of(int(scored.said[place, row]), names=names) for place in places]
    if first == second:
        return f"{said[0]} {sure[0]} %"
    if said[0] == said[1]:
        return f"both {said[0]}, {sure[0]} and {sure[1]} %"
    return ", ".join(
        f"{wording.letter(place)} {name} {value} %" for place, name, value in zip(places, said, sure, strict=True)
    )


def _class(label: str, names: Sequence[str], *, key: str) -> int | None:
    picked = st.selectbox(
        label,
        list(names),
        index=None,
        key=key,
        bind="query-params",
        placeholder="All classes",
        width=150,
        on_change=_to_first_page,
    )
    return names.index(picked) if picked in names else None


def _to_first_page() -> None:
    if "page" in st.session_state:
        st.session_state["page"] = 1
