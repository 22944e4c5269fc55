"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Jobs",
    icon="play_circle",
    address="jobs",
    group="Jobs & data",
    order=10,
)
