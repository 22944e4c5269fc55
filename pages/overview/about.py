"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Overview",
    icon="dashboard",
    address="",
    group="",
    order=10,
    former_addresses=("overview",),
)
