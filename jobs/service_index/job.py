"""The index job: a version of a dataset's index, whole or not there at all.

The owner leaves rows, vectors and objects in the job's folder; the worker draws the thumbnails, makes what only models
or faiss can, and puts all of it under its place with a manifest.
"""

import json
import os
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.wording import file_size
from jobs.engine.errors import ExportRefused
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.version import code_version
from jobs.engine.worker import Work
from jobs.export.blur import read_hidden, write_hidden
from jobs.export.files import ending_by_exception, whole_folder
from jobs.report.pictures import Pictures
from jobs.service_index.drawing import pack_pictures
from jobs.service_index.kind import IndexParameters
from service import layout
from service.dataset_index import lengths_of, rows_of, unit
from service.facts import Served, served
from service.layout import DatasetFacts, FileFacts, Manifest
from service.search import write_lists
from store.connection import Workspace, utc_now
from store.datasets import find_dataset
from store.vectors import Space, read_vectors

FACTS, NETWORK = "facts.json", "network.json"
_GIVEN = (layout.IMAGES, layout.VECTORS, layout.VECTOR_IDS, layout.VECTOR_LENGTHS, layout.OBJECTS)
_TODO = ("image_id", "path", "sha256", "width", "height", "format", "has_thumb")


def compute(work: Work[IndexParameters]) -> Figures:
    """Write the version, and say what is in it."""
    inputs, parameters = work.folder.path, work.parameters
    facts = DatasetFacts.model_validate_json((inputs / FACTS).read_text(encoding="utf-8"))
    folder = layout.folder_of(Path(parameters.folder), facts.dataset)
    done = _written_by(folder, work.spec.id)
    if done is None:
        folder.mkdir(parents=True, exist_ok=True)
        done = layout.next_version(folder)
        with ending_by_exception(), whole_folder(done, mark=work.spec.id) as part:
            _write(work, part, facts)
    for old in layout.complete_versions(folder)[: -parameters.keep]:
        shutil.rmtree(old, ignore_errors=True)
    work.report(work.n_todo, message="Written")
    return _figures(done)


def _write(work: Work[IndexParameters], part: Path, facts: DatasetFacts) -> None:
    inputs, parameters = work.folder.path, work.parameters
    for name in _GIVEN:
        if (inputs / name).exists():
            shutil.copyfile(inputs / name, part / name)
    pictures = Pictures(work.root, work.workspace / "thumbs", _by_id(work), read_hidden(inputs))
    pack_pictures(
        pictures,
        part,
        names=(layout.THUMBS, layout.THUMB_STARTS),
        side=parameters.thumb_side,
        report=lambda n: work.report(n, message="Drawing thumbnails"),
    )
    if parameters.picture_side:
        names = (layout.PICTURES, layout.PICTURE_STARTS)
        pack_pictures(
            pictures,
            part,
            names=names,
            side=parameters.picture_side,
            report=lambda n: work.report(n, message="Drawing pictures"),
        )
    vectors = np.load(part / layout.VECTORS, mmap_mode="r")
    _write_conse(part, facts, vectors * np.load(part / layout.VECTOR_LENGTHS)[:, None])
    if len(vectors) > layout.EXACT_UP_TO:
        work.report(0, message="Sorting vectors into lists")
        write_lists(vectors, part / layout.LISTS)
    network = _write_network(work, part, facts)
    if not network:
        facts = facts.model_copy(update={"network": None})
    _write_manifest(work, part, facts)


def _by_id(work: Work[IndexParameters]) -> dict[int, dict[str, object]]:
    table = pa.concat_tables(list(work.todo()))
    return {row["image_id"]: row for row in table.to_pylist() if row["image_id"] is not None}


def _write_conse(part: Path, facts: DatasetFacts, vectors: np.ndarray) -> None:
    """What words are compared with, where that is ConSE's. vectors: as the encoder gave them."""
    if facts.space is None or facts.space.words != "conse" or not len(vectors):
        return
    from models import conse

    mixed = conse.mixtures(vectors, model=facts.space.model)
    for name, file in layout.CONSE.items():
        np.save(part / file, getattr(mixed, name))


def _write_network(work: Work[IndexParameters], part: Path, facts: DatasetFacts) -> bool:
    """The network's ONNX file, made of its weights where training wrote none; whether there is one now."""
    if facts.network is None:
        return False
    files = json.loads((work.folder.path / NETWORK).read_text(encoding="utf-8"))
    onnx, weights = (Path(files[name]) for name in ("onnx", "weights"))
    target = part / layout.CLASSIFIER
    if onnx.is_file():
        shutil.copyfile(onnx, target)
    elif weights.is_file():
        from models.resnets import export_onnx
        from models.saliency import load_classifier

        work.report(0, message="Writing the network as ONNX")
        export_onnx(load_classifier(weights, architecture=facts.network.model), target, side=facts.network.side)
    return target.is_file()


def _write_manifest(work: Work[IndexParameters], part: Path, facts: DatasetFacts) -> None:
    files = {
        path.name: FileFacts(bytes=path.stat().st_size, sha256=layout.sha256_of(path))
        for path in sorted(part.iterdir())
    }
    manifest = Manifest(
        **facts.model_dump(),
        format=layout.FORMAT,
        made_at=f"{utc_now():%Y-%m-%dT%H:%M:%SZ}",
        made_by=f"vitrine {code_version()}",
        job=work.spec.id,
        thumb_side=work.parameters.thumb_side,
        picture_side=work.parameters.picture_side,
        files=files,
    )
    (part / layout.MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def _written_by(folder: Path, job_id: str) -> Path | None:
    """The version that an attempt before has written whole."""
    versions = layout.complete_versions(folder)
    return next((version for version in versions if layout.read_manifest(version).job == job_id), None)


def _figures(version: Path) -> Figures:
    manifest = layout.read_manifest(version)
    n_bytes = sum(facts.bytes for facts in manifest.files.values())
    return {
        "folder": str(version.parent.parent),
        "version": version.name,
        "n_images": manifest.n_images,
        "n_vectors": manifest.n_vectors,
        "n_bytes": n_bytes,
        "size": file_size(n_bytes),
        "network": None if manifest.network is None else manifest.network.run_id,
        "detections": None if manifest.detection is None else manifest.detection.run_id,
        "people_blurred": manifest.people_blurred,
    }


def prepare(workspace: Workspace, dataset: str, parameters: IndexParameters, run_id: int) -> Prepared[IndexParameters]:
    """Lay out all that is served of a dataset; raises ExportRefused where there is nothing to serve."""
    found = find_dataset(workspace, dataset)
    space = chosen_space(workspace, found.id, name=parameters.space, kind="service-index") if parameters.space else None
    out = served(workspace, found, space=space)
    if not out.images.num_rows:
        raise ExportRefused(f"{found.name} holds no picture that could be served.")
    target = (
        Path(parameters.folder).expanduser().resolve() if parameters.folder else workspace.root / "exports" / "service"
    )
    if target.exists() and not target.is_dir():
        raise ExportRefused(f"{target} is a file, and an index is a folder. Name another place.")

    def write_inputs(folder: Path) -> None:
        _write_inputs(workspace, out, folder)
        write_hidden(workspace, found.id, image_ids=out.images["image_id"].to_pylist(), folder=folder)

    chosen = parameters.changed(folder=str(target), space=out.space.name if out.space else "")
    todo = out.images.select(list(_TODO))
    return Prepared(found.id, found.name, found.root, todo, chosen, write_inputs=write_inputs)


def _write_inputs(workspace: Workspace, out: Served, folder: Path) -> None:
    ids = out.images["image_id"].to_numpy()
    vector_ids, vectors, lengths = _kept_vectors(workspace, out.space, ids)
    np.save(folder / layout.VECTORS, vectors)
    np.save(folder / layout.VECTOR_IDS, vector_ids)
    np.save(folder / layout.VECTOR_LENGTHS, lengths)
    _write_table(out.images.drop_columns(["has_thumb"]), folder / layout.IMAGES)
    if out.facts.detection is not None:
        kept = pc.is_in(out.objects["image_id"], value_set=out.images["image_id"].combine_chunks())
        _write_table(out.objects.filter(kept), folder / layout.OBJECTS)
    facts = out.facts.model_copy(update={"n_vectors": len(vectors)})
    (folder / FACTS).write_text(facts.model_dump_json(), encoding="utf-8")
    (folder / NETWORK).write_text(json.dumps({"onnx": str(out.onnx), "weights": str(out.weights)}), encoding="utf-8")


def _kept_vectors(
    workspace: Workspace, space: Space | None, image_ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n,) int64, (n, d) float32 of length one, (n,) float32 lengths: of kept images, and with a direction."""
    if space is None:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32), np.empty(0, np.float32)
    ids, vectors = read_vectors(workspace, space)
    directions, usable = unit(vectors)
    usable &= rows_of(image_ids, ids) >= 0
    return ids[usable].astype(np.int64), directions[usable], lengths_of(vectors[usable])


def _write_table(table: pa.Table, path: Path) -> None:
    one = table.combine_chunks()
    with pa.ipc.new_file(os.fspath(path), one.schema) as writer:
        writer.write_table(one, max_chunksize=max(one.num_rows, 1))


def land(cursor: duckdb.DuckDBPyConnection, job: Job[IndexParameters], table: pa.Table) -> None:
    """Nothing goes into the workspace's file."""


def finish(workspace: Workspace, job: Job[IndexParameters]) -> Figures:
    """Clear away what the worker was given: it lies in the index now."""
    folder = job_folder(workspace.root, job.spec.id).path
    for name in (*_GIVEN, FACTS, NETWORK):
        (folder / name).unlink(missing_ok=True)
    return {}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
