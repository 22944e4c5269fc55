"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import CURATOR

PAGE = Page(
    title="Import",
    icon="upload",
    address="import",
    group="Data",
    least=CURATOR,
    whole_workspace=True,
    order=10,
)
