"""The augment-preview job: a few made pictures of each technique, as an export would make them, to look at first."""

import io
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics.balancing import TECHNIQUES
from importers.sources import Root
from jobs.engine.errors import NothingToDo
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.export.augment import draw, planned
from jobs.export.blur import Hidden, read_hidden, write_hidden
from jobs.export.plan import Entry, ExportRow, made_entries, rows_of
from jobs.export.preview_kind import AugmentPreviewParameters
from store.connection import Workspace
from store.datasets import find_dataset
from store.exports import land_previews
from store.versions import export_rows, find_version

EACH = 8  # pictures of a technique
LONGEST_SIDE = 256  # pixels of a preview


def compute(work: Work[AugmentPreviewParameters]) -> Figures:
    """Plan as the export does, draw the first of each technique, and publish them."""
    rows = rows_of(pa.concat_tables(work.todo()))
    n_classes = 1 + max((row.label for row in rows if row.label is not None), default=0)
    made, train = planned(rows, n_classes=n_classes, parameters=work.parameters)
    entries = _first_of_each(made_entries(made, train, split="train"))
    if not entries:
        raise NothingToDo("Nothing would be made: the classes are even already, or the budget is used up.")
    shown, hidden = [], read_hidden(work.folder.path)
    for n, entry in enumerate(entries):
        shown.append(_shown(work.root, rows, entry, n=n, seed=work.parameters.seed, hidden=hidden or {}))
        work.report(int(work.n_todo * n / len(entries)), message="Drawing previews")
    work.publish(pa.Table.from_pylist(shown, schema=_SCHEMA))
    work.report(work.n_todo, message="Drawn")
    about = {"people_blurred": hidden is not None}
    return {**about, "n_previews": len(entries), "n_would_be_made": len(made), "n_short": int(made.n_short.sum())}


_SCHEMA = pa.schema(
    [
        ("n", pa.int32()),
        ("image_id", pa.int64()),
        ("partner_id", pa.int64()),
        ("technique", pa.string()),
        ("own_share", pa.float32()),
        ("picture", pa.binary()),
    ]
)


def _first_of_each(entries: list[Entry]) -> list[Entry]:
    """EACH of every technique, from as many classes as there are."""
    first: list[Entry] = []
    for technique in TECHNIQUES:
        own = [entry for entry in entries if entry.technique == technique]
        first += own[:: max(1, len(own) // EACH)][:EACH]
    return first


def _shown(root: Root, rows: list[ExportRow], entry: Entry, *, n: int, seed: int, hidden: Hidden) -> dict[str, Any]:
    picture = draw(root, rows, entry, seed=seed, hidden=hidden)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=90)
    partner = rows[entry.partner].image_id if entry.partner >= 0 else None
    return {
        "n": n,
        "image_id": rows[entry.row].image_id,
        "partner_id": partner,
        "technique": entry.technique,
        "own_share": entry.own_share if partner is not None else None,
        "picture": held.getvalue(),
    }


def prepare(
    workspace: Workspace, dataset: str, parameters: AugmentPreviewParameters, run_id: int
) -> Prepared[AugmentPreviewParameters]:
    """Draw from all pictures of the version."""
    found = find_dataset(workspace, dataset)
    if not parameters.asked_techniques:
        raise NothingToDo("No technique was chosen, so there is nothing to show.")
    if found.task == "multi":
        raise NothingToDo(f"Making pictures needs one label a picture, and {found.name} gives several.")
    version = find_version(workspace, found.id, name=parameters.version)
    todo = export_rows(workspace, version.id)

    def write_inputs(folder: Path) -> None:
        write_hidden(workspace, found.id, image_ids=todo["image_id"].to_pylist(), folder=folder)

    return Prepared(found.id, found.name, found.root, todo, parameters, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[AugmentPreviewParameters], table: pa.Table) -> None:
    """Take the previews into the file."""
    land_previews(cursor, table, dataset_id=job.dataset_id, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[AugmentPreviewParameters]) -> Figures:
    """Which version was shown."""
    return {"version": job.parameters.version}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
