"""What the page "Saliency" knows: networks, sheets, evaluation pictures in an order, and what a network says."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from analytics.saliency_maps import Looked
from importers.sources import local_copy
from pages.train import wording
from pages.ui import filters, originals, session
from pages.ui.session import DataGeneration, SettledGeneration
from store import saliency
from store.datasets import class_table
from store.gallery import picture_file
from store.saliency import ClassSaliency, SaliencyMap, SaliencyRun
from store.training import TrainingRun, list_training_runs, weights_file


@dataclass(frozen=True)
class SaliencyData:
    """Class names as they are now; networks whose weights are here, newest first; the newest sheet of each.

    n_elsewhere: networks that were trained on another machine, where their weights are.
    """

    names: list[str]
    runs: list[TrainingRun]
    sheets: dict[int, SaliencyRun]
    n_elsewhere: int


@dataclass(frozen=True)
class Network:
    """What it takes to ask a run's network. side: pixels of the square that it sees."""

    run_id: int
    architecture: str
    side: int


def network_of(run: TrainingRun) -> Network:
    """The network of a training run."""
    return Network(run.run_id, run.model, int(run.parameters["side"]))


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> SaliencyData:
    """What there is to look at."""
    workspace = session.workspace()
    networks = [run for run in list_training_runs(workspace, dataset_id) if run.model not in wording.ON_VECTORS]
    here = [run for run in networks if weights_file(workspace, run.run_id).is_file()]
    sheets = {int(sheet.parameters["train_run"]): sheet for sheet in reversed(_sheets(dataset_id))}
    names = filters.class_labels(class_table(workspace, dataset_id))
    return SaliencyData(names, here, sheets, len(networks) - len(here))


@st.cache_data(max_entries=16, show_spinner=False)
def load_pictures(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int, order: str, label: int | None, seed: int
) -> pa.Table:
    """Evaluation pictures in an order, at most 200."""
    workspace = session.workspace()
    return saliency.judged_pictures(workspace, dataset_id, train_run=run_id, order=order, label=label, seed=seed)


@st.cache_data(max_entries=256, show_spinner=False)
def load_look(
    root: str,
    dataset_id: int,
    generation: DataGeneration,
    network: Network,
    image_id: int,
    classes: tuple[int, ...],
    method: str,
) -> Looked:
    """What a network says of an image, and where it sees `classes`. Raises OSError or one of REFUSALS."""
    workspace = session.workspace()
    file = picture_file(workspace, image_id)
    if file is None:
        raise FileNotFoundError(f"There is no picture {image_id}.")
    return session.supervisor().queries.looked_at(
        weights_file(workspace, network.run_id),
        local_copy(originals.root_of(file.root) / file.path),
        architecture=network.architecture,
        side=network.side,
        classes=classes,
        method=method,
    )


@st.cache_data(max_entries=16, show_spinner=False)
def load_classes(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> list[ClassSaliency]:
    """The means of a sheet, class by class."""
    return saliency.saliency_classes(session.workspace(), run_id=run_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_sheet(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, label: int) -> list[SaliencyMap]:
    """The maps of a class's pictures."""
    return saliency.saliency_sheet(session.workspace(), dataset_id, run_id=run_id, label=label)


def _sheets(dataset_id: int) -> list[SaliencyRun]:
    return saliency.list_saliency_runs(session.workspace(), dataset_id)
