"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Review",
    icon="fact_check",
    address="review",
    group="Clean",
    order=20,
)
