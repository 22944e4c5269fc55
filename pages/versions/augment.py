"""Balancing classes with augmented pictures: which techniques, how far the budget reaches, and how they would look."""

import base64
import html
from collections.abc import Mapping

import numpy as np
import streamlit as st

from analytics.balancing import TECHNIQUES, level
from figures.names import one_line
from pages.ui import blurring, gallery, job_cards, order_fields, picture, session
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import count
from pages.versions.queries import VersionData, load_counts, load_previews, per_class
from store.datasets import Dataset
from store.versions import Version

TITLES = {
    "oversampling": "Copies",
    "flip": "Flip",
    "crop": "Crop",
    "colour": "Colour",
    "randaugment": "RandAugment",
    "mixup": "Mixup",
    "cutmix": "CutMix",
}
TRAINING = (None, "train")
SHOWN_SIDE = 96  # pixels of a preview


def choose(
    dataset: Dataset, here: Here, data: VersionData, version: Version, *, can_be_soft: bool
) -> dict[str, object]:
    """The widgets; the parameters of an export that follow from them."""
    fields = order_fields.of("export")
    titles = st.pills(
        "Balance the classes with",
        [TITLES[name] for name in TECHNIQUES],
        selection_mode="multi",
        key="making",
        help="Augmented from training pictures alone. Each augmented picture carries its parent's name and label.",
    )
    techniques = [name for name in TECHNIQUES if TITLES[name] in titles]
    counts = per_class(
        load_counts(*session.here_of_data(dataset.id), version.id), n_classes=len(version.class_names), splits=TRAINING
    )
    if not techniques:
        _meter(int(counts.sum()), 0, int(fields.view("budget").default))
        return {}
    with st.container(horizontal=True):
        budget = fields.whole(
            "budget",
            label="Budget of training pictures",
            high=10_000_000,
            step=1_000,
            key="making_budget",
            width=220,
            help="",
        )
        max_level = fields.whole(
            "level",
            label="Each class up to",
            high=1_000_000,
            step=100,
            key="making_level",
            width=220,
            help="0: as many as the largest class has, if the budget allows.",
        )
    reached = level(counts, budget=budget, max_level=max_level)
    filled = counts > 0
    n_made = int(np.maximum(reached - counts[filled], 0).sum())
    _meter(int(counts.sum()), n_made, budget)
    st.caption(f"Each class gets at least {reached:,}; {count(n_made, 'picture')} would be added.")
    parameters: dict[str, object] = {"techniques": ",".join(techniques), "budget": budget, "level": max_level}
    if can_be_soft and {"mixup", "cutmix"} & set(techniques):
        parameters["soft_labels"] = st.toggle(
            "Soft labels for mixtures",
            key="making_soft",
            help="Each parent's part, as in the papers. Otherwise the mixture carries the class of its larger parent.",
        )
        if parameters["soft_labels"]:
            st.warning("The course's rule says one-hot: a submission with soft labels fails the check.")
    _previews(dataset, here, data, version, parameters)
    return parameters


def _meter(n_there: int, n_made: int, budget: int) -> None:
    total = n_there + n_made
    over = "" if total <= budget else ", too many already"
    st.progress(min(total / budget, 1.0), text=f"{total:,} of {count(budget, 'training picture')}{over}")


def _previews(
    dataset: Dataset, here: Here, data: VersionData, version: Version, parameters: Mapping[str, object]
) -> None:
    asked = {name: parameters[name] for name in ("techniques", "budget", "level")}
    st.button(
        "Preview",
        icon=":material/visibility:",
        key="making_preview",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "augment-preview"),
        kwargs={"dataset": dataset.name, "parameters": {"version": version.name, **asked}, "who": job_cards.who()},
    )
    job_cards.show_active(kinds=("augment-preview",))
    if not data.previews:
        st.caption("Look before you export: a preview draws some of each technique.")
        return
    run = data.previews[0]
    drawn = {"version": run.parameters.get("version"), **{name: run.parameters.get(name) for name in asked}}
    if drawn != {"version": version.name, **asked}:
        st.caption("The preview below was drawn for other choices.")
    if not run.figures.get("people_blurred") and _shows_people(dataset, here, run.run_id):
        st.caption("A preview was drawn before people were to be blurred, so it is not shown; draw it again.")
        return
    for technique in TECHNIQUES:
        rows = [row for row in load_previews(*here, run.run_id) if row["technique"] == technique]
        if rows:
            _row(technique, rows)


def _shows_people(dataset: Dataset, here: Here, run_id: int) -> bool:
    """Whether something is to be blurred now in the pictures that a preview was drawn from."""
    rows = load_previews(*here, run_id)
    ids = {int(row[name]) for row in rows for name in ("image_id", "partner_id") if row[name] is not None}
    return bool(blurring.what_to_blur_in(session.workspace(), dataset.id, sorted(ids)))


def _row(technique: str, rows: list[Row]) -> None:
    """Augmented pictures above the parents they were made from."""
    style = f"width:{SHOWN_SIDE}px;height:{SHOWN_SIDE}px;object-fit:contain;border-radius:.3rem"
    drawn = "".join(
        f'<img src="data:image/jpeg;base64,{base64.b64encode(row["picture"]).decode()}" style="{style}" '
        f'alt="{html.escape(one_line(TITLES[technique]))}" title="{_share(row)}">'
        for row in rows
    )
    st.markdown(f"**{TITLES[technique]}**")
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.4rem">{drawn}</div>')
    parents = [gallery.Item(row["image_id"], row["sha256"], "", _share(row)) for row in rows]
    seconds = [gallery.Item(row["partner_id"], row["partner_sha256"]) for row in rows if row["partner_id"] is not None]
    with st.expander("From these pictures", type="compact"):
        sections = [gallery.Section(parents, "parents"), *([gallery.Section(seconds, "mixed in")] if seconds else [])]
        gallery.show(
            sections,
            key=f"parents-{technique}",
            label=f"Parents: {TITLES[technique]}",
            layout="rows",
            side=64,
            on_open=picture.ask_for,
        )


def _share(row: Row) -> str:
    return f"{100 * float(row['own_share']):.0f} % of it" if row["own_share"] is not None else ""
