"""What the page says of itself."""

from pages.ui.registry import Page
from store.acting import OWNER

PAGE = Page(
    title="Access",
    icon="key",
    address="access",
    group="Present",
    order=90,
    least=OWNER,
    whole_workspace=True,
)
