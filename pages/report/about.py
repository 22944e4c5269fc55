"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Report",
    icon="description",
    address="report",
    group="Present",
    order=20,
)
