"""Visits to the app in this process, without a browser: a page opened by its link."""

import functools

from streamlit.testing.v1 import AppTest

from store import acting
from tests.support.places import FRAME

TIMEOUT_S = 200  # a busy machine is no failure


def visit(file: str, /, **query: str) -> AppTest:
    """The page `file` ("map/page.py") as a visitor finds it who follows a link to it, with the link's query."""
    app = AppTest.from_file(FRAME, default_timeout=TIMEOUT_S)
    # AppTest learns which pages there are by drawing the first one; what an earlier visit learnt is still so.
    app._registered_pages = _pages()
    app.query_params.update(query)
    return app.switch_page(file).run()


@functools.cache
def _pages() -> dict[str, object]:
    before = acting.resolve_by(lambda: acting.AT_HOME)  # whoever the first visitor is: all pages are learnt
    try:
        return AppTest.from_file(FRAME, default_timeout=TIMEOUT_S).run()._registered_pages
    finally:
        acting.resolve_by(before)
