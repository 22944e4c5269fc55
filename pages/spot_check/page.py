"""Spot check: a sample judged without its labels says how many are wrong, before and after cleaning."""

from dataclasses import replace

import streamlit as st

from pages.review.queue import reviewer
from pages.spot_check import answer, choice, plan, result
from pages.spot_check.queries import SpotData, load_data, load_result
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import plain
from store.datasets import Dataset


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "A sample is drawn at random, and people say what is in each picture without its label, its file name or "
        "anybody else's answer. The labels before (as imported) and after (in the version, or as they stood) are "
        "frozen when it begins, so that later decisions change no result. A label is wrong where most people say "
        "another class, or none of these; where as many say one thing as another, the picture counts in parts.",
        parameters=[
            "Shares are weighted by how many pictures the dataset holds of each stratum, before and after apart. A "
            "picture that was taken out counts before, and not after. A stratum of which none was judged counts as "
            "the rest, and as anything from 0 to 100 % in the interval.",
            "Intervals, 95 %: Clopper and Pearson's; with strata, one more hit is put where it weighs most and a beta "
            "distribution fitted to mean and variance; a finite stratum of N counts as n (N - 1) / (N - n) pictures.",
            "“Cannot tell” is left out. A picture that came twice counts once, by its first showing.",
            "Kappa: Cohen's of two people, Fleiss' of more, of the pictures that several judged, unweighted.",
        ],
        sources=[
            "Clopper and Pearson, 1934 (interval of a share)",
            "Fay and Feuer, Stat. Med. 1997 (interval of a weighted sum)",
            "Tiwari, Clegg and Zou, 2006 (beta distribution)",
            "Cohen, 1960 (kappa)",
            "Fleiss, Cohen and Everitt, 1969 (its standard error)",
            "Fleiss, Psychol. Bull. 1971 (kappa of more than two)",
        ],
    )


def draw_answer(data: SpotData) -> None:
    """Who answers which check, and the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choice.check([each for each in data.checks if each.is_open] or data.checks)
        who = reviewer()
    answer.show(dataset, chosen, who=who)


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Spot check of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
if dataset.task == "multi":
    st.info(
        "A spot check asks which one class a picture belongs to. This dataset has several labels a picture.",
        icon=":material/info:",
    )
    st.stop()
data = load_data(*here)
if (version_id := session.version_id()) is not None:
    checks = [each for each in data.checks if each.version_id == version_id]
    data = replace(data, checks=checks, versions=[each for each in data.versions if each.id == version_id])
shown: list[int] = []
view = choice.view(data.checks)
if view == choice.PLAN:
    plan.show(dataset, here, data)
elif not data.checks:
    said = " “Plan” says how large one should be." if session.may("start_check") else ""
    st.info(f"No spot check has been begun yet.{said}", icon=":material/info:")
elif view == choice.ANSWER:
    draw_answer(data)
else:
    shown = result.show(dataset, load_result(*here, choice.check(data.checks).id))
if view == choice.RESULT:
    picture.open_asked(dataset, names=data.shown, neighbours=shown)
