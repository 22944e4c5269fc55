"""What a workspace says of a dataset that is to be served: the same for an index in a folder and for a live one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from models.catalogue import text_half
from service.dataset_index import NO_OBJECTS
from service.layout import DatasetFacts, DetectionFacts, NetworkFacts, SpaceFacts
from store.connection import Workspace
from store.datasets import Dataset, class_names
from store.overview import main_space
from store.privacy import blurred_datasets, people_runs
from store.service_index import Network, served_detections, served_images, trained_networks
from store.training import onnx_file, weights_file
from store.vectors import Space


@dataclass(frozen=True, eq=False)
class Served:
    """A dataset as it is to be served. space: whose vectors. network: the best whose weights are here; its files.

    images, objects: as in DatasetIndex. n_vectors in facts is that of the space, with those of images that are gone.
    """

    facts: DatasetFacts
    images: pa.Table
    objects: pa.Table
    space: Space | None
    network: Network | None
    onnx: Path | None
    weights: Path | None


def served(workspace: Workspace, dataset: Dataset, *, space: Space | None = None) -> Served:
    """What is to be served of a dataset now. space: None for that with the most vectors."""
    space = space or main_space(workspace, dataset.id)
    is_blurred = dataset.id in blurred_datasets(workspace)
    images = served_images(workspace, dataset.id)
    if is_blurred or people_runs(workspace).get(dataset.id):
        images = _without_addresses(images)
    detected = served_detections(workspace, dataset)
    network = _best_network(workspace, dataset.id)
    task: Literal["single", "multi"] = "multi" if dataset.task == "multi" else "single"
    facts = DatasetFacts(
        dataset=dataset.name,
        task=task,
        classes=class_names(workspace, dataset.id),
        licence=dataset.licence,
        source=dataset.source,
        generation=workspace.settled_generation(dataset.id),
        n_images=images.num_rows,
        n_vectors=0 if space is None else space.n_vectors,
        space=None if space is None else space_facts(space),
        network=None if network is None else _network_facts(network, several=task == "multi"),
        detection=None if detected is None else DetectionFacts(run_id=detected[0], model=detected[1]),
        people_blurred=is_blurred,
    )
    return Served(
        facts,
        images,
        NO_OBJECTS if detected is None else detected[2],
        space,
        network,
        None if network is None else onnx_file(workspace, network.run_id),
        None if network is None else weights_file(workspace, network.run_id),
    )


def _without_addresses(images: pa.Table) -> pa.Table:
    """The rows without their addresses on the web: there the pictures lie without a blur."""
    place = images.schema.get_field_index("source_url")
    return images.set_column(place, "source_url", pa.nulls(images.num_rows, pa.string()))


def space_facts(space: Space) -> SpaceFacts:
    """What is said of an embedding space."""
    return SpaceFacts(
        id=space.id,
        name=space.name,
        model=space.model,
        dim=space.dim,
        weights_source=space.weights_source,
        weights_sha256=space.weights_sha256,
        words=text_half(space.model),
    )


def _best_network(workspace: Workspace, dataset_id: int) -> Network | None:
    """The network with the best score whose ONNX file or weights are in the workspace."""
    for network in trained_networks(workspace, dataset_id):
        files = (onnx_file(workspace, network.run_id), weights_file(workspace, network.run_id))
        if network.classes and any(file.is_file() for file in files):
            return network
    return None


def _network_facts(network: Network, *, several: bool) -> NetworkFacts:
    return NetworkFacts(
        run_id=network.run_id,
        model=network.model,
        side=network.side,
        classes=network.classes,
        several=several,
        score=network.score,
    )
