"""Comments in threads, pinned to a picture, a page, a claim, a block of a report, a version or nothing; append-only.

Those that are written here and those that came with a review.json lie in one table. Every wording stays in the file.
"""

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadComment, CommentChanged, UnknownComment
from store.pins import KINDS, PICTURE, Comment, Pin, Thread, ThreadState
from store.rows import JsonObject
from store.statements import sql
from store.texts import NAME, require_short

LONGEST = 5_000  # characters of a comment
MOST = 50_000  # comments of a dataset


@dataclass(frozen=True)
class CommentEdition:
    """A wording of a comment."""

    edition: int
    text: str
    forgotten: bool
    who: str
    written_at: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class ThreadCounts(Pin):
    """How many threads are pinned to something, and how many of them are open."""

    n_open: int
    n_all: int
    # Counted by what they are pinned to, whatever its title, place and filters.
    title: str = field(default="", init=False)
    query: JsonObject = field(default_factory=dict, init=False)
    x: float | None = field(default=None, init=False)
    y: float | None = field(default=None, init=False)


@dataclass(frozen=True)
class _Edition:
    edition: int
    forgotten: bool
    who: str
    written_at: datetime.datetime


@dataclass(frozen=True)
class KnownComment:
    """A comment that is here already, as it is worded now."""

    id: str
    edition: int
    who: str
    written_at: datetime.datetime
    text: str
    forgotten: bool


def list_threads(workspace: Workspace, dataset_id: int) -> list[Thread]:
    """The dataset's threads in which something stands, the one in which something happened last first."""
    states = {each.thread: each for each in workspace.all("list_threads", ThreadState, dataset_id=dataset_id)}
    by_thread: dict[str, list[Comment]] = {}
    for comment in workspace.all("list_comments", Comment, dataset_id=dataset_id, thread=""):
        if comment.thread in states:
            by_thread.setdefault(comment.thread, []).append(comment)
    threads = []
    for name, comments in by_thread.items():
        first = next(each for each in comments if each.id == name)
        answers = tuple(each for each in comments if each.id != name and not each.forgotten)
        threads.append(Thread(first, answers, states[name]))
    return sorted(threads, key=lambda thread: (thread.changed_at, thread.first.id), reverse=True)


def list_comments(workspace: Workspace, dataset_id: int) -> list[Comment]:
    """The dataset's comments that stand, the newest first."""
    found = workspace.all("list_comments", Comment, dataset_id=dataset_id, thread="")
    return [each for each in reversed(found) if not each.forgotten]


def thread_counts(workspace: Workspace, dataset_id: int) -> dict[str, ThreadCounts]:
    """How many threads there are by their target, as Pin.target names it."""
    counted = workspace.all("thread_counts", ThreadCounts, dataset_id=dataset_id)
    return {each.target: each for each in counted}


@does("comment")
def write_comment(workspace: Workspace, dataset_id: int, pin: Pin, *, text: str, who: str) -> str:
    """Begin a thread; its name, which is that of its first comment. Raises BadComment, UnknownComment, TextTooLong."""
    _check_pin(workspace, dataset_id, pin)
    return _write_new(workspace, dataset_id, pin, thread="", text=text, who=who)


@does("answer_comment")
def answer(workspace: Workspace, dataset_id: int, thread: str, *, text: str, who: str) -> str:
    """Write below a comment; the answer's name. Raises UnknownComment, BadComment, TextTooLong."""
    comments = workspace.all("list_comments", Comment, dataset_id=dataset_id, thread=thread)
    first = next((each for each in comments if each.id == thread), None)
    if first is None or all(each.forgotten for each in comments):
        raise UnknownComment("This comment was deleted meanwhile. Begin one of your own.")
    return _write_new(workspace, dataset_id, first, thread=thread, text=text, who=who)


@does("edit_comment")
def edit_comment(workspace: Workspace, dataset_id: int, comment: Comment, *, text: str, who: str) -> None:
    """Word one's own comment anew. comment: as the writer saw it. Raises BadComment, CommentChanged, TextTooLong."""
    _change(workspace, dataset_id, comment, text=text, forgotten=False, who=who)


@does("delete_comment")
def delete_comment(workspace: Workspace, dataset_id: int, comment: Comment, *, who: str) -> None:
    """Have one's own comment stand no more; its wordings stay in the file. Raises BadComment, CommentChanged."""
    _change(workspace, dataset_id, comment, text=comment.text, forgotten=True, who=who)


@does("resolve_thread")
def set_resolved(workspace: Workspace, dataset_id: int, state: ThreadState, *, resolved: bool, who: str) -> None:
    """Resolve a thread, or open it again. state: as it was seen. Raises CommentChanged where somebody was quicker."""
    _require_who(who)
    values = {"dataset_id": dataset_id, "thread": state.thread}
    with workspace.writing() as cursor:
        rows = cursor.execute(sql("newest_thread_state"), values).fetchall()
        if rows and rows[0][0] != state.edition:
            did = "resolved" if rows[0][1] else "reopened"
            raise CommentChanged(f"{rows[0][2]} {did} this meanwhile ({rows[0][3]:%d %B %Y, %H:%M} UTC).")
        more = {"edition": state.edition + 1, "resolved": resolved, "who": who, "changed_at": utc_now()}
        cursor.execute(sql("insert_thread_state"), {**values, **more})


def comment_history(workspace: Workspace, dataset_id: int, comment: str, *, n_rows: int = 100) -> list[CommentEdition]:
    """Every wording of a comment, newest first."""
    return workspace.all("comment_history", CommentEdition, dataset_id=dataset_id, id=comment, n_rows=n_rows)


def last_look(workspace: Workspace, dataset_id: int, *, who: str) -> datetime.datetime | None:
    """When a person said last that they have seen the inbox, UTC."""
    return workspace.value("last_look", datetime.datetime, dataset_id=dataset_id, who=who)


@does("note_look")
def note_look(workspace: Workspace, dataset_id: int, *, who: str, at: datetime.datetime) -> None:
    """Note that a person has seen the inbox as it was at a moment, UTC."""
    _require_who(who)
    with workspace.writing() as cursor:
        cursor.execute(sql("insert_look"), {"dataset_id": dataset_id, "who": who, "looked_at": at})


def take_in_comment(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    pin: Pin,
    *,
    known: Mapping[str, KnownComment],
    about: Mapping[str, object],
) -> None:
    """Write a comment of a file in a transaction of `Workspace.writing`: a new one, or a newer wording of its author's.

    known: of `known_comments`. about: id, text, who, written_at, bundle_run, taken_in_by.
    """
    before, edition = known.get(str(about["id"])), 1
    if before is not None:
        is_newer = before.who == about["who"] and before.written_at < about["written_at"]  # type: ignore[operator]
        if before.forgotten or before.text == about["text"] or not is_newer:
            return
        edition = before.edition + 1
    values = {**_bound(pin), **about, "dataset_id": dataset_id, "edition": edition, "thread": about["id"]}
    cursor.execute(sql("insert_comment"), {**values, "forgotten": False, "taken_in_at": utc_now()})


def known_comments(workspace: Workspace, dataset_id: int, *, ids: Sequence[str]) -> dict[str, KnownComment]:
    """Those of some comments that are here, by their names."""
    rows = workspace.all("comments_of_bundles", KnownComment, dataset_id=dataset_id, ids=list(ids))
    return {each.id: each for each in rows}


def _bound(pin: Pin) -> dict[str, object]:
    """A pin as it is bound to a statement."""
    names = ("kind", "image_id", "x", "y", "page", "claim_id", "block_id", "version_id", "title")
    return {**{name: getattr(pin, name) for name in names}, "query": json.dumps(pin.query)}


def _check_pin(workspace: Workspace, dataset_id: int, pin: Pin) -> None:
    if pin.kind not in KINDS:
        raise BadComment(f"A comment is about one of {', '.join(KINDS)}, not {pin.kind!r}.")
    placed = [each for each in (pin.x, pin.y) if each is not None]
    if placed and (pin.kind != PICTURE or len(placed) < 2 or not all(0 <= each <= 1 for each in placed)):
        raise BadComment("A place in a picture is two shares of its width and height, between 0 and 1.")
    require_short(pin.page, "The page", longest=NAME)
    require_short(pin.title, "The title", longest=NAME)
    require_short(json.dumps(pin.query), "The page's address", longest=20_000)
    if not workspace.count("comment_has_place", dataset_id=dataset_id, kind=pin.kind, number=pin.number):
        raise UnknownComment(f"There is no {pin.kind} {pin.number} of this dataset to comment on any more.")


def _write_new(workspace: Workspace, dataset_id: int, pin: Pin, *, thread: str, text: str, who: str) -> str:
    if workspace.count("count_comments", dataset_id=dataset_id) >= MOST:
        raise BadComment(f"A dataset has {MOST:,} comments at most.")
    name = uuid.uuid4().hex
    with workspace.writing() as cursor:
        _insert(cursor, dataset_id, pin, name=name, thread=thread or name, edition=1, text=text, who=who)
    return name


def _change(workspace: Workspace, dataset_id: int, comment: Comment, *, text: str, forgotten: bool, who: str) -> None:
    if comment.who != who:
        raise BadComment(f"Only {comment.who} can change this comment.")
    with workspace.writing() as cursor:
        rows = cursor.execute(sql("newest_comment_edition"), {"dataset_id": dataset_id, "id": comment.id}).fetchall()
        if not rows:
            raise UnknownComment("This comment is not here any more.")
        newest = _Edition(*rows[0])
        if newest.edition != comment.edition:
            did = "deleted" if newest.forgotten else "changed"
            raise CommentChanged(
                f"{newest.who} {did} this comment meanwhile ({newest.written_at:%d %B %Y, %H:%M} UTC). Nothing was "
                "saved: look at it as it is now, then decide."
            )
        edition = comment.edition + 1
        about = {"name": comment.id, "thread": comment.thread, "edition": edition, "text": text, "who": who}
        _insert(cursor, dataset_id, comment, forgotten=forgotten, **about)  # type: ignore[arg-type]  # each its own


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    pin: Pin,
    *,
    name: str,
    thread: str,
    edition: int,
    text: str,
    who: str,
    forgotten: bool = False,
) -> None:
    _require_who(who)
    if not text.strip():
        raise BadComment("A comment without a word says nothing.")
    require_short(text, "The comment", longest=LONGEST)
    values = {**_bound(pin), "id": name, "edition": edition, "dataset_id": dataset_id, "thread": thread}
    values |= {"text": text.strip(), "forgotten": forgotten, "bundle_run": None, "who": who, "written_at": utc_now()}
    cursor.execute(sql("insert_comment"), {**values, "taken_in_by": None, "taken_in_at": None})


def _require_who(who: str) -> None:
    if not who.strip():
        raise BadComment("Say who you are first.")
    require_short(who, "Who comments", longest=NAME)
