"""What can be taken out of a detection: COCO JSON, and crops as a dataset of their own."""

import json

import streamlit as st

from analytics.coco import coco_document
from figures.names import one_line
from jobs.engine.spec import DONE, JobView
from pages.detections.queries import RunClasses
from pages.ui import job_cards, order_fields, session
from pages.ui.text import LONGEST_LINE, count, plain
from store.datasets import Dataset, list_datasets
from store.detections import DetectionRun, object_rows, scanned_images


def show(dataset: Dataset, run: DetectionRun, classes: RunClasses, *, score: float, n_objects: int) -> None:
    """The buttons."""
    st.markdown(f"**{count(n_objects, 'object')}** from a score of {score:.2f} on.")
    workspace = session.workspace()

    def coco() -> bytes:
        document = coco_document(
            object_rows(workspace, dataset.id, run_id=run.run_id, score=score).to_pylist(),
            images=scanned_images(workspace, dataset.id, run_id=run.run_id).to_pylist(),
            with_scores=not run.is_truth,
            about=f"{dataset.name}: {run.model}, run {run.run_id}, score from {score:g}, Vitrine {run.code_version}",
        )
        return json.dumps(document).encode()

    st.download_button(
        "Boxes as COCO JSON",
        coco,
        f"detections-{run.run_id}.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        help="Images, annotations (bbox, area, score, masks as run-length code) and categories.",
    )
    if session.may_everywhere("add_dataset"):
        st.divider()
        _crops(dataset, run, classes, score=score)


def _crops(dataset: Dataset, run: DetectionRun, classes: RunClasses, *, score: float) -> None:
    st.markdown(
        "**Crops as a dataset**, to be embedded, mapped and cleaned like any other; each knows where it was cut."
    )
    names = {one_line(classes.names[index]): classes.names[index] for index in classes.found}
    picked = st.selectbox("Of class", list(names), index=None, placeholder="All classes", key="crop_class")
    margin = order_fields.of("crops").number(
        "margin", label="Margin around the box", step=0.05, key="crop_margin", help="Share of its sides."
    )
    name = st.text_input(
        "Name of the new dataset",
        f"{dataset.name} {picked or 'objects'}",
        key=f"crop_name_{picked}",
        max_chars=LONGEST_LINE,
    )
    parameters = {
        "detection_run": run.run_id,
        "class_name": names.get(picked or "", ""),
        "min_score": score,
        "margin": margin,
        "name": (name or "").strip(),
    }
    st.button(
        "Cut them out",
        icon=":material/crop:",
        key="crop_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "crops"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def show_cut(dataset: Dataset) -> None:
    """The crops that were cut and are no dataset yet, with the button that takes them in."""
    roots = {each.root for each in list_datasets(session.workspace())}
    done = [
        job
        for job in session.jobs()
        if job.kind == "crops"
        and job.state == DONE
        and job.dataset_id == dataset.id
        and job.figures.get("n_crops")
        and str(job.parameters["folder"]) not in roots
    ]
    for job in done[:3]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            name = str(job.parameters["name"])
            st.markdown(
                f":material/crop: **{count(int(job.figures['n_crops']), 'crop')}** cut for {plain(name)}.",
                width="content",
            )
            st.button(
                "Import them as a dataset",
                icon=":material/upload:",
                key=f"crops-{job.id}",
                type="primary",
                on_click=_import,
                args=(job, dataset),
            )


def _import(job: JobView, dataset: Dataset) -> None:
    parameters = {
        "folder": job.parameters["folder"],
        "reading": "classes",
        "licence": dataset.licence or "",
        "source": f"crops of {dataset.name}, detection run {job.parameters['detection_run']}",
    }
    job_cards.attempt(
        session.supervisor().start,
        "import",
        dataset=str(job.parameters["name"]),
        parameters=parameters,
        who=job_cards.who(),
    )
