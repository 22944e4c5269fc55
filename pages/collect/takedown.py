"""Takedowns: what somebody asked to have removed, recorded, listed, withdrawn."""

import streamlit as st

from pages.ui import explain, job_cards, session
from pages.ui.text import LONGEST_PATH, count, plain
from store.acting import OWNER, current
from store.datasets import Dataset
from store.takedown import (
    ADDRESS,
    AUTHOR,
    EVERY,
    PICTURE,
    SITE,
    Takedown,
    list_takedowns,
    take_down,
    withdraw_takedown,
)
from store.takedown_files import Deleted, delete_files
from store.texts import REASON

WHAT = {"Address": ADDRESS, "Author": AUTHOR, "Site": SITE, "Picture": PICTURE}
_ASK = {
    ADDRESS: "Of the picture, or of the page that shows it",
    AUTHOR: "Their name, as the source gives it",
    SITE: "example.org, with all below it",
    PICTURE: "Its number, its path, or its SHA-256",
}
_DELETED = "takedown_deleted"
_MOST = 50  # listed; the others are counted


def section(dataset: Dataset) -> None:
    """The form, for those who may take pictures down, and the list."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Takedowns", anchor=False)
        _how()
    if session.may("take_down"):
        _form(dataset)
    _say_deleted()
    found = list_takedowns(session.workspace(), dataset.id)
    if not found:
        st.caption("Nobody has asked for anything to be removed.")
    for each in found[:_MOST]:
        _row(dataset, each)
    if len(found) > _MOST:
        st.caption(f"{count(len(found) - _MOST, 'other takedown')} of before: `vitrine takedown list` shows all.")


def _form(dataset: Dataset) -> None:
    with st.container(border=True):
        left, right = st.columns([1.4, 3], vertical_alignment="bottom")
        title = left.segmented_control("By", list(WHAT), default="Address", required=True, key="takedown_what")
        what = WHAT[str(title)]
        value = right.text_input(str(title), placeholder=_ASK[what], key="takedown_value", max_chars=LONGEST_PATH)
        reason = st.text_input("Why, and who asked", key="takedown_reason", max_chars=REASON)
        deletes = False
        if session.may("delete_taken_down"):
            deletes = st.checkbox(
                "Also delete the files that a collection wrote here, and their thumbnails",
                key="takedown_deletes",
                help="They do not come back. Files of yours that lie elsewhere stay, and so do exports of before.",
            )
        st.button(
            "Take down",
            icon=":material/block:",
            type="primary",
            key="takedown_add",
            on_click=_add,
            args=(dataset.id, what, str(value or ""), str(reason or ""), deletes),
        )


def _add(dataset_id: int, what: str, value: str, reason: str, deletes: bool) -> None:
    workspace, who = session.workspace(), job_cards.who()
    made = job_cards.result_of(take_down, workspace, dataset_id, what=what, value=value, reason=reason, who=who)
    if made is None:
        return
    st.session_state["takedown_value"] = st.session_state["takedown_reason"] = ""
    if deletes:
        done = job_cards.result_of(delete_files, workspace, dataset_id, takedown_id=made.id, who=who)
        st.session_state[_DELETED] = done


def _say_deleted() -> None:
    done = st.session_state.pop(_DELETED, None)
    if isinstance(done, Deleted):
        said = f"Deleted: {count(done.n_files, 'file')} and {count(done.n_thumbnails, 'thumbnail')}."
        if done.n_elsewhere:
            said += f" {count(done.n_elsewhere, 'file')} that no collection wrote here stayed."
        st.success(said, icon=":material/delete_forever:")


def _row(dataset: Dataset, each: Takedown) -> None:
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            badge = ":red-badge[stands]" if each.stands else ":gray-badge[withdrawn]"
            everywhere = ", for every dataset" if each.dataset_id == EVERY else ""
            st.markdown(f"{each.what.capitalize()} **{plain(each.value)}** {badge}")
            why = f" · {plain(each.reason)}" if each.reason else ""
            taken = f" · {count(each.n_images, 'picture')}{everywhere}" if each.stands else ""
            st.caption(f"{each.asked_at:%d %B %Y}, {plain(each.who)}{taken}{why}{_withdrawn(each)}")
        st.space("stretch")
        if each.stands and _may_withdraw(each):
            st.button(
                "Withdraw",
                icon=":material/undo:",
                key=f"takedown_withdraw_{each.id}",
                on_click=job_cards.attempt,
                args=(withdraw_takedown, session.workspace(), each.dataset_id),
                kwargs={"takedown_id": each.id, "who": job_cards.who()},
            )


def _may_withdraw(each: Takedown) -> bool:
    if each.dataset_id == EVERY:
        return session.may_everywhere("withdraw_takedown") and current().is_at_least(OWNER)
    return session.may("withdraw_takedown")


def _withdrawn(each: Takedown) -> str:
    if each.stands:
        return ""
    return f" · withdrawn by {plain(each.withdrawn_by or '')} on {each.withdrawn_at:%d %B %Y}"


def _how() -> None:
    explain.how(
        "What a takedown is about counts as removed for as long as it stands, whatever is decided of it: it is in no "
        "count, no new version and no later export (of older versions neither, which the export then says), it is "
        "served to nobody, and collections leave it alone. No undo and no restored version brings it back; "
        "withdrawing the takedown does.",
        parameters=[
            "An address is compared without its scheme, www., fragment and last slash; it also finds a picture here of "
            "which a collection found a copy there.",
            "A picture is compared by its bytes and by its pixels; copies that were made smaller are another picture.",
            "Exports and reports that were written before, and an index that `vitrine serve` reads, stay as they are: "
            "write them anew.",
        ],
        label="What does it do?",
    )
