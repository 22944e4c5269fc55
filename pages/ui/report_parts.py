"""Parts of a report drawn on a page: the same that every format writes, here with pictures that open and links."""

import functools
import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

import streamlit as st

from evidence.report.parts import Chart, ClaimCard, Facts, Gallery, Missing, Pairs, Part, Picture, Table
from evidence.report.wording import cell_text
from figures.chart import Chart as DrawnChart
from figures.drawn import UnknownChart, draw_by_name
from figures.names import distinct
from pages.ui import charts, gallery, picture, registry, session, tables
from pages.ui.text import count, facts_html, plain

_CHARTS = 64  # that stay drawn, for all visitors
SIDE, LARGE = 96, 132  # pixels of a thumbnail, on a page and on a slide
BADGES = {
    "holds": ("check", "green"),
    "moved": ("trending_up", "orange"),
    "cannot be recomputed": ("link_off", "red"),
}


def draw(parts: Sequence[Part], *, key: str, dataset: str, is_slide: bool = False) -> None:
    """Draw parts one below the other. key: tells this block from the page's others."""
    for number, part in enumerate(parts):
        _draw(part, key=f"{key}_{number}", dataset=dataset, is_slide=is_slide)


def pictures_of(parts: Sequence[Part]) -> list[int]:
    """The images that parts show, in order: the neighbours of one that is opened."""
    found: dict[int, None] = {}
    for part in parts:
        shown: Sequence[Picture | None] = []
        if isinstance(part, Gallery):
            shown = part.pictures
        elif isinstance(part, Pairs):
            shown = [each for row in part.rows for each in (row.left, row.right)]
        found |= dict.fromkeys(each.image_id for each in shown if each is not None)
    return list(found)


def _draw(part: Part, *, key: str, dataset: str, is_slide: bool) -> None:
    if isinstance(part, Facts):
        st.html(facts_html(part.rows))
    elif isinstance(part, Table):
        _table(part)
    elif isinstance(part, Chart):
        _chart(part, key=key)
    elif isinstance(part, Gallery):
        _gallery(part, key=key, side=LARGE if is_slide else SIDE)
    elif isinstance(part, Pairs):
        _pairs(part, key=key, side=LARGE if is_slide else SIDE)
    elif isinstance(part, ClaimCard):
        _claim(part)
    elif isinstance(part, Missing):
        _missing(part, dataset=dataset)


def _table(part: Table) -> None:
    titles = distinct(column.title for column in part.columns)
    rows = [
        dict(
            zip(titles, (cell_text(cell, column) for cell, column in zip(row, part.columns, strict=True)), strict=True)
        )
        for row in part.rows
    ]
    right = {
        title: st.column_config.TextColumn(alignment="right")
        for title, column in zip(titles, part.columns, strict=True)
        if column.kind != "text"
    }
    tables.show(rows, hide_index=True, column_config=right, height="content" if len(rows) <= 12 else 420)
    of = f"{len(part.rows):,} of {count(part.n_rows, 'row')}. " if part.n_rows > len(part.rows) else ""
    if of or part.note:
        st.caption(plain(f"{of}{part.note}".strip()))


def _chart(part: Chart, *, key: str) -> None:
    try:
        chart = _drawn(part.name, json.dumps(part.data, sort_keys=True), part.alt)
    except (UnknownChart, LookupError, ValueError, TypeError):  # kept by another Vitrine
        st.caption(f"This chart ({plain(part.name)}) cannot be drawn any more. Draw the block anew.")
        return
    charts.draw(chart, key=key, can_be_added=False)
    if part.caption:
        st.caption(plain(part.caption))


@functools.lru_cache(maxsize=_CHARTS)
def _drawn(name: str, data: str, alt: str) -> DrawnChart:
    """The chart of some data, which for the charts of a report takes longer than all else; nobody may change it."""
    return draw_by_name(name, json.loads(data), alt=alt)


def _gallery(part: Gallery, *, key: str, side: int) -> None:
    several = len(part.groups) > 1
    sections = [
        gallery.Section(
            [gallery.Item(each.image_id, each.sha256, each.title, each.note) for each in group.pictures],
            group.title,
            group.note,
        )
        for group in part.groups
    ]
    gallery.show(
        sections,
        key=key,
        label="Pictures of a report",
        layout="rows" if several else "grid",
        side=side,
        on_open=picture.ask_for,
    )
    if part.note:
        st.caption(plain(part.note))


def _pairs(part: Pairs, *, key: str, side: int) -> None:
    sections = []
    items = []
    for row in part.rows:
        words = f"{row.before} → {row.after}" if row.before or row.after else row.left.title
        left = gallery.Item(row.left.image_id, row.left.sha256, words, row.reason)
        if row.right is None:
            items.append(left)
        else:
            right = gallery.Item(row.right.image_id, row.right.sha256, row.right.title, row.right.note)
            sections.append(gallery.Section([left, right], row.reason))
    if items:
        sections.insert(0, gallery.Section(items))
    gallery.show(sections, key=key, label="Before and after", side=side, on_open=picture.ask_for)
    if part.note:
        st.caption(plain(part.note))


def _claim(part: ClaimCard) -> None:
    icon, colour = BADGES[part.verdict]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(part.verdict, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]  # one of Streamlit's
            st.caption(f"claim {part.claim_id}", width="content")
        st.markdown(f"**{plain(part.sentence)}**")
        if part.verdict == "moved":
            st.markdown(f"Now: {plain(part.now)}")
        for number in part.numbers:
            name = f"{plain(number.name)}: " if len(part.numbers) > 1 else ""
            same = number.then == number.now
            words = f"{plain(number.now)}" if same else f"then {plain(number.then)}; now {plain(number.now)}"
            st.caption(f"{name}{words}, on {plain(number.rests_on)}")
        if part.why:
            st.caption(f"Since then: {plain('; '.join(part.why))}.")
        for sentence in part.weak:
            st.caption(f":orange[:material/warning:] {plain(sentence)}")


def _missing(part: Missing, *, dataset: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/hourglass_empty: {plain(part.sentence)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if part.page and part.page in registry.all_pages():
                page = getattr(session.PAGES, part.page)
                session.link(page, label=page.title, icon=page.icon, query_params={"dataset": dataset})
            if part.command:
                st.code(f"{part.command} --dataset {_word(dataset)}", language="bash", width="content")


def _word(text: str) -> str:
    """A name as a shell takes it."""
    return text if text.isalnum() else "'" + text.replace("'", "'\\''") + "'"


def query_of(text: str) -> Mapping[str, str]:
    """What stands behind a question mark, for a link."""
    return dict(parse_qsl(text))
