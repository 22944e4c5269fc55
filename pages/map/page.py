"""Map: the dataset as points that lie near each other where pictures are alike."""

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.map import (
    colours as map_colours,
)
from pages.map import (
    export,
    form,
    http,
    selection,
    wording,
)
from pages.map import (
    filter as map_filter,
)
from pages.map import (
    picture as map_picture,
)
from pages.map import (
    view as map_view,
)
from pages.map.queries import MapData, load_balance, load_data, n_newcomers
from pages.ui import add_to_report, explain, job_cards, keep, picture, session, staleness
from pages.ui.text import count, plain
from store import projections
from store.datasets import Dataset
from store.report_blocks import BlockDraft

Runs = dict[str, projections.ProjectionRun]
MEASURED = ("neighbours_kept", "trustworthiness", "continuity", "stability")  # of a map's fidelity


def choose(data: MapData) -> tuple[list[projections.ProjectionRun], map_colours.MapColour, map_filter.MapFilter]:
    """The map (and one beside it), its colours and its filter; in the URL as `run`, `beside`, `colour` and more."""
    titles: Runs = {one_line(wording.title(run)): run for run in data.runs}
    colours = map_colours.offered(data.complete_kinds)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox("Map", list(titles), key="run", bind="query-params", width=340)
        colour = st.selectbox("Colour", list(colours), key="colour", bind="query-params", width=140)
        beside = None
        others = [title for title in titles if title != picked]
        if others:
            beside = st.selectbox(
                "Beside it",
                others,
                index=None,
                key="beside",
                bind="query-params",
                placeholder="No other map",
                width=210,
            )
        wanted = map_filter.choose(data.names, data.splits)
        if session.may("start_job"):
            with st.popover("Another map", icon=":material/add:"):
                form.show(dataset, data.spaces, data.selections)
    runs = [titles.get(str(picked), data.runs[0])]
    if beside in others:
        runs.append(titles[str(beside)])
    return runs, colours.get(str(colour), map_colours.COLOURS[0]), wanted


def pane(
    run: projections.ProjectionRun,
    colour: map_colours.MapColour,
    wanted: map_filter.MapFilter,
    wish: selection.Wish | None,
    *,
    names: list[str],
    key: str,
) -> None:
    """One map, with what the filter leaves of it."""
    root, _, generation = session.here(dataset.id)
    found = map_colours.coded(root, run.run_id, colour.name, generation)
    url = http.colour_url(run.run_id, colour.name, generation=generation)
    view = map_view.View(
        run.run_id,
        3 if run.parameters.get("dimensions") == 3 else 2,
        map_colours.colouring(colour, found, url=url, class_names=names),
        f"Map of {count(run.n_points, 'picture')}",
        "" if wanted.is_open else http.filter_url(run.run_id, wanted, generation=generation),
        map_picture.picture_url(run.run_id, colour.name, wanted, generation=generation),
        selection.for_view(wish, run_id=run.run_id),
    )
    map_view.show(view, key=key, on_open=picture.ask_for, on_select=lambda heard: selection.heard(dataset.id, heard))


def say_state(run: projections.ProjectionRun, balance: projections.Balance, left_out: pa.Table) -> None:
    """What is missing from the map, and whether it is older than the data."""
    for note in run.figures.get("notes", []):
        st.info(plain(note), icon=":material/info:")
    if run.is_stale:
        st.warning(
            f"This map is older than the data. {staleness.sentence(run, kind='projection')}",
            icon=":material/history:",
        )
    if balance.n_failed:
        shown = [f"{plain(row['path'])}: {row['reason']}" for row in left_out.to_pylist()]
        with st.expander(f"{count(balance.n_failed, 'picture')} could not be placed"):
            st.markdown("\n".join(f"- {line}" for line in shown))
    if sentence := wording.direct_sentence(run):
        st.caption(sentence)
    n_missing = balance.n_unplaced - balance.n_failed
    if n_missing > 0 and not run.parameters.get("selection"):
        say_missing(run, balance.n_images, n_missing)


def say_missing(run: projections.ProjectionRun, n_images: int, n_missing: int) -> None:
    """How many pictures are not on the map, and the way there: placed on it where they have a vector."""
    n_new = min(n_newcomers(*here, run.run_id, run.space), n_missing)
    why = (
        "newer than it"
        if n_new == n_missing
        else "without a vector"
        if not n_new
        else (f"{n_new:,} newer than it, {n_missing - n_new:,} without a vector")
    )
    st.info(
        f"{count(n_missing, 'picture')} of {n_images:,} {'is' if n_missing == 1 else 'are'} not on this map: {why}.",
        icon=":material/visibility_off:",
    )
    with st.container(horizontal=True):
        if n_new and session.may("start_job"):
            st.button(
                f"Place {count(n_new, 'picture')} on this map",
                icon=":material/add_location_alt:",
                key="map_onto",
                help="Beside those they are like. Nothing that is on the map moves.",
                on_click=job_cards.attempt,
                args=(session.supervisor().start, "projection"),
                kwargs={"dataset": dataset.name, "parameters": {"onto": run.run_id}, "who": job_cards.who()},
            )
        if n_new < n_missing:
            session.link(session.PAGES.jobs, label="Embed them on the jobs page", icon=":material/play_circle:")


def say_trust(run: projections.ProjectionRun, *, name: str) -> None:
    """How far the map can be trusted, in words. name: how it is called here, Markdown."""
    with st.expander(f"How far can {name} be trusted? **{wording.verdict(run).capitalize()}.**"):
        st.markdown("\n".join(f"- {sentence}" for sentence in wording.trust_sentences(run)))
        st.caption(
            "No flat map keeps every neighbour of a space with many dimensions. Colour by *Trust* to see where this "
            "one fails; before a decision on a few pictures, look at their neighbours themselves."
        )
        known = [what for what in MEASURED if run.figures.get(what) is not None]
        proposals = [keep.Proposal("map-trust", {"run": run.run_id, "what": what}) for what in known]
        query = {"run": one_line(wording.title(run))}
        keep.offer(dataset, proposals, page="map", key=f"map_{run.run_id}", query=query)
        draft = BlockDraft("map", title=wording.title(run), settings={"run": run.run_id}, page="map")
        add_to_report.offer_topic(dataset, draft, key=f"map_{run.run_id}")


def start_first(dataset: Dataset, data: MapData) -> None:
    """What to do where there is no map yet; ends the page."""
    st.markdown("There is no map of this dataset yet. A map puts each picture at a point near those it looks like.")
    with st.container(border=True):
        form.show(dataset, data.spaces, data.selections)
    st.stop()


dataset: Dataset = session.require_dataset()
here = session.here(dataset.id)
st.title(f"Map of {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
if not data.runs:
    start_first(dataset, data)

runs, colour, wanted = choose(data)
run = runs[0]

selection.show_refusal()
balance, left_out = load_balance(*here, run.run_id)
say_state(run, balance, left_out)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    shown_set, said = None, ""
    if not wanted.is_open:
        shown_set, n_fitting = map_filter.fitting(here[0], run.run_id, wanted, here[2])
        said = f". {map_filter.in_words(n_fitting, run.n_points)}"
    kept = f"{run.n_points:,} of {count(balance.n_images, 'picture')}"
    if run.n_points > balance.n_images:
        kept = f"{count(run.n_points, 'picture')}; {count(balance.n_images, 'is', 'are')} kept now"
    st.caption(f"{kept}{said}")
    wish = selection.choose(dataset, data.selections)
    if session.may("start_job"):
        export.show(dataset, run)
    explain.how(
        f"{wording.ABOUT.get(str(run.parameters.get('method')), '')} {wording.method_sentence(run)}",
        parameters=[
            f"Embedding: {plain(run.space)}; run {run.run_id}, {run.seconds:.0f} s, Vitrine {plain(run.code_version)}.",
            "Trust of a point: the share of its 15 nearest in the full space that are among its 15 nearest on the map. "
            "A selection counts as misplaced when its points keep less than 0.7 of what all points keep.",
            "Trustworthiness counts strangers among a point's neighbours on the map, continuity true neighbours that "
            "were lost, each weighted by how far off they rank.",
            "Measures are coloured from their 1st to their 99th percentile. Source: the host of a picture's address, "
            "else its first folder.",
        ],
        sources=[
            "van der Maaten and Hinton, JMLR 2008 (t-SNE); Poličar et al., JSS 2024 (openTSNE)",
            "McInnes, Healy and Melville, 2018 (UMAP)",
            "Venna and Kaski, Neural Networks 2006 (trustworthiness, continuity)",
        ],
    )
columns = st.columns(2 if len(runs) == 2 else [5, 3], gap="medium")
for place, shown_run in enumerate(runs):
    with columns[place]:
        if len(runs) == 2:
            st.markdown(f"**{plain(wording.title(shown_run))}**")
        pane(shown_run, colour, wanted, wish, names=data.names, key=f"map{place or ''}")
with columns[1] if len(runs) == 1 else st.container():
    shown = selection.show(dataset, run, wish, names=data.names, shown=shown_set, on_open=picture.ask_for)
for shown_run in runs:
    say_trust(shown_run, name=plain(wording.title(shown_run)) if len(runs) == 2 else "this map")

picture.open_asked(dataset, names=data.names, neighbours=shown)
