"""Where the pictures are: a folder of this computer or an uploaded zip; and one look at them, remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from importers.types import FolderContents
from jobs.engine.supervisor import REFUSALS
from pages.import_data import found as import_data_found
from pages.import_data import preview as import_data_preview
from pages.import_data.found import Changes, Look, Preview
from pages.ui import blurring, session, uploads
from pages.ui.text import LONGEST_PATH, plain
from store.datasets import Dataset, list_datasets
from store.moves import moved_dataset

FOLDER, ZIP = "A folder or bucket", "Upload a zip"
_LOOK, _SEEN, _SAID = "import_look", "import_seen", "import_said"


@dataclass(frozen=True)
class Seen:
    """What a look gave. twin: the dataset that stands on this folder; refusal: why names did not fit.

    moved: the dataset whose own folder is not there any more, and whose pictures lie here. blurred_by: the rule by
    which people were blurred then.
    """

    look: Look
    preview: Preview
    sheet: str
    twin: Dataset | None
    moved: Dataset | None
    changes: Changes | None
    refusal: str = ""
    blurred_by: str = ""


def ask() -> Look | None:
    """The widgets that name a folder or take a zip; the look that is wanted, once it is."""
    way = st.segmented_control(
        "Where are the pictures?",
        [FOLDER, ZIP],
        default=FOLDER,
        key="from",
        bind="query-params",
        required=True,
    )
    if way == ZIP:
        _ask_zip()
    else:
        _ask_folder()
    return st.session_state.get(_LOOK)


def look_at(folder: str, *, name: str) -> None:
    """Look at this folder from now on, as if it had been named."""
    forget()
    st.session_state[_LOOK] = Look(folder, name)


def forget() -> None:
    """Put the look away: it was imported, or is not wanted."""
    for key in (_LOOK, _SEEN, _SAID, "import_reading", "import_names", "import_links"):
        st.session_state.pop(key, None)


def change(**what: object) -> None:
    """Look at the same folder in another way."""
    st.session_state[_LOOK] = replace(st.session_state[_LOOK], **what)


def say_by_hand(reading: str) -> None:
    """Look at the same folder as was said by hand, whatever was answered before."""
    change(reading=reading)
    st.session_state[_SAID] = reading


def take_what_was_said(answers: Sequence[str]) -> None:
    """Before the question is drawn: what was said by hand since is its answer, where it is one of them."""
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        st.session_state["import_reading"] = said if said in answers else None


def refusal_of(look: Look, reading: str, *, follow_links: bool = False) -> str:
    """Why a folder cannot be read in another way; "" where it can."""
    try:
        with st.spinner("Looking at the folder in this way."):
            _inspect(replace(look, reading=reading, follow_links=follow_links or look.follow_links))
    except (*REFUSALS, OSError) as error:
        return str(error)
    return ""


def seen(look: Look) -> Seen | None:
    """What a look gave, from this visit's memory or by looking; None, with a sentence, where it cannot be."""
    kept: Seen | None = st.session_state.get(_SEEN)
    if kept is not None and (kept.look, kept.blurred_by) == (look, blurring.stamp()):
        return kept
    try:
        with st.spinner("Looking at the folder: names and labels first, no picture is read in full."):
            kept = _look(look)
    except (*REFUSALS, OSError) as error:
        st.error(plain(str(error)), icon=":material/block:")
        return None
    before: Seen | None = st.session_state.get(_SEEN)
    if before is not None and (before.look.folder, before.look.labels) == (look.folder, look.labels):
        kept = _still_asked(kept, before.preview)
    st.session_state[_SEEN] = kept
    return kept


def _still_asked(seen: Seen, before: Preview) -> Seen:
    """What was seen, with the question that the folder left open before it was answered: an answer can be changed."""
    if not seen.look.reading or seen.preview.options or not before.options:
        return seen
    return replace(seen, preview=replace(seen.preview, question=before.question, options=before.options))


def _ask_folder() -> None:
    roots = session.supervisor().intake.import_roots
    if roots is not None:
        named = ", ".join(plain(str(root)) for root in roots)
        st.caption(
            f"This server imports from: {named}. A zip can be uploaded instead."
            if roots
            else "This server was started without a folder to import from (--import-root DIR). Upload a zip."
        )
    with st.form("import_folder", border=False):
        folder = st.text_input(
            "Folder",
            placeholder="/home/me/pictures/animals or s3://bucket/prefix",
            key="import_folder_path",
            max_chars=LONGEST_PATH,
        )
        labels = st.text_input(
            "Label file (optional)",
            key="import_labels_path",
            help="JSON, CSV, TSV, Parquet or COCO JSON, where it is not recognised or lies elsewhere.",
            max_chars=LONGEST_PATH,
        )
        submitted = st.form_submit_button("Look at it", type="primary", icon=":material/search:")
    if submitted and not folder.strip():
        st.error("Name the folder that holds the pictures.", icon=":material/block:")
    elif submitted:
        forget()
        st.session_state[_LOOK] = Look(folder.strip(), Path(folder.strip()).name, labels.strip())


def _ask_zip() -> None:
    upload = st.file_uploader(
        "A zip of pictures, with their label file if there is one",
        type="zip",
        key="import_zip",
        max_upload_size=uploads.ZIP_MIB,
    )
    unpacked = session.supervisor().intake.largest_unpacked()
    st.caption(
        f"A zip may have {uploads.ZIP_MIB:,} MiB, for it is held in memory while it comes, and unpack to "
        f"{unpacked / uploads.MEBIBYTE:,.0f} MiB, for that is the room there is. A larger folder is named by its path."
    )
    if not st.button("Look at it", type="primary", icon=":material/search:", disabled=upload is None) or upload is None:
        return
    try:
        with st.spinner("Unpacking the zip."):
            folder = session.supervisor().intake.receive_zip(upload, upload.name)
    except (*REFUSALS, OSError) as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    forget()
    st.session_state[_LOOK] = Look(str(folder), Path(upload.name).stem)


def _look(look: Look) -> Seen:
    try:
        contents, refusal = _inspect(look), ""
    except REFUSALS as error:
        if not look.class_names:
            raise
        contents, refusal = _inspect(replace(look, class_names=())), str(error)
    preview = import_data_found.summarise(contents)
    workspace = session.workspace()
    twin = next((dataset for dataset in list_datasets(workspace) if dataset.root == preview.root), None)
    is_here = isinstance(contents.root, Path)
    moved = moved_dataset(workspace, folder=Path(preview.root)) if twin is None and is_here else None
    changed = None
    if twin is not None:
        changed = import_data_found.changes(workspace, twin.id, root=preview.root, paths=contents.files["path"])
    rule = blurring.stamp()
    return Seen(look, preview, import_data_preview.contact_sheet(preview), twin, moved, changed, refusal, rule)


def _inspect(look: Look) -> FolderContents:
    return session.supervisor().intake.inspect_folder(
        look.folder,
        reading=look.reading or None,
        labels=look.labels or None,
        class_names=look.class_names or None,
        follow_links=look.follow_links,
    )
