"""Where pictures are from: what a source said of each that was collected, and the licences that are said of all."""

import datetime
from dataclasses import dataclass

import pyarrow as pa

from store.connection import Workspace


@dataclass(frozen=True)
class Origin:
    """What a source said of a picture that was collected; None where it said nothing.

    rank: its place in the answer, from 1. licence: a code without its version. fetched_at: UTC.
    """

    source: str
    query: str
    rank: int
    page_url: str | None
    file_url: str
    title: str | None
    author: str | None
    licence: str | None
    licence_version: str | None
    licence_url: str | None
    attribution: str | None
    fetched_at: datetime.datetime | None


@dataclass(frozen=True)
class LicenceText:
    """So many kept pictures of which a licence is said in these words; "" for unknown.

    whose: `own` where it is said of the picture, `dataset` where of the dataset alone, `unknown`.
    """

    licence: str
    whose: str
    n: int


@dataclass(frozen=True)
class CollectedQuery:
    """So many kept pictures that a query found at a source."""

    source: str
    query: str
    n: int


@dataclass(frozen=True)
class OriginFilters:
    """Which pictures by where they are from; None leaves a filter open.

    licences: as they are said (LicenceText), "" for unknown; any of them.
    """

    licences: tuple[str, ...] | None = None
    source: str | None = None
    query: str | None = None

    def __bool__(self) -> bool:
        return (self.licences, self.source, self.query) != (None, None, None)


def origin_of(workspace: Workspace, image_id: int) -> Origin | None:
    """Where a picture was collected; None for one that came in otherwise, or whose file holds other bytes by now."""
    return workspace.first("image_origin", Origin, image_id=image_id)


def licence_texts(workspace: Workspace, dataset_id: int) -> list[LicenceText]:
    """The licences of a dataset's kept pictures as they are said, the most first."""
    return workspace.all("licence_texts", LicenceText, dataset_id=dataset_id)


def collected_queries(workspace: Workspace, dataset_id: int) -> list[CollectedQuery]:
    """The sources and queries of the kept pictures that were collected."""
    return workspace.all("collected_queries", CollectedQuery, dataset_id=dataset_id)


def images_of_origin(workspace: Workspace, dataset_id: int, *, filters: OriginFilters) -> pa.Table:
    """image_id of the pictures that fit, removed and missing ones among them."""
    licences = None if filters.licences is None else list(filters.licences)
    return workspace.read(
        "images_of_origin", dataset_id=dataset_id, licences=licences, source=filters.source, query=filters.query
    )


def version_origins(workspace: Workspace, version_id: int) -> pa.Table:
    """Origin and licence of a version's pictures of which either is known: `origins_of_version` in store/sql."""
    return workspace.read("origins_of_version", version_id=version_id)


def kept_origins(workspace: Workspace, dataset_id: int) -> pa.Table:
    """The same of a dataset's kept pictures as they are now."""
    return workspace.read("origins_of_kept", dataset_id=dataset_id)
