"""Decisions: acts on images that can be taken back, append-only, one transaction each."""

import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from store.acting import Deed, deeds_now, does
from store.connection import Workspace, utc_now
from store.datasets import class_names
from store.errors import DecisionRefused
from store.statements import sql
from store.subjects import changed_by_acts, note_changes
from store.texts import NAME, REASON, require_short

ACTS = ("keep", "relabel", "remove", "restore", "flag")
_INCOMING = pa.schema(
    [
        ("n", pa.int64()),
        ("batch", pa.string()),
        ("who", pa.string()),
        ("image_id", pa.int64()),
        ("act", pa.string()),
        ("label_after", pa.int32()),
        ("labels_after", pa.list_(pa.int32())),
        ("reason", pa.string()),
        ("evidence", pa.string()),
    ]
)


@dataclass(frozen=True)
class Act:
    """What somebody decided about one image.

    act: keep, relabel, remove, restore or flag. label: the class index of a relabel (None: no label); labels: those
    of a multi-label dataset. evidence: what was shown at that moment (scores, suggestions), kept as JSON.
    """

    image_id: int
    act: str
    label: int | None = None
    labels: Sequence[int] | None = None
    reason: str | None = None
    evidence: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Decided:
    """A saved batch: its name, by which it can be undone, and how many acts it holds."""

    batch: str
    n: int


@dataclass(frozen=True)
class _Row:
    image_id: int
    act: str
    label_after: int | None
    labels_after: list[int] | None
    reason: str | None
    evidence: str | None


@dataclass(frozen=True, eq=False)
class _Wanted:
    rows: Sequence[_Row]
    who: str
    batch: str
    deeds: Sequence[Deed]


@dataclass(frozen=True)
class _Count:
    act: str
    n_images: int


@does("decide")
def decide(
    workspace: Workspace, dataset_id: int, acts: Sequence[Act], *, who: str, batch: str | None = None
) -> Decided:
    """Save `acts`, all of them or none, with each image's label as it was before.

    batch: the name they are undone by; a new one by default. Raises DecisionRefused, naming what is wrong, and
    TextTooLong.
    """
    if not acts:
        raise DecisionRefused("There is nothing to decide: no picture was chosen.")
    _check(workspace, dataset_id, acts)
    require_short(who, "Who decides", longest=NAME)
    for reason in {act.reason for act in acts}:
        require_short(reason, "The reason", longest=REASON)
    rows = [
        _Row(
            image_id=act.image_id,
            act=act.act,
            label_after=act.label,
            labels_after=None if act.labels is None else list(act.labels),
            reason=act.reason,
            evidence=None if act.evidence is None else json.dumps(act.evidence),
        )
        for act in acts
    ]
    return _save(workspace, dataset_id, rows, who=who, batch=batch or new_batch())


@does("undo")
def undo(
    workspace: Workspace, dataset_id: int, *, who: str, batch: str | None = None, decision_id: int | None = None
) -> Decided:
    """Take back the acts of `batch`, or the one act `decision_id`, that stand; raises DecisionRefused if none does.

    Nothing is deleted: an undo is an act of its own.
    """
    name = new_batch()
    undone_acts = {"dataset_id": dataset_id, "batch": batch, "decision_id": decision_id}
    with workspace.writing(dataset_id) as cursor:
        acts = cursor.execute(sql("acts_to_undo"), undone_acts).fetchall()
        note_changes(cursor, dataset_id, changed_by_acts(act for (act,) in acts))
        about = {"batch_of_undo": name, "reason": None, "who": who, "decided_at": utc_now()}
        undone = cursor.execute(sql("insert_undo"), undone_acts | about).fetchall()
        if not undone:
            raise DecisionRefused("There is nothing to take back: these decisions have been undone already.")
    return Decided(name, len(undone))


@does("redo")
def redo(workspace: Workspace, dataset_id: int, *, batch: str, who: str) -> Decided:
    """Do the undone acts of `batch` again, as a new batch at the end; raises DecisionRefused if none was undone."""
    rows = workspace.all("undone_acts", _Row, dataset_id=dataset_id, batch=batch)
    if not rows:
        raise DecisionRefused("There is nothing to do again: these decisions stand.")
    return _save(workspace, dataset_id, rows, who=who, batch=new_batch())


def new_batch() -> str:
    """A name for a batch that nobody else has."""
    return uuid.uuid4().hex[:12]


def latest_batch(workspace: Workspace, dataset_id: int, *, who: str | None = None) -> str | None:
    """The batch of the newest act that stands (of `who`, or of anybody), or None: what an undo button takes back."""
    return workspace.value("latest_standing_batch", str, dataset_id=dataset_id, who=who)


def batch_images(workspace: Workspace, dataset_id: int, *, batch: str) -> list[int]:
    """The ids of the images that a batch's acts are about, in order."""
    ids: list[int] = workspace.read("batch_images", dataset_id=dataset_id, batch=batch)["image_id"].to_pylist()
    return ids


def history(workspace: Workspace, dataset_id: int, *, image_id: int | None = None, n_rows: int = 200) -> pa.Table:
    """The acts on one image, or on all, newest first, undos included; `stands` says which still count.

    Columns: id, image_id, sha256, path, act, label_before, label_after, labels_before, labels_after, reason, evidence
    (JSON), batch, undoes, who, decided_at (UTC), stands.
    """
    return workspace.read("decision_history", dataset_id=dataset_id, image_id=image_id, n_rows=n_rows)


def recent_batches(workspace: Workspace, dataset_id: int, *, n_rows: int = 20) -> pa.Table:
    """batch, acts, n, n_standing, n_images, who, decided_at, reason of the newest batches, newest first."""
    return workspace.read("decision_batches", dataset_id=dataset_id, n_rows=n_rows)


def counts(workspace: Workspace, dataset_id: int) -> dict[str, int]:
    """How many images each kind of act that stands is about."""
    return {row.act: row.n_images for row in workspace.all("decision_counts", _Count, dataset_id=dataset_id)}


def disagreements(workspace: Workspace, dataset_id: int, *, n_rows: int = 200) -> pa.Table:
    """image_id, sha256, path, acts (id, who, act, label, labels, decided_at): where last standing acts differ."""
    return workspace.read("decision_disagreements", dataset_id=dataset_id, n_rows=n_rows)


def _check(workspace: Workspace, dataset_id: int, acts: Sequence[Act]) -> None:
    n_classes = len(class_names(workspace, dataset_id)) if any(act.act == "relabel" for act in acts) else 0
    for act in acts:
        if act.act not in ACTS:
            raise DecisionRefused(f"There is no act {act.act!r}. Acts: {', '.join(ACTS)}.")
        given = [label for label in (act.label, *(act.labels or ())) if label is not None]
        if given and act.act != "relabel":
            raise DecisionRefused(f"Only a relabel carries a label; {act.act!r} of image {act.image_id} has {given}.")
        wrong = [label for label in given if not 0 <= label < n_classes]
        if wrong:
            raise DecisionRefused(f"There is no class {wrong[0]}; the dataset's classes are 0 to {n_classes - 1}.")


def _save(workspace: Workspace, dataset_id: int, rows: Sequence[_Row], *, who: str, batch: str) -> Decided:
    save_all = functools.partial(_save_gathered, workspace, dataset_id)
    return workspace.gathered(("decisions", dataset_id), _Wanted(rows, who, batch, deeds_now()), save_all)


def _save_gathered(workspace: Workspace, dataset_id: int, wanted: Sequence[_Wanted]) -> list[Decided | Exception]:
    """What became of each of `wanted`: all in one transaction where they can be, and nobody's error is another's."""
    told: dict[_Wanted, Decided | Exception] = {}
    for together in _without_repeats(wanted):
        try:
            told |= _save_together(workspace, dataset_id, together)
        except Exception as error:  # noqa: BLE001  # raised again, to whoever asked
            if len(together) == 1:
                told[together[0]] = error
            else:
                told |= {one: _save_alone(workspace, dataset_id, one) for one in together}
    return [told[one] for one in wanted]


def _without_repeats(wanted: Sequence[_Wanted]) -> list[list[_Wanted]]:
    """`wanted` in parts to be saved one after the other, no image twice in one: the second sees what the first did."""
    parts: list[list[_Wanted]] = []
    part_of: dict[int, int] = {}  # the last part with an image
    for one in wanted:
        images = {row.image_id for row in one.rows}
        place = max((part_of[image] + 1 for image in images if image in part_of), default=0)
        if place == len(parts):
            parts.append([])
        parts[place].append(one)
        part_of |= dict.fromkeys(images, place)
    return parts


def _save_alone(workspace: Workspace, dataset_id: int, one: _Wanted) -> Decided | Exception:
    try:
        return _save_together(workspace, dataset_id, [one])[one]
    except Exception as error:  # noqa: BLE001  # raised again, to whoever asked
        return error


def _save_together(workspace: Workspace, dataset_id: int, wanted: Sequence[_Wanted]) -> dict[_Wanted, Decided]:
    rows = [(one, row) for one in wanted for row in one.rows]
    incoming = [{"n": n, "batch": one.batch, "who": one.who, **vars(row)} for n, (one, row) in enumerate(rows)]
    deeds = [deed for one in wanted for deed in one.deeds]
    with workspace.writing(dataset_id, deeds=deeds) as cursor:
        note_changes(cursor, dataset_id, changed_by_acts(row.act for _, row in rows))
        cursor.register("incoming", pa.Table.from_pylist(incoming, schema=_INCOMING))
        saved = cursor.execute(sql("insert_decisions"), {"dataset_id": dataset_id, "decided_at": utc_now()}).fetchall()
        if len(saved) < len(rows):
            strangers = sorted({row.image_id for _, row in rows} - {image_id for (image_id,) in saved})
            raise DecisionRefused(
                f"{len(strangers)} of the images {'is' if len(strangers) == 1 else 'are'} not in this dataset "
                f"(the first is {strangers[0]}); nothing was saved."
            )
    return {one: Decided(one.batch, len(one.rows)) for one in wanted}
