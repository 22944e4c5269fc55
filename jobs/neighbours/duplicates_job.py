"""The duplicates job: pairs that are near by perceptual hash or by embedding, and the groups they make."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.duplicates import (
    ALL_PAIRS_UP_TO,
    Pairs,
    graph_pairs,
    grouped,
    hash_pairs,
    joined,
    near_enough,
    reasons,
)
from analytics.wording import count
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.neighbours.duplicates_kind import DuplicatesParameters
from store.connection import Workspace
from store.datasets import find_dataset
from store.duplicates import drop_older_duplicates, has_landed, images_to_compare, land_duplicates
from store.neighbours import INDICES, SIMILARITIES, latest_graph, write_graph
from store.vectors import list_spaces

# Pairs are kept from here on, so that a threshold can be moved without a job
KEPT_COSINE, KEPT_BITS = 0.85, 10
SCHEMA = pa.schema(
    [
        ("first_image", pa.int64()),
        ("second_image", pa.int64()),
        ("cosine", pa.float32()),
        ("bits", pa.int16()),
        ("group_number", pa.int32()),
        ("reasons", pa.string()),
    ]
)


def compute(work: Work[DuplicatesParameters]) -> Figures:
    """Compare every image with those near it, and publish pairs and groups at once."""
    images = pa.concat_tables(list(work.todo()))
    min_cosine, bits = work.parameters.min_cosine, work.parameters.hamming_bits
    work.report(0, message=f"Comparing the hashes of {count(images.num_rows, 'image')}")
    kept_bits = max(bits, KEPT_BITS) if images.num_rows <= ALL_PAIRS_UP_TO else bits  # so far off, pieces help little
    is_blank = images["is_blank"].to_numpy()
    by_hash = hash_pairs(np.where(is_blank, 0, images["phash"].to_numpy().astype(np.uint64)), max_bits=kept_bits)
    by_hash = _with_files(by_hash, images, is_blank)
    work.report(images.num_rows // 2, message="Comparing neighbours")
    by_graph = _by_graph(work.folder.path, is_blank, min_cosine=min(min_cosine, KEPT_COSINE))
    first, second, cosine, n_bits = joined(by_hash, by_graph)
    pairs = Pairs(first, second, cosine, n_bits, *_same(images, first, second, is_blank))
    near = near_enough(pairs, min_cosine=min_cosine, max_bits=bits)
    work.publish(_table(images["image_id"].to_numpy(), pairs, near, min_cosine=min_cosine, max_bits=bits))
    work.report(work.n_todo, message="Compared")
    groups = grouped(near)
    return {
        "n_images": images.num_rows,
        "n_pairs_kept": len(pairs),
        "n_pairs": len(near),
        "n_groups": groups.n_groups,
        "n_in_groups": len(groups.image_ids),
        "n_pairs_by_embedding": int((near.cosine >= min_cosine).sum()),
        "least_cosine": min(min_cosine, KEPT_COSINE),
        "most_bits": kept_bits,
        "n_pairs_by_hash": int(((near.bits >= 0) & (near.bits <= bits)).sum()),
    }


def _with_files(
    by_hash: tuple[np.ndarray, np.ndarray, np.ndarray], images: pa.Table, is_blank: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs by hash, and blank pictures that are the same file, each with the first: no hash pairs them."""
    files = _codes(images["sha256"])
    rows = np.flatnonzero(is_blank & (files >= 0))
    _, first_place, which = np.unique(files[rows], return_index=True, return_inverse=True)
    first = rows[first_place[which]]
    again = first != rows
    bits = np.zeros(int(again.sum()), np.int16)
    parts = zip(by_hash, (first[again], rows[again], bits), strict=True)
    one, other, differing = (np.concatenate(part) for part in parts)
    return one, other, differing


def _by_graph(folder: Path, is_blank: np.ndarray, *, min_cosine: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The graph's pairs; a blank picture's vector says nothing of what it is like."""
    if not (folder / INDICES).exists():
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0, np.float32)
    first, second, cosine = graph_pairs(
        np.load(folder / INDICES), np.load(folder / SIMILARITIES), min_cosine=min_cosine
    )
    says = ~(is_blank[first] | is_blank[second])
    return first[says], second[says], cosine[says]


def _same(
    images: pa.Table, first: np.ndarray, second: np.ndarray, is_blank: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each pair of rows has the same file, and the same pixels, which of blank pictures say nothing."""
    same = []
    for codes in (_codes(images["sha256"]), np.where(is_blank, -1, _codes(images["pixel_sha256"]))):
        same.append((codes[first] == codes[second]) & (codes[first] >= 0))
    return same[0], same[1]


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """A number for each text, -1 for none."""
    return np.asarray(column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy())


def _table(ids: np.ndarray, pairs: Pairs, near: Pairs, *, min_cosine: float, max_bits: int) -> pa.Table:
    n = len(pairs)
    rows = pa.table(
        [
            pa.array(ids[pairs.first]),
            pa.array(ids[pairs.second]),
            pa.array(pairs.cosine, from_pandas=True),
            pa.array(pairs.bits, mask=pairs.bits < 0),
            pa.nulls(n, pa.int32()),
            pa.nulls(n, pa.string()),
        ],
        schema=SCHEMA,
    )
    groups = grouped(near)
    why, lowest = reasons(groups, near, min_cosine=min_cosine, max_bits=max_bits)
    words = [",".join(why[number]) for number in groups.number]
    m = len(words)
    members = pa.table(
        [
            pa.array(ids[groups.image_ids]),
            pa.nulls(m, pa.int64()),
            pa.array(lowest[groups.number], from_pandas=True),
            pa.nulls(m, pa.int16()),
            pa.array(groups.number, pa.int32()),
            pa.array(words, pa.string()),
        ],
        schema=SCHEMA,
    )
    return pa.concat_tables([rows, members])


def prepare(
    workspace: Workspace, dataset_name: str, parameters: DuplicatesParameters, run_id: int
) -> Prepared[DuplicatesParameters]:
    """Compare all kept images, or none where the run has landed; the neighbour graph of the space comes along."""
    dataset = find_dataset(workspace, dataset_name)
    todo = images_to_compare(workspace, dataset.id)
    if not todo.num_rows:
        raise NothingToDo("The dataset has no images to compare.")
    if has_landed(workspace, run_id):
        todo = todo.slice(0, 0)
    space = None
    if parameters.space or list_spaces(workspace, dataset.id):
        space = chosen_space(workspace, dataset.id, name=parameters.space, kind="duplicates").name
    graph = latest_graph(workspace, dataset.id, space=space) if space else None

    def write_inputs(folder: Path) -> None:
        if graph is not None:
            write_graph(workspace, graph.run_id, images=todo, folder=folder)

    chosen = parameters.changed(space=space or "", graph_run=graph.run_id if graph else 0)
    return Prepared(dataset.id, dataset.name, dataset.root, todo, chosen, model=space, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[DuplicatesParameters], table: pa.Table) -> None:
    """Take pairs and groups into the file."""
    land_duplicates(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[DuplicatesParameters]) -> Figures:
    """Clear the graph's copy and the duplicates of earlier runs away."""
    for name in (INDICES, SIMILARITIES):
        (job_folder(workspace.root, job.spec.id).path / name).unlink(missing_ok=True)
    drop_older_duplicates(workspace, job.dataset_id, run_id=job.run_id)
    return {"space": job.parameters.space}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
