"""The pilot: fifty pictures of each class, looked at before the large run."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from figures.colours import class_colour
from jobs.engine.analysis import Analysis
from jobs.engine.spec import DONE, JobView
from pages.collect import results
from pages.collect.plan import Plan
from pages.collect.queries import load_classes, load_collected, load_sheet
from pages.ui import filters, gallery, job_cards, picture, session
from pages.ui.session import PAGES
from pages.ui.text import count, plain
from store.datasets import Dataset

EACH = 50  # pictures a class, as the course asks
MOST_CLASSES, SAMPLES = 20, 10


def show(plan: Plan, dataset: Dataset | None, runs: Sequence[JobView]) -> None:
    """The order for a pilot, and what the newest one gave."""
    st.markdown(
        "A small run first: it shows what each query gives, which queries find the same, and whether classes can be "
        "told apart, before thousands of pictures are fetched."
    )
    if session.may("start_job"):
        _order(plan)
    pilots = [job for job in runs if results.is_pilot(job)]
    if not pilots:
        st.caption("No pilot of this dataset yet.")
        return
    job = pilots[0]
    st.subheader("What the pilot gave", anchor=False)
    results.show(job)
    results.explain_counts()
    if not job.is_active:
        job_cards.show_ended(job)
        _look(job, dataset)


def _order(plan: Plan) -> None:
    missing = plan.missing
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state.setdefault("collect_pilot", EACH)
        each = st.number_input("Pictures a class", 1, 10_000, key="collect_pilot", width=200)
        st.button(
            "Run the pilot",
            type="primary",
            icon=":material/science:",
            disabled=bool(missing),
            on_click=job_cards.attempt,
            args=(session.supervisor().start, results.KIND),
            kwargs={
                "dataset": plan.dataset.strip(),
                "parameters": {**plan.parameters(), "pilot": int(each)},
                "who": job_cards.who(),
            },
        )
    st.caption(missing or plain(plan.in_words()))


def _look(job: JobView, dataset: Dataset | None) -> None:
    """The pictures of each class, what queries share, and the way to a map."""
    if dataset is None or not dataset.n_images:
        if job.state == DONE:
            st.caption("Its pictures are imported next; then they are shown here.")
        return
    st.subheader("A look at each class", anchor=False)
    _draw_sheet(dataset)
    here = str(session.workspace().root), dataset.id
    results.draw_pairs(load_collected(*here, session.generation(dataset.id), job.run_id))
    _draw_analysis(dataset)


def _draw_sheet(dataset: Dataset) -> None:
    here = session.here_of_data(dataset.id)
    classes, counts = load_classes(*here)
    names = filters.every_name(max(counts, default=-1) + 1, names=filters.class_labels(classes))
    filled = tuple(index for index in sorted(counts) if counts[index])[:MOST_CLASSES]
    if not filled:
        st.caption("No picture has a class: queries without one give pictures without a label.")
        session.link(PAGES.pictures, label="All pictures", icon=":material/arrow_forward:", query_params=_of(dataset))
        return
    rows = load_sheet(*here, filled, SAMPLES).to_pylist()
    gallery.show(
        [
            gallery.Section(
                [gallery.Item(row["image_id"], row["sha256"]) for row in rows if row["class_index"] == index],
                names[index],
                count(counts[index], "picture"),
                "pictures?" + urlencode({"dataset": dataset.name, "class": names[index]}),
                class_colour(index),
            )
            for index in filled
        ],
        key="collect_sheet",
        label="Pictures of each class",
        layout="rows",
        side=84,
        on_open=picture.ask_for,
    )
    drawn = f"{len(filled)} of {count(len(counts), 'class', 'classes')} drawn. " if len(filled) < len(counts) else ""
    st.caption(f"{drawn}At most {SAMPLES} pictures of each, at random.")
    picture.open_asked(dataset, names=names, neighbours=[row["image_id"] for row in rows])


def _draw_analysis(dataset: Dataset) -> None:
    """A first map: the recipe's, with the button that begins it."""
    st.markdown("**A first map**")
    analysis: Analysis | None = session.supervisor().analyses.newest(dataset.name)
    if analysis is not None and analysis.is_active:
        n_over = sum(step.is_over for step in analysis.steps)
        st.caption(f"The analysis is at work: {n_over} of {count(len(analysis.steps), 'step')} done.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if session.may("analyse") and (analysis is None or not analysis.is_active):
            st.button(
                "Analyse",
                icon=":material/auto_awesome:",
                key="collect_analyse",
                help="Vectors, a map, duplicates, a check of every label: each as on the page Overview.",
                on_click=job_cards.attempt,
                args=(session.supervisor().analyses.start, dataset.name),
                kwargs={"who": job_cards.who()},
            )
        for page in (PAGES.map, PAGES.duplicates, PAGES.overview):
            session.link(page, query_params=_of(dataset), icon=page.icon)


def _of(dataset: Dataset) -> dict[str, str]:
    return {"dataset": dataset.name}
