"""Collect: from a question to pictures with their origin and licence, in four steps."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from jobs.engine.spec import JobView
from pages.collect import form, large_run, pilot, plan, results, sample, sources, takedown, worth
from pages.collect.plan import Plan
from pages.ui import job_cards, session
from pages.ui.text import plain
from store.datasets import Dataset

ASK, PILOT, COLLECT, LOOK_BACK = "1 Ask", "2 Pilot", "3 Collect", "4 Look back"
_ON = {PILOT: "On to the pilot", COLLECT: "On to the large run", LOOK_BACK: "Which query was worth it"}


def first_plan(dataset: Dataset | None) -> Plan:
    """What the chosen dataset was asked for the last time, or nothing yet."""
    runs = results.runs_of(dataset.name) if dataset is not None else []
    return plan.of_order(runs[0].dataset, runs[0].parameters) if runs else Plan()


def name_dataset(asked: Plan) -> Plan:
    """Ask what the dataset is called."""
    st.session_state.setdefault("collect_dataset", asked.dataset)
    name = st.text_input(
        "Name of the dataset",
        placeholder="street art",
        help="A new name becomes a dataset. One that was collected before gets what is new.",
        key="collect_dataset",
        max_chars=100,
    )
    return replace(asked, dataset=name.strip())


def offer_last_order(asked: Plan, runs: Sequence[JobView]) -> None:
    """Where the dataset was asked for something else the last time, offer to ask that again."""
    if not runs:
        return
    last = replace(plan.of_order(runs[0].dataset, runs[0].parameters), edition=asked.edition)
    if last.parameters() != asked.parameters():
        st.button(
            "As the last time",
            icon=":material/history:",
            type="tertiary",
            help="Sets sources, queries and filters to those of the newest collection of this dataset.",
            on_click=plan.keep_instead,
            args=(last,),
        )


def draw_ask(asked: Plan, dataset: Dataset | None, runs: Sequence[JobView]) -> Plan:
    """The first step: who is asked for what; then a sample of it."""
    slot = st.container()
    st.subheader("Who is asked", anchor=False)
    asked = sources.choose(asked)
    if asked.way == plan.SEARCH:
        st.subheader("For what", anchor=False)
        asked = form.queries(asked, dataset)
    st.subheader("What is taken", anchor=False)
    asked = form.filters(asked)
    with slot:
        offer_last_order(asked, runs)
    st.subheader("A sample first", anchor=False)
    if session.may("start_job"):
        sample.show(asked)
    return asked


def draw_look_back(dataset: Dataset | None, *, is_named: bool) -> None:
    """The last step: which query was worth it, and what was taken down. is_named: by the field above."""
    if dataset is None:
        st.caption("Nothing has been collected for this dataset yet.")
        return
    if not is_named:
        st.caption(f"Of {plain(dataset.name)}, the dataset that is chosen in the sidebar.")
    worth.section(dataset)
    takedown.section(dataset)


def go_to(step: str) -> None:
    """Open a step."""
    st.session_state["step"] = step


def draw_next(step: str, runs: Sequence[JobView]) -> None:
    """The way on from a step."""
    following = {ASK: PILOT, PILOT: COLLECT, COLLECT: LOOK_BACK}.get(step)
    if following is None or (step != ASK and not runs):
        return
    label = _ON[following]
    st.button(label, icon=":material/arrow_forward:", on_click=go_to, args=(following,), key="collect_next")


st.title("Collect pictures")
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption("Each picture keeps where it is from, who made it, and under which licence.", width="content")
    with st.popover("How does this work?", type="tertiary"):
        st.markdown(
            "**Ask** sources for pictures in words, and look at a sample. **Pilot**: fifty pictures a class, looked at "
            "as a class sheet, as duplicates between queries and as a map. **Collect** the rest. **Look back**: which "
            "query was worth it, and what somebody asked to have removed.\n\n"
            "A job asks the sources for pages of results, at the rate that each allows, and fetches what their "
            "licences allow: never from an address of this machine or its network, never against robots.txt or "
            "*noai*. What comes is a dataset, by the ordinary import. A job that was killed goes on where it was, and "
            "asks for nothing twice."
        )
job_cards.show_refusal()
chosen = session.dataset_or_none()
asked = name_dataset(plan.kept() or first_plan(chosen))
runs = results.runs_of(asked.dataset)
target = next((one for one in session.datasets() if one.name == asked.dataset), None)
job_cards.show_active(kinds=(results.KIND, sample.KIND, "import"))
step = str(
    st.segmented_control(
        "Step",
        [ASK, PILOT, COLLECT, LOOK_BACK],
        default=ASK,
        key="step",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
)
if step == ASK:
    asked = draw_ask(asked, target or chosen, runs)
elif step == PILOT:
    pilot.show(asked, target, runs)
elif step == COLLECT:
    large_run.show(asked, runs)
else:
    draw_look_back(target or chosen, is_named=target is not None)
plan.keep(asked)
draw_next(step, runs)
