"""An export that goes to a bucket as well: where to, whether anybody may read it, what is there, links to it."""

import streamlit as st

from pages.ui import job_cards, session
from pages.ui.text import count, file_size, plain
from store import acting
from store.runs import FinishedRun

LASTS = {"30 minutes": "30m", "1 day": "24h", "7 days": "7d"}
_LONGEST_URL = 1100


def ask() -> bool:
    """The widgets that say where else an export goes; False while it may not start. See `chosen` for what they say."""
    if not _may_write():
        return True
    with st.expander("Also to a bucket", icon=":material/cloud_upload:", type="compact"):
        st.text_input(
            "Address (optional)",
            key="export_to",
            placeholder="s3://bucket/prefix",
            max_chars=_LONGEST_URL,
            help="Any store that speaks S3. Credentials are those that every AWS tool finds on this machine; "
            "AWS_ENDPOINT_URL names a store that is not Amazon's. Neither is kept.",
        )
        warning = _warning(_address()) if _address() else ""
        if not warning:
            return True
        st.error(plain(warning), icon=":material/public:")
        return bool(st.checkbox("That is meant: write there all the same", key=f"export_to_public {_address()}"))


def chosen() -> dict[str, object]:
    """The parameters of an export that say where else it goes; none where it stays here."""
    to = _address()
    return {"to": to, "to_public": bool(st.session_state.get(f"export_to_public {to}"))} if to else {}


def show_uploads(runs: list[FinishedRun]) -> None:
    """What lies in buckets, newest first, each with a way to a link."""
    if not runs:
        return
    st.subheader("In buckets", anchor=False)
    for run in runs[:6]:
        _show_one(run)


def _show_one(run: FinishedRun) -> None:
    figures = run.figures
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(figures.get('to'))}**")
        said = f"{count(int(figures.get('n_files', 0)), 'file')}, {file_size(int(figures.get('n_bytes', 0)))}"
        st.caption(f"{said}, checked; {run.finished_at:%d %B %Y, %H:%M} UTC, run {run.run_id}")
        if figures.get("public"):
            st.error("Anybody can read what lies there.", icon=":material/public:")
        if _may_write():
            with st.popover("Make a link", icon=":material/link:"):
                _ask_link(run)


def _ask_link(run: FinishedRun) -> None:
    with st.form(f"link-{run.run_id}", border=False):
        url = st.text_input(
            "Object", value=str(run.figures.get("manifest", "")), key=f"link-url-{run.run_id}", max_chars=_LONGEST_URL
        )
        lasts = st.segmented_control(
            "It works for", list(LASTS), default="1 day", required=True, key=f"link-lasts-{run.run_id}"
        )
        asked = st.form_submit_button("Make it", type="primary")
    if asked:
        link = job_cards.result_of(session.supervisor().intake.link_to, url, lasts=LASTS[lasts])
        if link is not None:
            st.caption("Whoever has this link may read the object until it expires. It is kept nowhere.")
            st.code(link, language=None, wrap_lines=True)
        job_cards.show_refusal()


def _address() -> str:
    return str(st.session_state.get("export_to") or "").strip()


def _warning(to: str) -> str:
    """What is to be said of a bucket, asked once while its address stands there; "" too where it cannot be asked."""
    kept: tuple[str, str] = st.session_state.get("export_to_warning", ("", ""))
    if kept[0] != to:
        with st.spinner("Asking who may read there."):
            said = job_cards.result_of(session.supervisor().intake.public_warning, to)
        job_cards.show_refusal()
        kept = (to, said or "") if said is not None else ("", "")
        st.session_state["export_to_warning"] = kept
    return kept[1]


def _may_write() -> bool:
    return session.supervisor().intake.import_roots is None and acting.current().is_at_least(acting.OWNER)
