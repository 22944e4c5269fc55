"""The sheet of representatives, and one cluster of them with its members and its name."""

from collections.abc import Sequence

import streamlit as st

from figures.colours import class_colour
from pages.representatives import queries, wording
from pages.representatives.queries import Clusters
from pages.ui import filters, gallery, job_cards, links, picture, session
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count, plain, share
from store import medoids

PARAMETER = "cluster"
MEMBERS, SHEET = 60, 120
NEAREST, FARTHEST = "nearest first", "farthest first"


def cluster_in_url(clusters: Clusters) -> Row | None:
    """The cluster that the URL names, numbered from 1, or None."""
    asked = links.number_in_url(PARAMETER)
    return next((row for row in clusters.sheet if asked and row["cluster"] == asked - 1), None)


def show_sheet(clusters: Clusters, *, names: Sequence[str]) -> None:
    """The medoids with size, purity and class mix; a click opens the cluster."""
    n_sheets = -(-len(clusters.sheet) // SHEET)
    slot = st.container()
    sheet = st.pagination(n_sheets, key="sheet", bind="query-params") if n_sheets > 1 else 1
    rows = clusters.sheet[(sheet - 1) * SHEET : sheet * SHEET]
    items = [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            wording.cluster_title(row, names=names),
            wording.size_and_purity(row, names=names),
            _mix(clusters.mixes.get(row["cluster"], [])),
        )
        for row in rows
    ]
    by_image = {row["image_id"]: row["cluster"] for row in rows}

    def ask_for_cluster(image_id: int) -> None:
        if image_id in by_image:
            st.query_params[PARAMETER] = str(by_image[image_id] + 1)

    with slot:
        of = f"{len(rows):,} of " if len(rows) < len(clusters.sheet) else ""
        st.caption(
            f"{of}{count(len(clusters.sheet), 'representative')}, the largest cluster first: its name or most common "
            "class, its size, and the share of that class; the bar is the mix of classes. Click one to see its members."
        )
        gallery.show([gallery.Section(items)], key="medoids", label="Representatives", on_open=ask_for_cluster)


def show_all() -> None:
    """Leave the cluster in the URL, if there is one; a callback."""
    _to_cluster(None)


def show_cluster(row: Row, clusters: Clusters, *, names: Sequence[str], here: Here, run_id: int) -> list[int]:
    """One cluster: its medoid, its facts, its name, its members. Returns the ids that are shown."""
    _cluster_steps(row, clusters)
    st.subheader(plain(wording.cluster_title(row, names=names)), anchor=False)
    left, right = st.columns([2, 5], gap="medium")
    with left:
        gallery.show(
            [gallery.Section([gallery.Item(row["image_id"], row["sha256"], "its representative")])],
            key="medoid",
            label="The cluster's representative",
            layout="clusters",
            side=200,
            on_open=picture.ask_for,
        )
    with right:
        _cluster_facts(row, clusters.mixes.get(row["cluster"], []), names=names)
        if session.may("name_cluster"):
            _name_form(row, dataset_id=here[1], run_id=run_id)
    order = st.segmented_control(
        "Members", [NEAREST, FARTHEST], default=NEAREST, required=True, key="order", bind="query-params"
    )
    n = int(row["n_members"])
    slot = st.container()
    page = st.pagination(-(-n // MEMBERS), key="members_page") if n > MEMBERS else 1
    table = queries.load_members(*here, run_id, row["cluster"], order == FARTHEST, (page - 1) * MEMBERS, MEMBERS)
    rows = table.to_pylist()
    with slot:
        st.caption(f"{(page - 1) * MEMBERS + 1:,} to {(page - 1) * MEMBERS + len(rows):,} of {count(n, 'picture')}")
        items = [
            gallery.Item(
                member["image_id"],
                member["sha256"],
                filters.label_text(member["label"], member["labels"], names=names),
                f"cosine {member['cosine']:.3f}",
            )
            for member in rows
        ]
        gallery.show([gallery.Section(items)], key="members", label="Members", side=104, on_open=picture.ask_for)
    return [member["image_id"] for member in rows]


def _mix(rows: Sequence[Row]) -> list[tuple[str, float]]:
    """The colours and shares of a bar. With several labels an image the shares may exceed 1, and are scaled."""
    total = max(1.0, sum(row["share"] for row in rows))
    return [(class_colour(row["class_index"]), row["share"] / total) for row in rows]


def _cluster_steps(row: Row, clusters: Clusters) -> None:
    """Back to all, and on to the one before and after in size."""
    order = [one["cluster"] for one in clusters.sheet]
    place = order.index(row["cluster"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All representatives", icon=":material/grid_view:", on_click=_to_cluster, args=(None,))
        st.button(
            "Larger",
            icon=":material/arrow_back:",
            type="tertiary",
            disabled=place == 0,
            on_click=_to_cluster,
            args=(order[max(place - 1, 0)],),
        )
        st.caption(f"{place + 1:,} of {len(order):,} by size", width="content")
        st.button(
            "Smaller",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            disabled=place == len(order) - 1,
            on_click=_to_cluster,
            args=(order[min(place + 1, len(order) - 1)],),
        )


def _to_cluster(cluster: int | None) -> None:
    """Put a cluster into the URL, or take it out; a callback."""
    st.session_state.pop("members_page", None)
    if cluster is None:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = str(cluster + 1)


def _cluster_facts(row: Row, mix: Sequence[Row], *, names: Sequence[str]) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.metric("Pictures", f"{row['n_members']:,}", width="content")
        purity = "no labels" if row["purity"] is None else share(float(row["purity"]))
        st.metric("Purity", purity, width="content", help="Share of its most common class among its labelled pictures.")
        if row["mean_cosine"] is not None:
            cosine = f"{row['mean_cosine']:.3f}"
            st.metric("Mean cosine", cosine, width="content", help="Of its pictures to the representative.")
    parts = [
        f"{share(one['share'])} "
        + plain("no label" if one["class_index"] is None else filters.name_of(one["class_index"], names=names))
        for one in mix[:8]
    ]
    others = f", and {count(len(mix) - 8, 'other class', 'other classes')}" if len(mix) > 8 else ""
    st.markdown(f"**Class mix:** {', '.join(parts)}{others}." if parts else "**No picture of it is left.**")


def _name_form(row: Row, *, dataset_id: int, run_id: int) -> None:
    """Give the cluster a name, change it, or take it away."""
    key = f"cluster_name_{run_id}_{row['cluster']}"
    with st.form(f"form_{key}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of this cluster", row["name"] or "", key=key, max_chars=80, width=260)
        saved = st.form_submit_button("Save the name", icon=":material/label:")
    if saved:
        medoids.name_cluster(
            session.workspace(), dataset_id, run_id=run_id, cluster=row["cluster"], name=name or "", who=job_cards.who()
        )
        st.rerun()
