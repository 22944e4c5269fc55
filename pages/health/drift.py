"""The view "Drift": the order for a comparison, its measures, classes before and after, and the pictures that tell."""

from collections.abc import Sequence

import streamlit as st

from analytics.drift_measures import DRIFT_KINDS, matters
from evidence.health import CROSSED, Check, drift_level, in_unit
from figures.health import drift_over_time, shares_before_and_after
from figures.names import one_line
from pages.health.queries import Comparison, HealthData, load_comparison
from pages.ui import charts, gallery, job_cards, order_fields, picture, session, staleness, tables
from pages.ui.filters import name_of
from pages.ui.gallery import Item, Section
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.drift import DriftPicture, DriftRun
from store.health import limits_set
from store.neighbours import ImageRow, image_rows
from store.points import POINTS

KIND = "drift"
BY = {"The newest day of import": "day", "The newest import": "import", "A split": "split"}
SHOWN, PAIRS = 24, 12


def show(dataset: Dataset, data: HealthData, checks: Sequence[Check]) -> None:
    """The newest comparison, or the one that is chosen; and the form for another."""
    job_cards.show_active(kinds=(KIND,))
    if not data.runs:
        st.info("Nothing has been compared yet.", icon=":material/monitor_heart:")
    else:
        _comparison(dataset, data, checks)
    with st.expander("Compare again" if data.runs else "Compare", expanded=not data.runs):
        _form(dataset, data)


def _form(dataset: Dataset, data: HealthData) -> None:
    if not session.may_or_say("start_job", "Nothing has been compared yet."):
        return
    fields = order_fields.of(KIND)
    left, right = st.columns(2)
    offered = [words for words, by in BY.items() if by != "split" or data.splits]
    by = BY[str(left.selectbox("What came in lately", offered, key="drift_by"))]
    parameters: dict[str, object] = {"by": by}
    if by == "split":
        by_name = {one_line(split): split for split in data.splits}
        parameters["lately"] = by_name[str(right.selectbox("The later split", list(by_name), key="drift_split"))]
    elif by == "day":
        day = right.date_input("From this day on (UTC); empty: the newest", value=None, key="drift_day")
        parameters["lately"] = "" if day is None or isinstance(day, tuple) else day.isoformat()
        with left:
            parameters["before_days"] = fields.whole(
                "before_days", label="Days before it to compare with; 0: all", key="drift_before", low=0, high=3_650
            )
    with right:
        parameters["sample"] = fields.whole(
            "sample", label="Vectors of each side, at most", step=1_000, key="drift_sample"
        )
    st.button(
        "Compare",
        type="primary",
        icon=":material/play_arrow:",
        key="drift_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, KIND),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _comparison(dataset: Dataset, data: HealthData, checks: Sequence[Check]) -> None:
    titles = {_title(run): run for run in data.runs[:50]}
    run = titles[str(st.selectbox("Comparison", list(titles), key="drift_run"))] if len(titles) > 1 else data.runs[0]
    if len(titles) == 1:
        st.caption(_title(run))
    if run.is_stale:
        st.warning(plain(staleness.sentence(run, kind=KIND)), icon=":material/history:")
    found = load_comparison(*session.here(dataset.id), run.run_id)
    is_newest = run.run_id == data.runs[0].run_id
    of_drift = {check.name.removeprefix("drift:"): check for check in checks} if is_newest else {}
    _measures(found, of_drift)
    _history(dataset, data, checks)
    if found.shares:
        _shares(found, data.names)
    _pictures(dataset, found, data.names)


def _measures(found: Comparison, checks: dict[str, Check]) -> None:
    """A row a measure; what is drift first."""
    rows = []
    for each in found.measures:
        kind, check = DRIFT_KINDS[each.measure], checks.get(each.measure)
        ends = (
            [] if each.low is None or each.high is None else [in_unit(end, kind.unit) for end in (each.low, each.high)]
        )
        is_drift = check is not None and check.state == CROSSED
        rows.append(
            {
                "Measure": kind.title,
                "Drift": "yes" if is_drift else "no" if check is not None else "",
                "Value": in_unit(each.value, kind.unit),
                "95 % interval": " to ".join(ends),
                "Drift from": "no limit" if check is None or check.limit is None else in_unit(check.limit, kind.unit),
                "Adjusted p": f"{each.p_adjusted:.2g}",
                "Pictures": f"{each.n_before:,} and {each.n_after:,}",
                "What": each.note or kind.means,
            }
        )
    rows.sort(key=lambda row: row["Drift"] != "yes")
    config = {
        "What": st.column_config.TextColumn(width="large"),
        "95 % interval": st.column_config.TextColumn(width="medium"),
    }
    tables.show(rows, hide_index=True, height="content", column_config=config)


def _history(dataset: Dataset, data: HealthData, checks: Sequence[Check]) -> None:
    if len(data.runs) < 2:
        return
    there = dict.fromkeys(point.measure for point in data.history)
    titles = {DRIFT_KINDS[name].title: name for name in there if name in DRIFT_KINDS}
    title = str(st.selectbox("One measure over time", list(titles), key="drift_measure"))
    check = next((each for each in checks if each.name == f"drift:{titles[title]}"), None)
    limit = None if check is None else check.limit
    level = drift_level(limits_set(session.workspace(), dataset.id))
    points = [point for point in data.history if point.measure == titles[title]]
    charts.draw(
        drift_over_time(
            [point.finished_at for point in points],
            values=[point.value for point in points],
            drifted=[
                limit is not None and point.p_adjusted <= level and matters(point.measure, point.value, limit=limit)
                for point in points
            ],
            measure=title,
            limit=limit,
        )
    )


def _shares(found: Comparison, names: Sequence[str]) -> None:
    st.subheader("Classes before and lately")
    n_before, n_after = (
        max(sum(each), 1) for each in zip(*((s.n_before, s.n_after) for s in found.shares), strict=True)
    )
    rows = sorted(found.shares, key=lambda each: -abs(each.n_after / n_after - each.n_before / n_before))
    titles = ["no label" if each.label is None else name_of(each.label, names=names) for each in rows]
    charts.draw(
        shares_before_and_after(titles, before=[each.n_before for each in rows], after=[each.n_after for each in rows])
    )


def _pictures(dataset: Dataset, found: Comparison, names: Sequence[str]) -> None:
    """Thumbnails of what was found: new clusters, labels unlike their neighbours, near duplicates, the farthest."""
    if dataset.layout == POINTS or not found.pictures:
        return
    ids = list({each.image_id for each in found.pictures} | {each.other_id for each in found.pictures if each.other_id})
    rows = {row.image_id: row for row in image_rows(session.workspace(), dataset.id, ids)}
    groups: dict[str, list[Section]] = {
        "Pictures in new clusters": _by_cluster(found.pictures, rows),
        "Labelled otherwise than most of their earlier neighbours": _flat(found.pictures, rows, "label", names),
        "Near duplicates of earlier pictures, beside them": _pairs(found.pictures, rows),
        "Farthest from every earlier picture": _flat(found.pictures, rows, "far", names),
    }
    for place, (title, sections) in enumerate(groups.items()):
        if any(section.items for section in sections):
            st.subheader(title)
            layout = "clusters" if len(sections) > 1 else "grid"
            gallery.show(sections, key=f"drift_{place}", label=title, layout=layout, side=96, on_open=picture.ask_for)
    picture.open_asked(dataset, names=names, neighbours=[each.image_id for each in found.pictures])


def _by_cluster(pictures: Sequence[DriftPicture], rows: dict[int, ImageRow]) -> list[Section]:
    by_cluster: dict[int, list[Item]] = {}
    for each in pictures:
        if each.why == "cluster" and each.image_id in rows:
            by_cluster.setdefault(each.cluster, []).append(Item(each.image_id, rows[each.image_id].sha256))
    return [
        Section(items[:SHOWN], title=f"Cluster {number + 1}", note=f"the {count(len(items), 'midmost picture')}")
        for number, items in by_cluster.items()
    ]


def _flat(pictures: Sequence[DriftPicture], rows: dict[int, ImageRow], why: str, names: Sequence[str]) -> list[Section]:
    items = []
    for each in pictures:
        row = rows.get(each.image_id)
        if each.why != why or row is None:
            continue
        own = "no label" if row.label is None else name_of(row.label, names=names)
        note = (
            f"neighbours: {name_of(each.cluster, names=names)}" if why == "label" else f"cosine {each.cosine or 0:.2f}"
        )
        items.append(Item(each.image_id, row.sha256, caption=own, note=note))
    return [Section(items)]


def _pairs(pictures: Sequence[DriftPicture], rows: dict[int, ImageRow]) -> list[Section]:
    sections = []
    for each in pictures:
        if each.why == "near" and each.image_id in rows and each.other_id in rows:
            pair = ((each.image_id, "lately"), (each.other_id, "before"))
            items = [Item(image_id, rows[image_id].sha256, caption=caption) for image_id, caption in pair]
            sections.append(Section(items, note=f"cosine {each.cosine or 0:.3f}"))
    return sections[:PAIRS]


def _title(run: DriftRun) -> str:
    by, lately = run.parameters.get("by", "day"), run.parameters.get("lately", "")
    n_after, n_before = (int(run.figures.get(name) or 0) for name in ("n_after", "n_before"))
    sides = f"{count(n_after, 'later picture')}, {count(n_before, 'earlier one')}"
    return f"{run.finished_at:%d %B %Y, %H:%M} UTC: {by} {one_line(lately)}, {sides}"
