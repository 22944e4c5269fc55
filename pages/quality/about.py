"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Quality",
    icon="blur_on",
    address="quality",
    group="Clean",
    order=30,
)
