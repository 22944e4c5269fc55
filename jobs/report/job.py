"""The report job: a report as a file that opens without Vitrine. Whole, or not there at all.

The owner leaves the document as JSON and what its pictures are; the worker draws figures and pictures and writes.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics.wording import file_size
from evidence.report.parts import Document
from evidence.report.reports import begin, document_of, refresh
from jobs.engine.errors import ExportRefused
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.sent_on import then_upload
from jobs.engine.version import code_version
from jobs.engine.worker import Work
from jobs.export.blur import read_hidden, write_hidden
from jobs.export.files import ending_by_exception
from jobs.report.card import card_facts, leave_facts, read_facts, write_card
from jobs.report.formats import FORMATS
from jobs.report.kind import ReportParameters
from jobs.report.pictures import Pictures
from jobs.report.whole import whole
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.reports import find_report, has_report_file, land_report_file, list_reports, report_pictures

DOCUMENT = "report.json"
CARD = "card"  # of the dataset itself, not of what is said of it
WRITER = "the command line"  # who begins a report where nobody has


def compute(work: Work[ReportParameters]) -> Figures:
    """Write the file, publish its name, and say how large it is."""
    parameters, target = work.parameters, Path(work.parameters.file)
    document = Document.model_validate_json((work.folder.path / DOCUMENT).read_text(encoding="utf-8"))
    pictures = pictures_of(work, pa.concat_tables(list(work.todo())))
    form = FORMATS[parameters.format]
    total = max(len(document.blocks), 1)

    def report(done: int, of: int) -> None:
        work.report(done, total=of, message=f"{form.title}: {done} of {of} blocks")

    with ending_by_exception(), whole(target, mark=work.spec.id) as part:
        if parameters.format == CARD:
            write_card(part, read_facts(work.folder.path))
        else:
            form.write(document, pictures=pictures, target=part, side=parameters.picture_side, report=report)
    size = size_of(target)
    work.publish(file_row(target, format=parameters.format, n_bytes=size, report_id=parameters.report))
    work.report(total, total=total, message="Written")
    return {"file": str(target), "format": parameters.format, "n_bytes": size, "size": file_size(size)}


def pictures_of(work: Work[Any], rows: pa.Table) -> Pictures:
    """The pictures that the document shows, as the worker draws them."""
    return Pictures(
        work.root,
        work.workspace / "thumbs",
        {row["image_id"]: row for row in rows.to_pylist() if row["image_id"] is not None},
        read_hidden(work.folder.path),
    )


def size_of(target: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if target.is_file():
        return target.stat().st_size
    return sum(each.stat().st_size for each in target.rglob("*") if each.is_file())


def file_row(target: Path, *, format: str, n_bytes: int, report_id: int) -> pa.Table:
    """The segment of a job that wrote one file."""
    return pa.table(
        {
            "format": [format],
            "path": [str(target)],
            "n_bytes": pa.array([n_bytes], pa.int64()),
            "report_id": pa.array([report_id], pa.int32()),
        }
    )


def prepare(
    workspace: Workspace, dataset: str, parameters: ReportParameters, run_id: int
) -> Prepared[ReportParameters]:
    """Lay out the document and its pictures; nothing is to do where the run's file has landed. Raises ExportRefused."""
    what = CARD if parameters.format == CARD else "report"
    if parameters.anew and not has_report_file(workspace, run_id):
        draw_anew(workspace, find_dataset(workspace, dataset), report_id=parameters.report)
    order = read_order(
        workspace,
        dataset,
        report_id=parameters.report,
        file=parameters.file,
        ending=FORMATS[parameters.format].ending,
        what=what,
        run_id=run_id,
    )
    found, document = order.dataset, order.document
    image_ids = [each.image_id for each in document.pictures()]
    todo = pictures_table(workspace, found.id, image_ids=image_ids)

    def write_inputs(folder: Path) -> None:
        (folder / DOCUMENT).write_text(document.model_dump_json(), encoding="utf-8")
        write_hidden(workspace, found.id, image_ids=image_ids, folder=folder)
        if parameters.format == CARD:
            leave_facts(folder, card_facts(workspace, found))

    return Prepared(
        found.id,
        found.name,
        found.root,
        todo.slice(0, 0) if order.has_landed else todo,
        parameters.changed(report=order.report_id, file=str(order.target)),
        write_inputs=write_inputs,
    )


@dataclass(frozen=True)
class Ordered:
    """What a report or a bundle is written of, and where to. has_landed: the run's file was written before."""

    dataset: Dataset
    report_id: int
    document: Document
    target: Path
    has_landed: bool


def read_order(
    workspace: Workspace, dataset: str, *, report_id: int, file: str, ending: str, what: str, run_id: int
) -> Ordered:
    """The document of the report that is meant and the file that it is to be; raises ExportRefused, UnknownReport."""
    found = find_dataset(workspace, dataset)
    chosen = chosen_report(workspace, found, report_id=report_id)
    landed = has_report_file(workspace, run_id)
    target = target_of(workspace, found.name, file=file, ending=ending, landed=landed, what=what)
    document = document_of(workspace, found, report_id=chosen, code_version=code_version())
    return Ordered(found, chosen, document, target, landed)


def draw_anew(workspace: Workspace, dataset: Dataset, *, report_id: int) -> None:
    """Have every block of the report that is meant show what there is now. Raises UnknownReport."""
    refresh(workspace, dataset, report_id=chosen_report(workspace, dataset, report_id=report_id))


def chosen_report(workspace: Workspace, dataset: Dataset, *, report_id: int) -> int:
    """The report that is meant: of that number, for 0 the newest, or a complete draft where there is none yet."""
    if not report_id and not list_reports(workspace, dataset.id):
        return begin(workspace, dataset, who=WRITER)
    return find_report(workspace, dataset.id, report_id=report_id).id


def pictures_table(workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int]) -> pa.Table:
    """What a worker needs of these pictures; one empty row where there are none, so that there is something to do."""
    rows = report_pictures(workspace, dataset_id, image_ids=image_ids)
    return (
        rows
        if rows.num_rows
        else pa.table({name: pa.nulls(1, rows.schema.field(name).type) for name in rows.schema.names})
    )


def target_of(
    workspace: Workspace, dataset: str, *, file: str, ending: str, landed: bool, what: str = "report"
) -> Path:
    """Where to write: what was named, or the first free name in the workspace's exports. Raises ExportRefused."""
    if file:
        target = Path(file).expanduser().resolve()
        if os.path.lexists(target) and not landed:
            raise ExportRefused(f"{target} exists already, and nothing is overwritten. Name another file, or move it.")
        return target
    name = re.sub(r"[^\w.-]+", "-", f"{dataset}-{what}").strip(".-")[:120] or what
    target, n = workspace.root / "exports" / f"{name}{ending}", 2
    while os.path.lexists(target):
        target = workspace.root / "exports" / f"{name}-{n}{ending}"
        n += 1
    return target


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ReportParameters], table: pa.Table) -> None:
    """Note the file that was written."""
    land_report_file(cursor, table, run_id=job.run_id, dataset_id=job.dataset_id)


def finish(workspace: Workspace, job: Job[ReportParameters]) -> Figures:
    """Nothing to add."""
    return {}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, then=then_upload)
