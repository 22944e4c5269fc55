"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Not taken in",
    icon="broken_image",
    address="failures",
    group="Data",
    order=20,
)
