"""The bundle job: what a reviewer is sent, as one file. Whole, or not there at all.

The owner leaves the report, facts, columns and which pictures are wanted; the worker draws pictures until the file is
as large as it may be.
"""

import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.wording import file_size
from evidence.bundle.choice import STAGES
from evidence.bundle.contents import Contents, contents_of
from evidence.case import Case
from evidence.report.parts import Document
from jobs.bundle.kind import BundleParameters
from jobs.bundle.page import write
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.sent_on import then_upload
from jobs.engine.worker import Work
from jobs.export.blur import write_hidden
from jobs.export.files import ending_by_exception
from jobs.report.job import DOCUMENT, file_row, pictures_of, read_order
from jobs.report.whole import whole
from store import bundle
from store.connection import Workspace
from store.reports import land_report_file

FACTS, COLUMNS, FORMAT = "bundle.json", "columns.npz", "bundle"
MEGABYTE = 1_000_000
MOST_PICTURES = 100_000
_LEAST_BYTES = 500  # of a picture in the file: more than so many are not prepared


def compute(work: Work[BundleParameters]) -> Figures:
    """Write the file, publish its name, and say how much of its budget it used."""
    parameters, target, folder = work.parameters, Path(work.parameters.file), work.folder.path
    document = Document.model_validate_json((folder / DOCUMENT).read_text(encoding="utf-8"))
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    rows = pa.concat_tables(list(work.todo()))
    wanted = [(row["image_id"], row["stage"]) for row in rows.to_pylist() if row["image_id"] is not None]
    pictures = pictures_of(work, rows)
    budget = parameters.budget_mb * MEGABYTE

    def report(done: int, of: int, message: str) -> None:
        work.report(done, total=max(of, 1), message=message)

    with np.load(folder / COLUMNS, allow_pickle=False) as arrays, ending_by_exception():  # noqa: SIM117
        with whole(target, mark=work.spec.id) as part:
            n = write(
                document,
                facts,
                arrays,
                pictures=pictures,
                wanted=wanted,
                target=part,
                side=parameters.picture_side,
                budget=budget,
                report=report,
            )
    size = target.stat().st_size
    work.publish(file_row(target, format=FORMAT, n_bytes=size, report_id=parameters.report))
    work.report(1, total=1, message="Written")
    return {
        "file": str(target),
        "format": FORMAT,
        "n_bytes": size,
        "size": file_size(size),
        "n_pictures": n,
        "n_images": facts["n_images"],
        "n_listed": facts["n_rows"],
        "budget_used": round(size / budget, 4),
    }


def prepare(
    workspace: Workspace, dataset: str, parameters: BundleParameters, run_id: int
) -> Prepared[BundleParameters]:
    """Lay out what travels; nothing is to do where the run's file has landed. Raises ExportRefused."""
    order = read_order(
        workspace,
        dataset,
        report_id=parameters.report,
        file=parameters.file,
        ending=".html",
        what="bundle",
        run_id=run_id,
    )
    found, document = order.dataset, order.document
    shown = [each.image_id for each in document.pictures()]
    most = min(parameters.budget_mb * MEGABYTE // _LEAST_BYTES, MOST_PICTURES)
    contents = contents_of(Case(workspace, found), shown=shown, most_pictures=most, seed=parameters.seed)
    todo = _wanted(workspace, found.id, contents)

    def write_inputs(folder: Path) -> None:
        (folder / DOCUMENT).write_text(document.model_dump_json(), encoding="utf-8")
        about = {"id": f"{run_id}-{document.generation}-{document.written_at}", "run": run_id, "stages": STAGES}
        facts = {**about, **contents.facts, "wished": contents.pictures.n_by_stage}
        (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        np.savez(folder / COLUMNS, **contents.arrays)  # type: ignore[arg-type]  # a column may have any name but `file`
        write_hidden(workspace, found.id, image_ids=contents.pictures.image_ids, folder=folder)

    return Prepared(
        found.id,
        found.name,
        found.root,
        todo.slice(0, 0) if order.has_landed else todo,
        parameters.changed(report=order.report_id, file=str(order.target)),
        write_inputs=write_inputs,
    )


def land(cursor: duckdb.DuckDBPyConnection, job: Job[BundleParameters], table: pa.Table) -> None:
    """Note the file that was written."""
    land_report_file(cursor, table, run_id=job.run_id, dataset_id=job.dataset_id)


def finish(workspace: Workspace, job: Job[BundleParameters]) -> Figures:
    """Nothing to add."""
    return {}


def _wanted(workspace: Workspace, dataset_id: int, contents: Contents) -> pa.Table:
    """What the worker needs of the pictures, in the order in which they are wanted; one empty row without any."""
    rows = bundle.pictures(workspace, dataset_id, image_ids=contents.pictures.image_ids)
    stages = pa.array(contents.pictures.stages, pa.int32())
    rows = rows.append_column("stage", stages)
    return rows if rows.num_rows else pa.table({each.name: pa.nulls(1, each.type) for each in rows.schema})


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, then=then_upload)
