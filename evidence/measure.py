"""Measures: named, typed questions to a dataset with a number for an answer.

A module of evidence/measures with a tuple MEASURES adds to them; being there is all its registration.
"""

import functools
import importlib
import logging
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from analytics.errors import AnalyticsError
from evidence.case import Case
from evidence.errors import BadMeasure
from evidence.value import Unit, Value
from store.connection import Workspace
from store.datasets import Dataset
from store.errors import StoreError
from store.rows import JsonObject

log = logging.getLogger("vitrine")
FOLDER = Path(__file__).parent / "measures"
FEW = 30  # below so many a share, a mean or a score is called weak
_SAMPLED = ("share", "points", "mean", "score", "p")


class Parameters(BaseModel):
    """What a measure may be asked with; a kind of measure builds its own on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Asked = TypeVar("Asked", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class Measure(Generic[Asked]):
    """A question. name: with dashes; its number's place in a sentence is the same with underscores.

    sentence: what a claim of it would say, names of strangers made literal (evidence.wording). page: the folder of the
    page that shows the number. reads: of store.subjects, and "keep" where a label that a person kept counts too.
    kinds: of runs that make a new number when they are finished. about: how it is computed, in a sentence.
    """

    name: str
    title: str
    unit: Unit
    parameters: type[Asked]
    compute: Callable[[Case, Asked], Value]
    sentence: Callable[[Case, Asked], str]
    about: str
    page: str
    reads: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """What its number is called in a sentence."""
        return self.name.replace("-", "_")


AnyMeasure = Measure[Any]


@functools.cache
def all_measures() -> Mapping[str, AnyMeasure]:
    """Every measure by name, by subject and then as its module lists them."""
    found: dict[str, AnyMeasure] = {}
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        for each in importlib.import_module(f"evidence.measures.{path.stem}").MEASURES:
            found[each.name] = each
    return types.MappingProxyType(found)


def find_measure(name: str) -> AnyMeasure:
    """The measure of that name; raises BadMeasure, which lists those there are."""
    try:
        return all_measures()[name]
    except KeyError:
        raise BadMeasure(f"There is no measure {name!r}. Measures: {', '.join(all_measures())}.") from None


def read_parameters(of: AnyMeasure, given: Mapping[str, object], *, case: Case | None = None) -> Any:
    """`given` as the measure's own parameters; a class may be named where `case` knows its name. Raises BadMeasure."""
    values = dict(given)
    named = values.get("class_index")
    if case is not None and isinstance(named, str) and not named.strip().isdigit():
        if named not in case.names:
            raise BadMeasure(f"{of.name}: there is no class {named!r} (classes: {', '.join(case.names[:20])}).")
        values["class_index"] = case.names.index(named)
    try:
        return of.parameters.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "parameters"
        takes = ", ".join(of.parameters.model_fields) or "none"
        raise BadMeasure(f"{of.name}: {where}: {first['msg']}. It takes: {takes}.") from error


def as_json(parameters: Parameters) -> JsonObject:
    """Parameters as a claim keeps them: those that are not the default."""
    kept: JsonObject = parameters.model_dump(mode="json", exclude_defaults=True)
    return kept


def ask(case: Case, name: str, parameters: Mapping[str, object] | Parameters) -> Value:
    """What a measure answers, with what weakens it; where there is no number, the reason. Raises BadMeasure alone."""
    of = find_measure(name)
    own = parameters if isinstance(parameters, of.parameters) else read_parameters(of, dict(parameters), case=case)
    try:
        value: Value = of.compute(case, own)
    except (StoreError, AnalyticsError, duckdb.Error) as error:
        said = " ".join(str(error).split())[:500] or type(error).__name__
        return Value(number=None, unit=of.unit, generation=case.generation, reason=said)
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # figures of a run of before, in other words
        log.warning("The measure %s of %s met figures that it cannot read", name, case.dataset.name, exc_info=error)
        said = f"What its run left cannot be read ({type(error).__name__})."
        return Value(number=None, unit=of.unit, generation=case.generation, reason=said)
    if value.number is not None and value.number != value.number:
        return replace(value, number=None, interval=None, reason="There is no picture to count.")
    return replace(value, weak=(*_weak(value), *value.weak), generation=case.generation)


def measure(workspace: Workspace, dataset: Dataset, name: str, parameters: Mapping[str, object] | Parameters) -> Value:
    """What a measure answers of a dataset now; see `ask`."""
    return ask(Case(workspace, dataset), name, parameters)


def says(sentence: str) -> Callable[[Case, Any], str]:
    """A proposed sentence that is the same for all parameters."""
    return lambda case, parameters: sentence


def kinds_of_parameters(of: AnyMeasure) -> dict[str, str]:
    """Of each parameter, its type and default in words, for the command line."""
    told = {}
    for name, field in of.parameters.model_fields.items():
        kind = field.annotation
        choices = typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()
        told[name] = f"{' | '.join(map(str, choices)) or _type_name(kind)} = {field.default!r}"
    return told


def _type_name(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and not typing.get_args(kind) else str(kind)


def _weak(value: Value) -> tuple[str, ...]:
    said = []
    if value.unit in _SAMPLED and value.n < FEW:
        said.append(f"It rests on {value.n:,}, fewer than {FEW}.")
    if value.unit == "points" and value.interval is not None and value.interval.low <= 0 <= value.interval.high:
        said.append("Its interval contains 0: chance alone may explain it.")
    return tuple(said)
