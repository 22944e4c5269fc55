"""One picture, large, with its facts: the dialog behind `?image=ID`."""

import html
from collections.abc import Callable, Sequence

import pyarrow as pa
import streamlit as st

from analytics.quality import SCORES
from figures.names import one_line
from pages.ui import decided, gallery, links, media, origin, picture_comments, session
from pages.ui.filters import label_text
from pages.ui.text import count, facts_html, file_size, plain
from store.attributes import image_attributes
from store.datasets import Dataset
from store.detections import crop_of
from store.gallery import Facts, image_facts, image_twins
from store.points import POINT
from store.takedown import takedowns_of
from store.versions import VersionPicture, list_versions, version_picture

PARAMETER = "image"
LEAST_SIDE = 360  # pixels on the screen


def ask_for(image_id: int) -> None:
    """Put an image into the URL, so that the dialog opens; a callback."""
    st.query_params[PARAMETER] = str(image_id)


def open_asked(
    dataset: Dataset, *, names: Sequence[str], neighbours: Sequence[int], over: Callable[[int], str] | None = None
) -> None:
    """Open the dialog if the URL names an image. neighbours: ids on the page, for going on to the next.

    over(image_id): HTML of ours to lay over the picture.
    """
    if PARAMETER in st.query_params and (version_id := session.version_id()) is not None:
        _frozen_dialog(dataset, version_id, list(neighbours))
    elif PARAMETER in st.query_params:
        _dialog(dataset, list(names), list(neighbours), over)


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


@st.dialog("Picture", width="large", on_dismiss=_close)
def _dialog(dataset: Dataset, names: list[str], neighbours: list[int], over: Callable[[int], str] | None) -> None:
    asked = str(st.query_params.get(PARAMETER, ""))
    image_id = links.number_of(asked)
    facts = None if image_id is None else image_facts(session.workspace(), dataset.id, image_id)
    if facts is None:
        st.warning(f"{plain(dataset.name)} has no image {plain(asked[:40])}.", icon=":material/search_off:")
        return
    twins = image_twins(session.workspace(), dataset.id, facts=facts)
    has_places = facts.format != POINT
    laid_over = over(facts.image_id) if over is not None else ""
    laid_over += picture_comments.places(dataset, facts.image_id) if has_places else ""
    taken_down = takedowns_of(session.workspace(), facts.image_id)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        origin.say_taken_down(taken_down) if taken_down else _large(facts, over=laid_over)
        _steps(facts.image_id, neighbours)
    with right:
        _describe(facts, dataset=dataset, names=names, taken_down=bool(taken_down))
        origin.draw(facts, dataset=dataset)
        if not taken_down:
            origin.offer_takedown(facts, dataset=dataset)
    picture_comments.show(dataset, facts.image_id, has_places=has_places)
    _say_crop(facts)
    session.link(
        session.PAGES.neighbours,
        label="What it lies next to",
        icon=":material/hub:",
        query_params={"dataset": dataset.name, "picture": str(facts.image_id)},
    )
    _show_twins(facts, twins, names=names)
    decided.show_of_picture(dataset.id, facts.image_id, names=names)


@st.dialog("Picture", width="large", on_dismiss=_close)
def _frozen_dialog(dataset: Dataset, version_id: int, neighbours: list[int]) -> None:
    """A picture as a version froze it: nothing of what was decided since."""
    asked = str(st.query_params.get(PARAMETER, ""))
    image_id = links.number_of(asked)
    workspace = session.workspace()
    row = None if image_id is None else version_picture(workspace, version_id, image_id=image_id)
    version = next((each for each in list_versions(workspace, dataset.id) if each.id == version_id), None)
    if row is None or version is None:
        st.warning(f"This version has no image {plain(asked[:40])}.", icon=":material/search_off:")
        return
    left, right = st.columns([5, 4], gap="medium")
    with left:
        taken_down = takedowns_of(workspace, row.image_id)
        origin.say_taken_down(taken_down) if taken_down else _large(row, over="")
        _steps(row.image_id, neighbours)
    with right:
        st.subheader(plain(label_text(row.label, row.labels, names=list(version.class_names))), anchor=False)
        size = f"{row.width:,} × {row.height:,} pixels"
        about: list[tuple[str, object]] = [("File", row.path), ("Split", row.split or "none"), ("Size", size)]
        st.html(facts_html([*about, ("SHA-256", row.sha256), ("Version", version.name)]))


def _large(facts: Facts | VersionPicture, *, over: str) -> None:
    url = html.escape(media.picture_url(facts.image_id, facts.sha256))
    side = min(
        max(facts.width, facts.height, LEAST_SIDE), 2000
    )  # a picture of 64 pixels is enlarged, but not to a blur
    style = f"display:block;margin:auto;width:min(100%,{side}px);max-height:62vh;object-fit:contain;border-radius:.4rem"
    if not over:
        st.html(f'<img src="{url}" alt="{html.escape(facts.path)}" style="{style}">')
        return
    # A box of the picture's own shape, so that what lies over it stays where it belongs at any size.
    widest = side * facts.width // max(facts.width, facts.height)
    width = f"min(100%,{widest}px,{62 * facts.width / facts.height:.1f}vh)"
    box = f"position:relative;margin:auto;width:{width};aspect-ratio:{facts.width}/{facts.height};overflow:hidden"
    inner = f'<img src="{url}" alt="{html.escape(facts.path)}" style="display:block;width:100%;height:100%">'
    st.html(f'<div style="{box};border-radius:.4rem">{inner}{over}</div>')


def _steps(image_id: int, neighbours: list[int]) -> None:
    if image_id not in neighbours:
        return
    here = neighbours.index(image_id)
    last = len(neighbours) - 1
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        before, after = neighbours[max(here - 1, 0)], neighbours[min(here + 1, last)]
        st.button("Previous", icon=":material/arrow_back:", on_click=ask_for, args=(before,), disabled=here == 0)
        st.caption(f"{here + 1} of {last + 1} on this page", width="content")
        st.button(
            "Next",
            icon=":material/arrow_forward:",
            icon_position="right",
            on_click=ask_for,
            args=(after,),
            disabled=here == last,
        )


def _attributes(facts: Facts) -> list[tuple[str, str]]:
    found = image_attributes(session.workspace(), image_id=facts.image_id)
    return [(one_line(name), f"{100 * value:.0f} % yes") for name, value in found]


def _describe(facts: Facts, *, dataset: Dataset, names: list[str], taken_down: bool) -> None:
    now = label_text(facts.label, facts.labels, names=names)
    st.subheader(plain(now), anchor=False)
    if facts.relabelled:
        given = label_text(facts.given_label, facts.given_labels, names=names)
        st.caption(f"Given as {plain(given)}; changed by a decision.")
    if facts.missing and not taken_down:
        st.warning("The file is not on the disk any more.", icon=":material/hide_image:")
    if facts.removed and not taken_down:
        st.warning("Removed by a decision.", icon=":material/delete:")
    st.html(facts_html([*_file_facts(facts), *_measures(facts), *_attributes(facts), *_import_facts(facts)]))


def _file_facts(facts: Facts) -> list[tuple[str, object]]:
    if facts.format == POINT:
        return [("Point", facts.path), ("Split", facts.split or "none"), ("Picture", "none: only features are there")]
    frames = f", {facts.n_frames} frames" if facts.n_frames > 1 else ""
    return [
        ("File", facts.path),
        ("Split", facts.split or "none"),
        ("Size", f"{facts.width:,} × {facts.height:,} pixels, {file_size(facts.bytes)}"),
        ("Format", f"{facts.format}, {facts.mode}{frames}"),
        *([("Shown", facts.rendering)] if facts.rendering else []),
    ]


def _measures(facts: Facts) -> list[tuple[str, object]]:
    if facts.format == POINT:
        return []
    raw = {name: getattr(facts, name) for name in SCORES}
    return [(name.capitalize(), f"{float(SCORES[name](value)):.2f} (raw {value:,.1f})") for name, value in raw.items()]


def _import_facts(facts: Facts) -> list[tuple[str, object]]:
    return [
        ("SHA-256", facts.sha256),
        ("Imported", f"{facts.imported_at:%d %B %Y, %H:%M} UTC, run {facts.run_id}"),
        ("Image", f"number {facts.image_id}"),
    ]


def _say_crop(facts: Facts) -> None:
    """Where a crop was cut from."""
    found = crop_of(session.workspace(), facts.image_id)
    if found is not None and found.dataset in {each.name for each in session.datasets()}:
        box = f"{found.x2 - found.x1:.0f} × {found.y2 - found.y1:.0f}"
        st.caption(
            f"Cut from picture {found.image_id} of {plain(found.dataset)}: {plain(found.class_name)}, score "
            f"{found.score:.2f}, {box} pixels, found by {plain(found.model)} (run {found.detection_run})."
        )


def _show_twins(facts: Facts, twins: pa.Table, *, names: list[str]) -> None:
    if not twins.num_rows:
        return
    rows = twins.to_pylist()
    n_twins = rows[0]["n_twins"]
    shown = "" if n_twins == len(rows) else f", {len(rows)} of them here"
    st.markdown(f"**The same bytes** are stored in {count(n_twins, 'other file')}{shown}")
    items = [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            label_text(row["label"], row["labels"], names=names),
            row["split"] or row["path"],
        )
        for row in rows
    ]
    gallery.show([gallery.Section(items)], key="twins", label="Pictures with the same bytes", side=104, on_open=ask_for)
