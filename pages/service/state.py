"""Where the service is, and what is in memory for a dataset."""

from urllib.parse import urlsplit

import streamlit as st

from analytics.wording import file_size
from pages.service.http import ADDRESS, CATALOGUE
from pages.ui import job_cards, session
from pages.ui.text import count, plain
from service.live_index import LiveState
from store.datasets import Dataset
from store.overview import main_space

FOLLOW_S = 1.0


def address() -> str:
    """The service's address as this visitor reaches the app."""
    seen = urlsplit(str(st.context.url or ""))
    host = f"{seen.scheme}://{seen.netloc}" if seen.netloc else f"http://localhost:{st.get_option('server.port')}"
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{host}/{path}".rstrip("/") + ADDRESS


def show(dataset: Dataset) -> None:
    """The index of the dataset; it is followed while it is built."""
    is_building = (now := CATALOGUE.state(dataset)) is not None and now.is_building
    st.fragment(_show, run_every=FOLLOW_S if is_building else None)(dataset, is_building)


def _show(dataset: Dataset, was_building: bool) -> None:
    now = CATALOGUE.state(dataset)
    if was_building != (now is not None and now.is_building):
        st.rerun()
    with st.container(border=True, gap="small"):
        st.markdown(sentence(dataset, now))
        if main_space(session.workspace(), dataset.id) is None:
            st.page_link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        elif now is None or not (now.is_current or now.is_building):
            label = "Build the index now" if now is None else "Build it again now"
            st.button(label, icon=":material/play_arrow:", on_click=job_cards.attempt, args=(CATALOGUE.start, dataset))


def sentence(dataset: Dataset, now: LiveState | None) -> str:
    """How the index of a dataset stands, in a sentence or two."""
    name = plain(dataset.name)
    if now is None:
        return f"**The index of {name} is built when it is first asked for**, and kept in memory."
    if now.is_building:
        return f"**The index of {name} is being built.** Until it is there, the one before answers, if there is one."
    if not now.n_images:
        return f"**The index of {name} could not be built.** The app's log says why; it is tried again when asked for."
    holds = f"{count(now.n_images, 'picture')}, {count(now.n_vectors, 'vector')} ({file_size(now.n_bytes)} in memory)"
    age = "as the dataset is now" if now.is_current else "older than the dataset, and renewed when it is next asked for"
    return f"**The index of {name} is ready**, {age}: {holds}; {now.method}. Built in {max(now.seconds, 0.1):.1f} s."
