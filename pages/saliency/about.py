"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Saliency",
    icon="center_focus_strong",
    address="saliency",
    group="Models",
    order=40,
    former_addresses=("where-it-looks",),
)
