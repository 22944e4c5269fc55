"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Label noise",
    icon="rule",
    address="label-noise",
    group="Clean",
    order=10,
)
