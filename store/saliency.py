"""Where networks look: which pictures a sheet takes, its maps, and the evaluation pictures in an order."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.runs import FinishedRun, finished_runs
from store.statements import sql

ORDERS = ("losses", "surest", "shuffled")


@dataclass(frozen=True, kw_only=True)
class SaliencyRun(FinishedRun):
    """A finished sheet."""

    model: str


def images_to_explain(workspace: Workspace, *, train_run: int, each: int, run_id: int) -> pa.Table:
    """image_id, path, sha256, width, height, label, predicted, place of the pictures that a sheet still lacks.

    Of each label the `each` with the highest and the `each` with the lowest probability for it, by run `train_run`.
    """
    return workspace.read("images_to_explain", train_run=train_run, each=each, run_id=run_id)


def land_saliency(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take maps (jobs.saliency.job.SCHEMA) into an open transaction; rows with a reason become failures."""
    cursor.register("incoming", table)
    for statement in ("insert_saliency_maps", "delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})


def list_saliency_runs(workspace: Workspace, dataset_id: int) -> list[SaliencyRun]:
    """The dataset's finished sheets, newest first."""
    return finished_runs(workspace, dataset_id, kind="saliency", of=SaliencyRun)


def saliency_sheet(workspace: Workspace, dataset_id: int, *, run_id: int, label: int) -> list[dict[str, object]]:
    """The maps of one label's pictures, as docs/data-model.md says, with sha256, path, width, height."""
    return workspace.rows("saliency_sheet", dataset_id=dataset_id, run_id=run_id, label=label)


def saliency_classes(workspace: Workspace, *, run_id: int) -> list[dict[str, object]]:
    """label, n, n_seen (with evidence), n_boxed, and means of the shares, of each label's own class."""
    return workspace.rows("saliency_classes", run_id=run_id)


def judged_pictures(
    workspace: Workspace,
    dataset_id: int,
    *,
    train_run: int,
    order: str,
    label: int | None = None,
    seed: int = 0,
    n_rows: int = 200,
) -> pa.Table:
    """image_id, label, predicted, label_share, predicted_share of evaluation pictures of a training run.

    order: "losses" (the least probable label first), "surest", "shuffled" (by `seed`). label: only of this class.
    """
    if order not in ORDERS:
        raise ValueError(f"order must be one of {', '.join(ORDERS)}, not {order!r}")
    values = {"train_run": train_run, "order": order, "label": label, "seed": seed, "n_rows": n_rows}
    return workspace.read("judged_pictures", dataset_id=dataset_id, **values)
