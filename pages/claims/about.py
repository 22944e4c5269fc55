"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Claims",
    icon="bookmark",
    address="claims",
    group="Present",
    order=30,
)
