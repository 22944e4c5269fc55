"""Attributes by prompt: which pictures are asked, where the answers go, what is known of them."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.runs import SpaceRun, finished_runs
from store.statements import sql, vector_sql
from store.vectors import Space


@dataclass(frozen=True, kw_only=True)
class AttributeRun(SpaceRun):
    """A question that was asked of every picture."""

    @property
    def name(self) -> str:
        """What the attribute is called; text of a stranger."""
        return str(self.parameters["name"])


@dataclass(frozen=True)
class Answers:
    """image_ids (n,) int64 ascending; labels (n,) class index, -1 for none; shares (n,) in [0, 1]: yes, against no."""

    image_ids: np.ndarray
    labels: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class _Attribute:
    name: str
    share: float


def images_to_ask(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """image_id of the kept images with a vector in `space` that the run has not asked yet."""
    statement = vector_sql("images_to_ask", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def land_answers(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take rows (image_id, share, reason) into the open transaction of `cursor`."""
    cursor.register("incoming", table)
    for statement in ("insert_attribute_values", "delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})


def list_attribute_runs(workspace: Workspace, dataset_id: int) -> list[AttributeRun]:
    """The dataset's finished attributes, newest first."""
    return finished_runs(workspace, dataset_id, kind="attributes", of=AttributeRun)


def read_answers(workspace: Workspace, dataset_id: int, *, run_id: int) -> Answers:
    """The answers of a run about kept images."""
    table = workspace.read("attribute_answers", dataset_id=dataset_id, run_id=run_id)
    labels = table["label"].fill_null(-1).to_numpy().astype(np.int64)
    return Answers(table["image_id"].to_numpy(), labels, table["share"].to_numpy())


def image_attributes(workspace: Workspace, *, image_id: int) -> list[tuple[str, float]]:
    """Name and share of every attribute of an image, each by its newest run."""
    return [(each.name, each.share) for each in workspace.all("image_attributes", _Attribute, image_id=image_id)]


def point_attribute(workspace: Workspace, run_id: int) -> np.ndarray:
    """The share that the newest attribute gives each of a map's points, (n,) float; NaN outside."""
    return np.asarray(workspace.read("projection_attribute", run_id=run_id)["share"].to_numpy(), np.float64)
