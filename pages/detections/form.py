"""The order for a detection: which detector, whose weights, from what score on."""

import streamlit as st

from pages.ui import job_cards, order_fields, session
from pages.ui.text import LONGEST_PATH, plain
from store.datasets import Dataset
from store.detections import list_detection_runs

COCO_FILE, ONNX, OTHER, SAM = "coco-file", "onnx", "detectron2/", "sam/"
MARKED = (COCO_FILE, "as-annotated")  # nothing is computed: the boxes are there
NAMES = ("from the model", "COCO's 80", "from a text file")
ONNX_HELP = (
    "A file on the computer the app runs on. Its output must be rows x1, y1, x2, y2, score, class; from YOLO: "
    "yolo export format=onnx end2end=True."
)


def show(dataset: Dataset) -> None:
    """The form and its button; a detector whose library is missing says how to get it."""
    if not session.may_or_say("start_job"):
        return
    offered = {choice.key: choice for choice in session.supervisor().detectors()}
    titles = {key: choice.title for key, choice in offered.items()} | {OTHER: "Another of detectron2's model zoo…"}
    key = st.selectbox("Detector", list(titles), format_func=titles.__getitem__, key="detect_model")
    choice = offered.get(key) or next(each for each in offered.values() if each.key.startswith(OTHER))
    model = key
    if key == OTHER:
        name = st.text_input(
            "Configuration",
            placeholder="COCO-Detection/retinanet_R_50_FPN_3x",
            key="detect_config",
            max_chars=LONGEST_PATH,
        )
        model = OTHER + (name or "").strip()
    else:
        st.caption(plain(f"{choice.note[0].upper()}{choice.note[1:]}."))
    if choice.missing:
        package = choice.key.partition("/")[0]
        st.warning(f"{plain(package)} is not installed. This gets it:", icon=":material/extension_off:")
        st.code(choice.missing, language="bash", wrap_lines=True)
    parameters: dict[str, object] = {"model": model, **_weights(key, choice.weights)}
    if key.startswith(SAM):
        parameters |= _boxes(dataset)
    elif key not in MARKED:
        parameters |= _names(key) | _how()
    ready = (
        parameters.get("boxes_run") != 0
        and not choice.missing
        and bool(parameters["weights"] or parameters.get("download") or choice.weights != "file")
    )
    st.button(
        "Take the boxes in" if key in MARKED else "Look for objects",
        type="primary",
        icon=":material/play_arrow:",
        key="detect_start",
        disabled=not ready or model == OTHER,
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "detect"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _weights(key: str, place: str) -> dict[str, object]:
    if place == "none":
        return {"weights": "", "score_floor": 0.0}
    if key == COCO_FILE:
        file = st.text_input(
            "COCO JSON", placeholder="/home/me/annotations/instances.json", key="detect_coco", max_chars=LONGEST_PATH
        )
        return {"weights": (file or "").strip(), "score_floor": 0.0}
    if key == ONNX:
        file = st.text_input(
            "ONNX file", placeholder="/home/me/yolo.onnx", key="detect_onnx", help=ONNX_HELP, max_chars=LONGEST_PATH
        )
        return {"weights": (file or "").strip()}
    file = st.text_input(
        "File of weights (optional)",
        placeholder="/home/me/weights.pth",
        key="detect_weights",
        help="On the computer the app runs on. Without one, the published weights are used, which must be here already "
        "or may be downloaded.",
        max_chars=LONGEST_PATH,
    )
    if (file or "").strip():
        return {"weights": file.strip()}
    download = st.checkbox(
        "Download the weights if they are not on this computer yet",
        key="detect_download",
        help="From the model's publisher, as named above. Nothing is fetched unless you tick this.",
    )
    return {"weights": "", "download": download}


def _boxes(dataset: Dataset) -> dict[str, object]:
    """The detection whose boxes are to be outlined; 0 where there is none yet."""
    runs = list_detection_runs(session.workspace(), dataset.id)
    if not runs:
        st.info("It outlines boxes, and no detection has found any yet.", icon=":material/crop:")
        return {"boxes_run": 0}
    titles = {run.run_id: f"{run.finished_at:%d %B, %H:%M} · {run.model}" for run in runs}
    return {"boxes_run": st.selectbox("Boxes of", list(titles), format_func=titles.__getitem__, key="detect_boxes_run")}


def _names(key: str) -> dict[str, object]:
    if key != ONNX:
        return {}
    how = st.selectbox(
        "Class names", NAMES, key="detect_names", help="YOLO's exports carry their names; other files seldom do."
    )
    if how == NAMES[1]:
        return {"names": "coco80"}
    if how == NAMES[2]:
        file = st.text_input("Text file, a name a line", key="detect_class_file", max_chars=LONGEST_PATH)
        return {"class_file": (file or "").strip()}
    return {}


def _how() -> dict[str, object]:
    fields = order_fields.of("detect")
    with st.container(horizontal=True):
        floor = fields.number(
            "score_floor",
            label="Keep from a score of",
            step=0.05,
            key="detect_floor",
            help="What scores less is not stored. Low is good: the page's slider hides what you do not want.",
        )
        overlap = fields.number(
            "nms_iou",
            label="One box where they overlap by",
            step=0.05,
            key="detect_overlap",
            help="Of boxes of one class that overlap by more (intersection over union), the best is kept. 1: all.",
        )
    return {"score_floor": floor, "nms_iou": overlap}
