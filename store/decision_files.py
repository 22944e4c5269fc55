"""Decisions as a file: what one workspace's people decided, taken into another workspace of the same pictures.

Pictures are known by their bytes (and their path, where several have the same bytes), classes by the names they were
imported with. An act keeps who decided it and when, and is known by that: merging a file twice adds nothing.
"""

import contextlib
import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.datasets import class_table
from store.decisions import ACTS, CHANGES, new_batch
from store.errors import BadDecisionFile
from store.statements import sql

FORMAT = "vitrine-decisions"
VERSION = 1
CONFLICTS = ("list", "mine")
_ALL = 2**31  # every row of a list that pages cut
_LONGEST = {"who": 200, "reason": 2_000, "evidence": 20_000, "path": 4_096}
_ACTS = pa.schema(
    [
        ("n", pa.int64()),
        ("sha256", pa.string()),
        ("path", pa.string()),
        ("act", pa.string()),
        ("label_after", pa.int32()),
        ("labels_after", pa.list_(pa.int32())),
        ("reason", pa.string()),
        ("evidence", pa.string()),
        ("who", pa.string()),
        ("decided_at", pa.timestamp("us")),
        ("undone_by", pa.string()),
        ("undone_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Merged:
    """What a file brings, or has brought.

    batch: by which all of it can be taken back; None where nothing is new. n_undone: acts merged earlier that were
    taken back there since, and are now here. n_strange: acts on pictures that are not here, or that several here
    cannot be told apart for; first_strange: the path of the first. n_differ: pictures on which people now differ.
    n_left: acts left out because somebody here decided otherwise.
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


def decisions_file(workspace: Workspace, dataset_id: int, *, dataset: str) -> str:
    """All acts of a dataset as JSON text, those taken back included, with classes by the names they came with."""
    names = class_table(workspace, dataset_id)["given_name"].to_pylist()
    acts = [_told(row, names=names) for row in workspace.rows("export_decisions", dataset_id=dataset_id)]
    content = {"format": FORMAT, "version": VERSION, "dataset": dataset, "classes": names, "acts": acts}
    return json.dumps(content, ensure_ascii=False, indent=1)


def preview_merge(workspace: Workspace, dataset_id: int, text: str | bytes, *, conflicts: str = "list") -> Merged:
    """What `merge_decisions` would bring; nothing is kept. Raises BadDecisionFile."""
    acts = _read(workspace, dataset_id, text)
    with contextlib.closing(workspace.cursor()) as cursor:
        cursor.begin()
        try:
            return _merge(cursor, acts, dataset_id=dataset_id, conflicts=conflicts)
        finally:
            cursor.rollback()


def merge_decisions(workspace: Workspace, dataset_id: int, text: str | bytes, *, conflicts: str = "list") -> Merged:
    """Take in the acts of a decisions file that are new here, all or none, as one batch that can be taken back.

    conflicts: "list" takes in what differs from somebody here as well (it counts, being the newest here, and is listed
    as two opinions until one is chosen); "mine" leaves acts on such pictures out. Raises BadDecisionFile.
    """
    acts = _read(workspace, dataset_id, text)
    changes = any(act in CHANGES for act in acts["act"].to_pylist())
    with workspace.writing(dataset_id, changes_data=changes) as cursor:
        return _merge(cursor, acts, dataset_id=dataset_id, conflicts=conflicts)


def _merge(cursor: duckdb.DuckDBPyConnection, acts: pa.Table, *, dataset_id: int, conflicts: str) -> Merged:
    if conflicts not in CONFLICTS:
        raise BadDecisionFile(f"conflicts is one of {', '.join(CONFLICTS)}, not {conflicts!r}.")
    cursor.register("incoming", acts)
    matched = cursor.sql(sql("match_decisions"), params={"dataset_id": dataset_id}).to_arrow_table().to_pylist()
    rows = [{**act, **found} for act, found in zip(acts.to_pylist(), matched, strict=True)]
    strange = [row for row in rows if row["image_id"] is None]
    new = [row for row in rows if row["image_id"] is not None and row["known_id"] is None and row["undone_at"] is None]
    gone = [row for row in rows if row["stands"] and row["undone_at"] is not None]
    left = _contested(cursor, new, dataset_id=dataset_id) if conflicts == "mine" else set()
    taken = [row for row in new if row["image_id"] not in left]
    batch = new_batch()
    values = {"dataset_id": dataset_id, "batch": batch}
    if taken:
        wanted = [*(name for name in _ACTS.names if not name.startswith("undone")), "image_id"]
        schema = pa.schema([*(_ACTS.field(name) for name in wanted[:-1]), ("image_id", pa.int64())])
        incoming = [{name: row[name] for name in wanted} for row in taken]
        cursor.register("incoming", pa.Table.from_pylist(incoming, schema=schema))
        cursor.execute(sql("insert_merged_decisions"), values).fetchall()
    if gone:
        undos = [{"undoes": r["known_id"], "who": r["undone_by"], "decided_at": r["undone_at"]} for r in gone]
        cursor.register("incoming", pa.Table.from_pylist(undos))
        cursor.execute(sql("insert_merged_undos"), {"batch": batch}).fetchall()
    touched = {row["image_id"] for row in taken}
    differ = [image_id for image_id in _disagreements(cursor, dataset_id) if image_id in touched]
    return Merged(
        batch=batch if taken else None,
        n_new=len(taken),
        n_undone=len(gone),
        n_strange=len(strange),
        n_known=sum(row["known_id"] is not None for row in rows) - len(gone),
        first_strange=strange[0]["path"] if strange else None,
        n_differ=len(differ),
        n_left=len(new) - len(taken),
        people=tuple(sorted({row["who"] for row in taken})),
    )


def _contested(cursor: duckdb.DuckDBPyConnection, new: Sequence[Mapping], *, dataset_id: int) -> set[int]:
    """The pictures of `new` on which somebody here decided otherwise: another act, or another class."""
    here: dict[int, set[tuple]] = {}
    for row in cursor.sql(sql("last_decisions"), params={"dataset_id": dataset_id}).to_arrow_table().to_pylist():
        here.setdefault(row["image_id"], set()).add((row["act"], row["label"], tuple(row["labels"] or ())))
    last: dict[int, tuple] = {}
    for row in sorted(new, key=lambda row: row["decided_at"]):
        if row["act"] != "flag":
            act = "keep" if row["act"] == "restore" else row["act"]
            last[row["image_id"]] = (act, row["label_after"], tuple(row["labels_after"] or ()))
    return {image_id for image_id, act in last.items() if here.get(image_id, {act}) != {act}}


def _disagreements(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> list[int]:
    values = {"dataset_id": dataset_id, "n_rows": _ALL}
    return cursor.sql(sql("decision_disagreements"), params=values).to_arrow_table()["image_id"].to_pylist()


def _told(row: Mapping[str, object], *, names: Sequence[str]) -> dict[str, object]:
    """A row of the table as it stands in the file."""
    told = {name: row[name] for name in ("sha256", "path", "act", "who")}
    told["decided_at"] = row["decided_at"].isoformat()
    if row["act"] == "relabel":
        told["label"] = None if row["label_after"] is None else names[row["label_after"]]
        if row["labels_after"] is not None:
            told["labels"] = [names[label] for label in row["labels_after"]]
    for name in ("reason", "evidence", "undone_by"):
        if row[name] is not None:
            told[name] = row[name]
    if row["undone_at"] is not None:
        told["undone_at"] = row["undone_at"].isoformat()
    return told


def _read(workspace: Workspace, dataset_id: int, text: str | bytes) -> pa.Table:
    """The acts of a file, checked; raises BadDecisionFile, which says what is wrong and where."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise BadDecisionFile(f"This is no JSON file: {error}. A decisions file comes from another Vitrine.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadDecisionFile(
            "This is not a decisions file: the Review page's History, or export-decisions, makes one."
        )
    if content.get("version") != VERSION:
        raise BadDecisionFile(f"The file is of version {content.get('version')!r}; this Vitrine reads {VERSION}.")
    acts = content.get("acts")
    if not isinstance(acts, list) or not all(isinstance(act, dict) for act in acts):
        raise BadDecisionFile('The file has no list "acts".')
    names = class_table(workspace, dataset_id)["given_name"].to_pylist()
    place = {name: index for index, name in enumerate(names)}
    rows = [_checked(act, place=place, number=number) for number, act in enumerate(acts, start=1)]
    rows.sort(key=lambda row: row["decided_at"])
    return pa.Table.from_pylist([{"n": n, **row} for n, row in enumerate(rows)], schema=_ACTS)


def _checked(act: Mapping[str, object], *, place: Mapping[str, int], number: int) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, needed in (
        ("sha256", True),
        ("path", True),
        ("act", True),
        ("who", True),
        ("reason", False),
        ("evidence", False),
        ("undone_by", False),
    ):
        value = act.get(name)
        longest = _LONGEST.get(name, 200)
        if (value is None and needed) or not isinstance(value, (str, type(None))) or len(value or "") > longest:
            raise BadDecisionFile(f"Act {number} of the file: {name} must be a text of 1 to {longest} characters.")
        row[name] = value
    if row["act"] not in ACTS:
        raise BadDecisionFile(f"Act {number} of the file: there is no act {row['act']!r}. Acts: {', '.join(ACTS)}.")
    for name in ("decided_at", "undone_at"):
        row[name] = _time(act.get(name), number=number, name=name)
    if row["undone_at"] is not None and not row["undone_by"]:
        raise BadDecisionFile(f"Act {number} of the file was taken back, but undone_by does not say by whom.")
    is_relabel = row["act"] == "relabel"
    row["label_after"] = _class(act["label"], place, number) if is_relabel and act.get("label") is not None else None
    labels = act.get("labels") if is_relabel else None
    if labels is not None and not isinstance(labels, list):
        raise BadDecisionFile(f"Act {number} of the file: labels must be a list of class names.")
    row["labels_after"] = None if labels is None else [_class(name, place, number) for name in labels]
    return row


def _time(value: object, *, number: int, name: str) -> datetime.datetime | None:
    if value is None and name == "undone_at":
        return None
    try:
        found = datetime.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadDecisionFile(f"Act {number} of the file: {name} is no time: {value!r}.") from error
    return found.astimezone(datetime.UTC).replace(tzinfo=None) if found.tzinfo else found


def _class(name: object, place: Mapping[str, int], number: int) -> int:
    if not isinstance(name, str) or name not in place:
        raise BadDecisionFile(
            f"Act {number} of the file relabels to {name!r}, and this dataset has no class that came with that name. "
            f"Its classes: {', '.join(place) or 'none'}."
        )
    return place[name]
