"""One frozen version by itself, for those for whom nothing else exists: what it is, its classes, its pictures."""

import streamlit as st

from pages.ui import comments, filters, gallery, picture, session, tables
from pages.ui.filters import PAGE_ROWS, label_text
from pages.ui.text import count, plain
from pages.versions.list import facts, pin
from pages.versions.queries import VersionData, load_counts, per_class
from store.datasets import Dataset
from store.versions import Version, version_pictures


def show(dataset: Dataset, data: VersionData, version_id: int) -> list[int]:
    """The version; the ids of the pictures that are drawn."""
    version = next((each for each in data.versions if each.id == version_id), None)
    if version is None:
        st.info("This version is not here any more.", icon=":material/ac_unit:")
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(version.name), anchor=False, width="content")
        st.caption(f"{version.created_at:%d %B %Y, %H:%M} UTC, {plain(version.who)}", width="content")
        comments.button(dataset, pin(version), key=f"version_{version.id}")
    if version.note:
        st.markdown(plain(version.note))
    st.caption(facts(version))
    left, right = st.columns([3, 2], gap="large")
    with right:
        _balance(dataset, version)
    with left:
        drawn = _pictures(version)
    comments.open_asked(dataset, [pin(version)])
    return drawn


def _balance(dataset: Dataset, version: Version) -> None:
    """How many pictures each class has in it."""
    st.subheader("Class balance", anchor=False)
    names = filters.every_name(len(version.class_names), names=version.class_names)
    if not names:
        st.caption("It has no classes.")
        return
    totals = per_class(load_counts(*session.here_of_data(dataset.id), version.id), n_classes=len(names))
    most = int(max(totals.max(initial=0), 1))
    bar = st.column_config.ProgressColumn("pictures", min_value=0, max_value=most, format="%d")
    tables.show(
        {"class": names, "pictures": totals}, hide_index=True, height="content", column_config={"pictures": bar}
    )


def _pictures(version: Version) -> list[int]:
    st.subheader("Pictures", anchor=False)
    slot = st.container()
    page = filters.page_number(version.n_images)
    first = (page - 1) * PAGE_ROWS
    rows = version_pictures(session.workspace(), version.id, first=first, n_rows=PAGE_ROWS)
    names = list(version.class_names)
    items = [
        gallery.Item(row.image_id, row.sha256, label_text(row.label, row.labels, names=names), row.split or "")
        for row in rows
    ]
    with slot:
        gallery.show([gallery.Section(items)], key="version_pictures", label="Pictures", on_open=picture.ask_for)
        st.caption(f"Showing {len(rows):,} of {count(version.n_images, 'picture')}")
    return [row.image_id for row in rows]
