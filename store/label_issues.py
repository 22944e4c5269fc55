"""Label checks: what goes into one, where its opinions go, what there is to see of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.runs import SpaceRun, finished_runs
from store.statements import sql, vector_sql
from store.vectors import Space

KINDS = ("label", "duplicate")
LATER_COLUMNS = {"detections": pa.bool_(), "detected_label": pa.int32()}
SORTS = ("severity", "self_confidence", "margin", "chance")


@dataclass(frozen=True, kw_only=True)
class LabelRun(SpaceRun):
    """A finished label check."""


@dataclass(frozen=True)
class Changes:
    """Since a label check: kept images with another label, judged ones that are gone, kept ones it never saw."""

    n_relabelled: int
    n_removed: int
    n_new: int


@dataclass(frozen=True)
class IssueFilters:
    """Which issues, in which order; None leaves a filter open.

    kind: one of KINDS. given, suggested: class indices. min_against: opinions against the label. is_decided: whether
    a person has kept, relabelled or removed the picture. sort: one of SORTS, the worst first.
    """

    kind: str | None = None
    given: int | None = None
    suggested: int | None = None
    min_against: int = 0
    is_decided: bool | None = False
    sort: str = "severity"

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}, not {self.sort!r}")


@dataclass(frozen=True)
class _Range:
    low: float | None
    high: float | None


def images_to_judge(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """image_id, path, label, pixel_sha256, phash of the kept images with a vector in `space` not judged by the run."""
    statement = vector_sql("images_to_judge", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def read_predictions(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """image_id, fold, probabilities of an out-of-fold run over the dataset; no rows where there is no such run."""
    return workspace.read("read_predictions", dataset_id=dataset_id, run_id=run_id)


def land_opinions(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a label check's rows into the open transaction of `cursor`: predictions, opinions, issues, failures."""
    for name, kind in LATER_COLUMNS.items():  # a job that was packed before they were thought of
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    cursor.register("incoming", table)
    for statement in ("insert_predictions", "insert_label_opinions", "insert_label_issues", "mark_out_of_fold"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.execute(sql("delete_run_failures"), {"run_id": run_id})
    cursor.execute(sql("insert_run_failures"), {"run_id": run_id})


def list_label_runs(workspace: Workspace, dataset_id: int) -> list[LabelRun]:
    """The dataset's finished label checks, newest first."""
    return finished_runs(workspace, dataset_id, kind="label-issues", of=LabelRun)


def changes_since(workspace: Workspace, dataset_id: int, *, run_id: int) -> Changes:
    """What has changed since a label check."""
    return workspace.one("label_run_changes", Changes, dataset_id=dataset_id, run_id=run_id)


def count_issues(workspace: Workspace, dataset_id: int, *, run_id: int, filters: IssueFilters) -> int:
    """How many issues fit."""
    values = {name: value for name, value in vars(filters).items() if name != "sort"}
    return workspace.count("label_issue_count", dataset_id=dataset_id, run_id=run_id, **values)


def list_issues(
    workspace: Workspace, dataset_id: int, *, run_id: int, filters: IssueFilters, first: int, n_rows: int
) -> pa.Table:
    """A page of the issues that fit: image_id, sha256, path, kinds, label_now, removed, is_decided, the opinions."""
    return workspace.read(
        "label_issue_page", dataset_id=dataset_id, run_id=run_id, first=first, n_rows=n_rows, **vars(filters)
    )


def noise_counts(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """label, suggested, n of the label issues that are still open."""
    return workspace.read("noise_counts", dataset_id=dataset_id, run_id=run_id)


def outlier_range(workspace: Workspace, *, run_id: int) -> tuple[float, float] | None:
    """The least and the largest outlier distance; None where none was measured."""
    span = workspace.one("outlier_range", _Range, run_id=run_id)
    return None if span.low is None or span.high is None else (span.low, span.high)


def outlier_counts(workspace: Workspace, dataset_id: int, *, run_id: int, threshold: float) -> pa.Table:
    """label (null: without one), n, n_out: kept images, and those further out than `threshold`."""
    return workspace.read("outlier_counts", dataset_id=dataset_id, run_id=run_id, threshold=threshold)


def list_outliers(
    workspace: Workspace,
    dataset_id: int,
    *,
    run_id: int,
    threshold: float,
    outside: bool,
    given: int | None = None,
    near_line: bool = False,
    first: int = 0,
    n_rows: int = 60,
) -> pa.Table:
    """Kept images on one side of the threshold, with their distances.

    Outside: the furthest first, or with near_line those next to the line first; inside: those next to the line first.
    """
    return workspace.read(
        "outlier_page",
        dataset_id=dataset_id,
        run_id=run_id,
        threshold=threshold,
        outside=outside,
        given=given,
        near_line=near_line,
        first=first,
        n_rows=n_rows,
    )


def outlier_ids(
    workspace: Workspace, dataset_id: int, *, run_id: int, threshold: float, given: int | None = None
) -> list[int]:
    """The ids of all kept images further out than `threshold`."""
    table = workspace.read("outlier_ids", dataset_id=dataset_id, run_id=run_id, threshold=threshold, given=given)
    ids: list[int] = table["image_id"].to_pylist()
    return ids


def issue_paths(workspace: Workspace, *, run_id: int) -> pa.Table:
    """path, kind of every issue of a run."""
    return workspace.read("issue_paths", run_id=run_id)


def typical_images(
    workspace: Workspace, dataset_id: int, *, run_id: int, labels: Sequence[int], n_rows: int
) -> pa.Table:
    """image_id, sha256, label of the images of each label that a run believes most, at most n_rows each."""
    return workspace.read("label_examples", dataset_id=dataset_id, run_id=run_id, labels=list(labels), n_rows=n_rows)
