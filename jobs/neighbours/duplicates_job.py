"""The duplicates job: pairs that are near by perceptual hash or by embedding, and the groups they make."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.duplicates import (
    ALL_PAIRS_UP_TO,
    MOST_BITS,
    Pairs,
    graph_pairs,
    grouped,
    hash_pairs,
    joined,
    near_enough,
    reasons,
)
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import chosen_space
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from store.connection import Workspace
from store.datasets import find_dataset
from store.duplicates import drop_older_duplicates, has_landed, images_to_compare, land_duplicates
from store.neighbours import INDICES, SIMILARITIES, latest_graph, write_graph
from store.vectors import list_spaces

DEFAULTS: dict[str, object] = {"space": "", "min_cosine": 0.95, "hamming_bits": 4, "graph_run": 0}
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


def compute(work: Work) -> dict[str, object]:
    """Compare every image with those near it, and publish pairs and groups at once."""
    images = pa.concat_tables(list(work.todo()))
    least, bits = float(work.parameters["min_cosine"]), int(work.parameters["hamming_bits"])
    work.report(0, message=f"Comparing the hashes of {images.num_rows:,} images")
    kept_bits = max(bits, KEPT_BITS) if images.num_rows <= ALL_PAIRS_UP_TO else bits  # so far off, pieces help little
    by_hash = hash_pairs(images["phash"].to_numpy().astype(np.uint64), most_bits=kept_bits)
    work.report(images.num_rows // 2, message="Comparing neighbours")
    by_graph = _by_graph(work.folder.path, least_cosine=min(least, KEPT_COSINE))
    first, second, cosine, n_bits = joined(by_hash, by_graph)
    found = Pairs(first, second, cosine, n_bits, *_same(images, first, second))
    near = near_enough(found, least_cosine=least, most_bits=bits)
    work.publish(_table(images["image_id"].to_numpy(), found, near, least_cosine=least, most_bits=bits))
    work.report(work.n_todo, message="Compared")
    groups = grouped(near)
    return {
        "n_images": images.num_rows,
        "n_pairs_kept": len(found),
        "n_pairs": len(near),
        "n_groups": groups.n_groups,
        "n_in_groups": len(groups.image_ids),
        "n_pairs_by_embedding": int((near.cosine >= least).sum()),
        "least_cosine": min(least, KEPT_COSINE),
        "most_bits": kept_bits,
        "n_pairs_by_hash": int(((near.bits >= 0) & (near.bits <= bits)).sum()),
    }


def _by_graph(folder: Path, *, least_cosine: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not (folder / INDICES).exists():
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0, np.float32)
    return graph_pairs(np.load(folder / INDICES), np.load(folder / SIMILARITIES), least_cosine=least_cosine)


def _same(images: pa.Table, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each pair of rows has the same file, and the same pixels."""
    same = []
    for name in ("sha256", "pixel_sha256"):
        column = images[name].combine_chunks()
        codes = column.dictionary_encode().indices.fill_null(-1).to_numpy()
        same.append((codes[first] == codes[second]) & (codes[first] >= 0))
    return same[0], same[1]


def _table(ids: np.ndarray, found: Pairs, near: Pairs, *, least_cosine: float, most_bits: int) -> pa.Table:
    n = len(found)
    pairs = pa.table(
        [
            pa.array(ids[found.first]),
            pa.array(ids[found.second]),
            pa.array(found.cosine, from_pandas=True),
            pa.array(found.bits, mask=found.bits < 0),
            pa.nulls(n, pa.int32()),
            pa.nulls(n, pa.string()),
        ],
        schema=SCHEMA,
    )
    groups = grouped(near)
    why, least = reasons(groups, near, least_cosine=least_cosine, most_bits=most_bits)
    words = [",".join(why[number]) for number in groups.number]
    m = len(words)
    members = pa.table(
        [
            pa.array(ids[groups.image_ids]),
            pa.nulls(m, pa.int64()),
            pa.array(least[groups.number], from_pandas=True),
            pa.nulls(m, pa.int16()),
            pa.array(groups.number, pa.int32()),
            pa.array(words, pa.string()),
        ],
        schema=SCHEMA,
    )
    return pa.concat_tables([pairs, members])


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    least, bits = float(parameters["min_cosine"]), int(parameters["hamming_bits"])
    if not 0 < least <= 1:
        raise UnknownParameter(f"duplicates: min_cosine must lie above 0 and at most at 1, not {least}.")
    if not 0 <= bits <= MOST_BITS:
        raise UnknownParameter(f"duplicates: hamming_bits must lie between 0 and {MOST_BITS}, not {bits}.")
    found = find_dataset(workspace, dataset)
    todo = images_to_compare(workspace, found.id)
    if not todo.num_rows:
        raise NothingToDo("The dataset has no images to compare.")
    if has_landed(workspace, run_id):
        todo = todo.slice(0, 0)
    name, space = str(parameters["space"]), None
    if name or list_spaces(workspace, found.id):
        space = chosen_space(workspace, found.id, name=name, kind="duplicates").name
    graph = latest_graph(workspace, found.id, space=space) if space else None

    def write_inputs(folder: Path) -> None:
        if graph is not None:
            write_graph(workspace, graph.run_id, images=todo, folder=folder)

    chosen = {**parameters, "space": space or "", "graph_run": graph.run_id if graph else 0}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space, write_inputs=write_inputs)


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_duplicates(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    for name in (INDICES, SIMILARITIES):
        (job_folder(workspace.root, spec.id).path / name).unlink(missing_ok=True)
    drop_older_duplicates(workspace, spec.dataset_id, run_id=spec.run_id)
    return {"space": spec.parameters["space"]}


KIND = Kind("duplicates", COMPUTE, DEFAULTS, _prepare, _land, _finish)
