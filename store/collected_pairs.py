"""Duplicates between queries: what two of them both found."""

from dataclasses import dataclass

from store.connection import Workspace


@dataclass(frozen=True)
class QueryPair:
    """How many pictures that a query found were duplicates of what another query of the dataset had found."""

    query: str
    class_name: str | None
    other_query: str
    other_class: str | None
    n: int


def query_pairs(workspace: Workspace, run_id: int, *, most: int = 20) -> list[QueryPair]:
    """The pairs of queries of a run that found the same, the most first."""
    return workspace.all("query_pairs", QueryPair, run_id=run_id, most=most)
