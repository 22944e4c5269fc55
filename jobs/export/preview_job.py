"""The augment-preview job: a few made pictures of each technique, as an export would make them, to look at first."""

import io
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics.balancing import TECHNIQUES
from jobs.engine.errors import NothingToDo
from jobs.engine.kinds import FILES
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.export.augment import DEFAULTS as MAKING
from jobs.export.augment import draw, planned, recipe_of
from jobs.export.blur import Hidden, read_hidden, write_hidden
from jobs.export.plan import Entry, made_entries
from store.connection import Workspace
from store.datasets import find_dataset
from store.exports import land_previews
from store.versions import export_rows, find_version

EACH = 8  # pictures of a technique
LONGEST_SIDE = 256  # pixels of a preview
DEFAULTS: dict[str, object] = {"version": "", **MAKING}


def compute(work: Work) -> dict[str, object]:
    """Plan as the export does, draw the first of each technique, and publish them."""
    rows = pa.concat_tables(work.todo()).to_pylist()
    recipe = recipe_of(work.parameters, kind="augment-preview")
    n_classes = 1 + max((row["label"] for row in rows if row["label"] is not None), default=0)
    made, train = planned(rows, n_classes=n_classes, recipe=recipe)
    entries = _first_of_each(made_entries(made, train, split="train"))
    if not entries:
        raise NothingToDo("Nothing would be made: the classes are even already, or the budget is used up.")
    shown, hidden = [], read_hidden(work.folder.path)
    for n, entry in enumerate(entries):
        shown.append(_shown(work.root, rows, entry, n=n, seed=recipe.seed, hidden=hidden or {}))
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
    found = []
    for technique in TECHNIQUES:
        own = [entry for entry in entries if entry.technique == technique]
        found += own[:: max(1, len(own) // EACH)][:EACH]
    return found


def _shown(
    root: Path, rows: list[dict[str, object]], entry: Entry, *, n: int, seed: int, hidden: Hidden
) -> dict[str, object]:
    picture = draw(root, rows, entry, seed=seed, hidden=hidden)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=90)
    partner = rows[entry.partner]["image_id"] if entry.partner >= 0 else None
    return {
        "n": n,
        "image_id": rows[entry.row]["image_id"],
        "partner_id": partner,
        "technique": entry.technique,
        "own_share": entry.own_share if partner is not None else None,
        "picture": held.getvalue(),
    }


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    if not recipe_of(parameters, kind="augment-preview").techniques:
        raise NothingToDo("No technique was chosen, so there is nothing to show.")
    if found.task == "multi":
        raise NothingToDo(f"Making pictures needs one label a picture, and {found.name} gives several.")
    version = find_version(workspace, found.id, name=str(parameters["version"]))
    todo = export_rows(workspace, version.id)

    def write_inputs(folder: Path) -> None:
        write_hidden(workspace, found.id, image_ids=todo["image_id"].to_pylist(), folder=folder)

    return Prepared(found.id, found.name, found.root, todo, dict(parameters), write_inputs=write_inputs)


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_previews(cursor, table, dataset_id=spec.dataset_id, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    return {"version": spec.parameters["version"]}


KIND = Kind("augment-preview", FILES, DEFAULTS, _prepare, _land, _finish)
