"""Reports of a dataset: a new one is complete; blocks keep what they were drawn from, say when it is old, and can be
drawn anew; all of it as a document that any format writes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from evidence.case import Case
from evidence.claims import as_recorded
from evidence.errors import CannotMeasure
from evidence.measure import ask
from evidence.report.parts import Block, Chart, Document, Part, Source
from evidence.report.sheet import ETHICS, LOOKING_BACK, THEME, Field, as_markdown
from evidence.report.topic import CHAPTERS, Drawn, Topic, all_topics, find_topic, missing, read_settings
from evidence.report.wording import claims_named, with_claims
from evidence.verdicts import what_came_of
from evidence.wording import in_words
from store import report_blocks
from store import reports as store
from store.claims import Moment, moment
from store.connection import Workspace, utc_now
from store.datasets import Dataset
from store.errors import BadReport, StoreError
from store.privacy import hides_people
from store.project import ProjectText, project_texts
from store.report_blocks import BlockDraft, BlockRow, Drawing
from store.reports import Report

TEXT, SECTION, FIGURE = "text", "section", "figure"  # kinds of blocks that are no topic
OWN_KINDS = (TEXT, SECTION, FIGURE)
_SHEET: Mapping[str, tuple[Field, ...]] = {"theme": THEME, "ethics": ETHICS, "hindsight": LOOKING_BACK}
_PARTS: TypeAdapter[list[Part]] = TypeAdapter(list[Part])


@dataclass(frozen=True)
class Shown:
    """A block as it stands and as it is read: its row, and the block of the document, its claims filled in."""

    row: BlockRow
    block: Block

    @property
    def is_stale(self) -> bool:
        """Whether something came since it was drawn."""
        return bool(self.block.stale)


@dataclass(frozen=True)
class _Reading:
    """What all blocks of a report are read with, once."""

    sentences: Mapping[int, str]
    sheet: Mapping[str, ProjectText]
    now: Moment


def begin(workspace: Workspace, dataset: Dataset, *, title: str = "", who: str) -> int:
    """A new report, complete: an outline with all that the workspace holds drawn in, and what is missing named."""
    case = Case(workspace, dataset)
    blocks = complete(case)
    return store.begin_report(workspace, dataset.id, title=title or f"Report on {dataset.name}", blocks=blocks, who=who)


def complete(case: Case) -> list[tuple[BlockDraft, Drawing | None]]:
    """The blocks of a new report with what they are drawn to, chapter by chapter."""
    blocks: list[tuple[BlockDraft, Drawing | None]] = []
    for chapter in CHAPTERS:
        drawn = [(topic, *draw(case, _draft(topic))) for topic in all_topics().values() if topic.chapter == chapter]
        kept = [
            (_draft(topic), drawing)
            for topic, result, drawing in drawn
            if result is None or not (topic.is_optional and result.is_missing)
        ]
        if kept:
            blocks.append((BlockDraft(SECTION, title=chapter), None))
            blocks += kept
    return blocks


def draw(case: Case, draft: BlockDraft) -> tuple[Drawn | None, Drawing | None]:
    """What a block shows now, and the same as it is kept; None for a block of words and for a figure of a page."""
    if draft.kind in OWN_KINDS:
        return None, None
    topic, settings = find_topic(draft.kind), read_settings(draft.settings)
    at = moment(case.workspace, case.dataset.id)
    try:
        drawn = topic.draw(case, settings)
    except CannotMeasure as error:
        drawn = missing(str(error), page=topic.page)
    text = _PARTS.dump_json(list(drawn.parts)).decode()
    return drawn, Drawing(0, text, drawn.run_ids, at.last_decision, at.at)


def add(workspace: Workspace, dataset: Dataset, draft: BlockDraft, *, report_id: int, behind: int = 0, who: str) -> int:
    """Put a block into a report, drawn; its number. Raises BadReport, UnknownReport."""
    if draft.kind not in OWN_KINDS:
        find_topic(draft.kind)
    _, drawing = draw(Case(workspace, dataset), draft)
    return store.add_block(workspace, dataset.id, draft, report_id=report_id, drawing=drawing, behind=behind, who=who)


def add_figure(
    workspace: Workspace,
    dataset: Dataset,
    *,
    figure: Mapping[str, object],
    alt: str,
    title: str,
    caption: str,
    page: str,
    query: str,
    report_id: int,
    who: str,
) -> int:
    """Put a page's chart into a report as it is drawn now. figure: of Plotly, as JSON; its number. Raises BadReport."""
    at = moment(workspace, dataset.id)
    part = Chart(name="plotly", data={"figure": dict(figure)}, alt=alt, caption=caption)
    text = _PARTS.dump_json([part]).decode()
    if len(text) > report_blocks.MOST_BYTES:
        raise BadReport("This chart holds too many points for a report. Choose fewer with the page's filters.")
    draft = BlockDraft(FIGURE, title=title, page=page, query=query)
    drawing = Drawing(0, text, (), at.last_decision, at.at)
    return store.add_block(workspace, dataset.id, draft, report_id=report_id, drawing=drawing, who=who)


def refresh(
    workspace: Workspace, dataset: Dataset, *, report_id: int, only: Sequence[int] | None = None
) -> list[Shown]:
    """Draw blocks anew, or `only` some by their numbers, and keep that. Figures of pages stay as they were added."""
    case = Case(workspace, dataset)
    rows = [row for row in report_blocks.list_blocks(workspace, report_id) if only is None or row.id in only]
    drawings = [(row.id, draw(case, row.draft)[1]) for row in rows]
    report_blocks.record_drawings(
        workspace, [replace(drawing, block_id=number) for number, drawing in drawings if drawing is not None]
    )
    return shown(workspace, dataset, report_id=report_id)


def shown(workspace: Workspace, dataset: Dataset, *, report_id: int) -> list[Shown]:
    """Every block of a report in order, hidden ones among them, as it is read; nothing is drawn anew."""
    rows = report_blocks.list_blocks(workspace, report_id)
    drawings = report_blocks.list_drawings(workspace, report_id)
    reading = _Reading(
        _sentences(workspace, dataset.id, rows),
        project_texts(workspace, dataset.id),
        moment(workspace, dataset.id),
    )
    return [
        Shown(row, _block(workspace, dataset.id, row, drawing=drawings.get(row.id), reading=reading)) for row in rows
    ]


def document_of(workspace: Workspace, dataset: Dataset, *, report_id: int, code_version: str) -> Document:
    """A report as any format writes it: without what is hidden."""
    report = store.find_report(workspace, dataset.id, report_id=report_id)
    blocks = [each.block for each in shown(workspace, dataset, report_id=report.id) if not each.row.hidden]
    return document_with(workspace, dataset, report=report, blocks=blocks, code_version=code_version)


def document_with(
    workspace: Workspace, dataset: Dataset, *, report: Report, blocks: Sequence[Block], code_version: str
) -> Document:
    """These blocks as a document with its title and the facts under it."""
    case, written = Case(workspace, dataset), utc_now()
    sheet = project_texts(workspace, dataset.id)
    facts = [("Dataset", dataset.name)]
    if "who" in sheet and sheet["who"].text.strip():
        facts.append(("By", " ".join(sheet["who"].text.split())[:200]))
    facts += [
        (title, in_words(ask(case, name, {}))) for title, name in (("Pictures", "images"), ("Classes", "classes"))
    ]
    facts.append(("Written", f"{written:%d %B %Y, %H:%M} UTC"))
    return Document(
        title=report.title,
        dataset=dataset.name,
        facts=facts,
        blocks=list(blocks),
        written_at=f"{written:%Y-%m-%d %H:%M} UTC",
        generation=case.generation,
        code_version=code_version,
        blurred=hides_people(workspace, dataset.id),
    )


def _draft(topic: Topic) -> BlockDraft:
    return BlockDraft(topic.name, title=topic.title, page=topic.page)


def _sentences(workspace: Workspace, dataset_id: int, rows: Sequence[BlockRow]) -> dict[int, str]:
    """The sentences of the claims that some block's words name, with the numbers of now."""
    if not any(claims_named(row.text) for row in rows):
        return {}
    return {each.claim.id: each.now for each in as_recorded(workspace, dataset_id)}


def _block(
    workspace: Workspace, dataset_id: int, row: BlockRow, *, drawing: Drawing | None, reading: _Reading
) -> Block:
    parts = [] if drawing is None else _PARTS.validate_json(drawing.parts)
    words = row.text
    if row.kind in _SHEET:
        fields = _SHEET[row.kind]
        sheet = as_markdown(fields, reading.sheet)
        words = "\n\n".join(filter(None, [sheet, row.text]))
    source = Source(page=row.page, query=row.query)
    if drawing is not None:
        source = Source(
            page=row.page,
            query=row.query,
            run_ids=list(drawing.run_ids),
            drawn_at=f"{drawing.drawn_at:%Y-%m-%d %H:%M} UTC",
        )
    return Block(
        id=row.id,
        kind=row.kind,
        title=row.title,
        text=with_claims(words, reading.sentences),
        parts=parts,
        source=source if parts else Source(),
        stale=_stale(workspace, dataset_id, row, drawing=drawing, now=reading.now),
    )


def _stale(workspace: Workspace, dataset_id: int, row: BlockRow, *, drawing: Drawing | None, now: Moment) -> str:
    """What came since a block was drawn that it shows something of, in a sentence; "" where nothing did."""
    if drawing is None:
        return ""
    if row.kind == FIGURE:
        reads, kinds = None, None
    else:
        try:
            topic = find_topic(row.kind)
        except StoreError:  # of a later Vitrine
            return ""
        reads, kinds = topic.reads, topic.kinds
    since = Moment(drawing.last_decision, drawing.drawn_at)
    came = what_came_of(workspace, dataset_id, reads=reads, kinds=kinds, since=since, until=now)
    return f"Since it was drawn: {'; '.join(came)}." if came else ""


def as_plotly(figure_json: str) -> dict[str, object]:
    """A figure's JSON without its template, which every format sets itself."""
    found: dict[str, object] = json.loads(figure_json)
    layout = found.get("layout")
    if isinstance(layout, dict):
        layout.pop("template", None)
    return found
