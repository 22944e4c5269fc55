"""Which query was worth it: what each found, what of it is left, what others had brought; words for a next search."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from analytics.query_worth import best_and_worst, worth
from analytics.search_words import MIN_PICTURES, MIN_SHARE, Proposal, proposals
from pages.collect.wording import source_title
from pages.ui import explain, filters, session, tables
from pages.ui.session import PAGES, SettledGeneration
from pages.ui.text import count, plain, share
from store.datasets import Dataset, class_table
from store.label_issues import list_label_runs
from store.query_worth import QueryOverlap, QueryWorth, named_pairs, query_overlap, query_worth
from store.zero_shot import list_zero_shot_runs

MOST_OVERLAPS, MOST_WORDS = 5, 8


@dataclass(frozen=True)
class WorthData:
    """Every query with what became of it. label_run, zero_shot_run: the runs that were asked, 0 for none."""

    queries: list[QueryWorth]
    overlaps: list[QueryOverlap]
    words: list[Proposal]
    names: list[str]
    label_run: int
    zero_shot_run: int


@st.cache_data(max_entries=8, show_spinner=False)
def load_worth(root: str, dataset_id: int, generation: SettledGeneration) -> WorthData:
    """What the section shows."""
    workspace = session.workspace()
    checks, named = list_label_runs(workspace, dataset_id), list_zero_shot_runs(workspace, dataset_id)
    label_run = checks[0].run_id if checks else 0
    zero_shot = named[0].run_id if named else 0
    names = filters.class_labels(class_table(workspace, dataset_id))
    confusion = np.zeros((len(names), len(names)), np.int64)
    for pair in named_pairs(workspace, dataset_id, run_id=zero_shot) if zero_shot else []:
        if max(pair.label, pair.predicted) < len(names):
            confusion[pair.label, pair.predicted] = pair.n
    return WorthData(
        query_worth(workspace, dataset_id, label_run=label_run),
        query_overlap(workspace, dataset_id, n_rows=MOST_OVERLAPS),
        proposals(confusion, names=names)[:MOST_WORDS],
        names,
        label_run,
        zero_shot,
    )


def section(dataset: Dataset) -> None:
    """The table, what it says in words, and words for the next search; nothing before anything was collected."""
    found = load_worth(*session.here(dataset.id))
    if found.queries:
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            st.subheader("Which query was worth it", anchor=False)
            _how(found)
        st.markdown(in_words(found.queries))
        tables.show(table(found), hide_index=True, column_config=_COLUMNS, height="content")
        _say_overlaps(found.overlaps)
    _say_words(found, dataset)


def table(found: WorthData) -> list[dict[str, object]]:
    """A row a query; off topic is left out where nobody looked."""
    has_topic = found.label_run or any(each.n_off_topic for each in found.queries)
    rows = []
    for each in found.queries:
        row: dict[str, object] = {
            "Query": each.query,
            "Source": source_title(each.source),
            "Found": each.n_found,
            "Kept": each.n_kept,
            "In the dataset": each.n_survived,
            "Worth": worth(each.n_survived, each.n_found).share,
            "Removed": each.n_removed,
            "Duplicates": each.n_duplicate,
            "of other queries": each.n_elsewhere,
            "Refused": each.n_refused,
            "Failed": each.n_failed,
            "Left": each.n_left,
        }
        rows.append(row | ({"Off topic": each.n_off_topic} if has_topic else {}))
    return rows


_COLUMNS = {"Worth": st.column_config.NumberColumn("Worth", format="percent", help="In the dataset, of those found")}


def in_words(queries: list[QueryWorth]) -> str:
    """The best and the worst query, where that can be told, as Markdown."""
    shares = [worth(each.n_survived, each.n_found) for each in queries]
    n_found, n_left = sum(each.n_found for each in queries), sum(each.n_survived for each in queries)
    by = count(len(queries), "query", "queries")
    said = f"Of {count(n_found, 'picture')} found by {by}, {n_left:,} are in the dataset"
    ends = best_and_worst(shares)
    if ends is None:
        return f"{said}. No query is better than another for sure." if len(queries) > 1 else f"{said}."
    (best, high), (worst, low) = ((queries[place], shares[place]) for place in ends)
    return (
        f"{said}. Worth most: {_named(best)}, {share(high.share)} of {high.n:,}; least: {_named(worst)}, "
        f"{share(low.share)} of {low.n:,}."
    )


def _named(query: QueryWorth) -> str:
    return f"**{plain(query.query)}** at {plain(source_title(query.source))}"


def _say_overlaps(overlaps: list[QueryOverlap]) -> None:
    if not overlaps:
        return
    lines = [
        f"- {plain(each.query)} ({plain(source_title(each.source))}) found {count(each.n, 'picture')} that "
        f"{plain(each.other_query)} ({plain(source_title(each.other_source))}) had brought"
        for each in overlaps
    ]
    st.caption("Found twice:\n" + "\n".join(lines))


def _say_words(found: WorthData, dataset: Dataset) -> None:
    """What to search for next, by the classes that their names alone mix up."""
    if not found.words:
        return
    st.markdown("**Words for the next search**")
    lines = []
    for each in found.words:
        taken = f"{share(each.share)} of {count(each.n, 'picture')}"
        names = plain(found.names[each.class_index]), plain(found.names[each.other_index])
        search = f": search `{each.query.replace('`', '')}`" if each.query else ""
        lines.append(f"- {names[0]} is taken for {names[1]} by its name, {taken}{search}")
    st.markdown("\n".join(lines))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"By zero-shot run {found.zero_shot_run}; the minus leaves a word out where the source knows it.")
        session.link(
            PAGES.prompt_lab, label="Zero-shot", icon=":material/arrow_forward:", query_params={"dataset": dataset.name}
        )


def _how(found: WorthData) -> None:
    check = f"run {found.label_run}" if found.label_run else "none has run"
    explain.how(
        "A query is counted over all runs: found = kept + duplicates + refused + failed + left. *In the dataset* are "
        "kept pictures that count now, neither removed nor taken down; *worth* is their share of those found. "
        "Duplicates of other queries are pictures that another query had brought before, so what counts for whom "
        "depends on who was asked first.",
        parameters=[
            f"Off topic: kept pictures that were removed as that, or that a label check ({check}) takes for outliers.",
            "Best and worst are named where their 95 % intervals (Wilson) are apart, of queries that found 20 or more.",
            f"Words: classes of {MIN_PICTURES} pictures and more of which zero-shot names {share(MIN_SHARE)} and more "
            "as another. Their names may mix them up, or their pictures: look before you search.",
        ],
        sources=["Wilson, JASA 1927"],
    )
