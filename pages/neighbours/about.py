"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Neighbours",
    icon="hub",
    address="neighbours",
    group="Explore",
    order=20,
)
