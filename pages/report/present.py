"""Presentation mode: a slide a block, full-screen, charts alive, by the arrow keys; the address holds the slide."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from evidence.report.reports import SECTION, Shown
from pages.ui import links, picture, report_parts, session
from pages.ui.filters import class_labels
from pages.ui.text import plain
from store.datasets import Dataset, class_table
from store.reports import Report

SLIDE = "present"  # in the address: which slide, from 1; without it nobody presents
_COMPONENT = st.components.v2.component(
    "vitrine_present",
    js=(Path(__file__).parents[2] / "components" / "present" / "present.js").read_text(encoding="utf-8"),
)
# A projector of 1280 x 720 shows a slide without the app around it.
_LOOK = """<style>
[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
.stMainBlockContainer { padding: 1.6rem 3.5rem 4rem; max-width: 1500px; font-size: 1.15rem; }
.st-key-present_foot { position: fixed; inset: auto 0 0 0; padding: .2rem 1.2rem; z-index: 50;
  background: color-mix(in srgb, var(--st-background-color, Canvas) 92%, transparent); }
.st-key-present_title { min-height: 62vh; justify-content: center; }
</style>"""


def is_on() -> bool:
    """Whether the address asks for a slide."""
    return links.number_in_url(SLIDE) is not None


def button(report: Report) -> None:
    """The way in."""
    st.button("Present", icon=":material/slideshow:", key="present_start", on_click=_go, args=(report, 1))


def show(dataset: Dataset, report: Report, blocks: Sequence[Shown]) -> None:
    """The slide that the address names."""
    slides = [each for each in blocks if not each.row.hidden]
    n = len(slides) + 1
    slide = min(max(links.number_in_url(SLIDE) or 1, 1), n)
    st.html(_LOOK)
    _keys(report, slide, n)
    if slide == 1:
        _title(report.title, f"{dataset.name} · {n} slides")
    else:
        _slide(dataset, slides[slide - 2])
    _foot(report, slide, n)


def _keys(report: Report, slide: int, n: int) -> None:
    def stepped() -> None:
        by = st.session_state["present_keys"].get("step")
        if by is None:
            return
        if int(by):
            _go(report, min(max(slide + int(by), 1), n))
        else:
            _end()

    _COMPONENT(data={"slide": slide, "n": n}, key="present_keys", on_step_change=stepped)


def _title(title: str, below: str) -> None:
    with st.container(key="present_title", gap="small"):
        st.title(plain(title), anchor=False)
        st.markdown(f":gray[{plain(below)}]")


def _slide(dataset: Dataset, shown: Shown) -> None:
    block = shown.block
    if block.kind == SECTION:
        _title(block.title, "")
        return
    if block.title:
        st.header(plain(block.title), anchor=False)
    if block.text and (not block.parts or block.kind in ("theme", "ethics", "hindsight")):
        st.markdown(block.text)
    report_parts.draw(block.parts, key=f"slide_{block.id}", dataset=dataset.name, is_slide=True)
    if block.stale:
        st.caption(f":orange[:material/history:] {plain(block.stale)}")
    names = class_labels(class_table(session.workspace(), dataset.id))
    picture.open_asked(dataset, names=names, neighbours=report_parts.pictures_of(block.parts))


def _foot(report: Report, slide: int, n: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="present_foot"):
        st.button(
            "", icon=":material/arrow_back:", key="present_back", type="tertiary", disabled=slide == 1,
            help="Back (left arrow)", on_click=_go, args=(report, slide - 1),
        )  # fmt: skip
        st.caption(f"{slide} / {n}", width="content")
        st.button(
            "", icon=":material/arrow_forward:", key="present_on", type="tertiary", disabled=slide == n,
            help="On (right arrow, space)", on_click=_go, args=(report, slide + 1),
        )  # fmt: skip
        st.space("stretch")
        st.button(
            "End", icon=":material/close:", key="present_end", type="tertiary", on_click=_end,
            help="Back to the report (Esc). The key f is full screen.",
        )  # fmt: skip


def _go(report: Report, slide: int) -> None:
    st.query_params["report"] = str(report.id)
    st.query_params[SLIDE] = str(slide)


def _end() -> None:
    st.query_params.pop(SLIDE, None)
