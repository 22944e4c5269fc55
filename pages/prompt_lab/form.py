"""The prompts at hand: a draft in this visit, begun from a set, edited class by class, kept under a name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analytics import zero_shot
from analytics.errors import BadParameter
from analytics.zero_shot import Prompts
from pages.prompt_lab.queries import NAMES, PromptData, title_of
from pages.ui import job_cards, session
from pages.ui.text import LONGEST_LINE, LONGEST_TEXT, count, plain
from store.datasets import Dataset
from store.prompts import save_prompts
from store.vectors import Space

_DRAFT = "lab_draft"
_AT_ONCE = 24  # classes whose prompts are on the page together
_HEIGHT = 460


@dataclass
class Draft:
    """Prompts as they are typed. of: what it was begun from, None to begin anew. n: how often it was begun.

    by_class: a text a class, a prompt a line; templates: the same.
    """

    of: tuple[int, str, tuple[str, ...]] | None
    n: int
    by_class: list[str]
    templates: str
    temperature: float | None


def draft(dataset: Dataset, data: PromptData, *, title: str) -> Draft:
    """This visit's draft: begun anew where another set was chosen, or the classes have changed."""
    of = (dataset.id, title, tuple(data.names))
    kept: Draft | None = st.session_state.get(_DRAFT)
    if kept is None or kept.of != of:
        start = data.sets[title]
        by_class = ["\n".join(each) for each in start.by_class]
        kept = Draft(of, kept.n + 1 if kept else 0, by_class, "\n".join(start.templates), start.temperature)
        st.session_state[_DRAFT] = kept
    return kept


def edit(kept: Draft, *, names: Sequence[str]) -> None:
    """The prompts of each class, a prompt a line; templates; temperature."""
    n, first = kept.n, 0
    if len(names) > _AT_ONCE:
        first = (st.pagination(-(-len(names) // _AT_ONCE), key="classes", bind="query-params") - 1) * _AT_ONCE
    with st.container(height=_HEIGHT, border=True), st.container(gap="small"):  # the inner one keeps their height
        for index in range(first, min(first + _AT_ONCE, len(names))):
            key = f"lab_{n}_{index}"
            st.text_area(
                plain(names[index]),
                kept.by_class[index],
                key=key,
                height=68,
                placeholder="a prompt a line",
                on_change=_take,
                args=(key, index),
                max_chars=LONGEST_TEXT,
            )
    left, right = st.columns(2)
    key = f"lab_{n}_templates"
    left.text_area(
        "Templates",
        kept.templates,
        key=key,
        height=100,
        on_change=_take,
        args=(key, "templates"),
        help="One a line; each takes every prompt at its {}. All that comes of it is averaged (ensembled).",
        max_chars=LONGEST_TEXT,
    )
    key = f"lab_{n}_temperature"
    right.number_input(
        "Temperature",
        value=kept.temperature,
        min_value=0.0,
        step=0.01,
        format="%g",
        key=key,
        placeholder="auto",
        on_change=_take,
        args=(key, "temperature"),
        help="What cosines are divided by. It sharpens or flattens probabilities and changes no prediction.",
    )


def prompts_of(kept: Draft, *, names: Sequence[str]) -> Prompts:
    """The draft as prompts; raises BadParameter, with what to do, where nothing can be asked with it."""
    by_class = tuple(zero_shot.lines(text) for text in kept.by_class)
    checked = Prompts(by_class, zero_shot.lines(kept.templates), kept.temperature)
    zero_shot.check(checked, names=names)
    return checked


def show_refused(error: BadParameter, kept: Draft, data: PromptData) -> None:
    """Why the draft cannot be asked with, and the quick way out for classes without a prompt."""
    st.warning(plain(str(error)), icon=":material/edit_note:")
    empty = [index for index, text in enumerate(kept.by_class) if not zero_shot.lines(text)]
    if empty:
        st.button(
            f"Take the name{'s' if len(empty) > 1 else ''} of {count(len(empty), 'class', 'classes')}",
            icon=":material/label:",
            on_click=_fill,
            args=(empty, [data.sets[NAMES].by_class[i][0] for i in empty]),
        )


def draw_saving(dataset: Dataset, space: Space, prompts: Prompts, *, is_new: bool) -> None:
    """Keep the draft as a set, and run it on all pictures as a job."""
    with st.container(horizontal=True, gap="small"):
        with st.popover("Keep as a set", icon=":material/bookmark_add:"):
            name = st.text_input("Name", key="lab_name", max_chars=120)
            note = st.text_input("Note", key="lab_note", placeholder="what was tried", max_chars=LONGEST_LINE)
            st.caption("Sets are kept as they are; a change is a set of its own.")
            st.button(
                "Keep",
                type="primary",
                key="lab_save",
                disabled=not name.strip(),
                on_click=_save,
                args=(dataset, prompts, name, note),
            )
        st.button(
            "Save as run",
            icon=":material/play_arrow:",
            key="lab_run",
            on_click=job_cards.attempt,
            args=(session.supervisor().start, "zero-shot"),
            kwargs={"dataset": dataset.name, "parameters": _parameters(space, prompts), "who": job_cards.who()},
            help="A job that keeps each picture's probabilities with these prompts: for comparison with trained models "
            "and as a colour of the map.",
        )
        if is_new:
            st.button("Back to the set", icon=":material/undo:", type="tertiary", on_click=_forget)


def _parameters(space: Space, prompts: Prompts) -> dict[str, object]:
    return {
        "space": space.name,
        "prompts": json.dumps([list(each) for each in prompts.by_class]),
        "templates": json.dumps(list(prompts.templates)),
        "temperature": "auto" if prompts.temperature is None else prompts.temperature,
    }


def _save(dataset: Dataset, prompts: Prompts, name: str, note: str) -> None:
    saved = job_cards.result_of(
        save_prompts,
        session.workspace(),
        dataset.id,
        name=name,
        by_class=prompts.by_class,
        note=note,
        templates=prompts.templates,
        temperature=prompts.temperature,
        who=job_cards.who(),
    )
    if saved is not None:
        st.session_state["set"] = title_of(saved.name)
        st.session_state["lab_name"] = st.session_state["lab_note"] = ""


def _take(key: str, what: int | str) -> None:
    kept: Draft = st.session_state[_DRAFT]
    if isinstance(what, int):
        kept.by_class[what] = st.session_state[key] or ""
    else:
        setattr(kept, what, st.session_state[key])


def _fill(indices: Sequence[int], names: Sequence[str]) -> None:
    kept: Draft = st.session_state[_DRAFT]
    for index, name in zip(indices, names, strict=True):
        kept.by_class[index] = name
    kept.n += 1  # new widgets, which show it


def _forget() -> None:
    kept: Draft = st.session_state[_DRAFT]
    kept.of = None
