"""What the page reads."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from pages.ui import session
from pages.ui.rows import Row
from pages.ui.session import DataGeneration, Generation, SettledGeneration
from store import overview
from store.collect_samples import samples
from store.collected import Ask, Host, Reason, asks_of, hosts_of, reasons_of
from store.collected_pairs import QueryPair, query_pairs
from store.datasets import class_table


@dataclass(frozen=True)
class Collected:
    """What became of the candidates of a run, as far as they have landed."""

    asks: list[Ask]
    reasons: list[Reason]
    hosts: list[Host]
    pairs: list[QueryPair]

    def total(self, name: str) -> int:
        """The sum of a count of all questions, by its name without "n_"."""
        return sum(int(getattr(ask, f"n_{name}")) for ask in self.asks)


@st.cache_data(max_entries=16, show_spinner=False)
def load_collected(root: str, dataset_id: int, generation: Generation, run_id: int) -> Collected:
    """What became of the candidates of a run; a run that is at work lands more."""
    opened = session.workspace()
    return Collected(
        asks_of(opened, run_id), reasons_of(opened, run_id), hosts_of(opened, run_id), query_pairs(opened, run_id)
    )


@st.cache_data(max_entries=8, show_spinner=False)
def load_sample(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> list[Row]:
    """The candidates of a sample, with their thumbnails."""
    return samples(session.workspace(), run_id).to_pylist()


@st.cache_data(max_entries=16, show_spinner=False)
def load_classes(root: str, dataset_id: int, generation: DataGeneration) -> tuple[pa.Table, dict[int, int]]:
    """The classes of a dataset, and how many kept pictures each has, by index."""
    opened = session.workspace()
    counts: dict[int, int] = {}
    for row in overview.class_counts(opened, dataset_id).to_pylist():
        if row["class_index"] is not None:
            counts[row["class_index"]] = counts.get(row["class_index"], 0) + int(row["n"])
    return class_table(opened, dataset_id), counts


@st.cache_data(max_entries=16, show_spinner=False)
def load_sheet(root: str, dataset_id: int, generation: DataGeneration, classes: tuple[int, ...], n: int) -> pa.Table:
    """image_id, sha256, class_index of `n` pictures of each class."""
    return overview.class_samples(session.workspace(), dataset_id, classes=classes, n=n, seed=0)
