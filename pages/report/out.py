"""Out of the app: a file of each format by one click, and the files that were written."""

from pathlib import Path

import streamlit as st

from pages.report.queries import ReportData
from pages.ui import blurring, job_cards, session
from pages.ui.text import file_size
from store.datasets import Dataset
from store.reports import Report, ReportFile

FORMATS = {
    "html": ("One HTML file", "html", "Opens from a disk without a network, charts alive, pictures inside."),
    "pdf": ("PDF", "picture_as_pdf", "For print: page numbers, selectable text."),
    "slides": ("Slides (HTML)", "slideshow", "One file that presents: arrow keys, overview, your words as notes."),
    "pptx": ("PowerPoint", "co_present", "Editable, a slide a block, your words as notes."),
    "markdown": ("Markdown folder", "markdown", "For a repository: README.md, pictures, figures."),
    "card": ("Dataset card", "badge", "A Hugging Face dataset card, Croissant metadata and a table of all pictures."),
}
_MIME = {".html": "text/html", ".pdf": "application/pdf"}
MOST_SHOWN = 8
MOST_BYTES = 200_000_000  # of a file that the browser is handed


def choose(dataset: Dataset, report: Report) -> None:
    """The popover with a button a format."""
    with st.popover("Take it along", icon=":material/ios_share:"):
        for name, (title, icon, about) in FORMATS.items():
            st.button(
                title,
                key=f"out_{name}",
                icon=f":material/{icon}:",
                help=about,
                width="stretch",
                on_click=job_cards.attempt,
                args=(session.supervisor().start, "report"),
                kwargs={
                    "dataset": dataset.name,
                    "parameters": {"format": name, "report": report.id},
                    "who": job_cards.who(),
                },
            )
        st.button(
            "Bundle for reviewers",
            key="out_bundle",
            icon=":material/rate_review:",
            help="One HTML file for somebody who installs nothing: report, map, pictures, claims that their browser "
            "computes again, a place to review. What they save comes back by the page Reviewers.",
            type="primary",
            width="stretch",
            on_click=job_cards.attempt,
            args=(session.supervisor().start, "bundle"),
            kwargs={"dataset": dataset.name, "parameters": {"report": report.id}, "who": job_cards.who()},
        )
        st.caption(
            "Hidden blocks stay out. People blurred in the dataset are blurred, and no picture carries a position."
        )


def files(dataset: Dataset, data: ReportData, report: Report) -> None:
    """What was written of this report, newest first."""
    mine = [each for each in data.files if each.report_id == report.id]
    if not mine or blurring.hides_from_reader(session.workspace(), dataset.id):
        return  # a file is as it was written, whoever reads it
    with st.expander(f"Files written ({len(mine)})", icon=":material/folder:"):
        for each in mine[:MOST_SHOWN]:
            _file(each)


def _file(each: ReportFile) -> None:
    path = Path(each.path)
    title = FORMATS.get(each.format, ("Bundle for reviewers", "", ""))[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title}**, {file_size(each.n_bytes)}", width="content")
        st.caption(f"{each.finished_at:%d %B %Y, %H:%M} UTC, run {each.run_id}", width="content")
        st.space("stretch")
        if path.is_file() and each.n_bytes <= MOST_BYTES:
            st.download_button(
                "Download",
                data=path.read_bytes,
                file_name=path.name,
                mime=_MIME.get(path.suffix, "application/octet-stream"),
                key=f"download_{each.run_id}",
                icon=":material/download:",
                type="tertiary",
            )
        elif not path.exists():
            st.caption("not there any more", width="content")
    if session.may("start_job"):
        st.code(str(path), language=None, wrap_lines=True)
