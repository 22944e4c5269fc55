"""Names for the classes of a detection that is finished: no picture is looked at again."""

import streamlit as st

from analytics.coco_classes import COCO80
from pages.detections.queries import RunClasses
from pages.ui import job_cards, session
from pages.ui.text import LONGEST_TEXT, count, plain
from store import detections
from store.datasets import Dataset
from store.detections import DetectionRun

MOST = 2000  # a line each; no detector has so many, but a file that counts otherwise may say class 4,000,000
_NAMES = "detect_given_names"


def can_be_given(run: DetectionRun, classes: RunClasses) -> bool:
    """Whether names may be lacking or wrong: other models than ONNX files bring their own."""
    return (run.model == "onnx" or bool(classes.unnamed())) and max(classes.names, default=0) < MOST


def unnamed_sentence(n: int) -> str:
    """How many classes (1 or more) the model gave without a name, and what they are called."""
    unnamed = count(n, "class without a name; it is called by its number", "classes without a name; they are called by")
    return f"The model gave {unnamed}{'' if n == 1 else ' their numbers'}."


def show(dataset: Dataset, run: DetectionRun, classes: RunClasses) -> None:
    """What classes are called, and a field to call them otherwise."""
    n_unnamed = len(classes.unnamed())
    if n_unnamed:
        st.markdown(unnamed_sentence(n_unnamed))
    key = f"{_NAMES}_{run.run_id}"
    if who := run.figures.get("classes_named_by"):
        st.caption(f"Named by {plain(str(who))}, {plain(str(run.figures.get('classes_named_at', '')))} UTC.")
    st.button(
        "Fill in COCO's 80 classes",
        icon=":material/list:",
        key="detect_coco",
        on_click=_fill,
        args=(key,),
        help="What most published detectors know; right if class 0 is a person and class 16 a dog.",
    )
    lines = "\n".join(classes.names.get(index, f"class {index}") for index in range(max(classes.names, default=-1) + 1))
    st.session_state.setdefault(key, lines)
    st.text_area("A name a line, from class 0 on", key=key, height=240, max_chars=LONGEST_TEXT)
    st.button(
        "Name the classes",
        type="primary",
        icon=":material/label:",
        key="detect_name",
        on_click=_name,
        args=(dataset, run, key),
    )


def _fill(key: str) -> None:
    st.session_state[key] = "\n".join(COCO80)


def _name(dataset: Dataset, run: DetectionRun, key: str) -> None:
    names = [line.strip() for line in str(st.session_state[key]).strip().splitlines()]
    job_cards.attempt(
        detections.name_classes, session.workspace(), dataset.id, run_id=run.run_id, names=names, who=job_cards.who()
    )
