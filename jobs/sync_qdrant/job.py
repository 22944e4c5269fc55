"""The sync-qdrant job: the owner says what has changed, the worker brings it to Qdrant, checks it, and lets readers in.

Each batch that Qdrant has acknowledged is a segment, so that the workspace knows what lies there: a sync that was
killed goes on with the rest, and the next one sends what has changed since.
"""

import contextlib
import json
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.engine.errors import ExportRefused, JobFailed, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.sync_qdrant.checking import CHECK_VECTORS, CHECKS, compare, write_checks
from jobs.sync_qdrant.kind import SyncParameters
from jobs.sync_qdrant.plan import DELETE, ORDER, PLAN, SAY_ANEW, UPSERT, Plan, collection_of, todo_of
from service.qdrant.address import goes_in_clear
from service.qdrant.contract import Payload, Point, QdrantError, Shape, VectorStore
from service.qdrant.names import alias_of
from service.qdrant.opening import open_store
from store.connection import Workspace
from store.datasets import find_dataset
from store.projections import write_vectors
from store.qdrant import Collection, land_synced, list_collections, points_now, points_there, settle_collection
from store.vectors import Space

VECTORS = "vectors.npy"  # in the job's folder: of the points to be written, in their order
INDEX_S = 1_800.0  # seconds for which the index is waited for
_NONE_THERE = pa.table(
    {
        "point_id": pa.array([], pa.string()),
        "image_id": pa.array([], pa.int64()),
        "vector_run": pa.array([], pa.int32()),
        "payload_mark": pa.array([], pa.string()),
    }
)


def prepare(workspace: Workspace, dataset: str, parameters: SyncParameters, run_id: int) -> Prepared[SyncParameters]:
    """What has changed since the last sync to the same place. Asks no Qdrant. Raises UnknownParameter, NothingToDo."""
    found = find_dataset(workspace, dataset)
    if not parameters.url:
        raise UnknownParameter("sync-qdrant: url says where Qdrant is, such as http://localhost:6333; it is empty.")
    space = chosen_space(workspace, found.id, name=parameters.space, kind="sync-qdrant")
    shape = shape_of(parameters, space)
    alias = parameters.alias or alias_of(found.name, space.name)
    begun = [one for one in list_collections(workspace, found.id) if (one.url, one.alias) == (parameters.url, alias)]
    current = next((one for one in begun if one.synced_at is not None), None)
    name = None if parameters.full else _going_on(current, space=space, shape=shape)
    collection = name or collection_of(alias, shape, run_id=run_id, made_by=_made_by(workspace, space))
    kept = next((one for one in begun if one.collection == collection), None)
    now = points_now(workspace, found, space)
    there = points_there(workspace, kept.id) if kept else _NONE_THERE
    todo = todo_of(now, there)
    plan = Plan(alias, collection, name is None, [one.collection for one in begun], there.num_rows, now.num_rows, shape)

    def write_inputs(folder: Path) -> None:
        plan.write(folder)
        written = todo.filter(pc.equal(todo["action"], UPSERT))
        write_vectors(workspace, space, images=written.rename_columns({"picture": "image_id"}), path=folder / VECTORS)
        write_checks(workspace, space, folder, now=now, todo=todo, n=parameters.n_checked, seed=run_id)

    chosen = parameters.changed(space=space.name, alias=alias)
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def compute(work: Work[SyncParameters]) -> Figures:
    """Bring what has changed, compare, and let the alias lead to the collection."""
    plan, parameters = Plan.read(work.folder.path), work.parameters
    with _in_words(), contextlib.closing(open_store(parameters.url)) as store:
        behind = _require_place(store, plan, where=parameters.url, take_over=parameters.take_over)
        done = _write(work, store, plan.collection)
        _wait_for_index(work, store, plan.collection)
        work.report(work.n_todo - 1, message="Comparing counts and a sample")
        n_checked = compare(store, plan, work.folder.path)
        if behind != plan.collection:
            store.lead(plan.alias, plan.collection)
        for old in plan.known:
            if old != plan.collection:
                store.drop(old)
    work.report(work.n_todo, message="Checked")
    return {
        "url": parameters.url,
        "alias": plan.alias,
        "collection": plan.collection,
        "n_points": plan.n_points,
        "n_upserted": done[UPSERT],
        "n_said_anew": done[SAY_ANEW],
        "n_deleted": done[DELETE],
        "n_checked": n_checked,
        "dim": plan.shape.dim,
        "key_in_clear": goes_in_clear(parameters.url),
    }


def land(cursor: duckdb.DuckDBPyConnection, job: Job[SyncParameters], table: pa.Table) -> None:
    """Note what a batch brought."""
    land_synced(
        cursor,
        job.dataset_id,
        url=job.parameters.url,
        alias=job.parameters.alias,
        space=job.parameters.space,
        shape=table.schema.metadata[b"shape"].decode(),
        run_id=job.run_id,
        table=table,
    )


def finish(workspace: Workspace, job: Job[SyncParameters]) -> Figures:
    """Note that all of it is there, and clear the vectors away."""
    folder = job_folder(workspace.root, job.spec.id)
    plan, (ended, figures) = Plan.read(folder.path), folder.ending() or ("", {})
    if ended == "done":
        settle_collection(
            workspace,
            job.dataset_id,
            url=job.parameters.url,
            alias=plan.alias,
            collection=plan.collection,
            space=job.parameters.space,
            shape=plan.shape.mark(),
            run_id=job.run_id,
            n_points=plan.n_points,
            n_checked=int(figures["n_checked"]),
        )
    for name in (VECTORS, CHECKS, CHECK_VECTORS, PLAN):
        (folder.path / name).unlink(missing_ok=True)
    return {}


def shape_of(parameters: SyncParameters, space: Space) -> Shape:
    """What the collection of an order is made with."""
    return Shape(space.dim, parameters.m, parameters.ef_construct, parameters.quantisation == "scalar")


def _going_on(current: Collection | None, *, space: Space, shape: Shape) -> str | None:
    """The collection that the last sync left, where it is made as it is asked for now."""
    fits = current is not None and (current.space, current.shape) == (space.name, shape.mark())
    return current.collection if current is not None and fits else None


def _made_by(workspace: Workspace, space: Space) -> str:
    """What tells this workspace's collection of a space from that of another workspace with the same names."""
    return f"{platform.node()} {workspace.root} {space.weights_sha256}"


def _require_place(store: VectorStore, plan: Plan, *, where: str, take_over: bool) -> str | None:
    """The collection that the alias leads to; makes the plan's where it is new. Raises ExportRefused, JobFailed."""
    behind = store.behind(plan.alias)
    if behind is not None and behind not in {*plan.known, plan.collection} and not take_over:
        raise ExportRefused(
            f"{plan.alias} at {where} leads to {behind}, which this workspace has not written. Name another alias, or "
            "say --take-over yes: the alias then leads to a collection of ours, and that one stays as it is."
        )
    found = store.describe(plan.collection)
    if found is None:
        if plan.n_there or not plan.begins:
            raise JobFailed(f"{plan.collection} is not at {where} any more. Sync with --full yes: it is built anew.")
        store.create(plan.collection, plan.shape)
    elif (found.dim, found.distance) != (plan.shape.dim, "cosine"):
        raise ExportRefused(
            f"{plan.collection} at {where} holds vectors of {found.dim:,} numbers by {found.distance or 'name'}, "
            f"not of {plan.shape.dim:,} by cosine. Name another alias, or delete that collection."
        )
    return behind


def _write(work: Work[SyncParameters], store: VectorStore, collection: str) -> dict[str, int]:
    """Bring every batch, each a segment once Qdrant has acknowledged it; how many of each action."""
    done = dict.fromkeys(ORDER, 0)
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    shape = Plan.read(work.folder.path).shape
    for action, batch in _batches(work):
        if action == DELETE:
            store.delete(collection, batch["point_id"].to_pylist())
        elif action == SAY_ANEW:
            store.say_anew(collection, {row["point_id"]: payload_of(row["payload"]) for row in batch.to_pylist()})
        else:
            points = [
                Point(row["point_id"], np.asarray(vectors[row["row"]]), payload_of(row["payload"]))
                for row in batch.to_pylist()
            ]
            store.upsert(collection, points)
        work.publish(_segment(batch, collection=collection, shape=shape, gone=action == DELETE))
        done[action] += batch.num_rows
        work.report(sum(done.values()), message=_MESSAGES[action])
    return done


_MESSAGES = {DELETE: "Deleting what is gone", SAY_ANEW: "Saying anew what has changed", UPSERT: "Writing points"}


def _batches(work: Work[SyncParameters]) -> Iterator[tuple[str, pa.Table]]:
    """The todo in its order, at most a batch at a time, of one action each."""
    for piece in work.todo():
        for action in ORDER:
            rows = piece.filter(pc.equal(piece["action"], action))
            for first in range(0, rows.num_rows, work.parameters.batch):
                yield action, rows.slice(first, work.parameters.batch)


def _segment(batch: pa.Table, *, collection: str, shape: Shape, gone: bool) -> pa.Table:
    n = batch.num_rows
    table = batch.select(["point_id", "picture", "vector_run", "payload_mark"])
    table = table.rename_columns(["point_id", "image_id", "vector_run", "payload_mark"])
    table = table.append_column("collection", pa.array([collection] * n, pa.string()))
    table = table.append_column("gone", pa.array([gone] * n, pa.bool_()))
    return table.replace_schema_metadata({"shape": shape.mark()})


def payload_of(text: str) -> Payload:
    """A payload as it is sent: what is null is left out."""
    return {name: value for name, value in json.loads(text).items() if value is not None}


def _wait_for_index(work: Work[SyncParameters], store: VectorStore, collection: str) -> None:
    """Wait until the index is complete: until then answers are right, and slow."""
    began = time.monotonic()
    work.report(work.n_todo - 1, message="Qdrant builds its index")
    while not store.index(collection):
        if time.monotonic() - began > INDEX_S:
            work.log("The index is not complete after half an hour; Qdrant goes on with it.")
            return


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except QdrantError as error:
        raise JobFailed(str(error)) from None


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
