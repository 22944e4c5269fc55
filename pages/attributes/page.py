"""Attributes: a yes or no question in words, asked of every picture; where the line lies, and what each class says."""

import streamlit as st

from analytics import yes_no
from figures.names import one_line
from pages.attributes import view
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import plain
from pages.ui.undo import draw_undo
from store.datasets import Dataset


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "A question is two sets of words, for yes and for no. Each picture's vector is compared with both (cosine); "
        "the **share of yes** is the softmax of the two, divided by the model's temperature. It is a ranking, not a "
        "probability that was checked: look at both sides of the line and put it where the pictures turn.",
        parameters=[
            "Several lines of a side are averaged as directions.",
            "open_clip: the text half of the model that made the vectors, with the temperature it has learnt.",
            "ConSE: ImageNet's classes as the picture shows them, mixed with what the words mean; temperature 0.04.",
            "By class: how many of a class say yes. What goes with a class without belonging to it (grass, a cage) is "
            "what a network may learn instead of the animal.",
        ],
        sources=[
            "Radford et al., ICML 2021 (CLIP)",
            "Norouzi et al., ICLR 2014 (ConSE)",
            "Geirhos et al., Nature Machine Intelligence 2020 (shortcuts)",
        ],
    )


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Attributes of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
runs = view.load_runs(*here)
wished = one_line(str(st.query_params.get("ask", "")))[:60]
if not runs:
    st.markdown("Ask something of every picture: is there a pool, a hand, a cage? The answer becomes a column.")
if session.may("start_job"):
    with st.expander("Ask a new question", expanded=not runs or bool(wished), icon=":material/help_center:"):
        view.ask(dataset, text=wished)
elif not runs:
    st.info("Nothing has been asked here yet.", icon=":material/hourglass_empty:")
job_cards.show_active(kinds=("attributes",))
if not runs:
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    run = view.choose_run(runs)
    line = view.choose_line()
view.say_run(run)
answers = view.load_answers(*here, run.run_id)
if not len(answers.shares):
    st.info("No picture that is kept has an answer.", icon=":material/image_not_supported:")
    st.stop()
names = view.load_names(*here)
names += [f"class {index}" for index in range(len(names), int(answers.labels.max()) + 1)]

divided = yes_no.divide(answers.shares, labels=answers.labels, n_classes=len(names), line=line)
left, right = st.columns([3, 2], gap="large")
with left:
    view.show_histogram(answers, line=line)
    with st.container(horizontal=True):
        if session.may("start_job"):
            st.download_button(
                "Shares as CSV",
                lambda: view.as_csv(dataset, run, answers),
                f"attribute-{run.run_id}.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
            )
        session.link(
            session.PAGES.map,
            label="Colour the map by the newest",
            icon=":material/scatter_plot:",
            query_params={"dataset": dataset.name, "colour": "Attribute"},
        )
with right:
    view.show_classes(divided, names=names)
shown = view.show_sides(dataset, answers, divided, names=names)

draw_undo(dataset)
picture.open_asked(dataset, names=names, neighbours=shown)
