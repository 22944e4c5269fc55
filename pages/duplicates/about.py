"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Duplicates",
    icon="content_copy",
    address="duplicates",
    group="Explore",
    order=40,
)
