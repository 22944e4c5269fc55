"""Pictures: a gallery with filters, and one picture with all that is known of it."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from evidence.licences import licence_choices, licence_groups
from pages.ui import explain, filters, gallery, picture, session
from pages.ui.rows import Row
from pages.ui.session import SettledGeneration
from pages.ui.text import count, plain
from store.datasets import Dataset, class_table
from store.gallery import PictureFilters, chosen_by, count_images, export_csv, list_images
from store.origin import OriginFilters, collected_queries, licence_texts
from store.overview import split_counts


@st.cache_data(max_entries=8, show_spinner=False)
def load_names(root: str, dataset_id: int, generation: SettledGeneration) -> tuple[list[str], list[str | None]]:
    """Class names by index, and the splits."""
    workspace = session.workspace()
    names = filters.class_labels(class_table(workspace, dataset_id))
    return names, split_counts(workspace, dataset_id)["split"].to_pylist()


@st.cache_data(max_entries=8, show_spinner=False)
def load_origins(root: str, dataset_id: int, generation: SettledGeneration) -> filters.OriginChoices:
    """The licences, sources and queries that pictures can be filtered by."""
    workspace = session.workspace()
    licences = licence_choices(licence_groups(licence_texts(workspace, dataset_id)))
    return filters.OriginChoices(licences, collected_queries(workspace, dataset_id))


@st.cache_data(max_entries=4, show_spinner=False)
def load_chosen(
    root: str, dataset_id: int, generation: SettledGeneration, check: str | None, origin: OriginFilters
) -> pa.Table:
    """The images that fit a check and where they are from."""
    return chosen_by(session.workspace(), dataset_id, check=check, origin=origin)


@st.cache_data(max_entries=32, show_spinner=False)
def load_count(root: str, dataset_id: int, generation: SettledGeneration, wanted: PictureFilters) -> int:
    """How many images fit."""
    chosen = load_chosen(root, dataset_id, generation, wanted.check, wanted.origin)
    return count_images(session.workspace(), dataset_id, filters=wanted, chosen=chosen)


@st.cache_data(max_entries=32, show_spinner=False)
def load_page(
    root: str, dataset_id: int, generation: SettledGeneration, wanted: PictureFilters, first: int
) -> pa.Table:
    """One page of the images that fit."""
    chosen = load_chosen(root, dataset_id, generation, wanted.check, wanted.origin)
    return list_images(
        session.workspace(), dataset_id, filters=wanted, chosen=chosen, first=first, n_rows=filters.PAGE_ROWS
    )


def to_sections(table: pa.Table, *, names: Sequence[str], grouped: bool) -> list[gallery.Section]:
    """The page's images as one section, or a section for each group of the same bytes."""
    groups: dict[str, list[Row]] = {}
    for row in table.to_pylist():
        groups.setdefault(str(row["group_path"]) if grouped else "", []).append(row)
    return [_section(rows, names=names, grouped=grouped) for rows in groups.values()]


def _section(rows: list[Row], *, names: Sequence[str], grouped: bool) -> gallery.Section:
    items = [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            filters.label_text(row["label"], row["labels"], names=names),
            row["split"] or row["path"].rsplit("/", 1)[-1],
        )
        for row in rows
    ]
    if not grouped:
        return gallery.Section(items)
    here = "" if len(rows) == rows[0]["n_twins"] else f", {len(rows)} of them on this page"
    n_labels = len({item.caption for item in items})
    return gallery.Section(items, f"{count(rows[0]['n_twins'], 'copy', 'copies')}{here}", count(n_labels, "label"))


def say_what_is_shown(wanted: PictureFilters, *, page: int, n_shown: int, n_images: int) -> None:
    """The line above the gallery: which rows of how many."""
    if not n_images:
        st.info("No picture fits these filters. Clear one of them to see more.", icon=":material/filter_alt_off:")
        return
    first = (page - 1) * filters.PAGE_ROWS
    some = f"{first + 1:,} to {first + n_shown:,} of " if n_shown < n_images else "all " if n_images > 1 else ""
    behind = " in groups with the same bytes" if wanted.is_grouped else ""
    st.caption(f"Showing {some}{count(n_images, 'picture')}{behind}")


dataset: Dataset = session.require_dataset()
here = session.here(dataset.id)
names, splits = load_names(*here)
st.title(f"Pictures of {plain(dataset.name)}")

wanted = filters.gallery_filters(names, splits, load_origins(*here))

n_images = load_count(*here, wanted)
bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
slot = st.container()
page = filters.page_number(n_images)
table = load_page(*here, wanted, (page - 1) * filters.PAGE_ROWS)

with bar:
    say_what_is_shown(wanted, page=page, n_shown=table.num_rows, n_images=n_images)
    if wanted.sort == "random":
        st.button("Shuffle again", icon=":material/shuffle:", on_click=filters.next_seed, type="tertiary")
    if n_images and session.may("select"):
        workspace = session.workspace()
        st.download_button(
            "Download the list",
            lambda: export_csv(workspace, dataset.id, filters=wanted),
            "pictures.csv",
            "text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help=f"A CSV of all {count(n_images, 'picture')} that fit: path, class, measures, SHA-256, source.",
        )
    explain.how(
        "Pictures are listed from the workspace's file, one page at a time. A class is the one that counts now, after "
        "decisions; removed and missing pictures show only under their checks. Two pictures are exact duplicates "
        "when the SHA-256 of their files is the same; labels conflict when such files carry different labels. A "
        "licence is the one that is said of a picture, else of its dataset, read as a code; source and query are those "
        "of a collection.",
        parameters=[
            "Brightness is the mean luma, contrast its standard deviation, sharpness the variance of the Laplacian, "
            "detail the entropy of the luma histogram; larger pictures are measured at 256 pixels.",
            "Shuffled: by a hash of the file name and the number `seed` in the URL.",
        ],
        sources=["Pech-Pacheco et al., ICPR 2000 (sharpness)", "Peli, JOSA A 1990 (contrast)"],
    )
with slot:
    gallery.show(
        to_sections(table, names=names, grouped=wanted.is_grouped),
        key="pictures",
        label="Pictures that fit",
        layout="clusters" if wanted.is_grouped else "grid",
        side=128,
        on_open=picture.ask_for,
    )

picture.open_asked(dataset, names=names, neighbours=table["image_id"].to_pylist())
