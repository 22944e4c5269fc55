"""What reviewers still wait for, in a line."""

from pages.ui import session, threads
from pages.ui.text import count
from store.datasets import Dataset


def say_comments(dataset: Dataset) -> None:
    """How many comments are open, as the way to them; nothing where none is."""
    n_open = threads.n_open(dataset.id)
    if n_open:
        session.link(
            session.PAGES.reviewers,
            label=count(n_open, "open comment"),
            icon=":material/rate_review:",
            query_params={"dataset": dataset.name},
        )
