"""What reviewers said: open and resolved comments, and the rubric with its scores."""

from evidence.case import Case
from evidence.report.parts import Column, Facts, Part, Table
from evidence.report.topic import Drawn, Settings, Topic, missing
from evidence.rubric import CriterionResult, RubricResult, rubric_result, say_alpha
from store.comments import list_threads

MOST_SHOWN = 20  # open comments
LONGEST_SHOWN = 400  # characters of one
_ABOUT = {
    "picture": "a picture",
    "page": "a page",
    "claim": "a claim",
    "block": "this report",
    "version": "a version",
    "general": "all of it",
}


def _reviewers(case: Case, settings: Settings) -> Drawn:
    threads = list_threads(case.workspace, case.dataset.id)
    result = rubric_result(case.workspace, case.dataset.id)
    if not threads and not result.counted:
        return missing("No reviewer has said anything yet.", page="reviewers")
    still_open = [each for each in threads if not each.state.resolved]
    people = {comment.who for each in threads for comment in each.comments}
    people |= {sheet.reviewer for sheet in result.counted}
    rows = [
        ("People who commented or scored", f"{len(people):,}"),
        ("Comments that are open", f"{len(still_open):,}"),
        ("Comments that are resolved", f"{len(threads) - len(still_open):,}"),
    ]
    if result.counted:
        rows.append(("Sheets of the rubric", f"{len(result.counted):,}"))
    parts: list[Part] = [Facts(rows=rows), *_rubric(result)]
    if still_open:
        columns = [Column(title=title) for title in ("Open comment", "On", "Who", "When (UTC)")]
        shown = [
            [
                _short(" ".join(each.first.text.split()) if not each.first.forgotten else "(deleted)"),
                _short(each.first.title or each.first.path or _ABOUT[each.first.kind], 120),
                each.first.who,
                f"{each.first.begun_at:%Y-%m-%d %H:%M}",
            ]
            for each in still_open[:MOST_SHOWN]
        ]
        parts.append(Table(columns=columns, rows=[list(row) for row in shown], n_rows=len(still_open)))
    return Drawn(tuple(parts))


def _rubric(result: RubricResult) -> list[Part]:
    """The table of the rubric, where somebody submitted a sheet."""
    if not result.counted:
        return []
    columns = [Column(title="Criterion"), Column(title="Weight", kind="number")]
    columns += [Column(title=title, kind="number") for title in ("Mean", "Spread")]
    columns += [Column(title="From, to"), Column(title="Scale"), Column(title="n", kind="count")]
    rows = [_row(each) for each in (*result.results, *result.others) if each.n]
    total = "" if result.total is None else f"Weighted total: {100 * result.total:.0f} % of the most there is. "
    return [Table(columns=columns, rows=rows, note=f"{total}{say_alpha(result.alpha)}")]


def _row(each: CriterionResult) -> list[str | int | float | None]:
    ends = "" if each.low is None or each.high is None else f"{each.low:.3g} to {each.high:.3g}"
    return [
        each.criterion.title,
        round(each.criterion.weight, 2),
        None if each.mean is None else round(each.mean, 2),
        None if each.spread is None else round(each.spread, 2),
        ends,
        f"1 to {each.criterion.most}",
        each.n,
    ]


def _short(text: str, longest: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


TOPICS = (
    Topic(name="reviewers", title="What reviewers said", chapter="Reviews", draw=_reviewers, page="reviewers",
          is_optional=True),
)  # fmt: skip
