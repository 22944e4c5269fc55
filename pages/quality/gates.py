"""Quality gates on the page: what the newest checks found, which rows are wrong, and the limits."""

from collections.abc import Mapping, Sequence

import streamlit as st

from analytics.gates import AT_LEAST, BY_NAME, GATES, in_unit
from pages.ui import explain, job_cards, session, tables
from pages.ui.session import SettledGeneration
from pages.ui.text import count
from store.datasets import Dataset
from store.gates import GateResult, GateRow, gate_rows, kept_limits, latest_gates, set_limits

_OFF_SHOWN = 0.0


@st.cache_data(max_entries=8, show_spinner=False)
def load_gates(root: str, dataset_id: int, generation: SettledGeneration) -> list[GateResult]:
    """The newest result of each gate."""
    return latest_gates(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_wrong(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> list[GateRow]:
    """The first wrong rows of a run."""
    return gate_rows(session.workspace(), run_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_limits(root: str, dataset_id: int, generation: SettledGeneration) -> dict[str, float | None]:
    """The limits that count for a dataset, by gate; None: not asked."""
    return {gate.name: gate.limit for gate in GATES} | kept_limits(session.workspace(), dataset_id)


def show(dataset: Dataset) -> None:
    """Draw the gates of a dataset, folded up while all is well."""
    here = session.here(dataset.id)
    results = load_gates(*here)
    n_failed = sum(not result.passed for result in results)
    with st.expander(heading(results), icon=":material/rule:", expanded=n_failed > 0):
        draw_how()
        job_cards.show_active(kinds=("verify",))
        if results:
            draw_results(results)
            st.caption(f"Checked last {max(result.checked_at for result in results):%d %B %Y, %H:%M} UTC.")
        else:
            st.caption("Nothing has been checked yet.")
        if session.may("start_job"):
            for result in results:
                if not result.passed:
                    draw_wrong(result, load_wrong(*here, result.run_id))
        draw_buttons(dataset, load_limits(*here))


def heading(results: Sequence[GateResult]) -> str:
    """'Quality gates: 2 of 17 failed'."""
    n_failed = sum(not result.passed for result in results)
    if not results:
        return "Quality gates: not checked yet"
    if n_failed:
        return f"Quality gates: {n_failed:,} of {len(results):,} failed"
    return f"Quality gates: all {len(results):,} passed" if len(results) > 1 else "Quality gates: passed"


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "A gate is a number with a limit: pictures that were taken in, vectors that can be used, labels that are "
        "known, parts of an export that are whole. The same checks run from a terminal (`vitrine run verify`) and in "
        "the daily schedule, where a gate that fails stops what comes after it.",
        parameters=[
            f"**{gate.title}**: {gate.limit_kind} {in_unit(gate.limit, gate.unit)}"
            if gate.limit is not None
            else f"**{gate.title}**: not asked, unless a limit is set"
            for gate in GATES
        ],
    )


def draw_results(results: Sequence[GateResult]) -> None:
    """Every gate with what was found and its limit, those that failed first."""
    ordered = sorted(results, key=lambda result: (result.passed, result.place))
    tables.show(
        {
            "passed": ["passed" if result.passed else "failed" for result in ordered],
            "found": ["unknown" if one.measured is None else in_unit(one.measured, one.unit) for one in ordered],
            "gate": [result.title for result in ordered],
            "limit": [f"{one.limit_kind} {in_unit(one.limit_value, one.unit)}" for one in ordered],
            "wrong": [result.n_wrong for result in ordered],
        },
        hide_index=True,
        column_config={
            "passed": st.column_config.TextColumn("Gate", width="small"),
            "gate": st.column_config.TextColumn("What it asks", width="large"),
            "found": st.column_config.TextColumn("Found", width="small"),
            "limit": st.column_config.TextColumn("Limit", width="small"),
            "wrong": st.column_config.NumberColumn("Wrong rows", format="localized", width="small"),
        },
        alt="Quality gates with what was found and their limits",
    )


def draw_wrong(result: GateResult, rows: Sequence[GateRow]) -> None:
    """The first rows that a gate found wrong."""
    own = [row for row in rows if row.gate == result.gate]
    if not own:
        return
    st.markdown(f"**{result.title}**: {count(len(own), 'row')} of {result.n_wrong:,}")
    tables.show(
        {"path": [row.path for row in own], "reason": [row.reason for row in own]},
        hide_index=True,
        height=min(35 * (len(own) + 1) + 3, 248),
        column_config={
            "path": st.column_config.TextColumn("Which", width="large"),
            "reason": st.column_config.TextColumn("Why", width="medium"),
        },
        alt=f"Rows that are wrong: {result.title}",
    )


def draw_buttons(dataset: Dataset, limits: Mapping[str, float | None]) -> None:
    """Check now, and for the owner the limits."""
    with st.container(horizontal=True):
        if session.may("start_job"):
            st.button(
                "Check now",
                icon=":material/rule:",
                key="gates_check",
                on_click=job_cards.attempt,
                args=(session.supervisor().start, "verify"),
                kwargs={"dataset": dataset.name, "who": job_cards.who()},
            )
        if session.may("set_gates"):
            with st.popover("Limits", icon=":material/tune:"):
                draw_limit(dataset, limits)


def draw_limit(dataset: Dataset, limits: Mapping[str, float | None]) -> None:
    """A gate, its limit, and whether it is asked at all."""
    name = st.selectbox("Gate", list(BY_NAME), format_func=lambda one: BY_NAME[one].title, key="gates_name")
    gate, limit = BY_NAME[name], limits.get(name)
    is_share = gate.unit == "share"
    asked = st.toggle("Ask this gate", value=limit is not None, key=f"gates_asked_{name}")
    value = st.number_input(
        f"{'At least' if gate.limit_kind == AT_LEAST else 'At most'} ({'a share, 0 to 1' if is_share else gate.unit})",
        min_value=0.0,
        max_value=1.0 if is_share else None,
        value=float(_OFF_SHOWN if limit is None else limit),
        step=0.01 if is_share else 1.0,
        disabled=not asked,
        key=f"gates_limit_{name}",
    )
    st.caption("It counts from the next check on, here and in the daily schedule.")
    st.button(
        "Set this limit",
        type="primary",
        key="gates_set",
        on_click=job_cards.attempt,
        args=(set_limits, session.workspace(), dataset.id, {name: float(value) if asked else None}),
        kwargs={"who": job_cards.who()},
    )
