"""The embedding job: one vector an image, by one model, into one embedding space."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from importers.picture import PictureError, read_picture
from importers.sources import PicturePath, reading_threads
from jobs.embed.kind import EmbedParameters
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from models.catalogue import parse_key
from store.connection import Workspace
from store.datasets import find_dataset
from store.vectors import embedding_figures, images_without_vector, land_vectors, list_spaces

if TYPE_CHECKING:
    from models.batches import Batch
    from models.encoders import Encoder

SEGMENT_ROWS = 2048
SEGMENT_SECONDS = 10.0
CPU_BATCH, GPU_BATCH = 32, 256


def compute(work: Work[EmbedParameters]) -> Figures:
    """Embed every image of the todo. With `trial`, measure the speed and publish nothing."""
    from models.devices import best_device
    from models.encoders import load_encoder  # torch, which the owner of the file never needs

    parameters = work.parameters
    encoder = work.once(
        "encoder",
        lambda: load_encoder(
            parameters.model,
            weights=Path(parameters.weights) if parameters.weights else None,
            device=best_device() if parameters.device == "auto" else parameters.device,
            allow_download=parameters.download,
        ),
    )
    work.log(f"{encoder.model}: {encoder.dim}-d, {encoder.backend} on {encoder.device}, {encoder.weights_source}")
    work.log(encoder.preprocess.describe())
    began = time.monotonic()
    n_done, n_failed = _embed_all(work, encoder)
    seconds = time.monotonic() - began
    return {
        "n_embedded": n_done - n_failed,
        "n_failed": n_failed,
        "images_per_second": round(n_done / seconds, 1) if seconds else None,
        "embed_seconds": round(seconds, 3),
        "backend": encoder.backend,
        "device": encoder.device,
        "preprocess": encoder.preprocess.describe(),
        "weights_source": encoder.weights_source,
    }


def space_name(parameters: EmbedParameters) -> str:
    """The embedding space a job fills: the model, and for a weights file the start of its sha256."""
    if not parameters.weights:
        return parameters.model
    path = Path(parameters.weights).expanduser()
    if not path.is_file():
        raise UnknownParameter(f"embed: weights is a file, and {path} is none.")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{parameters.model} [{path.name} {digest[:8]}]"


def _embed_all(work: Work[EmbedParameters], encoder: "Encoder") -> tuple[int, int]:
    from models.batches import iter_batches

    on_gpu = encoder.device != "cpu"
    batch_size = work.parameters.batch_size or (GPU_BATCH if on_gpu else CPU_BATCH)
    sha256_of: dict[int, str] = {}
    id_of: dict[PicturePath, int] = {}

    def read(path: PicturePath, min_side: int) -> np.ndarray:
        with work.touching(id_of.pop(path, -1)):
            return read_picture(path, min_side=min_side).pixels

    batches = iter_batches(
        _items(work, sha256_of, id_of),
        read=read,
        failure=PictureError,
        preprocess=encoder.preprocess,
        batch_size=batch_size,
        n_threads=reading_threads(work.root, n_cores=work.n_cores),
        pin=on_gpu,
    )
    about = _about(encoder)
    waiting: list[pa.Table] = []
    published_at = time.monotonic()
    n_done = n_failed = 0
    for batch in batches:
        waiting.append(_rows(batch, encoder, sha256_of))
        n_done += len(batch.ids) + len(batch.failures)
        n_failed += len(batch.failures)
        enough = sum(part.num_rows for part in waiting) >= SEGMENT_ROWS
        if enough or time.monotonic() - published_at > SEGMENT_SECONDS:
            _publish(work, waiting, about)
            waiting, published_at = [], time.monotonic()
        work.report(n_done, failed=n_failed, message=f"Embedding with {encoder.model} ({encoder.backend})")
    _publish(work, waiting, about)
    work.report(n_done, failed=n_failed, message="Embedded")
    return n_done, n_failed


def _items(
    work: Work[EmbedParameters], sha256_of: dict[int, str], id_of: dict[PicturePath, int]
) -> Iterator[tuple[int, PicturePath]]:
    for piece in work.todo():
        columns = (piece[name].to_pylist() for name in ("image_id", "path", "sha256"))
        for image_id, path, sha256 in zip(*columns, strict=True):
            sha256_of[image_id] = sha256
            picture = work.root / path
            id_of[picture] = image_id
            yield image_id, picture


def _rows(batch: "Batch", encoder: "Encoder", sha256_of: dict[int, str]) -> pa.Table:
    """A batch as rows image_id, sha256, vector, reason; each image's sha256 is forgotten after."""
    vectors = encoder.encode(batch.pixels) if len(batch.ids) else np.empty((0, encoder.dim), np.float32)
    failed = [image_id for image_id, _ in batch.failures]
    ids = [*batch.ids.tolist(), *failed]
    flat = np.concatenate([vectors, np.zeros((len(failed), encoder.dim), np.float32)])
    is_null = pa.array([False] * len(batch.ids) + [True] * len(failed))
    return pa.table(
        {
            "image_id": pa.array(ids, pa.int64()),
            "sha256": pa.array([sha256_of.pop(image_id) for image_id in ids], pa.string()),
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), encoder.dim, mask=is_null),
            "reason": pa.array([None] * len(batch.ids) + [reason for _, reason in batch.failures], pa.string()),
        }
    )


def _about(encoder: "Encoder") -> dict[str, object]:
    return {
        "model": encoder.model,
        "dim": encoder.dim,
        "preprocess": encoder.preprocess.to_dict(),
        "weights_source": encoder.weights_source,
        "weights_sha256": encoder.weights_sha256,
        "backend": encoder.backend,
        "device": encoder.device,
    }


def _publish(work: Work[EmbedParameters], waiting: list[pa.Table], about: dict[str, object]) -> None:
    if waiting and not work.parameters.trial:
        table = pa.concat_tables(waiting)
        work.publish(table.replace_schema_metadata({"about": json.dumps(about)}))


def prepare(
    workspace: Workspace, dataset_name: str, parameters: EmbedParameters, run_id: int
) -> Prepared[EmbedParameters]:
    """Take the kept images that have no vector in the model's space yet; of a trial, some of them."""
    parse_key(parameters.model)  # an unknown model is refused here, not by a worker that has started
    dataset = find_dataset(workspace, dataset_name)
    todo = images_without_vector(workspace, dataset.id, space_name=space_name(parameters), run_id=run_id)
    n_trial = parameters.trial
    if n_trial and todo.num_rows > n_trial:  # spread over the whole dataset, which may hold sizes of many kinds
        todo = todo.take(np.linspace(0, todo.num_rows - 1, n_trial).astype(np.int64))
    return Prepared(dataset.id, dataset.name, dataset.root, todo, parameters, model=parameters.model)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[EmbedParameters], table: pa.Table) -> None:
    """Take vectors into the space, which is made if it is new."""
    about = json.loads((table.schema.metadata or {})[b"about"])
    land_vectors(
        cursor,
        job.dataset_id,
        space_name=space_name(job.parameters),
        about=about,
        table=table,
        run_id=job.run_id,
    )


def finish(workspace: Workspace, job: Job[EmbedParameters]) -> Figures:
    """The space and how many vectors it has; nothing of a trial."""
    if job.parameters.trial:
        return {}
    name = space_name(job.parameters)
    space = next((space for space in list_spaces(workspace, job.dataset_id) if space.name == name), None)
    if space is None:
        return {"space": name, "n_vectors": 0}
    whole = embedding_figures(workspace, space, run_id=job.run_id)  # a resumed worker has counted its own part only
    return {"space": name, "n_vectors": space.n_vectors, **vars(whole)}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
