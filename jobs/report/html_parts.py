"""The parts of a block as HTML: what a page and a slide have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.wording import count
from evidence.report.parts import (
    Block,
    Cell,
    Chart,
    ClaimCard,
    Column,
    Facts,
    Gallery,
    Group,
    Missing,
    Pair,
    Pairs,
    Part,
    Source,
    Table,
)
from evidence.report.wording import cell_text
from jobs.report.chart_numbers import numbers_of
from jobs.report.embedded import Embedded
from jobs.report.live_figures import CANNOT, LiveFigures
from jobs.report.markup import Child, Html, joined, name_tag, tag

_VERDICTS = {"holds": "holds", "moved": "moved", "cannot be recomputed": "lost"}  # verdict -> class of its badge


@dataclass(frozen=True)
class Drawing:
    """What parts are drawn with. with_numbers: whether the numbers of a chart can be unfolded below it."""

    pictures: Embedded
    figures: LiveFigures
    with_numbers: bool = True

    def part(self, part: Part) -> Html:
        """A part of any type as one element."""
        return _WRITERS[part.type](self, part)

    def chart(self, chart: Chart) -> Html:
        """The figure's place, its caption, and its numbers as a table that can be unfolded."""
        placed = self.figures.placed(chart)
        if placed is None:
            return tag("p", CANNOT, class_="waiting")
        place, _alt = placed
        numbers = numbers_of(chart) if self.with_numbers else None
        return tag(
            "figure",
            tag("div", place, class_="scroll"),
            tag("figcaption", chart.caption) if chart.caption else None,
            tag("details", tag("summary", "The numbers"), self.table(numbers), class_="numbers") if numbers else None,
            class_="chart wide",
        )

    def facts(self, facts: Facts) -> Html:
        """Labels beside their values."""
        return facts_list(facts.rows)

    def table(self, table: Table) -> Html:
        """Rows in a box that scrolls by itself; how many of how many below."""
        head = tag("tr", *(name_tag("th", each.title, scope="col", class_=_side(each)) for each in table.columns))
        rows = [
            tag("tr", *(_cell(value, column) for value, column in zip(row, table.columns, strict=False)))
            for row in table.rows
        ]
        whole = tag("table", tag("thead", head), tag("tbody", *rows))
        return tag(
            "div",
            tag("div", whole, class_="scroll", tabindex="0"),
            note_of(shown_rows(table), table.note),
            class_="table",
        )

    def gallery(self, gallery: Gallery) -> Html:
        """Pictures under the titles of their groups."""
        groups = [self._group(group) for group in gallery.groups]
        return tag("div", *groups, note_of(gallery.note), class_="gallery wide")

    def pairs(self, pairs: Pairs) -> Html:
        """Before and after beside each other, a row each."""
        rows = [self._pair(pair) for pair in pairs.rows]
        return tag("div", tag("div", *rows, class_="rows"), note_of(pairs.note), class_="pairs wide")

    def claim(self, card: ClaimCard) -> Html:
        """A card: the sentence, whether it holds, what it rests on, why it moved, what is weak."""
        kind = _VERDICTS[card.verdict]
        now = tag("p", tag("strong", "Now: "), name_tag("span", card.now), class_="now")
        return tag(
            "div",
            tag("div", tag("span", card.verdict, class_=f"badge {kind}"), tag("span", f"Claim {card.claim_id}")),
            name_tag("p", card.sentence, class_="sentence"),
            now if card.now and card.now != card.sentence else None,
            self._claim_numbers(card),
            _listed("Why", card.why),
            _listed("Weak", card.weak),
            class_=f"claim {kind}",
        )

    def missing(self, missing: Missing) -> Html:
        """A quiet box: what is not there, and what to run."""
        page = tag("p", "Or on the page ", tag("em", page_title(missing.page)), ".") if missing.page else None
        command = tag("pre", tag("code", missing.command), class_="scroll") if missing.command else None
        return tag("div", name_tag("p", missing.sentence), command, page, class_="missing")

    def _group(self, group: Group) -> Html:
        return tag(
            "div",
            name_tag("h4", group.title) if group.title else None,
            note_of(group.note),
            tag("div", *(self.pictures.shown(picture) for picture in group.pictures), class_="pictures"),
            class_="group",
        )

    def _pair(self, pair: Pair) -> Html:
        labels = [_labelled("Before", pair.before), _labelled("After", pair.after), _labelled("Why", pair.reason)]
        return tag(
            "div",
            tag("div", self.pictures.shown(pair.left), self.pictures.shown(pair.right) if pair.right else None),
            tag("dl", *labels),
            class_="pair",
        )

    def _claim_numbers(self, card: ClaimCard) -> Html | None:
        if not card.numbers:
            return None
        columns = [Column(title=title) for title in ("Number", "Then", "Now", "Rests on")]
        rows: list[list[Cell]] = [[each.name, each.then, each.now, each.rests_on] for each in card.numbers]
        return self.table(Table(columns=columns, rows=rows))


def facts_list(rows: list[tuple[str, str]]) -> Html:
    """Labels beside their values."""
    return tag(
        "dl", *(tag("div", name_tag("dt", label), name_tag("dd", value)) for label, value in rows), class_="facts"
    )


def stale_note(block: Block) -> Html | None:
    """Why the block is not of today any more."""
    return name_tag("p", block.stale, class_="stale") if block.stale else None


def source_line(source: Source) -> Html | None:
    """Where a block is from: the page, its runs, when it was drawn."""
    words = source_words(source)
    return tag("p", words, class_="source") if words else None


def source_words(source: Source) -> str:
    """Where a block is from, on one line; "" where it is from nowhere."""
    runs = ", ".join(map(str, source.run_ids))
    parts = [
        f"From the page {page_title(source.page)}" if source.page else "",
        f"{'runs' if len(source.run_ids) > 1 else 'run'} {runs}" if runs else "",
        f"drawn {source.drawn_at}" if source.drawn_at else "",
    ]
    return " · ".join(part for part in parts if part)


def page_title(folder: str) -> str:
    """A page as its folder is called, in words: label_noise is Label noise."""
    return folder.replace("_", " ").replace("-", " ").capitalize()


def shown_rows(table: Table) -> str:
    """How many rows stand here of how many, where not all do."""
    return f"{len(table.rows):,} of {count(table.n_rows, 'row')}." if table.n_rows > len(table.rows) else ""


def note_of(*sentences: str) -> Html | None:
    """A note below a part; nothing where there is nothing to say."""
    said = " ".join(sentence for sentence in sentences if sentence)
    return name_tag("p", said, class_="note") if said else None


def _side(column: Column) -> str | None:
    return None if column.kind == "text" else "number"


def _cell(value: Cell, column: Column) -> Html:
    return name_tag("td", cell_text(value, column), class_=_side(column))


def _labelled(label: str, value: str) -> Child:
    return tag("div", tag("dt", label), name_tag("dd", value)) if value else None


def _listed(title: str, sentences: list[str]) -> Html | None:
    if not sentences:
        return None
    items = joined(name_tag("li", sentence) for sentence in sentences)
    return tag("div", tag("strong", title), tag("ul", items), class_=title.lower())


_WRITERS: Mapping[str, Callable[[Drawing, Any], Html]] = {
    "facts": Drawing.facts,
    "table": Drawing.table,
    "chart": Drawing.chart,
    "gallery": Drawing.gallery,
    "pairs": Drawing.pairs,
    "claim": Drawing.claim,
    "missing": Drawing.missing,
}
