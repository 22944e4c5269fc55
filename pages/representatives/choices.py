"""Other ways to choose as many pictures, side by side; and who is typical of a class."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from figures.colours import class_colour
from pages.representatives import queries, wording
from pages.representatives.queries import CLASSES_A_SHEET, Clusters
from pages.ui import filters, gallery, picture, tables
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count
from store import medoids

PICKS = 60


def show_choices(clusters: Clusters, *, names: Sequence[str], here: Here, run: medoids.MedoidRun) -> list[int]:
    """Other ways to choose as many pictures: the same figures for each, and what they chose. The ids shown."""
    st.markdown(f"Four ways to choose {count(run.k, 'picture')}. " + " ".join(wording.ABOUT_CHOOSERS.values()))
    percent = st.slider(
        "Covered: within a cosine of", 0.0, 1.0, 0.6, 0.01, key="cosine", bind="query-params", width=320
    )
    at = round(100 * percent)
    table = pa.table(
        {
            "Choice": [wording.CHOOSERS[row["chooser"]] for row in clusters.choices],
            "Mean distance": [row["mean_distance"] for row in clusters.choices],
            "Distortion": [row["distortion"] for row in clusters.choices],
            "Farthest": [row["farthest"] for row in clusters.choices],
            f"Covered at {percent:.2f}": [row["covered"][at] for row in clusters.choices],
            "Silhouette": [row["silhouette"] for row in clusters.choices],
            "Classes": [row["n_classes"] for row in clusters.choices],
        }
    )
    number = st.column_config.NumberColumn(format="%.3f")
    tables.show(
        table,
        hide_index=True,
        column_config={
            **{name: number for name in ("Mean distance", "Distortion", "Farthest", "Silhouette")},
            f"Covered at {percent:.2f}": st.column_config.NumberColumn(format="percent"),
        },
    )
    st.caption(
        "Mean distance, distortion and farthest: less is better. Of a picture's distance d to the nearest chosen one: "
        "its mean, the mean of d², the largest d. Classes: how many are among the chosen."
    )
    rows = queries.load_pictures(*here, run.run_id, PICKS).to_pylist()
    sections = [
        gallery.Section(
            [_item(row, names=names) for row in rows if row["chooser"] == choice["chooser"]],
            wording.CHOOSERS[choice["chooser"]],
            f"{min(run.k, PICKS):,} of {run.k:,}" if run.k > PICKS else count(run.k, "picture"),
        )
        for choice in clusters.choices
    ]
    gallery.show(sections, key="choices", label="What each way chose", layout="rows", side=84, on_open=picture.ask_for)
    return [row["image_id"] for row in rows]


def show_typical(*, names: Sequence[str], here: Here, run: medoids.MedoidRun) -> list[int]:
    """The ten most and the ten least typical pictures of each class. The ids shown."""
    classes, _, _ = queries.load_typical(*here, run.run_id, 1)
    if not classes:
        st.info("No picture of this run has a label, so there are no classes to be typical of.")
        return []
    st.markdown(
        "How typical a picture is: the mean of its cosines to all other pictures of its class. The least typical are "
        "where wrong labels and strangers gather first; a class of many kinds has unusual members that are right, too."
    )
    n_sheets = -(-len(classes) // CLASSES_A_SHEET)
    slot = st.container()
    sheet = st.pagination(n_sheets, key="classes", bind="query-params") if n_sheets > 1 else 1
    if queries.labels_changed(*here, run.run_id):
        st.caption("Labels have changed since: a picture is shown beside those that had its label then.")
    _, most, least = queries.load_typical(*here, run.run_id, sheet)
    sections = []
    for index in classes[(sheet - 1) * CLASSES_A_SHEET : sheet * CLASSES_A_SHEET]:
        for title, rows in (("most typical", most), ("least typical", least)):
            mine = [row for row in rows if row["class_index"] == index]
            items = [gallery.Item(row["image_id"], row["sha256"], _cosine(row["mean_cosine"])) for row in mine]
            name = filters.name_of(index, names=names)
            of = count(mine[0]["n"], "picture") if mine else ""
            note = f"{title} of {of}" if mine else title
            sections.append(gallery.Section(items, name, note, "", class_colour(index)))
    with slot:
        gallery.show(sections, key="typical", label="Typical pictures", layout="rows", side=84, on_open=picture.ask_for)
    return [row["image_id"] for row in [*most, *least]]


def _cosine(value: float | None) -> str:
    return "alone in its class" if value is None else f"{value:.3f}"


def _item(row: Row, *, names: Sequence[str]) -> gallery.Item:
    return gallery.Item(row["image_id"], row["sha256"], filters.label_text(row["label"], row["labels"], names=names))
