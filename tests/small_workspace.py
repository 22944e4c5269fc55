"""Rows for tests, made by hand: images as an import lands them, vectors as an embedding does."""

import json

import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset
from store.images import land_images
from store.vectors import land_vectors

SCHEMA = pa.schema(
    [
        ("path", pa.string()), ("sha256", pa.string()), ("pixel_sha256", pa.string()), ("phash", pa.uint64()),
        ("width", pa.int32()), ("height", pa.int32()), ("bytes", pa.int64()), ("mtime_ns", pa.int64()),
        ("format", pa.string()), ("mode", pa.string()), ("n_frames", pa.int32()), ("label", pa.int32()),
        ("labels", pa.list_(pa.int32())), ("split", pa.string()), ("source_url", pa.string()), ("licence", pa.string()),
        ("brightness", pa.float32()), ("contrast", pa.float32()), ("sharpness", pa.float32()),
        ("entropy", pa.float32()),
        ("has_thumb", pa.bool_()), ("code", pa.string()), ("reason", pa.string()),
    ]
)  # fmt: skip


def image_row(path: str, *, content: str | None = None, **changed: object) -> dict[str, object]:
    """An image as an import lands it; `content` stands for the file's bytes, the path's by default."""
    sha256 = (content or path).encode().hex().ljust(64, "0")[:64]
    row = {"path": path, "sha256": sha256, "pixel_sha256": sha256, "phash": 1, "width": 64, "height": 48, "bytes": 100}
    row |= {"mtime_ns": 1, "format": "PNG", "mode": "RGB", "n_frames": 1, "has_thumb": False}
    row |= {"brightness": 0.5, "contrast": 0.1, "sharpness": 10.0, "entropy": 3.0}
    return {**row, **changed}


def failure_row(path: str, *, code: str = "empty", reason: str = "The file has zero bytes.") -> dict[str, object]:
    """A file that could not be taken in, as an import lands it."""
    return {"path": path, "code": code, "reason": reason, "bytes": 0}


def land(workspace: Workspace, dataset_id: int, rows: list[dict[str, object]], *, run_id: int = 1) -> None:
    """Land rows of image_row and failure_row."""
    with workspace.writing(dataset_id, changes_data=True) as cursor:
        land_images(cursor, dataset_id, table=pa.Table.from_pylist(rows, schema=SCHEMA), run_id=run_id)


def new_dataset(workspace: Workspace, name: str = "birds", *, task: str = "single") -> Dataset:
    """An empty dataset."""
    return ensure_dataset(workspace, name, root=f"/pictures/{name}", task=task, layout="classes")


def land_random_vectors(
    workspace: Workspace, dataset_id: int, images: pa.Table, *, name: str = "tiny", dim: int = 4
) -> None:
    """A vector for each row of `images` (image_id, sha256)."""
    vectors = np.random.default_rng(1).normal(size=(images.num_rows, dim)).astype(np.float32)
    table = pa.table(
        {
            "image_id": images["image_id"],
            "sha256": images["sha256"],
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), dim),
            "reason": pa.nulls(images.num_rows, pa.string()),
        }
    )
    about = {"model": name, "dim": dim, "preprocess": {}, "weights_source": "test", "weights_sha256": "0" * 64}
    with workspace.writing(dataset_id) as cursor:
        land_vectors(cursor, dataset_id, space_name=name, about=json.loads(json.dumps(about)), table=table, run_id=2)
