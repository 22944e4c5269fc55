"""The project sheet, and what was done to a dataset when, with notes; and some of what cleaning changed."""

import datetime
from dataclasses import dataclass

import duckdb

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import ReportChanged, UnknownReport
from store.statements import sql
from store.texts import NAME, REASON, require_short

LONGEST_TEXT = 100_000  # characters of a field


@dataclass(frozen=True)
class ProjectText:
    """A field of the project sheet as it was written; edition: 1, and one more for each change."""

    field: str
    edition: int
    text: str
    who: str
    written_at: datetime.datetime


@dataclass(frozen=True)
class Happened:
    """What was done. kind: import, run, decisions (of a day, an act and a person), version, claim; what: its name."""

    happened_at: datetime.datetime
    kind: str
    what: str
    n: int
    who: str


@dataclass(frozen=True)
class TimelineNote:
    """A note of a person on a day."""

    id: int
    edition: int
    day: datetime.datetime
    text: str
    who: str
    written_at: datetime.datetime


@dataclass(frozen=True)
class ChangedLabel:
    """An image whose label a person changed: class indices as imported and now."""

    image_id: int
    sha256: str
    path: str
    given: int | None
    label: int | None
    reason: str | None
    who: str


@dataclass(frozen=True)
class RemovedImage:
    """An image that a person removed; label: the class index that counts."""

    image_id: int
    sha256: str
    path: str
    label: int | None
    reason: str | None
    who: str


@dataclass(frozen=True)
class ClassChange:
    """Images of a class as imported, and those that are kept now, by the label that counts now."""

    class_index: int
    n_given: int
    n_now: int


@dataclass(frozen=True)
class SourceCount:
    """So many kept images of a source under a licence; "" where it is not known."""

    source: str
    licence: str
    n: int


def project_texts(workspace: Workspace, dataset_id: int) -> dict[str, ProjectText]:
    """The project sheet as it reads now, by field."""
    return {each.field: each for each in workspace.all("project_texts", ProjectText, dataset_id=dataset_id)}


def project_history(workspace: Workspace, dataset_id: int, *, field: str, n_rows: int = 100) -> list[ProjectText]:
    """Every wording of a field, newest first."""
    return workspace.all("project_history", ProjectText, dataset_id=dataset_id, field=field, n_rows=n_rows)


@does("write_project")
def write_project_text(workspace: Workspace, dataset_id: int, *, field: str, text: str, edition: int, who: str) -> None:
    """Word a field anew. edition: the one that the writer saw, 0 for none. Raises ReportChanged, TextTooLong."""
    require_short(text, "The text", longest=LONGEST_TEXT)
    require_short(who, "Who writes", longest=NAME)
    with workspace.writing() as cursor:
        newest = project_history(workspace, dataset_id, field=field, n_rows=1)
        if newest and newest[0].edition != edition:
            raise ReportChanged(
                f"{newest[0].who} changed this meanwhile ({newest[0].written_at:%d %B %Y, %H:%M} UTC). Nothing was "
                "saved: look at it as it is now, then decide."
            )
        values = {"dataset_id": dataset_id, "field": field, "edition": edition + 1, "text": text, "who": who}
        cursor.execute(sql("insert_project_text"), {**values, "written_at": utc_now()})


def what_happened(workspace: Workspace, dataset_id: int) -> list[Happened]:
    """Imports, runs, decisions by day, act and person, versions and claims, the oldest first."""
    return workspace.all("what_happened", Happened, dataset_id=dataset_id)


def timeline_notes(workspace: Workspace, dataset_id: int) -> list[TimelineNote]:
    """The dataset's notes, the oldest day first."""
    return workspace.all("timeline_notes", TimelineNote, dataset_id=dataset_id)


@does("note_timeline")
def add_timeline_note(workspace: Workspace, dataset_id: int, *, day: datetime.date, text: str, who: str) -> int:
    """Note something on a day; its number. Raises TextTooLong."""
    with workspace.writing() as cursor:
        ((note_id,),) = cursor.execute(sql("next_timeline_note_id")).fetchall()
        _write_note(cursor, dataset_id, note_id=note_id, edition=1, day=day, text=text, who=who)
    return int(note_id)


@does("note_timeline")
def forget_timeline_note(workspace: Workspace, dataset_id: int, *, note_id: int, who: str) -> None:
    """Have a note count no more. Raises UnknownReport where there is none."""
    for note in timeline_notes(workspace, dataset_id):
        if note.id == note_id:
            with workspace.writing() as cursor:
                _write_note(
                    cursor,
                    dataset_id,
                    note_id=note_id,
                    edition=note.edition + 1,
                    day=note.day.date(),
                    text=note.text,
                    who=who,
                    forgotten=True,
                )
            return
    raise UnknownReport(f"There is no note {note_id} of this dataset any more.")


def changed_labels(workspace: Workspace, dataset_id: int, *, n_rows: int, seed: int) -> list[ChangedLabel]:
    """Some of the kept images whose label a person changed, drawn by the seed."""
    return workspace.all("changed_labels", ChangedLabel, dataset_id=dataset_id, n_rows=n_rows, seed=seed)


def removed_images(workspace: Workspace, dataset_id: int, *, n_rows: int, seed: int) -> list[RemovedImage]:
    """Some of the images that a person removed, drawn by the seed."""
    return workspace.all("removed_images", RemovedImage, dataset_id=dataset_id, n_rows=n_rows, seed=seed)


def class_changes(workspace: Workspace, dataset_id: int) -> list[ClassChange]:
    """Images of each class as imported and now."""
    return workspace.all("class_changes", ClassChange, dataset_id=dataset_id)


def source_counts(workspace: Workspace, dataset_id: int, *, n_rows: int = 50) -> list[SourceCount]:
    """Sources and licences of the kept images, the most first."""
    return workspace.all("source_counts", SourceCount, dataset_id=dataset_id, n_rows=n_rows)


def _write_note(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    *,
    note_id: int,
    edition: int,
    day: datetime.date,
    text: str,
    who: str,
    forgotten: bool = False,
) -> None:
    require_short(text, "The note", longest=REASON)
    require_short(who, "Who notes", longest=NAME)
    values = {"note_id": note_id, "dataset_id": dataset_id, "edition": edition, "day": f"{day:%Y-%m-%d}"}
    values |= {"text": text.strip(), "forgotten": forgotten, "who": who}
    cursor.execute(sql("insert_timeline_note"), {**values, "written_at": utc_now()})
