"""Map: the dataset as points that lie near each other where pictures are alike."""

import pyarrow as pa
import streamlit as st

from analytics.quality import SCORES
from pages.parts import explain, filters, gallery, job_cards, map_data, map_form, map_view, map_words, picture, session
from pages.parts.map_known import Known, load_balance, load_known, load_selected
from pages.parts.text import count, one_line, plain, share
from store import projections
from store.datasets import Dataset

KEY = "map"
# What people read, and the URL says -> what the map asks for
COLOURS = {"Label": "label", "Split": "split", "Trust": "trust", **{name.capitalize(): name for name in SCORES}}


def choose(known: Known) -> tuple[projections.ProjectionRun, str]:
    """The map and its colours; in the URL as `run` and `colour`."""
    titles = {one_line(map_words.title(run)): run for run in known.runs}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox("Map", list(titles), key="run", bind="query-params", width=460)
        colour = st.selectbox("Colour", list(COLOURS), key="colour", bind="query-params", width=170)
        with st.popover("Another map", icon=":material/add:"):
            map_form.show(dataset, known.spaces)
    return titles.get(str(picked), known.runs[0]), COLOURS.get(str(colour), "label")


def colouring(run: projections.ProjectionRun, colour: str, *, names: list[str], generation: int) -> map_view.Colouring:
    """The palette, the legend and the address of a colour's codes."""
    workspace = session.workspace()
    url = map_data.colour_url(run.run_id, colour, generation=generation)
    if colour == "label":
        return map_view.by_class(url, names)
    if colour == "split":
        return map_view.by_split(url, projections.point_splits(workspace, run.run_id))
    codes = map_data.colour_codes(str(workspace.root), run.run_id, colour, generation)
    title = "Share of its neighbours kept" if colour == "trust" else f"{colour.capitalize()} (score)"
    return map_view.by_measure(url, title, low=codes.low, high=codes.high)


def say_state(run: projections.ProjectionRun, balance: projections.Balance, left_out: pa.Table) -> None:
    """What is missing from the map, and whether it is older than the data."""
    for note in run.figures.get("notes", []):
        st.info(plain(note), icon=":material/info:")
    if run.is_stale:
        st.warning(
            f"This map is older than the data: pictures, labels or decisions have changed since "
            f"{run.finished_at:%d %B %Y, %H:%M} UTC. Colours and names are today's; places are from then. "
            "Make another map to bring it up to date.", icon=":material/history:",
        )  # fmt: skip
    if balance.n_failed:
        shown = [f"{plain(row['path'])}: {row['reason']}" for row in left_out.to_pylist()]
        with st.expander(f"{count(balance.n_failed, 'picture')} could not be placed"):
            st.markdown("\n".join(f"- {line}" for line in shown))
    n_missing = balance.n_unplaced - balance.n_failed
    if n_missing > 0:
        st.info(
            f"{count(n_missing, 'picture')} of {balance.n_images:,} {'is' if n_missing == 1 else 'are'} not on this "
            "map: without a vector, or newer than it.", icon=":material/visibility_off:",
        )  # fmt: skip
        st.page_link(session.PAGES.jobs, label="Embed them on the jobs page", icon=":material/play_circle:")


def say_trust(run: projections.ProjectionRun) -> None:
    """How far the map can be trusted, in words."""
    with st.expander(f"How far can this map be trusted? **{map_words.verdict(run).capitalize()}.**"):
        st.markdown("\n".join(f"- {sentence}" for sentence in map_words.trust_sentences(run)))
        st.caption(
            "No flat map keeps every neighbour of a space with many dimensions. Colour by *Trust* to see where this "
            "one fails; before a decision on a few pictures, look at their neighbours themselves."
        )


def draw_selection(run: projections.ProjectionRun, names: list[str], here: tuple[str, int, int]) -> list[int]:
    """The gallery of what the lasso caught; the ids that are shown."""
    selected = map_view.selection(KEY, run_id=run.run_id)
    if selected is None:
        st.markdown("**Nothing is selected.**")
        st.caption("Draw a lasso around points (the button, or Shift and drag) to see their pictures here.")
        st.caption("Ctrl adds to what is selected, Alt takes away. A click on a point opens its picture.")
        return []
    table = load_selected(*here, run.run_id, selected.image_ids)
    rows = table.to_pylist()
    st.subheader(f"{selected.n:,} of {run.n_points:,} selected", anchor=False)
    kept = [row["trust"] for row in rows if row["trust"] is not None]
    doubt = f"; these keep {share(sum(kept) / len(kept))} of their neighbours on average" if kept else ""
    st.caption(f"Showing {'the first ' if selected.n > len(rows) else 'all '}{len(rows):,}{doubt}.")
    items = [
        gallery.Item(
            row["image_id"], row["sha256"], filters.label_text(row["label"], row["labels"], names=names),
            row["split"] or row["path"].rsplit("/", 1)[-1],
        )
        for row in rows
    ]  # fmt: skip
    with st.container(height=map_view.HEIGHT - 60, border=False):
        gallery.show(
            [gallery.Section(items)], key="map_selected", label="Selected pictures", side=96, on_open=picture.ask_for
        )
    return [row["image_id"] for row in rows]


def start_first(dataset: Dataset, known: Known) -> None:
    """What to do where there is no map yet; ends the page."""
    st.markdown("There is no map of this dataset yet. A map puts each picture at a point near those it looks like.")
    with st.container(border=True):
        map_form.show(dataset, known.spaces)
    st.stop()


dataset: Dataset = session.require_dataset()
here = (str(session.workspace().root), dataset.id, session.generation(dataset.id))
st.title(f"Map of {plain(dataset.name)}")
job_cards.show_refusal()
known = load_known(*here)
if not known.runs:
    start_first(dataset, known)

run, colour = choose(known)

balance, left_out = load_balance(*here, run.run_id)
say_state(run, balance, left_out)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.caption(f"{run.n_points:,} of {balance.n_images:,} pictures")
    workspace = session.workspace()
    st.download_button(
        "Download the points", lambda: projections.export_points(workspace, dataset.id, run_id=run.run_id), "map.csv",
        "text/csv", icon=":material/download:", type="tertiary", on_click="ignore",
        help="A CSV: image, path, class, split, x, y, z and how far to trust each point.",
    )  # fmt: skip
    explain.how(
        f"{map_words.ABOUT.get(str(run.parameters.get('method')), '')} {map_words.method_sentence(run)}",
        parameters=[
            f"Embedding: {plain(run.space)}; run {run.run_id}, {run.seconds:.0f} s, Vitrine {plain(run.code_version)}.",
            "Trust of a point: the share of its 15 nearest in the full space that are among its 15 nearest on the map.",
            "Trustworthiness counts strangers among a point's neighbours on the map, continuity true neighbours that "
            "were lost, each weighted by how far off they rank.",
            "Measures are coloured from their 1st to their 99th percentile.",
        ],
        sources=[
            "van der Maaten and Hinton, JMLR 2008 (t-SNE); Poličar et al., JSS 2024 (openTSNE)",
            "McInnes, Healy and Melville, 2018 (UMAP)",
            "Venna and Kaski, Neural Networks 2006 (trustworthiness, continuity)",
        ],
    )
left, right = st.columns([5, 3], gap="medium")
with left:
    map_view.show(
        run.run_id, colouring(run, colour, names=known.names, generation=here[2]),
        label=f"Map of {run.n_points:,} pictures", key=KEY, on_open=picture.ask_for,
    )  # fmt: skip
with right:
    shown = draw_selection(run, known.names, here)
say_trust(run)

picture.open_asked(dataset, names=known.names, neighbours=shown)
