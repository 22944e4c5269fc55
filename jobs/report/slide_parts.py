"""The parts of a report on a slide: native tables and charts, pictures in grids, claims as shapes."""

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches

from evidence.report.parts import Chart, ClaimCard, Facts, Gallery, Group, Missing, Pair, Pairs, Part, Picture, Table
from evidence.report.wording import cell_text
from jobs.report.figure_images import CannotDraw, height_of, png_of
from jobs.report.letters import rows_said, seen
from jobs.report.live_figures import CANNOT, drawn_chart
from jobs.report.native_chart import as_native, put_chart
from jobs.report.pictures import Pictures
from jobs.report.slide import (
    ACCENT,
    GROUND,
    INK,
    ORANGE,
    QUIET,
    WHITE,
    Box,
    cut_to,
    n_letters,
    put_picture,
    put_shape,
    set_text,
    text_height,
    write_text,
)

_NARROW, _STACKED = 5.0, 0.72  # inches: of a column in which facts are stacked, of a fact there
_ROW, _TABLE_PT, _LEAST_COLUMN = 0.36, 12, 0.9  # inches, points, inches
_MOST_COLUMNS, _MOST_PICTURES, _MOST_GROUPS, _IN_A_ROW, _MOST_PAIRS = 8, 24, 4, 8, 6
_NOTE, _GAP = 0.3, 0.15
_VERDICTS = {"holds": ACCENT, "moved": ORANGE, "cannot be recomputed": QUIET}
_CHART_PX = 820  # across, of a chart that is a picture


def put_part(slide: Any, box: Box, part: Part, *, pictures: Pictures, side: int) -> None:
    """Draw a part into a box; what does not fit is counted in a note. side: of a picture's pixels, at most."""
    match part:
        case Facts():
            _facts(slide, box, part)
        case Table():
            _table(slide, box, part)
        case Chart():
            _chart(slide, box, part)
        case Gallery():
            _gallery(slide, box, part, pictures, side)
        case Pairs():
            _pairs(slide, box, part, pictures, side)
        case ClaimCard():
            _claim(slide, box, part)
        case Missing():
            _missing(slide, box, part)


def _facts(slide: Any, box: Box, part: Facts) -> None:
    """Labels and values, a row each; where that is narrow, a value below its label."""
    if box.width < _NARROW:
        return _stacked_facts(slide, box, part)
    n = min(len(part.rows), max(1, int(box.height / 0.42)))
    rows = [[label, value] for label, value in part.rows[:n]]
    _grid(slide, Box(box.left, box.top, box.width, n * 0.42), rows, shares=[1, 2], size=14, quiet_first=True)


def _stacked_facts(slide: Any, box: Box, part: Facts) -> None:
    n = min(len(part.rows), max(1, int(box.height / _STACKED)))
    for place, (label, value) in enumerate(part.rows[:n]):
        top = box.top + place * _STACKED
        write_text(slide, Box(box.left, top, box.width, 0.3), label, size=12, colour=QUIET)
        write_text(slide, Box(box.left, top + 0.3, box.width, 0.34), value, size=15)


def _table(slide: Any, box: Box, part: Table) -> None:
    """As many rows and columns as fit, under their titles; how many there are stands below."""
    columns = part.columns[: min(_MOST_COLUMNS, max(1, int(box.width / _LEAST_COLUMN)))]
    n = min(len(part.rows), int((box.height - _NOTE) / _ROW) - 1)
    rows = [[cell_text(cell, column) for cell, column in zip(row, columns, strict=False)] for row in part.rows[:n]]
    said = [
        rows_said(n, max(part.n_rows, len(part.rows))),
        f"{len(columns)} of {len(part.columns)} columns." if len(columns) < len(part.columns) else "",
        part.note,
    ]
    height = (len(rows) + 1) * _ROW
    _grid(
        slide,
        Box(box.left, box.top, box.width, height),
        [[column.title for column in columns], *rows],
        shares=[3.0 if column.kind == "text" else 1.0 for column in columns],
        right=[column.kind != "text" for column in columns],
        size=_TABLE_PT,
        headed=True,
    )
    _note(slide, Box(box.left, box.top + height + 0.06, box.width, _NOTE), said)


def _grid(
    slide: Any,
    box: Box,
    rows: Sequence[Sequence[str]],
    *,
    shares: Sequence[float],
    size: float,
    right: Sequence[bool] = (),
    headed: bool = False,
    quiet_first: bool = False,
) -> None:
    """A native table without the look of PowerPoint's own; each cell is cut to one line."""
    if not rows:
        return
    table = slide.shapes.add_table(len(rows), len(shares), *box.emu()).table
    table.first_row, table.horz_banding = headed, False
    widths = [box.width * share / sum(shares) for share in shares]
    for place, width in enumerate(widths):
        table.columns[place].width = Inches(width)
    for row_place, row in enumerate(rows):
        table.rows[row_place].height = Inches(box.height / len(rows))
        for place, text in enumerate(row):
            cell, is_head = table.cell(row_place, place), headed and row_place == 0
            line = cut_to(seen(" ".join(text.split())), n_letters(widths[place] - 0.2, size))
            align = PP_ALIGN.RIGHT if place < len(right) and right[place] else PP_ALIGN.LEFT
            ink = QUIET if is_head or (quiet_first and place == 0) else INK
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(GROUND if is_head else WHITE)
            set_text(cell.text_frame, [line], size=size, colour=ink, bold=is_head, align=align)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_left = cell.margin_right = Inches(0.08)
            cell.margin_top = cell.margin_bottom = Inches(0.02)


def _chart(slide: Any, box: Box, part: Chart) -> None:
    """PowerPoint's own chart where it draws such a one well, else a picture of ours; its words where neither goes."""
    inner = Box(box.left, box.top, box.width, box.height - _NOTE - 0.08)
    chart = drawn_chart(part)
    if chart is None:
        write_text(slide, inner, [CANNOT], size=16, colour=QUIET)
        return
    native = as_native(chart.figure)
    if native is not None:
        put_chart(slide, inner, native, alt=chart.alt)
    else:
        width = max(int(chart.figure.layout.width or _CHART_PX), _CHART_PX // 2)
        height = max(height_of(chart.figure), int(width * inner.height / inner.width * 0.6))
        try:
            put_picture(slide, inner, png_of(chart.figure, width=width, height=height, scale=2.0), alt=chart.alt)
        except CannotDraw as error:
            write_text(slide, inner, [chart.alt, str(error)], size=16, colour=QUIET)
    _note(slide, Box(box.left, box.top + box.height - _NOTE, box.width, _NOTE), [part.caption])


def _gallery(slide: Any, box: Box, part: Gallery, pictures: Pictures, side: int) -> None:
    """One group as a grid; several as a row each, under their titles."""
    inner = Box(box.left, box.top, box.width, box.height - _NOTE - 0.08)
    groups = [group for group in part.groups if group.pictures]
    if len(groups) > 1:
        shown = [group.model_copy(update={"pictures": group.pictures[:_IN_A_ROW]}) for group in groups[:_MOST_GROUPS]]
        for row, group in zip(inner.cells(len(shown), 1, gap=0.2), shown, strict=True):
            _group(slide, row, group, pictures, side)
    else:
        shown = [group.model_copy(update={"pictures": group.pictures[:_MOST_PICTURES]}) for group in groups]
        for group in shown:
            _tiles(slide, inner, group.pictures, pictures, side)
    n, n_all = sum(len(group.pictures) for group in shown), len(part.pictures)
    said = [f"{n:,} of the {n_all:,} are shown here." if n < n_all else "", part.note]
    _note(slide, Box(box.left, box.top + box.height - _NOTE, box.width, _NOTE), said)


def _group(slide: Any, box: Box, group: Group, pictures: Pictures, side: int) -> None:
    """A row of pictures with the group's title at the left."""
    title = 1.9
    words = [line for line in (group.title, group.note) if line]
    if words:
        write_text(slide, Box(box.left, box.top, title - _GAP, box.height), words, size=13, bold=bool(group.title))
    rest = Box(box.left + title, box.top, box.width - title, box.height)
    cells = rest.cells(1, _IN_A_ROW, gap=_GAP)
    for cell, picture in zip(cells, group.pictures, strict=False):
        _tile(slide, cell, picture, pictures, side)


def _tiles(slide: Any, box: Box, shown: Sequence[Picture], pictures: Pictures, side: int) -> None:
    """Pictures in a grid whose tiles are as large as they can be."""
    n = len(shown)
    if not n:
        return
    ways = [(-(-n // columns), columns) for columns in range(1, n + 1)]
    rows, columns = max(ways, key=lambda way: min(box.width / way[1], box.height / way[0] - 0.3))
    for cell, picture in zip(box.cells(rows, columns, gap=_GAP), shown, strict=False):
        _tile(slide, cell, picture, pictures, side)


def _tile(slide: Any, box: Box, picture: Picture, pictures: Pictures, side: int) -> None:
    """A picture, or a quiet ground in its place, and its title below."""
    words = 0.24 if picture.title else 0.0
    inner = Box(box.left, box.top, box.width, box.height - words)
    data = pictures.jpeg(picture.image_id, side=side)
    if data is None:
        ground = put_shape(slide, inner, fill=GROUND)
        set_text(
            ground.text_frame, ["no picture"], size=9, colour=QUIET, align=PP_ALIGN.CENTER, anchor=MSO_ANCHOR.MIDDLE
        )
    else:
        put_picture(slide, inner, data, alt=picture.title or "A picture of the dataset")
    if words:
        title = cut_to(" ".join(picture.title.split()), n_letters(box.width, 9))
        below = Box(box.left, box.top + box.height - words + 0.04, box.width, words - 0.04)
        write_text(slide, below, title, size=9, align=PP_ALIGN.CENTER)


def _pairs(slide: Any, box: Box, part: Pairs, pictures: Pictures, side: int) -> None:
    """Two columns of pairs."""
    shown = part.rows[:_MOST_PAIRS]
    inner = Box(box.left, box.top, box.width, box.height - _NOTE - 0.08)
    n_columns = 1 if len(shown) <= 2 else 2
    n_rows = max(2, -(-len(shown) // n_columns))
    for cell, pair in zip(inner.cells(n_rows, n_columns, gap=0.25), shown, strict=False):
        _pair(slide, cell, pair, pictures, side)
    said = [f"{len(shown)} of {len(part.rows)} are shown here." if len(shown) < len(part.rows) else "", part.note]
    _note(slide, Box(box.left, box.top + box.height - _NOTE, box.width, _NOTE), said)


def _pair(slide: Any, box: Box, pair: Pair, pictures: Pictures, side: int) -> None:
    tile = min(box.height - 0.1, box.width * 0.28)
    shown = [picture for picture in (pair.left, pair.right) if picture is not None]
    for place, picture in enumerate(shown):
        _tile(slide, Box(box.left + place * (tile + _GAP), box.top, tile, tile), picture, pictures, side)
    at = box.left + len(shown) * (tile + _GAP) + 0.1
    change = " → ".join(filter(None, [pair.before, pair.after]))
    lines = [line for line in (change, pair.reason) if line]
    if lines:
        write_text(slide, Box(at, box.top, box.left + box.width - at, tile), lines, size=14, anchor=MSO_ANCHOR.MIDDLE)


def _claim(slide: Any, box: Box, part: ClaimCard) -> None:
    """A claim as a card: what it says, how it stands, what it rests on."""
    colour = _VERDICTS[part.verdict]
    put_shape(slide, Box(box.left, box.top, 0.08, box.height), fill=colour)
    left, width = box.left + 0.4, box.width - 0.4
    pill = put_shape(slide, Box(left, box.top, 2.3, 0.36), fill=colour, kind=MSO_SHAPE.ROUNDED_RECTANGLE)
    set_text(
        pill.text_frame,
        [part.verdict],
        size=13,
        colour=WHITE,
        bold=True,
        align=PP_ALIGN.CENTER,
        anchor=MSO_ANCHOR.MIDDLE,
    )
    write_text(
        slide, Box(left + 2.5, box.top + 0.04, width - 2.5, 0.32), f"Claim {part.claim_id}", size=13, colour=QUIET
    )
    top = box.top + 0.5
    for line, most, size in (
        (part.sentence, 1.3, 24),
        (f"Now: {part.now}" if part.now != part.sentence else "", 0.9, 16),
    ):
        if line:
            height = min(most, text_height([line], width, size) + 0.1)
            write_text(slide, Box(left, top, width, height), line, size=size, bold=size > 20)
            top += height + 0.1
    rest = Box(left, top + 0.1, width, box.top + box.height - top - 0.1)
    _reasons(slide, rest, part)


def _reasons(slide: Any, box: Box, part: ClaimCard) -> None:
    """The numbers of a claim, what changed them, and where it is weak."""
    top = box.top
    rows = [[number.name, number.then, number.now, number.rests_on] for number in part.numbers[:3]]
    if rows:
        height = (len(rows) + 1) * _ROW
        titles = ["Number", "Kept", "Now", "Rests on"]
        table = Box(box.left, top, box.width, height)
        _grid(slide, table, [titles, *rows], shares=[2, 1, 1, 3], size=12, headed=True)
        top += height + 0.15
    lines = [*(f"Changed: {each}" for each in part.why), *(f"Weak: {each}" for each in part.weak)]
    if lines:
        write_text(slide, Box(box.left, top, box.width, box.top + box.height - top), lines, size=13, colour=QUIET)


def _missing(slide: Any, box: Box, part: Missing) -> None:
    """What is not there, and what to run."""
    card = Box(box.left, box.top, box.width, 2.4)
    put_shape(slide, card, line=QUIET, dashed=True)
    inner = Box(card.left + 0.3, card.top + 0.25, card.width - 0.6, 0.9)
    write_text(slide, inner, part.sentence, size=18)
    if part.command:
        write_text(slide, Box(inner.left, card.top + 1.25, inner.width, 0.4), part.command, size=14, mono=True)
    if part.page:
        words = f"Or on the page: {part.page.replace('_', ' ')}"
        write_text(slide, Box(inner.left, card.top + 1.75, inner.width, 0.4), words, size=14, colour=QUIET)


def _note(slide: Any, box: Box, said: Sequence[str]) -> None:
    text = " ".join(filter(None, said))
    if text:
        write_text(slide, box, text, size=11, colour=QUIET)
