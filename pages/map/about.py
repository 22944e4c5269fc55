"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Map",
    icon="scatter_plot",
    address="map",
    group="Explore",
    order=10,
)
