"""Claims: sentences with numbers in them, as they were kept, as they are now, and whether they still hold."""

from collections.abc import Sequence

import streamlit as st

from evidence.claims import Proposal, check
from evidence.measure import all_measures
from evidence.verdicts import GONE, HOLDS, MOVED, Judged
from pages.claims import view
from pages.claims.queries import ClaimData, here, load_claims
from pages.ui import comments, explain, job_cards, keep, session
from pages.ui.text import count, listed, plain
from store.datasets import Dataset

A_PAGE = 20
SHOWN = {"All": None, "Hold": HOLDS, "Moved": MOVED, "Cannot be recomputed": GONE}
# Numbers that can be claimed from here: those of measures that say something without being told what to ask.
GENERAL = (
    "images", "imbalance-ratio", "exact-duplicates", "duplicate-groups", "share-wrong", "share-doubted",
    "precision-so-far", "labels-checked", "budget-doubling", "zero-shot-accuracy", "map-trust", "medoid-coverage",
    "objects-a-picture", "licences-known",
)  # fmt: skip


def draw_how() -> None:
    """The popover on the method."""
    titles = [each.title for each in all_measures().values()]
    explain.how(
        "A claim is a sentence whose numbers are **measures**: named questions to the dataset, by which the pages get "
        "their numbers too. **Recompute all** asks each again. A claim **holds** where its number is the same, lies in "
        "the 95 % interval that it was kept with, or is written the same; it **moved** where it is not, and says what "
        "was decided, imported or computed since; it **cannot be recomputed** where what it rests on is gone. "
        "Freezing a version records the numbers of all claims. Nothing is deleted: each wording and each value stays.",
        parameters=[
            "Called weak: fewer than 30 pictures, a difference whose interval contains 0, an evaluation set that "
            "overlaps what a run learnt from, labels that nobody has checked by eye, a run older than the data.",
            "Of what came since, only what the claim reads is named; where none of that came, all of it.",
            f"{count(len(titles), 'measure')}: {listed(titles, at_most=len(titles))}.",
            "`vitrine claims check --dataset NAME` does the same for a team's checks: its status is 1 where a claim "
            "moved or cannot be recomputed.",
        ],
    )


def draw_state(dataset: Dataset, data: ClaimData) -> None:
    """How the claims stand, and the button that asks them again."""
    counted = [(verdict, sum(each.verdict == verdict for each in data.claims)) for verdict in (HOLDS, MOVED, GONE)]
    words = {HOLDS: ("holds", "hold"), MOVED: ("moved", "moved"), GONE: ("cannot be recomputed",) * 2}
    parts = [count(n, *words[verdict]) for verdict, n in counted if n]
    last = max(each.now.measured_at for one in data.claims for each in one.numbers)
    behind = " Something was decided, imported or computed since." if data.is_behind else ""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{count(len(data.claims), 'claim')}**: {listed(parts)}.", width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            keep.offer(dataset, general(), page="", key="claims", label="Add a claim")
            if session.may("check_claims"):
                st.button(
                    "Recompute all",
                    type="primary" if data.is_behind else "secondary",
                    icon=":material/refresh:",
                    key="claims_check",
                    on_click=job_cards.attempt,
                    args=(check, session.workspace(), dataset),
                    kwargs={"who": job_cards.who()},
                )
    st.caption(f"Asked last {view.when(last)}.{behind}")


def start_first(dataset: Dataset) -> None:
    """What a claim is, where there is none; ends the page."""
    st.markdown(
        "A claim is a sentence that rests on a number: “About 35 % of the labels are wrong.” Kept here, it can be "
        "asked again whenever something has changed, and says whether it still holds."
    )
    st.markdown(
        "**Keep as a claim** stands beside the numbers on Overview, Duplicates, Label noise, Review, Spot check, "
        "Compare, Data budget, Representatives and Map. Some can be claimed from here."
    )
    keep.offer(dataset, general(), page="", key="claims", label="Add a claim")
    st.stop()


def general() -> list[Proposal]:
    """What can be claimed from here."""
    return [Proposal(name) for name in GENERAL]


def draw_claims(dataset: Dataset, claims: Sequence[Judged]) -> None:
    """A page of them."""
    n_pages = -(-len(claims) // A_PAGE)
    page = min(max(st.pagination(n_pages, key="page", bind="query-params"), 1), n_pages) if n_pages > 1 else 1
    shown = claims[(page - 1) * A_PAGE : page * A_PAGE]
    if n_pages > 1:
        st.caption(f"{len(shown)} of {count(len(claims), 'claim')}")
    for judged in shown:
        view.card(dataset, judged)


dataset: Dataset = session.require_dataset()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Claims about {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
data = load_claims(*here(dataset.id))
if not data.claims:
    start_first(dataset)
draw_state(dataset, data)
chosen = st.segmented_control(
    "Show", list(SHOWN), default="All", required=True, key="verdict", bind="query-params", label_visibility="collapsed"
)
wanted = SHOWN.get(str(chosen))
fitting = [each for each in data.claims if wanted is None or each.verdict == wanted]
if not fitting:
    st.info("No claim of that kind.", icon=":material/check:")
draw_claims(dataset, fitting)
comments.open_asked(dataset, [view.pin(each) for each in data.claims])
