"""Saliency: what in a picture speaks for a class, by a network that was trained here, and class by class."""

import streamlit as st

from analytics.saliency_maps import best_method
from figures.names import one_line
from pages.saliency import sheet as saliency_sheet
from pages.saliency import view
from pages.saliency.queries import SaliencyData, load_data, network_of
from pages.train import wording
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.training import TrainingRun


def choose(data: SaliencyData) -> tuple[TrainingRun, str]:
    """The network and the method; in the URL as `run` and `method`."""
    titles = {one_line(wording.title(run)): run for run in data.runs}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        picked = st.selectbox("Network", list(titles), key="run", bind="query-params", width=420)
        run = titles.get(str(picked), data.runs[0])
        best = best_method(network_of(run).side)
        title = next(title for title, method in view.METHODS.items() if method == best)
        method = st.selectbox(
            "Method",
            list(view.METHODS),
            index=None,
            key="method",
            bind="query-params",
            width=260,
            placeholder=f"{title} (by its size)",
        )
    return run, view.METHODS.get(str(method), best)


def class_titles(run: TrainingRun, data: SaliencyData) -> list[str]:
    """The classes that the network knows, by index, as they were called when it was trained; equal ones numbered."""
    given = [one_line(name) for name in run.figures.get("classes") or data.names]
    return [f"{name} ({index})" if given.count(name) > 1 else name for index, name in enumerate(given)]


def say_nothing_to_look_at(data: SaliencyData) -> None:
    """Where no network's weights are here; ends the page."""
    st.markdown("This page shows where a trained network looks. It needs one that was trained on this dataset, here.")
    if data.n_elsewhere:
        st.info(
            count(
                data.n_elsewhere,
                "network of this dataset was trained elsewhere, and its weights stayed there.",
                "networks of this dataset were trained elsewhere, and their weights stayed there.",
            ),
            icon=":material/cloud_off:",
        )
    if session.may("start_job"):
        session.link(session.PAGES.train, label="Train a network", icon=":material/model_training:")
    job_cards.show_active(kinds=("train",))
    st.stop()


def draw_how(run: TrainingRun) -> None:
    """The popover on the methods."""
    explain.how(
        "**CAM** is exact for these networks: their last step is a mean over places and a weighted sum, so a class's "
        "logit is the mean of a map, which is what is drawn. Small pictures leave a ResNet 2 × 2 places; so the "
        "strides of its last stages are taken out and their filters spread as far, which keeps every weight, gives the "
        "same numbers at its own places, and reads it between them. **Grad-CAM** weighs the features of a stage by the "
        "mean of their gradients; at the last stage it is CAM without its negative part, at earlier ones it is finer "
        "and no longer exact. What speaks against a class is left out of the picture.",
        parameters=[
            f"Network: {plain(wording.title(run))}, at {run.parameters.get('side')} pixels; evaluation set "
            f"“{plain(run.parameters.get('evaluation'))}”.",
            "Unless you choose, CAM from 128 pixels on; below, Grad-CAM at the third stage, which has four places a "
            "side at 64. There most of a CAM is the same for every picture, because the network's few places lie at "
            "the padded edges, and greying the marked quarter costs the class less (benchmarks/README.md).",
            "Both classes share one scale: its bright end is the strongest place of the two.",
            "A bright place is where the network's evidence is gathered, from a field that is much wider than a place. "
            "It is no proof that a person would need that place, or that nothing else was used.",
            "The sheet: of each label as many evaluation pictures with the highest as with the lowest probability for "
            "it, 24 together unless the job was told otherwise. Shares are of the positive evidence.",
        ],
        sources=[
            "Zhou et al., CVPR 2016 (CAM)",
            "Selvaraju et al., ICCV 2017 (Grad-CAM)",
            "Long et al., CVPR 2015 (reading a network between its strides)",
            "Adebayo et al., NeurIPS 2018 (what such maps do not prove)",
            "van der Walt and Smith, 2015 (the colours, viridis: even steps of lightness)",
        ],
    )


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Saliency in {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
if not data.runs:
    say_nothing_to_look_at(data)

run, method = choose(data)
names = class_titles(run, data)
image_id = view.choose_picture(here, dataset, run, names)

if image_id is None:
    st.info("The evaluation set of this run has no picture of that class.")
elif (shown := view.look_at(here, dataset, run, image_id, method=method)) is not None:
    view.draw(here, run, data, shown, names, method=method)
draw_how(run)
st.divider()
sheet = data.sheets.get(run.run_id)
drawn = saliency_sheet.show(here, dataset, run, sheet, names)

picture.open_asked(
    dataset,
    names=data.names,
    neighbours=drawn,
    over=lambda image_id: saliency_sheet.over_picture(here, run, sheet, image_id),
)
