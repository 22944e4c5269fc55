"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Attributes",
    icon="contact_support",
    address="attributes",
    group="Explore",
    order=60,
)
