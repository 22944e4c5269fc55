"""The story: what people wrote of their project, the claims, what happened when, and how to do all of it again."""

import shlex
from dataclasses import dataclass

from analytics.wording import count
from evidence.case import Case
from evidence.claims import as_recorded
from evidence.ethics import answers
from evidence.report.parts import Cell, Chart, ClaimCard, ClaimNumber, Column, Facts, Missing, Part, Table
from evidence.report.sheet import ETHICS, LOOKING_BACK, PLAN, THEME, Field, read_plan
from evidence.report.topic import Drawn, Settings, Topic, missing
from evidence.verdicts import Compared, Judged
from evidence.wording import in_words, pictures
from store import project
from store.runs import FinishedRun, finished_runs
from store.subjects import LABELS, PICTURES, REMOVALS
from store.versions import list_versions

MOST_DAYS = 400
_HAPPENED = {
    "import": "Imports",
    "run": "Computations",
    "decisions": "Decisions",
    "version": "Versions",
    "claim": "Claims",
    "note": "Notes",
}
_WORDS = {
    "keep": "labels kept",
    "relabel": "labels changed",
    "remove": "pictures removed",
    "restore": "pictures restored",
    "flag": "pictures flagged",
    "undo": "decisions taken back",
}


@dataclass(frozen=True, kw_only=True)
class _Run(FinishedRun):
    kind: str


def claim_card(judged: Judged) -> ClaimCard:
    """A claim as a report shows it."""
    return ClaimCard(
        claim_id=judged.claim.id,
        sentence=judged.then,
        now=judged.now,
        verdict=judged.verdict,  # type: ignore[arg-type]  # one of the three
        numbers=[_number(each) for each in judged.numbers],
        why=list(judged.why),
        weak=list(judged.weak),
    )


def _number(number: Compared) -> ClaimNumber:
    runs = f", run {', '.join(map(str, number.now.run_ids))}" if number.now.run_ids else ""
    on = f" on {number.now.evaluation_set}" if number.now.evaluation_set else ""
    return ClaimNumber(
        name=number.name.replace("_", " "),
        then=in_words(number.then),
        now=in_words(number.now) if number.now.number is not None else number.said,
        rests_on=f"{pictures(number.now)}{on}{runs}",
    )


def _claims(case: Case, settings: Settings) -> Drawn:
    claims = as_recorded(case.workspace, case.dataset.id)
    if settings.claim:
        claims = [each for each in claims if each.claim.id == settings.claim]
        if not claims:
            return missing(f"There is no claim {settings.claim} any more.", page="claims")
    if not claims:
        return missing(
            "Nothing has been claimed yet. “Keep as a claim” stands beside the numbers of the pages.",
            command="vitrine claims add",
            page="claims",
        )
    runs = {run for each in claims for number in each.numbers for run in number.now.run_ids}
    return Drawn(tuple(claim_card(each) for each in claims), tuple(sorted(runs)))


def _written(fields: tuple[Field, ...], case: Case, *, what: str) -> Drawn:
    """The words of the sheet are the block's text (evidence.report.reports); here only what is not written yet."""
    texts = project.project_texts(case.workspace, case.dataset.id)
    open_ = [field.title for field in fields if not (field.name in texts and texts[field.name].text.strip())]
    if not open_:
        return Drawn(())
    if len(open_) == len(fields):
        return missing(f"{what} The page Project asks: {' · '.join(open_)}.", page="project")
    return Drawn((Missing(sentence=f"Not written yet: {' · '.join(open_)}.", page="project"),))


def _theme(case: Case, settings: Settings) -> Drawn:
    return _written(THEME, case, what="Nothing is written about the project yet.")


def _ethics(case: Case, settings: Settings) -> Drawn:
    written = _written(ETHICS, case, what="The questions of ethics have no answer yet.")
    numbers = [(each.title, each.sentence) for each in answers(case) if each.is_known]
    return Drawn((*written.parts, Facts(rows=numbers))) if numbers else written


def _looking_back(case: Case, settings: Settings) -> Drawn:
    return _written(LOOKING_BACK, case, what="Nothing is written in hindsight yet.")


def _plan(case: Case, settings: Settings) -> Drawn:
    texts = project.project_texts(case.workspace, case.dataset.id)
    rows = read_plan(texts[PLAN].text) if PLAN in texts else []
    if not rows:
        return missing("There is no plan yet.", page="project")
    columns = [Column(title=title) for title in ("Sprint", "Planned", "Reached")]
    return Drawn((Table(columns=columns, rows=[[row.sprint, row.planned, row.reached] for row in rows]),))


def timeline_parts(case: Case) -> tuple[Part, ...]:
    """What happened as a chart, and the notes on it."""
    rows = project.what_happened(case.workspace, case.dataset.id)[-MOST_DAYS:]
    notes = project.timeline_notes(case.workspace, case.dataset.id)
    events = [
        (each.happened_at, _HAPPENED[each.kind], each.n if each.kind == "decisions" else 1, _said(each))
        for each in rows
    ]
    events += [(note.day.replace(hour=12), _HAPPENED["note"], 1, note.text) for note in notes]  # a day is no moment
    if not events:
        return ()
    events.sort(key=lambda event: (list(_HAPPENED.values()).index(event[1]), event[0]))
    chart = Chart(
        name="timeline",
        data={
            "days": [f"{at:%Y-%m-%dT%H:%M:%S}" for at, _, _, _ in events],
            "kinds": [kind for _, kind, _, _ in events],
            "counts": [n for _, _, n, _ in events],
            "words": [words[:200] for _, _, _, words in events],
        },
        alt=f"What happened from {min(events)[0]:%d %B %Y} to {max(events)[0]:%d %B %Y}",
        caption="What happened when (UTC); a larger dot for more decisions of a day, an act and a person.",
    )
    if not notes:
        return (chart,)
    columns = [Column(title="Day"), Column(title="Note"), Column(title="Who")]
    return chart, Table(columns=columns, rows=[[f"{note.day:%Y-%m-%d}", note.text, note.who] for note in notes])


def _said(each: project.Happened) -> str:
    if each.kind == "decisions":
        return f"{each.n:,} {_WORDS.get(each.what, each.what)} by {each.who}"
    if each.kind == "version":
        return f"Version {each.what}, {count(each.n, 'picture')}, by {each.who}"
    return f"{each.what}" if each.kind in ("run", "claim") else "Pictures came in"


def _timeline(case: Case, settings: Settings) -> Drawn:
    parts = timeline_parts(case)
    return Drawn(parts) if parts else missing("Nothing has happened yet.", page="project")


def _runs(case: Case, settings: Settings) -> Drawn:
    runs = finished_runs(case.workspace, case.dataset.id, kind=None, of=_Run, n_rows=200)
    if not runs:
        return missing("Nothing has been computed yet.", command="vitrine analyse", page="overview")
    columns = [
        Column(title="Run", kind="count"),
        Column(title="Kind"),
        Column(title="Parameters"),
        Column(title="Seconds", kind="number"),
        Column(title="Finished (UTC)"),
        Column(title="Code"),
    ]
    rows: list[list[Cell]] = [
        [
            run.run_id,
            run.kind,
            _parameters(run.parameters),
            round(run.seconds, 1),
            f"{run.finished_at:%Y-%m-%d %H:%M}",
            run.code_version,
        ]
        for run in runs[:40][::-1]
    ]
    return Drawn((Table(columns=columns, rows=rows, n_rows=len(runs)),))


def _parameters(given: dict[str, object]) -> str:
    """Those that say something, without paths of a machine."""
    told = [
        f"{name} {value}"
        for name, value in given.items()
        if value not in ("", None, [], {}) and not (isinstance(value, str) and ("/" in value or "\\" in value))
    ]
    text = ", ".join(told)
    return text if len(text) <= 160 else f"{text[:159]}…"


def _versions(case: Case, settings: Settings) -> Drawn:
    versions = list_versions(case.workspace, case.dataset.id)
    if not versions:
        return missing("No version of the dataset has been frozen yet.", page="versions")
    columns = [Column(title="Version"), Column(title="Pictures", kind="count"), Column(title="Left out", kind="count")]
    columns += [Column(title=title) for title in ("Frozen (UTC)", "Who", "Note")]
    rows: list[list[Cell]] = [
        [each.name, each.n_images, each.n_left_out, f"{each.created_at:%Y-%m-%d %H:%M}", each.who, each.note or ""]
        for each in versions
    ]
    return Drawn((Table(columns=columns, rows=rows),))


def _again(case: Case, settings: Settings) -> Drawn:
    name = shlex.quote(case.dataset.name)
    rows = [
        ("All analyses", f"vitrine analyse {name}"),
        ("These claims, checked", f"vitrine claims check --dataset {name}"),
        ("This report", f"vitrine run report --dataset {name} --format html"),
    ]
    return Drawn((Facts(rows=rows),))


_ALL = (PICTURES, LABELS, REMOVALS)
TOPICS = (
    Topic(name="theme", title="", chapter="Theme and question", draw=_theme, page="project"),
    Topic(name="plan", title="Plan, sprint by sprint", chapter="Theme and question", draw=_plan, page="project",
          is_optional=True),
    Topic(name="claims", title="", chapter="Claims", draw=_claims, page="claims", reads=_ALL),
    Topic(name="ethics", title="", chapter="Ethics", draw=_ethics, page="project"),
    Topic(name="hindsight", title="", chapter="Reflections", draw=_looking_back, page="project"),
    Topic(name="timeline", title="What happened when", chapter="How to reproduce this", draw=_timeline,
          page="project", reads=(*_ALL, "keep"), kinds=("import",)),
    Topic(name="versions", title="Versions", chapter="How to reproduce this", draw=_versions, page="versions"),
    Topic(name="runs", title="Computations", chapter="How to reproduce this", draw=_runs, page="jobs"),
    Topic(name="again", title="Commands", chapter="How to reproduce this", draw=_again),
)  # fmt: skip
