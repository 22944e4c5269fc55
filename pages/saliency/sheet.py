"""The sheet: where a network looks in the pictures of each class, in numbers and in pictures."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from analytics.saliency_maps import BORDER_AREA, CENTRE_AREA, from_bytes
from figures.names import one_line
from pages.saliency import draw
from pages.saliency.queries import load_classes, load_sheet, network_of
from pages.saliency.view import METHODS
from pages.ui import gallery, job_cards, picture, session, staleness, tables
from pages.ui.session import Here
from pages.ui.text import count, plain, share
from store.datasets import Dataset
from store.saliency import ClassSaliency, SaliencyMap, SaliencyRun
from store.training import TrainingRun

OPACITY = 0.65
_ROWS = {"surest": "Surest of their label", "furthest": "Furthest from their label"}


def offer(dataset: Dataset, run: TrainingRun, *, again: bool) -> None:
    """The button that makes the sheet."""
    if not session.may("start_job"):
        return
    st.button(
        "Make the sheet again" if again else "Make the sheet",
        key="saliency_start",
        icon=":material/play_arrow:",
        type="tertiary" if again else "primary",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "saliency"),
        kwargs={"dataset": dataset.name, "parameters": {"train_run": run.run_id}, "who": job_cards.who()},
    )


def show(here: Here, dataset: Dataset, run: TrainingRun, sheet: SaliencyRun | None, names: list[str]) -> list[int]:
    """The section of the page; the ids drawn."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Class by class", anchor=False)
        if sheet is not None:
            offer(dataset, run, again=True)
    job_cards.show_active(kinds=("saliency",))
    if sheet is None:
        st.markdown(
            "Does it look at the thing or at what is around it? A sheet looks at the pictures of each class that the "
            "network is surest of, and at those it is furthest from, and adds up where the evidence lies."
        )
        offer(dataset, run, again=False)
        return []
    rows = load_classes(*here, sheet.run_id)
    _state(sheet, rows)
    if not rows:
        return []
    _table(rows, names)
    by_title = {names[row.label]: row.label for row in rows if row.label < len(names)}
    picked = st.selectbox("Sheet of", list(by_title), key="sheet", bind="query-params", width=240)
    label = by_title.get(str(picked), rows[0].label)
    return _pictures(load_sheet(*here, sheet.run_id, label), names, side=int(run.parameters["side"]), label=label)


def _state(sheet: SaliencyRun, rows: Sequence[ClassSaliency]) -> None:
    figures = sheet.figures
    failed = f" {count(int(figures['n_failed']), 'picture')} could not be read." if figures.get("n_failed") else ""
    method = next((title for title, name in METHODS.items() if name == sheet.parameters.get("method")), "")
    st.caption(
        f"{count(int(figures.get('n_images', 0)), 'picture')} of {count(len(rows), 'class', 'classes')}, by {method}; "
        f"run {sheet.run_id}, Vitrine {plain(sheet.code_version)}.{failed}"
    )
    if sheet.is_stale:
        st.warning(
            f"This sheet is older than the data. {staleness.sentence(sheet, kind='saliency')}",
            icon=":material/history:",
        )


def _table(rows: Sequence[ClassSaliency], names: Sequence[str]) -> None:
    """Where the evidence of each class lies, beside what an even map would have there."""
    boxed = any(row.n_boxed for row in rows)
    columns = {"In the centre": "centre_share", "At the border": "border_share"}
    columns |= {"In detected boxes": "box_share", "Boxes cover": "box_area"} if boxed else {}
    shown = [
        {
            "Class": names[row.label] if row.label < len(names) else f"class {row.label}",
            "Pictures": row.n,
            "With evidence": row.n_seen,
            **{title: _percent(getattr(row, name)) for title, name in columns.items()},
        }
        for row in rows
    ]
    bar = st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100)
    tables.show(shown, hide_index=True, height="content", column_config=dict.fromkeys(columns, bar))
    edge = max(rows, key=lambda row: row.border_share or 0)
    said = (
        f"An even map would have {share(CENTRE_AREA)} in the centre (the middle half of each side) and "
        f"{share(BORDER_AREA)} at the border (an eighth all around). Means are over the pictures with any evidence."
    )
    if edge.border_share is not None and edge.label < len(names):
        said += f" Most at the border: {plain(names[edge.label])}, {share(edge.border_share)}."
    if not boxed:
        said += " With a detection of the same pictures the sheet also says how much lies in the boxes."
    st.caption(said)


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part


def _pictures(rows: Sequence[SaliencyMap], names: Sequence[str], *, side: int, label: int) -> list[int]:
    """The mean map, and the pictures with their maps; a click opens one, large; the ids drawn."""
    own = [row for row in rows if row.role == "label"]
    left, right = st.columns([1, 4], gap="large")
    with left:
        mean = np.mean([from_bytes(row.map) for row in own], axis=0)
        over = draw.overlay(mean, stride=own[0].stride, side=side, width=side, height=side, top=float(mean.max()))
        fill = "width:min(100%,220px);border-radius:.4rem;background:#8d8d8d;display:block"
        st.html(f'<img src="{over}" alt="The mean map" style="{fill}">')
        st.caption(
            f"Mean of {count(len(own), 'map')} for {plain(names[label] if label < len(names) else label)}, each "
            "scaled to its own peak."
        )
    with right:
        sections = [
            gallery.Section([_item(row, names, side=side) for row in own if row.place == place], title, _note(place))
            for place, title in _ROWS.items()
        ]
        gallery.show(
            [section for section in sections if section.items],
            key="saliency_sheet",
            label="Maps of the class",
            layout="clusters",
            side=120,
            on_open=picture.ask_for,
        )
    return [row.image_id for row in own]


def over_picture(here: Here, run: TrainingRun, sheet: SaliencyRun | None, image_id: int) -> str:
    """HTML of the map of a picture's own label, to lie over the large picture; "" where the sheet does not have it."""
    if sheet is None:
        return ""
    labels = [row.label for row in load_classes(*here, sheet.run_id)]
    rows = (row for label in labels for row in load_sheet(*here, sheet.run_id, label))
    row = next((row for row in rows if row.image_id == image_id and row.role == "label"), None)
    if row is None:
        return ""
    whole = "position:absolute;inset:0;width:100%;height:100%"
    return f'<img src="{_over(row, side=network_of(run).side, longest=320)}" alt="" style="{whole}">'


def _over(row: SaliencyMap, *, side: int, longest: int) -> str:
    return draw.overlay(
        from_bytes(row.map),
        stride=row.stride,
        side=side,
        width=row.width,
        height=row.height,
        top=float(row.peak > 0),
        opacity=OPACITY,
        longest=longest,
    )


def _note(place: str) -> str:
    return "where its label is seen" if place == "surest" else "where its label is seen, though little speaks for it"


def _item(row: SaliencyMap, names: Sequence[str], *, side: int) -> gallery.Item:
    over = _over(row, side=side, longest=96)
    caption = f"{one_line(names[row.label]) if row.label < len(names) else row.label} {share(row.probability)}"
    note = "" if row.box_share is None else f"{share(row.box_share)} in boxes"
    return gallery.Item(
        row.image_id,
        row.sha256,
        caption,
        note or f"{share(row.border_share or 0)} at the border",
        drawing=gallery.Drawing(row.width, row.height, (), over),
    )
