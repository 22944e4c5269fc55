"""A report to read: its blocks one below the other, each with where it is from and whether it is of today."""

from collections.abc import Sequence

import streamlit as st

from evidence.report.parts import Missing
from evidence.report.reports import SECTION, Shown, refresh
from pages.ui import comments, job_cards, registry, report_parts, session
from pages.ui.text import plain
from store.datasets import Dataset
from store.pins import BLOCK, Pin


def contents(blocks: Sequence[Shown]) -> None:
    """The chapters as links."""
    sections = [each for each in blocks if each.row.kind == SECTION and not each.row.hidden]
    if len(sections) < 3:
        return
    links = " · ".join(f"[{plain(each.block.title)}](#{anchor(each)})" for each in sections)
    st.caption(links)


def anchor(shown: Shown) -> str:
    """Where a chapter is, in the page's address."""
    return f"chapter-{shown.row.id}"


def blocks(dataset: Dataset, shown: Sequence[Shown]) -> list[int]:
    """Draw what is not hidden; the ids of all pictures that are shown."""
    pictures: list[int] = []
    for each in shown:
        if not each.row.hidden:
            block(dataset, each)
            pictures += report_parts.pictures_of(each.block.parts)
    return pictures


def block(dataset: Dataset, shown: Shown) -> None:
    """One block as it is read."""
    about = shown.block
    if about.kind == SECTION:
        st.header(plain(about.title), anchor=anchor(shown), divider="gray")
        return
    with st.container(gap="small", key=f"block_{about.id}"):
        if about.title:
            st.subheader(plain(about.title), anchor=False)
        if about.stale:
            _say_stale(dataset, shown)
        if about.text:
            st.markdown(about.text)
        report_parts.draw(about.parts, key=f"part_{about.id}", dataset=dataset.name)
        _say_source(dataset, shown)


def _say_stale(dataset: Dataset, shown: Shown) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":orange[:material/history:] {plain(shown.block.stale)}")
        if shown.row.kind == "figure" or not session.may("change_report"):
            return
        st.button(
            "Draw anew",
            key=f"anew_{shown.row.id}",
            type="tertiary",
            icon=":material/refresh:",
            on_click=job_cards.attempt,
            args=(refresh, session.workspace(), dataset),
            kwargs={"report_id": shown.row.report_id, "only": [shown.row.id]},
        )


def pin(shown: Shown) -> Pin:
    """The block as comments are pinned to it; its query leads to its report."""
    row = shown.row
    return Pin(kind=BLOCK, block_id=row.id, title=row.title, query={"report": str(row.report_id)})


def _say_source(dataset: Dataset, shown: Shown) -> None:
    """Where the block is from (the page with its filters, the runs, the time), and what is said of it."""
    source = shown.block.source
    is_empty = all(isinstance(part, Missing) for part in shown.block.parts)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not is_empty and source.page in registry.all_pages():
            page = getattr(session.PAGES, source.page)
            query = {**report_parts.query_of(source.query), "dataset": dataset.name}
            session.link(page, label=page.title, icon=page.icon, query_params=query)
        if not is_empty and source.drawn_at:
            runs = f"run {', '.join(map(str, source.run_ids[:6]))}" if source.run_ids else "counted"
            st.caption(f"{runs}; drawn {source.drawn_at}", width="content")
        comments.button(dataset, pin(shown), key=f"block_{shown.row.id}", label="")
