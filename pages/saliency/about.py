"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Where it looks",
    icon="center_focus_strong",
    address="where-it-looks",
    group="Models",
    order=40,
)
