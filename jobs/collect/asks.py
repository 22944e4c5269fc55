"""The questions of a run: a query to a source each, and up to which number pictures of it are kept."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from jobs.collect.kind import GIVEN, CollectParameters
from jobs.engine.errors import UnknownParameter

UNSORTED = "unsorted"


@dataclass(frozen=True)
class Ask:
    """A question. row: of the query that it belongs to. class_name: "" for none. group: what its pictures count for.

    n_wanted: pictures to keep of its group; 0: all there are.
    """

    number: int
    row: int
    source: str
    query: str
    class_name: str
    group: str
    n_wanted: int


def asks_of(parameters: CollectParameters) -> tuple[Ask, ...]:
    """The questions of an order, a query's sources behind one another."""
    given = [name for name in parameters.source_names if name in GIVEN]
    if given:
        name = Path(parameters.file).name
        return (Ask(0, 0, given[0], name, "", "" if not parameters.pilot else UNSORTED, parameters.pilot),)
    asks: list[Ask] = []
    for row, query in enumerate(parameters.rows):
        for source in parameters.source_names:
            n_wanted = query.n or parameters.n
            group = f"{row}:{source}" if parameters.each else str(row)
            if parameters.pilot:
                group, n_wanted = f"class {query.class_name or query.query}", parameters.pilot
            asks.append(Ask(len(asks), row, source, query.query, query.class_name, group, n_wanted))
    return tuple(asks)


def folder_of_class(name: str | None) -> str:
    """The folder that a class's pictures go to: its name, as far as every file system takes it."""
    text = unicodedata.normalize("NFC", name or "")
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', "-", text).strip(" .-")
    return plain[:80].rstrip(" .") or UNSORTED


def require_folders_of_their_own(parameters: CollectParameters) -> None:
    """Raise UnknownParameter where two classes would share a folder, so that nobody could tell them apart."""
    named: dict[str, str] = {}
    for query in parameters.rows:
        folder = folder_of_class(query.class_name).casefold()
        other = named.setdefault(folder, query.class_name)
        if other != query.class_name:
            raise UnknownParameter(
                f"collect: the classes {other or 'without a name'!r} and {query.class_name or 'without a name'!r} "
                "would share a folder. Name one of them otherwise."
            )
