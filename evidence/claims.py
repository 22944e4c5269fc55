"""Claims of a dataset: kept with what their measures say, asked again, edited, recorded when a version is frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evidence.case import Case
from evidence.measure import as_json, ask, find_measure, read_parameters
from evidence.value import Value
from evidence.verdicts import Judged, judged
from evidence.wording import filled, names_a_number
from store import claims as store
from store.claims import CHECKED, FROZEN, Draft, MeasuredRow, Moment
from store.connection import Workspace
from store.datasets import Dataset
from store.errors import BadClaim, StoreError
from store.rows import JsonObject
from store.versions import Version, freeze

MOST_MEASURES = 8  # of one claim


@dataclass(frozen=True)
class Proposal:
    """A claim that may be kept: a measure, what it is asked with, the sentence, and the page that shows its number."""

    measure: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    sentence: str = ""
    page: str = ""
    query: Mapping[str, object] = field(default_factory=dict)

    def draft(self, case: Case, *, sentence: str = "") -> Draft:
        """As it would be kept, worded so, or as proposed. Raises BadMeasure."""
        of = find_measure(self.measure)
        own = read_parameters(of, self.parameters, case=case)
        measures = {of.place: {"measure": of.name, "parameters": as_json(own)}}
        words = sentence or self.sentence or of.sentence(case, own)
        return Draft(words, measures, self.page or of.page, dict(self.query))


def values_of(case: Case, measures: JsonObject) -> dict[str, Value]:
    """What the measures of a claim say now, by the name of each number; a measure that is not known says so."""
    found = {}
    for name, asked in measures.items():
        try:
            found[name] = ask(case, str(asked["measure"]), dict(asked.get("parameters") or {}))
        except StoreError as error:  # a measure of before that is no more
            found[name] = Value(number=None, unit="count", generation=case.generation, reason=str(error))
    return found


def keep(workspace: Workspace, dataset: Dataset, draft: Draft, *, who: str) -> int:
    """Keep a claim with what its measures say now; its number.

    Raises BadClaim where the sentence names no number of it or a number cannot be had, BadMeasure, TextTooLong.
    """
    at, case = store.moment(workspace, dataset.id), Case(workspace, dataset)
    draft = checked(case, draft)
    values = values_of(case, draft.measures)
    for value in values.values():
        if value.number is None:
            raise BadClaim(f"There is no number to claim: {value.reason}")
    return store.keep_claim(workspace, dataset.id, draft, values=_rows(values), at=at, who=who)


def edit(
    workspace: Workspace,
    dataset: Dataset,
    *,
    claim_id: int,
    edition: int,
    who: str,
    sentence: str | None = None,
    anew: bool = False,
) -> None:
    """Word a claim anew, or (anew) have it say the numbers of now from now on. edition: the one that was looked at.

    Raises ClaimChanged where somebody was quicker, UnknownClaim, BadClaim, TextTooLong.
    """
    claim = store.find_claim(workspace, dataset.id, claim_id=claim_id)
    at, case = store.moment(workspace, dataset.id), Case(workspace, dataset)
    words = claim.sentence if sentence is None else sentence
    draft = checked(case, Draft(words, claim.measures, claim.page, claim.query))
    rows: Sequence[MeasuredRow] = ()
    if anew:
        values = values_of(case, draft.measures)
        unknown = next((value.reason for value in values.values() if value.number is None), None)
        if unknown is not None:
            raise BadClaim(f"There is no number to claim: {unknown}")
        rows = _rows(values)
    store.edit_claim(workspace, dataset.id, draft, claim_id=claim_id, edition=edition, who=who, values=rows, at=at)


def check(
    workspace: Workspace,
    dataset: Dataset,
    *,
    who: str,
    only: Iterable[int] | None = None,
    occasion: str = CHECKED,
    version_id: int | None = None,
) -> list[Judged]:
    """Ask every claim (or `only` some) again, record what comes out, and judge it; the oldest claim first."""
    wanted = None if only is None else set(only)
    claims = [claim for claim in store.list_claims(workspace, dataset.id) if wanted is None or claim.id in wanted]
    at, case = store.moment(workspace, dataset.id), Case(workspace, dataset)
    values = {claim.id: _rows(values_of(case, claim.measures)) for claim in claims}
    if values:
        store.record_values(workspace, values, occasion=occasion, at=at, who=who, version_id=version_id)
    return [one for one in as_recorded(workspace, dataset.id) if wanted is None or one.claim.id in wanted]


def as_recorded(workspace: Workspace, dataset_id: int) -> list[Judged]:
    """Every claim with the verdict on what was measured of it last; nothing is computed. The oldest claim first."""
    then, now = store.values_then(workspace, dataset_id), store.values_now(workspace, dataset_id)
    return [
        judged(workspace, dataset_id, claim, then=then.get(claim.id, []), now=now.get(claim.id, []))
        for claim in store.list_claims(workspace, dataset_id)
    ]


def freeze_with_claims(
    workspace: Workspace, dataset: Dataset, *, name: str, note: str = "", who: str, validation_run: int | None = None
) -> Version:
    """Freeze a version (store.versions.freeze, with its errors) and record what every claim's numbers are then."""
    version = freeze(workspace, dataset.id, name=name, note=note, who=who, validation_run=validation_run)
    check(workspace, dataset, who=who, occasion=FROZEN, version_id=version.id)
    return version


def is_behind(workspace: Workspace, dataset_id: int, judged_claims: Sequence[Judged]) -> bool:
    """Whether anything was decided, imported or computed since one of the claims was asked last."""
    last: Moment | None = None
    for row in (each.now for one in judged_claims for each in one.numbers):
        at = Moment(row.last_decision, row.measured_at)
        last = at if last is None else Moment(min(last.last_decision, at.last_decision), min(last.at, at.at))
    if last is None:
        return False
    finished = store.newest_finished(workspace, dataset_id)
    return store.newest_decision_id(workspace, dataset_id) > last.last_decision or (
        finished is not None and finished > last.at
    )


def checked(case: Case, draft: Draft) -> Draft:
    """The draft with its measures' parameters as they are kept; raises BadClaim, BadMeasure."""
    if not draft.measures or len(draft.measures) > MOST_MEASURES:
        raise BadClaim(f"A claim has 1 to {MOST_MEASURES} numbers, not {len(draft.measures)}.")
    if not names_a_number(draft.sentence, list(draft.measures)):
        named = ", ".join(f"{{{name}}}" for name in draft.measures)
        raise BadClaim(f"The sentence has no place for its number. Write {named} where it goes.")
    measures: JsonObject = {}
    for name, asked in draft.measures.items():
        of = find_measure(str(asked.get("measure")))
        own = read_parameters(of, dict(asked.get("parameters") or {}), case=case)
        measures[name] = {"measure": of.name, "parameters": as_json(own)}
    return Draft(draft.sentence, measures, draft.page, draft.query)


def reads_now(case: Case, draft: Draft) -> str:
    """The draft's sentence with the numbers of now."""
    return filled(draft.sentence, values_of(case, draft.measures))


def _rows(values: Mapping[str, Value]) -> list[MeasuredRow]:
    return [value.row(name) for name, value in values.items()]
