"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Project",
    icon="assignment",
    address="project",
    group="Present",
    order=10,
)
