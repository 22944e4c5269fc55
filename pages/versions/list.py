"""Versions one below the other: freeze the next, compare, bring one back."""

import streamlit as st

from evidence.claims import freeze_with_claims
from figures.names import one_line
from pages.ui import comments, job_cards, session, tables
from pages.ui.session import Here
from pages.ui.text import LONGEST_LINE, count, plain
from pages.ui.undo import draw_undo
from pages.versions.queries import NOW_TITLE, VersionData, load_candidates, load_counts, load_diff, per_class
from store import versions
from store.datasets import Dataset
from store.pins import VERSION, Pin
from store.versions import LONGEST_NAME, NOW, Diff, Version

WORDS = {
    "added": "added",
    "removed": "removed",
    "relabelled": "relabelled",
    "changed": "with other bytes",
    "moved": "in another split",
}
SHOWN = 20  # versions drawn as cards
IN_TABLE = 5  # versions beside "Now" in the table of class balance


def show(dataset: Dataset, here: Here, data: VersionData) -> None:
    """The page's first view."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        if session.may("freeze"):
            freeze_form(dataset, here, data)
        draw_undo(dataset)
        if not data.versions and not session.may("freeze"):
            st.info("No version has been frozen yet.", icon=":material/ac_unit:")
        for place, version in enumerate(data.versions[:SHOWN]):
            before = data.versions[place + 1] if place + 1 < len(data.versions) else None
            _card(dataset, here, version, before=before)
        if len(data.versions) > SHOWN:
            st.caption(f"Showing the newest {SHOWN} of {len(data.versions)} versions.")
    with right:
        _balance(here, data)
    comments.open_asked(dataset, map(pin, data.versions))


def pin(version: Version) -> Pin:
    """The version as comments are pinned to it."""
    return Pin(kind=VERSION, version_id=version.id, title=version.name)


def changes(diff: Diff) -> str:
    """What differs in a line: "3 pictures added, 12 relabelled"; '' where nothing does."""
    parts = [f"{n:,} {WORDS[kind]}" for kind, n in diff.n_by_kind.items()]
    return ", ".join(parts)


def freeze_form(dataset: Dataset, here: Here, data: VersionData) -> None:
    """The next version: what would be new in it, its name, and the validation set it may carry."""
    newest = data.versions[0] if data.versions else None
    with st.container(border=True):
        if newest is None:
            st.markdown("**No version yet.** A version keeps what counts now under a name. It never changes again.")
        else:
            text = changes(load_diff(*session.here_of_data(dataset.id), newest.id, NOW))
            since = (
                f"Since **{plain(newest.name)}**: {text}."
                if text
                else f"Nothing has changed since **{plain(newest.name)}**."
            )
            st.markdown(since)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Name of the version",
                value=f"v{len(data.versions) + 1}",
                max_chars=LONGEST_NAME,
                width=180,
                key=f"version_name_{len(data.versions)}",
            )
            st.text_input(
                "Note",
                key=f"version_note_{len(data.versions)}",
                placeholder="duplicates out",
                width="stretch",
                max_chars=LONGEST_LINE,
            )
        _validation_choice(here, data)
        st.button(
            "Freeze this version",
            type="primary",
            icon=":material/ac_unit:",
            key="version_freeze",
            on_click=_freeze,
            args=(dataset, len(data.versions)),
        )


def _validation_choice(here: Here, data: VersionData) -> None:
    """Offer the confirmed pictures of the newest proposal as the split val."""
    if not data.proposals:
        return
    run = data.proposals[0]
    n = sum(bool(one.confirmed) and one.usable for one in load_candidates(*here, run.run_id))
    if n:
        st.checkbox(
            f"With the validation set of {count(n, 'confirmed picture')}",
            value=True,
            key=f"version_validation_{run.run_id}",
            help="They become the split val, and what is nearly the same as one of them is left out. Every other "
            "picture "
            "is train, save those of the split test.",
        )


def _freeze(dataset: Dataset, n_versions: int) -> None:
    state = st.session_state
    chosen = next((key for key in state if str(key).startswith("version_validation_") and state[key]), None)
    job_cards.attempt(
        freeze_with_claims,
        session.workspace(),
        dataset,
        name=state[f"version_name_{n_versions}"],
        note=state[f"version_note_{n_versions}"],
        who=job_cards.who(),
        validation_run=int(str(chosen).rpartition("_")[2]) if chosen else None,
    )


def _card(dataset: Dataset, here: Here, version: Version, *, before: Version | None) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(version.name)}**", width="content")
            st.caption(f"{version.created_at:%d %B %Y, %H:%M} UTC, {plain(version.who)}", width="content")
        if version.note:
            st.markdown(plain(version.note))
        st.caption(facts(version))
        if before is not None:
            text = changes(load_diff(*session.here_of_data(dataset.id), before.id, version.id)) or "no difference"
            st.markdown(f"Against {plain(before.name)}: {text}.")
        with st.container(horizontal=True, vertical_alignment="center"):
            for title, other in (("Compare with now", NOW_TITLE), ("Compare with before", before and before.name)):
                if other:
                    first, last = (version.name, other) if other == NOW_TITLE else (other, version.name)
                    st.button(
                        title,
                        key=f"{title}-{version.id}",
                        icon=":material/difference:",
                        type="tertiary",
                        on_click=_compare,
                        args=(first, last),
                    )
            comments.button(dataset, pin(version), key=f"version_{version.id}")
            if session.may("decide"):
                with st.popover("Bring back", icon=":material/history:", type="tertiary"):
                    _restore(dataset, here, version)


def facts(version: Version) -> str:
    """What a version holds, in a line."""
    parts = [count(version.n_images, "picture"), count(len(version.class_names), "class", "classes")]
    if version.n_labelled < version.n_images:
        parts.append(f"{version.n_images - version.n_labelled:,} without a label")
    if version.splits:
        parts.append(f"splits {plain(', '.join(version.splits))}")
    if version.n_left_out:
        parts.append(f"{count(version.n_left_out, 'near duplicate')} of validation pictures left out")
    if version.n_missing:
        parts.append(f"{version.n_missing:,} not on the disk any more")
    return "; ".join(parts)


def _compare(before: str, after: str) -> None:
    st.session_state.update({"part": "Compare", "before": before, "after": after})


def _restore(dataset: Dataset, here: Here, version: Version) -> None:
    diff = load_diff(*session.here_of_data(dataset.id), NOW, version.id)
    words = {"added": "would come back", "removed": "would go", "relabelled": "would get the label they had"}
    text = [
        f"- {count(diff.n_by_kind[kind], 'picture')} {word}" for kind, word in words.items() if kind in diff.n_by_kind
    ]
    if not text:
        st.markdown("All labels and removals are as they were in this version.")
        return
    st.markdown("\n".join(text))
    if version.n_missing:
        st.caption(
            count(
                version.n_missing,
                "picture of it cannot come back: its file is gone.",
                "pictures of it cannot come back: their files are gone.",
            )
        )
    st.caption(
        "One batch of new decisions, which can be taken back like any other. Nothing is deleted, no file changes."
    )
    st.button(
        f"Bring {plain(version.name)} back",
        key=f"restore-{version.id}",
        icon=":material/history:",
        type="primary",
        on_click=job_cards.attempt,
        args=(versions.restore, session.workspace(), dataset.id),
        kwargs={"version": version, "who": job_cards.who()},
    )


def _balance(here: Here, data: VersionData) -> None:
    """Class by class, how many pictures each version has."""
    st.subheader("Class balance", anchor=False)
    shown = data.versions[:IN_TABLE][::-1]
    n_classes = max([len(data.names), *(len(version.class_names) for version in shown)])
    of_data = session.here_of_data(here[1])
    columns: dict[str, object] = {"class": [*data.names, *[""] * (n_classes - len(data.names))]}
    for version in shown:
        title = version.name if version.name not in ("class", "now") else f"version {version.name}"
        columns[one_line(title)] = per_class(load_counts(*of_data, version.id), n_classes=n_classes)
    totals = per_class(load_counts(*of_data, NOW), n_classes=n_classes)
    columns["now"] = totals
    if not n_classes:
        st.caption("This dataset has no classes.")
        return
    most = int(max(totals.max(initial=0), 1))
    tables.show(
        columns,
        hide_index=True,
        height="content",
        column_config={"now": st.column_config.ProgressColumn("now", min_value=0, max_value=most, format="%d")},
    )
    filled = totals[totals > 0]
    if len(filled):
        st.caption(f"The largest class is {filled.max() / filled.min():.1f} times the smallest.")
