"""Names of classes put right, as decisions: append-only, each with who, when, before and after, and a way back."""

import datetime
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.datasets import class_table
from store.decisions import Act, Decided, decide
from store.errors import DecisionRefused
from store.statements import sql
from store.subjects import NAMES, note_changes
from store.texts import NAME, REASON, require_short

ANOTHER_WRITING = "another writing of"  # how the reason of a merging of classes begins


@dataclass(frozen=True)
class ClassRepair:
    """What became of a dataset whose classes had been numbered anew by imports of before (store/class_repair.py).

    state: "mended", or "unclear" where it cannot be told what some numbers meant. done_at: UTC.
    """

    dataset_id: int
    dataset: str
    state: str
    sentence: str
    done_at: datetime.datetime


def class_repairs(workspace: Workspace) -> list[ClassRepair]:
    """The datasets of which something was mended, or stayed unclear, by name."""
    return workspace.all("class_repairs", ClassRepair)


@dataclass(frozen=True)
class NameDecision:
    """A correction of one class's name. undoes: the batch that it takes back, if it is an undoing. Times are UTC."""

    batch: str
    class_index: int
    name_before: str
    name_after: str
    reason: str | None
    who: str
    decided_at: datetime.datetime
    undoes: str | None
    is_undone: bool


@dataclass(frozen=True)
class _Carrier:
    image_id: int
    labels: list[int] | None


@does("name_classes")
def correct_names(
    workspace: Workspace,
    dataset_id: int,
    *,
    names: Mapping[int, str],
    who: str,
    reason: str = "",
    evidence: Mapping[str, object] | None = None,
) -> str:
    """Give the classes of `names` (index: name) new names that count from now on; the batch, for `undo_names`.

    All or none, in one transaction. The names as the source gives them stay in `class_name.name`. Pictures' labels are
    numbers and do not change. Raises DecisionRefused for an index without a class, TextTooLong.
    """
    for name in names.values():
        require_short(name, "A name", longest=NAME)
    require_short(reason, "The reason", longest=REASON)
    return _write(workspace, dataset_id, names, who=who, reason=reason, evidence=evidence, undoes=None)


@does("name_classes")
def undo_names(workspace: Workspace, dataset_id: int, *, batch: str, who: str) -> str:
    """Give the classes of a batch the names back that they had before it; raises DecisionRefused."""
    rows = [row for row in workspace.all("name_decisions", NameDecision, dataset_id=dataset_id) if row.batch == batch]
    if not rows or rows[0].is_undone:
        raise DecisionRefused(f"There is no correction {batch!r} of this dataset's names that still stands.")
    before = {row.class_index: row.name_before for row in rows}
    return _write(workspace, dataset_id, before, who=who, reason="undone", evidence=None, undoes=batch)


@does("merge_classes")
def merge_classes(workspace: Workspace, dataset_id: int, *, into: int, others: Sequence[int], who: str) -> Decided:
    """Give every picture of the classes `others` the class `into`, as one batch of decisions that can be taken back.

    The classes stay, without a picture. Raises DecisionRefused where no picture carries one of them.
    """
    names = class_table(workspace, dataset_id)["name"].to_pylist()
    known = range(len(names))
    if into not in known or any(other not in known or other == into for other in others):
        raise DecisionRefused(f"These are no two classes of the dataset: {into} and {', '.join(map(str, others))}.")
    rows = workspace.all("images_of_classes", _Carrier, dataset_id=dataset_id, classes=list(others))
    reason = f"{ANOTHER_WRITING} {names[into]}"[:REASON]
    acts = [
        Act(row.image_id, "relabel", label=into, reason=reason)
        if row.labels is None
        else Act(row.image_id, "relabel", labels=sorted({into, *row.labels} - set(others)), reason=reason)
        for row in rows
    ]
    return decide(workspace, dataset_id, acts, who=who)


def name_history(workspace: Workspace, dataset_id: int) -> pa.Table:
    """batch, class_index, name_before, name_after, reason, evidence, who, decided_at, undoes, is_undone."""
    return workspace.read("name_decisions", dataset_id=dataset_id)


def standing_correction(workspace: Workspace, dataset_id: int) -> list[NameDecision]:
    """The newest batch that is neither undone nor an undoing; empty without one."""
    rows = workspace.all("name_decisions", NameDecision, dataset_id=dataset_id)
    batches = [row.batch for row in rows if not row.is_undone and row.undoes is None]
    return [row for row in rows if batches and row.batch == batches[0]]


def _write(
    workspace: Workspace,
    dataset_id: int,
    names: Mapping[int, str],
    *,
    who: str,
    reason: str,
    evidence: Mapping[str, object] | None,
    undoes: str | None,
) -> str:
    now = {row["index"]: row["name"] for row in class_table(workspace, dataset_id).to_pylist()}
    unknown = sorted(set(names) - set(now))
    if unknown:
        raise DecisionRefused(f"The dataset has no class {unknown[0]}.")
    batch = f"names-{secrets.token_hex(4)}"
    with workspace.writing(dataset_id) as cursor:
        note_changes(cursor, dataset_id, [NAMES])
        for index, name in sorted(names.items()):
            values = {"dataset_id": dataset_id, "class_index": index, "name_after": name}
            cursor.execute(sql("correct_class_name"), values)
            cursor.execute(
                sql("insert_name_decision"),
                {
                    **values,
                    "name_before": now[index],
                    "reason": reason or None,
                    "evidence": None if evidence is None else json.dumps(dict(evidence)),
                    "batch": batch,
                    "undoes": undoes,
                    "who": who,
                    "decided_at": utc_now(),
                },
            )
    return batch
