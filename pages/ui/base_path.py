"""The path under which the app is served (`server.baseUrlPath`): behind a proxy it may be a folder among others.

Streamlit serves its own under that path. What we serve ourselves is put there by `routes_under`, and asked for by the
addresses that `under` gives.
"""

from collections.abc import Iterable

import streamlit as st
from starlette.routing import BaseRoute, Mount, Route


def base_path() -> str:
    """The path without a slash at its end, as `/animals`; "" where the app has its host to itself."""
    named = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{named}" if named else ""


def under(path: str) -> str:
    """Where a browser asks for `path`, which begins with a slash."""
    return base_path() + path


def routes_under(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """The routes as they are, or the same under the base path."""
    base = base_path()
    return [_moved(route, base) if base and isinstance(route, Route | Mount) else route for route in routes]


def _moved(route: Route | Mount, base: str) -> BaseRoute:
    """The route under `base`, with what else is said of it (pages.ui.ruled says the least role)."""
    if isinstance(route, Mount):
        return Mount(base + route.path, app=route.app)
    moved = type(route)(base + route.path, route.endpoint, methods=sorted(route.methods or ()) or None)
    moved.__dict__.update({name: value for name, value in vars(route).items() if name not in vars(moved)})
    return moved
