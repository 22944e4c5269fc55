"""Vitrine: `streamlit run app.py [-- --workspace DIR] [--import-root DIR]`.

Opens the workspace, starts the supervisor of the jobs, serves pictures by HTTP, and hands every visitor to
pages/frame.py. The workspace is also taken from VITRINE_WORKSPACE.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pages.ui import guard, media, owner, registry, uploads


@contextlib.asynccontextmanager
async def _lifespan(app: st.App) -> AsyncIterator[None]:
    owner.open_at_start()
    yield
    owner.close()


app = st.App(
    Path(__file__).parent / "pages" / "frame.py",
    lifespan=_lifespan,
    routes=[*media.ROUTES, *registry.routes()],
    middleware=[
        Middleware(guard.Guard, frame_ancestors=guard.frame_ancestors()),
        Middleware(uploads.Uploads),
        # Streamlit asks its own routes for server.allowedHosts; this asks ours too (DNS rebinding).
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"]),
    ],
    on_script_error=owner.show_error,
)
