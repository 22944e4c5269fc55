"""Embedding spaces and their vectors."""

import json
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.errors import SegmentUnreadable, SpacesMixed
from store.rows import JsonObject, rows_of
from store.statements import sql, vector_sql
from store.subjects import VECTORS, note_changes


@dataclass(frozen=True)
class _SpaceRow:
    id: int
    name: str
    model: str
    dim: int
    preprocess: JsonObject
    weights_source: str
    weights_sha256: str
    run_id: int


@dataclass(frozen=True)
class Space(_SpaceRow):
    """A model's vectors over one dataset. Vectors of two spaces are never compared."""

    n_vectors: int


@dataclass(frozen=True)
class EmbeddingFigures:
    """How many images a run embedded and could not embed, however many attempts it took."""

    n_embedded: int
    n_failed: int


@dataclass(frozen=True)
class _SpaceId:
    id: int
    dim: int
    weights_sha256: str


@dataclass(frozen=True, eq=False)
class SpaceVector:
    """A vector that knows its space, so that it is never compared with one of another. values: (dim,) float32."""

    space_id: int
    space: str
    values: np.ndarray


def cosine(one: SpaceVector, other: SpaceVector) -> float:
    """The cosine of two vectors of one space; raises SpacesMixed for two spaces. NaN if one is zero."""
    if one.space_id != other.space_id:
        raise SpacesMixed(
            f"A vector of the space {one.space!r} says nothing about one of {other.space!r}: they come from different "
            "models. Compare vectors of one space."
        )
    lengths = float(np.linalg.norm(one.values) * np.linalg.norm(other.values))
    return float(one.values @ other.values) / lengths if lengths else float("nan")


def image_vector(workspace: Workspace, space: Space, image_id: int) -> SpaceVector | None:
    """An image's vector in `space`, or None where it has none."""
    table = workspace.read_text(vector_sql("image_vector", space_id=space.id), image_id=image_id)
    if not table.num_rows:
        return None
    return SpaceVector(space.id, space.name, np.asarray(table["vector"][0].as_py(), np.float32))


def nearest_images(workspace: Workspace, space: Space, vector: SpaceVector, *, n: int) -> pa.Table:
    """image_id, similarity (cosine) of the `n` kept images of `space` nearest to `vector`, nearest first.

    Every vector is compared: about 0.1 s for 30,000. Raises SpacesMixed for a vector of another space.
    """
    if vector.space_id != space.id:
        raise SpacesMixed(
            f"A vector of the space {vector.space!r} cannot be looked up in {space.name!r}: they come from different "
            "models. Encode the picture with the model of that space."
        )
    statement = vector_sql("nearest_images", space_id=space.id, dim=space.dim)
    return workspace.read_text(statement, vector=vector.values.tolist(), n_rows=n)


def list_spaces(workspace: Workspace, dataset_id: int) -> list[Space]:
    """The dataset's embedding spaces, oldest first, with how many images have a vector in each."""
    spaces = []
    for row in workspace.all("list_spaces", _SpaceRow, dataset_id=dataset_id):
        counted = workspace.read_text(vector_sql("count_vectors", space_id=row.id))
        spaces.append(Space(**vars(row), n_vectors=int(counted["n"][0].as_py())))
    return spaces


def embedding_figures(workspace: Workspace, space: Space, *, run_id: int) -> EmbeddingFigures:
    """What a run has done, all its attempts together."""
    table = workspace.read_text(vector_sql("embedding_figures", space_id=space.id), run_id=run_id)
    return rows_of(table, EmbeddingFigures)[0]


def images_without_vector(workspace: Workspace, dataset_id: int, *, space_name: str, run_id: int = 0) -> pa.Table:
    """image_id, path, sha256, width, height of the images still to be embedded in the space called `space_name`.

    run_id: a run that has tried; what it could not read is left out.
    """
    space = workspace.first("find_space", _SpaceId, dataset_id=dataset_id, name=space_name)
    if space is None:
        return workspace.read("images_to_embed", dataset_id=dataset_id)
    statement = vector_sql("images_without_vector", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def land_vectors(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    *,
    space_name: str,
    about: JsonObject,
    table: pa.Table,
    run_id: int,
) -> None:
    """Take a segment of an embedding into the open transaction of `cursor`.

    table: image_id, sha256, vector (fixed_size_list<float>[dim], null where it failed), reason (null where it did not).
    about: what the segment says of the encoder that made them: model, dim, preprocess, weights_source, weights_sha256.
    A vector of a picture whose file has changed since is dropped; the picture stays to be done.
    """
    space_id = ensure_space(cursor, dataset_id, space_name=space_name, about=about, run_id=run_id)
    cursor.register("incoming", table)
    cursor.execute(vector_sql("insert_vectors", space_id=space_id), {"run_id": run_id})
    if table["vector"].null_count < table.num_rows:
        note_changes(cursor, dataset_id, [VECTORS], space=space_name)
    cursor.execute(sql("delete_run_failures"), {"run_id": run_id})
    cursor.execute(sql("insert_run_failures"), {"run_id": run_id})


def read_vectors(workspace: Workspace, space: Space) -> tuple[np.ndarray, np.ndarray]:
    """image ids (n,) int64 and vectors (n, dim) float32 of a space, by id."""
    table = workspace.read_text(vector_sql("read_vectors", space_id=space.id))
    ids = table["image_id"].to_numpy()
    flat = pa.chunked_array([chunk.flatten() for chunk in table["vector"].chunks], pa.float32()).to_numpy()
    return ids, flat.reshape(len(ids), space.dim)


def chosen_vectors(workspace: Workspace, space: Space, *, image_ids: np.ndarray) -> np.ndarray:
    """Vectors (n, dim) float32 of `image_ids` (n,) in a space, in their order; NaN where an image has none."""
    out = np.full((len(image_ids), space.dim), np.nan, np.float32)
    chosen = pa.table({"row": np.arange(len(image_ids)), "image_id": pa.array(image_ids, pa.int64())})
    table = workspace.read_beside({"chosen": chosen}, vector_sql("read_chosen_vectors", space_id=space.id))
    for batch in table.to_batches():
        flat = batch.column("vector").flatten().to_numpy(zero_copy_only=False)
        out[batch.column("row").to_numpy()] = flat.reshape(batch.num_rows, space.dim)
    return out


def ensure_space(
    cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, space_name: str, about: JsonObject, run_id: int
) -> int:
    """The number of a space, which is made if it is new; raises SegmentUnreadable where it is another model's."""
    table = cursor.sql(sql("find_space"), params={"dataset_id": dataset_id, "name": space_name}).to_arrow_table()
    for space in rows_of(table, _SpaceId):
        if (space.dim, space.weights_sha256) != (about["dim"], about["weights_sha256"]):
            raise SegmentUnreadable(
                f"The segment holds {about['dim']}-d vectors of weights {str(about['weights_sha256'])[:12]}, but the "
                f"space {space_name!r} holds {space.dim}-d vectors of {space.weights_sha256[:12]}. Start the job again."
            )
        return space.id
    values = {key: about[key] for key in ("model", "dim", "weights_source", "weights_sha256")}
    values |= {"preprocess": json.dumps(about["preprocess"]), "dataset_id": dataset_id, "name": space_name}
    space_id = int(cursor.execute(sql("insert_space"), {**values, "run_id": run_id}).fetchall()[0][0])
    cursor.execute(vector_sql("create_vector_table", space_id=space_id, dim=int(about["dim"])))
    return space_id
