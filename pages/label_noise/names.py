"""The banner about class names that seem exchanged, and the decision to correct them."""

from collections.abc import Sequence

import streamlit as st

from pages.label_noise.queries import load_typical
from pages.ui import gallery, job_cards, picture, session
from pages.ui.filters import name_of
from pages.ui.session import Here
from pages.ui.text import count, listed, plain, share
from store.class_names import NameDecision, correct_names, standing_correction, undo_names
from store.datasets import Dataset, class_names
from store.label_issues import LabelRun

_TYPICAL = 8


def show(dataset: Dataset, here: Here, run: LabelRun, *, names: Sequence[str]) -> None:
    """Draw a banner for each circle of exchanged names, or what was done about it."""
    circles = run.figures.get("names")
    standing = standing_correction(session.workspace(), dataset.id)
    corrected = {row.class_index for row in standing}
    if standing:
        _taken(dataset, standing)
    for number, circle in enumerate(circles or []):
        if not {member["index"] for member in circle} <= corrected:
            _offer(dataset, here, run, circle, names=names, key=f"names_{run.run_id}_{number}")


def verdict(run: LabelRun) -> str:
    """What the check of names came to, in a sentence."""
    circles = run.figures.get("names")
    if circles is None:
        return "Class names were not checked: ImageNet, by whose names this is done, has no names for these classes."
    if not circles:
        return "Every class name fits its pictures."
    return count(len(circles), "exchange of names was found.", "exchanges of names were found.")


def _offer(dataset: Dataset, here: Here, run: LabelRun, circle: list[dict], *, names: Sequence[str], key: str) -> None:
    now = [plain(name_of(member["index"], names=names)) for member in circle]
    with st.container(border=True):
        badge = ":orange-badge[:material/swap_horiz: names]"
        st.markdown(f"{badge} **The names {listed(now, at_most=9)} seem exchanged.**")
        st.markdown("\n".join(f"- {_evidence(member, names=names)}" for member in circle))
        labels = tuple(member["index"] for member in circle)
        rows = load_typical(*here, run.run_id, labels, _TYPICAL).to_pylist()
        sections = [
            gallery.Section(
                [gallery.Item(row["image_id"], row["sha256"]) for row in rows if row["label"] == index],
                name_of(index, names=names),
                f"class {index}",
            )
            for index in labels
        ]
        gallery.show(
            sections, key=f"{key}_typical", label="Typical pictures", layout="rows", side=60, on_open=picture.ask_for
        )
        if not session.may("name_classes"):
            return
        st.button(
            "Correct the names",
            type="primary",
            icon=":material/swap_horiz:",
            key=key,
            on_click=job_cards.attempt,
            args=(_correct, dataset.id, circle, run.run_id),
            help="A decision that can be taken back. Labels and files do not change; only what the classes are called.",
        )


def _evidence(member: dict, *, names: Sequence[str]) -> str:
    own, shown = (plain(name_of(member[key], names=names)) for key in ("index", "shows"))
    n = member["n_for"] + member["n_against"]
    part = share(member["n_for"] / max(n, 1))
    verb = "shows" if n == 1 else "show"
    return f"Of {count(n, 'picture')} labelled **{own}** that {verb} one of the two, {part} show {shown}."


def _correct(dataset_id: int, circle: list[dict], run_id: int) -> None:
    workspace = session.workspace()
    names = class_names(workspace, dataset_id)
    correct_names(
        workspace,
        dataset_id,
        names={member["index"]: names[member["shows"]] for member in circle},
        who=job_cards.who(),
        reason="the names were exchanged",
        evidence={"run": run_id, "circle": circle},
    )


def _taken(dataset: Dataset, standing: Sequence[NameDecision]) -> None:
    changes = ", ".join(f"{plain(row.name_before)} is now {plain(row.name_after)}" for row in standing)
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        who, when = plain(standing[0].who), standing[0].decided_at
        st.markdown(f":green-badge[:material/check: names] Corrected: {changes} ({who}, {when:%d %B %Y, %H:%M} UTC).")
        if not session.may("name_classes"):
            return
        st.button(
            "Take it back",
            icon=":material/undo:",
            key=f"undo_{standing[0].batch}",
            on_click=job_cards.attempt,
            args=(undo_names, session.workspace(), dataset.id),
            kwargs={"batch": standing[0].batch, "who": job_cards.who()},
        )
