"""What the template of a PDF reads: a report as plain JSON, its figures and pictures as files beside it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.report.parts import (
    Block,
    Chart,
    ClaimCard,
    Document,
    Facts,
    Gallery,
    Missing,
    Pairs,
    Part,
    Picture,
    Table,
)
from evidence.report.wording import cell_text
from jobs.report.figure_images import CannotDraw, height_of, svg_of
from jobs.report.letters import breakable, cut, rows_said, source_line
from jobs.report.live_figures import CANNOT, drawn_chart
from jobs.report.markdown_tree import Node, markdown_tree
from jobs.report.pictures import Pictures
from jobs.report.typeset import figure_entry

_FIGURE_PX, _LEAST_PX = 680, 440  # across, where a figure names no width; where it names a small one
_TITLE_LETTERS, _NOTE_LETTERS, _NAME_LETTERS = 60, 90, 300
_FEW_COLUMNS = 4  # among more, a long name would be a high column of few letters
_SHORT_LETTERS = 500  # words that stay on the page of what they introduce
Json = dict[str, Any]


@dataclass
class Entries:
    """Makes the entries of a report, and puts its figures and pictures into the folder, each once.

    side: pixels of a picture's longer side, at most.
    """

    folder: Path
    pictures: Pictures
    side: int
    n_figures: int = 0
    _files: dict[int, str | None] = field(default_factory=dict)

    def head(self, document: Document) -> Json:
        """What stands on the title page, and what the file says of itself."""
        authors = [value for label, value in document.facts if label in ("By", "Who")]
        return {
            "title": document.title,
            "shown_title": breakable(document.title),
            "dataset": document.dataset,
            "facts": [[label, breakable(value)] for label, value in document.facts],
            "authors": authors[:1],
            "written_at": document.written_at,
            "made": f"Written by Vitrine {document.code_version}, {document.written_at}; dataset at generation "
            f"{document.generation}.",
            "blurred": "People are blurred in this dataset, and in this report." if document.blurred else "",
        }

    def block(self, block: Block) -> Json:
        """One block."""
        return {
            "kind": block.kind,
            "title": breakable(block.title),
            "words": _breakable_tree(markdown_tree(block.text)),
            "short": bool(block.text) and bool(block.parts) and len(block.text) <= _SHORT_LETTERS,
            "stale": breakable(block.stale),
            "parts": [self._part(part) for part in block.parts],
            "source": source_line(block.source),
        }

    def _part(self, part: Part) -> Json:
        match part:
            case Facts():
                return {"type": "facts", "rows": [[label, breakable(value)] for label, value in part.rows]}
            case Table():
                return _table(part)
            case Chart():
                return self._chart(part)
            case Gallery():
                return {
                    "type": "gallery",
                    "note": breakable(part.note),
                    "groups": [self._group(group) for group in part.groups],
                }
            case Pairs():
                rows = [self._pair(pair) for pair in part.rows]
                return {"type": "pairs", "note": breakable(part.note), "rows": rows}
            case ClaimCard():
                return _claim(part)
            case Missing():
                return {
                    "type": "missing",
                    "sentence": breakable(part.sentence),
                    "command": part.command,
                    "page": part.page,
                }

    def _chart(self, part: Chart) -> Json:
        """A figure, or its words where it cannot be drawn."""
        chart = drawn_chart(part)
        if chart is None:
            alt, caption = breakable(part.alt), breakable(part.caption)
            return {"type": "chart", "alt": alt, "caption": caption, "figure": None, "why": CANNOT}
        width, height = max(int(chart.figure.layout.width or _FIGURE_PX), _LEAST_PX), height_of(chart.figure)
        words = {"type": "chart", "alt": chart.alt, "caption": breakable(part.caption)}
        try:
            svg = svg_of(chart.figure, width=width, height=height)
        except CannotDraw as error:
            return {**words, "figure": None, "why": str(error)}
        self.n_figures += 1
        name = f"figure-{self.n_figures}.svg"
        return {**words, "figure": figure_entry(svg, width=width, height=height, name=name, folder=self.folder)}

    def _group(self, group: Any) -> Json:
        pictures = [self._picture(picture) for picture in group.pictures]
        return {"title": cut(group.title, _NAME_LETTERS), "note": cut(group.note, _NAME_LETTERS), "pictures": pictures}

    def _pair(self, pair: Any) -> Json:
        return {
            "left": self._picture(pair.left),
            "right": None if pair.right is None else self._picture(pair.right),
            "before": cut(pair.before, _NOTE_LETTERS),
            "after": cut(pair.after, _NOTE_LETTERS),
            "reason": breakable(pair.reason),
        }

    def _picture(self, picture: Picture) -> Json:
        """A picture's file, None where there is none to show, and its words."""
        if picture.image_id not in self._files:
            data = self.pictures.jpeg(picture.image_id, side=self.side)
            name = f"picture-{picture.image_id}.jpg"
            if data is not None:
                (self.folder / name).write_bytes(data)
            self._files[picture.image_id] = None if data is None else name
        return {
            "file": self._files[picture.image_id],
            "title": cut(picture.title, _TITLE_LETTERS),
            "note": cut(picture.note, _NOTE_LETTERS),
        }


def _breakable_tree(nodes: list[Node]) -> list[Node]:
    """The curator's words, their long ones too; where links lead stays as it is."""

    def changed(value: Any, name: str = "") -> Any:
        if isinstance(value, list):
            return [changed(each) for each in value]
        if isinstance(value, dict):
            return {key: changed(each, key) for key, each in value.items()}
        return breakable(value) if name == "text" else value

    return [changed(node) for node in nodes]


def _table(part: Table) -> Json:
    n_letters = _NAME_LETTERS if len(part.columns) <= _FEW_COLUMNS else _TITLE_LETTERS
    return {
        "type": "table",
        "columns": [{"title": breakable(column.title), "is_text": column.kind == "text"} for column in part.columns],
        "rows": [
            [cut(cell_text(cell, column), n_letters) for cell, column in zip(row, part.columns, strict=True)]
            for row in part.rows
        ],
        "note": " ".join(filter(None, [breakable(part.note), rows_said(len(part.rows), part.n_rows)])),
    }


def _claim(part: ClaimCard) -> Json:
    return {
        "type": "claim",
        "number": part.claim_id,
        "verdict": part.verdict,
        "sentence": breakable(part.sentence),
        "now": breakable(part.now) if part.now != part.sentence else "",
        "numbers": [[breakable(each) for each in (n.name, n.then, n.now, n.rests_on)] for n in part.numbers],
        "why": [breakable(each) for each in part.why],
        "weak": [breakable(each) for each in part.weak],
    }
