"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Prompt lab",
    icon="text_fields",
    address="prompt-lab",
    group="Models",
    order=20,
)
