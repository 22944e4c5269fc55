"""The order for an embedding job: whose images, which model, where, and how long it will take."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from jobs.engine.spec import DONE, JobView
from pages.ui import job_cards, job_wording, session
from pages.ui.text import LONGEST_LINE, LONGEST_PATH, count, plain
from store.datasets import Dataset
from store.failures import file_balance
from store.vectors import list_spaces

TRIAL_IMAGES = 64
OTHER = "another"
AUTO = "auto"
_TRIAL = "embed_trial"
_LOOKING_S = 1.0


@dataclass(frozen=True)
class EmbedOrder:
    """What the form says, as the parameters of an embedding job."""

    dataset: str
    model: str
    weights: str
    download: bool
    device: str
    batch_size: int
    on: str

    def parameters(self, *, trial: int = 0) -> dict[str, object]:
        """For Supervisor.start."""
        wanted = {"model": self.model, "weights": self.weights, "download": self.download, "trial": trial}
        return {**wanted, "device": self.device, "batch_size": self.batch_size}


def show(jobs: Sequence[JobView]) -> None:
    """The form; jobs (newest first) tell how fast the model was before."""
    datasets = session.datasets()
    st.subheader("Embed images")
    if not datasets:
        st.caption("There is no dataset yet.")
        session.link(session.PAGES.import_data, label="Import pictures", icon=":material/upload:")
        return
    st.caption("A vector for each image, so that similar pictures lie near each other. Most other pages build on it.")
    with st.container(border=True):
        order, dataset = _ask(datasets)
        n_missing = _say_missing(order, dataset)
        _say_preprocessing(order, jobs)
        _say_estimate(order, jobs, n_missing)
        _start_buttons(order, n_missing)


def _ask(datasets: list[Dataset]) -> tuple[EmbedOrder, Dataset]:
    names = [dataset.name for dataset in datasets]
    chosen = session.dataset_or_none()
    left, right = st.columns(2)
    with left:
        name = st.selectbox("Dataset to embed", names, index=names.index(chosen.name) if chosen else 0)
        device = _ask_device()
    with right:
        model, weights_place = _ask_model()
        weights, download = _ask_weights(weights_place)
        batch_size = st.number_input(
            "Batch size", 0, 4096, 0, help="Images computed at once. 0: chosen for the model and the device."
        )
    on = _ask_where()
    order = EmbedOrder(name, model, weights, download, device, int(batch_size), on)
    return order, datasets[names.index(name)]


def _ask_model() -> tuple[str, str]:
    models = {choice.key: choice for choice in session.supervisor().models()}
    titles = {key: choice.title for key, choice in models.items()} | {OTHER: "Another timm or open_clip model…"}
    key = st.selectbox("Model", list(titles), format_func=titles.__getitem__, key="embed_model")
    if key == OTHER:
        name = st.text_input(
            "Model name",
            placeholder="timm/resnet50d.ra2_in1k, open_clip/ViT-B-32:laion2b_s34b_b79k",
            key="embed_other",
            max_chars=LONGEST_LINE,
        )
        return (name or "").strip(), "download"
    choice = models[key]
    dim = f"{choice.dim:,} numbers an image, " if choice.dim else ""
    place = {
        "in package": "weights are installed",
        "download": "weights to be downloaded",
        "file": "weights from a file",
    }
    st.caption(plain(f"{dim}{choice.licence}, {place[choice.weights]}. {choice.note}."))
    return choice.key, choice.weights


def _ask_weights(place: str) -> tuple[str, bool]:
    if place == "in package":
        return "", False
    weights = st.text_input(
        "File of weights (optional)" if place == "download" else "File of weights",
        placeholder="/home/me/weights/resnet50.pth",
        key="embed_weights",
        help="A state dict (.pt, .pth) or .safetensors on the computer the app runs on.",
        max_chars=LONGEST_PATH,
    )
    if place == "file" or weights:
        return (weights or "").strip(), False
    download = st.checkbox(
        "Download the weights if they are not on this computer yet",
        key="embed_download",
        help="From the model's publisher, as named above. Nothing is fetched unless you tick this.",
    )
    return "", download


def _ask_device() -> str:
    devices = session.supervisor().devices()
    titles = {AUTO: "Automatic: a GPU if there is one", "cpu": "CPU"}
    for device in devices or []:
        titles[str(device["key"])] = f"{device['title']}, {job_wording.size(float(str(device['free_bytes'])))} free"
    key = st.selectbox("Device", list(titles), format_func=titles.__getitem__, key="embed_device")
    if devices is None:
        st.fragment(_wait_for_devices, run_every=_LOOKING_S)()
    elif not any(str(device["key"]).startswith("cuda") for device in devices):
        st.caption("No GPU was found; the CPU will do, only slower.")
    return key


def _ask_where() -> str:
    """Where it is computed; asked only where there is a choice."""
    clusters = session.supervisor().clusters("embed")
    if not clusters:
        return job_wording.HERE
    return st.radio(
        "Computed",
        [job_wording.HERE, *clusters],
        format_func=job_wording.where,
        horizontal=True,
        key="embed_on",
        help="On Ray, the nodes of the cluster that this machine belongs to compute parts side by side; they have to "
        "see the workspace and the pictures at the same paths. See docs/scale.md.",
    )


def _wait_for_devices() -> None:
    if session.supervisor().devices() is not None:
        st.rerun()
    st.caption("Looking for GPUs…")


def _say_missing(order: EmbedOrder, dataset: Dataset) -> int:
    workspace = session.workspace()
    n_images = file_balance(workspace, dataset.id).n_images
    n_there = 0
    if not order.weights:
        n_there = sum(space.n_vectors for space in list_spaces(workspace, dataset.id) if space.name == order.model)
    n_missing = max(0, n_images - n_there)
    if n_there:
        st.markdown(
            f"{n_there:,} of {count(n_images, 'image')} {'has' if n_there == 1 else 'have'} a vector of this model; "
            f"{count(n_missing, 'is', 'are')} missing."
        )
    return n_missing


def _say_preprocessing(order: EmbedOrder, jobs: Sequence[JobView]) -> None:
    preprocessing = job_wording.preprocessing_before(jobs, model=order.model)
    st.caption(
        plain(f"How each picture is prepared: {preprocessing}")
        if preprocessing
        else "Each picture is resized, cropped and normalised as the model was trained; the run records how, "
        "and the estimate below shows it."
    )


def _say_estimate(order: EmbedOrder, jobs: Sequence[JobView], n_missing: int) -> None:
    trial = next((job for job in jobs if job.id == st.session_state.get(_TRIAL)), None)
    if trial is not None and trial.is_active:
        st.markdown(f":material/timer: Trying it out on {count(trial.n_todo, 'image')}…")
        return
    if trial is not None and trial.state != DONE and trial.parameters.get("model") == order.model:
        st.warning(plain(job_wording.outcome(trial, kinds=session.supervisor().kinds())), icon=":material/timer_off:")
    before = job_wording.speed_before(jobs, model=order.model, device=order.device)
    if before is None or not n_missing:
        return
    job, speed = before
    is_trial = job_wording.kind_of(job, kinds=session.supervisor().kinds()) == job_wording.TRIAL
    source = "a short trial" if is_trial else f"the run {job.id}"
    st.markdown(
        f":material/timer: **{job_wording.estimate(n_missing, speed).capitalize()}**, "
        f"going by {plain(source)} on {plain(str(job.figures.get('device')))}."
    )


def _start_buttons(order: EmbedOrder, n_missing: int) -> None:
    start = session.supervisor().start
    ready = bool(order.model) and n_missing > 0
    about = {"dataset": order.dataset, "who": job_cards.who(), "on": order.on}
    with st.container(horizontal=True):
        st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not ready,
            key="embed_start",
            on_click=job_cards.attempt,
            args=(start, "embed"),
            kwargs={**about, "parameters": order.parameters()},
        )
        st.button(
            "Estimate the time",
            icon=":material/timer:",
            disabled=not ready,
            key="embed_estimate",
            help=f"Embeds {TRIAL_IMAGES} images spread over the dataset, and keeps nothing of it.",
            on_click=_start_trial,
            args=(order,),
        )
        st.button(
            "Prepare for another machine",
            icon=":material/inventory_2:",
            type="tertiary",
            disabled=not ready,
            key="embed_hold",
            help="Lays the job out without starting it; its details say how to pack it.",
            on_click=job_cards.attempt,
            args=(start, "embed"),
            kwargs={**about, "parameters": order.parameters(), "hold": True},
        )
    if order.model and not n_missing:
        st.caption("Every image has its vector of this model already: there is nothing to start.")


def _start_trial(order: EmbedOrder) -> None:
    parameters = order.parameters(trial=TRIAL_IMAGES)
    st.session_state[_TRIAL] = job_cards.result_of(
        session.supervisor().start, "embed", dataset=order.dataset, parameters=parameters, who=job_cards.who()
    )
