"""What a report is drawn to: a few kinds of part that every format knows how to write. All of it is JSON.

Names of the dataset and of people stand in them as they are; each format makes them text. Only `markdown` and
`Block.text` are Markdown: the curator's own words, in which names that we filled in are already literal.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Cell = str | int | float | None
ColumnKind = Literal["text", "count", "share", "points", "score", "number"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(_Frozen):
    """A picture of the dataset. title: its class; note: what else is said of it (a path, a reason)."""

    image_id: int
    sha256: str
    title: str = ""
    note: str = ""


class Facts(_Frozen):
    """Labels with a value each."""

    type: Literal["facts"] = "facts"
    rows: list[tuple[str, str]]


class Column(_Frozen):
    """A column of a table. kind: how its cells are written (evidence.wording.written); text as it is."""

    title: str
    kind: ColumnKind = "text"


class Table(_Frozen):
    """Rows under titles. n_rows: how many there are in all, where not all stand here."""

    type: Literal["table"] = "table"
    columns: list[Column]
    rows: list[list[Cell]]
    n_rows: int = 0
    note: str = ""


class Chart(_Frozen):
    """A chart by its name in figures.drawn.CHARTS, with the numbers that it was drawn from; `plotly`: a figure's JSON.

    alt: what is seen, in words. caption: what it shows, a sentence.
    """

    type: Literal["chart"] = "chart"
    name: str
    data: dict[str, Any]
    alt: str
    caption: str = ""


class Group(_Frozen):
    """Pictures under a title of their own, which may be empty."""

    title: str = ""
    note: str = ""
    pictures: list[Picture]


class Gallery(_Frozen):
    """Pictures in groups, a row a group."""

    type: Literal["gallery"] = "gallery"
    groups: list[Group]
    note: str = ""

    @property
    def pictures(self) -> list[Picture]:
        """All of them, in order."""
        return [picture for group in self.groups for picture in group.pictures]


class Pair(_Frozen):
    """A picture before and after: its label then and now, or two pictures beside each other; why, by whom."""

    left: Picture
    right: Picture | None = None
    before: str = ""
    after: str = ""
    reason: str = ""


class Pairs(_Frozen):
    """Before and after, a row each."""

    type: Literal["pairs"] = "pairs"
    rows: list[Pair]
    note: str = ""


class ClaimNumber(_Frozen):
    """One number of a claim in words: what it is called, as it was kept, as it is now, what it rests on."""

    name: str
    then: str
    now: str
    rests_on: str


class ClaimCard(_Frozen):
    """A claim. sentence: with the numbers that it was kept with; now: with those of now, the same where it holds."""

    type: Literal["claim"] = "claim"
    claim_id: int
    sentence: str
    now: str
    verdict: Literal["holds", "moved", "cannot be recomputed"]
    numbers: list[ClaimNumber] = []
    why: list[str] = []
    weak: list[str] = []


class Missing(_Frozen):
    """What is not there yet, and what to run: a command of the command line, and the page that does the same."""

    type: Literal["missing"] = "missing"
    sentence: str
    command: str = ""
    page: str = ""


Part = Annotated[Facts | Table | Chart | Gallery | Pairs | ClaimCard | Missing, Field(discriminator="type")]


class Source(_Frozen):
    """Where a block is from. page: the folder of the page that shows it; query: behind its question mark, encoded."""

    page: str = ""
    query: str = ""
    run_ids: list[int] = []
    drawn_at: str = ""


class Block(_Frozen):
    """One block as it is written. A block of the kind `section` has a title alone and begins a chapter.

    text: the curator's words in Markdown, the numbers of claims filled in. parts: what was drawn. stale: why it is not
    of today any more, a sentence, "" where it is.
    """

    id: int
    kind: str
    title: str = ""
    text: str = ""
    parts: list[Part] = []
    source: Source = Source()
    stale: str = ""


class Document(_Frozen):
    """A whole report, ready to be written by any format.

    facts: what stands under the title (who, when, how many pictures). blurred: people are blurred in this dataset.
    written_at: as text, UTC. home: where the app was reached, for links back; "" writes none.
    """

    title: str
    dataset: str
    facts: list[tuple[str, str]] = []
    blocks: list[Block]
    written_at: str
    generation: int
    code_version: str
    blurred: bool = False

    def pictures(self) -> list[Picture]:
        """Every picture that a block shows, once each, in order."""
        found: dict[int, Picture] = {}
        for block in self.blocks:
            for part in block.parts:
                for picture in pictures_of(part):
                    found.setdefault(picture.image_id, picture)
        return list(found.values())


def pictures_of(part: Part) -> list[Picture]:
    """The pictures that a part shows."""
    if isinstance(part, Gallery):
        return part.pictures
    if isinstance(part, Pairs):
        return [each for row in part.rows for each in (row.left, row.right) if each is not None]
    return []
