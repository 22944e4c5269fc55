"""Everything the overview shows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from analytics.balance import ClassMatrix, class_matrix
from evidence.case import Case
from evidence.licences import LicenceGroup, Terms, groups_of, terms_of
from evidence.measure import ask
from evidence.measures import counts
from evidence.value import Value
from pages.ui import filters, session
from pages.ui.session import DataGeneration, SettledGeneration
from store import overview
from store.class_names import ClassRepair, class_repairs
from store.duplicates import NearCounts, near_counts

HEADLINES = ("images", "classes", "splits", "size-on-disk", "images-apart")  # measures at the top of the page


@dataclass(frozen=True)
class Figures:
    """Everything on the page but the samples, of one generation of the data. values: measures by name."""

    values: dict[str, Value]
    names: list[str]
    gone: frozenset[int]
    repair: ClassRepair | None
    totals: overview.Totals
    matrix: ClassMatrix
    n_splits: int
    sizes: pa.Table
    formats: pa.Table
    duplicates: overview.Duplicates
    near: NearCounts
    problems: overview.Problems
    embedded: overview.Embedded
    stale: list[overview.StaleRun]


@st.cache_data(max_entries=8, show_spinner=False)
def load_figures(root: str, dataset_id: int, generation: SettledGeneration) -> Figures:
    """Read the figures from the workspace's file."""
    workspace = session.workspace()
    case = Case(workspace, next(one for one in session.datasets() if one.id == dataset_id))
    totals = counts.totals(case)
    rows = [tuple(row.values()) for row in counts.class_counts(case).to_pylist()]
    classes = counts.classes_of(case)
    names = filters.class_labels(classes)
    n_classes = max([len(names), *(index + 1 for index, _, _ in rows if index is not None)])
    splits = counts.split_counts(case)["split"]
    return Figures(
        values={name: ask(case, name, {}) for name in HEADLINES},
        names=filters.every_name(n_classes, names=names),
        gone=filters.gone_classes(classes),
        repair=next((one for one in class_repairs(workspace) if one.dataset_id == dataset_id), None),
        totals=totals,
        matrix=class_matrix(rows, n_classes=n_classes),
        n_splits=len(splits) - splits.null_count,
        sizes=overview.size_counts(workspace, dataset_id),
        formats=overview.format_counts(workspace, dataset_id),
        duplicates=overview.duplicates(workspace, dataset_id),
        near=near_counts(workspace, dataset_id),
        problems=overview.problems(workspace, dataset_id),
        embedded=overview.embedded(workspace, dataset_id, n_images=totals.n_images),
        stale=overview.stale_runs(workspace, dataset_id),
    )


@dataclass(frozen=True)
class LicenceData:
    """The licences of the kept pictures, and what the checks are made from."""

    groups: list[LicenceGroup]
    terms: Terms


@st.cache_data(max_entries=8, show_spinner=False)
def load_licences(root: str, dataset_id: int, generation: SettledGeneration) -> LicenceData:
    """Read the licences, and what the project sheet says that the pictures are for."""
    case = Case(session.workspace(), next(one for one in session.datasets() if one.id == dataset_id))
    return LicenceData(groups_of(case), terms_of(case))


@st.cache_data(max_entries=32, show_spinner=False)
def load_samples(
    root: str, dataset_id: int, generation: DataGeneration, classes: tuple[int, ...], seed: int, n: int
) -> pa.Table:
    """Draw `n` pictures of each class."""
    return overview.class_samples(session.workspace(), dataset_id, classes=classes, n=n, seed=seed)
