"""What the worker finds out by reading files: pictures that are there, vectors one by one, parts of an export."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from analytics.gates import BY_NAME
from analytics.vector_checks import check_vectors
from importers.sources import Root
from importers.store_listing import sizes_of
from jobs.engine.folder import read_json
from jobs.export_vectors.kind import MARKER
from jobs.verify.findings import Finding, Row, counted, of_table
from jobs.verify.owned import Findings

_AT_ONCE = 4096


def found_of_pictures(root: Root, images: pa.Table, *, kept: int, report: Callable[[int], None]) -> Findings:
    """Whether each picture's file is there in its size of then. images: path, bytes, image_id, missing.

    In a bucket, as it was listed last: an import lists it anew.
    """

    def wrong() -> "list[Row]":
        rows = []
        for first in range(0, images.num_rows, _AT_ONCE):
            piece = images.slice(first, _AT_ONCE).to_pylist()
            sizes = sizes_of(root, [row["path"] for row in piece])
            for row, (n_bytes, _) in zip(piece, sizes, strict=True):
                if n_bytes != row["bytes"]:
                    reason = "gone" if n_bytes is None else f"{n_bytes:,} bytes, not {row['bytes']:,}"
                    rows.append(Row(row["image_id"], row["path"], reason))
            report(first + len(piece))
        return rows

    return {"import.files": counted(wrong(), kept=kept)}


def found_of_numbers(vectors: np.ndarray, images: pa.Table, *, kept: int) -> Findings:
    """What is wrong with vectors. vectors: (n, d) float32, a row of NaN where there is none; images: a row each.

    A vector of nothing but NaN counts among those with NaN: images says by `has_vector` which there are.
    """
    has_vector = images["has_vector"].to_numpy(zero_copy_only=False)
    checks = check_vectors(vectors, images["pixel_sha256"].to_pylist(), has_vector=has_vector)
    n, n_vectors = images.num_rows, int(has_vector.sum())
    masks = (
        ("vectors.missing", checks.missing, n),
        ("vectors.finite", checks.not_finite, None),
        ("vectors.lengths", checks.odd, n_vectors),
        ("vectors.same", checks.same, n_vectors),
    )
    return {
        name: of_table(images.take(pa.array(np.flatnonzero(mask))), BY_NAME[name].wrong, kept=kept, of=of)
        for name, mask, of in masks
    }


def found_of_parts(folder: Path, *, n_expected: int, kept: int) -> Findings:
    """Whether the files of an export of vectors are as its manifest lists them: rows, columns, SHA-256, none besides.

    n_expected: rows that there should be in all. Without a manifest nothing can be measured.
    """
    told = read_json(folder / MARKER)
    listed = None if told is None else told.get("files")
    if told is None or not isinstance(listed, list):
        reason = "no folder" if not folder.is_dir() else "no manifest that lists files"
        names = ("files", "rows", "columns", "checksums", "complete")
        return {f"parts.{name}": Finding(None, 1, [Row(None, folder.name, reason)]) for name in names}
    by_name = {str(file["name"]): file for file in listed}
    there = {path.name for path in folder.iterdir() if path.name != MARKER}
    wrong: dict[str, list[Row]] = {name: [] for name in ("files", "rows", "columns", "checksums")}
    wrong["files"] += [Row(None, name, "missing") for name in sorted(by_name.keys() - there)]
    wrong["files"] += [Row(None, name, "not in the manifest") for name in sorted(there - by_name.keys())]
    n_rows = 0
    for name in sorted(by_name.keys() & there):
        n_rows += _look_at(folder / name, by_name[name], list(told.get("columns", [])), wrong)
    found = {f"parts.{name}": counted(rows, kept=kept) for name, rows in wrong.items()}
    n_off = abs(n_rows - n_expected)
    found["parts.complete"] = Finding(float(n_off), n_off)
    return found


def _look_at(path: Path, listed: dict[str, object], columns: list[str], wrong: dict[str, list[Row]]) -> int:
    """Note what is wrong with a file; how many rows it has."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != listed.get("sha256"):
        wrong["checksums"].append(Row(None, path.name, f"SHA-256 {digest[:12]}..."))
    try:
        names, n_rows = _shape(path)
    except (OSError, pa.ArrowException) as error:
        wrong["rows"].append(Row(None, path.name, f"cannot be read: {str(error).splitlines()[0][:200]}"))
        return 0
    if names != columns:
        wrong["columns"].append(Row(None, path.name, f"{len(names):,} columns: {', '.join(names[:6])}"[:200]))
    if n_rows != listed.get("rows"):
        wrong["rows"].append(Row(None, path.name, f"{n_rows:,}, not {listed.get('rows')}"))
    return n_rows


def _shape(path: Path) -> tuple[list[str], int]:
    """A table's columns and how many rows it has, read to its end."""
    if path.suffix == ".csv":
        with pyarrow.csv.open_csv(path) as reader:
            return list(reader.schema.names), sum(batch.num_rows for batch in reader)
    with pq.ParquetFile(path) as file:
        return list(file.schema_arrow.names), sum(
            batch.num_rows for batch in file.iter_batches(_AT_ONCE, columns=["path"])
        )
