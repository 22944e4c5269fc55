"""The view "Limits": what the owner wants to be told of, schedules, and by which ways alerts are told."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.drift_measures import AREA, SHARE
from evidence.health import EVERY, LEVEL, Check, drift_level, drift_limits, in_unit
from pages.ui import job_cards, session
from pages.ui.text import plain
from store import health
from store.datasets import Dataset

_SAID = "health_test_said"
OFF = "nothing is said of it"


def show(dataset: Dataset, checks: Sequence[Check], *, of_workspace: Sequence[Check]) -> None:
    """A form a limit, those of the dataset, of the workspace, of drift and of schedules; then the ways."""
    may = session.may("set_health_limit")
    if not may:
        st.info("Limits are set by an owner; this is how they stand.", icon=":material/lock:")
    there = {check.name: check for check in checks}
    st.subheader("This dataset")
    with _side_by_side(may):
        for check in checks:
            if not check.name.startswith(("drift:", EVERY)):
                _limit(dataset.id, check.name, check.title, check.unit, check.limit, may=may)
    _drift(dataset, there, may=may)
    _schedules(dataset, checks, may=may)
    if session.sees_all():
        st.subheader("The whole workspace")
        with _side_by_side(may):
            for check in of_workspace:
                _limit(0, check.name, check.title, check.unit, check.limit, may=may)
        _ways(may=may)


def _drift(dataset: Dataset, there: dict[str, Check], *, may: bool) -> None:
    st.subheader("Drift")
    limits = health.limits_set(session.workspace(), dataset.id)
    st.caption("A measure is drift where it is at its limit or beyond, and no chance at the level.")
    with _side_by_side(may):
        _limit(dataset.id, LEVEL, "Any false alarm of a comparison", SHARE, drift_level(limits), may=may)
        for name, title, unit, default in drift_limits():
            limit = there[name].limit if name in there else limits[name].value if name in limits else default
            _limit(dataset.id, name, title, unit, limit, may=may)


def _schedules(dataset: Dataset, checks: Sequence[Check], *, may: bool) -> None:
    st.subheader("Schedules")
    st.caption("Within how many hours a kind of job is to end well again; empty where nothing is to be said.")
    with _side_by_side(may):
        for check in checks:
            if check.name.startswith(EVERY):
                _limit(dataset.id, check.name, check.name.removeprefix(EVERY), check.unit, check.limit, may=may)
    kinds = [name for name in session.supervisor().kinds() if f"{EVERY}{name}" not in {check.name for check in checks}]
    if may and kinds:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox("Another kind", kinds, key="health_kind", width=260)
            hours = st.number_input("hours", 0.1, 87_600.0, 24.0, key="health_hours", width=140)
            st.button(
                "Expect it", key="health_expect", on_click=_set, args=(dataset.id, f"{EVERY}{kind}", float(hours))
            )


def _side_by_side(may: bool) -> DeltaGenerator:
    """Where limits stand: fields beside each other as far as there is room, sentences below each other."""
    return st.container(horizontal=may, gap="small" if may else "xsmall")


def _limit(dataset_id: int, name: str, title: str, unit: str, limit: float | None, *, may: bool) -> None:
    """One limit: its field, in percents where it is a share, and how it stands."""
    if not may:
        st.markdown(f"**{plain(title)}**: {OFF if limit is None else plain(in_unit(limit, unit))}")
        return
    scale = 100.0 if unit in (SHARE, AREA) else 1.0
    words = "%" if unit in (SHARE, AREA) else unit
    key = f"limit_{dataset_id}_{name}"
    shown = None if limit is None else round(limit * scale, 6)
    st.number_input(
        f"{plain(title)}{f' ({words})' if words else ''}",
        0.0,
        1e9,
        shown,
        key=f"{key}_{shown}",
        format="%.3g" if shown is None or shown < 1_000 else "%.0f",
        placeholder=OFF,
        width=270,
        on_change=_changed,
        args=(dataset_id, name, f"{key}_{shown}", scale),
    )


def _changed(dataset_id: int, name: str, key: str, scale: float) -> None:
    value = st.session_state[key]
    _set(dataset_id, name, None if value is None else float(value) / scale)


def _set(dataset_id: int, name: str, value: float | None) -> None:
    job_cards.attempt(health.set_limit, session.workspace(), dataset_id, name=name, value=value, who=job_cards.who())


def _ways(*, may: bool) -> None:
    """How alerts are told; addresses are shown without what follows the host."""
    st.subheader("Who is told")
    ways, wrong = session.supervisor().health.ways()
    for sentence in wrong:
        st.error(plain(sentence), icon=":material/report:")
    last = {each.channel: each for each in health.newest_deliveries(session.workspace())}
    for way in ways:
        tried = last.get(way.name)
        said = "" if tried is None else f"; last tried {tried.tried_at:%d %B %Y, %H:%M} UTC: {tried.outcome}"
        st.markdown(f"**{way.name.capitalize()}**: {plain(way.where)}{plain(said)}")
    if not ways:
        st.caption(
            "Nobody: alerts are on this page alone. A webhook and e-mail are set up in the environment of the app "
            "(`VITRINE_ALERT_WEBHOOK`, `VITRINE_ALERT_SMTP`; docs/health.md), so that no secret is in the file."
        )
    if ways and may:
        st.button("Send a test", icon=":material/send:", key="health_test", on_click=_send_test)
    for sentence in st.session_state.pop(_SAID, []):
        st.info(plain(sentence), icon=":material/mail:")


def _send_test() -> None:
    st.session_state[_SAID] = job_cards.result_of(session.supervisor().health.send_test) or []
