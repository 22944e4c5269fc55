"""Calibration and precision against recall, every run in one chart."""

from collections.abc import Collection, Sequence

import streamlit as st

from analytics.calibration import BINS, MIN_PROBABILITY, Reliability
from analytics.precision_recall import Curve
from figures.calibration import reliability
from figures.names import one_line
from figures.precision_recall import precision_recall
from pages.compare.choose import Chosen
from pages.compare.queries import CompareData, load_scored
from pages.compare.results import load_calibrated, load_curves
from pages.ui import charts, tables
from pages.ui.filters import name_of
from pages.ui.session import Here
from pages.ui.text import count, percent, plain


def show_calibration(here: Here, chosen: Chosen) -> None:
    """The page's third view."""
    found = [load_calibrated(*here, chosen.wanted, place) for place in range(len(chosen.runs))]
    columns = st.columns(2, gap="medium")
    with columns[0]:
        st.markdown("**As the runs say it**")
        charts.draw(reliability([each.before for each in found], titles=chosen.lettered))
    with columns[1]:
        st.markdown("**After temperature scaling**")
        after = [each.after for each in found]
        if all(each is None for each in after):
            st.info("Too few pictures to fit a temperature without judging it by the same ones.")
        else:
            alt = "Reliability diagram after temperature scaling"
            charts.draw(reliability(after, titles=chosen.lettered, alt=alt))
    rows = [
        {
            "Run": title,
            "ECE": percent(each.before.ece),
            "By chance up to": percent(each.by_chance),
            "ECE, scaled": "–" if each.after is None else percent(each.after.ece),
            "Temperature": "–" if each.scaled is None else _temperatures(each.scaled.temperatures),
            "Log loss": "–" if each.scaled is None else f"{each.scaled.nll_before:.3f}",
            "Log loss, scaled": "–" if each.scaled is None else f"{each.scaled.nll_after:.3f}",
            "Mean confidence": percent(_mean(each.before)),
        }
        for title, each in zip(chosen.lettered, found, strict=True)
    ]
    tables.show(rows, hide_index=True, height="content")
    st.caption(
        f"On {plain(chosen.ground)}. ECE: mean distance between how sure a run is and how often it is right, over "
        f"{BINS} bins of equally many pictures; a run that is right just as often as it says stays below “by chance up "
        "to” on 95 of 100 sets of this size. Each picture is scaled by a temperature that was fitted on four other "
        "fifths; above 1 the run was too sure. Scaling changes no prediction. Wrong labels make a run look too sure."
    )
    _say_zeros(here, chosen)


def show_precision(here: Here, data: CompareData, chosen: Chosen) -> None:
    """The page's fourth view."""
    curves = [load_curves(*here, chosen.wanted, place) for place in range(len(chosen.runs))]
    offered = {
        one_line(name_of(index, names=data.names)): index for index, each in enumerate(curves[0]) if len(each.recall)
    }
    if not offered:
        st.info("No picture is left to score.", icon=":material/info:")
        return
    picked = st.selectbox("Class", list(offered), key="class", bind="query-params", width=220)
    index = offered.get(str(picked), next(iter(offered.values())))
    left, right = st.columns([3, 2], gap="large")
    with left:
        own = [each[index] for each in curves]
        charts.draw(precision_recall(own, titles=chosen.lettered, name=str(picked)))
        st.caption(f"{plain(picked)}, on {plain(chosen.ground)}.")
    with right:
        _average_precision(chosen, curves, offered)
        st.caption(f"Average precision of each class, on {plain(chosen.ground)}.")


def _say_zeros(here: Here, chosen: Chosen) -> None:
    own = load_scored(*here, chosen.wanted).own
    for title, shares in zip(chosen.lettered, own, strict=True):
        n_zero = int((shares <= MIN_PROBABILITY).sum())
        if n_zero:
            st.caption(
                f"{plain(title)} gives the label a probability of 0 on {count(n_zero, 'picture')}. A temperature "
                "answers to those above all and can make the rest worse: such probabilities want smoothing first."
            )


def _average_precision(chosen: Chosen, curves: Sequence[Sequence[Curve]], offered: dict[str, int]) -> None:
    letters = [title.partition(":")[0] for title in chosen.lettered]
    table = [
        {
            "Class": name,
            **{mark: 100 * each[index].average_precision for mark, each in zip(letters, curves, strict=True)},
        }
        for name, index in offered.items()
    ]
    tables.show(
        table,
        hide_index=True,
        height="content" if len(table) <= 14 else 520,
        column_config={
            mark: st.column_config.NumberColumn(format="%.1f %%", help=title)
            for mark, title in zip(letters, chosen.lettered, strict=True)
        },
    )


def _temperatures(values: Collection[float]) -> str:
    low, high = float(min(values)), float(max(values))
    return f"{low:.2f}" if high - low < 0.005 else f"{low:.2f} to {high:.2f}"


def _mean(found: Reliability) -> float:
    return float(found.confidence @ found.n / found.n.sum()) if len(found.n) else float("nan")
