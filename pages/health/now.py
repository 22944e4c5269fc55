"""The view "Now": every check with its limit, what came in and failed by day, disk and memory, alerts."""

import datetime
from collections.abc import Iterable, Sequence

import streamlit as st

from analytics.forecast import Forecast
from evidence.health import (
    CROSSED,
    DRIFT,
    FAILURES,
    FRESH,
    MACHINE,
    MODELS,
    OFF,
    OPEN,
    UNKNOWN,
    Check,
    Score,
    disk_forecast,
    in_unit,
    scores_over_time,
)
from figures.health import counts_by_day, model_scores, room_over_time
from pages.health.queries import HealthData
from pages.ui import charts, session, tables
from pages.ui.text import count, plain
from store import health
from store.connection import utc_now
from store.datasets import Dataset
from store.machine import machine_now

GROUPS = (FRESH, FAILURES, MACHINE, DRIFT, MODELS)
BADGES = {
    OPEN: ("well", "check_circle", "green"),
    CROSSED: ("look at this", "error", "red"),
    UNKNOWN: ("not known", "help", "gray"),
}
ALERTS = 50
MOST_SAMPLES = 2_000  # drawn


def headline(checks: Sequence[Check]) -> None:
    """One look: whether all is well, and if not, what is not."""
    crossed = [check for check in checks if check.state == CROSSED]
    unknown = [check for check in checks if check.state == UNKNOWN]
    watched = len(checks) - sum(check.state in (OFF, UNKNOWN) for check in checks)
    if not crossed:
        rest = f" {count(len(unknown), 'is', 'are')} not known yet." if unknown else ""
        st.success(f"**All is well** by {count(watched, 'check')} with a limit.{rest}", icon=":material/check_circle:")
        return
    lines = "\n".join(f"- {_crossed_of(group, crossed)}" for group in dict.fromkeys(check.group for check in crossed))
    st.warning(
        f"**{count(len(crossed), 'limit is', 'limits are')} crossed** of {watched:,}.\n\n{lines}",
        icon=":material/error:",
    )


def _crossed_of(group: str, crossed: Sequence[Check]) -> str:
    """What is crossed of a group; a measure of drift is its number and its limit."""
    said = [
        f"{check.title} {in_unit(check.value, check.unit)} ({check.side} {in_unit(check.limit, check.unit)})"
        if check.group == DRIFT and check.value is not None and check.limit is not None
        else check.sentence.rstrip(".")
        for check in crossed
        if check.group == group
    ]
    return f"**{group}**: {plain('; '.join(said))}."


def show(dataset: Dataset, data: HealthData, checks: Sequence[Check]) -> None:
    """The checks by group, and what stands behind them."""
    for group in GROUPS:
        of_group = [check for check in checks if check.group == group]
        if of_group:
            st.subheader(group)
            _table(of_group)
        if group == FRESH and data.pictures:
            st.caption("Pictures that came in, by day (UTC)")
            charts.draw(counts_by_day({"pictures": [(each.day, each.n) for each in data.pictures]}, what="Pictures"))
        if group == FAILURES:
            _failures(data)
        if group == MACHINE and session.sees_all():
            _machine(next((check.limit for check in checks if check.name == "disk_free"), None))
        if group == MODELS:
            _scores(scores_over_time(session.workspace(), dataset.id))
    _alerts(dataset)


def _table(checks: Sequence[Check]) -> None:
    """A line a check that has a limit, and those without one together."""
    free = [check for check in checks if check.state == OFF]
    with st.container(border=True, gap="xsmall"):
        for check in checks:
            if check.state == OFF:
                continue
            word, icon, colour = BADGES[check.state]
            limit = "" if check.limit is None else f" · {check.side} {in_unit(check.limit, check.unit)}"
            badge = f":{colour}-badge[:material/{icon}: {word}]"
            st.markdown(f"{badge} **{plain(check.title)}** {plain(check.shown)}{plain(limit)}")
        if free:
            said = " · ".join(f"{plain(check.title)} {plain(check.shown)}" for check in free)
            st.caption(f"Without a limit: {said}")


def _failures(data: HealthData) -> None:
    words = {"done": "done", "failed": "failed", "interrupted": "interrupted", "cancelled": "cancelled"}
    by_state = {
        word: [(each.day, each.n) for each in data.jobs if each.state == state] for state, word in words.items()
    }
    if any(by_state.values()):
        st.caption("Jobs by how they ended, by day (UTC)")
        charts.draw(counts_by_day(by_state, what="Jobs"))
    failed = _by_day((each.day, each.n_failed) for each in data.jobs if each.n_failed)
    if failed:
        st.caption("Files and rows that failed in them, by day")
        charts.draw(counts_by_day({"rows that failed": failed}, what="Rows"))
    _gates(data)


def _gates(data: HealthData) -> None:
    """The gates that fail now, with what is wrong, and how many did by day."""
    wrong = [gate for gate in data.gates if not gate.passed]
    if wrong:
        st.markdown("\n".join(f"- **{plain(gate.title)}**: {plain(gate.sentence)}" for gate in wrong))
    by_day = _by_day((gate.checked_at, 1) for gate in data.gates_before if not gate.passed)
    if by_day:
        st.caption("Quality gates that failed, by day")
        charts.draw(counts_by_day({"gates that failed": by_day}, what="Gates"))


def _by_day(counted: Iterable[tuple[datetime.datetime, int]]) -> list[tuple[datetime.date, int]]:
    totals: dict[datetime.date, int] = {}
    for at, n in counted:
        totals[at.date()] = totals.get(at.date(), 0) + n
    return sorted(totals.items())


def _machine(limit: float | None) -> None:
    workspace = session.workspace()
    machine, queue = machine_now(workspace.root), health.queue(workspace)
    with st.container(horizontal=True, gap="small"):
        st.metric("Free disk", f"{machine.disk_free / 2**30:,.1f} GiB", border=True, width="content")
        st.metric("The workspace's file", f"{machine.file_bytes / 2**30:,.2f} GiB", border=True, width="content")
        st.metric("Free memory", f"{machine.memory_free / 2**30:,.1f} GiB", border=True, width="content")
        st.metric("This app", f"{machine.app_memory / 2**30:,.2f} GiB", border=True, width="content")
        st.metric("Jobs waiting", f"{queue.n_waiting:,}", border=True, width="content")
        st.metric("Jobs running", f"{queue.n_running:,}", border=True, width="content")
    samples = health.samples(workspace)[-MOST_SAMPLES:]
    if len(samples) < 2:
        st.caption("Growth is drawn once there are two samples; one is taken an hour while the app runs.")
        return
    ahead = disk_forecast(workspace, machine, now=utc_now())
    ends = None if ahead is None else (ahead.low, ahead.middle, ahead.high)
    times = [each.taken_at for each in samples]
    free = [each.disk_free / 2**30 for each in samples]
    charts.draw(room_over_time(times, free_gib=free, ahead=ends, limit_gib=limit))
    grown = samples[-1].file_bytes - samples[0].file_bytes
    days = max((times[-1] - times[0]).total_seconds() / 86_400, 1 / 24)
    st.caption(
        f"The file grew by {grown / 2**20:,.1f} MiB in {days:,.1f} days, by "
        f"{count(samples[-1].n_images - samples[0].n_images, 'picture')}. {_in_words(ahead)}"
    )


def _in_words(ahead: Forecast | None) -> str:
    if ahead is None:
        return "When the disk is full is not said of so few samples."
    if ahead.low is None:
        return "The disk is not full within ten years, as far as the samples tell."
    return f"Chance that it is full within a year: {100 * ahead.chance_of_year:.0f} %."


def _scores(scores: Sequence[Score]) -> None:
    if not scores:
        return
    lines: dict[str, list[tuple[datetime.datetime, float, float]]] = {}
    for each in scores:
        lines.setdefault(f"{each.model}, {each.evaluation}", []).append((each.at, each.value, each.half))
    st.caption("Balanced accuracy on evaluation sets that never change, with 95 % intervals over their pictures")
    charts.draw(model_scores(lines))


def _alerts(dataset: Dataset) -> None:
    st.subheader("Alerts")
    seen = {dataset.id, 0} if session.sees_all() else {dataset.id}
    alerts = [each for each in health.list_alerts(session.workspace(), n_rows=10 * ALERTS) if each.dataset_id in seen]
    if not alerts:
        st.caption("None so far. Limits are looked at once a minute while the app runs; each crossing is noted once.")
        return
    rows = [
        {
            "Since": f"{each.raised_at:%Y-%m-%d %H:%M}",
            "Until": "still" if each.ended_at is None else f"{each.ended_at:%Y-%m-%d %H:%M}",
            "What": each.sentence,
            "Of": each.dataset or "the workspace",
            "Told by": ", ".join(each.told) or "this page",
        }
        for each in alerts[:ALERTS]
    ]
    tables.show(rows, hide_index=True, column_config={"What": st.column_config.TextColumn(width="large")})
    st.caption("Times are UTC.")
