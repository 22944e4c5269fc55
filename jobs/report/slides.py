"""A report as one HTML file that presents: a slide a block, the curator's words as notes, figures live as on a page."""

from pathlib import Path

from evidence.report.parts import Document
from jobs.report.embedded import embedded
from jobs.report.formats import Report
from jobs.report.html import foot_words
from jobs.report.html_parts import Drawing, facts_list, source_line, stale_note
from jobs.report.live_figures import LiveFigures
from jobs.report.markup import Html, joined, name_tag, tag
from jobs.report.page_file import one_file
from jobs.report.pictures import Pictures
from jobs.report.slide_blocks import Slide, pictures_on, slides_of_block
from jobs.report.words import html_of

KEYS = [
    ("→  ↓  Space  Page down", "next slide"),
    ("←  ↑  Page up", "slide before"),
    ("Home, End", "first, last"),
    ("o", "all slides"),
    ("n", "notes"),
    ("t", "clock of this talk; again: hide it"),
    ("f", "full screen"),
    ("d", "light or dark"),
    ("?", "these keys"),
    ("Esc", "close what is open"),
]
_LONG_TITLE = 60  # letters: two lines of a slide
_BUTTONS = [("overview", "▦", "All slides (o)"), ("notes", "≡", "Notes (n)"), ("keys", "?", "Keys (?)")]


def write(document: Document, *, pictures: Pictures, target: Path, side: int, report: Report) -> None:
    """Write the document as `target`, one file; side: pixels of a picture's longer side, fewer where there are many."""
    n_blocks = len(document.blocks)
    by_block = [slides_of_block(block) for block in document.blocks]
    on_slides = pictures_on([slide for slides in by_block for slide in slides])
    shown = embedded(on_slides, pictures=pictures, side=side, going_on=lambda: report(0, n_blocks))
    drawing = Drawing(shown, LiveFigures(), with_numbers=False)
    frames = [_frame(_title(document), words=foot_words(document))]
    for done, slides in enumerate(by_block, 1):
        frames += [_frame(_slide(slide, drawing=drawing), notes=_notes(slide)) for slide in slides]
        report(done, n_blocks)
    body = joined([tag("main", *frames, id="frames"), *_around()])
    styles, scripts = ["parts.css", "map.css", "slides.css"], ["map.js", "live.js", "slides.js"]
    target.write_bytes(one_file(body, title=document.title, styles=styles, scripts=scripts, figures=drawing.figures))


def _frame(slide: Html, *, notes: Html | None = None, words: str = "") -> Html:
    """A slide in the frame that it is scaled to, with its notes beside it."""
    aside = tag("aside", notes or tag("p", words or "No notes.", class_="none"), class_="notes words")
    return tag("div", slide, aside, class_="frame")


def _title(document: Document) -> Html:
    facts = facts_list(document.facts[:5]) if document.facts else None
    return tag(
        "section",
        name_tag("p", document.dataset, class_="dataset"),
        name_tag("h1", document.title, class_="long" if len(document.title) > _LONG_TITLE else None),
        facts,
        class_="slide title",
    )


def _slide(slide: Slide, *, drawing: Drawing) -> Html:
    """A slide: its title above, its part or its words in the middle, why it is old and where it is from below."""
    block = slide.block
    if slide.is_section:
        return tag("section", name_tag("h2", block.title), class_="slide chapter")
    place = tag("span", slide.place, class_="place") if slide.place else None
    heading = tag("div", name_tag("h3", block.title), place, class_="heading") if block.title or place else None
    inner = drawing.part(slide.part) if slide.part is not None else tag("div", html_of(block.text), class_="words")
    return tag(
        "section",
        heading,
        stale_note(block),
        tag("div", tag("div", inner, class_="fit"), class_="middle"),
        source_line(block.source),
        class_=f"slide of-{slide.part.type if slide.part is not None else 'words'}",
    )


def _notes(slide: Slide) -> Html | None:
    """The curator's words, where they do not stand on the slide itself."""
    on_slide = slide.part is None and not slide.is_section
    return html_of(slide.block.text) if slide.block.text and not on_slide else None


def _around() -> list[Html]:
    """What lies over the slides: edges to click, the bar, the clock, the keys."""
    keys = tag("dl", *(tag("div", tag("dt", key), tag("dd", words)) for key, words in KEYS))
    buttons = [
        tag("button", sign, type="button", id=name, title=title, aria_label=title) for name, sign, title in _BUTTONS
    ]
    theme = tag("button", "◐", type="button", id="theme", title="Light or dark (d)", aria_label="Light or dark")
    return [
        tag("button", "‹", type="button", id="before", class_="edge", aria_label="Slide before"),
        tag("button", "›", type="button", id="next", class_="edge", aria_label="Next slide"),
        tag("div", *buttons, theme, class_="bar"),
        tag("div", tag("div", id="done"), id="progress"),
        tag("output", id="number"),
        tag("output", id="clock", hidden=True),
        tag("dialog", tag("h2", "Keys"), keys, id="help"),
    ]
