"""Duplicates: pictures that are the same, exactly or nearly, and which of them to keep."""

import streamlit as st

from pages.duplicates import settle
from pages.duplicates.queries import LADDER, DuplicateData, Shown, Wanted, load_data, load_shown
from pages.duplicates.settle import WORDS
from pages.ui import explain, filters, gallery, job_cards, keep, picture, session, staleness
from pages.ui.text import count, listed, plain
from store.datasets import Dataset

GROUPS_A_PAGE = 12
MOST_SHOWN = 24  # pictures of a group that are drawn
KINDS = {"Same file": "file", "Same pixels": "pixels", "Hash": "hash", "Embedding": "embedding"}
WHICH = {"All groups": "all", "Across splits": "across", "Conflicting labels": "conflicting"}


def choose(data: DuplicateData) -> Wanted:
    """What counts as the same; in the URL as `same`, `cosine`, `bits` and `which`."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kinds = st.pills(
            "The same by",
            list(KINDS),
            selection_mode="multi",
            default=list(KINDS),
            key="same",
            bind="query-params",
            help="A group needs one of these. Files and pixels are compared exactly; hashes and embeddings nearly.",
        )
        which = st.segmented_control(
            "Show", list(WHICH), default="All groups", required=True, key="which", bind="query-params"
        )
    least, bits = 0.95, 4
    if data.run is not None:
        left, right = st.columns(2, gap="large")
        least = left.slider(
            "Least cosine of two embeddings",
            LADDER[0],
            1.0,
            least,
            0.005,
            key="cosine",
            bind="query-params",
            format="%.3f",
            help="Higher: only what is almost the same picture. Lower: also pictures that look alike.",
        )
        most = max(1, int(data.run.figures.get("most_bits", 10)))
        bits = right.slider(
            "Most bits by which two perceptual hashes differ",
            0,
            most,
            min(bits, most),
            key="bits",
            bind="query-params",
            help="Of 64. 0: the same hash. Above about 6 different pictures begin to meet.",
        )
    return Wanted(tuple(KINDS[kind] for kind in kinds), least, bits, WHICH[str(which)])


def claimable(wanted: Wanted) -> list[keep.Proposal]:
    """The counts as claims, at the thresholds chosen."""
    at = {"kinds": list(wanted.kinds), "min_cosine": wanted.min_cosine, "max_bits": wanted.max_bits}
    whats = ("groups", "images", "conflicting", "across")
    return [keep.Proposal("duplicate-groups", {"what": what, **at}) for what in whats]


def say_counts(data: DuplicateData, shown: Shown, wanted: Wanted) -> None:
    """How much there is: at the chosen thresholds, and by embedding at four of them."""
    judged = shown.judged
    cards = [
        ("Groups", f"{shown.groups.n_groups:,}", "pictures that are the same by what is chosen above"),
        ("Pictures in them", f"{len(shown.groups.image_ids):,}", f"of {data.n_images:,}"),
        ("Conflicting labels", f"{int(judged.conflicting.sum()):,}", "groups with more than one label"),
        ("Across splits", f"{int(judged.across.sum()):,}", "groups with pictures in more than one split: leakage"),
    ]
    with st.container(horizontal=True, gap="small"):
        for title, value, words in cards:
            st.metric(title, value, help=words, border=True)
    keep.offer(dataset, claimable(wanted), page="duplicates", key="duplicates")
    if data.run is not None and data.run.parameters.get("graph_run"):
        steps = " · ".join(
            f"**{one.min_cosine:g}** {count(one.n_pairs, 'pair')}, {count(one.n_groups, 'group')}"
            for one in data.ladder
        )
        st.caption(f"By embedding alone, at a cosine of at least: {steps}")


def say_state(dataset: Dataset, data: DuplicateData) -> None:
    """What was not compared yet, and whether the comparison is older than the data; with the buttons that mend it."""
    start = {"dataset": dataset.name, "who": job_cards.who()}
    job_cards.show_active(kinds=("neighbours", "duplicates"))
    if data.space is None:
        st.info(
            "Without vectors, near duplicates are found by their hashes alone. An embedding finds more.",
            icon=":material/scatter_plot:",
        )
        session.link(session.PAGES.jobs, label="Embed the pictures", icon=":material/play_circle:")
    elif data.graph is None:
        st.info("The neighbours of the pictures have not been searched yet; near duplicates need them.")
        if not session.may("start_job"):
            return
        st.button(
            "Search neighbours, then duplicates",
            icon=":material/play_arrow:",
            type="primary",
            key="start_both",
            on_click=_start_both,
            args=(dataset,),
        )
        return
    elif data.n_without:
        st.info(f"{count(data.n_without, 'picture')} without a vector: compared by file, pixels and hash alone.")
        session.link(session.PAGES.jobs, label="Embed them", icon=":material/play_circle:")
    run = data.run
    if run is None:
        st.info("Only exact duplicates are known so far.", icon=":material/content_copy:")
    elif data.graph is not None and run.parameters.get("graph_run") != data.graph.run_id:
        st.warning("The neighbours have been searched again since these duplicates were.", icon=":material/history:")
    elif run.is_stale:
        st.warning(
            f"Near duplicates are older than the data. {staleness.sentence(run, kind='duplicates')}",
            icon=":material/history:",
        )
    else:
        return
    if not session.may("start_job"):
        return
    st.button(
        "Search near duplicates" + (" again" if run else ""),
        icon=":material/play_arrow:",
        key="start_duplicates",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "duplicates"),
        kwargs=start,
    )


def _start_both(dataset: Dataset) -> None:
    for kind in ("neighbours", "duplicates"):
        job_cards.attempt(session.supervisor().start, kind, dataset=dataset.name, who=job_cards.who())


def group_title(shown: Shown, group: int) -> tuple[str, str]:
    """A group's title and what is to be known of it."""
    judged, least = shown.judged, float(shown.least[group])
    notes = [listed([WORDS[kind] for kind in shown.why[group]], at_most=4)]
    if least == least and least < 0.9999:
        notes.append(f"cosine {least:.3f} or more")
    if judged.conflicting[group]:
        notes.insert(0, "labels differ")
    if judged.across[group]:
        notes.insert(0, "across splits")
    return count(int(judged.size[group]), "picture"), " · ".join(notes)


def draw(dataset: Dataset, data: DuplicateData, shown: Shown) -> list[int]:
    """One page of groups, each with its buttons; the ids that are drawn."""
    n_pages = -(-len(shown.order) // GROUPS_A_PAGE)
    page = min(max(st.pagination(n_pages, key="page", bind="query-params"), 1), n_pages) if n_pages > 1 else 1
    drawn: list[int] = []
    for group in shown.order[(page - 1) * GROUPS_A_PAGE : page * GROUPS_A_PAGE].tolist():
        members = shown.members(group)
        title, note = group_title(shown, group)
        items = [
            gallery.Item(
                member["image_id"],
                member["sha256"],
                filters.label_text(member["label"], member["labels"], names=data.names),
                member["split"] or f"{member['width']} × {member['height']}",
            )
            for member in members[:MOST_SHOWN]
        ]
        with st.container(border=True, gap="small"):
            more = f", the first {MOST_SHOWN} shown" if len(members) > MOST_SHOWN else ""
            gallery.show(
                [gallery.Section(items, f"{title}{more}", note)],
                key=f"group-{members[0]['image_id']}",
                label=f"Duplicates: {title}",
                side=104,
                on_open=picture.ask_for,
            )
            if session.may("decide"):
                settle.one_group(dataset, data, shown, group)
        drawn += [item.image_id for item in items]
    return drawn


dataset: Dataset = session.require_dataset()
here = (*session.here(dataset.id), dataset.n_images)
st.title(f"Duplicates of {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
say_state(dataset, data)

wanted = choose(data)

shown = load_shown(*here, wanted)
say_counts(data, shown, wanted)
if session.may("undo"):
    settle.way_back(dataset)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.caption(f"Showing {count(len(shown.order), 'group')}, those across splits and with conflicting labels first")
    if len(shown.order) and session.may("decide"):
        with st.popover("Settle all of them", icon=":material/rule:"):
            settle.all_by_rule(dataset, data, shown)
    run = data.run
    explain.how(
        "Two pictures are the same **file** when the SHA-256 of their bytes is equal, and have the same **pixels** "
        "when that of their decoded pixels is. They are near by **hash** when their perceptual hashes (64 bits, from a "
        "cosine transform) differ in few bits, and near by **embedding** when the cosine of their vectors is high and "
        "one is among the other's nearest. A **group** is what such pairs connect.",
        parameters=[
            f"Comparison: run {run.run_id}, {run.seconds:.1f} s, embedding {plain(run.space or 'none')}, "
            f"neighbour graph: run {run.parameters.get('graph_run') or 'none'}."
            if run
            else "No comparison has run yet.",
            "Pairs are kept from a cosine of .85 and up to some bits on, so these thresholds move without a job.",
            "In a group, two pictures need not be near each other; a chain of near ones connects them.",
        ],
        sources=["Zauner, 2010 (perceptual hashing)", "Norouzi, Punjani and Fleet, CVPR 2012 (Hamming search)"],
    )
if not len(shown.order):
    st.success("No group of duplicates fits what is chosen here.", icon=":material/check:")
drawn = draw(dataset, data, shown) if len(shown.order) else []

picture.open_asked(dataset, names=data.names, neighbours=drawn)
