"""Prompt lab: classes told by words alone; what each wording is worth, live, on every picture."""

import streamlit as st

from analytics.errors import BadParameter
from analytics.zero_shot import Prompts
from figures.names import one_line
from jobs.engine.supervisor import REFUSALS
from pages.prompt_lab import changes, form, heat, queries, results
from pages.prompt_lab.queries import AGREED, ALL, NAMES, PromptData, ask, load_data, load_pictures
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import listed, plain
from store.datasets import Dataset
from store.vectors import Space

RESULTS, CHANGES, HEAT, HISTORY = "Recall", "What changed", "Pictures and prompts", "History"


def say_what_lacks(dataset: Dataset, data: PromptData) -> None:
    """Where zero-shot cannot be asked: why, the way on, and the end of the page."""
    if dataset.task != "single":
        st.info(
            "Pictures of this dataset carry several labels each; zero-shot here divides one probability among classes."
        )
    elif len(data.names) < 2:
        st.info("Zero-shot chooses between classes, and this dataset has fewer than two.", icon=":material/label_off:")
    elif data.spaces:
        return
    else:
        mute = listed([plain(space.name) for space in data.mute])
        st.info(
            (
                f"No words are known to {mute}. "
                if mute
                else "Words are compared with vectors of the pictures, and this dataset has none yet. "
            )
            + "An open_clip model has a text half; vectors of EfficientNet-Lite0 are read by ConSE.",
            icon=":material/text_fields:",
        )
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
    st.stop()


def choose(data: PromptData) -> tuple[Space, str, str | None, str]:
    """The embedding, the set to begin from, the one to compare with, what to score on; all in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        by_title = {one_line(space.name): space for space in data.spaces}
        space = st.selectbox("Embedding", list(by_title), key="space", bind="query-params", width=205)
        start = st.selectbox("Begin from", list(data.sets), key="set", bind="query-params", width=205)
        against = st.selectbox("Compare with", list(data.sets), index=0, key="against", bind="query-params", width=205)
        options = [ALL, AGREED] if data.label_run else [ALL]
        score_on = st.selectbox("Score on", options, key="score", bind="query-params", width=275)
    return by_title.get(str(space), data.spaces[0]), str(start or NAMES), against, str(score_on)


def draw_how(space: Space) -> None:
    """The popover on the method."""
    is_conse = session.supervisor().queries.reads_words(space) == "conse"
    explain.how(
        "By **ConSE**, not by CLIP: each picture is put among sentences at the mean of the sentence vectors of its ten "
        "likeliest ImageNet classes, weighed by their probabilities; a class is the mean direction of its prompts' "
        "sentence vectors. The nearest class is the prediction. It knows pictures only as mixtures of "
        "ImageNet's 1,000 classes."
        if is_conse
        else "Each class is the mean direction of its prompts, read by the text half of the model of the vectors. "
        "The nearest class by cosine is the prediction.",
        parameters=[
            f"Embedding: {plain(space.name)}, {space.dim} numbers a picture, run {space.run_id}; "
            f"{plain(space.weights_source)}.",
            "Probabilities: softmax of the cosines over the temperature" + (", ConSE's of 0.04." if is_conse else "."),
            f"“{AGREED}”: the newest label check's out-of-fold classifier and the majority of the nearest pictures "
            "both say the label that counts now. Zero-shot is not asked which pictures are clean.",
            "Nothing is learnt from the dataset's pictures, so each may be scored on.",
        ],
        sources=[
            "Norouzi et al., ICLR 2014 (ConSE)" if is_conse else "Radford et al., ICML 2021 (CLIP, prompt ensembles)",
        ],
    )


def draw_view(
    here: Here, space: Space, data: PromptData, prompts: Prompts, against: str | None, score_on: str
) -> list[int]:
    """What the prompts come to, in the view that is chosen; the ids drawn."""
    pictures = load_pictures(*here, space, data.label_run)
    truth = pictures.truth(score_on)
    with st.spinner("Reading the prompts; the first time the models are loaded, which takes a while…"):
        named = ask(here, space, prompts, pictures)
    mine = queries.score(named, truth)
    title = against or NAMES
    before = ask(here, space, data.sets[title], pictures)
    other = queries.score(before, truth)
    is_same = (prompts.by_class, prompts.templates) == (data.sets[title].by_class, data.sets[title].templates)
    beside = None if is_same else other
    if session.supervisor().queries.reads_words(space) == "conse":
        st.caption("By **ConSE**, not by CLIP: pictures are mixtures of ImageNet's classes, compared as sentences.")
    results.draw_figures(named, mine, beside, against=title, score_on=score_on)
    view = st.segmented_control(
        "View",
        [RESULTS, CHANGES, HEAT, HISTORY],
        default=RESULTS,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == CHANGES:
        return changes.draw(
            here,
            pictures,
            before=before,
            after=named,
            scored=(other, mine),
            truth=truth,
            against=title,
            names=data.names,
        )
    if view == HEAT:
        return heat.draw(here, space, data, pictures, named, prompts)
    if view == HISTORY:
        results.draw_history(here, space, data, pictures, score_on=score_on)
        return []
    results.draw_recalls(mine, beside, against=title, names=data.names)
    return []


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Prompt lab of {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
say_what_lacks(dataset, data)
job_cards.show_active(kinds=("zero-shot",))
space, start, against, score_on = choose(data)
draft = form.draft(dataset, data, title=start)
left, right = st.columns([2, 3], gap="large")
shown: list[int] = []
with left:
    form.edit(draft, names=data.names)
prompts: Prompts | None = None
with right:
    try:
        prompts = form.prompts_of(draft, names=data.names)
        shown = draw_view(here, space, data, prompts, against, score_on)
    except BadParameter as error:
        prompts = None
        form.show_refused(error, draft, data)
    except REFUSALS as error:
        prompts = None
        st.error(plain(str(error)), icon=":material/block:")
with left:
    if prompts is not None and session.may("save_prompts"):
        form.draw_saving(dataset, space, prompts, is_new=prompts != data.sets[start])
    draw_how(space)
picture.open_asked(dataset, names=data.names, neighbours=shown)
