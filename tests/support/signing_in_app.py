"""A small app for tests of signing in: a page that says who is there, and /who, which says it of its own request.

/later?s=N puts the clock by which sign-ins end N seconds ahead.
"""

import time
from types import SimpleNamespace

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pages.ui import guard, identity
from pages.ui.sign_in import SignOuts, identity_of, take_long_cookies
from tests.support.places import PROJECT


async def _who(request: Request) -> JSONResponse:
    sender = identity_of(request.headers)
    return JSONResponse(None if sender is None else {"email": sender.email, "name": sender.name})


async def _later(request: Request) -> JSONResponse:
    ahead = int(request.query_params["s"])
    identity.time = SimpleNamespace(time=lambda: time.time() + ahead)  # type: ignore[assignment]
    return JSONResponse(ahead)


take_long_cookies()
app = st.App(
    PROJECT / "tests" / "support" / "signing_in_page.py",
    routes=[Route("/who", _who), Route("/later", _later)],
    middleware=[Middleware(guard.Guard), Middleware(SignOuts)],
)
