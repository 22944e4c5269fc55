"""A bundle as one HTML file: tabs over the report, the map, classes, pictures, decisions, claims and a review."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from analytics.wording import count
from evidence.report.parts import Document, Picture
from figures.colours import class_colour, split_colours
from jobs.bundle.packed import Album, column_blocks
from jobs.report.embedded import Embedded
from jobs.report.html import foot_words, reading, theme_button
from jobs.report.html_parts import Drawing
from jobs.report.live_figures import LiveFigures
from jobs.report.markup import Html, joined, json_text, name_tag, tag
from jobs.report.page_file import one_file
from jobs.report.pictures import Pictures

Report = Callable[[int, int, str], None]
TABS = ("Start", "Report", "Map", "Classes", "Pictures", "Decisions", "Claims", "Your review")
STYLES = ("parts.css", "map.css", "read.css", "bundle.css", "bundle_parts.css")
SCRIPTS = (
    "map.js",
    "live.js",
    "page.js",
    "bundle_data.js",
    "bundle_score.js",
    "bundle_claims.js",
    "bundle_review.js",
    "bundle_pictures.js",
    "bundle_table.js",
    "bundle_panels.js",
    "bundle.js",
)
_PLACE = "<!--pictures-->"
_PATIENCE = 40  # pictures in a row that have no room: those after them have none either


class Later(Embedded):
    """Pictures of the report as `img` elements without bytes: the script fills those in that travel."""

    def __init__(self) -> None:
        super().__init__({})

    def drawn(self, picture: Picture) -> Html:
        """The place of the picture."""
        alt = picture.title or f"picture {picture.image_id}"
        return tag("img", class_="tile", alt=alt, data_picture=picture.image_id)


def write(
    document: Document,
    facts: Mapping[str, object],
    arrays: Mapping[str, np.ndarray],
    *,
    pictures: Pictures,
    wanted: Sequence[tuple[int, int]],
    target: Path,
    side: int,
    budget: int,
    report: Report,
) -> int:
    """Write the bundle as `target`, as large as `budget` bytes allow; how many pictures are in it.

    wanted: image ids with their stage, in order. What is no picture stays at home, and is counted.
    """
    n_blocks = len(document.blocks)
    page = _page(document, facts, arrays, report=lambda done: report(done, n_blocks, f"{done} of {n_blocks} blocks"))
    head, tail = page.split(_PLACE.encode(), 1)
    album = Album(max(0, budget - len(page) - 1_000))
    n_gone = _fill(album, wanted, pictures=pictures, side=side, report=report)
    about = {"gone": n_gone, "side": side, "budget": budget, "rest": len(page)}
    with target.open("wb") as out:
        out.write(head)
        for block in _picture_blocks(album, about):
            out.write(block.encode("ascii"))
        out.write(tail)
    return album.n


def _fill(album: Album, wanted: Sequence[tuple[int, int]], *, pictures: Pictures, side: int, report: Report) -> int:
    """Take pictures in until there is no room; how many could not be read."""
    n_gone, n_refused = 0, 0
    for done, (image_id, stage) in enumerate(wanted):
        report(done, len(wanted), count(album.n, "picture"))
        file = pictures.jpeg(image_id, side=side)
        if file is None:
            n_gone += 1
        elif album.take(image_id, file, stage=stage):
            n_refused = 0
        else:
            n_refused += 1
            if n_refused > _PATIENCE:
                break
    return n_gone


def _picture_blocks(album: Album, about: Mapping[str, object]) -> Iterator[Html]:
    yield from album.blocks()
    yield tag("script", json_text(json.dumps(about)), type="application/json", id="bundle-pictures")


def _page(
    document: Document, facts: Mapping[str, object], arrays: Mapping[str, np.ndarray], *, report: Callable[[int], None]
) -> bytes:
    """The whole page but its pictures, whose place is marked."""
    drawing = Drawing(Later(), LiveFigures())
    read = reading(document, drawing=drawing, report=report, element="article")
    panels = [_panel(title, read if title == "Report" else None) for title in TABS]
    body = joined(
        [
            _bar(document),
            tag("main", *panels, id="panels"),
            tag("dialog", id="detail", aria_label="Picture"),
            tag("dialog", id="comment", aria_label="Comment"),
            _facts_block(document, facts),
            *column_blocks(arrays),
            Html(_PLACE),
        ]
    )
    return one_file(body, title=f"{document.dataset}: bundle", styles=STYLES, scripts=SCRIPTS, figures=drawing.figures)


def _bar(document: Document) -> Html:
    tabs = [
        tag("a", title, href=f"#{_slug(title)}", id=f"tab-{_slug(title)}", role="tab", aria_controls=_slug(title))
        for title in TABS
    ]
    return tag(
        "header",
        name_tag("span", document.dataset, class_="dataset", title=document.dataset),
        tag("div", *tabs, role="tablist", class_="tabs"),
        theme_button(),
        id="bar",
    )


def _panel(title: str, content: Html | None) -> Html:
    slug = _slug(title)
    waiting = None if content else tag("p", "This part is drawn by the file's own script.", class_="waiting")
    return tag(
        "section", content, waiting, id=slug, role="tabpanel", aria_labelledby=f"tab-{slug}", hidden=slug != "start"
    )


def _facts_block(document: Document, facts: Mapping[str, object]) -> Html:
    names, splits = facts["names"], facts["splits"]
    assert isinstance(names, list) and isinstance(splits, list)
    about = {
        **facts,
        "title": document.title,
        "written_at": document.written_at,
        "generation": document.generation,
        "foot": foot_words(document),
        "blurred": document.blurred,
        "colours": [class_colour(index) for index in range(len(names))],
        "split_colours": split_colours(splits),
    }
    return tag("script", json_text(json.dumps(about, ensure_ascii=False)), type="application/json", id="bundle")


def _slug(title: str) -> str:
    return title.lower().split()[-1]
