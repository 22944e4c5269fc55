"""Everything the Duplicates page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics import duplicates as analysis
from evidence.duplicate_groups import grouped
from pages.ui import filters, session
from pages.ui.rows import Row
from pages.ui.session import SettledGeneration
from store import duplicates
from store.datasets import class_table
from store.neighbours import GraphRun, latest_graph
from store.overview import embedded, split_counts
from store.vectors import Space

LADDER = (0.85, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class DuplicateData:
    """names: of the classes. run: the newest comparison. graph: the main space's. n_without: images with no vector."""

    names: list[str]
    splits: list[str | None]
    run: duplicates.DuplicatesRun | None
    graph: GraphRun | None
    space: Space | None
    n_without: int
    n_images: int
    pairs: analysis.Pairs
    ladder: list[analysis.Counted]


@dataclass(frozen=True)
class Wanted:
    """What counts as the same (kinds), from which thresholds on, and which groups to show."""

    kinds: tuple[str, ...]
    min_cosine: float
    max_bits: int
    which: str


@dataclass(frozen=True)
class Shown:
    """The wanted groups. facts: of groups.image_ids, in their order. order: the chosen groups, the pressing first.

    why, least: of each group; judged: size, conflict and leak of each group.
    """

    groups: analysis.Groups
    facts: pa.Table
    judged: analysis.Judged
    why: list[tuple[str, ...]]
    least: np.ndarray
    order: np.ndarray
    n_pairs: int

    def members(self, group: int) -> list[Row]:
        """The facts of a group's images."""
        first, last = np.searchsorted(self.groups.number, [group, group + 1])
        return self.facts.slice(int(first), int(last - first)).to_pylist()


@st.cache_data(max_entries=4, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration, n_images: int) -> DuplicateData:
    """Names, splits, the newest comparison with its pairs, and the graph it could use."""
    workspace = session.workspace()
    run = duplicates.latest_comparison(workspace, dataset_id)
    pairs = analysis.Pairs(**duplicates.read_pairs(workspace, dataset_id, run_id=run.run_id if run else 0))
    have = embedded(workspace, dataset_id, n_images=n_images)
    return DuplicateData(
        filters.class_labels(class_table(workspace, dataset_id)),
        split_counts(workspace, dataset_id)["split"].to_pylist(),
        run,
        latest_graph(workspace, dataset_id),
        have.space,
        have.n_without,
        n_images,
        pairs,
        analysis.counted(pairs, LADDER),
    )


@st.cache_data(max_entries=8, show_spinner=False)
def load_shown(root: str, dataset_id: int, generation: SettledGeneration, n_images: int, wanted: Wanted) -> Shown:
    """The groups at the wanted thresholds."""
    data = load_data(root, dataset_id, generation, n_images)
    found = grouped(
        session.workspace(),
        dataset_id,
        data.pairs,
        kinds=wanted.kinds,
        min_cosine=wanted.min_cosine,
        max_bits=wanted.max_bits,
    )
    groups, judged = found.groups, found.judged
    why, least = analysis.reasons(groups, found.near, min_cosine=wanted.min_cosine, max_bits=wanted.max_bits)
    keep = {"conflicting": judged.conflicting, "across": judged.across}.get(
        wanted.which, np.ones(groups.n_groups, bool)
    )
    order = np.lexsort((np.arange(groups.n_groups), -judged.size, ~judged.conflicting, ~judged.across))
    return Shown(groups, found.facts, judged, why, least, order[keep[order]], len(found.near))
