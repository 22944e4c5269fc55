"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import CURATOR

PAGE = Page(
    title="Health",
    icon="monitor_heart",
    address="health",
    group="Jobs & data",
    least=CURATOR,
    order=15,
)
