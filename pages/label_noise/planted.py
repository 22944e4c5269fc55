"""The demo's planted truth beside what a label check found: precision and recall."""

import json
from pathlib import Path

import streamlit as st

from analytics.planted import Score, score
from pages.ui import session
from pages.ui.session import SettledGeneration
from pages.ui.text import share
from store.datasets import Dataset
from store.label_issues import issue_paths


def show(dataset: Dataset, run_id: int) -> None:
    """A line of figures for the demo's dataset; nothing for any other."""
    scores = _scores(*session.here(dataset.id), dataset.root, run_id)
    if scores is None:
        return
    with st.container(border=True):
        st.markdown("**Against the truth.** The demo's errors were planted, so what was found can be counted.")
        with st.container(horizontal=True, gap="large"):
            for title, found in scores.items():
                precision = "–" if found.precision is None else share(found.precision)
                recall = "–" if found.recall is None else share(found.recall)
                st.metric(
                    f"{title}: recall, precision",
                    f"{recall}, {precision}",
                    width="content",
                    help=f"Recall: {found.n_right} of {found.n_planted} planted. "
                    f"Precision: {found.n_right} of {found.n_found} named, {precision}.",
                )


@st.cache_data(max_entries=4, show_spinner=False)
def _scores(
    root: str, dataset_id: int, generation: SettledGeneration, dataset_root: str, run_id: int
) -> dict[str, Score] | None:
    """The scores by what was planted; None where there is no planted truth of this dataset."""
    file = Path(root) / "demo" / "truth.json"
    if Path(dataset_root) != Path(root) / "demo" / "pictures" or not file.is_file():
        return None
    truth = json.loads(file.read_text(encoding="utf-8"))
    issues = issue_paths(session.workspace(), run_id=run_id).to_pylist()
    by_kind: dict[str, set[str]] = {"label": set(), "outlier": set(), "duplicate": set()}
    for issue in issues:
        by_kind[issue["kind"]].add(issue["path"])
    given = {path: path.split("/")[-2] for path in truth["true_labels"]}
    wrong = {path for path, label in truth["true_labels"].items() if given[path] != label}
    strays = {row["path"] for row in truth["no_digits"]}
    return {
        "Wrong labels": score((by_kind["label"] | by_kind["duplicate"]) - strays, planted=wrong),
        "Pictures of no digit": score(by_kind["outlier"], planted=strays),
        "Both": score(by_kind["label"] | by_kind["duplicate"] | by_kind["outlier"], planted=wrong | strays),
    }
