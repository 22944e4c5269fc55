"""Topics: what a block of a report can be drawn of, a chapter after the other in the order of a final report.

A module of evidence/report/topics with a tuple TOPICS adds to them; being there is all its registration.
"""

import functools
import importlib
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evidence.case import Case
from evidence.measure import Parameters, ask, find_measure
from evidence.report.parts import Facts, Missing, Part, Picture
from evidence.value import Value
from evidence.wording import in_words
from store.errors import BadReport
from store.rows import JsonObject

FOLDER = Path(__file__).parent / "topics"
CHAPTERS = (
    "In short",
    "Theme and question",
    "How it was collected",
    "What came in",
    "What is in it",
    "Cleaning, step by step",
    "Objects and people",
    "Classifiers and zero-shot",
    "Cleanliness and size",
    "Claims",
    "Reviews",
    "Ethics",
    "Reflections",
    "How to reproduce this",
)


class Settings(BaseModel):
    """What a block may be drawn with. run: of a run, 0: the newest. n: pictures at most, 0: as many as are usual.

    seed: of what is drawn at random. claim: a claim's number, of the block that shows one. name: of a saved selection.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: int = 0
    n: int = 0
    seed: int = 801
    claim: int = 0
    name: str = ""


@dataclass(frozen=True)
class Drawn:
    """What a topic gave: parts, the runs that they are from, and the address of the page that shows the same."""

    parts: tuple[Part, ...]
    run_ids: tuple[int, ...] = ()
    query: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing yet but what to run."""
        return all(isinstance(part, Missing) for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a block can be drawn of. name: with dashes; chapter: of CHAPTERS; page: the folder that shows the same.

    draw(case, settings): gives Missing where there is nothing yet. reads: of store.subjects; kinds: of runs that make
    a drawing stale when they are finished. is_optional: it has no place in a new report while there is nothing.
    """

    name: str
    title: str
    chapter: str
    draw: Callable[[Case, Settings], Drawn]
    page: str = ""
    reads: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    is_optional: bool = False


@functools.cache
def all_topics() -> Mapping[str, Topic]:
    """Every topic by name, chapter by chapter and then as its module lists them."""
    found: list[Topic] = []
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        found += importlib.import_module(f"evidence.report.topics.{path.stem}").TOPICS
    ordered = sorted(found, key=lambda topic: CHAPTERS.index(topic.chapter))
    return types.MappingProxyType({topic.name: topic for topic in ordered})


def find_topic(name: str) -> Topic:
    """The topic of that name; raises BadReport, which lists those there are."""
    try:
        return all_topics()[name]
    except KeyError:
        raise BadReport(f"There is no topic {name!r}. Topics: {', '.join(all_topics())}.") from None


def read_settings(given: JsonObject) -> Settings:
    """What a block is drawn with; raises BadReport."""
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadReport(f"{'.'.join(map(str, first['loc'])) or 'settings'}: {first['msg']}.") from error


def missing(sentence: str, *, command: str = "", page: str = "") -> Drawn:
    """Nothing yet: what to run."""
    return Drawn((Missing(sentence=sentence, command=command, page=page),))


def facts(case: Case, asked: Sequence[tuple[str, str, Mapping[str, object] | Parameters]]) -> tuple[Facts, set[int]]:
    """Measures in words, without those that have no number, and their runs. asked: label, measure, its own."""
    rows, run_ids = [], set()
    for label, name, parameters in asked:
        value = ask(case, name, parameters)
        if value.number is not None:
            rows.append((label or find_measure(name).title, in_words(value)))
            run_ids |= set(value.run_ids)
    return Facts(rows=rows), run_ids


def number(value: Value) -> float | None:
    """A value's number, for a cell."""
    return value.number


def picture(row: Mapping[str, object], *, title: str = "", note: str = "") -> Picture:
    """A row with image_id and sha256 as a picture."""
    return Picture(image_id=int(str(row["image_id"])), sha256=str(row["sha256"]), title=title, note=note)
