"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Versions",
    icon="ac_unit",
    address="versions",
    group="Clean",
    shows_versions=True,
    order=40,
)
