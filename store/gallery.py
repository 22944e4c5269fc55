"""Pictures to look at: pages of images that fit a filter, and one image's facts."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from store.connection import Workspace
from store.origin import OriginFilters, images_of_origin
from store.overview import main_space
from store.rows import Bound
from store.spreadsheets import as_csv
from store.statements import sql, vector_sql

CHECKS = (
    "duplicates",
    "across-splits",
    "conflicting",
    "unlabelled",
    "relabelled",
    "without-embedding",
    "missing",
    "removed",
)
SORTS = ("path", "brightness", "contrast", "sharpness", "entropy", "size", "bytes", "random")
NO_SPLIT = ""
_OF_A_COLUMN = ("missing", "removed")  # checks that need no list of images
_BY_LABEL = {"unlabelled": "gallery_unlabelled", "relabelled": "gallery_relabelled"}
_CHOSEN = pa.schema([("image_id", pa.int64()), ("group_path", pa.string()), ("n_twins", pa.int64())])


@dataclass(frozen=True)
class PictureFilters:
    """Which images, in which order. None or "" leaves a filter open; split NO_SPLIT means images without one.

    check: one of CHECKS. name: text that the path contains, upper and lower case alike. sort: one of SORTS;
    descending turns all but path around. seed orders the random sort. origin: by licence, source and query.
    """

    class_index: int | None = None
    split: str | None = None
    check: str | None = None
    name: str = ""
    sort: str = "path"
    descending: bool = False
    seed: int = 0
    origin: OriginFilters = field(default_factory=OriginFilters)

    def __post_init__(self) -> None:
        if self.check is not None and self.check not in CHECKS:
            raise ValueError(f"check must be one of {', '.join(CHECKS)}, not {self.check!r}")
        if self.sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}, not {self.sort!r}")

    @property
    def is_grouped(self) -> bool:
        """Whether images come in groups with the same bytes."""
        return self.check in ("duplicates", "across-splits", "conflicting")


@dataclass(frozen=True)
class PictureFile:
    """Where an image's file is, and its size upright. path is relative to root.

    rendering: what is done so that it can be seen; None where it is shown as it is.
    """

    root: str
    path: str
    sha256: str
    format: str
    has_thumb: bool
    dataset_id: int
    width: int
    height: int
    rendering: str | None


@dataclass(frozen=True)
class Facts:
    """All that is known of one image; label and labels are those that count now."""

    image_id: int
    path: str
    sha256: str
    label: int | None
    labels: list[int] | None
    given_label: int | None
    given_labels: list[int] | None
    relabelled: bool
    removed: bool
    missing: bool
    split: str | None
    width: int
    height: int
    bytes: int
    format: str
    mode: str
    n_frames: int
    rendering: str | None
    brightness: float
    contrast: float
    sharpness: float
    entropy: float
    source_url: str | None
    source: str | None
    licence: str | None
    run_id: int
    imported_at: datetime.datetime
    code_version: str | None


def picture_file(workspace: Workspace, image_id: int) -> PictureFile | None:
    """The file of image `image_id`, or None if there is no such image."""
    return workspace.first("picture_file", PictureFile, image_id=image_id)


def chosen_by(
    workspace: Workspace, dataset_id: int, *, check: str | None, origin: OriginFilters | None = None
) -> pa.Table:
    """image_id, group_path, n_twins of the images that fit a check and an origin; empty for checks of a column alone.

    group_path: the path of the first image with the same bytes, n_twins how many there are; null outside groups.
    """
    fits = _chosen_by_check(workspace, dataset_id, check=check)
    if not origin:
        return fits
    found = images_of_origin(workspace, dataset_id, filters=origin)
    if check in (None, *_OF_A_COLUMN):
        return _without_groups(found)
    return fits.filter(pc.is_in(fits["image_id"], value_set=found["image_id"].combine_chunks()))


def _chosen_by_check(workspace: Workspace, dataset_id: int, *, check: str | None) -> pa.Table:
    if check in ("duplicates", "across-splits", "conflicting"):
        across, conflicting = check == "across-splits", check == "conflicting"
        return workspace.read("gallery_duplicates", dataset_id=dataset_id, across=across, conflicting=conflicting)
    if check in _BY_LABEL:
        table = workspace.read(_BY_LABEL[check], dataset_id=dataset_id)
    elif check == "without-embedding":
        space = main_space(workspace, dataset_id)
        text = sql("gallery_kept") if space is None else vector_sql("gallery_unembedded", space_id=space.id)
        table = workspace.read_text(text, dataset_id=dataset_id)
    else:
        return _CHOSEN.empty_table()
    return _without_groups(table)


def _without_groups(table: pa.Table) -> pa.Table:
    nulls = [pa.nulls(table.num_rows, _CHOSEN.field(name).type) for name in ("group_path", "n_twins")]
    return pa.Table.from_arrays([table["image_id"], *nulls], schema=_CHOSEN)


def count_images(workspace: Workspace, dataset_id: int, *, filters: PictureFilters, chosen: pa.Table) -> int:
    """How many images fit. chosen: chosen_by of filters.check and filters.origin."""
    return int(_read(workspace, "gallery_count", chosen, _filter_values(dataset_id, filters))["n"][0].as_py())


def list_images(
    workspace: Workspace, dataset_id: int, *, filters: PictureFilters, chosen: pa.Table, first: int, n_rows: int
) -> pa.Table:
    """Rows `first` to `first + n_rows` of the images that fit, in order; groups with the same bytes stay together.

    image_id, sha256, path, split, width, height, label, labels, group_path, n_twins.
    """
    values = {**_filter_values(dataset_id, filters), **_order_values(filters), "first": first, "n_rows": n_rows}
    return _read(workspace, "gallery_page", chosen, values)


def export_csv(workspace: Workspace, dataset_id: int, *, filters: PictureFilters) -> bytes:
    """All images that fit as CSV in UTF-8 with a header: path, class, measures, sha256 and source of each."""
    chosen = chosen_by(workspace, dataset_id, check=filters.check, origin=filters.origin)
    table = _read(
        workspace, "gallery_export", chosen, {**_filter_values(dataset_id, filters), **_order_values(filters)}
    )
    return as_csv(table)


def image_facts(workspace: Workspace, dataset_id: int, image_id: int) -> Facts | None:
    """What is known of image `image_id`, or None if the dataset has no such image."""
    return workspace.first("image_facts", Facts, dataset_id=dataset_id, image_id=image_id)


def image_twins(workspace: Workspace, dataset_id: int, *, facts: Facts, n_rows: int = 24) -> pa.Table:
    """image_id, sha256, path, label, labels, split, n_twins of the other kept images with the same bytes.

    n_twins is how many there are in all, in every row; at most `n_rows` come.
    """
    values: dict[str, Bound] = {
        "dataset_id": dataset_id,
        "image_id": facts.image_id,
        "sha256": facts.sha256,
        "n_rows": n_rows,
    }
    return workspace.read("image_twins", **values)


def _filter_values(dataset_id: int, filters: PictureFilters) -> dict[str, Bound]:
    return {
        "dataset_id": dataset_id,
        "missing": filters.check == "missing",
        "removed": filters.check == "removed",
        "only_chosen": bool(filters.origin) or filters.check not in (None, *_OF_A_COLUMN),
        "class_index": filters.class_index,
        "split": filters.split,
        "name": filters.name,
    }


def _order_values(filters: PictureFilters) -> dict[str, Bound]:
    return {"sort": filters.sort, "direction": -1 if filters.descending else 1, "seed": filters.seed}


def _read(workspace: Workspace, statement: str, chosen: pa.Table, values: Mapping[str, Bound]) -> pa.Table:
    return workspace.read_beside({"chosen": chosen}, sql(statement), **values)
