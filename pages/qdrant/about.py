"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import CURATOR

PAGE = Page(
    title="Qdrant",
    icon="database",
    address="qdrant",
    group="Data",
    least=CURATOR,
    order=60,
)
