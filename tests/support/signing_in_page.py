"""The page of signing_in_app.py: who sends, by our reading of the cookie, and who Streamlit says it is."""

import streamlit as st

from pages.ui import identity, sign_in

found = identity.read_cookies(st.context.cookies)
if isinstance(found, sign_in.Identity):
    sign_in.offer_sign_out()
    st.title(f"Hello {found.name}")
else:
    sign_in.offer()
st.text(f"Streamlit says {st.user.get('email', 'nobody')}")
st.button("Again")
