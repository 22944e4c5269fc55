"""The "How is this computed?" popover of every page."""

from collections.abc import Sequence

import streamlit as st


def how(method: str, *, parameters: Sequence[str] = (), sources: Sequence[str] = (), label: str | None = None) -> None:
    """Draw the popover. All arguments are Markdown of ours; a stranger's name goes through text.plain first."""
    with st.popover(label or "How is this computed?", icon=":material/help:", type="tertiary"):
        st.markdown(method)
        if parameters:
            st.markdown("**Parameters**\n\n" + "\n".join(f"- {line}" for line in parameters))
        if sources:
            st.markdown("**Sources**\n\n" + "\n".join(f"- {line}" for line in sources))
