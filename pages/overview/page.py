"""Overview: what is in the dataset, how healthy it is, and what to do next."""

from collections.abc import Sequence
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics.balance import Balance, balance, classes_under
from analytics.sizes import ratio_counts, shapes, size_bins
from evidence.wording import written
from figures.balance import MOST_CLASSES, images_per_class, named_counts
from figures.colours import class_colour
from figures.sizes import width_by_height
from pages.overview import alike, found, health, licences, reviewed
from pages.overview.queries import Figures, load_figures, load_licences, load_samples
from pages.ui import charts, explain, filters, gallery, job_cards, keep, links, picture, session
from pages.ui.text import count, file_size, listed, plain, share
from store.datasets import Dataset
from store.points import POINTS

SAMPLES = 12  # thumbnails a class
CLASSES_A_SHEET = 12
FLOOR = 50  # images a class, below which it is named


def draw_title(dataset: Dataset, figures: Figures) -> None:
    """The name, where it comes from, and the four numbers."""
    st.title(plain(dataset.name))
    imported = f"Imported {dataset.imported_at:%d %B %Y}" if dataset.imported_at else "Import under way,"
    licence = f" · licence: {plain(dataset.licence)}" if dataset.licence else ""
    source = "features that were computed elsewhere" if dataset.layout == POINTS else plain(session.place_of(dataset))
    st.caption(f"{imported} from {source}{licence}")
    if not dataset.is_there:
        sentence = "The folder is not there, so no picture can be opened."
        if session.has_page("import_data"):
            sentence += " If it has moved, say where to on the page Import: vectors and decisions stay."
        st.warning(sentence, icon=":material/folder_off:")
        session.link(session.PAGES.import_data, label="Say where it is", icon=":material/drive_file_move:")
    totals = figures.totals
    said = {name: written(value.number, value.unit) for name, value in figures.values.items()}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.metric("Points" if dataset.layout == POINTS else "Images", said["images"], width="content")
        st.metric("Classes", said["classes"], width="content")
        st.metric("Splits", said["splits"] if figures.n_splits else "none", width="content")
        if dataset.layout != POINTS:
            st.metric("Size on disk", said["size-on-disk"], width="content")
        if totals.n_removed:
            st.metric(
                "Removed",
                said["images-apart"],
                width="content",
                help="Set aside by a decision, or taken down; restorable.",
            )
        keep.offer(dataset, claimable(figures), page="overview", key="overview")
    if totals.n_images and dataset.layout != POINTS:
        st.caption(health.say_positions(totals), help="In EXIF or XMP, as cameras and telephones write it.")


def claimable(figures: Figures) -> list[keep.Proposal]:
    """What of the page's numbers can be kept as a claim; nothing of a dataset without pictures."""
    if not figures.totals.n_images:
        return []
    names = ["images", "imbalance-ratio", "classes", "size-on-disk", "labels-checked", "licences-known"]
    names += ["images-apart"] if figures.totals.n_removed else []
    names += ["exact-duplicates"] if figures.duplicates.n_groups else []
    return [keep.Proposal(name) for name in names]


def draw_next(all_checks: Sequence[health.Check], *, n_images: int, dataset: str) -> None:
    """What to do next, in one or two steps."""
    steps = health.next_steps(all_checks, n_images=n_images)
    with st.container(border=True):
        st.markdown("**What to do next**")
        for sentence, check in steps:
            st.markdown(sentence)
            if check is None:
                session.link(session.PAGES.import_data, label="Go to import", icon=":material/arrow_forward:")
            else:
                health.link(check, dataset=dataset)
        if not steps:
            st.markdown("Nothing is pressing. Have a look at the pictures.")
            session.link(session.PAGES.pictures, query_params={"dataset": dataset}, icon=":material/arrow_forward:")


def balance_controls(figures: Figures) -> dict[str, bool]:
    """Counts or shares, linear or logarithmic, splits stacked or side by side; in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Bars show", ["counts", "shares"], default="counts", required=True, key="bars", bind="query-params"
        )
        scale = st.segmented_control(
            "Axis", ["linear", "log"], default="linear", required=True, key="axis", bind="query-params"
        )
        splits = "together"
        if len(figures.matrix.splits) > 1:
            splits = st.segmented_control(
                "Splits",
                ["stacked", "grouped", "together"],
                default="stacked",
                required=True,
                key="splits",
                bind="query-params",
            )
    return {
        "as_shares": kind == "shares",
        "log": scale == "log",
        "grouped": splits == "grouped",
        "by_split": splits != "together",
    }


def say_balance(found: Balance, *, names: Sequence[str], n_gone: int = 0) -> str:
    """The balance in words, as Markdown; of `n_gone` classes the source knows nothing any more."""
    large, small = plain(names[found.largest]), plain(names[found.smallest])
    if found.n_filled == 1:
        who = "The one labelled image is" if found.n_images == 1 else f"All {found.n_images:,} labelled images are"
        sentence = f"{who} in one class, **{large}**."
    elif found.imbalance_ratio < 1.05:
        sentence = f"The {found.n_filled:,} classes are balanced: between any two, sizes differ by less than 5 %."
    else:
        sentence = (
            f"The largest class, **{large}**, has **{found.imbalance_ratio:,.1f} times** as many images as the "
            f"smallest, **{small}**. The spread is that of {found.effective_classes:,.1f} equal classes out of "
            f"{found.n_filled:,}."
        )
    n_empty = found.n_empty - n_gone
    empty = f" {count(n_empty, 'class has', 'classes have')} no image at all." if n_empty > 0 else ""
    return sentence + empty


def say_gone(figures: Figures) -> None:
    """Which classes have gone from the source, and what stays of them."""
    if not figures.gone:
        return
    names = listed([plain(figures.names[index].removesuffix(" (gone)")) for index in sorted(figures.gone)], at_most=10)
    are, they = ("is", "It keeps its") if len(figures.gone) == 1 else ("are", "They keep their")
    st.caption(
        f"{names} {are} no longer in the source. {they} place in versions and results of before, and nothing new is "
        "labelled so."
    )


def say_repair(figures: Figures) -> None:
    """What was told of numbers that imports of before had given anew, and what was not."""
    if figures.repair is None:
        return
    if figures.repair.state == "unclear":
        st.warning(plain(figures.repair.sentence), icon=":material/build:")
    else:
        st.caption(plain(figures.repair.sentence))


def draw_balance(figures: Figures) -> None:
    """The balance in words and the classes' bars."""
    st.subheader("Class balance")
    found = balance(figures.matrix.per_class) if len(figures.names) else None
    if found is None:
        st.write("No image has a label yet, so there are no classes to compare.")
        return
    st.markdown(say_balance(found, names=figures.names, n_gone=len(figures.gone)))
    say_gone(figures)
    chosen = balance_controls(figures)
    charts.draw(images_per_class(figures.matrix, names=figures.names, **chosen))
    if len(figures.names) > MOST_CLASSES:
        st.caption(f"The {MOST_CLASSES} largest of {len(figures.names):,} classes are drawn.")
    explain.how(
        "Images are counted by the class that counts now, after decisions; missing and removed images are left out. "
        "With several labels an image counts once for each. The imbalance ratio is the largest class over the "
        "smallest one that has images. *Equal classes* is exp(H), H the Shannon entropy of the shares: as many equally "
        "large classes would be as varied.",
        sources=["Hill, Diversity and evenness, Ecology 1973"],
    )


def draw_health(figures: Figures, *, dataset: Dataset) -> list[health.Check]:
    """The table of checks, which it returns."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("Health")
        floor = links.whole_number("A class should have at least (images)", 1, 1_000_000, FLOOR, key="floor", width=260)
    small = classes_under(figures.matrix.per_class, floor=floor)
    under = [figures.names[index] for index in small if index not in figures.gone]
    found = health.Findings(
        figures.totals,
        figures.duplicates,
        figures.near,
        figures.problems,
        figures.embedded,
        figures.stale,
        under,
        floor,
        load_licences(*session.here_of_sheet(dataset.id)).terms,
    )
    all_checks = health.checks(found, kinds=session.supervisor().kinds())
    health.show(all_checks, dataset=dataset.name)
    explain.how(
        "Each check is a count over the images that are neither missing nor removed. *Act*: results cannot be trusted "
        "before it is dealt with. *Look*: it may be fine, but somebody should know. Duplicates are files with the same "
        "SHA-256. A result is stale when something that it read (pictures, vectors, labels, class names, splits, "
        "removals) has changed since; only the newest run of a kind and model is asked.",
        parameters=[f"A class with fewer than {count(floor, 'image')} is named; the number is in the URL."],
    )
    return all_checks


def draw_sheet(dataset: str, here: tuple[str, int, int], figures: Figures) -> list[int]:
    """A row of pictures for each class; returns the ids that are shown."""
    filled = [int(index) for index in np.flatnonzero(figures.matrix.per_class)]
    if not filled:
        return []
    title = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    with title:
        st.subheader("A look at each class")
        st.button("Draw others", icon=":material/casino:", on_click=filters.next_seed, type="tertiary")
    n_sheets = -(-len(filled) // CLASSES_A_SHEET)
    slot = st.container()
    sheet = st.pagination(n_sheets, key="sheet", bind="query-params") if n_sheets > 1 else 1
    first = (min(max(sheet, 1), n_sheets) - 1) * CLASSES_A_SHEET
    classes = filled[first : first + CLASSES_A_SHEET]
    table = load_samples(*session.here_of_data(here[1]), tuple(classes), filters.seed_in_url(), SAMPLES)
    with slot:
        gallery.show(
            sheet_sections(table, classes=classes, figures=figures, dataset=dataset),
            key="sheet_of_classes",
            label="Pictures of each class",
            layout="rows",
            side=84,
            on_open=picture.ask_for,
        )
        shown = f"{len(classes)} of {count(len(filled), 'class', 'classes')} · " if n_sheets > 1 else ""
        st.caption(
            f"{shown}{table.num_rows:,} of {count(figures.totals.n_images, 'picture')}, "
            f"drawn at random (seed {filters.seed_in_url()})"
        )
    return table["image_id"].to_pylist()


def sheet_sections(table: pa.Table, *, classes: Sequence[int], figures: Figures, dataset: str) -> list[gallery.Section]:
    """A section a class, its title leading to all its pictures."""
    rows = table.to_pylist()
    per_class = figures.matrix.per_class
    return [
        gallery.Section(
            [gallery.Item(row["image_id"], row["sha256"]) for row in rows if row["class_index"] == index],
            figures.names[index],
            count(int(per_class[index]), "image"),
            "pictures?" + urlencode({"dataset": dataset, "class": figures.names[index]}),
            class_colour(index),
        )
        for index in classes
    ]


def draw_sizes(figures: Figures) -> None:
    """Sizes, aspect ratios and formats: a sentence where all are alike, a chart where not."""
    st.subheader("Sizes and formats")
    width, height, n = (figures.sizes[name].to_numpy() for name in ("width", "height", "n"))
    left, middle, right = st.columns(3, gap="large")
    with left:
        st.markdown("**Size**")
        draw_side_lengths(width, height, n)
    with middle:
        st.markdown("**Shape**")
        found = shapes(width, height, n=n)
        parts = [(found.n_landscape, "landscape"), (found.n_square, "square"), (found.n_portrait, "portrait")]
        total = max(int(n.sum()), 1)
        st.write("; ".join(f"{share(k / total)} {name}" for k, name in parts if k) + ".")
        ratios = ratio_counts(width, height, n=n)
        if len(ratios) > 1:
            charts.draw(named_counts(ratios, what="shape"))
    with right:
        st.markdown("**Format**")
        draw_formats(figures.formats)


def draw_side_lengths(width: np.ndarray, height: np.ndarray, n: np.ndarray) -> None:
    """The most common sizes, and a bubble chart where there are several."""
    if len(n) == 1:
        who = "The one image is" if n[0] == 1 else f"All {n[0]:,} images are"
        st.write(f"{who} {width[0]:,} × {height[0]:,} pixels.")
        return
    common = [f"{w:,} × {h:,} ({share(k / n.sum())})" for w, h, k in zip(width[:3], height[:3], n[:3], strict=True)]
    st.write(f"{count(len(n), 'different size')}. Most common: {listed(common)}.")
    charts.draw(width_by_height(size_bins(width, height, n=n)))


def draw_formats(formats: pa.Table) -> None:
    """Formats and colour modes."""
    names = [f"{row['format']}, {row['mode']}" for row in formats.to_pylist()]
    if len(names) == 1:
        st.write(
            f"All are {plain(names[0])}; "
            f"{file_size(formats['bytes'][0].as_py() / formats['n'][0].as_py())} each on average."
        )
        return
    counts = dict(zip(names, formats["n"].to_pylist(), strict=True))
    charts.draw(named_counts(counts, what="format"))


dataset = session.require_dataset()
here = session.here(dataset.id)
figures = load_figures(*here)
draw_title(dataset, figures)
reviewed.say_comments(dataset)
say_repair(figures)
job_cards.show_refusal()
found.show(dataset, here)
alike.show(dataset, figures)

main, side = st.columns([5, 3], gap="large")
with main:
    draw_balance(figures)
all_checks = draw_health(figures, dataset=dataset)
with side:
    if session.may("decide"):
        draw_next(all_checks, n_images=figures.totals.n_images, dataset=dataset.name)
shown = draw_sheet(dataset.name, here, figures)
if figures.totals.n_images and dataset.layout != POINTS:  # a point has no size
    draw_sizes(figures)
if dataset.layout != POINTS:
    licences.draw(dataset, session.here_of_sheet(dataset.id))
picture.open_asked(dataset, names=figures.names, neighbours=shown)
