"""The blocks of reports: each wording stays, what a block was drawn to is the newest; who saves second is told so."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadReport, ReportChanged, UnknownReport
from store.rows import JsonObject
from store.statements import sql
from store.texts import NAME, require_short

LONGEST_TEXT = 100_000  # characters of a block's words
MOST_BLOCKS = 500  # of a report
MOST_BYTES = 16_000_000  # of what one block is drawn from


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
class _Edition:
    edition: int
    forgotten: bool
    who: str
    written_at: datetime.datetime


def list_blocks(workspace: Workspace, report_id: int) -> list[BlockRow]:
    """The report's blocks in order, hidden ones among them."""
    return workspace.all("list_blocks", BlockRow, report_id=report_id)


def list_drawings(workspace: Workspace, report_id: int) -> dict[int, Drawing]:
    """What each block of the report was drawn to, by the block's number."""
    return {each.block_id: each for each in workspace.all("list_drawings", Drawing, report_id=report_id)}


def block_history(workspace: Workspace, block_id: int, *, n_rows: int = 100) -> list[BlockEdition]:
    """Every wording of a block, newest first."""
    return workspace.all("block_history", BlockEdition, block_id=block_id, n_rows=n_rows)


def _dataset_of_block(given: Mapping[str, Any]) -> int:
    return int(given["workspace"].count("dataset_of_report", report_id=given["block"].report_id, block_id=None))


def _dataset_of_drawings(given: Mapping[str, Any]) -> int:
    found = {
        int(given["workspace"].count("dataset_of_report", report_id=None, block_id=drawing.block_id))
        for drawing in given["drawings"]
    }
    return found.pop() if len(found) == 1 else 0


@does("change_report", dataset_of=_dataset_of_block)
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


@does("change_report", dataset_of=_dataset_of_block)
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
    place = between(others, to)
    if place in others:  # halves of halves: there is no number left between the two
        with workspace.writing() as cursor:
            cursor.execute(sql("renumber_blocks"), {"report_id": block.report_id})
        others = [each.place for each in list_blocks(workspace, block.report_id) if each.id != block.id]
        place = between(others, to)
    change_block(workspace, block, block.draft, place=place, who=who)


@does("change_report", dataset_of=_dataset_of_block)
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


@does("change_report", dataset_of=_dataset_of_block)
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


@does("change_report", dataset_of=_dataset_of_drawings)
def record_drawings(workspace: Workspace, drawings: Sequence[Drawing]) -> None:
    """Keep what blocks are drawn to from now on."""
    with workspace.writing() as cursor:
        for drawing in drawings:
            _draw(cursor, drawing)


def between(places: Sequence[float], rank: int) -> float:
    """A place before the one of that rank and behind the one before it."""
    low = places[rank - 1] if rank else places[0] - 2
    high = places[rank] if rank < len(places) else places[-1] + 2
    return (low + high) / 2


def insert_block(
    cursor: duckdb.DuckDBPyConnection,
    report_id: int,
    draft: BlockDraft,
    *,
    place: float,
    drawing: Drawing | None,
    who: str,
) -> int:
    """Write the first edition of a block into an open transaction, with what it was drawn to; its number."""
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


def _require_block(
    cursor: duckdb.DuckDBPyConnection, block: BlockRow, *, edition: int | None = None, forgotten: bool = False
) -> None:
    values = {"block_id": block.id, "report_id": block.report_id}
    rows = cursor.execute(sql("newest_block_edition"), values).fetchall()
    what = f"the block “{block.title}”" if block.title else f"block {block.id}"
    require_newest(rows, edition=block.edition if edition is None else edition, what=what, forgotten=forgotten)


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


def require_newest(rows: Sequence[tuple[Any, ...]], *, edition: int, what: str, forgotten: bool = False) -> None:
    """Raise ReportChanged where the newest edition (in rows) is not the one seen, UnknownReport where there is none."""
    if not rows:
        raise UnknownReport(f"There is no {what.removeprefix('the ')} any more.")
    newest = _Edition(*rows[0])
    if newest.edition != edition or newest.forgotten != forgotten:
        did = "took out" if newest.forgotten else "changed"
        raise ReportChanged(
            f"{newest.who} {did} {what} meanwhile ({newest.written_at:%d %B %Y, %H:%M} UTC). Nothing was saved: look "
            "at it as it is now, then decide."
        )
