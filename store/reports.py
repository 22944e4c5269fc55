"""Reports: lists of blocks, each with what it was drawn from; every wording stays in the file."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadReport, UnknownReport
from store.report_blocks import MOST_BLOCKS, BlockDraft, Drawing, between, insert_block, list_blocks, require_newest
from store.statements import sql
from store.texts import NAME, require_short


@dataclass(frozen=True)
class Report:
    """A report as it is called now. changed_at: the last change of it or of a block of it. Times are UTC."""

    id: int
    edition: int
    title: str
    who: str
    written_at: datetime.datetime
    begun_by: str
    begun_at: datetime.datetime
    n_blocks: int
    n_hidden: int
    changed_at: datetime.datetime


@dataclass(frozen=True)
class ReportFile:
    """A file that was written of a report. path: of this machine; finished_at: UTC."""

    run_id: int
    report_id: int
    format: str
    path: str
    n_bytes: int
    finished_at: datetime.datetime


def list_reports(workspace: Workspace, dataset_id: int) -> list[Report]:
    """The dataset's reports, the one that was changed last first."""
    return workspace.all("list_reports", Report, dataset_id=dataset_id)


def find_report(workspace: Workspace, dataset_id: int, *, report_id: int = 0) -> Report:
    """The report of that number, for 0 the one that was changed last; raises UnknownReport."""
    reports = list_reports(workspace, dataset_id)
    for report in reports:
        if report_id in (0, report.id):
            return report
    numbers = ", ".join(str(report.id) for report in reports[:20]) or "none yet"
    raise UnknownReport(f"There is no report {report_id or ''}".rstrip() + f" of this dataset (reports: {numbers}).")


@does("begin_report")
def begin_report(
    workspace: Workspace,
    dataset_id: int,
    *,
    title: str,
    blocks: Sequence[tuple[BlockDraft, Drawing | None]],
    who: str,
) -> int:
    """Keep a new report with its blocks in this order, each with what it was drawn to; its number. Raises BadReport."""
    if len(blocks) > MOST_BLOCKS:
        raise BadReport(f"A report has {MOST_BLOCKS} blocks at most, not {len(blocks)}.")
    with workspace.writing() as cursor:
        ((report_id,),) = cursor.execute(sql("next_report_id")).fetchall()
        _write_report(cursor, dataset_id, report_id=report_id, edition=1, title=title, who=who)
        for place, (draft, drawing) in enumerate(blocks, 1):
            insert_block(cursor, report_id, draft, place=float(place), drawing=drawing, who=who)
    return int(report_id)


@does("rename_report")
def rename_report(workspace: Workspace, dataset_id: int, *, report_id: int, edition: int, title: str, who: str) -> None:
    """Call a report something else. Raises ReportChanged where somebody was quicker, UnknownReport, BadReport."""
    with workspace.writing() as cursor:
        _require_report(cursor, dataset_id, report_id=report_id, edition=edition)
        _write_report(cursor, dataset_id, report_id=report_id, edition=edition + 1, title=title, who=who)


@does("forget_report")
def forget_report(workspace: Workspace, dataset_id: int, *, report_id: int, edition: int, who: str) -> None:
    """Have a report count no more; its wordings stay in the file. Raises ReportChanged, UnknownReport."""
    title = find_report(workspace, dataset_id, report_id=report_id).title
    with workspace.writing() as cursor:
        _require_report(cursor, dataset_id, report_id=report_id, edition=edition)
        _write_report(
            cursor, dataset_id, report_id=report_id, edition=edition + 1, title=title, who=who, forgotten=True
        )


@does("change_report")
def add_block(
    workspace: Workspace,
    dataset_id: int,
    draft: BlockDraft,
    *,
    report_id: int,
    drawing: Drawing | None = None,
    behind: int = 0,
    who: str,
) -> int:
    """Put a block behind block `behind` (0: at the end); its number. Raises UnknownReport, BadReport."""
    find_report(workspace, dataset_id, report_id=report_id)
    blocks = list_blocks(workspace, report_id)
    if len(blocks) >= MOST_BLOCKS:
        raise BadReport(f"A report has {MOST_BLOCKS} blocks at most. Take out what nobody needs.")
    places = [block.place for block in blocks]
    at = next((rank for rank, block in enumerate(blocks) if block.id == behind), len(blocks) - 1)
    place = between(places, at + 1) if places else 1.0
    with workspace.writing() as cursor:
        if place in places:
            cursor.execute(sql("renumber_blocks"), {"report_id": report_id})
            place = at + 1.5
        return insert_block(cursor, report_id, draft, place=place, drawing=drawing, who=who)


def report_pictures(workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int]) -> pa.Table:
    """image_id, path, sha256, width, height, format, has_thumb, rendering, missing of some images of the dataset."""
    return workspace.read("report_pictures", dataset_id=dataset_id, image_ids=list(image_ids))


def land_report_file(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int, dataset_id: int) -> None:
    """Note the file that a run wrote. table: format, path, n_bytes, report_id."""
    cursor.register("incoming", table)
    cursor.execute(sql("insert_report_file"), {"run_id": run_id, "dataset_id": dataset_id})
    cursor.unregister("incoming")


def has_report_file(workspace: Workspace, run_id: int) -> bool:
    """Whether a run has written its file."""
    return workspace.count("has_report_file", run_id=run_id) > 0


def list_report_files(workspace: Workspace, dataset_id: int, *, n_rows: int = 50) -> list[ReportFile]:
    """What was written of the dataset's reports, newest first."""
    return workspace.all("list_report_files", ReportFile, dataset_id=dataset_id, n_rows=n_rows)


def _require_report(cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, report_id: int, edition: int) -> None:
    values = {"report_id": report_id, "dataset_id": dataset_id}
    rows = cursor.execute(sql("newest_report_edition"), values).fetchall()
    require_newest(rows, edition=edition, what=f"report {report_id}")


def _write_report(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    *,
    report_id: int,
    edition: int,
    title: str,
    who: str,
    forgotten: bool = False,
) -> None:
    if not title.strip():
        raise BadReport("A report needs a title.")
    require_short(title, "The title", longest=NAME)
    require_short(who, "Who writes", longest=NAME)
    values = {"report_id": report_id, "dataset_id": dataset_id, "edition": edition, "title": title.strip()}
    cursor.execute(sql("insert_report"), {**values, "forgotten": forgotten, "who": who, "written_at": utc_now()})
