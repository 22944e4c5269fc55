"""Scores of each run with intervals, every pair's difference in words, each class, and what relabelling did to them."""

import streamlit as st

from analytics.comparison import Scores
from figures.class_scores import MOST_CLASSES, score_by_run
from figures.names import one_line
from pages.compare import wording
from pages.compare.choose import Chosen
from pages.compare.queries import IMPORTED, NOW, CompareData
from pages.compare.results import Compared, load_compared, load_effect
from pages.compare.wording import with_interval
from pages.ui import charts, tables
from pages.ui.filters import every_name, name_of
from pages.ui.session import Here
from pages.ui.text import count, percent, plain

FEW = 20  # pictures of a class, from which on an interval by resampling can be believed
_MEANS = {"Balanced accuracy": "balanced_accuracy", "Macro F1": "macro_f1", "Accuracy": "accuracy"}


def show(here: Here, data: CompareData, chosen: Chosen) -> None:
    """The page's first view."""
    compared = load_compared(*here, chosen.wanted)
    st.subheader("Scores", anchor=False)
    _means(chosen, compared)
    if compared.pairs:
        st.subheader("Is the difference more than chance?", anchor=False)
        _pairs(chosen, compared)
    st.subheader("Each class", anchor=False)
    _classes(data, chosen, compared)
    st.subheader("What the labels do to the scores", anchor=False)
    _effect(here, chosen)


def _means(chosen: Chosen, compared: Compared) -> None:
    rows = [
        {
            "Run": title,
            **{
                words: with_interval(*(float(getattr(each, name)[place]) for each in _three(compared)))
                for words, name in _MEANS.items()
            },
            "Evaluation set": chosen.title,
            "Labels": chosen.ground.partition("labels ")[2],
        }
        for place, title in enumerate(chosen.lettered)
    ]
    tables.show(rows, hide_index=True, height="content")
    st.caption(
        f"On {plain(chosen.ground)}. In brackets: 95 % intervals over 2,000 resamples of these pictures. They say "
        "what another sample of pictures might give, not what another seed in training might."
    )


def _pairs(chosen: Chosen, compared: Compared) -> None:
    n_pairs = len(compared.pairs)
    for pair in compared.pairs:
        icon = ":material/check_circle:" if pair.is_significant else ":material/help:"
        st.markdown(f"{icon} {plain(wording.pair_sentence(pair, chosen.lettered, n_pairs=n_pairs))}")
    rows = [
        {
            "Pair": f"{wording.letter(pair.second)} less {wording.letter(pair.first)}",
            "Balanced accuracy": wording.points(pair.balanced_accuracy),
            "Macro F1": wording.points(pair.macro_f1),
            "p of balanced accuracy": wording.p_value(pair.p_balanced_holm),
            "McNemar, accuracy": wording.mcnemar_sentence(pair),
        }
        for pair in compared.pairs
    ]
    tables.show(rows, hide_index=True, height="content")
    holm = (
        f" All p are Holm's, for {n_pairs} pairs at once: of many comparisons one looks significant by chance alone."
        if n_pairs > 1
        else ""
    )
    st.caption(
        f"On {plain(chosen.ground)}. Both runs are resampled on the same pictures, so what is hard for both cancels. "
        f"McNemar's test is exact and asks about accuracy, in which large classes weigh more.{holm}"
    )


def _classes(data: CompareData, chosen: Chosen, compared: Compared) -> None:
    found = compared.found
    shown = [index for index in range(len(found.support)) if found.support[index]]
    what = st.segmented_control(
        "Show",
        ["Recall", "Precision"],
        default="Recall",
        required=True,
        key="score",
        bind="query-params",
        label_visibility="collapsed",
    )
    names = every_name(len(found.support), names=data.names)
    chart = score_by_run(*_three(compared), names=names, titles=chosen.lettered, measure=str(what).lower())
    if not chart.is_empty:
        charts.draw(chart)
    rows = [
        {
            "Class": one_line(name_of(index, names=data.names)),
            "Pictures": int(found.support[index]),
            **{
                f"{words} {wording.letter(place)}": with_interval(
                    *(float(getattr(each, name)[place, index]) for each in _three(compared))
                )
                for words, name in (("Recall", "recall"), ("Precision", "precision"))
                for place in range(len(chosen.runs))
            },
        }
        for index in shown
    ]
    tables.show(rows, hide_index=True, height="content" if len(rows) <= 12 else 460)
    lacking = [name_of(index, names=data.names) for index in range(len(found.support)) if not found.support[index]]
    few = sum(0 < found.support[index] < FEW for index in shown)
    st.caption(
        f"On {plain(chosen.ground)}. "
        + (f"No picture of {plain(', '.join(lacking[:6]))}: left out of the means. " if lacking else "")
        + (f"{count(few, 'class', 'classes')} of under {FEW} pictures: intervals are too narrow. " if few else "")
        + (f"The chart draws the first {MOST_CLASSES} of {len(shown)} classes. " if len(shown) > MOST_CLASSES else "")
        + "An interval without width means that no picture of the class was wrong, or right."
    )


def _effect(here: Here, chosen: Chosen) -> None:
    if chosen.wanted.basis not in (NOW, IMPORTED):
        st.caption("Choose labels as they are now, or as imported, to see what the change between them did.")
        return
    effect = load_effect(*here, chosen.wanted)
    if not effect.n_relabelled and not effect.n_removed:
        st.caption(
            f"No label of “{plain(chosen.title)}” has been changed since the import, and none of its pictures removed: "
            "both kinds of labels give the same scores."
        )
        return
    st.markdown(
        f"Since the import {count(effect.n_relabelled, 'label')} of “{plain(chosen.title)}” "
        f"{'has' if effect.n_relabelled == 1 else 'have'} been changed and {count(effect.n_removed, 'picture')} "
        "removed."
    )
    rows = [
        {
            "Run": title,
            **{
                f"{words}, {kind}": percent(float(getattr(scores, name)[place]))
                for words, name in list(_MEANS.items())[:2]
                for kind, scores in (("imported", effect.imported), ("now", effect.now))
            },
            "Change of balanced accuracy": _change(effect.imported, effect.now, place),
        }
        for place, title in enumerate(chosen.lettered)
    ]
    tables.show(rows, hide_index=True, height="content")
    st.caption(
        f"On “{plain(chosen.title)}”: {count(effect.n_imported, 'picture')} by labels as imported, "
        f"{effect.n_now:,} by labels as they are now. The runs are the same; only what they are held against differs. "
        "Labels that were changed on a model's word favour runs that are like that model."
    )


def _change(before: Scores, after: Scores, place: int) -> str:
    value = float(after.balanced_accuracy[place] - before.balanced_accuracy[place])
    return "–" if value != value else f"{100 * value:+z.1f} points"


def _three(compared: Compared) -> tuple[Scores, Scores, Scores]:
    return compared.found, compared.low, compared.high
