"""Filters of the gallery: widgets bound to the URL in, a frozen PictureFilters out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.ui import links, session
from pages.ui.text import LONGEST_LINE
from store.datasets import class_table
from store.gallery import NO_SPLIT, PictureFilters
from store.origin import CollectedQuery, OriginFilters

PAGE_ROWS = 60
NO_SPLIT_TITLE = "(no split)"

# What people read, and the URL says -> what the store calls it
CHECKS = {
    "Exact duplicates": "duplicates",
    "Duplicates across splits": "across-splits",
    "Conflicting labels": "conflicting",
    "Without a label": "unlabelled",
    "Label changed here": "relabelled",
    "Without an embedding": "without-embedding",
    "File missing": "missing",
    "Removed": "removed",
}
CHECK_TITLES = {check: title for title, check in CHECKS.items()}

# What people read, and the URL says -> column, whether descending
SORTS = {
    "File name": ("path", False),
    "Darkest first": ("brightness", False),
    "Brightest first": ("brightness", True),
    "Least contrast first": ("contrast", False),
    "Most contrast first": ("contrast", True),
    "Blurriest first": ("sharpness", False),
    "Sharpest first": ("sharpness", True),
    "Least detail first": ("entropy", False),
    "Most detail first": ("entropy", True),
    "Smallest first": ("size", False),
    "Largest first": ("size", True),
    "Fewest bytes first": ("bytes", False),
    "Most bytes first": ("bytes", True),
    "Shuffled": ("random", False),
}


def class_labels(classes: pa.Table) -> list[str]:
    """What each class is called on a page, by index: its name now; equal names get their index behind them.

    classes: index, name, gone (store.datasets.class_table). An index without a name is called "class <index>"; a class
    that has gone says so.
    """
    names = dict(zip(classes["index"].to_pylist(), classes["name"].to_pylist(), strict=True))
    labels = [one_line(names.get(index, f"class {index}")) for index in range(max(names, default=-1) + 1)]
    labels = [f"{label} ({i})" if labels.count(label) > 1 else label for i, label in enumerate(labels)]
    return [f"{label} (gone)" if i in gone_classes(classes) else label for i, label in enumerate(labels)]


def gone_classes(classes: pa.Table) -> frozenset[int]:
    """The indices of classes that the source names no more and no picture carries: nothing new is labelled so."""
    return frozenset(classes.filter(classes["gone"])["index"].to_pylist())


def offered_labels(dataset_id: int, *, names: Sequence[str]) -> list[str]:
    """The classes that a picture can be given, of `names` (class_labels): all but those that have gone."""
    gone = gone_classes(class_table(session.workspace(), dataset_id))
    return [name for index, name in enumerate(names) if index not in gone]


def label_text(label: int | None, labels: Sequence[int] | None, *, names: Sequence[str]) -> str:
    """An image's class or classes by name; "no label" where it has none."""
    indices = list(labels) if labels else [] if label is None else [label]
    return ", ".join(name_of(index, names=names) for index in indices) or "no label"


def name_of(index: int, *, names: Sequence[str]) -> str:
    """A class's name, also where the file names none."""
    return names[index] if 0 <= index < len(names) else f"class {index}"


def every_name(n_classes: int, *, names: Sequence[str]) -> list[str]:
    """The names of classes 0 to n_classes, also of those that the file names not."""
    return [name_of(index, names=names) for index in range(n_classes)]


@dataclass(frozen=True)
class OriginChoices:
    """What pictures can be filtered by of where they are from. licences: the words that each choice stands for."""

    licences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queries: Sequence[CollectedQuery] = ()


def gallery_filters(
    names: Sequence[str], splits: Sequence[str | None], origins: OriginChoices | None = None
) -> PictureFilters:
    """Draw the filters of the pictures page. names: class_labels; splits: those of the dataset (None: no split)."""
    _take_short_names()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = _choice("Class", list(names), key="class", placeholder="All classes")
        titles = {NO_SPLIT_TITLE if split is None else one_line(split): split or NO_SPLIT for split in splits}
        split = _choice("Split", list(titles), key="split", placeholder="All splits") if len(titles) > 1 else None
        check = _choice("Check", list(CHECKS), key="check", placeholder="None")
        name = st.text_input(
            "Name contains",
            key="name",
            bind="query-params",
            type="search",
            on_change=_to_first_page,
            width=185,
            max_chars=LONGEST_LINE,
        )
        origin = _origin_filters(origins or OriginChoices())
        sort = st.selectbox("Order", list(SORTS), key="sort", bind="query-params", on_change=_to_first_page, width=185)
    column, descending = SORTS.get(str(sort), ("path", False))
    return PictureFilters(
        class_index=names.index(picked) if picked in names else None,
        split=titles.get(split) if split is not None else None,
        check=CHECKS.get(check or ""),
        name=(name or "").strip(),
        sort=column,
        descending=descending,
        seed=seed_in_url(),
        origin=origin,
    )


def _origin_filters(origins: OriginChoices) -> OriginFilters:
    """Licence, source and query, each where there is something to choose."""
    licence = source = query = None
    if len(origins.licences) > 1 or "licence" in st.query_params:
        licence = _choice("Licence", list(origins.licences), key="licence", placeholder="All licences")
    sources = list(dict.fromkeys(each.source for each in origins.queries))
    if sources:
        source = _choice("Source", sources, key="source", placeholder="All sources")
        asked = dict.fromkeys(each.query for each in origins.queries if source in (None, each.source))
        query = _choice("Query", list(asked), key="query", placeholder="All queries")
    return OriginFilters(origins.licences.get(licence) if licence else None, source, query)


def seed_in_url() -> int:
    """The number in the URL that draws samples and shuffles; 0 without one."""
    seed = links.number_in_url("seed") or 0
    return seed if seed < 10**9 else 0


def next_seed() -> None:
    """Put another number into the URL; a callback."""
    st.query_params["seed"] = str(seed_in_url() + 1)


def page_number(n_images: int) -> int:
    """Draw the page numbers where there is more than one page; the page shown, from 1."""
    n_pages = -(-n_images // PAGE_ROWS)
    if n_pages <= 1:
        return 1
    return min(max(st.pagination(n_pages, key="page", bind="query-params"), 1), n_pages)


def _choice(label: str, options: list[str], *, key: str, placeholder: str) -> str | None:
    return st.selectbox(
        label,
        options,
        index=None,
        key=key,
        bind="query-params",
        placeholder=placeholder,
        width=185,
        on_change=_to_first_page,
    )


def _take_short_names() -> None:
    """A link may also name a check as the store does (`?check=across-splits`)."""
    title = CHECK_TITLES.get(str(st.query_params.get("check", "")))
    if title is not None and "check" not in st.session_state:
        st.session_state["check"] = title


def _to_first_page() -> None:
    if "page" in st.session_state:
        st.session_state["page"] = 1
