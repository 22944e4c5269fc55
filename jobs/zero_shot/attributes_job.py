"""The attributes job: a yes or no question in words, asked of every picture, as a new column.

The pictures' cached vectors are compared with prompts for yes and for no, by an open_clip model or by ConSE.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics import zero_shot
from analytics.errors import BadParameter
from analytics.zero_shot import Prompts
from jobs.engine.errors import UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import text_half, weights_of
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.zero_shot.job import AUTO, reader_of, space_of
from store.attributes import images_to_ask, land_answers, read_answers
from store.connection import Workspace
from store.datasets import find_dataset
from store.projections import write_vectors

VECTORS, ABOUT = "vectors.npy", "about.json"
SIDES = ("with", "without")
LONGEST_NAME = 60
_ROWS_AT_ONCE = 500_000
DEFAULTS: dict[str, object] = {
    "name": "",
    "with": "",
    "without": "",
    "space": "",
    "temperature": AUTO,
}


def compute(work: Work) -> dict[str, object]:
    """Read the prompts, compare every vector with both sides, and publish the share that yes has."""
    about = json.loads((work.folder.path / ABOUT).read_text(encoding="utf-8"))
    prompts = prompts_of(work.parameters)
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    work.report(0, message="Reading the prompts")
    reader = reader_of(about, prompts)
    temperature = prompts.temperature or reader.temperature
    work.log(f"{reader.about}; temperature {temperature:g}")
    n_failed = 0
    for first in range(0, len(ids), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        cosines = reader.cosines(np.asarray(vectors[rows]))
        shares = zero_shot.probabilities(cosines, temperature=temperature)[:, 0]
        known = np.isfinite(shares)
        n_failed += int((~known).sum())
        work.publish(_rows(ids[rows], shares, known))
        work.report(min(first + _ROWS_AT_ONCE, len(ids)), failed=n_failed, message="Asking every picture")
    return {
        "method": about["method"],
        "about": reader.about,
        "temperature": temperature,
        "n_failed": n_failed,
        "n_texts": len(zero_shot.texts_of(prompts).texts),
    }


def prompts_of(parameters: Mapping[str, object]) -> Prompts:
    """The prompts of both sides, a prompt a line (or separated by |); raises UnknownParameter."""
    sides = tuple(zero_shot.lines(str(parameters[side]).replace("|", "\n")) for side in SIDES)
    try:
        temperature = None if parameters["temperature"] == AUTO else float(str(parameters["temperature"]))
        prompts = Prompts(sides, ("{}",), temperature)
        zero_shot.check(prompts, names=SIDES)
    except (BadParameter, ValueError) as error:
        raise UnknownParameter(f"attributes: {error}") from error
    if set(sides[0]) & set(sides[1]):
        raise UnknownParameter(
            f"attributes: {next(iter(set(sides[0]) & set(sides[1])))!r} stands on both sides, so it decides nothing."
        )
    return prompts


def _rows(ids: np.ndarray, shares: np.ndarray, known: np.ndarray) -> pa.Table:
    reasons = [None if fine else "The vector is zero, or holds what is not a number." for fine in known]
    return pa.table(
        {
            "image_id": pa.array(ids, pa.int64()),
            "share": pa.array(shares, pa.float32(), mask=~known),
            "reason": pa.array(reasons, pa.string()),
        }
    )


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    name = " ".join(str(parameters["name"]).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UnknownParameter(
            f"attributes: give the attribute a --name of 1 to {LONGEST_NAME} characters, not {len(name)}."
        )
    prompts_of(parameters)
    space = space_of(workspace, found.id, name=str(parameters["space"]))
    method = text_half(space.model)
    chosen = {**parameters, "name": name, "space": space.name}
    todo = images_to_ask(workspace, found.id, space=space, run_id=run_id)
    about = {"method": method, "model": space.model, "weights": weights_of(space)}

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        (folder / ABOUT).write_text(json.dumps({**about, "weights_sha256": space.weights_sha256}), encoding="utf-8")

    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_answers(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    (job_folder(workspace.root, spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    shares = read_answers(workspace, spec.dataset_id, run_id=spec.run_id).shares
    return {
        "name": spec.parameters["name"],
        "space": spec.parameters["space"],
        "n_images": len(shares),
        "n_yes": int((shares >= 0.5).sum()),
    }


KIND = Kind("attributes", COMPUTE, DEFAULTS, _prepare, _land, _finish)
