"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Train",
    icon="model_training",
    address="train",
    group="Models",
    order=10,
)
