"""The order for a training run: model, protocol, pictures."""

import streamlit as st

from figures.names import one_line
from pages.train import wording
from pages.train.queries import TrainData
from pages.ui import job_cards, order_fields, session
from pages.ui.order_fields import OrderFields
from pages.ui.text import LONGEST_PATH, count
from store.datasets import Dataset
from store.versions import scored_splits

_LABELS = {"now": "As decided here", "imported": "As imported", "version": "A version"}
_AUGMENTS = {"none": "None", "flip": "Flips", "flip-crop": "Flips and crops", "randaugment": "RandAugment"}
_MIXES = {"none": "None", "mixup": "Mixup", "cutmix": "CutMix"}
_OPTIMIZERS = {"sgd": "SGD", "adamw": "ADAMW"}
_SELECTIONS = {"none": "All", "small-loss": "Those of small loss (noisy labels)"}
_LOSSES = {"cross-entropy": "Cross-entropy", "generalised": "Generalised cross-entropy (noisy labels)"}


def show(dataset: Dataset, data: TrainData) -> None:
    """The form and its button; a sentence where there is nothing to train on."""
    if not session.may_or_say("start_job"):
        return
    several = dataset.task != "single"
    if not data.counts.n_given:
        st.info("Training needs labelled pictures, and this dataset has none.", icon=":material/label_off:")
        return
    fields = order_fields.of("train")
    models = {key: title for key, title in wording.MODELS.items() if not several or key not in wording.ON_VECTORS}
    model = fields.one_of("model", models, label="Model", key="train_model", help="")
    parameters: dict[str, object] = {"model": model}
    left, right = st.columns(2)
    with left:
        if model in wording.ON_VECTORS:
            if not data.spaces:
                st.info("This model learns from vectors, and the dataset has none yet.", icon=":material/scatter_plot:")
                session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
                return
            parameters |= _on_vectors(model, data, fields)
        else:
            parameters |= _protocol(model, data, fields)
    with right:
        parameters |= _pictures(data, fields, asks_size="max_train" not in parameters)
    if model not in wording.ON_VECTORS:
        parameters |= _more(fields, several=several)
    st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        key="train_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "train"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _on_vectors(model: str, data: TrainData, fields: OrderFields) -> dict[str, object]:
    by_name = {one_line(f"{space.name} ({count(space.n_vectors, 'vector')})"): space.name for space in data.spaces}
    parameters: dict[str, object] = {"space": by_name[st.selectbox("Embedding", list(by_name), key="train_space")]}
    if model == "knn":
        parameters["neighbours"] = fields.whole(
            "neighbours", label="Neighbours", high=500, key="train_neighbours", help=""
        )
    parameters["balanced"] = st.checkbox("Classes count alike", key="train_alike")
    return parameters


def _protocol(model: str, data: TrainData, fields: OrderFields) -> dict[str, object]:
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
    epochs = fields.whole(
        "epochs",
        label="Epochs at most",
        key="train_epochs",
        help="The learning rate falls along a cosine over so many.",
    )
    patience = fields.whole(
        "patience",
        label="Stop after so many epochs without gain",
        key="train_patience",
        help="Measured on the validation pictures; 0: never. The best epoch's weights are kept.",
    )
    augment = fields.one_of("augment", _AUGMENTS, label="Augmentation", key="train_augment", help="")
    return {"epochs": epochs, "patience": patience, "augment": augment}


def _pictures(data: TrainData, fields: OrderFields, *, asks_size: bool) -> dict[str, object]:
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
    parameters: dict[str, object] = {"labels": labels}
    n = data.counts.n_given if labels == "imported" else data.counts.n
    if labels == "version":
        versions = {one_line(f"{each.name} ({each.n_labelled:,} labelled)"): each for each in data.versions}
        version = versions[st.selectbox("Version", list(versions), key="train_version")]
        parameters, n = {"labels": "now", "version": version.name}, version.n_labelled
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
        max_train = fields.whole(
            "max_train",
            label="Training pictures at most",
            high=100_000_000,
            step=1000,
            key="train_most",
            help="0: all. Fewer are drawn from each class in proportion, for a run that a small machine can bear.",
        )
        parameters["max_train"] = max_train
    st.caption(f"{count(n, 'labelled picture')}; a tenth validates and a tenth tests where no split says otherwise.")
    return {**parameters, "evaluation": names.get(chosen, "") if chosen else ""}


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


def _more(fields: OrderFields, *, several: bool) -> dict[str, object]:
    with st.expander("Optimiser, noisy and uneven labels, start from a checkpoint"):
        left, right = st.columns(2)
        with left:
            optimizer = fields.one_of("optimizer", _OPTIMIZERS, label="Optimiser", key="train_optimizer", help="")
            rate = fields.number(
                "learning_rate",
                label="Learning rate",
                format="%g",
                key="train_rate",
                help="0: 0.05 for SGD, 0.001 for AdamW.",
            )
            find = st.checkbox(
                "Find the rate first",
                key="train_find",
                help="A short pass over rising rates; the one at which the loss falls most steeply is taken.",
            )
            batch = fields.whole("batch_size", label="Batch size", key="train_batch", help="")
            seed = fields.whole(
                "seed", label="Seed", high=2**31 - 1, key="train_seed", help="The same seed, the same weights."
            )
        with right:
            losses = {key: title for key, title in _LOSSES.items() if not several or key == "cross-entropy"}
            loss = fields.one_of("loss", losses, label="Loss", key="train_loss", help="")
            selection = fields.one_of(
                "selection",
                _SELECTIONS,
                label="Learn from",
                key="train_selection",
                help="Networks learn right labels before wrong ones; the largest losses of each batch are left out.",
            )
            wrong = float(fields.view("forget_rate").default)
            if selection != "none":
                wrong = fields.number(
                    "forget_rate", label="Share of wrong labels, about", step=0.05, key="train_forget", help=""
                )
            smoothing = fields.number(
                "label_smoothing", label="Label smoothing", step=0.05, key="train_smoothing", help=""
            )
            mix = fields.one_of("mix", _MIXES, label="Mixing", key="train_mix", help="")
            weights_on = st.checkbox("Rare classes weigh more in the loss", key="train_weighted")
            balanced = st.checkbox("Rare classes are drawn more often", key="train_balanced")
        weights = st.text_input(
            "Checkpoint to fine-tune",
            key="train_weights",
            placeholder="/path/to/resnet34.pth",
            help="A state dict of the same torchvision architecture. Only tensors are read; nothing in it is run.",
            max_chars=LONGEST_PATH,
        )
        frozen = fields.whole(
            "frozen_epochs", label="Epochs in which only the class head learns", key="train_frozen", help=""
        )
    return {
        "optimizer": optimizer,
        "learning_rate": rate,
        "find_rate": find,
        "batch_size": batch,
        "seed": seed,
        "loss": loss,
        "selection": selection,
        "forget_rate": wrong,
        "label_smoothing": smoothing,
        "mix": mix,
        "class_weights": weights_on,
        "balanced": balanced,
        "weights": weights.strip(),
        "frozen_epochs": frozen if weights.strip() else 0,
    }
