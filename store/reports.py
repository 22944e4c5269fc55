"""Reports: lists of blocks, each with what it was drawn from; every wording stays in the file."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.errors import BadReport, ReportChanged, UnknownReport
from store.rows import JsonObject
from store.statements import sql
from store.texts import NAME, require_short

LONGEST_TEXT = 100_000  # characters of a block's words
MOST_BLOCKS = 500  # of a report
MOST_BYTES = 16_000_000  # of what one block is drawn from


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
class BlockDraft:
    """What a block holds. kind: of evidence.report.topics, or text, section, figure, claim.

    settings: what it is drawn with. page, query: the folder of the page that shows the same, and its address.
    """

    kind: str
    title: str = ""
    text: str = ""
    settings: JsonObject = field(default_factory=dict)
    page: str = ""
    query: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class BlockRow:
    """A block as it stands now."""

    id: int
    report_id: int
    edition: int
    place: float
    kind: str
    title: str
    text: str
    settings: JsonObject
    page: str
    query: str
    hidden: bool
    who: str
    written_at: datetime.datetime

    @property
    def draft(self) -> BlockDraft:
        """What it holds, to be changed."""
        return BlockDraft(self.kind, self.title, self.text, self.settings, self.page, self.query, self.hidden)


@dataclass(frozen=True)
class Drawing:
    """What a block was drawn to: parts, a list as JSON text, and the runs they are from.

    last_decision: the newest one then; drawn_at: UTC.
    """

    block_id: int
    parts: str
    run_ids: tuple[int, ...]
    last_decision: int
    drawn_at: datetime.datetime


@dataclass(frozen=True)
class BlockEdition:
    """A wording of a block."""

    edition: int
    title: str
    text: str
    hidden: bool
    forgotten: bool
    who: str
    written_at: datetime.datetime


@dataclass(frozen=True)
class ReportFile:
    """A file that was written of a report. path: of this machine; finished_at: UTC."""

    run_id: int
    report_id: int
    format: str
    path: str
    n_bytes: int
    finished_at: datetime.datetime


@dataclass(frozen=True)
class _Edition:
    edition: int
    forgotten: bool
    who: str
    written_at: datetime.datetime


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
            _insert(cursor, report_id, draft, place=float(place), drawing=drawing, who=who)
    return int(report_id)


def rename_report(workspace: Workspace, dataset_id: int, *, report_id: int, edition: int, title: str, who: str) -> None:
    """Call a report something else. Raises ReportChanged where somebody was quicker, UnknownReport, BadReport."""
    with workspace.writing() as cursor:
        _require_report(cursor, dataset_id, report_id=report_id, edition=edition)
        _write_report(cursor, dataset_id, report_id=report_id, edition=edition + 1, title=title, who=who)


def forget_report(workspace: Workspace, dataset_id: int, *, report_id: int, edition: int, who: str) -> None:
    """Have a report count no more; its wordings stay in the file. Raises ReportChanged, UnknownReport."""
    title = find_report(workspace, dataset_id, report_id=report_id).title
    with workspace.writing() as cursor:
        _require_report(cursor, dataset_id, report_id=report_id, edition=edition)
        _write_report(
            cursor, dataset_id, report_id=report_id, edition=edition + 1, title=title, who=who, forgotten=True
        )


def list_blocks(workspace: Workspace, report_id: int) -> list[BlockRow]:
    """The report's blocks in order, hidden ones among them."""
    return workspace.all("list_blocks", BlockRow, report_id=report_id)


def list_drawings(workspace: Workspace, report_id: int) -> dict[int, Drawing]:
    """What each block of the report was drawn to, by the block's number."""
    return {each.block_id: each for each in workspace.all("list_drawings", Drawing, report_id=report_id)}


def block_history(workspace: Workspace, block_id: int, *, n_rows: int = 100) -> list[BlockEdition]:
    """Every wording of a block, newest first."""
    return workspace.all("block_history", BlockEdition, block_id=block_id, n_rows=n_rows)


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
    place = _between(places, at + 1) if places else 1.0
    with workspace.writing() as cursor:
        if place in places:
            cursor.execute(sql("renumber_blocks"), {"report_id": report_id})
            place = at + 1.5
        return _insert(cursor, report_id, draft, place=place, drawing=drawing, who=who)


def change_block(
    workspace: Workspace, block: BlockRow, draft: BlockDraft, *, place: float | None = None, who: str
) -> None:
    """Word a block anew, hide it, or put it elsewhere. block: as the writer saw it.

    Raises ReportChanged where somebody changed it meanwhile, UnknownReport where it was taken out, BadReport.
    """
    with workspace.writing() as cursor:
        _require_block(cursor, block)
        _write_block(
            cursor,
            block.report_id,
            draft,
            block_id=block.id,
            edition=block.edition + 1,
            place=block.place if place is None else place,
            who=who,
        )


def move_block(workspace: Workspace, block: BlockRow, *, by: int, who: str) -> None:
    """Put a block `by` places further down (up where negative), as far as there is room. Raises ReportChanged."""
    blocks = list_blocks(workspace, block.report_id)
    at = next((rank for rank, each in enumerate(blocks) if each.id == block.id), None)
    if at is None:
        raise UnknownReport(f"Block {block.id} was taken out meanwhile.")
    others = [each.place for each in blocks if each.id != block.id]
    to = min(max(at + by, 0), len(others))
    if to == at:
        return
    place = _between(others, to)
    if place in others:  # halves of halves: there is no number left between the two
        with workspace.writing() as cursor:
            cursor.execute(sql("renumber_blocks"), {"report_id": block.report_id})
        others = [each.place for each in list_blocks(workspace, block.report_id) if each.id != block.id]
        place = _between(others, to)
    change_block(workspace, block, block.draft, place=place, who=who)


def take_out_block(workspace: Workspace, block: BlockRow, *, who: str) -> None:
    """Take a block out; its wordings stay in the file. Raises ReportChanged, UnknownReport."""
    with workspace.writing() as cursor:
        _require_block(cursor, block)
        _write_block(
            cursor,
            block.report_id,
            block.draft,
            block_id=block.id,
            edition=block.edition + 1,
            place=block.place,
            who=who,
            forgotten=True,
        )


def put_back_block(workspace: Workspace, block: BlockRow, *, who: str) -> None:
    """Take a block in again that was taken out, as it was then. Raises ReportChanged."""
    with workspace.writing() as cursor:
        _require_block(cursor, block, edition=block.edition + 1, forgotten=True)
        _write_block(
            cursor,
            block.report_id,
            block.draft,
            block_id=block.id,
            edition=block.edition + 2,
            place=block.place,
            who=who,
        )


def record_drawings(workspace: Workspace, drawings: Sequence[Drawing]) -> None:
    """Keep what blocks are drawn to from now on."""
    with workspace.writing() as cursor:
        for drawing in drawings:
            _draw(cursor, drawing)


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


def _between(places: Sequence[float], rank: int) -> float:
    """A place before the one of that rank and behind the one before it."""
    low = places[rank - 1] if rank else places[0] - 2
    high = places[rank] if rank < len(places) else places[-1] + 2
    return (low + high) / 2


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    report_id: int,
    draft: BlockDraft,
    *,
    place: float,
    drawing: Drawing | None,
    who: str,
) -> int:
    ((block_id,),) = cursor.execute(sql("next_block_id")).fetchall()
    _write_block(cursor, report_id, draft, block_id=block_id, edition=1, place=place, who=who)
    if drawing is not None:
        _draw(cursor, Drawing(block_id, drawing.parts, drawing.run_ids, drawing.last_decision, drawing.drawn_at))
    return int(block_id)


def _draw(cursor: duckdb.DuckDBPyConnection, drawing: Drawing) -> None:
    if len(drawing.parts) > MOST_BYTES:
        raise BadReport(f"A block holds {MOST_BYTES // 1_000_000} MB at most, and this one has {len(drawing.parts):,}.")
    cursor.execute(sql("delete_drawing"), {"block_id": drawing.block_id})
    cursor.execute(sql("insert_drawing"), {**vars(drawing), "run_ids": list(drawing.run_ids)})


def _require_report(cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, report_id: int, edition: int) -> None:
    values = {"report_id": report_id, "dataset_id": dataset_id}
    rows = cursor.execute(sql("newest_report_edition"), values).fetchall()
    _compare(rows, edition=edition, what=f"report {report_id}")


def _require_block(
    cursor: duckdb.DuckDBPyConnection, block: BlockRow, *, edition: int | None = None, forgotten: bool = False
) -> None:
    values = {"block_id": block.id, "report_id": block.report_id}
    rows = cursor.execute(sql("newest_block_edition"), values).fetchall()
    what = f"the block “{block.title}”" if block.title else f"block {block.id}"
    _compare(rows, edition=block.edition if edition is None else edition, what=what, forgotten=forgotten)


def _compare(rows: Sequence[tuple[Any, ...]], *, edition: int, what: str, forgotten: bool = False) -> None:
    if not rows:
        raise UnknownReport(f"There is no {what.removeprefix('the ')} any more.")
    newest = _Edition(*rows[0])
    if newest.edition != edition or newest.forgotten != forgotten:
        did = "took out" if newest.forgotten else "changed"
        raise ReportChanged(
            f"{newest.who} {did} {what} meanwhile ({newest.written_at:%d %B %Y, %H:%M} UTC). Nothing was saved: look "
            "at it as it is now, then decide."
        )


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


def _write_block(
    cursor: duckdb.DuckDBPyConnection,
    report_id: int,
    draft: BlockDraft,
    *,
    block_id: int,
    edition: int,
    place: float,
    who: str,
    forgotten: bool = False,
) -> None:
    require_short(draft.title, "The title", longest=NAME)
    require_short(draft.text, "The text", longest=LONGEST_TEXT)
    require_short(who, "Who writes", longest=NAME)
    values = {**vars(draft), "settings": json.dumps(draft.settings), "block_id": block_id, "report_id": report_id}
    values |= {"edition": edition, "place": place, "forgotten": forgotten, "who": who, "written_at": utc_now()}
    cursor.execute(sql("insert_block"), values)
