"""A slide of PowerPoint and what is put on it: texts that fit their boxes, pictures, all within its edges."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Inches, Length, Pt

from jobs.report.letters import n_widths, seen

WIDTH, HEIGHT = 13.333, 7.5  # of a slide, in inches: 16 to 9
EDGE = 0.6
ACCENT, INK, QUIET, GROUND, LINE, ORANGE, WHITE = "0F8A80", "22272B", "5F666D", "F2F0EA", "DCD8CE", "B35610", "FFFFFF"
_LETTER, _LINE = 0.56, 1.22  # of the size: about how wide a letter and how high a line is
_LEAST_PT = 8


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    def emu(self) -> tuple[Length, Length, Length, Length]:
        """As python-pptx takes it."""
        return (Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height))

    def cells(self, n_rows: int, n_columns: int, *, gap: float) -> list["Box"]:
        """So many equal parts of it, row by row."""
        width = (self.width - gap * (n_columns - 1)) / n_columns
        height = (self.height - gap * (n_rows - 1)) / n_rows
        return [
            Box(self.left + column * (width + gap), self.top + row * (height + gap), width, height)
            for row in range(n_rows)
            for column in range(n_columns)
        ]


BODY = Box(EDGE, 1.55, WIDTH - 2 * EDGE, 5.2)


def write_text(
    slide: Any,
    box: Box,
    text: str | Sequence[str],
    *,
    size: float,
    colour: str = INK,
    bold: bool = False,
    align: Any = PP_ALIGN.LEFT,
    anchor: Any = MSO_ANCHOR.TOP,
    mono: bool = False,
) -> Any:
    """A box of text, a paragraph a line, in the largest size up to `size` that fits; what does not fit is cut."""
    lines = [seen(line) for line in ([text] if isinstance(text, str) else text)]
    lines, size = fitted(lines, box, size=size)
    shape = slide.shapes.add_textbox(*box.emu())
    set_text(shape.text_frame, lines, size=size, colour=colour, bold=bold, align=align, anchor=anchor, mono=mono)
    return shape


def set_text(
    frame: Any,
    lines: Sequence[str],
    *,
    size: float,
    colour: str = INK,
    bold: bool = False,
    align: Any = PP_ALIGN.LEFT,
    anchor: Any = MSO_ANCHOR.TOP,
    mono: bool = False,
) -> None:
    """Put lines into a frame, as text alone."""
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = anchor
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = align
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour)
        if mono:
            run.font.name = "Consolas"


def fitted(lines: Sequence[str], box: Box, *, size: float) -> tuple[list[str], float]:
    """The lines and a size in which they fit; the last of them are cut where they do not in two thirds of `size`."""
    least = max(_LEAST_PT, size * 2 / 3)
    while size > least and text_height(lines, box.width, size) > box.height:
        size -= 0.5
    kept: list[str] = []
    for line in lines:
        room = int((box.height - text_height(kept, box.width, size)) * 72 / (size * _LINE) + 0.01)
        if room < 1:
            kept[-1:] = [cut_to(kept[-1] + " …", n_letters(box.width, size) * _n_lines(kept[-1], box.width, size))]
            break
        kept.append(cut_to(line, room * n_letters(box.width, size) - (room - 1) * 4))
    return kept, size


def text_height(lines: Sequence[str], width: float, size: float) -> float:
    """About how high lines stand, in inches."""
    return sum(_n_lines(line, width, size) for line in lines) * size * _LINE / 72


def n_letters(width: float, size: float) -> int:
    """How many letters of that size stand on a line of so many inches."""
    return max(2, int(width * 72 / (size * _LETTER)))


def cut_to(text: str, n: int) -> str:
    """The text with … where it is wider than n letters."""
    if n_widths(text) <= n:
        return text
    room, kept = n - 1, 0
    while kept < len(text) and (width := n_widths(text[kept])) <= room:
        room, kept = room - width, kept + 1
    return text[:kept].rstrip() + "…"


def put_picture(slide: Any, box: Box, data: bytes, *, alt: str) -> Any:
    """A picture as large as it fits into the box, in the middle of it."""
    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
    part = min(box.width / width, box.height / height)
    inner = Box(
        box.left + (box.width - width * part) / 2,
        box.top + (box.height - height * part) / 2,
        width * part,
        height * part,
    )
    shape = slide.shapes.add_picture(io.BytesIO(data), *inner.emu())
    describe(shape, alt)
    return shape


def put_shape(
    slide: Any, box: Box, *, fill: str | None = None, line: str | None = None, dashed: bool = False, kind: Any = None
) -> Any:
    """A plain shape, a rectangle where no other is named."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE if kind is None else kind, *box.emu())
    shape.shadow.inherit = False
    if fill is None:
        shape.fill.background()
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(fill)
    if line is None:
        shape.line.fill.background()
    else:
        shape.line.color.rgb = RGBColor.from_string(line)
        shape.line.width = Pt(0.75)
        if dashed:
            shape.line.dash_style = MSO_LINE_DASH_STYLE.DASH
    describe(shape, "")
    return shape


def describe(shape: Any, alt: str) -> None:
    """Say what a shape shows to who cannot see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", seen(alt))


def _n_lines(line: str, width: float, size: float) -> int:
    return max(1, -(-n_widths(line) // n_letters(width, size)))
