"""The neighbour graph of an embedding space: where it is kept, and how it leaves for jobs and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.overview import main_space
from store.runs import SpaceRun, finished_runs
from store.statements import sql, vector_sql
from store.vectors import Space

INDICES, SIMILARITIES = "graph_indices.npy", "graph_similarities.npy"


@dataclass(frozen=True, kw_only=True)
class GraphRun(SpaceRun):
    """A finished graph, k neighbours an image. figures: recall, n_checked, method."""

    n_images: int
    k: int


@dataclass(frozen=True)
class _GraphSize:
    run_id: int
    n_images: int
    k: int


@dataclass(frozen=True)
class ImageRow:
    """An image as pages show it in a row of pictures; label and labels are those that count now."""

    image_id: int
    sha256: str
    path: str
    label: int | None
    labels: list[int] | None
    split: str | None
    removed: bool
    missing: bool


@dataclass(frozen=True)
class Neighbours:
    """image_ids: (n,) int64 ascending. indices: (n, k) int32 rows of image_ids, nearest first, -1 where there is none.

    similarities: (n, k) float32 cosines, NaN where there is none. An image is not among its own neighbours.
    """

    image_ids: np.ndarray
    indices: np.ndarray
    similarities: np.ndarray


def images_with_vector(workspace: Workspace, dataset_id: int, *, space: Space) -> pa.Table:
    """image_id of the kept images that have a vector in `space`, by image."""
    return workspace.read_text(vector_sql("images_with_vector", space_id=space.id), dataset_id=dataset_id)


def images_not_compared(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """Those of `images_with_vector` that run `run_id` has neither taken in nor left out."""
    statement = vector_sql("images_not_compared", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def land_neighbours(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take rows of a graph (image_id, neighbours, similarities, reason) into the open transaction of `cursor`.

    Rows with a reason were left out, and become failures of the run. Rows that came before are replaced.
    """
    cursor.register("incoming", table)
    for statement in ("delete_neighbour_lists", "insert_neighbour_lists", "delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})


def drop_older_graphs(workspace: Workspace, dataset_id: int, *, run_id: int) -> None:
    """Forget the lists of older graphs of the same space; their runs stay on record."""
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("delete_older_neighbour_lists"), {"run_id": run_id})


def list_graphs(workspace: Workspace, dataset_id: int) -> list[GraphRun]:
    """The dataset's graphs, newest first: one a space."""
    sizes = {size.run_id: size for size in workspace.all("graph_sizes", _GraphSize, dataset_id=dataset_id)}
    return [
        GraphRun(**vars(run), n_images=size.n_images, k=size.k)
        for run in finished_runs(workspace, dataset_id, kind="neighbours", of=SpaceRun)
        if (size := sizes.get(run.run_id)) is not None
    ]


def latest_graph(workspace: Workspace, dataset_id: int, *, space: str = "") -> GraphRun | None:
    """The newest graph of the space called `space` (that with the most vectors by default), or None."""
    if not space:
        main = main_space(workspace, dataset_id)
        if main is None:
            return None
        space = main.name
    return next((graph for graph in list_graphs(workspace, dataset_id) if graph.space == space), None)


def read_graph(workspace: Workspace, run_id: int) -> Neighbours:
    """A graph as arrays; empty ones where the run has left none."""
    table = workspace.read("read_neighbour_lists", run_id=run_id)
    image_ids = table["image_id"].to_numpy()
    lists = table["neighbours"].combine_chunks()
    lengths = np.diff(lists.offsets.to_numpy())
    k = int(lengths.max(initial=0))
    filled = np.arange(k) < lengths[:, None]
    indices, similarities = np.full(filled.shape, -1, np.int32), np.full(filled.shape, np.nan, np.float32)
    indices[filled] = _rows_of(image_ids, lists.flatten().to_numpy())
    similarities[filled] = table["similarities"].combine_chunks().flatten().to_numpy()
    similarities[indices < 0] = np.nan
    return Neighbours(image_ids, indices, similarities)


def neighbours_of(workspace: Workspace, run_id: int, image_id: int, *, n: int) -> pa.Table:
    """image_id, similarity, rank of the `n` nearest of an image that are still kept."""
    return workspace.read("neighbours_of", run_id=run_id, image_id=image_id, n_rows=n)


def ranked_pairs(
    workspace: Workspace,
    run_id: int,
    *,
    n: int,
    other_label: bool = False,
    other_split: bool = False,
    other_file: bool = False,
) -> pa.Table:
    """first_image, second_image, similarity of the `n` most similar pairs of a graph, most similar first.

    From each image's ten nearest, never from all pairs. The flags keep only pairs that differ in label, split or bytes.
    """
    return workspace.read(
        "ranked_pairs", run_id=run_id, n_rows=n, other_label=other_label, other_split=other_split, other_file=other_file
    )


def image_rows(workspace: Workspace, dataset_id: int, image_ids: Sequence[int]) -> list[ImageRow]:
    """Those of `image_ids` that the dataset has, in their order."""
    return workspace.all("neighbour_facts", ImageRow, dataset_id=dataset_id, image_ids=list(image_ids))


def find_images(workspace: Workspace, dataset_id: int, *, name: str, n: int = 20) -> pa.Table:
    """image_id, path of kept images whose path contains `name` in any case, by path."""
    return workspace.read("find_images", dataset_id=dataset_id, name=name, n_rows=n)


def random_image(workspace: Workspace, dataset_id: int, *, seed: int) -> int | None:
    """A kept image drawn by `seed`, or None where there is none."""
    return workspace.value("random_image", int, dataset_id=dataset_id, seed=seed)


def image_beside(workspace: Workspace, dataset_id: int, *, image_id: int, before: bool = False) -> int | None:
    """The kept image after (or before) `image_id`, going round at the end."""
    return workspace.value("image_beside", int, dataset_id=dataset_id, image_id=image_id, before=before)


def write_graph(workspace: Workspace, run_id: int, *, images: pa.Table, folder: Path) -> None:
    """Leave a graph in `folder` for a worker: its INDICES as rows of `images` (image_id), and its SIMILARITIES.

    Both are (n, k) with n rows in the order of `images`, nearest first; -1 and NaN, at a row's end, where an image was
    not in the graph or its neighbour is not among `images`.
    """
    graph = read_graph(workspace, run_id)
    image_ids = images["image_id"].to_numpy()
    mine = _rows_of(graph.image_ids, image_ids)  # row of the graph of each image_ids image
    back = np.full(len(graph.image_ids) + 1, -1, np.int32)  # its last place answers for -1
    back[mine[mine >= 0]] = np.flatnonzero(mine >= 0)
    indices = np.where((mine >= 0)[:, None], back[graph.indices[mine]], -1)
    similarities = np.where(indices >= 0, graph.similarities[mine], np.nan)
    order = np.argsort(indices < 0, axis=1, kind="stable")
    np.save(folder / INDICES, np.take_along_axis(indices, order, 1))
    np.save(folder / SIMILARITIES, np.take_along_axis(similarities, order, 1).astype(np.float32))


def _rows_of(image_ids: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The row of each of `asked` in the ascending `image_ids`, -1 where it is not there."""
    if not len(image_ids):
        return np.full(len(asked), -1, np.int32)
    rows = np.minimum(np.searchsorted(image_ids, asked), len(image_ids) - 1)
    return np.where(image_ids[rows] == asked, rows, -1).astype(np.int32)
