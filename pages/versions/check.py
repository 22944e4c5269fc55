"""Checking a submission: any folder against every rule, as a table."""

import streamlit as st

from pages.ui import job_cards, session, tables
from pages.ui.rows import Row
from pages.ui.text import LONGEST_PATH, count, plain
from pages.versions.queries import VersionData
from store.datasets import Dataset
from store.runs import FinishedRun


def show(dataset: Dataset, data: VersionData) -> None:
    """The page's fifth view."""
    st.markdown(
        "Any folder with a DS801 submission, of any origin, is tested against every rule of the course. The "
        "originals are "
        f"the pictures of **{plain(dataset.name)}** as they were imported."
    )
    made = [run for run in data.exports if run.parameters.get("format") == "ds801"]
    usual = str(made[0].figures.get("folder", "")) if made else ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Folder",
            value=usual,
            key="check_folder",
            placeholder="/home/me/submission",
            width="stretch",
            max_chars=LONGEST_PATH,
        )
        st.button(
            "Check",
            type="primary",
            icon=":material/fact_check:",
            key="check_start",
            on_click=_start,
            args=(dataset.name,),
        )
    job_cards.show_active(kinds=("check-submission",))
    if data.checks:
        _result(data.checks[0])


def _start(dataset: str) -> None:
    parameters = {"folder": st.session_state["check_folder"].strip()}
    job_cards.attempt(
        session.supervisor().start, "check-submission", dataset=dataset, parameters=parameters, who=job_cards.who()
    )


def _result(run: FinishedRun) -> None:
    figures = run.figures
    n_errors, n_warnings = int(figures.get("n_errors", 0)), int(figures.get("n_warnings", 0))
    warned = f", with {count(n_warnings, 'warning')}" if n_warnings else ""
    folder, n_originals = plain(run.parameters.get("folder", "")), int(figures.get("n_originals", 0))
    st.caption(f"{folder}, against {count(n_originals, 'original')}")
    when = f"Checked {run.finished_at:%d %B %Y, %H:%M} UTC, in {run.seconds:.1f} s."
    if figures.get("passes"):
        st.success(f"It passes{warned}. {when}", icon=":material/check_circle:")
    else:
        broken = "1 rule is" if n_errors == 1 else f"{n_errors} rules are"
        st.markdown(f":red-badge[:material/error: fails] **{broken} broken{warned}.** {when}")
    found = {finding["rule"]: finding for finding in figures.get("findings", [])}
    for level, title in (("error", "Rules"), ("warning", "Warned about")):
        st.subheader(title, anchor=False)
        _table([rule for rule in figures.get("rules", []) if rule["level"] == level], found)
    for finding in found.values():
        with st.expander(f"{plain(finding['rule'])}: {finding['n']:,}"):
            st.markdown("\n".join(f"- {plain(example)}" for example in finding["examples"]))
            if finding["n"] > len(finding["examples"]):
                st.caption(f"The first {len(finding['examples'])} of {finding['n']:,}.")


def _table(rules: list[dict[str, str]], found: dict[str, Row]) -> None:
    """A row a rule: whether it is kept, how often it is broken, and the first places."""
    mark = {"error": "❌ broken", "warning": "⚠️ warning"}
    columns: dict[str, list[object]] = {
        "result": [mark[rule["level"]] if rule["rule"] in found else "✅" for rule in rules],
        "rule": [rule["asks"] for rule in rules],
    }
    if any(rule["rule"] in found for rule in rules):
        columns["times"] = [int(found.get(rule["rule"], {}).get("n", 0)) for rule in rules]
        columns["the first"] = ["; ".join(found.get(rule["rule"], {}).get("examples", [])[:2]) for rule in rules]
    wide = {name: st.column_config.Column(width="large") for name in ("rule", "the first")}
    tables.show(columns, hide_index=True, height="content", column_config=wide)
