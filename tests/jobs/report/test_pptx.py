"""A report as slides: names are text, all lies on its slide, charts and tables are native where PowerPoint has such."""

import functools
import io
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageFont
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from evidence.report.parts import Block, Column, Document, Facts, Gallery, Group, Pairs, Table
from figures.drawn import draw_by_name
from jobs.report import pptx
from jobs.report.fonts import main_file
from jobs.report.native_chart import as_native
from tests.support.every_chart import every_chart
from tests.support.sample_report import NAMES, charts, sample
from tests.support.small_pictures import small_pictures

EMU = 914_400
NATIVE = {"class-balance", "before-after", "named-counts", "coverage"}
LONG = "a very long name of something " * 30


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "")


def written(document: Document, pictures: Any, folder: Path) -> Any:
    target = folder / "report.pptx"
    pptx.write(document, pictures=pictures, target=target, side=64, report=lambda done, total: None)
    return Presentation(io.BytesIO(target.read_bytes()))


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", "")
        folder = tmp_path_factory.mktemp("pptx")
        shown, pictures = small_pictures(folder, n=8, without=(3,))
        return written(sample(shown), pictures, folder)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """More of everything than a slide takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", "")
        folder = tmp_path_factory.mktemp("crowded")
        shown, pictures = small_pictures(folder, n=60)
        plain = sample(shown)
        pair, claim = plain.blocks[7].parts[0], plain.blocks[4].parts[0]
        assert isinstance(pair, Pairs)
        columns = [Column(title=f"Column {n} {LONG}", kind="count" if n else "text") for n in range(12)]
        table = Table(columns=columns, rows=[[LONG, *range(11)] for _ in range(40)], n_rows=900, note=LONG)
        claim = claim.model_copy(update={"sentence": LONG, "now": LONG + "!", "why": [LONG] * 9, "weak": [LONG] * 9})
        parts: list[Any] = [
            Facts(rows=[("Label " + LONG, LONG)] * 40),
            table,
            Gallery(groups=[Group(pictures=shown)], note=LONG),
            Gallery(groups=[Group(title=LONG, note=LONG, pictures=shown[:20])] * 9),
            Pairs(rows=pair.rows * 10, note=LONG),
            claim,
            Facts(rows=[("Pictures", "3")]),
            charts()[7],
        ]
        blocks = [
            Block(id=n, kind="x", title=LONG, text=LONG, parts=[part], stale=LONG) for n, part in enumerate(parts)
        ]
        blocks += [Block(id=98, kind="section", title=LONG, text=LONG * 9), Block(id=99, kind="text", text=LONG * 20)]
        blocks.append(Block(id=97, kind="x", title="Beside", parts=parts[-2:]))
        return written(plain.model_copy(update={"title": LONG, "blocks": blocks}), pictures, folder)


def texts(slide: Any) -> str:
    said = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            said.append(shape.text_frame.text)
        if shape.has_table:
            said += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
        if shape.has_chart:
            said += list(map(str, shape.chart.plots[0].categories))
    return "\n".join(said)


def box(shape: Any) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in inches."""
    return (
        shape.left / EMU,
        shape.top / EMU,
        (shape.left + shape.width) / EMU,
        (shape.top + shape.height) / EMU,
    )


def frames(slide: Any) -> Iterator[tuple[Any, float, float]]:
    """Each frame of text with the width and height that it has."""
    for shape in slide.shapes:
        if shape.has_text_frame and shape.text_frame.text:
            yield shape.text_frame, shape.width / EMU, shape.height / EMU
        if shape.has_table:
            table = shape.table
            for row in table.rows:
                for cell, column in zip(row.cells, table.columns, strict=True):
                    yield cell.text_frame, column.width / EMU - 0.16, row.height / EMU


def height_in(frame: Any, width: float) -> float:
    """How high a frame's text stands in Noto Sans, which is wider than what PowerPoint takes."""
    total = 0.0
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            size = run.font.size.pt
            n_lines, at = 1, 0.0
            for word in run.text.split(" "):
                length = _font().getlength(word + " ") / 100 * size / 72
                if at and at + length > width + 0.1:
                    n_lines, at = n_lines + 1, 0.0
                at += length
                n_lines += int(length // width) if length > width + 0.1 else 0
            total += n_lines * size * 1.2 / 72
    return total


@functools.cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(main_file()), 100)


@pytest.mark.parametrize("which", ["deck", "crowded"])
def test_all_lies_on_its_slide(which: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(which)
    right, bottom = found.slide_width / EMU, found.slide_height / EMU
    assert right / bottom == pytest.approx(16 / 9, abs=0.001)
    for number, slide in enumerate(found.slides, 1):
        for shape in slide.shapes:
            left, top, end, low = box(shape)
            assert left >= -0.001 and top >= -0.001 and end <= right + 0.001 and low <= bottom + 0.001, (
                number,
                shape.name,
            )
            if shape.has_table:
                assert top + sum(row.height for row in shape.table.rows) / EMU < 6.95


@pytest.mark.parametrize("which", ["deck", "crowded"])
def test_nothing_lies_on_another(which: str, request: pytest.FixtureRequest) -> None:
    for number, slide in enumerate(request.getfixturevalue(which).slides, 1):
        # plain shapes are grounds and frames, on which words stand
        shapes = [shape for shape in slide.shapes if shape.shape_type != MSO_SHAPE_TYPE.AUTO_SHAPE]
        for one, other in combinations(shapes, 2):
            (left, top, right, bottom), (x, y, end, low) = box(one), box(other)
            across, down = min(right, end) - max(left, x), min(bottom, low) - max(top, y)
            assert across < 0.02 or down < 0.03, (number, one.name, other.name)


@pytest.mark.parametrize("which", ["deck", "crowded"])
def test_every_text_fits_its_box(which: str, request: pytest.FixtureRequest) -> None:
    for number, slide in enumerate(request.getfixturevalue(which).slides, 1):
        for frame, width, height in frames(slide):
            assert height_in(frame, width) <= height * 1.15 + 0.05, (number, frame.text[:60])


@pytest.mark.parametrize("name", [name for name in NAMES if len(name) < 40])
def test_a_name_stays_text(deck: Any, name: str) -> None:
    assert name in "\n".join(map(texts, deck.slides))


def test_a_block_is_a_slide(deck: Any) -> None:
    blocks = sample().blocks
    assert len(deck.slides) == 1 + len(blocks)
    titles = [slide.shapes.title.text_frame.text if slide.shapes.title else "" for slide in deck.slides]
    assert titles[1:] == [block.title for block in blocks]


def test_the_curators_words_are_in_the_notes(deck: Any) -> None:
    notes = [slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "" for slide in deck.slides]
    assert notes[4] == "The curator's note."
    assert notes[2] == "Words with bold, a link, code and\n- a list\n- of <b>two</b>"


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_charts_are_native_where_powerpoint_draws_such(chart: Any, deck: Any) -> None:
    slide = next(s for s in deck.slides if s.shapes.title and s.shapes.title.text_frame.text == f"Chart {chart.name}")
    native = [shape for shape in slide.shapes if shape.has_chart]
    pictures = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert (len(native), len(pictures)) == ((1, 0) if chart.name in NATIVE else (0, 1))
    shown = (native or pictures)[0]
    assert shown._element.xpath(".//p:cNvPr")[0].get("descr") == chart.alt


@pytest.mark.parametrize("name", sorted(every_chart()))
def test_a_native_chart_has_the_figures_numbers(name: str) -> None:
    figure = every_chart("cat")[name].figure
    native = as_native(figure)
    if native is not None and native.names:
        drawn = sum(value for series in native.data for value in series.values if value is not None)
        lengths = [trace.x if trace.orientation == "h" else trace.y for trace in figure.data]
        assert drawn == pytest.approx(sum(value for each in lengths for value in each if value is not None))


def test_bars_stand_in_the_order_of_the_page() -> None:
    chart = charts()[1]
    native = as_native(draw_by_name(chart.name, chart.data).figure)
    assert native is not None
    assert [category.label for category in native.data.categories][:3] == NAMES[:3]
    assert [list(series.values) for series in native.data] == [chart.data["before"], chart.data["after"]]


def test_numbers_stand_below_bars_that_begin_above(deck: Any) -> None:
    chart = next(shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart)
    assert chart.category_axis.reverse_order
    assert chart._chartSpace.xpath(".//c:valAx/c:crosses/@val") == ["max"]


def test_what_does_not_fit_is_counted(crowded: Any) -> None:
    said = "\n".join(map(texts, crowded.slides))
    assert "8 of 12 columns." in said
    assert "32 of the 180 are shown here." in said
    assert "24 of the 60 are shown here." in said
    assert "6 of 20 are shown here." in said
    table = next(
        shape.table
        for slide in crowded.slides
        for shape in slide.shapes
        if shape.has_table and len(shape.table.columns) == 8
    )
    assert len(table.rows) > 10


def test_the_rows_that_are_left_out_are_counted(deck: Any) -> None:
    assert "6 of 40 rows. Counted by the label that counts now." in texts(deck.slides[4])


def test_signs_that_a_file_cannot_hold_do_no_harm(tmp_path: Path) -> None:
    name = "a" + "".join(map(chr, (0, 1, 8, 0xB, 0x7F, 0x85, 0x202E, 0xFEFF, 0xFFFE))) + "b_x0041_"
    block = Block(id=1, kind="x", title=name, text=name, parts=[Facts(rows=[(name, name)])], stale=name)
    document = sample().model_copy(update={"title": name, "dataset": name, "blocks": [block], "facts": [(name, name)]})
    found = written(document, small_pictures(tmp_path, n=1)[1], tmp_path)
    assert texts(found.slides[1]).count("b_x0041_") == 5


def test_the_numbers_of_slides_follow(deck: Any) -> None:
    numbers = [int(slide.shapes[-1].text_frame.text) for slide in list(deck.slides)[1:]]
    assert all(after - before == 1 for before, after in pairwise(numbers))
