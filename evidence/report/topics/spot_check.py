"""What people found who judged a sample without seeing its labels."""

from analytics.stratified import Share
from analytics.wording import count
from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measures.spot_checks import spot_result
from evidence.report.parts import Chart, Facts, Part
from evidence.report.topic import Drawn, Settings, Topic, facts, missing
from evidence.spot_checks import Result

MOST_CLASSES = 60


def chart_data(result: Result) -> dict[str, object]:
    """The numbers of the chart by class, as figures.drawn wants them; of many classes those that are worst."""
    known = [each for each in result.classes if each.before.is_known or each.after.is_known]
    known.sort(key=lambda each: -max(each.before.share if each.before.is_known else 0, _known(each.after)[0] or 0))
    known = known[:MOST_CLASSES]
    return {
        "names": [result.names[each.index] for each in known],
        "before": [_known(each.before) for each in known],
        "after": [_known(each.after) for each in known],
        "n": [[each.before.n, each.after.n] for each in known],
    }


def _known(share: Share) -> list[float | None]:
    return [share.share, share.low, share.high] if share.is_known else [None, None, None]


def _spot_check(case: Case, settings: Settings) -> Drawn:
    try:
        result = spot_result(case, 0)
    except CannotMeasure:
        return missing("Nobody has judged a sample without seeing its labels yet.", page="spot_check")
    number = {"check": result.check.id}
    found, run_ids = facts(
        case,
        [
            ("Labels wrong as imported", "spot-check-wrong", {**number, "when": "before"}),
            ("Labels wrong after cleaning", "spot-check-wrong", {**number, "when": "after"}),
            ("Doubts of the label check that were right", "spot-check-doubts", number),
            ("Agreement of reviewers (kappa)", "spot-check-kappa", number),
            ("Agreement with themselves (kappa)", "spot-check-kappa", {**number, "of": "self"}),
        ],
    )
    by = listed_reviewers(result)
    asked = f"{count(result.n_judged, 'picture')} of {result.n_asked:,}, drawn at random{_strata(result)}"
    parts: list[Part] = [Facts(rows=[("Judged without their label", asked), *by, *found.rows])]
    data = chart_data(result)
    if data["names"]:
        parts.append(
            Chart(
                name="spot-check",
                data=data,
                alt="The share of wrong labels of each class with its 95 % interval, as imported and after cleaning",
                caption="Share of wrong labels of each class, as imported and after cleaning, with 95 % intervals.",
            )
        )
    return Drawn(tuple(parts), tuple(sorted(run_ids)), query=f"view=Result&check={result.check.id}")


def listed_reviewers(result: Result) -> list[tuple[str, str]]:
    """By how many people."""
    return [("By", count(len(result.reviewers), "person", "people"))] if result.reviewers else []


def _strata(result: Result) -> str:
    n = len(result.check.design.get("strata") or [])
    return f" from {n:,} strata" if n > 1 else ""


TOPICS = (
    Topic(name="spot-check", title="A blind spot check", chapter="Cleaning, step by step", draw=_spot_check,
          page="spot_check", is_optional=True),
)  # fmt: skip
