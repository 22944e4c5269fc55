"""Detections: what is in the pictures, how many of it, where, and by whom it was found."""

import streamlit as st

from pages.detections import charts, compare, form, labels, names, out, pictures, privacy
from pages.detections.queries import (
    RunClasses,
    load_by_label,
    load_classes,
    load_counts,
    load_data,
    load_grid,
    load_histogram,
    load_together,
    load_totals,
)
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import LONGEST_LINE, count, plain
from store.datasets import Dataset
from store.detections import DetectionRun, Totals

VIEWS = ("Pictures", "Per picture", "Together", "Places and sizes", "By label", "Two detections")


def start_first(dataset: Dataset) -> None:
    """What to do where no detector has looked yet; ends the page."""
    st.markdown(
        "No detector has looked at these pictures yet. One says what is in each, where, and how many: people in a "
        "street, "
        "animals in a picture, cars in a yard."
    )
    with st.container(border=True):
        form.show(dataset)
    job_cards.show_active(kinds=("detect",))
    st.stop()


def choose_run(runs: list[DetectionRun]) -> DetectionRun:
    """The run to look at; in the URL as `run`."""
    if len(runs) == 1:
        if runs[0].is_truth:
            st.caption(plain(compare.run_title(runs[0])))
        return runs[0]
    by_title = {compare.run_title(run): run for run in runs}
    title = st.selectbox("Detection", list(by_title), key="run", bind="query-params", width=320)
    return by_title.get(str(title), runs[0])


def choose_score(run: DetectionRun) -> float:
    """From which score on objects count; in the URL as `score`."""
    floor = float(run.parameters.get("score_floor") or 0)
    return st.slider(
        "Score from",
        0.0,
        1.0,
        0.0 if run.is_truth else 0.3,
        0.01,
        key="score",
        bind="query-params",
        width=220,
        help=f"Objects with a lower score are left out. This run kept those from {floor:.2f} on; no job is needed.",
    )


def draw_figures(totals: Totals, classes: RunClasses, counts: dict[str, int]) -> None:
    """The numbers at the top."""
    with st.container(horizontal=True, gap="medium"):
        st.metric("Pictures looked at", f"{totals.n_images:,}", width="content")
        st.metric("Objects", f"{totals.n_objects:,}", width="content")
        st.metric("Pictures with an object", f"{totals.n_with:,}", width="content")
        st.metric("Classes found", f"{len(counts)} of {len(classes.names)}", width="content")
        people = [name for name in counts if name.lower() in ("person", "people", "pedestrian", "human")]
        if people:
            st.metric("Pictures with people", f"{max(counts[name] for name in people):,}", width="content")


def ask_for_more(run: DetectionRun, classes: RunClasses) -> None:
    """A class that the model does not know: say so, and where words can be asked."""
    text = (
        st.text_input(
            "Is there a … in the pictures?",
            key="ask",
            bind="query-params",
            placeholder="pool",
            width=260,
            max_chars=LONGEST_LINE,
        )
        or ""
    ).strip()
    if not text:
        return
    hits = [name for name in classes.names.values() if text.lower() in name.lower()]
    if hits:
        known_as = ", ".join(plain(name) for name in hits[:6])
        st.success(f"This model knows it: {known_as}. Choose it under Class above.", icon=":material/check:")
        return
    st.warning(
        f"{plain(compare.run_title(run))} knows {count(len(classes.names), 'class', 'classes')}, and none is "
        "called "
        f"“{plain(text)}”, so finding none of it means nothing. Ask in words instead: as an attribute, which every "
        "picture then has, or for the pictures that fit best.",
        icon=":material/help:",
    )
    session.link(
        session.PAGES.attributes,
        label=f"Ask every picture for “{plain(text)}”",
        icon=":material/contact_support:",
        query_params={"dataset": dataset.name, "ask": text[:60]},
    )
    session.link(
        session.PAGES.neighbours,
        label=f"Look for “{plain(text)}” by words",
        icon=":material/text_fields:",
        query_params={"dataset": dataset.name, "by": "Words", "text": text},
    )


def draw_per_picture(here: Here, run: DetectionRun, classes: RunClasses, totals: Totals, *, score: float) -> None:
    """How many objects of a class there are in a picture."""
    titles = classes.choices()
    left, right = st.columns([2, 3], gap="large")
    with left:
        picked = st.selectbox(
            "Class",
            list(titles),
            index=0 if titles else None,
            key="class",
            bind="query-params",
            placeholder="All classes",
        )
        table = load_histogram(*here, run.run_id, score, titles.get(str(picked)))
        charts.histogram(table, what=str(picked or "objects"), n_images=totals.n_images)
    with right:
        charts.class_table(load_counts(*here, run.run_id, score), totals)


def draw_places(here: Here, run: DetectionRun, classes: RunClasses, *, score: float) -> None:
    """Where boxes lie, and how large they are."""
    titles = classes.choices()
    picked = st.selectbox(
        "Class", list(titles), index=None, key="class", bind="query-params", placeholder="All classes", width=200
    )
    left, right = st.columns(2, gap="large")
    for column, of, title in ((left, "places", "Middles of the boxes"), (right, "sizes", "Sizes of the boxes")):
        with column:
            st.subheader(title, anchor=False)
            charts.heat(load_grid(*here, run.run_id, score, titles.get(str(picked)), of), of=of)


def draw_how(run: DetectionRun) -> None:
    """The popover on the method."""
    wanted, figures = run.parameters, run.figures
    most = wanted.get("max_objects", wanted.get("most"))  # as runs called it before
    explain.how(
        "A detector looks at each picture once and gives boxes with a class and a score (and masks, where it makes "
        "some). "
        "Boxes are in the original picture's pixels, upright. Of boxes of one class that overlap, the best is kept "
        "(non-maximum suppression). The score is the model's own and no probability: compare scores of one model only.",
        parameters=[
            f"Detector: {plain(run.model)}, {plain(figures.get('backend', 'boxes from a file'))} on "
            f"{plain(run.device or 'cpu')}; "
            f"{plain(figures.get('weights_source', ''))}.",
            f"Each picture: {plain(figures.get('preprocess', 'not looked at'))}",
            f"Kept from a score of {float(wanted.get('score_floor') or 0):.2f}; one box where two overlap by more than "
            f"{float(wanted.get('nms_iou') or 1):.2f}; at most {most} a picture.",
            f"Run {run.run_id}, {run.seconds:.0f} s, Vitrine {plain(run.code_version)}.",
            "Agreement: boxes of one class paired one to one by the largest overlap (intersection over union).",
        ],
        sources=[
            "Ren et al., NeurIPS 2015 (Faster R-CNN); He et al., ICCV 2017 (Mask R-CNN)",
            "Wu et al., 2019 (detectron2)",
            "Lin et al., ECCV 2014 (COCO, AP)",
        ],
    )


def say_state(run: DetectionRun, classes: RunClasses, totals: Totals) -> None:
    """What was not looked at, and classes without a name."""
    n_unseen = totals.n_kept - totals.n_images
    if run.is_stale and n_unseen > 0:
        st.warning(
            f"{count(n_unseen, 'picture')} came or changed after this detection "
            f"({run.finished_at:%d %B %Y, %H:%M} UTC) and {'is' if n_unseen == 1 else 'are'} not looked at. "
            f"Detect again to count {'it' if n_unseen == 1 else 'them'}.",
            icon=":material/history:",
        )
    elif n_unseen > 0:
        n_pictures = count(n_unseen, "picture")
        text = f"{n_pictures} could not be looked at; the job's details say why."
        if run.is_truth:
            has = "has" if n_unseen == 1 else "have"
            text = f"{n_pictures} {has} no annotations that can be used; the job's details say which."
        st.info(text, icon=":material/visibility_off:")
    if n_unnamed := len(classes.unnamed()):
        st.info(
            names.unnamed_sentence(n_unnamed)
            + (
                " Name them under “Class names”."
                if session.may("name_detected") and names.can_be_given(run, classes)
                else ""
            ),
            icon=":material/translate:",
        )


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Detections in {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
if not data.runs:
    start_first(dataset)

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    run = choose_run(data.runs)
    score = choose_score(run)
    if session.may("start_job"):
        with st.popover("Detect again", icon=":material/replay:"):
            form.show(dataset)
    classes = load_classes(*here, run.run_id)
    if session.may("name_detected") and names.can_be_given(run, classes):
        with st.popover("Class names", icon=":material/label:"):
            names.show(dataset, run, classes)
    if session.may("switch_blur"):
        with st.popover("Privacy", icon=":material/blur_on:"):
            privacy.show(dataset, here)
    totals = load_totals(*here, run.run_id, score)
    if session.may("start_job"):
        with st.popover("Take out", icon=":material/output:"):
            out.show(dataset, run, classes, score=score, n_objects=totals.n_objects)
    draw_how(run)
job_cards.show_active(kinds=("detect", "crops"))
if session.may_everywhere("add_dataset"):
    out.show_cut(dataset)
counts = load_counts(*here, run.run_id, score)
by_name = dict(zip(counts["name"].to_pylist(), counts["n_images"].to_pylist(), strict=True))
draw_figures(totals, classes, by_name)
say_state(run, classes, totals)

view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
)
drawn: list[int] = []
if view == VIEWS[1]:
    draw_per_picture(here, run, classes, totals, score=score)
elif view == VIEWS[2]:
    charts.together(load_together(*here, run.run_id, score), classes)
elif view == VIEWS[3]:
    draw_places(here, run, classes, score=score)
elif view == VIEWS[4]:
    labels.show(load_by_label(*here, run.run_id, score), classes, names=data.names)
elif view == VIEWS[5]:
    drawn = compare.show(here, run, data.runs, score=score)
else:
    wanted = pictures.choose_pictures(classes, data.names, score=score)
    drawn = pictures.draw_pictures(here, run, classes, wanted, names=data.names)
ask_for_more(run, classes)

picture.open_asked(
    dataset,
    names=data.names,
    neighbours=drawn,
    over=lambda image_id: pictures.over_picture(here, run, classes, score=score, image_id=image_id),
)
