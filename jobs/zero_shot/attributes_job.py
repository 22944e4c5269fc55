"""The attributes job: a yes or no question in words, asked of every picture, as a new column.

The pictures' cached vectors are compared with prompts for yes and for no, by an open_clip model or by ConSE.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics import zero_shot
from analytics.errors import BadParameter
from analytics.zero_shot import Prompts
from jobs.engine.errors import UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.zero_shot.attributes_kind import AttributesParameters
from jobs.zero_shot.job import About, reader_of, space_of
from store.attributes import images_to_ask, land_answers, read_answers
from store.connection import Workspace
from store.datasets import find_dataset
from store.projections import write_vectors

VECTORS = "vectors.npy"
SIDES = ("with", "without")
MAX_NAME = 60  # characters
_ROWS_AT_ONCE = 500_000


def compute(work: Work[AttributesParameters]) -> Figures:
    """Read the prompts, compare every vector with both sides, and publish the share that yes has."""
    about = About.read(work.folder.path)
    prompts = prompts_of(work.parameters)
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    work.report(0, message="Reading the prompts")
    reader = work.once("reader", lambda: reader_of(about, prompts))
    temperature = prompts.temperature or reader.temperature
    work.log(f"{reader.about}; temperature {temperature:g}")
    n_failed = 0
    for first in range(0, len(ids), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        cosines = reader.cosines(np.asarray(vectors[rows]))
        shares = zero_shot.probabilities(cosines, temperature=temperature)[:, 0]
        is_usable = np.isfinite(shares)
        n_failed += int((~is_usable).sum())
        work.publish(_rows(ids[rows], shares, is_usable))
        work.report(min(first + _ROWS_AT_ONCE, len(ids)), failed=n_failed, message="Asking every picture")
    return {
        "method": about.method,
        "about": reader.about,
        "temperature": temperature,
        "n_failed": n_failed,
        "n_texts": len(zero_shot.texts_of(prompts).texts),
    }


def prompts_of(parameters: AttributesParameters) -> Prompts:
    """The prompts of both sides, a prompt a line (or separated by |); raises UnknownParameter."""
    sides = tuple(zero_shot.lines(text.replace("|", "\n")) for text in (parameters.with_, parameters.without))
    prompts = Prompts(sides, ("{}",), parameters.own_temperature)
    try:
        zero_shot.check(prompts, names=SIDES)
    except BadParameter as error:
        raise UnknownParameter(f"attributes: {error}") from error
    both = next(iter(set(sides[0]) & set(sides[1])), None)
    if both is not None:
        raise UnknownParameter(f"attributes: {both!r} stands on both sides, so it decides nothing.")
    return prompts


def _rows(ids: np.ndarray, shares: np.ndarray, is_usable: np.ndarray) -> pa.Table:
    reasons = [None if fine else "The vector is zero, or holds what is not a number." for fine in is_usable]
    return pa.table(
        {
            "image_id": pa.array(ids, pa.int64()),
            "share": pa.array(shares, pa.float32(), mask=~is_usable),
            "reason": pa.array(reasons, pa.string()),
        }
    )


def prepare(
    workspace: Workspace, dataset: str, parameters: AttributesParameters, run_id: int
) -> Prepared[AttributesParameters]:
    """Ask the pictures that the run has no answer for yet."""
    found = find_dataset(workspace, dataset)
    name = " ".join(parameters.name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise UnknownParameter(
            f"attributes: give the attribute a --name of 1 to {MAX_NAME} characters, not {len(name)}."
        )
    prompts_of(parameters)
    space = space_of(workspace, found.id, name=parameters.space)
    todo = images_to_ask(workspace, found.id, space=space, run_id=run_id)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        About.of(space).write(folder)

    chosen = parameters.changed(name=name, space=space.name)
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[AttributesParameters], table: pa.Table) -> None:
    """Take answers into the file."""
    land_answers(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[AttributesParameters]) -> Figures:
    """How many pictures said yes."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    shares = read_answers(workspace, job.dataset_id, run_id=job.run_id).shares
    return {
        "name": job.parameters.name,
        "space": job.parameters.space,
        "n_images": len(shares),
        "n_yes": int((shares >= 0.5).sum()),
    }


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
