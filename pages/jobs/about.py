"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import CURATOR

PAGE = Page(
    title="Jobs",
    icon="play_circle",
    address="jobs",
    group="Jobs & data",
    least=CURATOR,
    order=10,
)
