"""What lies in Qdrant: the collections that syncs wrote, their points, and what each picture's point should say now."""

import datetime
import uuid
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.datasets import Dataset
from store.statements import sql, vector_sql
from store.vectors import Space

_DATASETS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vitrine:dataset")


@dataclass(frozen=True)
class Collection:
    """A collection that a sync of a dataset began. shape: what it was made with, in a word (service.qdrant.contract).

    run_id: of the sync that completed last; n_points, n_checked, synced_at: None while none has. Times are UTC.
    """

    id: int
    dataset_id: int
    url: str
    alias: str
    collection: str
    space: str
    shape: str
    run_id: int
    n_points: int | None
    n_checked: int | None
    synced_at: datetime.datetime | None


@dataclass(frozen=True)
class Lag:
    """What a collection lacks: points to be written, payloads to be replaced, points to be deleted."""

    n_new: int
    n_changed: int
    n_gone: int

    @property
    def n(self) -> int:
        """How many pictures are otherwise here than there."""
        return self.n_new + self.n_changed + self.n_gone


def points_now(workspace: Workspace, dataset: Dataset, space: Space) -> pa.Table:
    """point_id, image_id, vector_run, payload (JSON), payload_mark of each kept image whose vector has a direction.

    A point's id is the UUIDv5 of the dataset's name and the SHA-256 of the picture's file: the same in each workspace.
    Of pictures with the same bytes the first has it so; the others' ids are made of the hash and their count.
    """
    statement = vector_sql("qdrant_points_now", space_id=space.id)
    table = workspace.read_text(statement, dataset_id=dataset.id)
    of_dataset = uuid.uuid5(_DATASETS, dataset.name)
    copies = zip(table["sha256"].to_pylist(), table["copy"].to_pylist(), strict=True)
    ids = [str(uuid.uuid5(of_dataset, f"{sha256}/{copy}" if copy else sha256)) for sha256, copy in copies]
    return table.select(["image_id", "vector_run", "payload", "payload_mark"]).add_column(
        0, "point_id", pa.array(ids, pa.string())
    )


def points_there(workspace: Workspace, collection_id: int) -> pa.Table:
    """point_id, image_id, vector_run, payload_mark of what syncs have brought to a collection."""
    return workspace.read("qdrant_points_there", collection_id=collection_id)


def list_collections(workspace: Workspace, dataset_id: int) -> list[Collection]:
    """Every collection of a dataset that there may be, the newest first."""
    return workspace.all("qdrant_collections", Collection, dataset_id=dataset_id)


def land_synced(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    *,
    url: str,
    alias: str,
    space: str,
    shape: str,
    run_id: int,
    table: pa.Table,
) -> None:
    """Note in an open transaction what a batch brought.

    table: collection, point_id, image_id, vector_run, payload_mark, gone.
    """
    if not table.num_rows:
        return
    at = {"url": url, "collection": table["collection"][0].as_py()}
    cursor.register("incoming", table)
    begun = {**at, "dataset_id": dataset_id, "alias": alias, "space": space, "shape": shape, "run_id": run_id}
    cursor.execute(sql("begin_qdrant_collection"), begun)
    cursor.execute(sql("forget_qdrant_points"), at)
    cursor.execute(sql("insert_qdrant_points"), at)
    cursor.unregister("incoming")


def settle_collection(
    workspace: Workspace,
    dataset_id: int,
    *,
    url: str,
    alias: str,
    collection: str,
    space: str,
    shape: str,
    run_id: int,
    n_points: int,
    n_checked: int,
) -> None:
    """Note that a collection is behind the alias, whole and checked, and that the others of the alias are gone."""
    at = {"url": url, "collection": collection}
    others = {**at, "alias": alias}
    begun = {**others, "dataset_id": dataset_id, "space": space, "shape": shape, "run_id": run_id}
    counted = {**at, "run_id": run_id, "n_points": n_points, "n_checked": n_checked, "synced_at": utc_now()}
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("begin_qdrant_collection"), begun)  # of a dataset without a picture no batch came
        cursor.execute(sql("drop_other_qdrant_points"), others)
        cursor.execute(sql("drop_other_qdrant_collections"), others)
        cursor.execute(sql("settle_qdrant_collection"), counted)


def lag(workspace: Workspace, dataset: Dataset, space: Space, collection: Collection) -> Lag:
    """What a sync would send to a collection that one has completed."""
    now, there = points_now(workspace, dataset, space), points_there(workspace, collection.id)
    names = ("point_id", "vector_run", "payload_mark")
    before = {point: (run, mark) for point, run, mark in zip(*(there[name].to_pylist() for name in names), strict=True)}
    after = {point: (run, mark) for point, run, mark in zip(*(now[name].to_pylist() for name in names), strict=True)}
    shared = before.keys() & after.keys()
    n_vectors = sum(before[point][0] != after[point][0] for point in shared)
    n_changed = sum(before[point] != after[point] for point in shared) - n_vectors
    return Lag(len(after) - len(shared) + n_vectors, n_changed, len(before) - len(shared))
