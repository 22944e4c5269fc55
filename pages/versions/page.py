"""Versions: freeze what counts now, compare any two, bring one back, export one, check a submission."""

import streamlit as st

from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import plain
from pages.versions import check as versions_check
from pages.versions import diff, export, frozen, validation
from pages.versions import list as versions_list
from pages.versions.queries import load_data
from store.datasets import Dataset

PARTS = ("Versions", "Compare", "Validation set", "Export", "Check a submission")
TO_LOOK = PARTS[:2]  # the others are work


def draw_how() -> None:
    """The popover on the methods."""
    explain.how(
        "A **version** is the list of pictures kept when it was frozen, each with its SHA-256, label and split; "
        "it never "
        "changes. Two versions are **compared** picture by picture. **Bringing one back** adds the decisions that "
        "lead there, "
        "as one batch. The **validation set** is drawn from pictures whose label every method of the label check "
        "agrees on; "
        "k-medoids spread it over each class, and what is nearly the same as a confirmed picture is left out of "
        "the rest. "
        "An **export** is written beside its place under a hidden name and renamed when it is whole.",
        parameters=[
            "Near duplicates of validation pictures: a cosine of .95, or perceptual hashes within 4 bits.",
            "Augmented pictures: crops keep 75 to 95 % of each side; brightness, contrast and colour change by up to "
            "30 %; RandAugment does 2 operations at magnitude 9; of a mixture the larger parent keeps 60 to 90 % and "
            "gives key and label. A level for all classes is the highest that the budget allows.",
            "The checker knows nothing of how a folder was made: it reads every file.",
        ],
        sources=[
            "Cubuk et al., 2020 (RandAugment)",
            "Zhang et al., ICLR 2018 (mixup); Yun et al., ICCV 2019 (CutMix)",
            "Schubert and Rousseeuw, Information Systems 2021 (FasterPAM)",
        ],
    )


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Versions of {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
if (version_id := session.version_id()) is not None:
    picture.open_asked(dataset, names=[], neighbours=frozen.show(dataset, data, version_id))
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    part = st.segmented_control(
        "Part",
        PARTS if session.may("freeze") else TO_LOOK,
        default=PARTS[0],
        required=True,
        key="part",
        bind="query-params",
        label_visibility="collapsed",
    )
    draw_how()

shown: list[int] = []
if part == PARTS[1]:
    shown = diff.show(here, data)
elif part == PARTS[2]:
    validation.show(dataset, here, data)
elif part == PARTS[3]:
    export.show(dataset, here, data)
elif part == PARTS[4]:
    versions_check.show(dataset, data)
else:
    versions_list.show(dataset, here, data)

picture.open_asked(dataset, names=data.names, neighbours=shown)
