"""A report as one HTML file that needs nothing else: to read, to send, to print."""

from collections.abc import Callable
from pathlib import Path

from evidence.report.parts import Block, Document
from jobs.report.embedded import embedded
from jobs.report.formats import Report
from jobs.report.html_parts import Drawing, facts_list, source_line, stale_note
from jobs.report.live_figures import LiveFigures
from jobs.report.markup import Html, joined, name_tag, tag
from jobs.report.page_file import one_file
from jobs.report.pictures import Pictures
from jobs.report.words import html_of

SECTION = "section"


def write(document: Document, *, pictures: Pictures, target: Path, side: int, report: Report) -> None:
    """Write the document as `target`, one file; side: pixels of a picture's longer side, fewer where there are many."""
    n_blocks = len(document.blocks)
    shown = embedded(document.pictures(), pictures=pictures, side=side, going_on=lambda: report(0, n_blocks))
    drawing = Drawing(shown, LiveFigures())
    read = reading(document, drawing=drawing, report=lambda done: report(done, n_blocks))
    body = joined([tag("div", theme_button(), class_="bar"), read])
    styles, scripts = ["parts.css", "map.css", "read.css", "page.css"], ["map.js", "live.js", "page.js"]
    target.write_bytes(one_file(body, title=document.title, styles=styles, scripts=scripts, figures=drawing.figures))


def reading(document: Document, *, drawing: Drawing, report: Callable[[int], object], element: str = "main") -> Html:
    """The report with its contents at the side. report is called with the number of blocks that are done."""
    blocks = []
    for done, block in enumerate(document.blocks, 1):
        blocks.append(_block(block, drawing=drawing))
        report(done)
    text = tag(element, _head(document), *blocks, _foot(document), class_="read")
    return tag("div", _contents(document), text, class_="reading")


def theme_button() -> Html:
    """The button that changes between light and dark."""
    return tag("button", "◐", type="button", id="theme", title="Light or dark", aria_label="Light or dark")


def foot_words(document: Document) -> str:
    """When and from what the report was written, on one line."""
    blurred = " People in the pictures are blurred." if document.blurred else ""
    state = f"state {document.generation} of the dataset, Vitrine {document.code_version}"
    return f"Written {document.written_at} from {state}.{blurred}"


def _head(document: Document) -> Html:
    return tag(
        "header",
        name_tag("p", document.dataset, class_="dataset"),
        name_tag("h1", document.title),
        facts_list(document.facts) if document.facts else None,
    )


def _foot(document: Document) -> Html:
    return tag("footer", tag("p", foot_words(document)))


def _contents(document: Document) -> Html | None:
    """The titles of sections and blocks, each a link."""
    titled = [block for block in document.blocks if block.title]
    if not titled:
        return None
    links = [
        tag("li", name_tag("a", each.title, href=f"#block-{each.id}"), class_=SECTION if each.kind == SECTION else None)
        for each in titled
    ]
    folded = tag("details", tag("summary", "Contents"), tag("ol", *links), id="contents")
    return tag("nav", folded, aria_label="Contents")


def _block(block: Block, *, drawing: Drawing) -> Html:
    """A block: its title, the curator's words, its parts, why it is old, where it is from."""
    if block.kind == SECTION:
        words = tag("div", html_of(block.text), class_="words") if block.text else None
        return tag("section", name_tag("h2", block.title), words, id=f"block-{block.id}", class_=SECTION)
    return tag(
        "section",
        name_tag("h3", block.title) if block.title else None,
        stale_note(block),
        tag("div", html_of(block.text), class_="words") if block.text else None,
        *(drawing.part(part) for part in block.parts),
        source_line(block.source),
        id=f"block-{block.id}",
        class_=f"block of-{block.kind}" if block.kind.isidentifier() else "block",
    )
