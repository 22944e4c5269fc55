"""Before and after: the runs beside results that others have published, and the form that takes those in."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from figures.names import one_line
from pages.compare import wording
from pages.compare.choose import Chosen
from pages.compare.queries import CompareData
from pages.compare.results import Compared, load_compared
from pages.ui import job_cards, session, tables, uploads
from pages.ui.filters import name_of
from pages.ui.session import Here
from pages.ui.text import LONGEST_LINE, percent, plain
from store.datasets import Dataset
from store.errors import BadReference
from store.references import WHOLE, Reference, delete_reference, read_csv, save_reference

ELSEWHERE = "Another evaluation set"


def show(dataset: Dataset, here: Here, data: CompareData, chosen: Chosen) -> None:
    """The page's last view."""
    compared = load_compared(*here, chosen.wanted)
    own = data.set_ids.get(chosen.title)
    if not data.references:
        st.info(
            "There is no published result to put beside the runs yet. Enter one below: what a course, a paper or a "
            "leaderboard reports of this dataset.",
            icon=":material/bookmark_add:",
        )
    _table(data, chosen, compared, own=own)
    _words(data, chosen, compared, own=own)
    if session.may("save_reference"):
        with st.expander("Enter a published result", expanded=not data.references):
            _form(dataset, data)
    if data.references:
        with st.expander(f"Sources, and what is kept ({len(data.references)})"):
            _kept(dataset, data)


def _table(data: CompareData, chosen: Chosen, compared: Compared, *, own: int | None) -> None:
    titles = _unlike([one_line(one.name) for one in data.references])
    rows = [_sets(data, chosen, titles, own=own)]
    for index in [-1, *range(max(len(data.names), compared.found.recall.shape[1]))]:
        row: dict[str, str] = {
            "Score": "Balanced accuracy" if index < 0 else f"Recall of {one_line(name_of(index, names=data.names))}"
        }
        for title, one in zip(titles, data.references, strict=True):
            recall = one.recalls[index] if 0 <= index < len(one.recalls) else None
            row[title] = percent(one.balanced_accuracy if index < 0 else float("nan") if recall is None else recall)
        for place, title in enumerate(chosen.lettered):
            row[title] = wording.with_interval(*_of(compared, place, index))
        if len(chosen.runs) > 1:
            row[_last(chosen)] = _change(compared, index)
        rows.append(row)
    tables.show(
        rows,
        hide_index=True,
        height="content" if len(rows) <= 22 else 640,
        column_config={title: st.column_config.TextColumn(width=210, help=title) for title in titles},
    )
    st.caption(f"The runs on {plain(chosen.ground)}; 95 % intervals in brackets.")


def _words(data: CompareData, chosen: Chosen, compared: Compared, *, own: int | None) -> None:
    elsewhere = [one for one in data.references if not _is_same(one, own=own)]
    if elsewhere:
        names = plain(", ".join(one.name for one in elsewhere))
        st.warning(
            f"**Another evaluation set**: {names}. Those figures were measured on other pictures than “"
            f"{plain(chosen.title)}”, so a distance to them holds the difference of the pictures too. It cannot be "
            "tested; only runs on the same pictures can.",
            icon=":material/compare:",
        )
    for pair in compared.pairs:
        if (pair.first, pair.second) == (0, len(chosen.runs) - 1):
            sentence = wording.pair_sentence(pair, chosen.lettered, n_pairs=len(compared.pairs))
            st.markdown(plain(f"On the same pictures: {sentence}"))


def _form(dataset: Dataset, data: CompareData) -> None:
    """By hand or from a CSV; saved with its source."""
    with st.form("reference", border=False):
        left, right = st.columns(2, gap="large")
        with left:
            name = st.text_input(
                "Name", key="reference_name", placeholder="Course baseline, untouched data", max_chars=LONGEST_LINE
            )
            source = st.text_input(
                "Source",
                key="reference_source",
                placeholder="Where it is published: page or paper",
                max_chars=LONGEST_LINE,
            )
            offered = [ELSEWHERE, *data.set_ids]
            on = st.selectbox(
                "Measured on",
                offered,
                key="reference_on",
                help="Choose one of this dataset's evaluation sets only if exactly these pictures were used.",
            )
            whole = st.number_input(
                "Balanced accuracy (%)",
                0.0,
                100.0,
                None,
                0.01,
                key="reference_whole",
                format="%.2f",
                placeholder="The mean of the recalls",
            )
            uploaded = st.file_uploader(
                "Recalls from a CSV instead", type=["csv"], key="reference_csv", max_upload_size=uploads.TABLE_MIB
            )
            st.caption(f"Columns `class,recall`: index or name, and 0.3088 or 30.88 %. A row `{WHOLE}` gives that.")
        with right:
            st.caption("Recall of each class in percent, where published")
            edited: Mapping[str, Any] = st.data_editor(
                {
                    "Class": [one_line(name) for name in data.names],
                    "Recall (%)": np.full(len(data.names), np.nan),
                },
                hide_index=True,
                disabled=["Class"],
                key="reference_recalls",
                height=min(35 * len(data.names) + 38, 420),
                column_config={"Recall (%)": st.column_config.NumberColumn(min_value=0, max_value=100, format="%.2f")},
            )
        if st.form_submit_button("Keep this result", type="primary", icon=":material/bookmark_add:"):
            typed = [None if value != value or value is None else value / 100 for value in edited["Recall (%)"]]
            _save(
                dataset,
                data,
                name=name,
                source=source,
                set_id=data.set_ids.get(str(on)),
                whole=None if whole is None else whole / 100,
                typed=typed,
                content=None if uploaded is None else uploaded.getvalue(),
            )


def _save(
    dataset: Dataset,
    data: CompareData,
    *,
    name: str,
    source: str,
    set_id: int | None,
    whole: float | None,
    typed: list[float | None],
    content: bytes | None,
) -> None:
    recalls: Sequence[float | None] = typed
    try:
        if content is not None:
            figures = read_csv(content, names=data.names)
            recalls, whole = figures.recalls, whole if figures.balanced_accuracy is None else figures.balanced_accuracy
        save_reference(
            session.workspace(),
            dataset.id,
            name=name,
            recalls=recalls,
            balanced_accuracy=whole,
            source=source,
            set_id=set_id,
            who=job_cards.who(),
        )
    except BadReference as error:
        st.error(plain(error), icon=":material/block:")
        return
    st.rerun()


def _kept(dataset: Dataset, data: CompareData) -> None:
    for one in data.references:
        with st.container(horizontal=True, vertical_alignment="center"):
            where = one.set_name or ELSEWHERE.lower()
            st.markdown(
                f"**{plain(one.name)}**: {percent(one.balanced_accuracy)} on {plain(where)}. {plain(one.source)} "
                f"(entered by {plain(one.who)}, {one.created_at:%d %B %Y})"
            )
            if not session.may("delete_reference"):
                continue
            st.button(
                "Forget",
                key=f"forget_{one.id}",
                type="tertiary",
                icon=":material/delete:",
                on_click=job_cards.attempt,
                args=(delete_reference, session.workspace(), dataset.id),
                kwargs={"reference_id": one.id},
            )


def _sets(data: CompareData, chosen: Chosen, titles: Sequence[str], *, own: int | None) -> dict[str, str]:
    """The table's first row: the evaluation set of each column."""
    row: dict[str, str] = {"Score": "Evaluation set"}
    for title, one in zip(titles, data.references, strict=True):
        row[title] = chosen.title if _is_same(one, own=own) else "another evaluation set"
    row |= dict.fromkeys(chosen.lettered, chosen.title)
    return row | ({_last(chosen): "the same"} if len(chosen.runs) > 1 else {})


def _is_same(one: Reference, *, own: int | None) -> bool:
    return one.set_id is not None and one.set_id == own


def _unlike(titles: list[str]) -> list[str]:
    return [f"{title} ({place})" if titles.count(title) > 1 else title for place, title in enumerate(titles)]


def _last(chosen: Chosen) -> str:
    return f"{wording.letter(len(chosen.runs) - 1)} less {wording.letter(0)}"


def _of(compared: Compared, place: int, index: int) -> tuple[float, float, float]:
    """Estimate and ends of a run's balanced accuracy (index -1) or of its recall of a class."""
    if index >= compared.found.recall.shape[1]:
        return float("nan"), float("nan"), float("nan")
    estimate, low, high = (
        float(each.balanced_accuracy[place] if index < 0 else each.recall[place, index])
        for each in (compared.found, compared.low, compared.high)
    )
    return estimate, low, high


def _change(compared: Compared, index: int) -> str:
    n_runs = len(compared.found.accuracy)
    if index < 0:
        (pair,) = [pair for pair in compared.pairs if (pair.first, pair.second) == (0, n_runs - 1)]
        return wording.points(pair.balanced_accuracy)
    if index >= len(compared.changes):
        return "–"
    return wording.points(compared.changes[index])
