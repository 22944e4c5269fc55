"""What every visit begins with: the page's frame, the open workspace, who it is, the navigation."""

from pathlib import Path

import streamlit as st

from pages.ui import charts, comments, greeting, job_strip, owner, registry, session
from store import acting
from store.acting import CURATOR, NOBODY
from store.errors import StoreError

ICON = Path(__file__).parent / "ui" / "vitrine.svg"  # an icon by name would be fetched from another host

WORDMARK = Path(__file__).parent / "ui" / "wordmark.svg"

st.set_page_config(page_title="Vitrine", page_icon=str(ICON), layout="wide")
st.logo(str(WORDMARK), size="large", icon_image=str(ICON))

try:
    owner.get()
except StoreError as error:
    owner.explain_closed(error)
    st.stop()

actor = acting.current()
if actor.role == NOBODY:
    st.navigation([st.Page(greeting.turn_away, title="Vitrine", default=True)], position="hidden").run()
    st.stop()

groups = {group: [page.for_streamlit() for page in pages] for group, pages in registry.by_group(actor).items()}
if actor.version_id is not None:  # who has no Overview begins with the version; its own address stays what it is
    begin = st.Page(lambda: st.switch_page(session.PAGES.versions), url_path="begin", default=True, visibility="hidden")
    groups = {"": [begin], **groups}
current = st.navigation(groups, expanded=True)  # a page behind "view more" is a page that nobody finds
greeting.show(actor)
session.choose_dataset()
if actor.is_at_least(CURATOR):
    job_strip.show()
with st.sidebar:
    charts.prepare()
st.session_state[registry.CURRENT] = registry.folder_of(current)
comments.offer_on_page(registry.folder_of(current))
current.run()
