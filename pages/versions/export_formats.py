"""The formats of an export as the page offers them: in groups, a line each, and whose boxes go along."""

from dataclasses import dataclass

import streamlit as st

from pages.ui import order_fields
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.detections import DetectionRun

NO_BOXES = "No boxes"


@dataclass(frozen=True)
class Offered:
    """A format: what it is called, a line about it, whether boxes have a place in it, and only one label a picture."""

    title: str
    about: str
    boxes: bool = False
    one_label: bool = False


GROUPS: dict[str, dict[str, Offered]] = {
    "Folders and tables": {
        "folders": Offered(
            "Class folders", "A folder for each split and class, as torchvision's ImageFolder reads it.", one_label=True
        ),
        "csv": Offered("CSV manifest", "Pictures and a table: path, label, split, SHA-256, source, licence."),
        "parquet": Offered("Parquet manifest", "The same table as Parquet, which keeps every name and several labels."),
        "imagefolder": Offered(
            "Hugging Face imagefolder", "A folder for each split with metadata.csv, as `load_dataset` reads it."
        ),
    },
    "Detection": {
        "coco": Offered(
            "COCO JSON",
            "annotations.json with boxes and masks; without boxes each label is a box around its whole picture.",
            boxes=True,
        ),
        "yolo": Offered("YOLO", "data.yaml, images and labels, as Ultralytics trains detectors on them.", boxes=True),
        "voc": Offered("Pascal VOC", "An XML a picture, in whole pixels; the splits are lists of names.", boxes=True),
    },
    "Annotation tools": {
        "cvat": Offered("CVAT XML", "CVAT for images 1.1: boxes, labels as tags, splits as subsets.", boxes=True),
        "labelme": Offered("LabelMe", "A JSON beside each picture: boxes as shapes, labels as flags.", boxes=True),
        "labelstudio": Offered(
            "Label Studio",
            "Tasks with their configuration; what a detector found comes as predictions, to be corrected.",
            boxes=True,
        ),
        "fiftyone": Offered(
            "FiftyOne JSON", "data with labels.json and detections.json, as FiftyOne's importers read them.", boxes=True
        ),
    },
    "Shards": {
        "huggingface": Offered(
            "Hugging Face Parquet", "Tables with the pictures in them and a card, ready for the Hub.", boxes=True
        ),
        "webdataset": Offered(
            "WebDataset", "Tar files that are read from end to end: picture, class number, JSON.", boxes=True
        ),
    },
    "Course": {
        "ds801": Offered(
            "DS801 submission",
            "Two folders with imgs/ and data-labels.json, as the course wants them; val is the validation set.",
            one_label=True,
        ),
    },
}
FORMATS = {name: form for group in GROUPS.values() for name, form in group.items()}


def choose_format(dataset: Dataset) -> str:
    """The format that is asked for; a link names it by its title."""
    offered = {
        group: {form.title: name for name, form in forms.items() if dataset.task == "single" or not form.one_label}
        for group, forms in GROUPS.items()
    }
    offered = {group: titles for group, titles in offered.items() if titles}
    asked = st.session_state.get("format") or st.query_params.get("format")
    first = next((group for group, titles in offered.items() if asked in titles), next(iter(offered)))
    group = st.segmented_control(
        "Format for", list(offered), default=first, required=True, key="formats", bind="query-params"
    )
    titles = offered[group]
    lines = [FORMATS[name].about for name in titles.values()]
    chosen = st.radio("Format", list(titles), captions=lines, key="format", bind="query-params")
    return titles[chosen] if chosen in titles else next(iter(titles.values()))


def choose_boxes(form: str, runs: list[DetectionRun]) -> dict[str, object]:
    """The parameters that say whose boxes go along; none where the format has no place for any."""
    if not FORMATS[form].boxes:
        return {}
    if not runs:
        st.caption("No boxes go along: nobody marked any here, and no detection looked at this dataset.")
        return {"detections": "none"}
    titles = {_title(run): run for run in runs}
    marked = [title for title, run in titles.items() if run.is_truth]
    options = [*titles, NO_BOXES]
    at = options.index(marked[0]) if len(marked) == 1 else len(titles)
    chosen = st.selectbox("Boxes", options, index=at, key="export_boxes", help="The detection run they come from.")
    if chosen not in titles:
        return {"detections": "none"}
    run = titles[chosen]
    parameters: dict[str, object] = {"detections": str(run.run_id)}
    if not run.is_truth:
        parameters["min_score"] = order_fields.of("export").share(
            "min_score", label="Boxes from a score of", key="export_min_score"
        )
    return parameters


def _title(run: DetectionRun) -> str:
    who = "marked by people" if run.is_truth else plain(run.model.rpartition("/")[2])
    n_objects = run.figures.get("n_objects")
    return f"Run {run.run_id}: {who}" + ("" if n_objects is None else f", {count(int(n_objects), 'object')}")
