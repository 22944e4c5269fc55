"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import CURATOR

PAGE = Page(
    title="Service",
    icon="dns",
    address="service",
    group="Jobs & data",
    least=CURATOR,
    order=40,
)
