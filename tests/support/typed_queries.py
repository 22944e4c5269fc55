"""The table of queries on the page Collect, filled in by keyboard as a person does."""

from collections.abc import Sequence

from playwright.sync_api import Page

from tests.support.browser import settle

ROW, HEADING = 35, 35  # pixels of the table
_BEAT_MS = 600  # a cell opens, and closes, within it


def type_queries(page: Page, *rows: Sequence[str]) -> None:
    """Type class, query and how many into the table, a row each, from its first row on."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    for number, cells in enumerate(rows):
        box = table.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 80, box["y"] + HEADING + ROW * number + ROW / 2)
        for cell in cells:
            page.wait_for_timeout(_BEAT_MS)
            page.keyboard.type(cell, delay=150)  # the first editor of a kind is fetched at the first key
            page.wait_for_timeout(_BEAT_MS)
            page.keyboard.press("Tab")
            settle(page)
