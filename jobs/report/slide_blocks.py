"""What of a report fits on slides: a part a slide, and of long parts as much as is read from afar, with how many."""

from dataclasses import dataclass

from evidence.report.parts import (
    Block,
    ClaimCard,
    Document,
    Facts,
    Gallery,
    Group,
    Pairs,
    Part,
    Picture,
    Table,
    pictures_of,
)

SECTION = "section"
MOST_ROWS, MOST_FACTS, MOST_PAIRS, MOST_CLAIM_NUMBERS, MOST_REASONS = 9, 9, 2, 3, 3
MOST_COLUMNS = 9
ONE_GROUP, OF_A_GROUP, MOST_GROUPS = 12, 8, 3  # pictures of one group alone, of one of several, and how many groups


@dataclass(frozen=True)
class Slide:
    """A slide: of which block, the one part on it (None: the block's words or, of a section, its title alone).

    place: which of the block's slides it is, "" where it is the only one.
    """

    block: Block
    part: Part | None = None
    place: str = ""

    @property
    def is_section(self) -> bool:
        """Whether it begins a chapter."""
        return self.block.kind == SECTION


def slides_of(document: Document) -> list[Slide]:
    """The slides of a document in order, without the one of its title."""
    return [slide for block in document.blocks for slide in slides_of_block(block)]


def slides_of_block(block: Block) -> list[Slide]:
    """A slide for each part of the block; one of words where it has none."""
    n = len(block.parts)
    if block.kind == SECTION or not n:
        return [Slide(block)]
    return [Slide(block, cut(part), f"{at} of {n}" if n > 1 else "") for at, part in enumerate(block.parts, 1)]


def pictures_on(slides: list[Slide]) -> list[Picture]:
    """The pictures that are shown on the slides."""
    return [picture for slide in slides if slide.part is not None for picture in pictures_of(slide.part)]


def cut(part: Part) -> Part:
    """As much of the part as fits on a slide; where that is not all, its note says how many of how many."""
    if isinstance(part, Table):
        return _cut_table(part)
    if isinstance(part, Facts):
        more = len(part.rows) - MOST_FACTS
        return part if more <= 0 else Facts(rows=[*part.rows[:MOST_FACTS], ("…", f"and {more:,} more")])
    if isinstance(part, Gallery):
        return _cut_gallery(part)
    if isinstance(part, Pairs) and len(part.rows) > MOST_PAIRS:
        note = _said(f"{MOST_PAIRS} of {len(part.rows):,}.", part.note)
        return part.model_copy(update={"rows": part.rows[:MOST_PAIRS], "note": note})
    if isinstance(part, ClaimCard):
        fewer = {
            "numbers": part.numbers[:MOST_CLAIM_NUMBERS],
            "why": _first(part.why, most=MOST_REASONS),
            "weak": _first(part.weak, most=MOST_REASONS),
        }
        return part.model_copy(update=fewer)
    return part


def _cut_table(table: Table) -> Table:
    n_columns = len(table.columns)
    note = _said(f"{MOST_COLUMNS} of {n_columns} columns.", table.note) if n_columns > MOST_COLUMNS else table.note
    fewer = {
        "columns": table.columns[:MOST_COLUMNS],
        "rows": [row[:MOST_COLUMNS] for row in table.rows[:MOST_ROWS]],
        "n_rows": max(table.n_rows, len(table.rows)),
        "note": note,
    }
    return table.model_copy(update=fewer)


def _cut_gallery(gallery: Gallery) -> Gallery:
    filled = [group for group in gallery.groups if group.pictures]
    most = ONE_GROUP if len(filled) == 1 else OF_A_GROUP
    groups = [Group(title=each.title, note=each.note, pictures=each.pictures[:most]) for each in filled[:MOST_GROUPS]]
    n, n_all = sum(len(group.pictures) for group in groups), len(gallery.pictures)
    note = gallery.note if n == n_all else _said(f"{n} of {n_all:,}.", gallery.note)
    return Gallery(groups=groups, note=note)


def _first(sentences: list[str], *, most: int) -> list[str]:
    more = len(sentences) - most
    return sentences if more <= 0 else [*sentences[:most], f"and {more:,} more"]


def _said(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
