"""Vitrine: `streamlit run app.py [-- --workspace DIR] [--import-root DIR]`.

Opens the workspace, starts the supervisor of the jobs, serves pictures by HTTP, and hands every visitor to
pages/frame.py. The workspace is also taken from VITRINE_WORKSPACE.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st

from pages.parts import map_data, media, owner


@contextlib.asynccontextmanager
async def _lifespan(app: st.App) -> AsyncIterator[None]:
    owner.open_at_start()
    yield
    owner.close()


app = st.App(
    Path(__file__).parent / "pages" / "frame.py",
    lifespan=_lifespan,
    routes=[*media.ROUTES, *map_data.ROUTES],
    on_script_error=owner.show_error,
)
