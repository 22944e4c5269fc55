"""What reviewers said: a file to take in, their comments, scores and words on labels."""

from collections.abc import Sequence

import streamlit as st

from pages.review.queries import load_reviews
from pages.ui import gallery, job_cards, picture, session, tables, uploads
from pages.ui.filters import name_of
from pages.ui.text import count, listed, plain
from store.datasets import Dataset
from store.pins import Comment
from store.reviews import Opinion, RubricScore, TakenIn, merge_review, opinions_by_verdict

_BROUGHT = "review_brought"
_ABOUT = {"claim": "a claim", "block": "a block of the report", "general": "all of it", "picture": "a picture"}
MOST_SHOWN = 60


def show(dataset: Dataset, *, names: Sequence[str]) -> list[int]:
    """The page's fifth view; the ids of the pictures that are drawn."""
    data = load_reviews(str(session.workspace().root), dataset.id, session.settled_generation())
    _take_in(dataset)
    if not (data.comments or data.scores or data.opinions):
        st.markdown(
            "No reviewer has written anything yet. Give somebody the **bundle** (page Report, Take it along): one file "
            "that opens in any browser. What they write in it they save as `review.json`, and you take it in here."
        )
        return []
    people = {each.who for each in data.comments} | {each.reviewer for each in data.scores}
    people |= {each.reviewer for each in data.opinions}
    st.markdown(
        f"{count(len(data.comments), 'comment')}, {count(len(data.scores), 'score')} and "
        f"{count(len(data.opinions), 'word')} on labels by {plain(listed(sorted(people)))}."
    )
    _scores(data.scores)
    shown = _opinions(data.opinions, names=names)
    return [*shown, *_comments(data.comments)]


def _take_in(dataset: Dataset) -> None:
    with st.popover("Take a review in", icon=":material/upload_file:"):
        file = st.file_uploader(
            "review.json of a bundle", type="json", key="review_file", max_upload_size=uploads.REVIEW_MIB
        )
        st.button(
            "Take it in",
            type="primary",
            icon=":material/merge:",
            key="review_take",
            disabled=file is None,
            on_click=_merge,
            args=(dataset, file.getvalue() if file is not None else b""),
        )
        st.caption("Twice is once, and nothing is overwritten: what somebody says anew stands beside what they said.")
    brought: TakenIn | None = st.session_state.pop(_BROUGHT, None)
    if brought is not None:
        st.success(describe(brought), icon=":material/check:")


def _merge(dataset: Dataset, text: bytes) -> None:
    brought = job_cards.result_of(merge_review, session.workspace(), dataset.id, text, who=job_cards.who())
    if brought is not None:
        st.session_state[_BROUGHT] = brought


def describe(brought: TakenIn) -> str:
    """What a file brought, in a few lines of Markdown."""
    new = [
        count(brought.n_comments, "comment"),
        count(brought.n_scores, "score"),
        count(brought.n_opinions, "word on a label", "words on labels"),
    ]
    n = brought.n_comments + brought.n_scores + brought.n_opinions
    lines = [f"**{plain(brought.reviewer)}**: {listed(new)} came in." if n else "**Nothing new.**"]
    if brought.n_known:
        lines.append(f"{count(brought.n_known, 'entry', 'entries')} known here already.")
    if brought.n_unknown:
        lines.append(
            f"{count(brought.n_unknown, 'picture is', 'pictures are')} not here and what was said of them was left "
            f"out: {plain(listed(list(brought.unknown), at_most=5))}."
        )
    return "  \n".join(lines)


def _scores(scores: Sequence[RubricScore]) -> None:
    if not scores:
        return
    st.subheader("Rubric", anchor=False)
    rows = [
        {
            "Criterion": each.title or each.criterion,
            "Score": f"{each.score} of {each.of_most}",
            "Who": each.reviewer,
            "Note": each.note,
            "When": f"{each.saved_at:%Y-%m-%d %H:%M}",
        }
        for each in scores
    ]
    tables.show(rows, hide_index=True, height="content" if len(rows) <= 12 else 420)


def _opinions(opinions: Sequence[Opinion], *, names: Sequence[str]) -> list[int]:
    if not opinions:
        return []
    st.subheader("Words on labels", anchor=False)
    counted = opinions_by_verdict(opinions)
    st.caption(", ".join(f"{n:,} {verdict}" for verdict, n in counted.items() if n))
    items = []
    for each in opinions[:MOST_SHOWN]:
        now = "no label" if each.label_now is None else name_of(each.label_now, names=names)
        should = f" → {name_of(each.label, names=names)}" if each.label is not None else ""
        items.append(gallery.Item(each.image_id, each.sha256, f"{now}{should}", f"{each.verdict}, {each.reviewer}"))
    gallery.show([gallery.Section(items)], key="review_words", label="Words on labels", on_open=picture.ask_for)
    return [each.image_id for each in opinions[:MOST_SHOWN]]


def _comments(comments: Sequence[Comment]) -> list[int]:
    if not comments:
        return []
    st.subheader("Comments", anchor=False)
    shown = []
    for each in comments[:MOST_SHOWN]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(plain(each.text).replace("↵", "  \n"))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{plain(each.who)}, {each.written_at:%d %B %Y, %H:%M} UTC, on {_on(each)}", width="content")
                if each.image_id is not None and each.sha256:
                    st.button(
                        "Look at it",
                        key=f"comment_{each.id}",
                        type="tertiary",
                        icon=":material/image:",
                        on_click=picture.ask_for,
                        args=(each.image_id,),
                    )
                    shown.append(each.image_id)
    if len(comments) > MOST_SHOWN:
        st.caption(f"The newest {MOST_SHOWN} of {len(comments):,}.")
    return shown


def _on(each: Comment) -> str:
    if each.kind == "claim":
        return f"claim {each.claim_id}"
    if each.kind == "block" and each.title:
        return f"“{plain(each.title)}”"
    return plain(each.path) if each.path else _ABOUT[each.kind]
