"""What stands in a dataset at a glance. "Kept" images are those neither missing on disk nor removed by a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from store.connection import Workspace
from store.statements import vector_sql
from store.vectors import Space, list_spaces


@dataclass(frozen=True)
class Totals:
    """Counts of images; `bytes` is the size of the kept ones' files.

    n_with_position: kept ones whose file says where it was taken; n_position_unknown: nobody has looked, as of those
    that an earlier version imported.
    """

    n_images: int
    bytes: int
    n_missing: int
    n_removed: int
    n_unlabelled: int
    n_relabelled: int
    n_with_position: int = 0
    n_position_unknown: int = 0


@dataclass(frozen=True)
class Duplicates:
    """Groups of kept images with the same bytes; across: in several splits; conflicting: with several labels."""

    n_groups: int
    n_images: int
    n_groups_across: int
    n_images_across: int
    n_groups_conflicting: int
    n_images_conflicting: int


@dataclass(frozen=True)
class Embedded:
    """The embedding space that covers most images, and how many kept images it lacks; space None: there is none."""

    space: Space | None
    n_without: int


@dataclass(frozen=True)
class StaleRun:
    """The newest complete run of its kind and model, which read what has changed since. changed: of store.subjects."""

    id: int
    kind: str
    model: str | None
    changed: list[str]


@dataclass(frozen=True)
class Problems:
    """What the last import could not take in."""

    n_failures: int
    n_label_problems: int


def totals(workspace: Workspace, dataset_id: int) -> Totals:
    """How many images the dataset has, of which kinds."""
    return workspace.one("overview_totals", Totals, dataset_id=dataset_id)


def class_counts(workspace: Workspace, dataset_id: int) -> pa.Table:
    """class_index (null: no label), split (null: none), n of kept images; an image counts for each of its labels."""
    return workspace.read("overview_classes", dataset_id=dataset_id)


def split_counts(workspace: Workspace, dataset_id: int) -> pa.Table:
    """split (null: none), n of kept images; an image counts once."""
    return workspace.read("overview_splits", dataset_id=dataset_id)


def size_counts(workspace: Workspace, dataset_id: int) -> pa.Table:
    """width, height, n of kept images, the most common size first."""
    return workspace.read("overview_sizes", dataset_id=dataset_id)


def format_counts(workspace: Workspace, dataset_id: int) -> pa.Table:
    """format, mode, n, bytes of kept images, the most common first."""
    return workspace.read("overview_formats", dataset_id=dataset_id)


def duplicates(workspace: Workspace, dataset_id: int) -> Duplicates:
    """How many kept images share their bytes with another."""
    return workspace.one("overview_duplicates", Duplicates, dataset_id=dataset_id)


def problems(workspace: Workspace, dataset_id: int) -> Problems:
    """How many files and labels the last import could not use."""
    return workspace.one("overview_problems", Problems, dataset_id=dataset_id)


def main_space(workspace: Workspace, dataset_id: int) -> Space | None:
    """The embedding space with the most vectors (the newest of equals), or None."""
    spaces = list_spaces(workspace, dataset_id)
    return max(spaces, key=lambda space: (space.n_vectors, space.id), default=None)


def embedded(workspace: Workspace, dataset_id: int, *, n_images: int) -> Embedded:
    """How many of the `n_images` kept images have no vector in the main space."""
    space = main_space(workspace, dataset_id)
    if space is None:
        return Embedded(None, n_images)
    statement = vector_sql("overview_unembedded", space_id=space.id)
    return Embedded(space, workspace.read_text(statement, dataset_id=dataset_id)["n"][0].as_py())


def stale_runs(workspace: Workspace, dataset_id: int) -> list[StaleRun]:
    """Results computed before the data last changed; only the newest run of a kind and model is asked."""
    return workspace.all("overview_stale_runs", StaleRun, dataset_id=dataset_id)


def class_samples(workspace: Workspace, dataset_id: int, *, classes: Sequence[int], n: int, seed: int) -> pa.Table:
    """class_index, image_id, sha256, path of up to `n` kept images of each class; a seed always draws the same."""
    return workspace.read("overview_samples", dataset_id=dataset_id, classes=list(classes), n=n, seed=seed)
