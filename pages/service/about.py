"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Service",
    icon="dns",
    address="service",
    group="Jobs & data",
    order=40,
)
