"""Two versions side by side, like a pull request: what came, what went, what was relabelled, with pictures."""

import streamlit as st

from pages.ui import gallery, picture, session, tables
from pages.ui.filters import name_of
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count, plain
from pages.versions.list import WORDS
from pages.versions.queries import NOW_TITLE, VersionData, load_diff, load_diff_page

PAGE_ROWS = 60
TITLES = {
    "added": "Added",
    "removed": "Removed",
    "relabelled": "Relabelled",
    "changed": "Other bytes",
    "moved": "Other split",
}
ALL = "All classes"


def show(here: Here, data: VersionData) -> list[int]:
    """The page's second view; the ids that are drawn."""
    if not data.versions:
        st.info("There is nothing to compare yet: freeze a version first.", icon=":material/difference:")
        return []
    before, after = _choose(data)
    diff = load_diff(*session.here_of_data(here[1]), before, after)
    if not diff.n:
        st.success("The same pictures with the same labels.", icon=":material/check:")
        return []
    with st.container(horizontal=True, gap="medium"):
        for kind, n in diff.n_by_kind.items():
            st.metric(TITLES[kind], f"{n:,}", width="content")
    _renamed(data, before, after)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _by_class(data, diff.by_class.to_pylist())
    with right:
        return _pictures(here, data, before, after, dict(diff.n_by_kind))


def _choose(data: VersionData) -> tuple[int, int]:
    titles = [*(version.name for version in data.versions), NOW_TITLE]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before = st.selectbox("From", titles, key="before", bind="query-params", width=260)
        after = st.selectbox("To", titles, index=len(titles) - 1, key="after", bind="query-params", width=260)
    return data.version(before), data.version(after)


def _renamed(data: VersionData, before: int, after: int) -> None:
    """Classes whose name differs between the two."""
    names = {version.id: version.class_names for version in data.versions}
    pairs = zip(names.get(before, tuple(data.names)), names.get(after, tuple(data.names)), strict=False)
    renamed = [f"{plain(old)} is now {plain(new)}" for old, new in pairs if old != new]
    if renamed:
        st.markdown(f":blue-badge[names] {', '.join(renamed[:6])}{' and more' if len(renamed) > 6 else ''}.")


def _by_class(data: VersionData, rows: list[dict[str, int]]) -> None:
    table: dict[str, list[object]] = {
        "class": [name_of(row["class_index"], names=data.names) for row in rows],
        "before": [row["n_before"] for row in rows],
        "after": [row["n_after"] for row in rows],
        "change": [
            f"{row['n_after'] - row['n_before']:+,}" if row["n_after"] != row["n_before"] else "" for row in rows
        ],
        "added": [row["n_added"] for row in rows],
        "removed": [row["n_removed"] for row in rows],
        "relabelled to": [row["n_gained"] for row in rows],
        "relabelled from": [row["n_lost"] for row in rows],
    }
    shown = {name: column for name, column in table.items() if any(column)}
    tables.show(shown, hide_index=True, height="content")


def _pictures(here: Here, data: VersionData, before: int, after: int, n_by_kind: dict[str, int]) -> list[int]:
    kinds = [TITLES[kind] for kind in n_by_kind]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control("Show", kinds, default=kinds[0], required=True, key="change", bind="query-params")
        by_title = {f"{name}": index for index, name in enumerate(data.names)}
        only = st.selectbox("Class", [ALL, *by_title], key="change_class", bind="query-params", width=200)
    kind = next(kind for kind in n_by_kind if TITLES[kind] == chosen)
    class_index = by_title.get(only)
    n_pages = -(-n_by_kind[kind] // PAGE_ROWS)
    page = 1
    if n_pages > 1 and class_index is None:
        page = min(max(st.pagination(n_pages, key="page", bind="query-params"), 1), n_pages)
    rows = load_diff_page(
        *session.here_of_data(here[1]), before, after, kind, class_index, (page - 1) * PAGE_ROWS, PAGE_ROWS
    ).to_pylist()
    if not rows:
        st.caption(f"No picture of {plain(only)} was {WORDS[kind]}.")
        return []
    total = n_by_kind[kind] if class_index is None else None
    of = f" of {total:,}" if total and total > len(rows) else " (at most)" if len(rows) == PAGE_ROWS else ""
    st.caption(f"Showing {count(len(rows), 'picture')}{of} {WORDS[kind]}")
    items = [gallery.Item(row["image_id"], row["sha256"], *_words(row, data)) for row in rows]
    gallery.show(
        [gallery.Section(items)], key=f"diff-{kind}", label=f"Pictures {WORDS[kind]}", side=104, on_open=picture.ask_for
    )
    return [row["image_id"] for row in rows]


def _words(row: Row, data: VersionData) -> tuple[str, str]:
    """What stands under a picture: its label, or both."""
    old, new = (
        None if row[side] is None else ", ".join(name_of(index, names=data.names) for index in row[side]) or "no label"
        for side in ("held_before", "held_after")
    )
    if row["kind"] == "relabelled":
        return str(new), f"was {old}"
    if row["kind"] == "moved":
        return str(new), f"{row['split_before'] or 'no split'} → {row['split_after'] or 'no split'}"
    return str(new if new is not None else old), "not on the disk" if row["missing"] else ""
