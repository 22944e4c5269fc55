"""Decisions as a file: what one workspace's people decided, taken into another workspace of the same pictures.

Pictures are known by their bytes (and their path, where several have the same bytes), classes by the names they were
imported with. An act keeps who decided it and when, and is known by that: merging a file twice adds nothing.
"""

import contextlib
import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from store.acting import does
from store.connection import Workspace
from store.datasets import class_table
from store.decision_texts import (
    FORMAT,
    MOST_BYTES,
    NOBODY,
    VERSION,
    WrittenAct,
    evidence_text,
    is_a_name,
    read_acts,
    read_evidence,
)
from store.decisions import new_batch
from store.errors import BadDecisionFile
from store.rows import JsonObject, rows_of
from store.statements import sql
from store.subjects import changed_by_acts, note_changes

CONFLICTS = ("list", "mine")
_ALL = 2**31  # every row of a list that pages cut
_ACT = {
    "sha256": pa.string(),
    "path": pa.string(),
    "act": pa.string(),
    "label_after": pa.int32(),
    "labels_after": pa.list_(pa.int32()),
    "reason": pa.string(),
    "evidence": pa.string(),
    "who": pa.string(),
    "decided_at": pa.timestamp("us"),
}


@dataclass(frozen=True)
class Merged:
    """What a file brings, or has brought.

    batch: by which all of it can be taken back; None where nothing is new. n_undone: acts merged earlier that were
    taken back there since, and are now here. n_strange: acts on pictures that are not here, or that several here
    cannot be told apart for; first_strange: the path of the first. n_differ: pictures on which people now differ.
    n_left: acts left out because somebody here decided otherwise. n_repeated: what the file says again.
    """

    batch: str | None
    n_new: int
    n_known: int
    n_undone: int
    n_strange: int
    first_strange: str | None
    n_differ: int
    n_left: int
    people: tuple[str, ...]
    n_repeated: int = 0


@dataclass(frozen=True, kw_only=True)
class _FileAct:
    """An act as it stands in a file, with classes by their index here; undone_by, undone_at: who took it back, when."""

    sha256: str
    path: str
    act: str
    label_after: int | None
    labels_after: list[int] | None
    reason: str | None
    evidence: str | None
    who: str
    decided_at: datetime.datetime
    undone_by: str | None
    undone_at: datetime.datetime | None


@dataclass(frozen=True)
class _Match:
    """What an act of a file meets here: its picture, whether the act is here already, and as which acts it stands."""

    n: int
    image_id: int | None
    is_here: bool
    standing: list[int]


@dataclass(frozen=True)
class _LastAct:
    image_id: int
    act: str
    label: int | None
    labels: list[int]


_Verdict = tuple[str, int | None, tuple[int, ...]]  # an act, and the class or classes it gives


def decisions_file(workspace: Workspace, dataset_id: int, *, dataset: str) -> str:
    """All acts of a dataset as JSON text, those taken back included, with classes by the names they came with."""
    names = class_table(workspace, dataset_id)["given_name"].to_pylist()
    acts = [_as_json(act, names=names) for act in workspace.all("export_decisions", _FileAct, dataset_id=dataset_id)]
    content = {"format": FORMAT, "version": VERSION, "dataset": dataset, "classes": names, "acts": acts}
    return json.dumps(content, ensure_ascii=False, indent=1)


def read_decisions_file(path: Path) -> bytes:
    """The content of a file, as far as a decisions file may be long; raises OSError."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def preview_merge(workspace: Workspace, dataset_id: int, text: str | bytes, *, conflicts: str = "list") -> Merged:
    """What `merge_decisions` would bring; nothing is kept. Raises BadDecisionFile."""
    acts = _read(workspace, dataset_id, text)
    with contextlib.closing(workspace.cursor()) as cursor:
        cursor.begin()
        try:
            return _merge(cursor, acts, dataset_id=dataset_id, conflicts=conflicts)
        finally:
            cursor.rollback()


@does("merge_decisions")
def merge_decisions(workspace: Workspace, dataset_id: int, text: str | bytes, *, conflicts: str = "list") -> Merged:
    """Take in the acts of a decisions file that are new here, all or none, as one batch that can be taken back.

    conflicts: "list" takes in what differs from somebody here as well (it counts, being the newest here, and is listed
    as two opinions until one is chosen); "mine" leaves acts on such pictures out. Raises BadDecisionFile.
    """
    acts = _read(workspace, dataset_id, text)
    with workspace.writing(dataset_id) as cursor:
        return _merge(cursor, acts, dataset_id=dataset_id, conflicts=conflicts)


def _merge(cursor: duckdb.DuckDBPyConnection, acts: Sequence[_FileAct], *, dataset_id: int, conflicts: str) -> Merged:
    if conflicts not in CONFLICTS:
        raise BadDecisionFile(f"conflicts is one of {', '.join(CONFLICTS)}, not {conflicts!r}.")
    cursor.register("incoming", _acts_table(acts))
    matched = cursor.sql(sql("match_decisions"), params={"dataset_id": dataset_id}).to_arrow_table()
    pairs = _once(list(zip(acts, rows_of(matched, _Match), strict=True)))
    strange = [act for act, match in pairs if match.image_id is None]
    new = [
        (match.image_id, act)
        for act, match in pairs
        if match.image_id is not None and not match.is_here and act.undone_at is None
    ]
    gone = [(match.standing, act) for act, match in pairs if match.standing and act.undone_at is not None]
    left = _contested(cursor, new, dataset_id=dataset_id) if conflicts == "mine" else set()
    taken = [(image_id, act) for image_id, act in new if image_id not in left]
    batch = new_batch()
    _insert(cursor, taken, gone, dataset_id=dataset_id, batch=batch)
    note_changes(cursor, dataset_id, changed_by_acts(act.act for _, act in (*taken, *gone)))
    touched = {image_id for image_id, _ in taken}
    differ = [image_id for image_id in _disagreements(cursor, dataset_id) if image_id in touched]
    return Merged(
        batch=batch if taken else None,
        n_new=len(taken),
        n_undone=len(gone),
        n_strange=len(strange),
        n_known=sum(match.is_here for _, match in pairs) - len(gone),
        first_strange=strange[0].path if strange else None,
        n_differ=len(differ),
        n_left=len(new) - len(taken),
        people=tuple(sorted({act.who for _, act in taken})),
        n_repeated=len(acts) - len(pairs),
    )


def _once(pairs: Sequence[tuple[_FileAct, _Match]]) -> list[tuple[_FileAct, _Match]]:
    """Each act once, whatever the file repeats; one that was taken back in any place was taken back."""
    first: dict[tuple[object, ...], tuple[_FileAct, _Match]] = {}
    for act, match in pairs:
        picture = (act.sha256, act.path) if match.image_id is None else (match.image_id,)
        key = (picture, act.act, act.label_after, tuple(act.labels_after or ()), act.who, act.decided_at)
        if key not in first or (first[key][0].undone_at is None and act.undone_at is not None):
            first[key] = (act, match)
    return list(first.values())


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    taken: Sequence[tuple[int, _FileAct]],
    gone: Sequence[tuple[Sequence[int], _FileAct]],
    *,
    dataset_id: int,
    batch: str,
) -> None:
    """Add acts, each on its image, and undos, each of an act that is here."""
    if taken:
        images = pa.array([image_id for image_id, _ in taken], pa.int64())
        cursor.register("incoming", _acts_table([act for _, act in taken]).append_column("image_id", images))
        cursor.execute(sql("insert_merged_decisions"), {"dataset_id": dataset_id, "batch": batch}).fetchall()
    if gone:
        undos = [
            {"undoes": decision_id, "who": act.undone_by, "decided_at": act.undone_at}
            for standing, act in gone
            for decision_id in standing
        ]
        cursor.register("incoming", pa.Table.from_pylist(undos))
        cursor.execute(sql("insert_merged_undos"), {"batch": batch}).fetchall()


def _acts_table(acts: Sequence[_FileAct]) -> pa.Table:
    """n (from 0) and what an act is, a row an act."""
    columns = {"n": pa.array(range(len(acts)), pa.int64())}
    return pa.table(columns | {name: pa.array([getattr(act, name) for act in acts], _ACT[name]) for name in _ACT})


def _contested(cursor: duckdb.DuckDBPyConnection, new: Sequence[tuple[int, _FileAct]], *, dataset_id: int) -> set[int]:
    """The pictures of `new` on which somebody here decided otherwise: another act, or another class."""
    here: dict[int, set[_Verdict]] = {}
    last_here = cursor.sql(sql("last_decisions"), params={"dataset_id": dataset_id}).to_arrow_table()
    for row in rows_of(last_here, _LastAct):
        here.setdefault(row.image_id, set()).add((row.act, row.label, tuple(row.labels)))
    last: dict[int, _Verdict] = {}
    for image_id, act in sorted(new, key=lambda pair: pair[1].decided_at):
        if act.act != "flag":
            kind = "keep" if act.act == "restore" else act.act
            last[image_id] = (kind, act.label_after, tuple(act.labels_after or ()))
    return {image_id for image_id, verdict in last.items() if here.get(image_id, {verdict}) != {verdict}}


def _disagreements(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> list[int]:
    values = {"dataset_id": dataset_id, "n_rows": _ALL}
    table = cursor.sql(sql("decision_disagreements"), params=values).to_arrow_table()
    ids: list[int] = table["image_id"].to_pylist()
    return ids


def _as_json(act: _FileAct, *, names: Sequence[str]) -> JsonObject:
    """An act as it is written to a file."""
    content: JsonObject = {name: getattr(act, name) for name in ("sha256", "path", "act")}
    content["who"] = act.who if is_a_name(act.who) else NOBODY
    content["decided_at"] = act.decided_at.isoformat()
    if act.act == "relabel":
        content["label"] = None if act.label_after is None else names[act.label_after]
        if act.labels_after is not None:
            content["labels"] = [names[label] for label in act.labels_after]
    if act.reason is not None:
        content["reason"] = act.reason
    if act.evidence is not None:
        content["evidence"] = evidence_text(read_evidence(act.evidence))
    if act.undone_by is not None:
        content["undone_by"] = act.undone_by if is_a_name(act.undone_by) else NOBODY
    if act.undone_at is not None:
        content["undone_at"] = act.undone_at.isoformat()
    return content


def _read(workspace: Workspace, dataset_id: int, text: str | bytes) -> list[_FileAct]:
    """The acts of a file, checked, oldest first; raises BadDecisionFile, which says what is wrong and where."""
    written = read_acts(text)
    names = class_table(workspace, dataset_id)["given_name"].to_pylist()
    index_of = {name: index for index, name in enumerate(names)}
    acts = [_of_classes(act, index_of=index_of, number=number) for number, act in enumerate(written, start=1)]
    return sorted(acts, key=lambda act: act.decided_at)


def _of_classes(act: WrittenAct, *, index_of: Mapping[str, int], number: int) -> _FileAct:
    """An act with its classes by their index here; a class that is named twice is meant once."""
    label, labels = (act.label, act.labels) if act.act == "relabel" else (None, None)
    return _FileAct(
        sha256=act.sha256,
        path=act.path,
        act=act.act,
        label_after=None if label is None else _class(label, index_of, number),
        labels_after=None if labels is None else [_class(name, index_of, number) for name in dict.fromkeys(labels)],
        reason=act.reason,
        evidence=act.evidence,
        who=act.who,
        decided_at=act.decided_at,
        undone_by=act.undone_by,
        undone_at=act.undone_at,
    )


def _class(name: str, index_of: Mapping[str, int], number: int) -> int:
    if name not in index_of:
        raise BadDecisionFile(
            f"Act {number} of the file relabels to {name!r}, and this dataset has no class that came with that name. "
            f"Its classes: {', '.join(index_of) or 'none'}."
        )
    return index_of[name]
