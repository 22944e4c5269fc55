"""Comments: threads, editions, places, resolved and open, what is new to whom; and the file of before keeps its own."""

import datetime

import duckdb
import pytest

from store import comments as store
from store.comments import LONGEST, list_threads, set_resolved, thread_counts, write_comment
from store.connection import open_workspace, utc_now
from store.errors import BadComment, CommentChanged, TextTooLong, UnknownComment
from store.migrations import read_migrations
from store.pins import Pin
from store.reviews import merge_review
from store.workspace_file import FILE_NAME
from tests.support.review_file import STRANGE, review
from tests.support.small_workspace import image_row, land, new_dataset

ALL = Pin(kind="general")
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def pets(workspace):
    dataset = new_dataset(workspace, "pets")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=0) for n in range(3)])
    return dataset


def only(workspace, pets):
    (thread,) = list_threads(workspace, pets.id)
    return thread


def test_a_comment_stands_where_it_was_pinned(workspace, pets) -> None:
    pin = Pin(kind="picture", image_id=2, x=0.25, y=1.0)
    write_comment(workspace, pets.id, pin, text=f" {STRANGE} ", who="Ada")
    first = only(workspace, pets).first
    assert (first.image_id, first.path, first.x, first.y, first.text) == (2, "1.png", 0.25, 1.0, STRANGE)
    page = Pin(kind="page", page="map", query={"colour": "class", "hide": ["a", "b"]}, title="Map")
    write_comment(workspace, pets.id, page, text="Why is this one alone?", who="Ben")
    found = {each.first.target: each.first for each in list_threads(workspace, pets.id)}
    assert found["page-map"].query == {"colour": "class", "hide": ["a", "b"]} and "picture-2" in found


def test_answers_stand_below_the_oldest_first(workspace, pets) -> None:
    thread = write_comment(workspace, pets.id, ALL, text="Why?", who="Ada")
    for n in range(3):
        store.answer(workspace, pets.id, thread, text=f"Because {n}", who="Ben")
    assert [each.text for each in only(workspace, pets).comments] == ["Why?", "Because 0", "Because 1", "Because 2"]


def test_a_thread_is_resolved_and_opened_again_and_the_second_is_told(workspace, pets) -> None:
    write_comment(workspace, pets.id, ALL, text="Why?", who="Ada")
    state = only(workspace, pets).state
    set_resolved(workspace, pets.id, state, resolved=True, who="Ben")
    assert only(workspace, pets).state.resolved and thread_counts(workspace, pets.id)["general"].n_open == 0
    with pytest.raises(CommentChanged, match="Ben resolved this meanwhile"):
        set_resolved(workspace, pets.id, state, resolved=True, who="Cleo")
    set_resolved(workspace, pets.id, only(workspace, pets).state, resolved=False, who="Ada")
    counts = thread_counts(workspace, pets.id)["general"]
    assert (counts.n_open, counts.n_all) == (1, 1)


def test_ones_own_can_be_worded_anew_and_the_history_stays(workspace, pets) -> None:
    name = write_comment(workspace, pets.id, ALL, text="Why?", who="Ada")
    seen = only(workspace, pets).first
    store.edit_comment(workspace, pets.id, seen, text="Why so?", who="Ada")
    with pytest.raises(CommentChanged, match="Ada changed this comment meanwhile"):
        store.edit_comment(workspace, pets.id, seen, text="Why not?", who="Ada")
    now = only(workspace, pets).first
    assert (now.text, now.edition) == ("Why so?", 2) and now.begun_at == seen.begun_at
    assert [each.text for each in store.comment_history(workspace, pets.id, name)] == ["Why so?", "Why?"]


def test_nobody_changes_what_is_anothers(workspace, pets) -> None:
    write_comment(workspace, pets.id, ALL, text="Why?", who="Ada")
    seen = only(workspace, pets).first
    for act in (store.delete_comment, lambda *given, who: store.edit_comment(*given, text="!", who=who)):
        with pytest.raises(BadComment, match="Only Ada"):
            act(workspace, pets.id, seen, who="Mallory")
    assert only(workspace, pets).first == seen


def test_what_is_deleted_stands_no_more_but_its_answers_do(workspace, pets) -> None:
    thread = write_comment(workspace, pets.id, ALL, text="Why?", who="Ada")
    store.answer(workspace, pets.id, thread, text="Because", who="Ben")
    store.delete_comment(workspace, pets.id, only(workspace, pets).first, who="Ada")
    now = only(workspace, pets)
    assert now.first.forgotten and [each.text for each in now.comments] == ["Because"]
    store.delete_comment(workspace, pets.id, now.answers[0], who="Ben")
    assert list_threads(workspace, pets.id) == [] and thread_counts(workspace, pets.id) == {}
    with pytest.raises(UnknownComment):
        store.answer(workspace, pets.id, thread, text="But", who="Ben")
    assert [each.text for each in store.comment_history(workspace, pets.id, thread)] == ["Why?", "Why?"]


def test_new_is_what_others_did_since_one_looked(workspace, pets) -> None:
    thread = write_comment(workspace, pets.id, ALL, text="Why?", who="Ada")
    assert only(workspace, pets).is_new(to="Ben", since=None) and not only(workspace, pets).is_new(to="Ada", since=None)
    store.note_look(workspace, pets.id, who="Ben", at=utc_now())
    looked = store.last_look(workspace, pets.id, who="Ben")
    assert looked is not None and store.last_look(workspace, pets.id, who="Cleo") is None
    assert not only(workspace, pets).is_new(to="Ben", since=looked)
    store.answer(workspace, pets.id, thread, text="Because", who="Ben")
    assert only(workspace, pets).is_new(to="Ada", since=looked) and not only(workspace, pets).is_new(
        to="Ben", since=looked
    )
    set_resolved(workspace, pets.id, only(workspace, pets).state, resolved=True, who="Ada")
    assert only(workspace, pets).is_new(to="Ben", since=looked)


def test_an_old_comment_that_is_taken_in_today_is_new_today(workspace, pets) -> None:
    before = utc_now() - SECOND
    merge_review(workspace, pets.id, review(saved_at="2020-01-01T00:00:00Z"), who="Ana")
    assert all(each.is_new(to="Ana", since=before) for each in list_threads(workspace, pets.id))
    assert {each.first.target for each in list_threads(workspace, pets.id)} == {"picture-1", "claim-4", "general"}


def test_what_came_by_a_file_can_be_answered_and_resolved(workspace, pets) -> None:
    merge_review(workspace, pets.id, review(), who="Ana")
    store.answer(workspace, pets.id, "b", text="From run 3.", who="Ana")
    thread = next(each for each in list_threads(workspace, pets.id) if each.first.id == "b")
    set_resolved(workspace, pets.id, thread.state, resolved=True, who="Ana")
    merge_review(workspace, pets.id, review(), who="Ana")
    again = next(each for each in list_threads(workspace, pets.id) if each.first.id == "b")
    assert again.state.resolved and len(again.comments) == 2 and again.first.bundle_run == 7


@pytest.mark.parametrize(
    ("pin", "text", "who", "error"),
    [
        (ALL, "  \n", "Ada", BadComment),
        (ALL, "!", " ", BadComment),
        (ALL, "x" * (LONGEST + 1), "Ada", TextTooLong),
        (Pin(kind="mood"), "!", "Ada", BadComment),
        (Pin(kind="picture", image_id=99), "!", "Ada", UnknownComment),
        (Pin(kind="claim", claim_id=1), "!", "Ada", UnknownComment),
        (Pin(kind="block", block_id=1), "!", "Ada", UnknownComment),
        (Pin(kind="version", version_id=1), "!", "Ada", UnknownComment),
        (Pin(kind="picture", image_id=1, x=1.2, y=0.0), "!", "Ada", BadComment),
        (Pin(kind="picture", image_id=1, x=0.2), "!", "Ada", BadComment),
        (Pin(kind="general", x=0.2, y=0.2), "!", "Ada", BadComment),
        (Pin(kind="page", page="map", query={"q": "x" * 20_000}), "!", "Ada", TextTooLong),
    ],
)
def test_what_cannot_be_a_comment_is_refused(workspace, pets, pin, text, who, error) -> None:
    with pytest.raises(error):
        write_comment(workspace, pets.id, pin, text=text, who=who)
    assert list_threads(workspace, pets.id) == []


def test_a_comment_changes_no_result(workspace, pets) -> None:
    before = workspace.data_generation(pets.id), workspace.settled_generation(pets.id)
    write_comment(workspace, pets.id, ALL, text="!", who="Ada")
    assert (workspace.data_generation(pets.id), workspace.settled_generation(pets.id)) == before


def test_comments_of_the_schema_before_stand_among_the_others(tmp_path) -> None:
    migrations = read_migrations()
    root = tmp_path / "w"
    root.mkdir()
    with duckdb.connect(str(root / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE migration (number INTEGER, name VARCHAR, applied_at TIMESTAMP)")
        for each in migrations:
            if each.number <= 30:
                connection.execute(each.text)
                connection.execute("INSERT INTO migration VALUES (?, ?, now()::TIMESTAMP)", [each.number, each.name])
        connection.execute(
            "INSERT INTO comment VALUES ('a', 1, 'general', NULL, NULL, NULL, '', 'Well done.', 7, 'Cleo', "
            "'2026-11-30 12:00:00', 'Ana', '2026-11-30 13:00:00')"
        )
    for _ in range(2):  # opened, closed, and opened again
        opened = open_workspace(root)
        (comment,) = store.list_comments(opened, 1)
        assert (comment.id, comment.text, comment.who, comment.bundle_run) == ("a", "Well done.", "Cleo", 7)
        assert comment.came_at.hour == 13 and comment.thread == "a"
        opened.close()
