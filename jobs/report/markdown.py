"""A report as a folder of Markdown: README.md as a forge shows it, its pictures and its figures beside it."""

import contextlib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.report.parts import (
    Block,
    Chart,
    ClaimCard,
    Column,
    Document,
    Facts,
    Gallery,
    Missing,
    Pair,
    Pairs,
    Picture,
    Table,
)
from evidence.report.wording import NOTHING, cell_text, literal_markdown
from figures.chart import Chart as Drawn
from jobs.report.chart_numbers import numbers_of
from jobs.report.formats import Report
from jobs.report.html import SECTION, foot_words
from jobs.report.html_parts import page_title, shown_rows, source_words
from jobs.report.live_figures import CANNOT, drawn_chart
from jobs.report.pictures import Pictures
from jobs.report.words import safe_markdown

README, PICTURES, FIGURES = "README.md", "pictures", "figures"
_FIGURE_PX, _GROUND = 900, "#fcfbf8"  # how wide; the ground of the light theme
_A_ROW = 4  # pictures beside each other


def write(document: Document, *, pictures: Pictures, target: Path, side: int, report: Report) -> None:
    """Write the document as the folder `target`; side: pixels of a picture's longer side."""
    target.mkdir(parents=True)
    folder = _Folder(target, pictures, side)
    pieces = [_head(document)]
    with _one_browser():
        for done, block in enumerate(document.blocks, 1):
            pieces.append(folder.block(block))
            report(done, len(document.blocks))
    pieces.append(f"---\n\n{literal_markdown(foot_words(document))}")
    (target / README).write_text("\n\n".join(pieces) + "\n", encoding="utf-8", errors="replace")


@dataclass
class _Folder:
    """Where the files of a report are written. written: the path of each picture, None where there is none."""

    root: Path
    pictures: Pictures
    side: int
    written: dict[int, str | None] = field(default_factory=dict)
    n_figures: int = 0

    def block(self, block: Block) -> str:
        """A block as Markdown, its pictures written."""
        level = "##" if block.kind == SECTION else "###"
        source = source_words(block.source)
        pieces = [
            f"{level} {literal_markdown(block.title)}" if block.title else "",
            f"> **Not of today:** {literal_markdown(block.stale)}" if block.stale else "",
            safe_markdown(block.text.strip()),
            *(_WRITERS[part.type](self, part) for part in block.parts),
            f"<sub>{literal_markdown(source)}</sub>" if source else "",
        ]
        return "\n\n".join(piece for piece in pieces if piece)

    def facts(self, facts: Facts) -> str:
        """Labels with their values, a line each."""
        return _facts(facts.rows)

    def table(self, table: Table) -> str:
        """A table, numbers to the right; how many rows of how many below."""
        rows = [
            [cell_text(value, column) for value, column in zip(row, table.columns, strict=False)] for row in table.rows
        ]
        written = _table([_literal(each.title) for each in table.columns], _literal_rows(rows), columns=table.columns)
        return _with_note(written, shown_rows(table), table.note)

    def chart(self, chart: Chart) -> str:
        """The figure, or the numbers where it cannot be drawn as a picture; what is seen, in words."""
        drawn = drawn_chart(chart)
        if drawn is None:
            return f"*{CANNOT}*"
        path = self._figure(chart, drawn)
        alt = literal_markdown(chart.alt)
        numbers = None if path else numbers_of(chart)
        pieces = [
            f"![{alt}]({path})" if path else "",
            literal_markdown(chart.caption),
            f"*{alt}*" if alt and not path else "",
            self.table(numbers) if numbers else "",
        ]
        return "\n\n".join(piece for piece in pieces if piece)

    def gallery(self, gallery: Gallery) -> str:
        """Pictures in rows of a few, under the titles of their groups."""
        pieces = []
        for group in gallery.groups:
            pieces.append(f"**{literal_markdown(group.title)}**" if group.title.strip() else "")
            pieces.append(literal_markdown(group.note))
            pieces.append(self._rows(group.pictures) if group.pictures else "")
        return _with_note("\n\n".join(piece for piece in pieces if piece), gallery.note)

    def pairs(self, pairs: Pairs) -> str:
        """Before and after in a table, a row each."""
        return _with_note(_table(["", "", ""], [self._pair(pair) for pair in pairs.rows]), pairs.note)

    def claim(self, card: ClaimCard) -> str:
        """A claim as a quotation: whether it holds, its sentence, its numbers, why and what is weak."""
        numbers = [f"{each.name}: then {each.then}, now {each.now}; rests on {each.rests_on}" for each in card.numbers]
        lines = [
            f"**{card.verdict}** · Claim {card.claim_id}",
            literal_markdown(card.sentence),
            f"**Now:** {literal_markdown(card.now)}" if card.now and card.now != card.sentence else "",
            _list(numbers),
            *(f"**{title}**\n\n{_list(said)}" for title, said in (("Why", card.why), ("Weak", card.weak)) if said),
        ]
        return _quoted("\n\n".join(line for line in lines if line))

    def missing(self, missing: Missing) -> str:
        """What is not there, and what to run."""
        lines = [
            literal_markdown(missing.sentence),
            _fenced(missing.command) if missing.command else "",
            f"Or on the page *{literal_markdown(page_title(missing.page))}*." if missing.page else "",
        ]
        return _quoted("\n\n".join(line for line in lines if line))

    def _rows(self, pictures: list[Picture]) -> str:
        n_columns = min(_A_ROW, len(pictures))
        rows = []
        for start in range(0, len(pictures), n_columns):
            row = pictures[start : start + n_columns]
            rows.append([self._picture(each) for each in row] + [""] * (n_columns - len(row)))
            rows.append([_caption(each) for each in row] + [""] * (n_columns - len(row)))
        return _table(rows[0], rows[1:])

    def _pair(self, pair: Pair) -> list[str]:
        labels = " → ".join(_literal(label) for label in (pair.before, pair.after) if label)
        said = ". ".join(filter(None, [labels, _literal(pair.reason) if pair.reason else ""]))
        shown = [f"{self._picture(each)}<br>{_caption(each)}" if each else "" for each in (pair.left, pair.right)]
        return [*shown, said]

    def _picture(self, picture: Picture) -> str:
        if picture.image_id not in self.written:
            self.written[picture.image_id] = self._write(picture)
        path = self.written[picture.image_id]
        alt = literal_markdown(picture.title or f"picture {picture.image_id}")
        return f"![{alt}]({path})" if path else "*(no picture)*"

    def _figure(self, chart: Chart, drawn: Drawn) -> str | None:
        image = _svg(drawn)
        if image is None:
            return None
        self.n_figures += 1
        path = f"{FIGURES}/{self.n_figures:02}-{chart.name}.svg"
        (self.root / FIGURES).mkdir(exist_ok=True)
        (self.root / path).write_bytes(image)
        return path

    def _write(self, picture: Picture) -> str | None:
        data = self.pictures.jpeg(picture.image_id, side=self.side)
        if data is None:
            return None
        path = f"{PICTURES}/{picture.image_id}.jpg"
        (self.root / PICTURES).mkdir(exist_ok=True)
        (self.root / path).write_bytes(data)
        return path


def _svg(drawn: Drawn) -> bytes | None:
    """The chart as an SVG file on light ground, for a forge may be dark; None where nothing here can draw one."""
    figure_images = _figure_images()
    if figure_images is None:
        return None
    figure = drawn.figure
    figure.update_layout(paper_bgcolor=_GROUND)
    try:
        image: bytes = figure_images.svg_of(
            figure, width=_FIGURE_PX, height=int(figure.layout.height or _FIGURE_PX // 2)
        )
    except figure_images.CannotDraw:
        return None
    return image


def _one_browser() -> contextlib.AbstractContextManager[None]:
    """Within it, one browser draws all figures, where a browser draws them."""
    figure_images = _figure_images()
    if figure_images is None:
        return contextlib.nullcontext()
    kept: contextlib.AbstractContextManager[None] = figure_images.one_browser()
    return kept


def _figure_images() -> Any:
    """The module that draws figures as pictures, None where this Vitrine has none."""
    try:
        return importlib.import_module("jobs.report.figure_images")
    except ModuleNotFoundError:
        return None


def _head(document: Document) -> str:
    pieces = [f"# {literal_markdown(document.title)}", f"Dataset: {literal_markdown(document.dataset)}"]
    return "\n\n".join([*pieces, _facts(document.facts)] if document.facts else pieces)


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{literal_markdown(label)}:** {literal_markdown(value)}" for label, value in rows)


def _table(titles: list[str], rows: Iterable[list[str]], *, columns: Iterable[Column] = ()) -> str:
    """Cells that are Markdown already, as a table."""
    kinds = [column.kind for column in columns] or ["text"] * len(titles)
    rule = ["---" if kind == "text" else "---:" for kind in kinds]
    return "\n".join(f"| {' | '.join(row)} |" for row in (titles, rule, *rows))


def _literal(text: str) -> str:
    return literal_markdown(text) or NOTHING


def _literal_rows(rows: Iterable[list[str]]) -> list[list[str]]:
    return [[_literal(cell) for cell in row] for row in rows]


def _caption(picture: Picture) -> str:
    return " · ".join(literal_markdown(words) for words in (picture.title, picture.note) if words.strip())


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {literal_markdown(sentence)}" for sentence in sentences)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _fenced(code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}\n{code}\n{fence}"


def _with_note(written: str, *sentences: str) -> str:
    note = " ".join(literal_markdown(sentence) for sentence in sentences if sentence)
    return f"{written}\n\n{note}" if note else written


_WRITERS: Mapping[str, Callable[[_Folder, Any], str]] = {
    "facts": _Folder.facts,
    "table": _Folder.table,
    "chart": _Folder.chart,
    "gallery": _Folder.gallery,
    "pairs": _Folder.pairs,
    "claim": _Folder.claim,
    "missing": _Folder.missing,
}
