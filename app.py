"""Vitrine: `streamlit run app.py [-- --workspace DIR] [--import-root DIR] [--open-to-all]`.

Opens the workspace, starts the supervisor of the jobs, serves pictures by HTTP, and hands every visitor to
pages/frame.py. The workspace is also taken from VITRINE_WORKSPACE.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from pages.ui import base_path, entering, gate, guard, many, media, owner, registry, sign_in, uploads, visitors
from store import acting


@contextlib.asynccontextmanager
async def _lifespan(app: st.App) -> AsyncIterator[None]:
    before = acting.resolve_by(visitors.of_script)  # in a thread that runs a page; requests say it themselves
    owner.open_at_start()
    visitors.require_way_in()
    with many.ready_for_many():
        yield
    owner.close()
    acting.resolve_by(before)


sign_in.take_long_cookies()
app = st.App(
    Path(__file__).parent / "pages" / "frame.py",
    lifespan=_lifespan,
    routes=base_path.routes_under([*media.ROUTES, *entering.ROUTES, *registry.routes()]),
    middleware=[
        Middleware(guard.Guard, frame_ancestors=guard.frame_ancestors()),
        # Streamlit asks its own routes for server.allowedHosts; this asks ours too (DNS rebinding).
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"]),
        Middleware(gate.Gate),
        Middleware(sign_in.SignOuts),
        Middleware(uploads.Uploads),
    ],
    on_script_error=owner.show_error,
)
