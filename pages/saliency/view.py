"""One picture under a network: which picture, which two classes, and where each is seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from figures.names import one_line
from figures.probabilities import likeliest_classes
from jobs.engine.supervisor import REFUSALS
from pages.saliency import draw as saliency_draw
from pages.saliency.queries import SaliencyData, load_look, load_pictures, network_of
from pages.ui import charts, filters, links, media, picture, session
from pages.ui.session import Here
from pages.ui.text import LONGEST_LINE, count, plain, share
from store.datasets import Dataset
from store.gallery import picture_file
from store.neighbours import ImageRow, find_images, image_rows
from store.training import TrainingRun

PICTURE = "picture"
ORDERS = {"Top losses": "losses", "Surest": "surest", "Shuffled": "shuffled"}
METHODS = {
    "CAM": "cam",
    "Grad-CAM, third stage": "grad-cam-3",
    "Grad-CAM, second stage": "grad-cam-2",
    "Grad-CAM, last stage": "grad-cam-4",
}


@dataclass(frozen=True)
class Shown:
    """What is drawn: the picture's row, its size, and what the network says of it by class."""

    row: ImageRow
    width: int
    height: int
    probabilities: np.ndarray


def go_to(image_id: int) -> None:
    """Make an image the one in question; a callback."""
    st.query_params[PICTURE] = str(image_id)


def choose_picture(here: Here, dataset: Dataset, run: TrainingRun, names: Sequence[str]) -> int | None:
    """Draw the ways to a picture; the one in the URL, else the first of the list."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        order = st.segmented_control(
            "Evaluation pictures", list(ORDERS), default="Top losses", required=True, key="order", bind="query-params"
        )
        titles = [one_line(name) for name in names]
        label = st.selectbox(
            "Label", titles, index=None, key="of", bind="query-params", placeholder="All classes", width=170
        )
        _find(dataset)
        index = titles.index(label) if label in titles else None
        table = load_pictures(*here, run.run_id, ORDERS[str(order)], index, filters.seed_in_url())
        ids = table["image_id"].to_pylist()
        asked = links.number_in_url(PICTURE)
        image_id = asked if asked is not None else next(iter(ids), None)
        _steps(ids, image_id)
    if image_id is not None:
        st.caption(_place(table, image_id, order=str(order), names=titles))
    return image_id


def _find(dataset: Dataset) -> None:
    name = st.text_input(
        "Find by name", key="find", type="search", placeholder="part of a file name", width=190, max_chars=LONGEST_LINE
    )
    if not name.strip():
        return
    found = find_images(session.workspace(), dataset.id, name=name.strip()).to_pylist()
    titles = {f"{one_line(row['path'])} ({row['image_id']})": row["image_id"] for row in found}
    picked = st.selectbox(
        count(len(found), "match", "matches"),
        list(titles),
        index=None,
        key=f"found-{name}",
        width=280,
        placeholder="Choose one" if found else "No picture is called so",
    )
    if picked and str(titles[picked]) != st.query_params.get(PICTURE):
        go_to(titles[picked])
        st.rerun()


def _steps(ids: list[int], image_id: int | None) -> None:
    at = ids.index(image_id) if image_id in ids else -1
    before, after = ids[max(at - 1, 0)] if ids else 0, ids[min(at + 1, len(ids) - 1)] if ids else 0
    st.button("Previous", icon=":material/arrow_back:", on_click=go_to, args=(before,), disabled=at <= 0)
    st.button("Next", icon=":material/arrow_forward:", on_click=go_to, args=(after,), disabled=at + 1 >= len(ids))
    drawn = ids[np.random.default_rng((image_id or 0) + 1).integers(len(ids))] if ids else 0
    st.button("Random", icon=":material/shuffle:", on_click=go_to, args=(drawn,), disabled=not ids)


def _place(table: pa.Table, image_id: int, *, order: str, names: Sequence[str]) -> str:
    ids = table["image_id"].to_pylist()
    if image_id not in ids:
        return "This picture is not in the list above; the network may have learnt from it."
    row = table.slice(ids.index(image_id), 1).to_pylist()[0]
    said = "" if row["label"] is None else f"; its label there is {plain(filters.name_of(row['label'], names=names))}"
    return f"{order}: {ids.index(image_id) + 1} of {len(ids)}{said}."


def look_at(here: Here, dataset: Dataset, run: TrainingRun, image_id: int, *, method: str) -> Shown | None:
    """The picture and what the network says of it; None, with a sentence drawn, where it cannot be looked at."""
    row = next(iter(image_rows(session.workspace(), dataset.id, [image_id])), None)
    sized = picture_file(session.workspace(), image_id)
    if row is None or sized is None or row.missing:
        st.warning(f"{plain(dataset.name)} has no picture {image_id}.", icon=":material/search_off:")
        return None
    try:
        with st.spinner("Asking the network; the first time it is loaded…"):
            looked = load_look(*session.here_of_data(dataset.id), network_of(run), image_id, (), method)
    except (*REFUSALS, OSError) as error:
        st.error(plain(str(error)), icon=":material/block:")
        return None
    return Shown(row, sized.width, sized.height, looked.probabilities)


def likely_pair(shown: Shown) -> tuple[int, int]:
    """The two classes to begin with: what it was taken for, and its label, or the second guess where it is right."""
    order = np.argsort(-shown.probabilities, kind="stable").tolist()
    label = shown.row.label
    if label is not None and label != order[0] and label < len(order):
        return order[0], label
    return order[0], order[min(1, len(order) - 1)]


def draw(here: Here, run: TrainingRun, data: SaliencyData, shown: Shown, names: list[str], *, method: str) -> None:
    """Both maps on one scale beside what the network says of the picture; the classes are in the URL."""
    left, right, beside = st.columns([1, 1, 1], gap="medium")
    pair = []
    for place, column, index in zip(("left", "right"), (left, right), likely_pair(shown), strict=True):
        picked = column.selectbox(
            "Where it sees",
            names,
            index=None,
            key=place,
            bind="query-params",
            placeholder=f"{names[index]} ({'taken for' if place == 'left' else 'compared'})",
        )
        pair.append(names.index(picked) if picked in names else index)
    with beside:
        opacity = st.slider("Opacity of the map", 0.0, 1.0, 0.75, 0.05, key="opacity", bind="query-params")
        _say(shown, data, names)
    looked = load_look(*session.here_of_data(here[1]), network_of(run), shown.row.image_id, tuple(pair), method)
    top = float(max(looked.maps.max(initial=0), 0))
    for column, index, values in zip((left, right), pair, looked.maps, strict=True):
        with column:
            _one_map(
                shown,
                values,
                names[index],
                share_of=float(shown.probabilities[index]),
                stride=looked.stride,
                side=network_of(run).side,
                top=top,
                opacity=opacity,
            )
    st.html(saliency_draw.legend_html("nothing for it", "most, of both"))
    st.caption(_resolution(run, looked.maps.shape[-1], looked.stride, method=method))


def _one_map(
    shown: Shown, values: np.ndarray, name: str, *, share_of: float, stride: int, side: int, top: float, opacity: float
) -> None:
    over = saliency_draw.overlay(
        values, stride=stride, side=side, width=shown.width, height=shown.height, top=top, longest=320
    )
    url = media.picture_url(shown.row.image_id, shown.row.sha256)
    sized = {"width": shown.width, "height": shown.height}
    st.html(saliency_draw.picture_html(url, name=shown.row.path, **sized, over=over, opacity=opacity))
    st.markdown(f"**{plain(name)}**: probability {share(share_of)}")
    if values.max() <= 0:
        st.caption("Nothing in the picture speaks for it.")
    else:
        st.caption(f"Its strongest place reaches {share(float(values.max()) / top)} of the scale.")


def _resolution(run: TrainingRun, n: int, stride: int, *, method: str) -> str:
    side = int(run.parameters["side"])
    own = -(-side // 32)
    said = f"The network sees {side} × {side} pixels. The map has {n} × {n} places, one every {stride} pixels; what is "
    said += "drawn between them is interpolated."
    if method == "cam" and stride < 32:
        said += (
            f" The network itself reads {own} × {own} of them: there the map is exact, and between them it is what the "
            "same weights say of the picture moved by so much."
        )
    return said


def _say(shown: Shown, data: SaliencyData, names: Sequence[str]) -> None:
    """Label, file, and the likeliest classes as bars."""
    row = shown.row
    label = filters.label_text(row.label, row.labels, names=data.names)
    removed = ", removed by a decision" if row.removed else ""
    st.markdown(f"Label now: **{plain(label)}**{removed}")
    st.caption(plain(f"{row.path} · number {row.image_id}"))
    charts.draw(likeliest_classes(shown.probabilities, names=names))
    st.button("All that is known of it", icon=":material/info:", on_click=picture.ask_for, args=(row.image_id,))
