"""Claims: sentences whose numbers can be asked for again; each wording and each value of them stays in the file."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadClaim, ClaimChanged, UnknownClaim
from store.rows import JsonObject
from store.statements import sql
from store.texts import NAME, REASON, require_short

OCCASIONS = KEPT, CHECKED, FROZEN = "kept", "checked", "frozen"
MOST = 1_000  # claims of a dataset
_INCOMING = pa.schema(
    [
        ("claim_id", pa.int32()),
        ("take", pa.int64()),
        ("occasion", pa.string()),
        ("version_id", pa.int32()),
        ("name", pa.string()),
        ("number", pa.float64()),
        ("unit", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("method", pa.string()),
        ("n", pa.int64()),
        ("run_ids", pa.list_(pa.int32())),
        ("evaluation_set", pa.string()),
        ("version", pa.string()),
        ("generation", pa.int64()),
        ("weak", pa.list_(pa.string())),
        ("reason", pa.string()),
        ("last_decision", pa.int64()),
        ("who", pa.string()),
        ("measured_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Draft:
    """What a claim says. measures: by the name of each number, {"measure": name, "parameters": {...}}.

    page: the folder of the page that shows it, "" for none; query: of its address, texts or lists of texts.
    """

    sentence: str
    measures: JsonObject
    page: str = ""
    query: JsonObject | None = None


@dataclass(frozen=True)
class Claim:
    """A claim as it is worded now; who, written_at: of this edition; kept_by, kept_at: of the first. Times are UTC."""

    id: int
    edition: int
    sentence: str
    measures: JsonObject
    page: str
    query: JsonObject
    who: str
    written_at: datetime.datetime
    kept_by: str
    kept_at: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class MeasuredRow:
    """One number of a claim as a measure gave it. number: None where `reason` says why there is none."""

    name: str
    number: float | None
    unit: str
    low: float | None
    high: float | None
    method: str | None
    n: int
    run_ids: tuple[int, ...]
    evaluation_set: str
    version: str
    generation: int
    weak: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class ValueRow(MeasuredRow):
    """A number of a claim with its occasion (of OCCASIONS), who asked and when; last_decision: the newest one then."""

    claim_id: int
    take: int
    occasion: str
    version_id: int | None
    last_decision: int
    who: str
    measured_at: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class HistoryRow(ValueRow):
    """A number of a claim in its history; frozen: the name of the version that was frozen on that occasion."""

    frozen: str | None


@dataclass(frozen=True)
class Moment:
    """When something was measured: what was decided by then is in it, what came later is not. at: UTC."""

    last_decision: int
    at: datetime.datetime


@dataclass(frozen=True)
class ActsBetween:
    """So many acts of a kind, on n_images, by whom, from when to when."""

    act: str
    n: int
    n_images: int
    who: list[str]
    since: datetime.datetime
    until: datetime.datetime


@dataclass(frozen=True)
class RunBetween:
    """A run that was finished."""

    run_id: int
    kind: str
    finished_at: datetime.datetime


@dataclass(frozen=True)
class LicenceCounts:
    """Of n kept images the licence of n_known is known, their own or their dataset's."""

    n: int
    n_known: int


@dataclass(frozen=True)
class EyeCounts:
    """Of n labelled images a person kept or gave the label of n_checked."""

    n: int
    n_checked: int


@dataclass(frozen=True)
class _Edition:
    edition: int
    forgotten: bool
    who: str
    written_at: datetime.datetime


def moment(workspace: Workspace, dataset_id: int) -> Moment:
    """Now, to be asked before anything is measured."""
    return Moment(newest_decision_id(workspace, dataset_id), utc_now())


def list_claims(workspace: Workspace, dataset_id: int) -> list[Claim]:
    """The dataset's claims, the oldest first."""
    return workspace.all("list_claims", Claim, dataset_id=dataset_id)


@does("keep_claim")
def keep_claim(
    workspace: Workspace, dataset_id: int, draft: Draft, *, values: Sequence[MeasuredRow], at: Moment, who: str
) -> int:
    """Keep a claim with what it says; its number. Raises BadClaim, TextTooLong."""
    _check(draft)
    if len(list_claims(workspace, dataset_id)) >= MOST:
        raise BadClaim(f"A dataset has {MOST:,} claims at most. Forget those that nobody needs.")
    with workspace.writing() as cursor:
        ((claim_id,),) = cursor.execute(sql("next_claim_id")).fetchall()
        _write(cursor, dataset_id, draft, claim_id=claim_id, edition=1, who=who)
        _record(cursor, {claim_id: values}, occasion=KEPT, at=at, who=who)
    return int(claim_id)


@does("edit_claim")
def edit_claim(
    workspace: Workspace,
    dataset_id: int,
    draft: Draft,
    *,
    claim_id: int,
    edition: int,
    who: str,
    values: Sequence[MeasuredRow] = (),
    at: Moment | None = None,
) -> None:
    """Word a claim anew; values, measured at `at`: the numbers that it says from now on (none: those that it said).

    edition: the one that the writer had before them. Raises ClaimChanged where somebody was quicker, UnknownClaim,
    BadClaim, TextTooLong.
    """
    _check(draft)
    with workspace.writing() as cursor:
        _require_newest(cursor, dataset_id, claim_id=claim_id, edition=edition)
        _write(cursor, dataset_id, draft, claim_id=claim_id, edition=edition + 1, who=who)
        if values and at is not None:
            _record(cursor, {claim_id: values}, occasion=KEPT, at=at, who=who)


@does("forget_claim")
def forget_claim(workspace: Workspace, dataset_id: int, *, claim_id: int, edition: int, who: str) -> None:
    """Have a claim count no more; its wordings and values stay in the file. Raises ClaimChanged, UnknownClaim."""
    claim = find_claim(workspace, dataset_id, claim_id=claim_id)
    draft = Draft(claim.sentence, claim.measures, claim.page, claim.query)
    with workspace.writing() as cursor:
        _require_newest(cursor, dataset_id, claim_id=claim_id, edition=edition)
        _write(cursor, dataset_id, draft, claim_id=claim_id, edition=edition + 1, who=who, forgotten=True)


def find_claim(workspace: Workspace, dataset_id: int, *, claim_id: int) -> Claim:
    """The claim of that number; raises UnknownClaim."""
    claims = list_claims(workspace, dataset_id)
    for claim in claims:
        if claim.id == claim_id:
            return claim
    numbers = ", ".join(str(claim.id) for claim in claims[:20]) or "none yet"
    raise UnknownClaim(f"There is no claim {claim_id} of this dataset (claims: {numbers}).")


def _dataset_of_values(given: Mapping[str, Any]) -> int:
    """The one dataset that all of the claims are of; 0 where there is none, or are several."""
    workspace: Workspace = given["workspace"]
    found = {workspace.count("dataset_of_claim", claim_id=claim_id) for claim_id in given["values"]}
    return found.pop() if len(found) == 1 else 0


@does("check_claims", dataset_of=_dataset_of_values)
def record_values(
    workspace: Workspace,
    values: Mapping[int, Sequence[MeasuredRow]],
    *,
    occasion: str,
    at: Moment,
    who: str,
    version_id: int | None = None,
) -> None:
    """Add what was measured of claims, by their numbers, on one occasion."""
    with workspace.writing() as cursor:
        _record(cursor, values, occasion=occasion, at=at, who=who, version_id=version_id)


def values_then(workspace: Workspace, dataset_id: int) -> dict[int, list[ValueRow]]:
    """What each claim says: its numbers when it was kept, or last taken over, by the claim's number."""
    return _by_claim(workspace.all("claim_values", ValueRow, dataset_id=dataset_id, kept=True))


def values_now(workspace: Workspace, dataset_id: int) -> dict[int, list[ValueRow]]:
    """What was measured of each claim last, on any occasion, by the claim's number."""
    return _by_claim(workspace.all("claim_values", ValueRow, dataset_id=dataset_id, kept=False))


def value_history(workspace: Workspace, dataset_id: int, *, claim_id: int, n_rows: int = 200) -> list[HistoryRow]:
    """Every number that was measured of a claim, newest first."""
    return workspace.all("claim_history", HistoryRow, dataset_id=dataset_id, claim_id=claim_id, n_rows=n_rows)


def newest_decision_id(workspace: Workspace, dataset_id: int) -> int:
    """The number of the dataset's newest decision, 0 without one."""
    return workspace.count("newest_decision_id", dataset_id=dataset_id)


def newest_finished(workspace: Workspace, dataset_id: int) -> datetime.datetime | None:
    """When the dataset's last run was finished, UTC."""
    return workspace.value("newest_finished", datetime.datetime, dataset_id=dataset_id)


def acts_between(workspace: Workspace, dataset_id: int, *, since: Moment, until: Moment) -> list[ActsBetween]:
    """The acts between two moments, counted by kind; undos are a kind."""
    first, last = since.last_decision, until.last_decision

    def read() -> list[ActsBetween]:
        return workspace.all("acts_between", ActsBetween, dataset_id=dataset_id, after=first, up_to=last)

    return list(workspace.until_written(("acts_between", dataset_id, first, last), read))


def runs_between(workspace: Workspace, dataset_id: int, *, since: Moment, until: Moment) -> list[RunBetween]:
    """The runs that were finished between two moments, imports among them, the oldest first."""
    return workspace.all("runs_between", RunBetween, dataset_id=dataset_id, after=since.at, up_to=until.at)


def licence_counts(workspace: Workspace, dataset_id: int) -> LicenceCounts:
    """Of how many kept images the licence is known."""
    return workspace.one("licence_counts", LicenceCounts, dataset_id=dataset_id)


def eye_counts(workspace: Workspace, dataset_id: int, *, budget_run: int = 0) -> EyeCounts:
    """How many labels a person has looked at: of the kept images, or of those that a data budget was judged on."""
    if budget_run:
        return workspace.one("eye_counts_of_budget", EyeCounts, dataset_id=dataset_id, run_id=budget_run)
    return workspace.one("eye_counts", EyeCounts, dataset_id=dataset_id)


def _check(draft: Draft) -> None:
    if not draft.sentence.strip():
        raise BadClaim("A claim is a sentence; this one is empty.")
    if not draft.measures:
        raise BadClaim("A claim needs a number: name a measure.")
    require_short(draft.sentence, "The sentence", longest=REASON)
    require_short(draft.page, "The page", longest=NAME)


def _require_newest(cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, claim_id: int, edition: int) -> None:
    rows = cursor.execute(sql("newest_edition"), {"claim_id": claim_id, "dataset_id": dataset_id}).fetchall()
    if not rows or rows[0][1] and rows[0][0] == edition:
        raise UnknownClaim(f"There is no claim {claim_id} of this dataset any more.")
    newest = _Edition(*rows[0])
    if newest.edition != edition:
        did = "forgot" if newest.forgotten else "changed"
        raise ClaimChanged(
            f"{newest.who} {did} claim {claim_id} meanwhile ({newest.written_at:%d %B %Y, %H:%M} UTC). "
            "Nothing was saved: look at it as it is now, then decide."
        )


def _write(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    draft: Draft,
    *,
    claim_id: int,
    edition: int,
    who: str,
    forgotten: bool = False,
) -> None:
    require_short(who, "Who claims", longest=NAME)
    values = {"claim_id": claim_id, "dataset_id": dataset_id, "edition": edition, "sentence": draft.sentence.strip()}
    values |= {"measures": json.dumps(draft.measures), "page": draft.page, "query": json.dumps(draft.query or {})}
    cursor.execute(sql("insert_claim"), {**values, "forgotten": forgotten, "who": who, "written_at": utc_now()})


def _record(
    cursor: duckdb.DuckDBPyConnection,
    values: Mapping[int, Sequence[MeasuredRow]],
    *,
    occasion: str,
    at: Moment,
    who: str,
    version_id: int | None = None,
) -> None:
    about = {"occasion": occasion, "version_id": version_id, "last_decision": at.last_decision, "who": who}
    rows = []
    for claim_id, numbers in values.items():
        ((take,),) = cursor.execute(sql("next_claim_take")).fetchall()
        for each in numbers:
            lists = {"run_ids": list(each.run_ids), "weak": list(each.weak)}
            rows.append({**vars(each), **lists, **about, "claim_id": claim_id, "take": take, "measured_at": at.at})
    if rows:
        cursor.register("incoming", pa.Table.from_pylist(rows, schema=_INCOMING))
        cursor.execute(sql("insert_claim_values"))
        cursor.unregister("incoming")


def _by_claim(rows: Sequence[ValueRow]) -> dict[int, list[ValueRow]]:
    found: dict[int, list[ValueRow]] = {}
    for row in rows:
        found.setdefault(row.claim_id, []).append(row)
    return found
