"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Import failures",
    icon="broken_image",
    address="failures",
    group="Data",
    order=20,
)
