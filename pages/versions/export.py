"""Exporting a version: the format, the folder, augmented pictures, and what has been exported."""

from pathlib import Path

import streamlit as st

from pages.ui import job_cards, session
from pages.ui.session import Here
from pages.ui.text import count, plain
from pages.versions import augment, bucket
from pages.versions.export_formats import FORMATS, GROUPS, choose_boxes, choose_format
from pages.versions.queries import VersionData
from store.datasets import Dataset
from store.runs import FinishedRun
from store.versions import Version


def show(dataset: Dataset, here: Here, data: VersionData) -> None:
    """The page's fourth view."""
    if not data.versions:
        st.info("An export is of a version: freeze one first.", icon=":material/ac_unit:")
        return
    left, right = st.columns(2, gap="large")
    with left:
        version = _version(data)
        form = choose_format(dataset)
        boxes = choose_boxes(form, data.detections)
        team = ""
        if form == "ds801":
            team = st.text_input("Team", value="team", key="export_team", max_chars=61, width=220)
        links = form in GROUPS["Shards"] or st.toggle(
            "Hard links instead of copies",
            value=True,
            key="export_links",
            help="Fast, and takes no room; but it is the same file: whoever edits a picture in the export edits "
            "the original.",
        )
        keeps = st.toggle(
            "Keep GPS positions and the camera's notes",
            value=False,
            key="export_positions",
            help="Otherwise pictures that say where, when or with what they were taken are written anew without that. "
            "Their pixels stay the same, and so do orientation and colour profile.",
        )
        parameters: dict[str, object] = {"version": version.name, "format": form, "copies": not links}
        parameters |= boxes | ({"positions": "keep"} if keeps else {})
        parameters |= {"team": team} if form == "ds801" else {}
        st.caption(f"To a new folder in {plain(session.workspace().root / 'exports')}")
        may_start = bucket.ask()
        start = st.container()
        job_cards.show_active(kinds=("export", "upload"))
    with right:
        if dataset.task == "single":
            parameters |= augment.choose(dataset, here, data, version, can_be_soft=form == "ds801")
        else:
            st.caption("Pictures are made for datasets with one label a picture.")
    with start:
        st.button(
            "Export this version",
            type="primary",
            icon=":material/ios_share:",
            key="export_start",
            disabled=not may_start,
            on_click=_start,
            args=(dataset.name, parameters),
        )
    _ended(data.exports)
    bucket.show_uploads(data.uploads)


def _version(data: VersionData) -> Version:
    titles = {version.name: version for version in data.versions}
    return titles[st.selectbox("Version", list(titles), key="version", bind="query-params")]


def _start(dataset: str, parameters: dict[str, object]) -> None:
    chosen = {**parameters, **({"team": st.session_state["export_team"].strip()} if "team" in parameters else {})}
    chosen |= bucket.chosen()
    job_cards.attempt(session.supervisor().start, "export", dataset=dataset, parameters=chosen, who=job_cards.who())


def _ended(runs: list[FinishedRun]) -> None:
    if not runs:
        return
    st.subheader("Exported", anchor=False)
    for run in runs[:6]:
        figures, parameters = run.figures, run.parameters
        folder = Path(str(figures.get("folder", parameters.get("folder", ""))))
        with st.container(border=True, gap="xsmall"):
            form = FORMATS.get(str(parameters.get("format")))
            title = form.title if form else "Export"
            pictures = count(int(figures.get("n_pictures", 0)), "picture")
            st.markdown(f"**{plain(parameters.get('version'))}** as {title}: {pictures}")
            st.code(str(folder), language=None, wrap_lines=True)
            parts = [f"{figures.get(key, 0):,} {word}" for key, word in _WORDS.items() if figures.get(key)]
            gone = "" if folder.exists() else "; the folder is not there any more"
            st.caption(f"{', '.join(parts)}; {run.finished_at:%d %B %Y, %H:%M} UTC, run {run.run_id}{gone}")
            if figures.get("warning"):
                st.warning(plain(figures["warning"]), icon=":material/warning:")


_WORDS = {
    "n_linked": "linked",
    "n_copied": "copied",
    "n_drawn": "drawn",
    "n_blurred": "with people blurred",
    "n_boxes": "boxes",
    "n_packed": "packed into shards",
    "n_bare": "without their positions and notes",
    "n_validation": "for validation",
    "n_left_out": "without a label left out",
}
