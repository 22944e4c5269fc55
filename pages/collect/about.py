"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import CURATOR

PAGE = Page(
    title="Collect",
    icon="travel_explore",
    address="collect",
    group="Data",
    least=CURATOR,
    whole_workspace=True,
    order=5,
)
