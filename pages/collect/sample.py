"""A sample: the first candidates of each source and query, drawn before anything is collected."""

import base64
import html
from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st

from figures.names import one_line
from importers.collecting.about import SOURCES
from jobs.engine.spec import DONE, JobView
from jobs.engine.supervisor import REFUSALS
from pages.collect.plan import Plan
from pages.collect.queries import load_sample
from pages.collect.wording import licence_text, with_title
from pages.ui import job_cards, session
from pages.ui.rows import Row
from pages.ui.text import count, plain

KIND = "collect-sample"
FOLLOWED = "sample"  # in the URL: a reload shows the same sample again
SIDE = 132  # pixels of a thumbnail as it is drawn


def show(plan: Plan) -> None:
    """The button that asks for a sample, and the newest that was asked for."""
    lacking = plan.lacking()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Show a sample",
            icon=":material/visibility:",
            type="primary",
            disabled=bool(lacking),
            help="Asks each source for the first page of each query, and draws some of what it gives. Nothing is kept "
            "but the thumbnails.",
            on_click=_ask,
            args=(plan,),
        )
        st.caption(lacking or plain(plan.in_words()))
    job = followed()
    if job is None or job.is_active:
        return
    if job.state != DONE:
        st.error(plain(job.message or "The sample was not finished."), icon=":material/cloud_off:")
        return
    draw(load_sample(*session.here(0), job.run_id), troubles=_troubles(job))


def followed() -> JobView | None:
    """The sample that this page was last asked for, from the URL."""
    job_id = st.query_params.get(FOLLOWED)
    if not job_id:
        return None
    try:
        job = session.supervisor().job(job_id)
    except REFUSALS:
        return None
    return job if job.kind == KIND else None


def draw(rows: list[Row], *, troubles: Mapping[str, str]) -> None:
    """The candidates, a row of thumbnails for each query and source."""
    for source, sentence in troubles.items():
        title = SOURCES[source].title if source in SOURCES else source
        st.warning(plain(with_title(title, sentence)), icon=":material/cloud_off:")
    if not rows:
        if not troubles:
            st.info("Nobody had anything for these queries.", icon=":material/search_off:")
        return
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["query"]), str(row["class"] or ""), str(row["source"])), []).append(row)
    for (query, class_name, source), found in groups.items():
        title = SOURCES[source].title if source in SOURCES else source
        of = f", for {plain(class_name)}" if class_name else ""
        st.markdown(f"**{plain(query)}**{of} :small[by {plain(title)}]")
        st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.75rem">{"".join(_figure(row) for row in found)}</div>')
    n_known = sum(row["licence"] is not None for row in rows)
    st.caption(
        f"{count(len(rows), 'candidate')} drawn, {n_known:,} with a known licence. Their order is that of the source; "
        "what comes later is often farther from the query."
    )


def _ask(plan: Plan) -> None:
    job_id = job_cards.result_of(
        session.supervisor().start,
        KIND,
        dataset=plan.dataset.strip() or "new pictures",
        parameters=plan.parameters(),
        who=job_cards.who(),
    )
    if job_id is not None:
        st.query_params[FOLLOWED] = job_id


def _troubles(job: JobView) -> dict[str, str]:
    """What kept a source from answering, a sentence each."""
    told = job.figures.get("troubles")
    return {str(source): str(sentence) for source, sentence in told.items()} if isinstance(told, Mapping) else {}


def _figure(row: Row) -> str:
    title, author = one_line(row["title"] or "untitled"), one_line(row["author"] or "author unknown")
    licence = licence_text(row["licence"], row["licence_version"])
    size = f", {row['width']:,} × {row['height']:,}" if row["width"] and row["height"] else ""
    box = f"width:{SIDE}px;height:{SIDE}px;border-radius:.4rem;background:rgba(128,128,128,.12)"
    if row["picture"]:
        data = base64.b64encode(row["picture"]).decode()
        picture = (
            f'<img src="data:image/jpeg;base64,{data}" style="{box};object-fit:contain" alt="{html.escape(title)}">'
        )
    else:
        why = html.escape(one_line(row["reason"] or "no thumbnail"))
        picture = (
            f'<div style="{box};display:flex;align-items:center;justify-content:center;text-align:center;'
            f'font-size:.7rem;padding:.4rem;box-sizing:border-box;overflow:hidden">{why}</div>'
        )
    one = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
    colour = "" if row["licence"] else "color:#b35900;"
    return (
        f'<div style="width:{SIDE}px;font-size:.75rem;line-height:1.3">{_linked(picture, row["page_url"])}'
        f'<div style="{one}" title="{html.escape(title)}">{html.escape(title)}</div>'
        f'<div style="{one};opacity:.7" title="{html.escape(author)}">{html.escape(author)}</div>'
        f'<div style="{colour}{one}" title="{html.escape(licence)}{size}">'
        f"{_linked(html.escape(licence), row['licence_url'])}</div></div>"
    )


def _linked(inner: str, address: object) -> str:
    """`inner` as a link to a page of the web; as it is where the address is of another kind."""
    text = str(address or "")
    try:
        is_web = urlsplit(text).scheme in ("http", "https")
    except ValueError:
        is_web = False
    if not is_web:
        return inner
    return f'<a href="{html.escape(text)}" target="_blank" rel="noopener noreferrer" style="color:inherit">{inner}</a>'
