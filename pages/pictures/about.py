"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Pictures",
    icon="photo_library",
    address="pictures",
    group="",
    order=20,
)
