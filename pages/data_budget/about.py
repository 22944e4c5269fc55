"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Data budget",
    icon="trending_up",
    address="data-budget",
    group="Models",
    order=50,
)
