"""Workspaces whose classes were numbered anew by imports of before: what is told of each number, and what is not.

Until a class was its name, an import gave the classes their numbers by their place in the folder, and what people had
written down kept the numbers of its time. Here each number is read as it was meant and exchanged for today's.
"""

import contextlib
import datetime
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.class_eras import Held, names_by_era
from store.rows import rows_of
from store.statements import sql
from store.subjects import LABELS, NAMES, note_changes

FINE, MENDED, UNCLEAR = "fine", "mended", "unclear"
_TABLES = ("class_era", "pictured_class", "written_at", "renumbering", "incoming")
_EXCHANGED = (
    "renumber_decisions",
    "renumber_name_decisions",
    "renumber_version_items",
    "renumber_evaluation_items",
    "renumber_run_items",
    "renumber_opinions",
    "renumber_issues",
    "renumber_candidates",
    "renumber_typicality",
    "renumber_saliency",
)


@dataclass(frozen=True)
class _Era:
    era: int
    run_id: int
    started_at: datetime.datetime
    n_away: int | None
    n_away_today: int


@dataclass(frozen=True)
class _Level:
    level: int
    n: int
    n_named: int


@dataclass(frozen=True)
class _Pictured:
    name: str
    era: int
    n: int
    n_gone: int


@dataclass(frozen=True)
class _Vote:
    era: int
    number: int
    name: str
    n: int


@dataclass(frozen=True)
class _Used:
    era: int
    number: int
    n_decisions: int
    n_names: int
    n_versions: int


@dataclass(frozen=True)
class _Reading:
    """Names by number in each era, today's names by number, and what people used and nobody can read.

    numbers: of the eras that were numbered otherwise, today's number by that of then.
    """

    names: list[str]
    numbers: Mapping[int, list[int]]
    unclear: list[_Used]


def repair_classes(connection: duckdb.DuckDBPyConnection) -> None:
    """Mend every dataset that is due, each in one transaction; what there is to say of it stands in `class_repair`."""
    for (dataset_id,) in connection.execute(sql("due_class_repairs")).fetchall():
        connection.begin()
        try:
            _repair(connection, dataset_id)
            connection.execute(sql("raise_generation"), {"dataset_id": dataset_id, "settles": True})
            connection.commit()
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                connection.rollback()
            raise
        for name in _TABLES:
            connection.unregister(name)


def _repair(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> None:
    key = {"dataset_id": dataset_id}
    eras = rows_of(_registered(cursor, "class_eras", "class_era", **key), _Era)
    before = [name for _, name in cursor.execute(sql("known_classes"), key).fetchall()]
    reading = _read(cursor, dataset_id, names=before, eras=eras)
    if reading.numbers or reading.names != before:
        _exchange(cursor, dataset_id, reading)
        cursor.execute(sql("mark_gone_classes"), {**key, "names_before": before})
        note_changes(cursor, dataset_id, [LABELS, NAMES])
    is_changed = bool(reading.numbers) or reading.names != before
    state = UNCLEAR if reading.unclear else MENDED if is_changed else FINE
    details = {
        "names_before": before,
        "names": reading.names,
        "numbers": {str(era): n for era, n in reading.numbers.items()},
    }
    cursor.execute(
        sql("finish_class_repair"),
        {
            **key,
            "state": state,
            "sentence": _sentence(reading, eras, is_changed=is_changed),
            "details": json.dumps(details),
            "done_at": datetime.datetime.now(datetime.UTC).replace(tzinfo=None),
        },
    )


def _read(
    cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, names: Sequence[str], eras: Sequence[_Era]
) -> _Reading:
    key = {"dataset_id": dataset_id}
    levels = rows_of(_rows(cursor, "folders_as_classes", **key), _Level)
    level = next((row.level for row in levels if row.n_named == row.n), 0)
    _registered(cursor, "pictured_classes", "pictured_class", **key, level=level)
    _registered(cursor, "written_at_eras", "written_at", **key)
    pictured = rows_of(_rows(cursor, "classes_with_pictures"), _Pictured)
    votes: dict[tuple[int, int], Counter[str]] = {}
    for vote in rows_of(_rows(cursor, "class_votes", **key), _Vote):
        votes.setdefault((vote.era, vote.number), Counter())[vote.name] += vote.n
    n_by_era: dict[str, dict[int, int]] = {}
    for row in pictured:
        n_by_era.setdefault(row.name, {})[row.era] = row.n
    gone = frozenset(n_by_era) - {row.name for row in pictured if row.n_gone < row.n}
    away = [_away(era, gone=bool(gone)) for era in eras]
    told = names_by_era(Held(names, n_by_era, gone, votes, away))
    used = rows_of(_rows(cursor, "numbers_that_people_used"), _Used)
    return _reading(names, told, used, gone=sorted(gone))


def _away(era: _Era, *, gone: bool) -> int | None:
    """How many known pictures whole classes of them may have taken with them in an era; None where nobody can tell.

    None, where those that are away today account for all: then it was these. gone: whether whole classes are away
    today, which can have gone at any time.
    """
    if era.n_away is None or gone:
        return era.n_away
    return era.n_away if era.n_away > era.n_away_today else 0


def _reading(
    names: Sequence[str], told: Sequence[Mapping[int, str]], used: Sequence[_Used], *, gone: Sequence[str]
) -> _Reading:
    """Today's numbers: those of today's names first, in their order, then those of classes that only the past knows.

    gone: names that only files which are not there any more have.
    """
    unclear = [row for row in used if row.number not in told[row.era]]
    meant = {told[row.era][row.number]: None for row in used if row.number in told[row.era]} | dict.fromkeys(gone)
    if unclear:  # nothing may move that somebody may mean
        free = [number for number, name in enumerate(names) if name in names[:number]]
        today = list(names)
        for name in meant:
            if name not in today and free:
                today[free.pop(0)] = name
    else:
        today = list(dict.fromkeys(names))
    today += [name for name in meant if name not in today]
    number_of = {name: number for number, name in reversed(list(enumerate(today)))}
    numbers: dict[int, list[int]] = {}
    for era, names_then in enumerate(told):
        exchanged = [
            number_of.get(names_then.get(number, ""), number) for number in range(max(names_then, default=-1) + 1)
        ]
        if exchanged != list(range(len(exchanged))):
            numbers[era] = exchanged
    return _Reading(today, numbers, unclear)


def _exchange(cursor: duckdb.DuckDBPyConnection, dataset_id: int, reading: _Reading) -> None:
    key = {"dataset_id": dataset_id}
    eras = pa.array(list(reading.numbers), pa.int64())
    lists = pa.array(list(reading.numbers.values()), pa.list_(pa.int32()))
    cursor.register("incoming", pa.table({"era": eras, "numbers": lists}))
    _registered(cursor, "renumbering", "renumbering")
    for statement in _EXCHANGED:
        cursor.execute(sql(statement))
    cursor.execute(sql("renumber_predictions"), {"n_classes": len(reading.names)})
    cursor.register(
        "incoming", pa.table({"index": pa.array(range(len(reading.names)), pa.int32()), "name": reading.names})
    )
    cursor.execute(sql("upsert_class_names"), key)
    for statement in ("forget_other_class_names", "forget_corrected_names", "correct_names_again"):
        cursor.execute(sql(statement), key)
    cursor.execute(sql("renumber_gone_images"))
    cursor.execute(sql("rename_versions_classes"), key)


def _registered(cursor: duckdb.DuckDBPyConnection, statement: str, name: str, **values: int) -> pa.Table:
    """The rows of a statement, under a name that the statements after it read."""
    table = _rows(cursor, statement, **values)
    cursor.register(name, table)
    return table


def _rows(cursor: duckdb.DuckDBPyConnection, statement: str, **values: int) -> pa.Table:
    return cursor.sql(sql(statement), params=values or None).to_arrow_table()


def _sentence(reading: _Reading, eras: Sequence[_Era], *, is_changed: bool) -> str:
    parts = []
    if is_changed:
        n_eras = len(reading.numbers)
        parts.append(
            "Imports of an earlier Vitrine had given the classes new numbers"
            + (f" ({n_eras} time{'s' if n_eras > 1 else ''})" if n_eras else "")
            + ". Decisions, corrected names, versions and predictions mean the classes again that they were made for."
        )
    for row in reading.unclear:
        what = [
            f"{n:,} {one if n == 1 else many}"
            for n, one, many in (
                (row.n_decisions, "decision", "decisions"),
                (row.n_names, "corrected name", "corrected names"),
                (row.n_versions, "version", "versions"),
            )
            if n
        ]
        upto = f"before {eras[row.era + 1].started_at:%d %B %Y, %H:%M} UTC" if row.era + 1 < len(eras) else "of today"
        parts.append(
            f"Which class was meant by number {row.number} {upto} cannot be told: {', '.join(what)} still hold it. "
            "Look at them again."
        )
    return " ".join(parts)
