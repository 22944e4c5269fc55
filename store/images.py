"""Images landing in the file: what an import must do, and what it found."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from store.class_numbers import class_numbers, with_numbers
from store.connection import Workspace, utc_now
from store.rows import Bound, JsonObject
from store.statements import sql, vector_sql
from store.subjects import DETAILS, note_changes
from store.takedown import renew_taken_down

_ADDRESS = r"^([A-Za-z][A-Za-z0-9+.-]*://|www\.)\S+$"
LANDED_COLUMNS = (
    "path",
    "sha256",
    "pixel_sha256",
    "phash",
    "width",
    "height",
    "bytes",
    "mtime_ns",
    "format",
    "mode",
    "n_frames",
    "label",
    "labels",
    "split",
    "source_url",
    "licence",
    "brightness",
    "contrast",
    "sharpness",
    "entropy",
    "has_thumb",
    "has_position",
    "rendering",
    "code",
    "reason",
)


@dataclass(frozen=True)
class SourceState:
    """What a look at the source folder found, to be compared with what the file holds.

    files: path, bytes, mtime_ns, label, labels, split, source_url, licence of every candidate file.
    unreadable: path, code, reason, bytes, mtime_ns of entries that cannot even be listed.
    label_problems: key, code, reason, value.
    """

    task: str
    layout: str
    import_options: JsonObject
    class_names: tuple[str, ...]
    files: pa.Table
    unreadable: pa.Table
    label_problems: pa.Table
    source: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class ImportTotals:
    """What a dataset holds after an import. images + failures = files."""

    n_images: int
    n_missing: int
    n_failures: int
    n_label_problems: int
    n_exact_groups: int


def import_todo(workspace: Workspace, dataset_id: int, *, files: pa.Table, again: bool = False) -> pa.Table:
    """The rows of `files` (SourceState.files) that are new, changed, or failed before; again: all of them."""
    return workspace.read_beside({"incoming": files}, sql("import_todo"), dataset_id=dataset_id, again=again)


def reconcile_source(workspace: Workspace, dataset_id: int, *, state: SourceState, run_id: int) -> SourceState:
    """Bring names, labels, splits, missing marks and label problems in line with the source, in one transaction.

    Gives the state with the labels of its files by the dataset's class numbers.
    """
    key = {"dataset_id": dataset_id}
    with workspace.writing(dataset_id) as cursor:
        note_changes(cursor, dataset_id, [DETAILS])
        cursor.execute(sql("update_dataset"), _dataset_values(dataset_id, state))
        if state.class_names:
            numbers = class_numbers(cursor, dataset_id, names=state.class_names, files=state.files)
            state = dataclasses.replace(state, files=with_numbers(state.files, numbers))
            names = pa.table({"index": pa.array(numbers, pa.int32()), "name": list(state.class_names)})
            _note(cursor, dataset_id, "changed_class_names", names)
            _run(cursor, "upsert_class_names", names, key)
            _run(cursor, "class_that_came_back", names, key)
            _run(cursor, "class_that_has_gone", names, key)
        paths = pa.concat_tables([state.files.select(["path"]), state.unreadable.select(["path"])])
        _note(cursor, dataset_id, "gone_images", paths)
        _run(cursor, "mark_missing_images", paths, key)
        _run(cursor, "delete_gone_failures", paths, key)
        _note(cursor, dataset_id, "changed_in_source", state.files)
        _run(cursor, "relabel_from_source", _with_source(state.files), key)
        cursor.execute(sql("delete_label_problems"), key)
        _run(cursor, "insert_label_problems", state.label_problems, {**key, "run_id": run_id})
        _run(cursor, "delete_landed_failures", state.unreadable, key)
        _run(cursor, "insert_failures", state.unreadable, {**key, "run_id": run_id})
        renew_taken_down(cursor, dataset_id)
    return state


def land_images(cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, table: pa.Table, run_id: int) -> None:
    """Take a segment of an import into the open transaction of `cursor`.

    table: LANDED_COLUMNS; a row with a `code` is a file that could not be taken in.
    """
    for name, kind in (("has_position", pa.bool_()), ("rendering", pa.string())):
        if name not in table.column_names:  # a segment that an earlier version left
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    table = _with_source(table)
    key = {"dataset_id": dataset_id}
    stamped = {**key, "run_id": run_id, "imported_at": utc_now()}
    _run(cursor, "delete_landed_failures", table, key)
    _run(cursor, "insert_failures", table, {**key, "run_id": run_id})
    _note(cursor, dataset_id, "changed_images", table)
    _run(cursor, "mark_failed_images", table, key)
    cursor.register("incoming", table)
    present = cursor.sql(sql("images_present"), params=key).to_arrow_table()
    cursor.register("present", present)
    if present.num_rows:
        note_changes(cursor, dataset_id, [DETAILS])
        for space_id, *_rest in cursor.execute(sql("list_spaces"), key).fetchall():
            cursor.execute(vector_sql("delete_vectors", space_id=space_id))
        cursor.execute(sql("delete_detections_of_changed"))
        cursor.execute(sql("delete_scans_of_changed"))
        cursor.execute(sql("update_images"), stamped)
    cursor.execute(sql("insert_images"), stamped)
    renew_taken_down(cursor, dataset_id)


def import_totals(workspace: Workspace, dataset_id: int) -> ImportTotals:
    """How many images, missing files, failures and duplicate groups the dataset has now."""
    return workspace.one("import_totals", ImportTotals, dataset_id=dataset_id)


def numbers_of_images(workspace: Workspace, dataset_id: int) -> pa.Array:
    """The ids (int64) of all images of a dataset, those that are missing or removed as well."""
    return workspace.read("numbers_of_images", dataset_id=dataset_id)["image_id"].combine_chunks()


def _dataset_values(dataset_id: int, state: SourceState) -> dict[str, Bound]:
    return {
        "id": dataset_id,
        "task": state.task,
        "layout": state.layout,
        "import_options": json.dumps(state.import_options),
        "n_files": state.files.num_rows + state.unreadable.num_rows,
        "source": state.source,
        "licence": state.licence,
        "imported_at": utc_now(),
    }


def _with_source(table: pa.Table) -> pa.Table:
    """`table` with the column `source`: what stands in source_url and is no address, as "camera 1"."""
    nothing = pa.scalar(None, pa.string())
    said = table["source_url"].cast(pa.string())
    said = pc.if_else(pc.equal(pc.utf8_trim_whitespace(said), ""), nothing, said)
    is_address = pc.match_substring_regex(said, _ADDRESS)
    place = table.schema.get_field_index("source_url")
    table = table.set_column(place, "source_url", pc.if_else(is_address, said, nothing))
    return table.append_column("source", pc.if_else(is_address, nothing, said))


def _note(cursor: duckdb.DuckDBPyConnection, dataset_id: int, name: str, incoming: pa.Table) -> None:
    """Note what the statement `name` says will change by taking `incoming` in."""
    cursor.register("incoming", incoming)
    changed = cursor.execute(sql(name), {"dataset_id": dataset_id}).fetchall()
    note_changes(cursor, dataset_id, [subject for (subject,) in changed])


def _run(cursor: duckdb.DuckDBPyConnection, name: str, incoming: pa.Table, values: Mapping[str, Bound]) -> None:
    cursor.register("incoming", incoming)
    cursor.execute(sql(name), values)
