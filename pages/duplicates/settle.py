"""Settling groups of duplicates: which picture stays, what goes, and the way back."""

import collections
from collections.abc import Sequence

import numpy as np
import streamlit as st

from analytics import duplicates as analysis
from pages.duplicates.queries import DuplicateData, Shown
from pages.ui import filters, job_cards, session, tables
from pages.ui.rows import Row
from pages.ui.text import count, plain
from store import decisions
from store.datasets import Dataset
from store.decisions import Act
from store.errors import StoreError

RULES = {
    "Keep the largest": "largest",
    "Keep the oldest file": "oldest",
    "Keep the one in a split": "split",
    "Keep the first by number": "first",
    "Remove all of a group with conflicting labels": "none",
}
WORDS = {"file": "same file", "pixels": "same pixels", "hash": "near by hash", "embedding": "near by embedding"}
STAYS, NONE_STAYS = "duplicate of an image that stays", "duplicates with nothing to tell them apart"
_SAID = "duplicates_said"


def all_by_rule(dataset: Dataset, data: DuplicateData, shown: Shown) -> None:
    """The popover that settles every shown group by one rule, with what would go, class by class."""
    rule = st.selectbox("Rule", list(RULES), key="duplicates_rule")
    splits = [split for split in data.splits if split is not None]
    split = None
    if RULES[rule] == "split":
        if not splits:
            st.caption("No picture of this dataset stands in a split.")
            return
        split = st.selectbox("The split that stays", splits, key="duplicates_split")
    goes = would_go(shown, rule=RULES[rule], split=split)
    if not goes.any():
        st.caption("By this rule nothing goes.")
        return
    st.markdown(f"**{count(int(goes.sum()), 'picture')}** of {count(len(shown.order), 'group')} would go:")
    tables.show(_by_class(shown, goes, names=data.names), hide_index=True, height="content")
    st.button(
        f"Remove {count(int(goes.sum()), 'picture')}",
        type="primary",
        icon=":material/delete_sweep:",
        key="duplicates_all",
        on_click=_remove,
        args=(dataset, shown, np.flatnonzero(goes)),
        kwargs={"rule": rule},
    )
    st.caption("No file is touched. It is one decision, and one click takes it back.")


def would_go(shown: Shown, *, rule: str, split: str | None) -> np.ndarray:
    """(m,) bool of shown.groups.image_ids: what the rule removes from the groups that are shown."""
    groups, facts = shown.groups, shown.facts
    chosen = np.isin(groups.number, shown.order)
    if rule == "none":
        return chosen & shown.judged.conflicting[groups.number]
    width, height, n_bytes, age = (facts[name].to_numpy() for name in ("width", "height", "bytes", "mtime_ns"))
    keep = analysis.keepers(
        groups,
        rule=rule,
        pixels=width.astype(np.int64) * height,
        n_bytes=n_bytes,
        age=age,
        splits=facts["split"].to_pylist(),
        split=split,
    )
    return chosen & ~keep


def commonest(members: Sequence[Row]) -> int:
    """The place of the first of `members` that carries the label most of them carry: the likeliest to be right."""
    labels = [(member["label"], tuple(member["labels"] or ())) for member in members]
    most, _ = collections.Counter(labels).most_common(1)[0]
    return labels.index(most)


def one_group(dataset: Dataset, data: DuplicateData, shown: Shown, group: int) -> None:
    """The row of buttons under one group: keep one by hand, or none."""
    members = shown.members(group)
    first = int(np.searchsorted(shown.groups.number, group))
    places = {member_title(member, names=data.names): first + n for n, member in enumerate(members)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        picked = st.selectbox(
            "Keep",
            list(places),
            key=f"keep-{members[0]['image_id']}-{len(members)}",
            label_visibility="collapsed",
            index=commonest(members),
            width=330,
        )
        others = np.array([place for place in places.values() if place != places[picked]])
        mark = members[0]["image_id"]
        st.button(
            "Keep this one, remove the rest",
            key=f"settle-{mark}",
            icon=":material/done:",
            on_click=_remove,
            args=(dataset, shown, others),
            kwargs={"rule": "by hand", "keeper": members[places[picked] - first]},
        )
        st.button(
            "Remove all",
            key=f"drop-{mark}",
            icon=":material/delete:",
            type="tertiary",
            on_click=_remove,
            args=(dataset, shown, np.array(list(places.values()))),
            kwargs={"rule": "by hand, all"},
        )


def member_title(member: Row, *, names: list[str]) -> str:
    """A picture in a list: "Lynx · train · img_1.jpg, number 5"."""
    label = filters.label_text(member["label"], member["labels"], names=names)
    split = f" · {member['split']}" if member["split"] else ""
    return f"{label}{split} · {str(member['path']).rsplit('/', 1)[-1]} ({member['image_id']})"


def way_back(dataset: Dataset) -> None:
    """What the last click did, with the button that takes it back; after a refresh, this person's newest such."""
    message = st.session_state.get(_SAID) or _newest(dataset)
    if message is None:
        return
    words, batch = message
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f":material/check: {words}", width="stretch")
        if batch is not None:
            st.button("Undo", icon=":material/undo:", key="duplicates_undo", on_click=_undo, args=(dataset, batch))


def _newest(dataset: Dataset) -> tuple[str, str] | None:
    workspace = session.workspace()
    last = decisions.latest_batch(workspace, dataset.id, who=job_cards.who())
    found = decisions.recent_batches(workspace, dataset.id).to_pylist()
    batch = next((each for each in found if each["batch"] == last), None)
    if batch is None or batch["reason"] not in (STAYS, NONE_STAYS):
        return None
    return f"Newest decision: {count(batch['n_standing'], 'picture')} removed.", batch["batch"]


def _remove(dataset: Dataset, shown: Shown, places: np.ndarray, *, rule: str, keeper: Row | None = None) -> None:
    """A callback: one batch of removals, with what was known of each."""
    numbers = shown.groups.number[places]
    kept_of = {} if keeper is not None else _kept_by_group(shown, places)
    acts = []
    for place, group in zip(places.tolist(), numbers.tolist(), strict=True):
        evidence = {"rule": rule, "why": list(shown.why[group]), "group_size": int(shown.judged.size[group])}
        if not np.isnan(shown.least[group]):
            evidence["least_cosine"] = round(float(shown.least[group]), 4)
        kept = keeper["image_id"] if keeper is not None else kept_of.get(group)
        evidence |= {"kept_image": kept} if kept is not None else {}
        reason = STAYS if kept is not None else NONE_STAYS
        acts.append(Act(int(shown.groups.image_ids[place]), "remove", reason=reason, evidence=evidence))
    try:
        done = decisions.decide(session.workspace(), dataset.id, acts, who=job_cards.who())
    except StoreError as error:
        st.session_state[_SAID] = (f"Nothing was removed: {plain(error)}", None)
        return
    st.session_state[_SAID] = (f"{count(done.n, 'picture')} removed.", done.batch)


def _kept_by_group(shown: Shown, places: np.ndarray) -> dict[int, int]:
    goes = np.zeros(len(shown.groups.image_ids), bool)
    goes[places] = True
    return {
        int(group): int(image_id)
        for group, image_id in zip(shown.groups.number[~goes], shown.groups.image_ids[~goes], strict=True)
    }


def _undo(dataset: Dataset, batch: str) -> None:
    try:
        done = decisions.undo(session.workspace(), dataset.id, batch=batch, who=job_cards.who())
        st.session_state[_SAID] = (f"{count(done.n, 'picture')} brought back.", None)
    except StoreError as error:
        st.session_state[_SAID] = (plain(error), None)


def _by_class(shown: Shown, goes: np.ndarray, *, names: list[str]) -> dict[str, Sequence[object]]:
    rows = zip(shown.facts["label"].to_pylist(), shown.facts["labels"].to_pylist(), goes.tolist(), strict=True)
    n_going: collections.Counter[str] = collections.Counter()
    n_grouped: collections.Counter[str] = collections.Counter()
    for label, labels, gone in rows:
        name = filters.label_text(label, labels, names=names)
        n_grouped[name] += 1
        n_going[name] += gone
    found = [name for name, n in n_going.most_common() if n]
    return {"Class": found, "Would go": [n_going[n] for n in found], "In groups": [n_grouped[n] for n in found]}
