"""What became of the pictures that each query of a collection found, and where two queries found the same."""

from dataclasses import dataclass

from store.connection import Workspace


@dataclass(frozen=True)
class QueryWorth:
    """A query at a source, over all runs. n_found = kept + duplicate + refused + failed + left.

    n_elsewhere: duplicates of pictures that another query brought. n_survived: kept ones that count now; n_removed:
    those that do not. n_off_topic: kept ones that were removed as off topic, or that the label check takes for
    outliers; n_judged: kept ones that it judged, 0 where there was none.
    """

    source: str
    query: str
    class_name: str
    n_found: int
    n_kept: int
    n_duplicate: int
    n_refused: int
    n_failed: int
    n_left: int
    n_elsewhere: int
    n_survived: int
    n_removed: int
    n_off_topic: int
    n_judged: int


@dataclass(frozen=True)
class QueryOverlap:
    """So many pictures that a query found, which another had brought before."""

    source: str
    query: str
    other_source: str
    other_query: str
    n: int


@dataclass(frozen=True)
class NamedPair:
    """So many kept pictures of the class `label` that a zero-shot run names `predicted`; class indices."""

    label: int
    predicted: int
    n: int


def query_worth(workspace: Workspace, dataset_id: int, *, label_run: int = 0) -> list[QueryWorth]:
    """Every query of a dataset, by how many of its pictures count now. label_run: the label check asked, 0 for none."""
    return workspace.all("query_worth", QueryWorth, dataset_id=dataset_id, label_run=label_run)


def query_overlap(workspace: Workspace, dataset_id: int, *, n_rows: int = 20) -> list[QueryOverlap]:
    """Pairs of queries that found the same pictures, the most first."""
    return workspace.all("query_overlap", QueryOverlap, dataset_id=dataset_id, n_rows=n_rows)


def named_pairs(workspace: Workspace, dataset_id: int, *, run_id: int) -> list[NamedPair]:
    """What a zero-shot run names the kept pictures of each class."""
    return workspace.all("named_pairs", NamedPair, dataset_id=dataset_id, run_id=run_id)
