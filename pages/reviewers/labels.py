"""What reviewers said of labels in bundles. It decides nothing: the page Review does."""

import streamlit as st

from pages.reviewers.queries import load_names, load_opinions
from pages.ui import gallery, picture, threads
from pages.ui.filters import name_of
from store.datasets import Dataset
from store.reviews import opinions_by_verdict

MOST_SHOWN = 60


def show(dataset: Dataset) -> list[int]:
    """Every word on a picture's label, those that say it is wrong first; the ids of the pictures that are drawn."""
    opinions = load_opinions(*threads.here(dataset.id))
    names = load_names(*threads.here(dataset.id))
    if not opinions:
        st.markdown(
            "No reviewer has said anything of a label yet. In the **bundle** (page Report, Take it along) they can "
            "call each label right, wrong or unsure; what they say comes in with their `review.json`."
        )
        return []
    counted = opinions_by_verdict(opinions)
    st.caption(", ".join(f"{n:,} {verdict}" for verdict, n in counted.items() if n))
    items = []
    for each in opinions[:MOST_SHOWN]:
        now = "no label" if each.label_now is None else name_of(each.label_now, names=names)
        should = f" → {name_of(each.label, names=names)}" if each.label is not None else ""
        items.append(gallery.Item(each.image_id, each.sha256, f"{now}{should}", f"{each.verdict}, {each.reviewer}"))
    gallery.show([gallery.Section(items)], key="review_words", label="Words on labels", on_open=picture.ask_for)
    return [each.image_id for each in opinions[:MOST_SHOWN]]
