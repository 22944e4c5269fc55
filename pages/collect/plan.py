"""What somebody asks to be collected: kept while they look at other steps, and the order that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from importers.collecting.about import SOURCES
from pages.ui.text import count

_KEPT = "collect_plan"
SEARCH = "search"  # the way of asking that needs queries; the others are sources that read a file
OPEN, COMMERCIAL, CHANGED, CODES, ANY = "free", "commercial", "derivatives", "codes", "any"
Row = Mapping[str, Any]  # class, query, n: None where it was left empty


@dataclass(frozen=True)
class Plan:
    """What is asked of whom. way: SEARCH, or the source whose `file` is read.

    rows: class, query, n of each query; n None: `each_query`. licences: OPEN, COMMERCIAL, CHANGED, CODES (of
    `codes`), or ANY. edition: raised whenever the rows were set by something else than their table.
    """

    dataset: str = ""
    way: str = SEARCH
    sources: tuple[str, ...] = ("openverse", "commons")
    rows: tuple[Row, ...] = ()
    each_query: int = 500
    file: str = ""
    licences: str = OPEN
    codes: tuple[str, ...] = ("cc0", "pdm", "cc-by", "cc-by-sa")
    size: str = ""
    kind: str = ""
    colour: str = ""
    language: str = ""
    safe: bool = True
    exclude_sites: str = ""
    min_side: int = 64
    contact: str = ""
    edition: int = 0

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the sources that are asked."""
        return self.sources if self.way == SEARCH else (self.way,)

    @property
    def queries(self) -> list[dict[str, object]]:
        """The rows that hold a query, as an order has them."""
        found = []
        for row in self.rows:
            query = str(row.get("query") or "").strip()
            if query:
                n = row.get("n")
                number = {} if n is None or n != n else {"n": int(n)}
                found.append({"query": query, "class": str(row.get("class") or "").strip(), **number})
        return found

    @property
    def classes(self) -> list[str]:
        """The classes that are asked for, each once; "" stands for queries without one."""
        return list(dict.fromkeys(str(query["class"]) for query in self.queries))

    @property
    def licence_words(self) -> str:
        """The licences, as an order has them."""
        return ",".join(self.codes) if self.licences == CODES else self.licences

    def parameters(self) -> dict[str, object]:
        """What a collection is ordered with."""
        asked = {"queries": self.queries} if self.way == SEARCH else {"file": self.file.strip()}
        return {
            **asked,
            "sources": ",".join(self.asked),
            "licences": self.licence_words,
            "n": self.each_query,
            "size": self.size,
            "kind": self.kind,
            "colour": self.colour,
            "language": self.language.strip(),
            "safe": self.safe,
            "exclude_sites": self.exclude_sites.strip(),
            "min_side": self.min_side,
            "contact": self.contact.strip(),
        }

    def lacking(self) -> str:
        """What is still to be said before anybody can be asked, in a sentence; "" where nothing is."""
        if self.way == SEARCH and not self.sources:
            return "Choose at least one source."
        if self.way == SEARCH and not self.queries:
            return "Write at least one query."
        if self.way != SEARCH and not self.file.strip():
            return "Name the file or folder."
        if self.licences == CODES and not self.codes:
            return "Choose at least one licence."
        if self.licences != ANY and not any(SOURCES[name].gives_licence for name in self.asked):
            return "What was chosen says no licences, and pictures of unknown licence are not taken: allow them first."
        return ""

    @property
    def missing(self) -> str:
        """What a run still waits for, and where it is said, for the steps after the first; "" where nothing is."""
        lacking = self.lacking()
        if lacking:
            return f"{lacking} Step 1, Ask, is the place."
        return "" if self.dataset.strip() else "Name the dataset above."

    def in_words(self) -> str:
        """'3 queries for 2 classes, of Openverse and Wikimedia Commons.'; holds no text of strangers."""
        titles = " and ".join(SOURCES[name].title for name in self.asked)
        if self.way != SEARCH:
            return f"{titles}."
        named = [name for name in self.classes if name]
        of = f" for {count(len(named), 'class', 'classes')}" if named else ""
        return f"{count(len(self.queries), 'query', 'queries')}{of}, of {titles}."


def kept() -> Plan | None:
    """The plan of this visit, if there is one."""
    found = st.session_state.get(_KEPT)
    return found if isinstance(found, Plan) else None


def keep(plan: Plan) -> None:
    """Keep a plan for the rest of this visit."""
    st.session_state[_KEPT] = plan


def keep_instead(plan: Plan) -> None:
    """Keep a plan that was not made by the fields of the page: they take it up. For callbacks."""
    for key in [name for name in st.session_state if str(name).startswith("collect_")]:
        del st.session_state[key]
    keep(replace(plan, edition=plan.edition + 1))


def with_rows(plan: Plan, rows: Sequence[Row]) -> Plan:
    """The plan with other queries, which their table takes up."""
    return replace(plan, rows=tuple(rows), edition=plan.edition + 1)


def of_order(dataset: str, parameters: Mapping[str, Any]) -> Plan:
    """The plan that an order of before came from."""
    names = tuple(_words(parameters.get("sources")))
    searched = tuple(name for name in names if name in SOURCES and not SOURCES[name].needs_file)
    words = _words(parameters.get("licences"))
    whole = len(words) == 1 and words[0] in (OPEN, COMMERCIAL, CHANGED, ANY)
    plan = Plan()
    given = parameters.get("queries")
    return Plan(
        dataset=dataset,
        way=SEARCH if searched or not names else names[0],
        sources=searched or plan.sources,
        rows=tuple(_row(row) for row in given if isinstance(row, Mapping)) if isinstance(given, list) else (),
        each_query=int(parameters.get("n") or plan.each_query),
        file=str(parameters.get("file") or ""),
        licences=words[0] if whole else CODES if words else plan.licences,
        codes=plan.codes if whole or not words else tuple(words),
        size=str(parameters.get("size") or ""),
        kind=str(parameters.get("kind") or ""),
        colour=str(parameters.get("colour") or ""),
        language=str(parameters.get("language") or ""),
        safe=bool(parameters.get("safe", True)),
        exclude_sites=",".join(_words(parameters.get("exclude_sites"))),
        min_side=int(parameters.get("min_side") or plan.min_side),
        contact=str(parameters.get("contact") or ""),
    )


def _row(row: Mapping[str, Any]) -> Row:
    return {"class": row.get("class") or "", "query": row.get("query") or "", "n": row.get("n") or None}


def _words(given: object) -> list[str]:
    words = given.split(",") if isinstance(given, str) else given if isinstance(given, list) else []
    return [str(word).strip() for word in words if str(word).strip()]
