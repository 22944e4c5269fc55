"""The order for a training run: model, protocol, pictures."""

import streamlit as st

from figures.names import one_line
from pages.train import wording
from pages.train.queries import TrainData
from pages.ui import job_cards, session
from pages.ui.text import count
from store.datasets import Dataset
from store.versions import scored_splits

_LABELS = {"now": "As decided here", "imported": "As imported", "version": "A version"}
_AUGMENTS = {"none": "None", "flip": "Flips", "flip-crop": "Flips and crops", "randaugment": "RandAugment"}
_MIXES = {"none": "None", "mixup": "Mixup", "cutmix": "CutMix"}
_SELECTIONS = {"none": "All", "small-loss": "Those of small loss (noisy labels)"}
_LOSSES = {"cross-entropy": "Cross-entropy", "generalised": "Generalised cross-entropy (noisy labels)"}


def show(dataset: Dataset, data: TrainData) -> None:
    """The form and its button; a sentence where there is nothing to train on."""
    several = dataset.task != "single"
    if not data.counts.n_given:
        st.info("Training needs labelled pictures, and this dataset has none.", icon=":material/label_off:")
        return
    models = [key for key in wording.MODELS if not several or key not in wording.ON_VECTORS]
    model = st.selectbox("Model", models, index=1, format_func=wording.MODELS.__getitem__, key="train_model")
    wanted: dict[str, object] = {"model": model}
    left, right = st.columns(2)
    with left:
        if model in wording.ON_VECTORS:
            if not data.spaces:
                st.info("This model learns from vectors, and the dataset has none yet.", icon=":material/scatter_plot:")
                st.page_link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
                return
            wanted |= _on_vectors(model, data)
        else:
            wanted |= _protocol(model, data)
    with right:
        wanted |= _pictures(data, asks_size="max_train" not in wanted)
    if model not in wording.ON_VECTORS:
        wanted |= _more(several=several)
    st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        key="train_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "train"),
        kwargs={"dataset": dataset.name, "parameters": wanted, "who": job_cards.who()},
    )


def _on_vectors(model: str, data: TrainData) -> dict[str, object]:
    by_name = {one_line(f"{space.name} ({space.n_vectors:,} vectors)"): space.name for space in data.spaces}
    wanted: dict[str, object] = {"space": by_name[st.selectbox("Embedding", list(by_name), key="train_space")]}
    if model == "knn":
        wanted["neighbours"] = int(st.number_input("Neighbours", 1, 500, 20, key="train_neighbours"))
    wanted["balanced"] = st.checkbox("Classes count alike", key="train_alike")
    return wanted


def _protocol(model: str, data: TrainData) -> dict[str, object]:
    preset = st.segmented_control(
        "Protocol",
        ["small", "own"],
        format_func={"small": "Small", "own": "My own"}.__getitem__,
        default="small",
        required=True,
        key="train_protocol",
        help="Small: a fixed one that two cores can bear, the same for every state of the data.",
    )
    if preset == "small":
        st.caption(wording.small_sentence(model, data.runs, n=data.counts.n_given))
        return dict(wording.SMALL)
    epochs = st.number_input(
        "Epochs at most", 1, 1000, 30, key="train_epochs", help="The learning rate falls along a cosine over so many."
    )
    patience = st.number_input(
        "Stop after so many epochs without gain",
        0,
        1000,
        8,
        key="train_patience",
        help="Measured on the validation pictures; 0: never. The best epoch's weights are kept.",
    )
    augment = st.selectbox("Augmentation", list(_AUGMENTS), format_func=_AUGMENTS.__getitem__, key="train_augment")
    return {"epochs": int(epochs), "patience": int(patience), "augment": augment}


def _pictures(data: TrainData, *, asks_size: bool) -> dict[str, object]:
    kinds = [kind for kind in _LABELS if kind != "version" or data.versions]
    labels = st.segmented_control(
        "Pictures and labels",
        kinds,
        format_func=_LABELS.__getitem__,
        default="now",
        required=True,
        key="train_labels",
        help="As imported brings removed pictures back: the raw dataset. A version is a frozen state.",
    )
    wanted: dict[str, object] = {"labels": labels}
    n = data.counts.n_given if labels == "imported" else data.counts.n
    if labels == "version":
        versions = {one_line(f"{each.name} ({each.n_labelled:,} labelled)"): each for each in data.versions}
        version = versions[st.selectbox("Version", list(versions), key="train_version")]
        wanted, n = {"labels": "now", "version": version.name}, version.n_labelled
    names = _scored_on(data)
    chosen = st.selectbox(
        "Score on",
        list(names),
        index=0 if names else None,
        key="train_evaluation",
        placeholder="A new set: the test split, or 10 % by chance",
        help="Pictures with fixed labels that the model is scored on. They, and near duplicates of them, never train.",
    )
    if asks_size:
        most = st.number_input(
            "Training pictures at most",
            0,
            100_000_000,
            0,
            1000,
            key="train_most",
            help="0: all. Fewer are drawn from each class in proportion, for a run that a small machine can bear.",
        )
        wanted["max_train"] = int(most)
    st.caption(f"{count(n, 'labelled picture')}; a tenth validates and a tenth tests where no split says otherwise.")
    return {**wanted, "evaluation": names.get(chosen, "") if chosen else ""}


def _scored_on(data: TrainData) -> dict[str, str]:
    """What there is to score on, by its title: evaluation sets, then versions with a set that no run has used yet."""
    titles = {one_line(f"{each.name} ({each.n:,})"): each.name for each in data.sets}
    used = {each.name for each in data.sets}
    for version in data.versions:
        name = f"version: {version.name}"
        if name not in used and scored_splits(version):
            built = "validation set" if version.validation_run is not None else "split"
            titles[one_line(f"{name} (its {built})")] = name
    return titles


def _more(*, several: bool) -> dict[str, object]:
    with st.expander("Optimiser, noisy and uneven labels, start from a checkpoint"):
        left, right = st.columns(2)
        with left:
            optimizer = st.selectbox("Optimiser", ["sgd", "adamw"], format_func=str.upper, key="train_optimizer")
            rate = st.number_input(
                "Learning rate", 0.0, 10.0, 0.0, format="%g", key="train_rate", help="0: 0.05 for SGD, 0.001 for AdamW."
            )
            find = st.checkbox(
                "Find the rate first",
                key="train_find",
                help="A short pass over rising rates; the one at which the loss falls most steeply is taken.",
            )
            batch = st.number_input("Batch size", 2, 65_536, 128, key="train_batch")
            seed = st.number_input("Seed", 0, 2**31 - 1, 801, key="train_seed", help="The same seed, the same weights.")
        with right:
            losses = ["cross-entropy"] if several else list(_LOSSES)
            loss = st.selectbox("Loss", losses, format_func=_LOSSES.__getitem__, key="train_loss")
            selection = st.selectbox(
                "Learn from",
                list(_SELECTIONS),
                format_func=_SELECTIONS.__getitem__,
                key="train_selection",
                help="Networks learn right labels before wrong ones; the largest losses of each batch are left out.",
            )
            wrong = 0.2
            if selection != "none":
                wrong = st.number_input("Share of wrong labels, about", 0.0, 0.9, 0.2, 0.05, key="train_forget")
            smoothing = st.number_input("Label smoothing", 0.0, 0.9, 0.0, 0.05, key="train_smoothing")
            mix = st.selectbox("Mixing", list(_MIXES), format_func=_MIXES.__getitem__, key="train_mix")
            weights_on = st.checkbox("Rare classes weigh more in the loss", key="train_weighted")
            balanced = st.checkbox("Rare classes are drawn more often", key="train_balanced")
        weights = st.text_input(
            "Checkpoint to fine-tune",
            key="train_weights",
            placeholder="/path/to/resnet34.pth",
            help="A state dict of the same torchvision architecture. Only tensors are read; nothing in it is run.",
        )
        frozen = st.number_input("Epochs in which only the class head learns", 0, 1000, 0, key="train_frozen")
    return {
        "optimizer": optimizer,
        "learning_rate": float(rate),
        "find_rate": find,
        "batch_size": int(batch),
        "seed": int(seed),
        "loss": loss,
        "selection": selection,
        "forget_rate": float(wrong),
        "label_smoothing": float(smoothing),
        "mix": mix,
        "class_weights": weights_on,
        "balanced": balanced,
        "weights": weights.strip(),
        "frozen_epochs": int(frozen) if weights.strip() else 0,
    }
