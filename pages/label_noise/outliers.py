"""Pictures that lie far out: a threshold that can be moved, what would go class by class, both sides of the line."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.label_noise.queries import load_outlier_counts, load_outliers, load_range
from pages.ui import filters, gallery, picture, tables
from pages.ui.filters import PAGE_ROWS, name_of
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count, share
from store.label_issues import LabelRun

_INSIDE, _STEPS = 12, 200


def threshold_of(here: Here, run: LabelRun) -> float | None:
    """Draw the slider; the threshold, which is in the URL, or None where nothing was measured."""
    span = load_range(*here, run.run_id)
    usual = run.figures.get("outlier_threshold")
    if span is None or usual is None:
        st.info("How far out pictures lie was not measured in this check.", icon=":material/info:")
        return None
    low, high = max(0.0, span[0]), max(span[1], float(usual) + 0.1)
    step = max(round((high - low) / _STEPS, 2), 0.01)
    return st.slider(
        "Out from a distance of",
        round(low, 1),
        round(high + step, 1),
        round(float(usual), 2),
        step,
        key="out",
        bind="query-params",
        help="In spreads of the pictures that every method believes, from their middle. The line starts where "
        f"{share(float(run.parameters.get('outlier_share', 0.01)))} of those believed lie beyond it.",
    )


def show_counts(counts: pa.Table, *, names: Sequence[str]) -> int:
    """Draw what would go, class by class; how many in all."""
    rows = counts.to_pylist()
    n_out, n = sum(row["n_out"] for row in rows), sum(row["n"] for row in rows)
    st.markdown(
        f"**{n_out:,} of {count(n, 'picture')} would go** ({share(n_out / n) if n else 'none'}), class by class:"
    )
    table = pa.Table.from_pylist(
        [
            {
                "class": "no label" if row["label"] is None else one_line(name_of(row["label"], names=names)),
                "would go": row["n_out"],
                "share": row["n_out"] / max(row["n"], 1),
                "would stay": row["n"] - row["n_out"],
            }
            for row in rows
        ]
    )
    tables.show(
        table,
        hide_index=True,
        height=min(36 * len(rows) + 38, 430),
        column_config={
            "would go": st.column_config.NumberColumn(format="localized"),
            "would stay": st.column_config.NumberColumn(format="localized"),
            "share": st.column_config.ProgressColumn("share that goes", format="percent", min_value=0, max_value=1),
        },
    )
    return n_out


def show_sides(
    here: Here, run: LabelRun, threshold: float, *, names: Sequence[str], given: int | None, n_out: int
) -> list[int]:
    """Draw pictures beyond the line and those just inside; the ids that are drawn."""
    near = (
        st.segmented_control(
            "Beyond the line",
            ["Furthest first", "Nearest to the line first"],
            default="Furthest first",
            required=True,
            key="far",
            bind="query-params",
        )
        != "Furthest first"
    )
    slot = st.container()
    page = filters.page_number(n_out)
    first = (page - 1) * PAGE_ROWS
    out = load_outliers(*here, run.run_id, threshold, True, given, near, first, PAGE_ROWS).to_pylist()
    kept = load_outliers(*here, run.run_id, threshold, False, given, True, 0, _INSIDE).to_pylist()
    with slot:
        if out:
            gallery.show(
                [gallery.Section([_item(row, names=names) for row in out])],
                key="noise_out",
                side=104,
                label="Beyond the line",
                on_open=picture.ask_for,
            )
        else:
            st.caption("Nothing lies beyond the line.")
    st.markdown("**Just inside:** these would stay.")
    gallery.show(
        [gallery.Section([_item(row, names=names) for row in kept])],
        key="noise_in",
        side=104,
        label="Just inside the line",
        on_open=picture.ask_for,
    )
    return [row["image_id"] for row in [*out, *kept]]


def show_counts_at(here: Here, run: LabelRun, threshold: float, *, names: Sequence[str]) -> int:
    """Draw the counts at a threshold; how many would go."""
    return show_counts(load_outlier_counts(*here, run.run_id, threshold), names=names)


def _item(row: Row, *, names: Sequence[str]) -> gallery.Item:
    name = "no label" if row["label"] is None else name_of(row["label"], names=names)
    return gallery.Item(row["image_id"], row["sha256"], name, f"distance {row['outlier_distance']:.1f}")
