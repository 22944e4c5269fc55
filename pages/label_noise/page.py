"""Label noise: which labels are likely wrong and why, which pictures belong nowhere, whose names are exchanged."""

import streamlit as st

from pages.label_noise import actions, form, matrix, names, outliers, planted, wording
from pages.label_noise import list as label_noise_list
from pages.label_noise.queries import LabelData, load_changes, load_data, load_noise
from pages.ui import explain, job_cards, keep, picture, session
from pages.ui.session import Here
from pages.ui.text import count, percent, plain
from store.datasets import Dataset
from store.label_issues import LabelRun, outlier_ids

VIEWS = ("Doubted labels", "Noise matrix", "Outliers")
# Of the newest check, which is the one shown: after another, the claims are about that.
CLAIMABLE = (
    keep.Proposal("share-wrong"),
    keep.Proposal("share-doubted"),
    keep.Proposal("label-check", {"what": "doubted"}),
    keep.Proposal("label-check", {"what": "outliers"}),
    keep.Proposal("label-check", {"what": "copies-at-odds"}),
    keep.Proposal("doubts-open"),
)


def start_first(dataset: Dataset, data: LabelData) -> None:
    """What to do where no check has been made yet; ends the page."""
    st.markdown(
        "No label of this dataset has been checked yet. The check asks of every label whether a classifier that never "
        "saw the picture, the picture's neighbours and its copies would have given it too."
    )
    with st.container(border=True):
        form.show(dataset, data.spaces)
    job_cards.show_active(kinds=("label-issues",))
    st.stop()


def draw_figures(run: LabelRun) -> None:
    """The numbers at the top: measures of the check shown."""
    counted = {
        what: keep.measured(here, "label-check", run=run.run_id, what=what).known
        for what in ("judged", "doubted", "outliers", "copies-at-odds")
    }
    wrong = keep.measured(here, "share-wrong", run=run.run_id)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Labels judged", f"{counted['judged']:,.0f}", width="content")
        st.metric(
            "Doubted labels",
            f"{counted['doubted']:,.0f}",
            width="content",
            help="Picked by confident learning, or with a high chance to be unrelated to the picture.",
        )
        st.metric(
            "Outliers",
            f"{counted['outliers']:,.0f}",
            width="content",
            help="Pictures further out than almost all whose labels are believed.",
        )
        st.metric(
            "Copies at odds",
            f"{counted['copies-at-odds']:,.0f}",
            width="content",
            help="Groups of near duplicates whose labels differ.",
        )
        if wrong.interval is not None:
            low, high = percent(wrong.interval.low), percent(wrong.interval.high)
            interval = f"95 % interval {low} to {high}; by class beside the matrix."
            st.metric("Labels wrong, about", percent(wrong.number), width="content", help=interval)


def draw_how(run: LabelRun) -> None:
    """The popover on the method."""
    wanted, figures = run.parameters, run.figures
    given = figures.get("given_predictions")
    min_chance = wanted.get("min_chance", wanted.get("least_chance"))  # its name in runs made before
    learned = (
        "Out-of-fold probabilities were given with the job."
        if given
        else f"Logistic regression on {wanted.get('pca_dims')} principal components of the embedding, in "
        f"{wanted.get('folds')} folds: each picture is judged by a model that saw neither it nor its near duplicates."
    )
    explain.how(
        "Several opinions on every label. The **classifier**: confident learning on out-of-fold probabilities. The "
        f"**neighbours**: the labels of the {wanted.get('neighbours')} nearest, copies left out. The **copies**: near "
        "duplicates with another label. **Zero-shot**: what ImageNet's own classes of these names say. A **detector**, "
        "where one has looked and finds nearly every one of a class: that it finds none here. Opinions are weighed by "
        "class, or labels of large classes would look right everywhere. A label is doubted when confident learning "
        "picks it, or when its chance to be unrelated to the picture, by comparison with shuffled labels, is at least "
        f"{min_chance}. Certain errors, on which most opinions agree, come first.",
        parameters=[
            learned,
            f"Embedding: {plain(run.space)}; filter {plain(wanted.get('filter'))}; seed {wanted.get('seed')}; run "
            f"{run.run_id}, {run.seconds:.0f} s, Vitrine {plain(run.code_version)}.",
            "Outliers: mean cosine distance to the nearest, relative Mahalanobis distance to the class centres "
            f"(shrunk) and none of the names, against {count(figures.get('n_core', 0), 'picture')} that all methods "
            "believe.",
            names.verdict(run),
            plain(wording.detector_sentence(run, names=data.names)),
        ],
        sources=[
            "Northcutt, Jiang and Chuang, JAIR 2021 (confident learning; cleanlab)",
            "Efron, Large-Scale Inference, 2010 (two groups); Storey, JRSS B 2002",
            "Ren et al., 2021 (relative Mahalanobis distance); Ledoit and Wolf, 2004",
        ],
    )


def open_pair(given: int, suggested: int) -> None:
    """Show the list of one cell of the matrix; a callback's work."""
    label_noise_list.show_pair(given, suggested, names=data.names)
    st.session_state["view"] = VIEWS[0]


def draw_list(here: Here, run: LabelRun) -> list[int]:
    """The ranked list, and what can be done with what is selected."""
    wanted = label_noise_list.wanted_issues(data.names)
    acts = st.container()
    selected, shown = label_noise_list.show(here, run.run_id, names=data.names, wanted=wanted)
    with acts:
        actions.draw_buttons(dataset, run, selected, names=data.names)
    return shown


def draw_matrix(here: Here, run: LabelRun) -> None:
    """The matrix and the rates side by side."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Given and suggested", anchor=False)
        matrix.show_matrix(load_noise(*here, run.run_id), names=data.names, on_cell=open_pair)
    with right:
        st.subheader("How many are wrong", anchor=False)
        matrix.show_rates(run, names=data.names)


def draw_outliers(here: Here, run: LabelRun) -> list[int]:
    """The slider, what would go, and both sides of the line."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        threshold = outliers.threshold_of(here, run)
        if threshold is None:
            return []
        n_out = outliers.show_counts_at(here, run, threshold, names=data.names)
        workspace = session.workspace()
        actions.draw_removal(
            dataset,
            run,
            threshold=threshold,
            n_out=n_out,
            ids=lambda: outlier_ids(workspace, dataset.id, run_id=run.run_id, threshold=threshold),
        )
    with right:
        return outliers.show_sides(here, run, threshold, names=data.names, given=None, n_out=n_out)


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Label noise of {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
if not data.runs:
    start_first(dataset, data)

run = data.runs[0]
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    draw_figures(run)
    with st.container(horizontal=True, width="content"):
        if session.may("start_job"):
            with st.popover("Check again", icon=":material/replay:"):
                form.show(dataset, data.spaces)
        draw_how(run)
stale = wording.stale_sentence(run, load_changes(*here, run.run_id)) if run.is_stale else ""
if stale:
    st.warning(f"{stale} Check again to judge what is there now.", icon=":material/history:")
if doubt := wording.doubt_sentence(run):
    st.warning(doubt, icon=":material/help:")
job_cards.show_active(kinds=("label-issues",))
names.show(dataset, here, run, names=data.names)
planted.show(dataset, run.run_id)

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    keep.offer(dataset, CLAIMABLE, page="label_noise", key="label_noise")
shown: list[int] = []
if view == VIEWS[1]:
    draw_matrix(here, run)
elif view == VIEWS[2]:
    shown = draw_outliers(here, run)
else:
    shown = draw_list(here, run)

picture.open_asked(dataset, names=data.names, neighbours=shown)
