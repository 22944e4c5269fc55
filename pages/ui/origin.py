"""Where a picture is from, as its card says it: source and query, page, author, licence and credit."""

import html
from urllib.parse import urlsplit

import streamlit as st

from analytics.said_licences import read_said
from evidence.licences import NO_LICENCE
from figures.names import one_line
from importers.collecting.about import SOURCES
from pages.ui import blurring, job_cards, session
from pages.ui.text import plain
from store import acting
from store.acting import CURATOR
from store.datasets import Dataset
from store.gallery import Facts
from store.origin import Origin, origin_of
from store.takedown import ADDRESS, AUTHOR, PICTURE, SITE, Takedown, host_of, take_down
from store.texts import REASON

Line = tuple[str, str]  # a label, and HTML of ours


def shows_addresses(dataset: Dataset, image_id: int) -> bool:
    """Whether whoever looks may see where a picture lies on the web: nobody from whom somebody in it is hidden."""
    if acting.current().is_at_least(CURATOR):
        return True
    return blurring.what_to_blur(session.workspace(), dataset.id, image_id) is None


def draw(facts: Facts, *, dataset: Dataset) -> None:
    """The block of the card, of pictures that were collected and of others."""
    found = origin_of(session.workspace(), facts.image_id)
    shown = shows_addresses(dataset, facts.image_id)
    lines = _of_import(facts, dataset, shown=shown) if found is None else _of_collection(found, shown=shown)
    rows = "".join(
        f'<dt style="opacity:.68;font-weight:400">{html.escape(label)}</dt>'
        f'<dd style="margin:0;overflow-wrap:anywhere">{said}</dd>'
        for label, said in lines
    )
    grid = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.1rem;margin:0;padding:0"
    st.markdown("**Where it is from**")
    st.html(f'<dl style="{grid};font-size:.92rem">{rows}</dl>')


def _of_import(facts: Facts, dataset: Dataset, *, shown: bool) -> list[Line]:
    said = _text(facts.source or dataset.source or "not recorded")
    if facts.source_url:
        said = _link(facts.source_url) if shown else _hidden()
    licence = facts.licence or dataset.licence
    return [("Source", said), ("Licence", _licence(licence, None) if licence else "not recorded")]


def _of_collection(origin: Origin, *, shown: bool) -> list[Line]:
    text = "-".join(filter(None, [origin.licence, origin.licence_version])) or None
    lines = [
        ("Source", _text(f"{_source(origin.source)}, number {origin.rank:,} of the answer to “{origin.query}”")),
        ("Title", _text(origin.title)),
        ("Author", _text(origin.author)),
        ("Licence", _licence(text, origin.licence_url)),
        ("Page", (_link(origin.page_url) if shown else _hidden()) if origin.page_url else ""),
        ("File", _link(origin.file_url) if shown else _hidden()),
        ("Credit", _text(origin.attribution) if shown else ""),
        ("Fetched", f"{origin.fetched_at:%d %B %Y, %H:%M} UTC" if origin.fetched_at else ""),
    ]
    return [(label, said) for label, said in lines if said]


def _source(name: str) -> str:
    """What a source is called."""
    return SOURCES[name].title if name in SOURCES else name


def _licence(text: str | None, address: str | None) -> str:
    read = read_said(text)
    name = html.escape(one_line(read.code or NO_LICENCE))
    url = address or read.url
    forbids = ["no commercial use"] * read.forbids_commercial + ["no changes"] * read.forbids_changes
    behind = f' <span style="opacity:.68">({", ".join(forbids)})</span>' if forbids else ""
    return f"{_link(url, name) if url else name}{behind}"


def _text(text: str | None) -> str:
    return html.escape(one_line(text)) if text else ""


def _hidden() -> str:
    return "not shown, as people in it are blurred for you"


def _link(url: str, words: str = "") -> str:
    """A link out, to an address of the web alone; as text where it is another. words: HTML of ours."""
    try:
        parts = urlsplit(url)
        is_of_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_of_web = False
    said = words or html.escape(one_line(url))
    if not is_of_web:
        return said
    attributes = 'target="_blank" rel="noopener noreferrer nofollow" style="color:inherit"'
    return f'<a href="{html.escape(url)}" {attributes}>{said}</a>'


def say_taken_down(takedowns: list[Takedown]) -> None:
    """What stands in place of a picture that was taken down; who asked, and why, is for those who may take down."""
    for each in takedowns:
        by = f" by {plain(each.who)}" if session.may("take_down") else ""
        why = f": {plain(each.reason)}" if each.reason and session.may("take_down") else ""
        st.warning(
            f"Taken down on {each.asked_at:%d %B %Y}{by}{why}. It counts no more; nobody is shown it.",
            icon=":material/block:",
        )


def offer_takedown(facts: Facts, *, dataset: Dataset) -> None:
    """A small form for curators: this picture, or all of its author or site."""
    if not session.may("take_down"):
        return
    choices = _choices(facts)
    with st.popover("Take down", icon=":material/block:", type="tertiary"):
        st.caption("For somebody who asks that it be removed: it counts no more, and is in nothing that is shown.")
        chosen = st.radio("What", list(choices), key=f"down_what_{facts.image_id}")
        reason = st.text_input("Why, and who asked", key=f"down_why_{facts.image_id}", max_chars=REASON)
        what, value = choices[str(chosen)]
        st.button(
            "Take down",
            type="primary",
            key=f"down_{facts.image_id}",
            on_click=job_cards.attempt,
            args=(take_down, session.workspace(), dataset.id),
            kwargs={"what": what, "value": value, "reason": reason or "", "who": job_cards.who()},
        )


def _choices(facts: Facts) -> dict[str, tuple[str, str]]:
    """What can be taken down from here, in words, with what the takedown is by."""
    found = origin_of(session.workspace(), facts.image_id)
    url = (found.page_url or found.file_url) if found is not None else facts.source_url
    choices = {"This picture": (PICTURE, facts.sha256)}
    if url and host_of(url):
        choices["All that is found at its address"] = (ADDRESS, url)
    if found is not None and found.author:
        choices[f"All by {plain(found.author)}"] = (AUTHOR, found.author)
    if url and host_of(url):
        choices[f"All from {plain(host_of(url))}"] = (SITE, host_of(url))
    return choices
