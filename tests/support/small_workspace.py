"""Rows for tests, made by hand: images as an import lands them, vectors as an embedding does."""

import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset
from store.images import land_images
from store.vectors import land_vectors

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("pixel_sha256", pa.string()),
        ("phash", pa.uint64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("bytes", pa.int64()),
        ("mtime_ns", pa.int64()),
        ("format", pa.string()),
        ("mode", pa.string()),
        ("n_frames", pa.int32()),
        ("label", pa.int32()),
        ("labels", pa.list_(pa.int32())),
        ("split", pa.string()),
        ("source_url", pa.string()),
        ("licence", pa.string()),
        ("brightness", pa.float32()),
        ("contrast", pa.float32()),
        ("sharpness", pa.float32()),
        ("entropy", pa.float32()),
        ("has_thumb", pa.bool_()),
        ("code", pa.string()),
        ("reason", pa.string()),
    ]
)

ODD = np.array([[0] * 6, [np.nan] + [0] * 5], np.float32)  # vectors that no method can use


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


def land_decision(
    workspace: Workspace, dataset_id: int, path: str, act: str, *, label: int | None = None, undoes: int | None = None
) -> int:
    """Append a decision on the image at `path`, as a page will; its number."""
    with workspace.writing(dataset_id, changes_data=True) as cursor:
        return cursor.execute(
            "INSERT INTO decision (id, dataset_id, image_id, act, label_after, undoes, who, decided_at) "
            "SELECT nextval('decision_ids'), $dataset_id, id, $act, $label, $undoes, 'me', now() "
            "FROM image WHERE path = $path "
            "RETURNING id",
            {"dataset_id": dataset_id, "act": act, "label": label, "undoes": undoes, "path": path},
        ).fetchone()[0]


def lose(workspace: Workspace, dataset_id: int, path: str) -> None:
    """The file at `path` is not there any more, as an import finds."""
    with workspace.writing(dataset_id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET missing = true WHERE path = ?", [path])


def new_dataset(workspace: Workspace, name: str = "birds", *, task: str = "single") -> Dataset:
    """An empty dataset."""
    return ensure_dataset(workspace, name, root=f"/pictures/{name}", task=task, layout="classes")


def land_random_vectors(
    workspace: Workspace, dataset_id: int, images: pa.Table, *, name: str = "tiny", dim: int = 4
) -> None:
    """A vector for each row of `images` (image_id, sha256)."""
    rows = np.random.default_rng(1).normal(size=(images.num_rows, dim))
    land_these_vectors(workspace, dataset_id, images, rows, name=name)


def land_these_vectors(
    workspace: Workspace, dataset_id: int, images: pa.Table, vectors: np.ndarray, *, name: str = "tiny", **said: object
) -> None:
    """The rows of `vectors` (n, d) for those of `images` (image_id, sha256), as an embedding lands them.

    said: what is known of the model, such as `model`, where it is not called as the space.
    """
    n, dim = vectors.shape
    flat = pa.array(vectors.astype(np.float32).ravel())
    columns = {"image_id": images["image_id"], "sha256": images["sha256"]}
    columns |= {"vector": pa.FixedSizeListArray.from_arrays(flat, dim), "reason": pa.nulls(n, pa.string())}
    about = {"model": name, "dim": dim, "preprocess": {}, "weights_source": "test", "weights_sha256": "0" * 64}
    with workspace.writing(dataset_id) as cursor:
        land_vectors(cursor, dataset_id, space_name=name, about=about | said, table=pa.table(columns), run_id=2)


def land_odd_birds(workspace: Workspace) -> Dataset:
    """Thirty images with vectors in three classes; the third has a zero vector, the fourth one that is no number."""
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i:02}.png", label=i % 3) for i in range(30)])
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_random_vectors(workspace, dataset.id, images.slice(4), dim=6)
    land_these_vectors(workspace, dataset.id, images.slice(2, 2), ODD)
    return dataset
