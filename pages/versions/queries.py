"""What the versions page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from pages.ui import filters, session
from pages.ui.rows import Row
from pages.ui.session import DataGeneration, SettledGeneration
from store import exports, validation, versions
from store.datasets import class_table
from store.detections import DetectionRun, list_detection_runs
from store.runs import FinishedRun, finished_runs
from store.validation import Candidate
from store.vectors import Space, list_spaces
from store.versions import NOW, Diff, Version

NOW_TITLE = "Now"


@dataclass(frozen=True)
class VersionData:
    """Class names now, versions (newest first), embedding spaces, and the newest run of each kind the page starts."""

    names: list[str]
    versions: list[Version]
    spaces: list[Space]
    label_run: int | None
    detections: list[DetectionRun]
    exports: list[FinishedRun]
    previews: list[FinishedRun]
    checks: list[FinishedRun]
    proposals: list[FinishedRun]
    uploads: list[FinishedRun]

    def version(self, title: str) -> int:
        """The number of a version by its name, NOW for "Now"."""
        return next((version.id for version in self.versions if version.name == title), NOW)


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> VersionData:
    """All but counts and pictures."""
    workspace = session.workspace()
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    finished = {
        kind: finished_runs(workspace, dataset_id, kind=kind, of=FinishedRun, n_rows=20)
        for kind in ("export", "augment-preview", "check-submission", "validation", "upload")
    }
    return VersionData(
        filters.class_labels(class_table(workspace, dataset_id)),
        versions.list_versions(workspace, dataset_id),
        [space for space in spaces if space.n_vectors],
        validation.newest_run(workspace, dataset_id, kind="label-issues"),
        list_detection_runs(workspace, dataset_id),
        *finished.values(),
    )


@st.cache_data(max_entries=32, show_spinner=False)
def load_counts(root: str, dataset_id: int, generation: DataGeneration, version_id: int) -> pa.Table:
    """class_index, split, n of a version."""
    return versions.class_counts(session.workspace(), dataset_id, version_id=version_id)


@st.cache_data(max_entries=32, show_spinner=False)
def load_diff(root: str, dataset_id: int, generation: DataGeneration, before: int, after: int) -> Diff:
    """What differs between two versions."""
    return versions.diff(session.workspace(), dataset_id, before=before, after=after)


@st.cache_data(max_entries=32, show_spinner=False)
def load_diff_page(
    root: str,
    dataset_id: int,
    generation: DataGeneration,
    before: int,
    after: int,
    kind: str,
    class_index: int | None,
    first: int,
    n_rows: int,
) -> pa.Table:
    """The pictures that differ in one way."""
    return versions.diff_page(
        session.workspace(),
        dataset_id,
        before=before,
        after=after,
        kind=kind,
        class_index=class_index,
        first=first,
        n_rows=n_rows,
    )


@st.cache_data(max_entries=8, show_spinner=False)
def load_candidates(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> list[Candidate]:
    """The candidates of a proposal, with what was said of them."""
    return validation.list_candidates(session.workspace(), dataset_id, run_id=run_id)


@st.cache_data(max_entries=4, show_spinner=False)
def load_previews(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> list[Row]:
    """The augmented pictures of a preview."""
    return exports.previews(session.workspace(), run_id=run_id).to_pylist()


def per_class(counts: pa.Table, *, n_classes: int, splits: tuple[str | None, ...] | None = None) -> np.ndarray:
    """(n_classes,) images of each class, of some splits or of all."""
    found = np.zeros(n_classes, np.int64)
    for row in counts.to_pylist():
        if row["class_index"] is not None and (splits is None or row["split"] in splits):
            found[row["class_index"]] += row["n"]
    return found
