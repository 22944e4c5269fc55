"""Checking a submission: any folder against every rule, as a table."""

import streamlit as st

from pages.parts import job_cards, session
from pages.parts.text import count, plain
from pages.parts.version_known import Known
from store.datasets import Dataset
from store.exports import FinishedRun


def show(dataset: Dataset, known: Known) -> None:
    """The page's fifth view."""
    st.markdown(
        "Any folder with a DS801 submission, of any origin, is tested against every rule of the course. The "
        "originals are "
        f"the pictures of **{plain(dataset.name)}** as they were imported."
    )
    made = [run for run in known.exports if run.parameters.get("format") == "ds801"]
    usual = str(made[0].figures.get("folder", "")) if made else ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Folder", value=usual, key="check_folder", placeholder="/home/me/submission", width="stretch")
        st.button(
            "Check",
            type="primary",
            icon=":material/fact_check:",
            key="check_start",
            on_click=_start,
            args=(dataset.name,),
        )
    job_cards.show_active(kinds=("check-submission",))
    if known.checks:
        _result(known.checks[0])


def _start(dataset: str) -> None:
    wanted = {"folder": st.session_state["check_folder"].strip()}
    job_cards.attempt(
        session.supervisor().start, "check-submission", dataset=dataset, parameters=wanted, who=job_cards.who()
    )


def _result(run: FinishedRun) -> None:
    figures = run.figures
    st.code(str(run.parameters.get("folder", "")), language=None, wrap_lines=True)
    n_errors, n_warnings = int(figures.get("n_errors", 0)), int(figures.get("n_warnings", 0))
    warned = f", with {count(n_warnings, 'warning')}" if n_warnings else ""
    when = f"Checked {run.finished_at:%d %B %Y, %H:%M} UTC, in {run.seconds:.1f} s."
    if figures.get("passes"):
        st.success(f"It passes{warned}. {when}", icon=":material/check_circle:")
    else:
        broken = "1 rule is" if n_errors == 1 else f"{n_errors} rules are"
        st.markdown(f":red-badge[:material/error: fails] **{broken} broken{warned}.** {when}")
    found = {finding["rule"]: finding for finding in figures.get("findings", [])}
    marks = {"error": "❌ error", "warning": "⚠️ warning"}
    rules = figures.get("rules", [])
    st.dataframe(
        {
            "result": [marks[rule["level"]] if rule["rule"] in found else "✅" for rule in rules],
            "rule": [rule["asks"] for rule in rules],
            "times": [found[rule["rule"]]["n"] if rule["rule"] in found else None for rule in rules],
            "the first": ["; ".join(found.get(rule["rule"], {}).get("examples", [])[:2]) for rule in rules],
        },
        hide_index=True, height="content",
        column_config={name: st.column_config.Column(width="large") for name in ("rule", "the first")},
    )  # fmt: skip
    for finding in found.values():
        with st.expander(f"{plain(finding['rule'])}: {finding['n']:,}"):
            st.markdown("\n".join(f"- {plain(example)}" for example in finding["examples"]))
            if finding["n"] > len(finding["examples"]):
                st.caption(f"The first {len(finding['examples'])} of {finding['n']:,}.")
