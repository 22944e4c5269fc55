"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Features",
    icon="table_rows",
    address="features",
    group="Data",
    order=15,
)
