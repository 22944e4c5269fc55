"""The gallery of detections: which pictures, what is drawn over them, and the large picture's drawing."""

import html
from collections.abc import Sequence

import streamlit as st

from figures.names import one_line
from pages.detections import draw
from pages.detections.queries import RunClasses, load_boxes, load_count, load_pictures
from pages.ui import gallery, picture, session
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count
from store.detections import DetectionRun, ObjectFilters
from store.gallery import picture_file

SORTS = {
    "File name": "path",
    "Most objects first": "most",
    "Fewest objects first": "fewest",
    "Surest first": "best",
    "Least sure first": "worst",
}
DRAW = ("Boxes", "Names", "Masks")
COUNTS = {"any number": (0, None), "none": (0, 0), "exactly 1": (1, 1)} | {
    f"at least {n}": (n, None) for n in (1, 2, 3, 4, 5, 8, 10, 15, 20, 30, 50)
}
PAGE_ROWS = 24


def choose_pictures(classes: RunClasses, names: list[str], *, score: float) -> ObjectFilters:
    """Which pictures: at least n of a class; in the URL as `class`, `count`, `label` and `order`."""
    titles = classes.choices()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            "Class", list(titles), index=None, key="class", bind="query-params", placeholder="All classes", width=170
        )
        how_many = st.selectbox("How many", list(COUNTS), key="count", bind="query-params", width=150)
        label = None
        if names:
            label = st.selectbox(
                "Label", names, index=None, key="label", bind="query-params", placeholder="All labels", width=160
            )
        order = st.selectbox("Order", list(SORTS), key="order", bind="query-params", width=190)
        st.pills(
            "Draw",
            DRAW,
            selection_mode="multi",
            default=[DRAW[0], DRAW[2]],
            key="draw",
            bind="query-params",
        )
        st.toggle("Only this class", key="only", bind="query-params", disabled=picked is None)
    least, most = COUNTS.get(str(how_many), (0, None))
    return ObjectFilters(
        score,
        titles.get(str(picked)),
        least,
        most,
        names.index(label) if label in names else None,
        SORTS.get(str(order), "path"),
    )


def draw_pictures(
    here: Here, run: DetectionRun, classes: RunClasses, wanted: ObjectFilters, *, names: Sequence[str]
) -> list[int]:
    """One page of pictures with what was found in them; the ids drawn."""
    n_images = load_count(*here, run.run_id, wanted)
    n_pages = -(-n_images // PAGE_ROWS)
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    slot = st.container()
    page = min(max(st.pagination(n_pages, key="page", bind="query-params"), 1), n_pages) if n_pages > 1 else 1
    table = load_pictures(*here, run.run_id, wanted, (page - 1) * PAGE_ROWS, PAGE_ROWS)
    ids = table["image_id"].to_pylist()
    look = _look_of(wanted)
    boxes = load_boxes(*here, run.run_id, tuple(ids), wanted.score)
    with bar:
        if not ids:
            st.info(
                "No picture fits these filters. Lower the score, or clear one of them.",
                icon=":material/filter_alt_off:",
            )
            return []
        first = (page - 1) * PAGE_ROWS
        some = f"{first + 1:,} to {first + len(ids):,} of " if len(ids) < n_images else "all " if n_images > 1 else ""
        st.caption(f"Showing {some}{count(n_images, 'picture')}")
        _draw_legend(boxes, classes, look)
    with slot:
        items = draw.items(table, boxes, classes, look, run_id=run.run_id, score=wanted.score, names=names)
        gallery.show(
            [gallery.Section(items)],
            key="detections",
            label="Pictures with what was found",
            side=230,
            on_open=picture.ask_for,
        )
    return ids


def over_picture(here: Here, run: DetectionRun, classes: RunClasses, *, score: float, image_id: int) -> str:
    """HTML of what was found, for the large picture."""
    sized = picture_file(session.workspace(), image_id)
    if sized is None:
        return ""
    row = {"image_id": image_id, "width": sized.width, "height": sized.height}
    objects = load_boxes(*here, run.run_id, (image_id,), score)[image_id]
    drawn = draw.drawing(row, objects, classes, draw.Look(words=True), run_id=run.run_id, score=score)
    return draw.html_over(drawn)


def _look_of(wanted: ObjectFilters) -> draw.Look:
    """What the pills and the toggle say is drawn."""
    drawn = st.session_state.get("draw") or []
    only = frozenset(wanted.classes) if st.session_state.get("only") and wanted.classes is not None else None
    return draw.Look(DRAW[0] in drawn, DRAW[1] in drawn, DRAW[2] in drawn, only)


def _draw_legend(boxes: dict[int, list[Row]], classes: RunClasses, look: draw.Look) -> None:
    """The colours of the classes on this page, the commonest ones."""
    there = {each["class_index"] for objects in boxes.values() for each in objects if look.takes(each)}
    shown = [index for index in classes.found if index in there][:10]
    marks = " ".join(
        f'<span style="display:inline-flex;align-items:center;gap:.35rem;margin-right:.8rem;font-size:.85rem">'
        f'<span style="width:.7rem;height:.7rem;border-radius:2px;background:{classes.colour(index)}"></span>'
        f"{html.escape(one_line(classes.names[index]))}</span>"
        for index in shown
    )
    if marks:
        st.html(f"<div>{marks}</div>", width="content")
