"""Quality gates: what each run of `verify` measured of a dataset, against which limit, and what is wrong."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.statements import sql
from store.texts import NAME, require_short

AT_MOST, AT_LEAST = "at most", "at least"
SUBJECTS = IMPORT, VECTORS, LABELS, FRESHNESS, PARTS = ("import", "vectors", "labels", "freshness", "parts")
# What a worker publishes: a row a gate, with the first rows that are wrong.
SEGMENT = pa.schema(
    [
        ("place", pa.int32()),
        *((name, pa.string()) for name in ("gate", "subject", "title", "unit")),
        ("measured", pa.float64()),
        ("limit_kind", pa.string()),
        ("limit_value", pa.float64()),
        ("passed", pa.bool_()),
        ("n_wrong", pa.int64()),
        ("sentence", pa.string()),
        ("checked_at", pa.timestamp("us")),
        ("image_ids", pa.list_(pa.int64())),
        ("paths", pa.list_(pa.string())),
        ("reasons", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True)
class GateResult:
    """A gate as a run measured it. subject: of SUBJECTS; limit_kind: AT_MOST or AT_LEAST.

    unit: of measured and limit_value. measured: None where it could not be measured, which never passes. n_wrong: rows
    that are wrong, also where the limit allows them. checked_at: UTC.
    """

    run_id: int
    place: int
    gate: str
    subject: str
    title: str
    unit: str
    measured: float | None
    limit_kind: str
    limit_value: float
    passed: bool
    n_wrong: int
    sentence: str
    checked_at: datetime.datetime


@dataclass(frozen=True)
class GateRow:
    """Something that a gate found wrong. image_id: None where it is no picture; path: of the picture, or a name."""

    gate: str
    n: int
    image_id: int | None
    path: str
    reason: str


def latest_gates(workspace: Workspace, dataset_id: int) -> list[GateResult]:
    """The newest result of each gate; runs that asked for some of them only leave the others' as they were."""
    return workspace.all("latest_gates", GateResult, dataset_id=dataset_id)


def gate_history(workspace: Workspace, dataset_id: int, *, since: datetime.datetime | None = None) -> list[GateResult]:
    """Every result of every gate since a moment (UTC; None: ever), oldest first."""
    return workspace.all("gate_history", GateResult, dataset_id=dataset_id, since=since)


def gate_rows(workspace: Workspace, run_id: int) -> list[GateRow]:
    """The first wrong rows of each gate of a run."""
    return workspace.all("gate_rows", GateRow, run_id=run_id)


def kept_limits(workspace: Workspace, dataset_id: int) -> dict[str, float | None]:
    """The limits that were set for a dataset, by gate; None: the gate is off. Gates without one keep the declared."""
    rows = workspace.read("kept_gate_limits", dataset_id=dataset_id)
    return dict(zip(rows["gate"].to_pylist(), rows["limit_value"].to_pylist(), strict=True))


@does("set_gates")
def set_limits(workspace: Workspace, dataset_id: int, limits: Mapping[str, float | None], *, who: str) -> None:
    """Set limits, already checked, by gate; None switches a gate off. Those of before stay in the table."""
    require_short(who, "Who sets limits", longest=NAME)
    with workspace.writing(dataset_id) as cursor:
        for gate, limit in limits.items():
            values = {"dataset_id": dataset_id, "gate": gate, "limit_value": limit, "who": who, "set_at": utc_now()}
            cursor.execute(sql("insert_gate_limit"), values)


def land_gates(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take all gates of a run into an open transaction, in the place of those that it had.

    table: place, gate, subject, title, unit, measured, limit_kind, limit_value, passed, n_wrong, sentence, checked_at,
    and image_ids, paths, reasons: lists of one length with the first wrong rows.
    """
    cursor.register("incoming", table)
    for statement in ("delete_gate_results", "delete_gate_rows", "insert_gate_results", "insert_gate_rows"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.unregister("incoming")
