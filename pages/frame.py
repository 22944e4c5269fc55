"""What every visit begins with: the page's frame, the open workspace, the navigation."""

from pathlib import Path

import streamlit as st

from pages.ui import job_strip, owner, session
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

here = session.PAGES
current = st.navigation(
    {
        "": [here.overview, here.pictures],
        "Explore": [here.map, here.neighbours, here.representatives, here.duplicates, here.detections, here.attributes],
        "Clean": [here.label_noise, here.review, here.quality, here.versions],
        "Models": [here.train, here.prompt_lab, here.compare, here.saliency, here.data_budget],
        "Data": [here.import_, here.failures],
        "Machinery": [here.jobs, here.dictionary],
    },
    expanded=True,  # a page behind "view more" is a page that nobody finds
)
session.choose_dataset()
job_strip.show()
current.run()
