"""Train: classifiers on the dataset's pictures or vectors, scored on pictures that none of them has seen."""

import streamlit as st

from figures.names import one_line
from pages.train import curves, form, results, wording
from pages.train.queries import TrainData, load_data, load_epochs
from pages.ui import explain, job_cards, session, staleness
from pages.ui.session import Here
from pages.ui.text import plain
from store.datasets import Dataset
from store.training import TrainingRun


def choose_run(data: TrainData) -> TrainingRun:
    """The run to show, by its number in the URL; the newest without one."""
    by_id = {str(run.run_id): run for run in data.runs}
    titles = {number: one_line(wording.title(run)) for number, run in by_id.items()}
    chosen = st.selectbox("Run", list(by_id), format_func=titles.__getitem__, key="run", bind="query-params")
    return by_id.get(chosen) or data.runs[0]


def draw_how(run: TrainingRun) -> None:
    """The popover on the method."""
    wanted, figures = run.parameters, run.figures
    on_vectors = run.model in wording.ON_VECTORS
    protocol = (
        f"Vectors of {plain(wanted.get('space'))}; setting chosen on the validation pictures: {figures.get('chosen')}."
        if on_vectors
        else f"{wanted.get('optimizer', '').upper()}, rate {wording.rate_words(run)}, weight decay "
        f"{wanted.get('weight_decay')}, batches of {figures.get('batch_size')}, cosine over {wanted.get('epochs')} "
        f"epochs, augmentation {wanted.get('augment')}, mixing {wanted.get('mix')}, loss {wanted.get('loss')}, "
        f"learning from {wording.chosen_words(run)}, label "
        f"smoothing {wanted.get('label_smoothing')}; {figures.get('precision')}."
    )
    explain.how(
        "Pictures are split once: **training**, **validation** (chooses the best epoch and when to stop) and **test** "
        "(an evaluation set with a name, looked at once). Near duplicates stay on one side. **Balanced accuracy** is "
        "the mean of the classes' recalls, so that large classes do not decide it. The protocol is fixed and every "
        "choice is drawn from the seed, so that between two runs only what was changed differs. Labels may be wrong in "
        "the evaluation set too: its score speaks of agreement with these labels, fixed when the set was made.",
        parameters=[
            protocol,
            f"Split by {figures.get('split_by')}: {figures.get('n_train', 0):,} training, "
            f"{figures.get('n_validation', 0):,} validation, {figures.get('n_test', 0):,} test, "
            f"{figures.get('n_copy', 0):,} near duplicates held back, {figures.get('n_left_out', 0):,} left out.",
            f"Seed {wanted.get('seed')}, split seed {wanted.get('split_seed')}; run {run.run_id}, {run.seconds:.0f} s "
            f"on {plain(run.device or 'cpu')}, Vitrine {plain(run.code_version)}.",
        ],
        sources=[
            "He et al., CVPR 2016 (ResNet); Loshchilov and Hutter, ICLR 2017 (cosine)",
            "Brodersen et al., ICPR 2010 (balanced accuracy)",
            "Zhang and Sabuncu, NeurIPS 2018 (generalised cross-entropy); Han et al., NeurIPS 2018 (small losses)",
            "Smith, WACV 2017 (finding the learning rate)",
        ],
    )


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
st.title(f"Train on {plain(dataset.name)}")
job_cards.show_refusal()
data = load_data(*here)
if not data.runs:
    st.markdown(
        "No model has been trained on this dataset yet. A run learns from one part of the pictures and is scored on "
        "another that it never sees, so that two runs can be compared: before cleaning and after, say."
    )
    with st.container(border=True):
        form.show(dataset, data)
    job_cards.show_active(kinds=("train",))
    curves.show_live(session.active_jobs(), names=data.names)
    st.stop()

job_cards.show_active(kinds=("train",))
curves.show_live(session.active_jobs(), names=data.names)
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    run = choose_run(data)
    with st.container(horizontal=True, width="content"):
        if session.may("start_job"):
            with st.popover("Train another", icon=":material/model_training:"):
                form.show(dataset, data)
        draw_how(run)
results.show_figures(run)
if run.is_stale:
    st.warning(f"This run is older than the data. {staleness.sentence(run, kind='train')}", icon=":material/history:")
if lacking := wording.lacking_sentence(run):
    st.warning(plain(lacking), icon=":material/help:")
st.markdown(plain(wording.leak_sentence(run)))
for note in run.figures.get("notes") or []:
    st.caption(plain(note))
if epochs := load_epochs(*here, run.run_id):
    curves.show(epochs, best_epoch=run.figures.get("best_epoch"), names=run.figures.get("classes") or data.names)
if curve := run.figures.get("rate_curve"):
    rate = float(run.figures.get("found_rate") or 0)
    with st.expander(f"Learning rate found: {rate:.2g}"):
        st.caption(
            "One short pass, each batch at a higher rate. Taken: where the loss falls most steeply (Smith, 2017)."
        )
        curves.show_rates(curve, rate=rate)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Each class", anchor=False)
    results.show_recalls(run)
with right:
    if run.model not in wording.ON_VECTORS:
        st.subheader("Take it along", anchor=False)
        results.show_downloads(dataset, run)
st.subheader("All runs", anchor=False)
results.show_all(data.runs)
session.link(
    session.PAGES.compare,
    label="Compare runs on the same pictures",
    icon=":material/compare_arrows:",
    query_params={"dataset": dataset.name},
)
