"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Representatives",
    icon="auto_awesome_mosaic",
    address="representatives",
    group="Explore",
    order=30,
)
