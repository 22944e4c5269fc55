"""“Keep as a claim”: the numbers of measures for pages, and the button and dialog by which they are kept as claims."""

import json
from collections.abc import Mapping, Sequence

import streamlit as st

from evidence.case import Case
from evidence.claims import Proposal as Proposal  # pages take it from here, beside what offers it
from evidence.claims import keep
from evidence.measure import ask, find_measure
from evidence.value import Value
from evidence.wording import filled, in_words
from pages.ui import job_cards, session
from pages.ui.session import Here, SettledGeneration
from pages.ui.text import count, plain
from store.claims import Draft
from store.datasets import Dataset
from store.errors import StoreError
from store.texts import REASON

_ASKED, _KEPT = "keep_asked", "keep_kept"
_NOT_OURS = ("image", "dataset", "comments")  # of an address: what is open on the page, and what it adds itself
GAP = "…"


def measured(here: Here, measure: str, /, **parameters: object) -> Value:
    """What a measure answers of a dataset now, read once a generation."""
    return load_value(*here, measure, json.dumps(parameters, sort_keys=True))


@st.cache_data(max_entries=256, show_spinner=False)
def load_value(root: str, dataset_id: int, generation: SettledGeneration, measure: str, parameters: str) -> Value:
    """What a measure answers; parameters: JSON."""
    dataset = next(one for one in session.datasets() if one.id == dataset_id)
    return ask(Case(session.workspace(), dataset), measure, json.loads(parameters))


def address() -> dict[str, object]:
    """What stands behind the question mark now, but what is open on the page: the page with its filters."""
    every = {name: st.query_params.get_all(name) for name in st.query_params if name not in _NOT_OURS}
    return {name: values[0] if len(values) == 1 else values for name, values in every.items()}


def offer(
    dataset: Dataset,
    proposals: Sequence[Proposal],
    *,
    page: str,
    key: str,
    query: Mapping[str, object] | None = None,
    label: str = "",
) -> None:
    """Draw the button that leads to keeping one of these numbers. page: the folder of the page that shows them.

    query: what its address has to say besides what it says now, where a choice by default may be another one later.
    label: of the button, where it stands for more than the numbers beside it.
    """
    _say_kept(key)
    if not proposals or not session.may("keep_claim"):
        return
    st.button(
        label or "Keep as a claim",
        key=f"keep_{key}",
        icon=":material/bookmark_add:",
        type="tertiary",
        help=None if label else "A sentence with this number, which can be asked for again: page Claims.",
        on_click=_ask,
        args=(key,),
    )
    if st.session_state.get(_ASKED) == key:
        _dialog(dataset, list(proposals), page, {**address(), **(query or {})}, key)


def _ask(key: str) -> None:
    st.session_state[_ASKED] = key


def _close() -> None:
    st.session_state.pop(_ASKED, None)


def _say_kept(key: str) -> None:
    if st.session_state.get(_KEPT) == key:
        del st.session_state[_KEPT]
        st.toast("Kept. The page Claims says whether it still holds.", icon=":material/bookmark_added:")


@st.dialog("Keep as a claim", icon=":material/bookmark_add:", width="medium", on_dismiss=_close)
def _dialog(dataset: Dataset, proposals: list[Proposal], page: str, query: Mapping[str, object], key: str) -> None:
    if st.session_state.get(_ASKED) != key:  # it was kept
        st.rerun()
    job_cards.show_refusal()
    case = Case(session.workspace(), dataset)
    drafts: list[tuple[Proposal, Draft]] = []
    for proposal in proposals:
        try:
            drafts.append((proposal, proposal.draft(case)))
        except StoreError as error:
            st.warning(plain(error), icon=":material/help:")
    if not drafts:
        return
    place = 0
    if len(drafts) > 1:
        titles = [filled_with_gaps(draft) for _, draft in drafts]
        place = int(
            st.selectbox("Number", range(len(drafts)), format_func=titles.__getitem__, key=f"keep_which_{key}") or 0
        )
    proposal, draft = drafts[place]
    _form(dataset, proposal, draft, page=page, query=query, key=f"{key}_{place}")


def filled_with_gaps(draft: Draft) -> str:
    """The sentence with a gap for each number: nothing is computed for it."""
    unknown = {name: Value(number=None, unit="count") for name in draft.measures}
    words = filled(draft.sentence, unknown)
    return words.replace("(not known to not known)", "").replace("(not known)", GAP).replace(" .", ".").strip()


def _form(
    dataset: Dataset, proposal: Proposal, draft: Draft, *, page: str, query: Mapping[str, object], key: str
) -> None:
    """The sentence to edit, how it reads, what weakens it, and the button."""
    (name,) = draft.measures
    of = find_measure(proposal.measure)
    value = measured(session.here(dataset.id), of.name, **draft.measures[name]["parameters"])
    words = st.text_area(
        "Claim",
        value=draft.sentence,
        max_chars=REASON,
        height=110,
        key=f"keep_words_{key}",
        help=f"The number goes where {{{name}}} stands. {{{name}_low}} and {{{name}_high}} are the ends of its "
        f"interval, {{{name}_n}} what it rests on.",
    )
    if value.number is None:
        st.info(plain(value.reason), icon=":material/block:")
        return
    st.markdown(f"> {plain(filled(words or '', {name: value}))}")
    runs = f", run {', '.join(map(str, value.run_ids))}" if value.run_ids else ", counted now"
    on = f" on {plain(value.evaluation_set)}" if value.evaluation_set else ""
    st.caption(f"{plain(of.title)}: {in_words(value)}{on}; {count(value.n, 'picture')}{runs}. {of.about}")
    for sentence in value.weak:
        st.caption(f":orange[:material/warning:] {plain(sentence)}")
    st.button(
        "Keep",
        type="primary",
        icon=":material/bookmark_add:",
        key=f"keep_it_{key}",
        disabled=not (words or "").strip(),
        on_click=_keep,
        args=(dataset, Draft(words or "", draft.measures, page or of.page, dict(query)), key.rpartition("_")[0]),
    )


def _keep(dataset: Dataset, draft: Draft, key: str) -> None:
    kept = job_cards.result_of(keep, session.workspace(), dataset, draft, who=job_cards.who())
    if kept is not None:
        _close()
        st.session_state[_KEPT] = key
