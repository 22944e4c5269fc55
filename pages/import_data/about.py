"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Import",
    icon="upload",
    address="import",
    group="Data",
    order=10,
)
