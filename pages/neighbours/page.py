"""Neighbours: what a picture lies next to, the most similar pairs, and pictures found by another or by words."""

import streamlit as st

from figures.names import one_line
from jobs.engine.supervisor import REFUSALS
from pages.neighbours import qdrant, view
from pages.neighbours.queries import (
    MOST_PAIRS,
    Near,
    NeighbourData,
    load_data,
    load_near,
    load_pairs,
    near_vector,
    near_words,
)
from pages.ui import explain, gallery, job_cards, links, picture, session, staleness, tables, uploads
from pages.ui.text import LONGEST_LINE, count, plain
from store import neighbours
from store.datasets import Dataset
from store.qdrant import Collection
from store.vectors import Space

UPLOAD = "Your picture"  # the gate takes files of curators alone
WAYS = ("A picture", "Pairs", UPLOAD, "Words")
PICTURE = "picture"
MOST_NEIGHBOURS = 48


def choose(data: NeighbourData) -> tuple[str, Space, int]:
    """How to look, in which space, and how many neighbours; in the URL as `by`, `space` and `k`."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ways = WAYS if session.may("start_job") else tuple(way for way in WAYS if way != UPLOAD)
        way = st.segmented_control("Look from", ways, default=WAYS[0], required=True, key="by", bind="query-params")
        by_title = {one_line(space.name): space for space in data.spaces}
        title = st.selectbox("Embedding", list(by_title), key="space", bind="query-params", width=260)
        k = links.whole_number("Neighbours", 8, MOST_NEIGHBOURS, 8, key="k", width=130)
    return str(way), by_title.get(str(title), data.spaces[0]), k


def say_state(dataset: Dataset, data: NeighbourData, space: Space) -> neighbours.GraphRun | None:
    """What is missing or out of date, with the buttons that mend it; the graph of the space, if there is one."""
    job_cards.show_active(kinds=("neighbours",))
    graph = data.graphs.get(space.name)
    label = ""
    if graph is None:
        label = "Search all neighbours"
        st.info(
            "The neighbour graph of this embedding has not been computed: single pictures are looked up one by one, "
            "and pairs need it.",
            icon=":material/hub:",
        )
    elif graph.is_stale:
        label = "Search again"
        st.warning(
            f"These neighbours are older than the data. {staleness.sentence(graph, kind='neighbours')}",
            icon=":material/history:",
        )
    if label and session.may("start_job"):
        st.button(
            label,
            icon=":material/play_arrow:",
            key="start_neighbours",
            on_click=job_cards.attempt,
            args=(session.supervisor().start, "neighbours"),
            kwargs={"dataset": dataset.name, "parameters": {"space": space.name}, "who": job_cards.who()},
        )
    if data.n_without:
        st.info(
            f"{count(data.n_without, 'picture')} without a vector cannot be compared.",
            icon=":material/visibility_off:",
        )
        session.link(session.PAGES.jobs, label="Embed them on the jobs page", icon=":material/play_circle:")
    return graph


def go_to(image_id: int | None) -> None:
    """Make an image the one in the middle; a callback."""
    if image_id is not None:
        st.query_params[PICTURE] = str(image_id)


def chosen_image(dataset: Dataset) -> int | None:
    """The image in the URL, or one drawn at random."""
    asked = links.number_in_url(PICTURE)
    return asked if asked is not None else neighbours.random_image(session.workspace(), dataset.id, seed=801)


def steps(dataset: Dataset, image_id: int) -> None:
    """Search by name, random, previous and next."""
    workspace = session.workspace()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(
            "Find by name",
            key="find",
            type="search",
            placeholder="part of a file name",
            width=230,
            max_chars=LONGEST_LINE,
        )
        if name.strip():
            found = neighbours.find_images(workspace, dataset.id, name=name.strip()).to_pylist()
            titles = {f"{one_line(row['path'])} ({row['image_id']})": row["image_id"] for row in found}
            picked = st.selectbox(
                f"{count(len(found), 'match', 'matches')}",
                list(titles),
                index=None,
                key=f"found-{name}",
                width=300,
                placeholder="Choose one" if found else "No picture is called so",
            )
            if picked and titles[picked] != image_id:
                go_to(titles[picked])
                st.rerun()
        beside = {
            before: neighbours.image_beside(workspace, dataset.id, image_id=image_id, before=before)
            for before in (True, False)
        }
        st.button("Previous", icon=":material/arrow_back:", on_click=go_to, args=(beside[True],))
        st.button("Next", icon=":material/arrow_forward:", on_click=go_to, args=(beside[False],))
        st.button("Random", icon=":material/shuffle:", on_click=_go_random, args=(dataset.id, image_id))


def _go_random(dataset_id: int, image_id: int) -> None:
    go_to(neighbours.random_image(session.workspace(), dataset_id, seed=image_id * 7919 + 1))


def by_picture(
    dataset: Dataset, data: NeighbourData, space: Space, graph: neighbours.GraphRun | None, k: int
) -> list[int]:
    """One picture and what it lies next to; the ids drawn."""
    image_id = chosen_image(dataset)
    if image_id is None:
        st.info("There are no pictures to look at.")
        return []
    steps(dataset, image_id)
    own = next(iter(neighbours.image_rows(session.workspace(), dataset.id, [image_id])), None)
    if own is None:
        st.warning(f"{plain(dataset.name)} has no image {image_id}.", icon=":material/search_off:")
        return []
    collection = qdrant.chosen(dataset.id, space)
    near = nearest(dataset, space, graph, image_id, k, collection=collection)
    left, right = st.columns([2, 3], gap="large")
    with left:
        gallery.show_one(own, names=data.names)
        st.button("All that is known of it", icon=":material/info:", on_click=picture.ask_for, args=(image_id,))
    with right:
        if near is None:
            st.info("This picture has no vector in this embedding, so nothing is known of its neighbours.")
            return [image_id]
        view.say_agreement(near, own=own, names=data.names)
        st.caption(f"A click makes a picture the one in question. Found {near.how}.")
        return view.grid(near, own=own, names=data.names, on_open=go_to, key="near")


def nearest(
    dataset: Dataset,
    space: Space,
    graph: neighbours.GraphRun | None,
    image_id: int,
    k: int,
    *,
    collection: Collection | None,
) -> Near | None:
    """What a picture lies next to: by Qdrant where that is wished and answers, else from the workspace."""
    if collection is not None:
        try:
            return qdrant.near_picture(dataset.id, space, collection, image_id, n=k)
        except qdrant.REFUSALS as error:
            st.error(plain(f"{error} What follows was found by Vitrine."), icon=":material/database_off:")
    return load_near(*here, space, graph.run_id if graph else 0, image_id, k)


def by_pairs(data: NeighbourData, graph: neighbours.GraphRun | None) -> list[int]:
    """Two pictures side by side, stepping through the most similar pairs; the ids drawn."""
    if graph is None:
        return []
    with st.container(horizontal=True, gap="medium"):
        wanted = [
            st.checkbox(title, key=key, bind="query-params")
            for title, key in (
                ("Different labels", "labels"),
                ("Across splits", "across"),
                ("Not the same file", "bytes"),
            )
        ]
    pairs = load_pairs(*here, graph.run_id, *wanted)
    if not pairs.num_rows:
        st.info("No pair of neighbours fits.")
        return []
    number = links.whole_number("Pair", 1, pairs.num_rows, 1, key="pair", width=130)
    row = pairs.slice(number - 1, 1).to_pylist()[0]
    ids = [row["first_image"], row["second_image"]]
    facts = neighbours.image_rows(session.workspace(), here[1], ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Previous pair", icon=":material/arrow_back:", on_click=_step, args=(-1, pairs.num_rows))
        st.button("Next pair", icon=":material/arrow_forward:", on_click=_step, args=(1, pairs.num_rows))
        st.markdown(f"**Cosine {row['similarity']:.4f}** · pair {number:,} of the {pairs.num_rows:,} most similar")
    for column, fact in zip(st.columns(2, gap="large"), facts, strict=True):
        with column:
            gallery.show_one(fact, names=data.names)
            st.button(
                "Its neighbours",
                key=f"near-{fact.image_id}",
                icon=":material/hub:",
                on_click=_look_at,
                args=(fact.image_id,),
            )
    first = max(0, int(number) - 6)
    table = pairs.slice(first, 12).append_column(
        "rank", [list(range(first + 1, first + 1 + min(12, pairs.num_rows - first)))]
    )
    tables.show(
        table.select(["rank", "similarity", "first_image", "second_image"]),
        hide_index=True,
        column_config={
            "rank": "Rank",
            "similarity": st.column_config.NumberColumn("Cosine", format="%.4f"),
            "first_image": "Picture",
            "second_image": "Picture beside it",
        },
    )
    return ids


def _step(by: int, n: int) -> None:
    st.session_state["pair"] = min(max(int(st.session_state.get("pair", 1)) + by, 1), n)


def _look_at(image_id: int) -> None:
    go_to(image_id)
    st.session_state["by"] = WAYS[0]


def by_upload(dataset: Dataset, data: NeighbourData, space: Space, k: int) -> list[int]:
    """Pictures near one that the visitor brings; it is looked at and not kept."""
    file = st.file_uploader("A picture from your machine", key="query_picture", max_upload_size=uploads.PICTURE_MIB)
    if file is None:
        st.caption("It is turned into a vector by the same model as the dataset, compared, and not kept.")
        return []
    try:
        with st.spinner("Looking at your picture; the first time the model is loaded…"):
            vector = session.supervisor().queries.picture(space, file.getvalue())
        near = near_vector(dataset.id, space, vector, n=k)
    except REFUSALS as error:
        st.error(plain(str(error)), icon=":material/block:")
        return []
    left, right = st.columns([2, 3], gap="large")
    left.markdown("**Your picture**")
    left.html(view.own_picture(file.getvalue()))
    with right:
        return _show_found(data, near)


def by_words(dataset: Dataset, data: NeighbourData, space: Space, k: int) -> list[int]:
    """Pictures near a description."""
    way = session.supervisor().queries.reads_words(space)
    if not way:
        st.info(
            f"{plain(space.model)} knows pictures but no words. Words work with an open_clip embedding, and by ConSE "
            "with that of EfficientNet-Lite0.",
            icon=":material/text_fields:",
        )
        return []
    text = st.text_input(
        "What to look for",
        key="text",
        bind="query-params",
        placeholder="a cheetah in the grass",
        width=420,
        max_chars=LONGEST_LINE,
    )
    if way == "conse":
        st.caption(
            "By **ConSE**, not by CLIP: it knows pictures as mixtures of ImageNet's 1,000 classes, so it finds animals "
            "and things, hardly colours, counts or actions."
        )
    if not (text or "").strip():
        return []
    try:
        with st.spinner("Reading; the first time the model is loaded…"):
            if way == "clip":
                near = near_vector(dataset.id, space, session.supervisor().queries.text(space, [text.strip()]), n=k)
            else:
                scores, about = session.supervisor().queries.conse_scores([text.strip()])
                near = near_words(here, space, scores[0], n=k)
                st.caption(plain(f"{about}."))
    except REFUSALS as error:
        st.error(plain(str(error)), icon=":material/block:")
        return []
    return _show_found(data, near)


def _show_found(data: NeighbourData, near: Near) -> list[int]:
    view.say_agreement(near, own=None, names=data.names)
    return view.grid(near, own=None, names=data.names, on_open=picture.ask_for, key="found")


dataset: Dataset = session.require_dataset()
here = session.here(dataset.id)
st.title(f"Neighbours in {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here, dataset.n_images)
if not data.spaces:
    st.markdown("Pictures are compared by their vectors, and this dataset has none yet.")
    session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
    st.stop()

way, space, k = choose(data)

graph = say_state(dataset, data, space)
if way == WAYS[0]:
    drawn = by_picture(dataset, data, space, graph, k)
elif way == WAYS[1]:
    drawn = by_pairs(data, graph)
elif way == UPLOAD:
    drawn = by_upload(dataset, data, space, k)
else:
    drawn = by_words(dataset, data, space, k)
explain.how(
    "Each picture is a vector of one embedding; how alike two are is the cosine of their vectors, 1 for the same "
    "direction. Vectors of two embeddings are never compared. Neighbours come from the graph that is computed once for "
    "maps, neighbours and duplicates.",
    parameters=[
        f"Embedding: {plain(space.name)}, {space.dim} numbers a picture, run {space.run_id}.",
        f"Graph: run {graph.run_id}, the {graph.k} nearest of {count(graph.n_images, 'picture')}, recall "
        f"{float(graph.figures.get('recall', float('nan'))):.3f} of {graph.figures.get('n_checked', '?')} checked; "
        f"{plain(str(graph.figures.get('method', '')))}."
        if graph
        else "Graph: none yet.",
        f"Pairs: the {MOST_PAIRS} most similar among each picture's ten nearest.",
    ],
    sources=[
        "Johnson, Douze and Jégou, 2017; André, Kermarrec and Le Scouarnec, 2017 (search by faiss)",
        "Norouzi et al., ICLR 2014 (ConSE)",
    ],
)

picture.open_asked(dataset, names=data.names, neighbours=drawn)
