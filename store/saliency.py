"""Where networks look: which pictures a sheet takes, its maps, and the evaluation pictures in an order."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.rows import Bound
from store.runs import FinishedRun, finished_runs
from store.statements import sql

ORDERS = ("losses", "surest", "shuffled")


@dataclass(frozen=True, kw_only=True)
class SaliencyRun(FinishedRun):
    """A finished sheet."""

    model: str


@dataclass(frozen=True, kw_only=True)
class SaliencyMap:
    """A map of a picture, and the picture; as docs/data-model.md says of `saliency_map` and `image`."""

    image_id: int
    sha256: str
    path: str
    width: int
    height: int
    place: str
    role: str
    class_index: int
    label: int
    probability: float
    map: bytes
    peak: float
    stride: int
    centre_share: float | None
    border_share: float | None
    box_share: float | None
    box_area: float | None


@dataclass(frozen=True, kw_only=True)
class ClassSaliency:
    """Of a label's n maps for its own class: how many have evidence and boxes, and where it lies in the mean."""

    label: int
    n: int
    n_seen: int
    n_boxed: int
    centre_share: float | None
    border_share: float | None
    box_share: float | None
    box_area: float | None


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


def saliency_sheet(workspace: Workspace, dataset_id: int, *, run_id: int, label: int) -> list[SaliencyMap]:
    """The maps of one label's pictures: those for the label, then those for what they were taken for, surest first."""
    return workspace.all("saliency_sheet", SaliencyMap, dataset_id=dataset_id, run_id=run_id, label=label)


def saliency_classes(workspace: Workspace, *, run_id: int) -> list[ClassSaliency]:
    """What the maps of each label's own class add up to, by label."""
    return workspace.all("saliency_classes", ClassSaliency, run_id=run_id)


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
    values: dict[str, Bound] = {"train_run": train_run, "order": order, "label": label, "seed": seed, "n_rows": n_rows}
    return workspace.read("judged_pictures", dataset_id=dataset_id, **values)
