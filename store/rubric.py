"""The rubric of a dataset and its sheets: criteria, what each reviewer scored, drafts and submitted; append-only."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadRubric, RubricChanged
from store.reviews import RubricScore, list_rubric_scores
from store.rows import JsonObject
from store.statements import sql
from store.texts import NAME, REASON, require_short

STATES = DRAFT, SUBMITTED, REOPENED = "draft", "submitted", "reopened"
MOST_CRITERIA, MOST_SCALE, MOST_WEIGHT = 30, 100, 1_000
LONGEST_NOTE = 5_000  # characters on a criterion
MOST_SHEETS = 500  # of a dataset


@dataclass(frozen=True)
class Criterion:
    """What is scored from 1 to `most`. name: by which scores know it, for ever; about: what it asks; weight: from 0."""

    name: str
    title: str
    about: str = ""
    most: int = 5
    weight: float = 1.0


@dataclass(frozen=True)
class Rubric:
    """The criteria in order. edition: 0 for the first, which nobody has changed; then who and written_at are None."""

    criteria: tuple[Criterion, ...]
    edition: int = 0
    who: str | None = None
    written_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Score:
    """What a reviewer gave of a criterion. score: None, not yet; of: the most that there was then."""

    score: int | None = None
    of: int = 5
    note: str = ""
    title: str = ""


@dataclass(frozen=True)
class Sheet:
    """A reviewer's sheet as it is now, by the criteria's names. state: of STATES; who: of this edition.

    is_of_bundle: it came with a review.json and is submitted; edition: 0 then, or where there is no sheet yet.
    """

    reviewer: str
    scores: Mapping[str, Score]
    state: str = DRAFT
    edition: int = 0
    rubric_edition: int = 0
    who: str = ""
    written_at: datetime.datetime | None = None
    is_of_bundle: bool = False


# What this work is judged by; a team words it anew as it likes.
FIRST = Rubric(
    (
        Criterion(
            "dataset", "Quality and relevance of the dataset", "Are the pictures right for the question, and clean?"
        ),
        Criterion("task", "Adherence to the task", "Does the work do what was asked, and show that it did?"),
        Criterion("theme", "Creativity of theme", "Is the theme the authors' own, and worth the work?"),
        Criterion("reflection", "Depth of reflection", "Do they say what was hard, what failed, and what follows?"),
    )
)


@dataclass(frozen=True)
class _RubricRow:
    edition: int
    criteria: JsonObject
    who: str
    written_at: datetime.datetime


@dataclass(frozen=True)
class _SheetRow:
    reviewer: str
    edition: int
    rubric_edition: int
    scores: JsonObject
    state: str
    who: str
    written_at: datetime.datetime


def current_rubric(workspace: Workspace, dataset_id: int) -> Rubric:
    """The dataset's rubric, FIRST where nobody has worded one."""
    row = workspace.first("current_rubric", _RubricRow, dataset_id=dataset_id)
    return FIRST if row is None else _rubric(row)


def rubric_history(workspace: Workspace, dataset_id: int, *, n_rows: int = 100) -> list[Rubric]:
    """Every wording of the rubric, newest first, FIRST last."""
    rows = workspace.all("rubric_history", _RubricRow, dataset_id=dataset_id, n_rows=n_rows)
    return [*map(_rubric, rows), FIRST]


@does("write_rubric")
def write_rubric(
    workspace: Workspace, dataset_id: int, criteria: Sequence[Criterion], *, edition: int, who: str
) -> None:
    """Word the rubric anew. edition: the one that the writer saw. Raises RubricChanged, BadRubric, TextTooLong."""
    _check(criteria)
    _require_who(who)
    with workspace.writing() as cursor:
        newest = current_rubric(workspace, dataset_id)
        if newest.edition != edition:
            raise RubricChanged(_meanwhile(newest.who or "Somebody", "the rubric", newest.written_at))
        text = json.dumps({"criteria": [vars(each) for each in criteria]})
        values = {"dataset_id": dataset_id, "edition": edition + 1, "criteria": text, "who": who}
        cursor.execute(sql("insert_rubric"), {**values, "written_at": utc_now()})


def new_name(title: str, taken: Sequence[str]) -> str:
    """A name for a criterion: letters and digits of its title, with a number where another has it."""
    words = "".join(letter if letter.isalnum() else " " for letter in title.lower()).split()
    stem = "-".join(words)[:60] or "criterion"
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def list_sheets(workspace: Workspace, dataset_id: int) -> list[Sheet]:
    """Every reviewer's sheet as it is now, by name: those written here, and those that came with a review.json.

    Of somebody with both the newer counts, but a draft never hides what was submitted with a file.
    """
    here = {each.reviewer: _sheet(each) for each in workspace.all("list_sheets", _SheetRow, dataset_id=dataset_id)}
    of_files = _of_bundles(list_rubric_scores(workspace, dataset_id))
    sheets = list(here.values())
    for reviewer, sheet in of_files.items():
        mine = here.get(reviewer)
        if mine is None or mine.state != SUBMITTED:
            sheets.append(sheet)
        elif sheet.written_at is not None and mine.written_at is not None and sheet.written_at > mine.written_at:
            sheets[sheets.index(mine)] = sheet
    return sorted(sheets, key=lambda sheet: (sheet.reviewer, sheet.is_of_bundle))


def sheet_of(workspace: Workspace, dataset_id: int, reviewer: str) -> Sheet:
    """A reviewer's sheet that is written here; an empty draft where there is none."""
    row = workspace.first("sheet_history", _SheetRow, dataset_id=dataset_id, reviewer=reviewer, n_rows=1)
    return Sheet(reviewer, {}) if row is None else _sheet(row)


@does("score")
def write_sheet(
    workspace: Workspace,
    dataset_id: int,
    sheet: Sheet,
    scores: Mapping[str, Score],
    *,
    rubric: Rubric,
    submit: bool,
    who: str,
) -> None:
    """Keep a reviewer's scores as a draft, or submit them. sheet: as they saw it, their own.

    Raises BadRubric where it is submitted already, is somebody else's, or a score lies outside its scale, and
    RubricChanged where it was changed meanwhile.
    """
    if sheet.reviewer != who:
        raise BadRubric(f"Only {sheet.reviewer} can write on this sheet.")
    if sheet.state == SUBMITTED:
        raise BadRubric("This sheet is submitted. Whoever owns the dataset can reopen it.")
    _check_scores(scores, submit=submit)
    _add_edition(
        workspace, dataset_id, sheet, scores, state=SUBMITTED if submit else sheet.state, rubric=rubric.edition, who=who
    )


@does("reopen_sheet")
def reopen_sheet(workspace: Workspace, dataset_id: int, sheet: Sheet, *, who: str) -> None:
    """Let a reviewer write on a submitted sheet again; it counts no more until they submit it. Raises RubricChanged."""
    if sheet.is_of_bundle or sheet.state != SUBMITTED:
        raise BadRubric("Only a sheet that was submitted here can be reopened.")
    _add_edition(
        workspace, dataset_id, sheet, sheet.scores, state=REOPENED, rubric=sheet.rubric_edition, who=who
    )  # fmt: skip


def _add_edition(
    workspace: Workspace,
    dataset_id: int,
    sheet: Sheet,
    scores: Mapping[str, Score],
    *,
    state: str,
    rubric: int,
    who: str,
) -> None:
    _require_who(who)
    about = {"dataset_id": dataset_id, "reviewer": sheet.reviewer}
    with workspace.writing() as cursor:
        _require_newest(cursor, sheet, **about)
        told = {name: vars(score) for name, score in scores.items() if score.score is not None or score.note.strip()}
        values = {**about, "edition": sheet.edition + 1, "rubric_edition": rubric, "scores": json.dumps(told)}
        cursor.execute(sql("insert_sheet"), {**values, "state": state, "who": who, "written_at": utc_now()})


def _require_newest(cursor: duckdb.DuckDBPyConnection, sheet: Sheet, **about: object) -> None:
    rows = cursor.execute(sql("sheet_history"), {**about, "n_rows": 1}).fetchall()
    if rows and rows[0][1] != sheet.edition:
        raise RubricChanged(_meanwhile(rows[0][5], f"the sheet of {sheet.reviewer}", rows[0][6]))


def _check(criteria: Sequence[Criterion]) -> None:
    if not 0 < len(criteria) <= MOST_CRITERIA:
        raise BadRubric(f"A rubric has 1 to {MOST_CRITERIA} criteria, not {len(criteria)}.")
    names = [each.name for each in criteria]
    if len(set(names)) < len(names):
        raise BadRubric("Two criteria have the same name.")
    for each in criteria:
        if not each.title.strip() or not each.name:
            raise BadRubric("Each criterion needs a title.")
        require_short(each.title, "The title", longest=NAME)
        require_short(each.about, "What a criterion asks", longest=REASON)
        if not 2 <= each.most <= MOST_SCALE:
            raise BadRubric(f"A scale goes from 1 to a number of 2 to {MOST_SCALE}; {each.title} has {each.most}.")
        if not 0 <= each.weight <= MOST_WEIGHT:
            raise BadRubric(f"A weight is a number of 0 to {MOST_WEIGHT:,}; {each.title} has {each.weight}.")
    if not any(each.weight for each in criteria):
        raise BadRubric("At least one criterion needs a weight above 0.")


def _check_scores(scores: Mapping[str, Score], *, submit: bool) -> None:
    if submit and not any(each.score is not None for each in scores.values()):
        raise BadRubric("A sheet is submitted with one score at least.")
    for each in scores.values():
        require_short(each.note, "The words on a criterion", longest=LONGEST_NOTE)
        if each.score is not None and not 1 <= each.score <= each.of <= MOST_SCALE:
            raise BadRubric(f"A score goes from 1 to {each.of}; {each.title} has {each.score}.")


def _of_bundles(scores: Sequence[RubricScore]) -> dict[str, Sheet]:
    """The scores that came with files as a sheet a reviewer: of each criterion the newest."""
    found: dict[str, dict[str, RubricScore]] = {}
    for each in sorted(scores, key=lambda score: score.saved_at):
        found.setdefault(each.reviewer, {})[each.criterion] = each
    sheets = {}
    for reviewer, by_name in found.items():
        last = max(each.saved_at for each in by_name.values())
        given = {name: Score(each.score, each.of_most, each.note, each.title) for name, each in by_name.items()}
        sheets[reviewer] = Sheet(reviewer, given, SUBMITTED, who=reviewer, written_at=last, is_of_bundle=True)
    return sheets


def _rubric(row: _RubricRow) -> Rubric:
    criteria = tuple(Criterion(**each) for each in row.criteria.get("criteria", []))
    return Rubric(criteria, row.edition, row.who, row.written_at)


def _sheet(row: _SheetRow) -> Sheet:
    scores = {name: Score(**each) for name, each in row.scores.items()}
    return Sheet(row.reviewer, scores, row.state, row.edition, row.rubric_edition, row.who, row.written_at)


def _meanwhile(who: str, what: str, at: datetime.datetime | None) -> str:
    when = f" ({at:%d %B %Y, %H:%M} UTC)" if at is not None else ""
    return f"{who} changed {what} meanwhile{when}. Nothing was saved: look at it as it is now, then decide."


def _require_who(who: str) -> None:
    if not who.strip():
        raise BadRubric("Say who you are first.")
    require_short(who, "Who writes", longest=NAME)
