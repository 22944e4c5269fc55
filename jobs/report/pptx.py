"""A report as slides of PowerPoint: a slide a block, all of it to be edited, the curator's words in the notes."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches

from evidence.report.parts import Block, Document, Facts, Part
from jobs.report.figure_images import one_browser
from jobs.report.letters import seen, source_line
from jobs.report.markdown_tree import plain_words
from jobs.report.pictures import Pictures
from jobs.report.slide import (
    ACCENT,
    BODY,
    EDGE,
    HEIGHT,
    INK,
    LINE,
    ORANGE,
    QUIET,
    WHITE,
    WIDTH,
    Box,
    fitted,
    put_shape,
    set_text,
    write_text,
)
from jobs.report.slide_parts import put_part

_TITLE_ONLY = 5  # of the layouts that python-pptx brings
_TITLE = Box(EDGE, 0.45, WIDTH - 2 * EDGE, 0.75)
_FEW_FACTS = 7  # that stand beside what follows them


def write(
    document: Document, *, pictures: Pictures, target: Path, side: int, report: Callable[[int, int], None]
) -> None:
    """Write the document as the file `target`. A block with several parts takes as many slides."""
    deck = Presentation()
    _widen(deck)
    _say_what_it_is(deck, document)
    _title_slide(deck, document)
    with one_browser():
        for done, block in enumerate(document.blocks, 1):
            for slide in _slides(deck, block, pictures=pictures, side=side):
                _foot(slide, block, document, number=len(deck.slides))
            report(done, len(document.blocks))
    deck.save(str(target))


def _slides(deck: Any, block: Block, *, pictures: Pictures, side: int) -> Iterator[Any]:
    """The slides of a block."""
    if block.kind == "section":
        yield _section(deck, block)
        return
    groups = _together(block.parts)
    words = plain_words(block.text)
    for place, group in enumerate(groups or [[]]):
        more = f" ({place + 1} of {len(groups)})" if len(groups) > 1 else ""
        slide = _slide(deck, block.title, more=more)
        if block.stale:
            write_text(slide, Box(EDGE, 1.18, BODY.width, 0.3), block.stale, size=12, colour=ORANGE)
        if not group:
            write_text(slide, BODY, words.splitlines() or [""], size=20)
        for box, part in zip(_boxes(group), group, strict=True):
            put_part(slide, box, part, pictures=pictures, side=side)
        if words and place == 0:
            slide.notes_slide.notes_text_frame.text = seen(words)
        yield slide


def _together(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts by slides: a few facts stand beside what follows them, everything else alone."""
    rest = list(parts)
    groups: list[list[Part]] = []
    while rest:
        first = rest.pop(0)
        is_few = isinstance(first, Facts) and len(first.rows) <= _FEW_FACTS
        groups.append([first, rest.pop(0)] if is_few and rest and not isinstance(rest[0], Facts) else [first])
    return groups


def _boxes(group: Sequence[Part]) -> list[Box]:
    if len(group) < 2:
        return [BODY][: len(group)]
    left = BODY.width * 0.3
    return [
        Box(BODY.left, BODY.top, left, BODY.height),
        Box(BODY.left + left + 0.3, BODY.top, BODY.width - left - 0.3, BODY.height),
    ]


def _slide(deck: Any, title: str, *, more: str = "", colour: str = INK) -> Any:
    """A slide with its title in the place for titles, so that outlines and readers find it."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    shape = slide.shapes.title
    if not title:
        shape._element.getparent().remove(shape._element)
        return slide
    _set_title(shape, title, _TITLE, size=28, colour=colour, more=more)
    return slide


def _set_title(shape: Any, title: str, box: Box, *, size: float, colour: str, more: str = "") -> None:
    shape.left, shape.top, shape.width, shape.height = box.emu()
    lines, size = fitted([seen(" ".join(title.split())) + more], box, size=size)
    set_text(shape.text_frame, lines, size=size, colour=colour, bold=True, anchor=MSO_ANCHOR.BOTTOM)


def _title_slide(deck: Any, document: Document) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    put_shape(slide, Box(0, 0, 0.35, HEIGHT), fill=ACCENT)
    _set_title(slide.shapes.title, document.title, Box(1.1, 1.4, WIDTH - 2.2, 1.9), size=44, colour=INK)
    lines = [f"{label}: {value}" for label, value in document.facts]
    if document.blurred:
        lines.append("People are blurred in this dataset, and in this report.")
    if lines:
        write_text(slide, Box(1.1, 3.6, WIDTH - 2.2, 2.6), lines, size=18, colour=QUIET)
    made = f"Written by Vitrine {document.code_version}, {document.written_at}"
    write_text(slide, Box(1.1, 6.7, WIDTH - 2.2, 0.3), made, size=12, colour=QUIET)


def _section(deck: Any, block: Block) -> Any:
    """The slide that begins a chapter: its title on the accent's ground."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    ground = put_shape(slide, Box(0, 0, WIDTH, HEIGHT), fill=ACCENT)
    slide.shapes._spTree.insert(2, ground._element)  # behind the title
    _set_title(slide.shapes.title, block.title, Box(1.1, 2.4, WIDTH - 2.2, 2.0), size=40, colour=WHITE)
    words = plain_words(block.text)
    if words:
        write_text(slide, Box(1.1, 4.6, WIDTH - 2.2, 1.9), words.splitlines(), size=18, colour=WHITE)
        slide.notes_slide.notes_text_frame.text = seen(words)
    return slide


def _foot(slide: Any, block: Block, document: Document, *, number: int) -> None:
    """Where it is from, and the slide's number."""
    ink = WHITE if block.kind == "section" else QUIET
    if block.kind != "section":
        put_shape(slide, Box(EDGE, 6.93, WIDTH - 2 * EDGE, 0.01), fill=LINE)
    left = source_line(block.source) or document.title
    write_text(slide, Box(EDGE, 7.0, WIDTH - 2 * EDGE - 1.2, 0.26), " ".join(left.split()), size=10, colour=ink)
    write_text(slide, Box(WIDTH - EDGE - 1, 7.0, 1, 0.26), str(number), size=10, colour=ink, align=PP_ALIGN.RIGHT)


def _widen(deck: Any) -> None:
    """16 to 9, the layouts too: a slide that is added later finds its places on it."""
    part = Inches(WIDTH) / deck.slide_width
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for layout in (deck.slide_master, *deck.slide_layouts):
        for shape in layout.shapes:
            # one without a place of its own takes its master's
            if shape._element.xpath(".//a:xfrm"):
                shape.left, shape.width = int(shape.left * part), int(shape.width * part)


def _say_what_it_is(deck: Any, document: Document) -> None:
    said = deck.core_properties
    said.title, said.subject, said.language = seen(document.title)[:255], seen(document.dataset)[:255], "en"
    said.author = seen(next((value for label, value in document.facts if label in ("By", "Who")), ""))[:255]
    said.last_modified_by, said.comments = "", f"Written by Vitrine {document.code_version}"
    try:
        said.created = said.modified = datetime.datetime.fromisoformat(document.written_at.removesuffix(" UTC"))
    except ValueError:
        return
