"""What the page says of itself."""

from pages.ui.registry import Page

PAGE = Page(
    title="Reviewers",
    icon="rate_review",
    address="reviewers",
    group="Present",
    shows_versions=True,
    order=40,
)
