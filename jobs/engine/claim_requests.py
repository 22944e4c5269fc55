"""What the command line asks of the owner about claims: all of it goes in and comes out as JSON has it."""

from collections.abc import Callable, Mapping
from typing import Any

from evidence import claims
from evidence.case import Case
from evidence.claims import Proposal
from evidence.measure import all_measures, kinds_of_parameters
from evidence.verdicts import Judged
from evidence.wording import in_words
from store.claims import find_claim, forget_claim
from store.connection import Workspace
from store.datasets import find_dataset


def list_claims(workspace: Workspace, *, dataset: str) -> list[dict[str, object]]:
    """Every claim of a dataset with what was measured of it last; nothing is computed."""
    found = find_dataset(workspace, dataset)
    return [_told(each) for each in claims.as_recorded(workspace, found.id)]


def check_claims(workspace: Workspace, *, dataset: str, only: list[int], who: str) -> list[dict[str, object]]:
    """Ask every claim again, or `only` some, and record what comes out. Raises UnknownClaim."""
    found = find_dataset(workspace, dataset)
    for claim_id in only:
        find_claim(workspace, found.id, claim_id=claim_id)
    return [_told(each) for each in claims.check(workspace, found, who=who, only=only or None)]


def add_claim(
    workspace: Workspace, *, dataset: str, measure: str, parameters: dict[str, object], sentence: str, who: str
) -> dict[str, object]:
    """Keep a claim of one measure; without a sentence the measure's own. Raises BadMeasure, BadClaim."""
    found = find_dataset(workspace, dataset)
    draft = Proposal(measure, parameters).draft(Case(workspace, found), sentence=sentence)
    claim_id = claims.keep(workspace, found, draft, who=who)
    return next(_told(each) for each in claims.as_recorded(workspace, found.id) if each.claim.id == claim_id)


def edit_claim(
    workspace: Workspace, *, dataset: str, claim: int, sentence: str | None, anew: bool, who: str
) -> dict[str, object]:
    """Word a claim anew, or have it say the numbers of now. Raises UnknownClaim, BadClaim."""
    found = find_dataset(workspace, dataset)
    newest = find_claim(workspace, found.id, claim_id=claim)
    claims.edit(workspace, found, claim_id=claim, edition=newest.edition, who=who, sentence=sentence or None, anew=anew)
    return next(_told(each) for each in claims.as_recorded(workspace, found.id) if each.claim.id == claim)


def forget(workspace: Workspace, *, dataset: str, claim: int, who: str) -> dict[str, object]:
    """Have a claim count no more. Raises UnknownClaim."""
    found = find_dataset(workspace, dataset)
    newest = find_claim(workspace, found.id, claim_id=claim)
    forget_claim(workspace, found.id, claim_id=claim, edition=newest.edition, who=who)
    return {"claim": claim, "forgotten": True}


def measures(workspace: Workspace) -> list[dict[str, object]]:
    """Every measure with its parameters."""
    return [
        {
            "measure": each.name,
            "title": each.title,
            "place": each.place,
            "about": each.about,
            "parameters": kinds_of_parameters(each),
        }
        for each in all_measures().values()
    ]


def _told(judged: Judged) -> dict[str, object]:
    return {
        "claim": judged.claim.id,
        "measure": next((str(each.get("measure")) for each in judged.claim.measures.values()), ""),
        "verdict": judged.verdict,
        "sentence": judged.then,
        "now": judged.now,
        "numbers": {
            each.name: {
                "then": each.then.number,
                "now": each.now.number,
                "interval": None if each.now.low is None else [each.now.low, each.now.high],
                "n": each.now.n,
                "unit": each.now.unit,
                "runs": list(each.now.run_ids),
                "in_words": in_words(each.now),
                "said": each.said,
            }
            for each in judged.numbers
        },
        "why": list(judged.why),
        "weak": list(judged.weak),
        "kept_by": judged.claim.kept_by,
        "kept_at": f"{judged.claim.kept_at:%Y-%m-%d %H:%M}",
    }


CLAIM_ACTS: Mapping[str, Callable[..., Any]] = {
    "claims": list_claims,
    "check-claims": check_claims,
    "add-claim": add_claim,
    "edit-claim": edit_claim,
    "forget-claim": forget,
    "measures": measures,
}
