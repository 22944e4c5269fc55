"""Pictures that lie in tables or shards: what there is, where it would be unpacked to, and the job that does it."""

from pathlib import Path

import streamlit as st

from importers.types import PackedPictures
from jobs.engine.spec import DONE, JobView
from pages.import_data import source as import_data_source
from pages.ui import job_cards, job_wording, session
from pages.ui.text import LONGEST_PATH, count, plain

KIND = "unpack-pictures"
_SHOWN = "import_unpacked_shown"


def offer(packed: PackedPictures, *, root: str) -> str | None:
    """Say what lies packed in the folder, and offer to unpack it; the id of the job that does, once it is asked for."""
    about = "about " if packed.is_about else ""
    size = job_wording.size(packed.n_bytes) if packed.n_bytes >= 1e6 else "less than 1 MB"
    with st.container(border=True):
        st.markdown(
            f":material/unarchive: **{about.capitalize()}{count(packed.n_pictures, 'picture')} "
            f"{'lies' if packed.n_pictures == 1 else 'lie'} packed** in "
            f"{count(packed.n_files, 'file')} (Parquet tables or tar shards). To be imported they are written as files "
            f"first, with their labels beside them: {about}{size}. The packed files stay."
        )
        with st.form("import_unpack", border=False):
            target = ""
            if session.supervisor().intake.import_roots is None:
                target = st.text_input(
                    "Unpack to",
                    placeholder=f"{session.workspace().root}/uploads/…",
                    help="A new folder on this computer. Left empty, it is one in the workspace, which is cleared away "
                    "after a day unless it has been imported.",
                    key="import_unpack_to",
                    max_chars=LONGEST_PATH,
                ).strip()
            asked = st.form_submit_button("Unpack the pictures", type="primary", icon=":material/unarchive:")
    if not asked:
        return None
    return job_cards.result_of(
        session.supervisor().start,
        KIND,
        dataset=Path(root).name,
        parameters={"source": root, "target": target},
        who=job_cards.who(),
    )


def look_at_result(job: JobView) -> None:
    """Once pictures are unpacked, look at the new folder, as if it had been named; a visitor may then name another."""
    folder = job.figures.get("folder")
    if job.kind != KIND or job.state != DONE or not folder or st.session_state.get(_SHOWN) == job.id:
        return
    st.session_state[_SHOWN] = job.id
    if Path(str(folder)).is_dir():
        source = Path(str(job.parameters.get("source") or folder))
        import_data_source.look_at(str(folder), name=source.stem)
    else:
        st.info(plain(f"{folder} is not there any more."), icon=":material/folder_off:")
