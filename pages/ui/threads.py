"""Threads of comments as they are read and answered: in a dialog, below a picture, in the reviewers' inbox."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.ui import job_cards, people, session
from pages.ui.safe_markdown import safe_markdown
from pages.ui.session import SettledGeneration
from pages.ui.text import count, plain
from store import comments as store
from store.comments import LONGEST, CommentEdition, ThreadCounts
from store.datasets import Dataset
from store.pins import VERSION, Comment, Pin, Thread

_OPEN, _ROUND = "comment_at_work", "comment_round"  # (what, comment) that is answered or edited; how often was saved
ANSWER, EDIT = "answer", "edit"
MOST_SHOWN = 30  # threads of one thing


def here(dataset_id: int) -> tuple[str, int, SettledGeneration]:
    """The key of reads of comments: they are written without the dataset's own generation."""
    return str(session.workspace().root), dataset_id, session.settled_generation()


@st.cache_data(max_entries=8, show_spinner=False)
def load_threads(root: str, dataset_id: int, generation: SettledGeneration) -> list[Thread]:
    """Every thread of the dataset, the one in which something happened last first."""
    return store.list_threads(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_counts(root: str, dataset_id: int, generation: SettledGeneration) -> dict[str, ThreadCounts]:
    """How many threads there are by what they are pinned to."""
    return store.thread_counts(session.workspace(), dataset_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_history(root: str, dataset_id: int, generation: SettledGeneration, comment: str) -> list[CommentEdition]:
    """Every wording of a comment, newest first."""
    return store.comment_history(session.workspace(), dataset_id, comment)


def exists(pin: Pin) -> bool:
    """Whether what is commented on exists for whoever this page is drawn for: for some that is one version alone."""
    version_id = session.version_id()
    return version_id is None or (pin.kind == VERSION and pin.version_id == version_id)


def every(dataset_id: int) -> list[Thread]:
    """Every thread on something that exists for whoever this page is drawn for, as load_threads gives them."""
    return [each for each in load_threads(*here(dataset_id)) if exists(each.first)]


def n_open(dataset_id: int) -> int:
    """How many of these are open."""
    return sum(not each.state.resolved for each in every(dataset_id))


def on(dataset_id: int, target: str) -> list[Thread]:
    """The threads that are pinned to something, open ones first."""
    found = [each for each in every(dataset_id) if each.first.target == target]
    return sorted(found, key=lambda thread: thread.state.resolved)


def show(dataset: Dataset, pin: Pin, *, key: str, note: Callable[[Thread], str] | None = None) -> None:
    """The threads on something, and the field for a new one. note(thread): what else is said of it, Markdown."""
    found = on(dataset.id, pin.target)
    if not found and not session.may("comment"):
        st.caption("Nobody has commented here yet.")
    still_open = [each for each in found if not each.state.resolved]
    for thread in still_open[:MOST_SHOWN]:
        card(dataset, thread, key=key, note=note(thread) if note is not None else "")
    if len(still_open) > MOST_SHOWN:
        st.caption(f"The newest {MOST_SHOWN} of {len(still_open):,}; all of them are on the page Reviewers.")
    resolved = [each for each in found if each.state.resolved]
    if resolved:
        with st.expander(f"{len(resolved):,} resolved", key=f"resolved_{key}"):
            for thread in resolved[:MOST_SHOWN]:
                card(dataset, thread, key=key, note=note(thread) if note is not None else "")
    write(dataset, pin, key=key)


def write(dataset: Dataset, pin: Pin, *, key: str) -> None:
    """The field for a new comment, where somebody may write one."""
    if not session.may("comment") or not exists(pin):
        return
    field = f"comment_new_{key}_{rounds()}"
    st.text_area(
        "A comment",
        key=field,
        max_chars=LONGEST,
        height=100,
        placeholder="What do you see, and how sure are you?",
        help="**bold**, *italic*, `code`, lists, > quotes and [links](https://example.org) count; all else is letters.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        people.ask(key)
        st.button(
            "Comment",
            type="primary",
            icon=":material/add_comment:",
            key=f"comment_save_{key}",
            on_click=_save,
            args=(store.write_comment, dataset, pin),
            kwargs={"field": field, "key": key},
        )


def card(dataset: Dataset, thread: Thread, *, key: str, is_new: bool = False, note: str = "") -> None:
    """One thread: its comments one below the other, and what can be done with it."""
    name = f"{key}_{thread.first.id}"
    with st.container(border=True, gap="xsmall", key=f"thread_{name}"):
        marks = [":blue-badge[new]"] * is_new + [":green-badge[resolved]"] * thread.state.resolved + [note] * bool(note)
        _comment(dataset, thread.first, key=key, before=" ".join(marks))
        for each in thread.answers:
            _comment(dataset, each, key=key, before=":material/subdirectory_arrow_right:")
        if st.session_state.get(_OPEN) == (ANSWER, thread.first.id):
            _answer_field(dataset, thread, key=key)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if session.may("answer_comment"):
                _button("Answer", "reply", f"answer_{name}", _begin, ANSWER, thread.first.id)
                words, icon = ("Reopen", "undo") if thread.state.resolved else ("Resolve", "check")
                _button(words, icon, f"state_{name}", _turn, dataset, thread, key)
            if thread.state.changed_at is not None:
                did = "resolved" if thread.state.resolved else "reopened"
                st.caption(
                    f"{did} by {plain(thread.state.who)}, {when(thread.state.changed_at)}", width="content"
                )  # fmt: skip


def rounds() -> int:
    """How often something was saved in this visit: fields with it in their keys begin anew then."""
    return int(st.session_state.get(_ROUND, 0))


def when(moment: datetime.datetime) -> str:
    """A time of a comment in words."""
    return f"{moment:%d %B %Y, %H:%M} UTC"


def _comment(dataset: Dataset, comment: Comment, *, key: str, before: str) -> None:
    """One comment. before: what stands before its writer, Markdown."""
    name = f"{key}_{comment.id}"
    if comment.forgotten:
        st.caption(f"{before} A comment of {plain(comment.who)} was deleted.".strip())
        return
    is_own = comment.who == people.known() and session.may("edit_comment")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        words = f"**{plain(comment.who)}** {when(comment.begun_at)}{_came(comment)}"
        st.caption(f"{before} {words}".strip(), width="content")
        if is_own:
            _button("Edit", "edit", f"edit_{name}", _begin, EDIT, comment.id)
            _button("Delete", "delete", f"delete_{name}", _delete, dataset, comment)
    if is_own and st.session_state.get(_OPEN) == (EDIT, comment.id):
        _edit_field(dataset, comment, key=key)
    else:
        st.markdown(safe_markdown(comment.text))


def _came(comment: Comment) -> str:
    by = ", from a bundle" if comment.bundle_run is not None else ""
    return f"{by}, edited" if comment.edition > 1 else by


def _button(words: str, icon: str, key: str, act: Callable[..., None], *arguments: Any) -> None:
    st.button(
        words, icon=f":material/{icon}:", key=f"comment_{key}", type="tertiary", on_click=act, args=arguments
    )  # fmt: skip


def _answer_field(dataset: Dataset, thread: Thread, *, key: str) -> None:
    field = f"comment_reply_{key}_{thread.first.id}"
    st.text_area("Your answer", key=field, max_chars=LONGEST, height=90)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        people.ask(f"answer_{key}")
        st.button(
            "Send",
            type="primary",
            key=f"comment_send_{key}_{thread.first.id}",
            on_click=_save,
            args=(store.answer, dataset, thread.first.thread),
            kwargs={"field": field, "key": f"answer_{key}"},
        )


def _edit_field(dataset: Dataset, comment: Comment, *, key: str) -> None:
    field = f"comment_words_{key}_{comment.id}_{comment.edition}"
    st.text_area("Your comment", value=comment.text, key=field, max_chars=LONGEST, height=100)
    st.button(
        "Save",
        type="primary",
        key=f"comment_anew_{key}_{comment.id}",
        on_click=_save,
        args=(store.edit_comment, dataset, comment),
        kwargs={"field": field, "key": key},
    )
    editions = load_history(*here(dataset.id), comment.id)
    if len(editions) > 1:
        with st.popover(count(len(editions), "wording")):
            _wordings(editions)


def _wordings(editions: Sequence[CommentEdition]) -> None:
    for each in editions:
        st.caption(when(each.written_at))
        st.markdown(safe_markdown(each.text))


def _begin(what: str, comment: str) -> None:
    is_open = st.session_state.get(_OPEN) == (what, comment)
    st.session_state[_OPEN] = None if is_open else (what, comment)


def _save(act: Callable[..., object], dataset: Dataset, about: object, *, field: str, key: str) -> None:
    """Write what stands in a field: a new comment, an answer, a wording."""

    def save() -> bool:
        text = str(st.session_state.get(field) or "")
        act(session.workspace(), dataset.id, about, text=text, who=people.said(key))
        return True

    if job_cards.result_of(save):
        st.session_state[_OPEN] = None
        st.session_state[_ROUND] = rounds() + 1  # the next field begins empty


def _delete(dataset: Dataset, comment: Comment) -> None:
    job_cards.attempt(store.delete_comment, session.workspace(), dataset.id, comment, who=people.known())


def _turn(dataset: Dataset, thread: Thread, key: str) -> None:
    resolved = not thread.state.resolved
    job_cards.attempt(
        store.set_resolved, session.workspace(), dataset.id, thread.state, resolved=resolved, who=people.said(key)
    )
