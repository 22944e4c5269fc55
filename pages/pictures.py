"""pictures."""

import streamlit as st

from pages.parts import session

dataset = session.require_dataset()
st.title(dataset.name)
