"""What a sync has to do: which points are to be written, said anew or deleted, and where."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from jobs.engine.folder import read_json, write_json
from service.qdrant.contract import Shape
from service.qdrant.names import hash_of

DELETE, SAY_ANEW, UPSERT, CHECK = "delete", "say-anew", "upsert", "check"
ORDER = (DELETE, SAY_ANEW, UPSERT)  # what readers would see wrongly goes first: pictures that are gone, then old labels
PLAN = "plan.json"  # in the job's folder
# `picture` is an image's number: under the engine's own name a crash at a batch would be laid to a picture
TODO = pa.schema(
    [
        ("action", pa.string()),
        ("point_id", pa.string()),
        ("picture", pa.int64()),
        ("vector_run", pa.int32()),
        ("payload_mark", pa.string()),
        ("payload", pa.string()),
        ("row", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Plan:
    """Where a sync writes. begins: the collection is made by this run, and the alias is to lead to it at the end.

    known: every collection that this workspace has begun behind the alias. n_there, n_points: points of the collection
    as far as was known before this attempt, and as there are to be at the end.
    """

    alias: str
    collection: str
    begins: bool
    known: list[str]
    n_there: int
    n_points: int
    shape: Shape

    def write(self, folder: Path) -> None:
        """Leave it in a job's folder."""
        write_json(folder / PLAN, dataclasses.asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Plan":
        """The plan in a job's folder."""
        values = read_json(folder / PLAN) or {}
        return cls(**{**values, "shape": Shape(**values["shape"])})


def todo_of(now: pa.Table, there: pa.Table) -> pa.Table:
    """What is to be done, in the order in which it is to be done, and a last row that stands for the check.

    now: point_id, image_id, vector_run, payload, payload_mark; there: the same without payload. `row` of the outcome
    counts the rows to be written, whose vectors lie in that order; -1 for others.
    """
    marks = {
        point_id: (run, mark)
        for point_id, run, mark in zip(
            *(there[name].to_pylist() for name in ("point_id", "vector_run", "payload_mark")), strict=True
        )
    }
    rows: dict[str, list[dict[str, object]]] = {action: [] for action in ORDER}
    for row in now.to_pylist():
        run, mark = marks.pop(row["point_id"], (None, None))
        if run == row["vector_run"] and mark == row["payload_mark"]:
            continue
        action = SAY_ANEW if run == row["vector_run"] else UPSERT
        place = len(rows[UPSERT]) if action == UPSERT else -1
        rows[action].append({**row, "action": action, "picture": row["image_id"], "row": place})
    pictures = dict(zip(there["point_id"].to_pylist(), there["image_id"].to_pylist(), strict=True))
    rows[DELETE] = [{"action": DELETE, "point_id": gone, "picture": pictures[gone], "row": -1} for gone in marks]
    check = {"action": CHECK, "point_id": "", "picture": -1, "row": -1}
    ordered = [*(row for action in ORDER for row in rows[action]), check]
    return pa.Table.from_pylist([{name: row.get(name) for name in TODO.names} for row in ordered], schema=TODO)


def collection_of(alias: str, shape: Shape, *, run_id: int, made_by: str) -> str:
    """The name of the collection that a run begins: the alias, what and by whom it is made in a word, the run."""
    return f"{alias}_{hash_of(shape.mark(), made_by)}_r{run_id}"
