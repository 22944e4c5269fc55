"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Detections",
    icon="frame_inspect",
    address="detections",
    group="Explore",
    order=50,
)
