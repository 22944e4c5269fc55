"""Datasets of points: ids, labels and vectors that were computed elsewhere, without a picture."""

import datetime
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.connection import Workspace, utc_now
from store.rows import JsonObject
from store.statements import sql, vector_sql
from store.subjects import LABELS, NAMES, PICTURES, VECTORS, note_changes
from store.vectors import ensure_space, land_vectors, list_spaces

POINTS = "points"  # the layout of a dataset without pictures
POINT = "POINT"  # the format of its rows


@dataclass(frozen=True)
class PointsTotals:
    """How many points or pictures a dataset has."""

    n_images: int


@dataclass(frozen=True)
class VectorImport:
    """An import of features. n_files: of how many files its checks are kept; 0 before its end."""

    run_id: int
    space: str
    started_at: datetime.datetime
    complete: bool
    n_files: int


@dataclass(frozen=True)
class PointLabel:
    """A point's id, and the name of its class as it counts now."""

    path: str
    name: str | None


def points_root(name: str) -> str:
    """What stands in place of a folder: no folder that there is, so that no id of a point leads to a file."""
    return f"points:{name.replace('/', '_')}"


def pictures_by_path(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, path, sha256 of all images of a dataset whose files are there, by path."""
    return workspace.read("pictures_by_path", dataset_id=dataset_id)


def points_with_vector(workspace: Workspace, dataset_id: int, *, space_name: str, run_id: int) -> pa.Table:
    """path, sha256 of the points that have a vector in a space by another run; none where there is no such space."""
    space = next((one for one in list_spaces(workspace, dataset_id) if one.name == space_name), None)
    if space is None:
        return pa.table({"path": pa.array([], pa.string()), "sha256": pa.array([], pa.string())})
    statement = vector_sql("points_with_vector", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def land_points(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    table: pa.Table,
    *,
    space_name: str,
    about: JsonObject,
    run_id: int,
) -> None:
    """Take points into the open transaction of `cursor`; those that are there keep their labels, and their vectors.

    table: path, label (a class's name or null), split, sha256 (of the vector), vector (float32 as
    fixed_size_binary). about: as in land_vectors.
    """
    space_id = ensure_space(cursor, dataset_id, space_name=space_name, about=about, run_id=run_id)
    numbers = _numbers(cursor, dataset_id, table["label"].combine_chunks())
    known = _known(cursor, dataset_id, table.select(["path"]))
    rows = table.append_column("number", numbers)
    if known:
        is_new = pc.invert(pc.is_in(table["path"], value_set=pa.array(list(known))))
        _add_vectors(cursor, space_id, rows.filter(pc.invert(is_new)), known=known, run_id=run_id)
        rows = rows.filter(is_new)
    if rows.num_rows:
        ids = cursor.sql(sql("new_image_ids"), params={"n": rows.num_rows}).to_arrow_table()["id"].combine_chunks()
        hashes = np.array([int(one[:16], 16) for one in rows["sha256"].to_pylist()], np.uint64)
        columns = {"id": ids, "label": rows["number"], "phash": pa.array(hashes)}
        cursor.register("incoming", pa.table({**columns, **{n: rows[n] for n in ("path", "sha256", "split")}}))
        values = {"dataset_id": dataset_id, "run_id": run_id, "imported_at": utc_now()}
        cursor.execute(sql("insert_points"), values)
        _insert_vectors(cursor, space_id, ids, rows["vector"], run_id=run_id)
    note_changes(cursor, dataset_id, [PICTURES, LABELS])
    note_changes(cursor, dataset_id, [VECTORS], space=space_name)


def land_vectors_of(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    table: pa.Table,
    *,
    space_name: str,
    about: JsonObject,
    run_id: int,
) -> None:
    """Take vectors of pictures (image_id, sha256, vector, reason) into the open transaction of `cursor`."""
    land_vectors(cursor, dataset_id, space_name=space_name, about=about, table=table, run_id=run_id)


def land_checks(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take what was seen of the files, and of rows that were not taken, in place of an earlier attempt's."""
    cursor.register("incoming", table)
    for statement in ("delete_vector_files", "delete_vector_problems", "insert_vector_files", "insert_vector_problems"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.unregister("incoming")


def vector_imports(workspace: Workspace, dataset_id: int) -> list[VectorImport]:
    """The imports of features into a dataset, the newest first."""
    return workspace.all("vector_imports", VectorImport, dataset_id=dataset_id)


def vector_files(workspace: Workspace, run_id: int) -> pa.Table:
    """What was seen of each file: the columns of `vector_file` but for run and place."""
    return workspace.read("vector_files", run_id=run_id)


def vector_problems(workspace: Workspace, run_id: int) -> pa.Table:
    """file, row, key, reason of rows that were not taken as they are."""
    return workspace.read("vector_problems", run_id=run_id)


def points_totals(workspace: Workspace, dataset_id: int) -> PointsTotals:
    """How many points or pictures a dataset has."""
    return workspace.one("points_totals", PointsTotals, dataset_id=dataset_id)


def settle_points(workspace: Workspace, dataset_id: int) -> None:
    """Note how many points a dataset of points has, and when it was last imported; of pictures nothing."""
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("settle_points"), {"id": dataset_id, "imported_at": utc_now()})


def point_label(workspace: Workspace, image_id: int) -> PointLabel | None:
    """A point's id and class; None for a picture, and where there is no such row."""
    return workspace.first("point_label", PointLabel, image_id=image_id)


def _known(cursor: duckdb.DuckDBPyConnection, dataset_id: int, paths: pa.Table) -> dict[str, int]:
    """The numbers of the points that are there already, by their ids."""
    cursor.register("incoming", paths)
    return dict(cursor.execute(sql("known_points"), {"dataset_id": dataset_id}).fetchall())


def _add_vectors(
    cursor: duckdb.DuckDBPyConnection, space_id: int, rows: pa.Table, *, known: dict[str, int], run_id: int
) -> None:
    """Give points that are there a vector where they have none in this space."""
    ids = np.array([known[path] for path in rows["path"].to_pylist()], np.int64)
    cursor.register("known", pa.table({"image_id": ids}))
    table = cursor.sql(vector_sql("known_without_vector", space_id=space_id)).to_arrow_table()
    cursor.unregister("known")
    lacking = np.isin(ids, table["image_id"].to_numpy())
    if lacking.any():
        vectors = rows.filter(pa.array(lacking))["vector"]
        _insert_vectors(cursor, space_id, pa.array(ids[lacking]), vectors, run_id=run_id)


def _insert_vectors(
    cursor: duckdb.DuckDBPyConnection, space_id: int, ids: pa.Array, vectors: pa.ChunkedArray, *, run_id: int
) -> None:
    """vectors: fixed_size_binary of float32, as little-endian machines have them."""
    listed = pa.chunked_array([_as_lists(chunk) for chunk in vectors.chunks])
    cursor.register("incoming", pa.table({"image_id": ids, "vector": listed}))
    cursor.execute(vector_sql("insert_point_vectors", space_id=space_id), {"run_id": run_id})


def _as_lists(chunk: pa.Array) -> pa.Array:
    """Rows of fixed_size_binary as lists of float32, of the same memory."""
    width = chunk.type.byte_width
    numbers = np.frombuffer(chunk.buffers()[1], np.float32, len(chunk) * width // 4, chunk.offset * width)
    return pa.FixedSizeListArray.from_arrays(pa.array(numbers), width // 4)


def _numbers(cursor: duckdb.DuckDBPyConnection, dataset_id: int, labels: pa.Array) -> pa.Array:
    """The number of each label's class; classes that are new get the next numbers, in the order of their names."""
    known = cursor.execute(sql("known_classes"), {"dataset_id": dataset_id}).fetchall()
    number_of: dict[str, int] = {}
    for number, name in known:
        number_of.setdefault(name, number)
    new = sorted((one for one in pc.unique(labels.drop_null()).to_pylist() if one not in number_of), key=_place)
    following = max((number for number, _ in known), default=-1) + 1
    number_of |= {name: following + n for n, name in enumerate(new)}
    if new:
        names = pa.table({"index": pa.array([number_of[name] for name in new], pa.int32()), "name": new})
        cursor.register("incoming", names)
        cursor.execute(sql("upsert_class_names"), {"dataset_id": dataset_id})
        note_changes(cursor, dataset_id, [NAMES])
    encoded = labels.dictionary_encode()
    numbers = pa.array([number_of[name] for name in encoded.dictionary.to_pylist()], pa.int32())
    return numbers.take(encoded.indices)


def _place(name: str) -> tuple[bool, int, str]:
    """Numbers by their size, before all other names."""
    is_number = name.isdecimal() and len(name) < 16
    return not is_number, int(name) if is_number else 0, name
