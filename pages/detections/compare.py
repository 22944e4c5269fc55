"""Two detections side by side: what both see, and where they differ; against marked boxes, AP and AP50."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from analytics.average_precision import Precision
from figures.names import one_line
from pages.detections import draw
from pages.detections.queries import MOST_SCORED, load_agreement, load_boxes, load_classes, load_precision
from pages.ui import gallery, picture, tables
from pages.ui.session import Here
from pages.ui.text import count, plain, share
from store.detections import DetectionRun

PICTURES = 4
AS_ANNOTATED = "as-annotated"


def run_title(run: DetectionRun) -> str:
    """A run in a few words, on one line: "onnx yolo.onnx, run 4"."""
    file = str(run.parameters.get("weights") or "").rsplit("/", 1)[-1]
    model = "marked boxes" if run.is_truth else run.model.rsplit("/", 1)[-1]
    if run.model == AS_ANNOTATED:
        model = "as annotated"
    return one_line(f"{model}{f' {file}' if file else ''}, run {run.run_id}")


def show(here: Here, run: DetectionRun, runs: Sequence[DetectionRun], *, score: float) -> list[int]:
    """Compare `run` with another one; the ids of the pictures drawn."""
    others = {run_title(other): other for other in runs if other.run_id != run.run_id}
    if not others:
        st.info(
            "There is only one detection of this dataset. Run another detector, or take in boxes that people marked (a "
            "COCO file), to compare.",
            icon=":material/compare:",
        )
        return []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = others[str(st.selectbox("Compared with", list(others), key="other", bind="query-params", width=340))]
        least = st.number_input(
            "The same from an overlap of",
            0.1,
            0.95,
            0.5,
            0.05,
            key="overlap",
            bind="query-params",
            width=200,
            help="Intersection over union of two boxes of one class.",
        )
    scores = (0.0 if run.is_truth else score, 0.0 if other.is_truth else score)
    agreement, facts = load_agreement(*here, (run.run_id, other.run_id), scores, float(least))
    if not agreement.n_first and not agreement.n_second:
        st.info(
            "Neither found an object with that score in pictures that both looked at.", icon=":material/search_off:"
        )
        return []
    st.markdown(
        f"**{share(agreement.share)} of all objects are seen by both**: {agreement.n_both:,} of "
        f"{count(agreement.n_first, 'object')} of "
        f"{plain(run_title(run))} and {agreement.n_second:,} of {plain(run_title(other))}."
    )
    if run.is_truth != other.is_truth:
        _precision(here, *((run, other) if other.is_truth else (other, run)))
    _class_table(agreement.classes, run, other)
    return _differences(here, (run, other), agreement.pictures, facts, scores)


def _precision(here: Here, run: DetectionRun, truth: DetectionRun) -> None:
    key = f"score-{run.run_id}-{truth.run_id}"
    if not st.toggle(
        f"Score {run_title(run)} against the marked boxes",
        key=key,
        help="AP of COCO by pycocotools, over all scores. A few seconds for thousands of pictures.",
    ):
        return
    with st.spinner("Scoring…"):
        agreement: Precision = load_precision(*here, run.run_id, truth.run_id)
    with st.container(horizontal=True, gap="medium"):
        st.metric("AP50", _average_precision(agreement.ap50), help="From an overlap of .5 on.", width="content")
        st.metric("AP", _average_precision(agreement.ap), help="Mean over overlaps of .5 to .95.", width="content")
        st.metric(
            "Pictures", f"{agreement.n_images:,}", width="content", help=f"At most {MOST_SCORED:,}, the first ones."
        )
    names = [one_line(name) for name in agreement.classes["name"].to_pylist()]
    number = st.column_config.NumberColumn
    tables.show(
        agreement.classes.set_column(0, "name", pa.array(names, pa.string())),
        hide_index=True,
        column_config={
            "name": "Class",
            "ap": number("AP", format="percent"),
            "ap50": number("AP50", format="percent"),
            "n_truth": "Marked",
            "n_found": "Found (any score)",
        },
    )


def _class_table(classes: pa.Table, run: DetectionRun, other: DetectionRun) -> None:
    shown = pa.table(
        {
            "name": [one_line(name) for name in classes["name"].to_pylist()],
            "first": classes["n_first"],
            "second": classes["n_second"],
            "both": classes["n_both"],
            "share": classes["share"],
            "overlap": classes["mean_overlap"],
        }
    )
    number = st.column_config.NumberColumn
    tables.show(
        shown,
        hide_index=True,
        height="content" if shown.num_rows <= 12 else 460,
        column_config={
            "name": "Class",
            "first": number(f"Run {run.run_id}"),
            "second": number(f"Run {other.run_id}"),
            "both": number("Both"),
            "share": number("Agreement", format="percent", help="Both, of all that either has."),
            "overlap": number("Mean overlap", format="%.2f", help="Of those that both have."),
        },
    )


def _differences(
    here: Here,
    runs: tuple[DetectionRun, DetectionRun],
    pictures: pa.Table,
    facts: pa.Table,
    scores: tuple[float, float],
) -> list[int]:
    """The pictures with most objects that only one has, once with each run's boxes."""
    worst = (
        pictures.slice(0, PICTURES).filter(pa.compute.greater(pictures.slice(0, PICTURES)["n_differ"], 0)).to_pylist()
    )
    if not worst:
        st.success("Both agree in every picture.", icon=":material/check:")
        return []
    st.subheader("Where they differ most", anchor=False)
    by_id = {row["image_id"]: row for row in facts.to_pylist()}
    ids = tuple(row["image_id"] for row in worst)
    for column, run, score in zip(st.columns(2, gap="medium"), runs, scores, strict=True):
        boxes = load_boxes(*here, run.run_id, ids, score)
        classes = load_classes(*here, run.run_id)
        look = draw.Look()
        items = [
            gallery.Item(
                row["image_id"],
                by_id[row["image_id"]]["sha256"],
                draw.describe(boxes[row["image_id"]], classes, look),
                f"{row['n_differ']} only in one",
                drawing=draw.drawing(
                    by_id[row["image_id"]], boxes[row["image_id"]], classes, look, run_id=run.run_id, score=score
                ),
            )
            for row in worst
        ]
        with column:
            gallery.show(
                [gallery.Section(items, run_title(run))],
                key=f"two-{run.run_id}",
                label=run_title(run),
                side=240,
                on_open=picture.ask_for,
            )
    return list(ids)


def _average_precision(value: float) -> str:
    return "–" if value != value else share(value)
