"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Compare",
    icon="compare_arrows",
    address="compare",
    group="Models",
    order=30,
)
