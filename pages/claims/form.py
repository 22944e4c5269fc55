"""The dialog of a claim: words to edit, numbers of now to take over, all its values so far, and forgetting it."""

import streamlit as st

from evidence.claims import edit
from evidence.verdicts import HOLDS, Judged
from evidence.wording import filled, with_unit, written
from pages.claims.queries import here, load_history
from pages.ui import job_cards, session, tables
from pages.ui.text import plain
from store.claims import FROZEN, KEPT, HistoryRow, forget_claim
from store.datasets import Dataset
from store.texts import REASON

_ASKED = "claim_asked"
_OCCASIONS = {KEPT: "kept", FROZEN: "version frozen"}
MOST_SHOWN = 200


def button(dataset: Dataset, judged: Judged) -> None:
    """The button that opens the dialog, and the dialog while it is open."""
    claim_id = judged.claim.id
    st.button(
        "Edit", key=f"claim_edit_{claim_id}", icon=":material/edit:", type="tertiary", on_click=_ask, args=(judged,)
    )
    asked: Judged | None = st.session_state.get(_ASKED)
    if asked is not None and asked.claim.id == claim_id:
        _dialog(dataset, asked)


def close() -> None:
    """Have no dialog open."""
    st.session_state.pop(_ASKED, None)


def _ask(judged: Judged) -> None:
    st.session_state[_ASKED] = judged  # as its reader saw it: somebody else may change it meanwhile


@st.dialog("Claim", width="large", on_dismiss=close)
def _dialog(dataset: Dataset, judged: Judged) -> None:
    if _ASKED not in st.session_state:
        st.rerun()
    job_cards.show_refusal()
    claim = judged.claim
    key = f"{claim.id}_{claim.edition}"
    words = st.text_area("Sentence", value=claim.sentence, max_chars=REASON, height=110, key=f"claim_words_{key}") or ""
    st.markdown(f"> {plain(filled(words, {each.name: each.now for each in judged.numbers}))}")
    places = ", ".join(f"`{{{each.name}}}`" for each in judged.numbers)
    st.caption(
        f"Its numbers go where {places} stands; with `_low`, `_high` or `_n` behind the name, what belongs to them."
    )
    with st.container(horizontal=True):
        st.button(
            "Save the wording",
            type="primary",
            icon=":material/save:",
            key=f"claim_save_{key}",
            disabled=not words.strip() or words.strip() == claim.sentence,
            on_click=_edit,
            args=(dataset, judged, words, False),
        )
        st.button(
            "Claim the numbers of now",
            icon=":material/update:",
            key=f"claim_anew_{key}",
            disabled=judged.verdict == HOLDS and all(each.then.number == each.now.number for each in judged.numbers),
            help="The measures are asked again, and what they say is what the claim says from now on.",
            on_click=_edit,
            args=(dataset, judged, words, True),
        )
        st.button(
            "Forget",
            icon=":material/delete:",
            key=f"claim_forget_{key}",
            help="It counts no more. Its wordings and values stay in the file.",
            on_click=_forget,
            args=(dataset, judged),
        )
    _history(dataset, judged)


def _history(dataset: Dataset, judged: Judged) -> None:
    """Every value so far."""
    rows = load_history(*here(dataset.id), judged.claim.id)
    st.markdown("**Values so far**")
    tables.show([_row(row) for row in rows], hide_index=True, height="content" if len(rows) <= 10 else 380)
    if len(rows) >= MOST_SHOWN:
        st.caption(f"The newest {MOST_SHOWN} are shown.")


def _row(row: HistoryRow) -> dict[str, object]:
    interval = f"{written(row.low, row.unit)} to {written(row.high, row.unit)}" if row.low is not None else ""
    occasion = _OCCASIONS.get(row.occasion, row.occasion)
    return {
        "When": f"{row.measured_at:%Y-%m-%d %H:%M}",
        "Why": f"{occasion}: {row.frozen}" if row.frozen else occasion,
        "Number": row.name.replace("_", " "),
        "Value": with_unit(row.number, row.unit) if row.reason is None else row.reason,
        "95 % interval": interval,
        "n": row.n,
        "Runs": ", ".join(map(str, row.run_ids)),
        "Who": row.who,
    }


def _edit(dataset: Dataset, judged: Judged, words: str, anew: bool) -> None:
    claim = judged.claim
    done = job_cards.result_of(_edited, dataset, claim_id=claim.id, edition=claim.edition, sentence=words, anew=anew)
    if done:
        close()


def _edited(dataset: Dataset, *, claim_id: int, edition: int, sentence: str, anew: bool) -> bool:
    edit(
        session.workspace(),
        dataset,
        claim_id=claim_id,
        edition=edition,
        sentence=sentence,
        anew=anew,
        who=job_cards.who(),
    )
    return True


def _forget(dataset: Dataset, judged: Judged) -> None:
    done = job_cards.result_of(_forgotten, dataset, claim_id=judged.claim.id, edition=judged.claim.edition)
    if done:
        close()


def _forgotten(dataset: Dataset, *, claim_id: int, edition: int) -> bool:
    forget_claim(session.workspace(), dataset.id, claim_id=claim_id, edition=edition, who=job_cards.who())
    return True
