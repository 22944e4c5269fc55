"""What the reviewers gave: the criteria with mean and spread, totals, agreement, whose sheets there are."""

import streamlit as st

from evidence.rubric import CriterionResult, RubricResult, say_alpha, scores_csv
from pages.ui import job_cards, people, session, tables, threads
from pages.ui.safe_markdown import safe_markdown
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.rubric import SUBMITTED, Sheet, reopen_sheet


def show(dataset: Dataset, result: RubricResult) -> None:
    """The page's third view."""
    if not result.sheets:
        st.markdown(
            "No sheet has been written yet. A reviewer fills one in under **Your sheet**; the scores that come with a "
            "`review.json` count as a submitted sheet."
        )
        return
    if result.counted:
        _numbers(result)
        tables.show([_row(each) for each in result.results], hide_index=True, height="content")
        if result.others:
            st.caption("Scored by reviewers, and no criterion of this rubric, so in no total:")
            tables.show([_row(each) for each in result.others], hide_index=True, height="content")
        st.download_button(
            "Every score (CSV)",
            data=lambda: scores_csv(result),
            file_name=f"{dataset.name}-scores.csv",
            mime="text/csv",
            icon=":material/download:",
            key="scores_csv",
        )
        _words(result)
    _sheets(dataset, result)


def _numbers(result: RubricResult) -> None:
    with st.container(horizontal=True, gap="medium"):
        total = "–" if result.total is None else f"{100 * result.total:.0f} %"
        spread = None if result.total_spread is None else f"± {100 * result.total_spread:.0f} points"
        st.metric("Weighted total", total, width="content", help="Of the most there is.")
        st.metric("Spread of the totals", spread or "–", width="content", help="Standard deviation among reviewers.")
        st.metric("Sheets", f"{len(result.counted):,}", width="content")
        alpha = "–" if result.alpha is None else f"{result.alpha:.2f}"
        st.metric("Agreement (alpha)", alpha, width="content")
    st.caption(say_alpha(result.alpha))


def _row(each: CriterionResult) -> dict[str, object]:
    ends = "" if each.low is None or each.high is None else f"{each.low:.3g} to {each.high:.3g}"
    return {
        "Criterion": each.criterion.title,
        "Weight": each.criterion.weight,
        "Mean": "–" if each.mean is None else f"{each.mean:.2f}",
        "Spread": "–" if each.spread is None else f"{each.spread:.2f}",
        "From, to": ends,
        "Scale": f"1 to {each.criterion.most}",
        "n": each.n,
    }


def _words(result: RubricResult) -> None:
    """What the reviewers wrote beside their scores."""
    titles = {each.name: each.title for each in result.rubric.criteria}
    said = [
        (titles.get(name) or score.title or name, sheet.reviewer, score.note)
        for sheet in result.counted
        for name, score in sheet.scores.items()
        if score.note.strip()
    ]
    if not said:
        return
    with st.expander(f"Their words ({len(said):,})", key="rubric_words"):
        for title, who, note in sorted(said, key=lambda each: each[0]):
            st.caption(f"{plain(title)}, **{plain(who)}**")
            st.markdown(safe_markdown(note))


def _sheets(dataset: Dataset, result: RubricResult) -> None:
    st.subheader("Sheets", anchor=False)
    totals = {each.reviewer: each for each in result.reviewers}
    for place, sheet in enumerate(result.sheets):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"sheet_row_{place}"):
            at = threads.when(sheet.written_at) if sheet.written_at is not None else ""
            state = "came with a review.json" if sheet.is_of_bundle else sheet.state
            text = f"**{plain(sheet.reviewer)}** {state}, {at}"
            mine = totals.get(sheet.reviewer)
            if sheet.state == SUBMITTED and mine is not None and mine.total is not None:
                text += f"; {100 * mine.total:.0f} % of the most there is, {count(mine.n, 'criterion', 'criteria')}"
            st.markdown(text, width="content")
            if sheet.state == SUBMITTED and not sheet.is_of_bundle and session.may("reopen_sheet"):
                st.button(
                    "Reopen",
                    key=f"sheet_reopen_{place}",
                    type="tertiary",
                    icon=":material/lock_open:",
                    help="Its reviewer can write on it again; until they submit it, it counts no more.",
                    on_click=_reopen,
                    args=(dataset, sheet),
                )


def _reopen(dataset: Dataset, sheet: Sheet) -> None:
    who = people.known() or job_cards.who()
    job_cards.attempt(reopen_sheet, session.workspace(), dataset.id, sheet, who=who)
