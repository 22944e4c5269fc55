"""A reviewer's own sheet of the rubric: a score and words on each criterion, kept as a draft or submitted."""

import streamlit as st

from evidence.rubric import RubricResult
from pages.ui import job_cards, people, session, threads
from pages.ui.text import plain
from store.datasets import Dataset
from store.rubric import LONGEST_NOTE, REOPENED, SUBMITTED, Criterion, Rubric, Score, Sheet, write_sheet

MOST_BUTTONS = 10  # a longer scale is a slider


def show(dataset: Dataset, result: RubricResult) -> None:
    """The page's second view."""
    if not session.may("score"):
        st.info("Reviewers score each of these. What they gave stands under Summary.", icon=":material/rate_review:")
        for criterion in result.rubric.criteria:
            st.markdown(f"**{plain(criterion.title)}**  \n{plain(criterion.about)}")
        return
    who = people.ask("sheet")
    if not who:
        st.info("Enter your name: the sheet is kept under it.", icon=":material/badge:")
        return
    mine = next((each for each in result.sheets if each.reviewer == who and not each.is_of_bundle), Sheet(who, {}))
    of_file = next((each for each in result.sheets if each.reviewer == who and each.is_of_bundle), None)
    if of_file is not None and of_file.written_at is not None:
        st.caption(
            f"Scores of yours came with a review.json ({threads.when(of_file.written_at)}) and count until you submit "
            "newer ones here."
        )
    _say_state(mine)
    key = f"sheet_{who}_{mine.edition}_{result.rubric.edition}"
    is_locked = mine.state == SUBMITTED
    for place, criterion in enumerate(result.rubric.criteria):
        _field(criterion, mine.scores.get(criterion.name, Score()), key=f"{key}_{place}", is_locked=is_locked)
    if is_locked:
        return
    with st.container(horizontal=True):
        for words, icon, submit in (("Submit", "send", True), ("Save as a draft", "save", False)):
            st.button(
                words,
                type="primary" if submit else "secondary",
                icon=f":material/{icon}:",
                key=f"sheet_{'submit' if submit else 'draft'}",
                on_click=_save,
                args=(dataset, mine, result.rubric, key, submit),
            )


def _say_state(sheet: Sheet) -> None:
    at = threads.when(sheet.written_at) if sheet.written_at is not None else ""
    if sheet.state == SUBMITTED:
        st.success(
            f"Submitted, {at}. It counts in the summary; to change it, have it reopened there.",
            icon=":material/task_alt:",
        )
    elif sheet.state == REOPENED:
        st.info(f"Reopened: {plain(sheet.who)} wrote on it last, {at}. It counts again once you submit it.")
    elif sheet.edition:
        st.caption(f"A draft, kept {at}. Nobody's summary counts it before you submit it.")


def _field(criterion: Criterion, given: Score, *, key: str, is_locked: bool) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(criterion.title)}**")
        if criterion.about:
            st.caption(plain(criterion.about))
        score = given.score if given.score is not None and given.score <= criterion.most else None
        name = f"Score of {criterion.title}"
        if criterion.most <= MOST_BUTTONS:
            st.pills(
                name,
                range(1, criterion.most + 1),
                default=score,
                key=f"score_{key}",
                disabled=is_locked,
                label_visibility="collapsed",
            )
        else:
            st.number_input(
                name,
                1,
                criterion.most,
                score,
                key=f"score_{key}",
                disabled=is_locked,
                width=160,
                label_visibility="collapsed",
            )
        st.text_area(
            f"Words on {criterion.title}",
            value=given.note,
            max_chars=LONGEST_NOTE,
            height=80,
            key=f"note_{key}",
            disabled=is_locked,
            placeholder="Why?",
            label_visibility="collapsed",
        )


def _save(dataset: Dataset, sheet: Sheet, rubric: Rubric, key: str, submit: bool) -> None:
    def score(place: int, criterion: Criterion) -> Score:
        given = st.session_state.get(f"score_{key}_{place}")
        note = str(st.session_state.get(f"note_{key}_{place}") or "")
        return Score(None if given is None else int(given), criterion.most, note, criterion.title)

    written = {each.name: score(place, each) for place, each in enumerate(rubric.criteria)}
    kept = {name: each for name, each in sheet.scores.items() if name not in written}  # of a rubric of before
    job_cards.attempt(
        write_sheet,
        session.workspace(),
        dataset.id,
        sheet,
        {**kept, **written},
        rubric=rubric,
        submit=submit,
        who=sheet.reviewer,
    )
