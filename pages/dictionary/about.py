"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Data dictionary",
    icon="menu_book",
    address="dictionary",
    group="Jobs & data",
    order=20,
)
