"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Spot check",
    icon="visibility_off",
    address="spot-check",
    group="Clean",
    shows_versions=True,
    order=25,
)
