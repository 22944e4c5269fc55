"""The parameters of a job kind: one pydantic model, from which everything that speaks of them is made.

The command line's options, docs/jobs, the defaults of a page's form, and the sentences of refusals all come from the
model, so that none of them can differ from what `compute` is given.
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, TypeVar, Union, get_args, get_origin

import annotated_types
import pydantic
from pydantic.fields import FieldInfo

from jobs.engine.errors import UnknownParameter
from jobs.engine.spec import ParameterView

WHOLE, NUMBER, YES_NO, TEXT = "whole number", "number", "yes or no", "text"
MOST_CHARACTERS = 8_000_000  # of all parameters of an order: names and prompts of thousands of classes
M = TypeVar("M")
_TYPES: Mapping[object, str] = {int: WHOLE, float: NUMBER, bool: YES_NO, str: TEXT}


@dataclass(frozen=True)
class Formerly:
    """A name that a parameter had before: orders and command lines that use it are still understood."""

    name: str


@dataclass(frozen=True)
class IsPath:
    """Marks a parameter that names a file or folder of the machine the app runs on."""


ServerPath = Annotated[str, IsPath()]


class Parameters(pydantic.BaseModel):
    """The parameters of one kind. Each field has a default and a sentence (`description`) about what it does.

    Texts from a command line are read as the field's type; a range is told by `ge`, `gt`, `le`, `lt`, a choice by
    `Literal`. What depends on two parameters is a `model_validator(mode="after")` that raises ValueError.
    """

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        coerce_numbers_to_str=True,
        protected_namespaces=(),
        validate_by_name=True,
        validate_by_alias=True,
    )

    @pydantic.model_validator(mode="before")
    @classmethod
    def _read_former_names(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        former = {mark.name: name for name, field in cls.model_fields.items() for mark in _marks(field, Formerly)}
        return {former.get(name, name): value for name, value in given.items()}

    def changed(self, **values: object) -> Self:
        """These parameters with some values changed; those are checked as well."""
        return type(self).model_validate({**self.model_dump(), **values}, by_name=True)

    def as_json(self) -> dict[str, object]:
        """What spec.json and the run's row keep."""
        return self.model_dump(mode="json", by_alias=True)


P = TypeVar("P", bound=Parameters)


def read_parameters(model: type[P], given: Mapping[str, object], *, kind: str) -> P:
    """`given` as a kind's parameters, with its defaults; raises UnknownParameter, which begins with `kind`."""
    try:
        n_characters = len(json.dumps(dict(given), default=str))
    except (ValueError, RecursionError) as error:
        raise UnknownParameter(f"{kind}: its parameters cannot be read: {error}.") from None
    if n_characters > MOST_CHARACTERS:
        raise UnknownParameter(
            f"{kind}: its parameters have {n_characters:,} characters; {MOST_CHARACTERS:,} are the most."
        )
    try:
        return model.model_validate(dict(given))
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            names = ", ".join(sorted(describe(model)))
            raise UnknownParameter(f"{kind} has no parameter {str(first['loc'][0])!r}. Parameters: {names}.") from None
        raise UnknownParameter(f"{kind}: {_sentence(model, first)}") from None


def describe(model: type[Parameters]) -> dict[str, ParameterView]:
    """What can be said of each parameter, by the name it has in orders, in the order of the model."""
    named = {field.alias or name: field for name, field in model.model_fields.items()}
    return {name: _view(name, field) for name, field in named.items()}


def path_names(model: type[Parameters]) -> tuple[str, ...]:
    """The names of the parameters that are paths."""
    return tuple(view.name for view in describe(model).values() if view.is_path)


def _view(name: str, field: FieldInfo) -> ParameterView:
    kind, choices = _type_of(field.annotation)
    low = next((mark.ge for mark in _marks(field, annotated_types.Ge)), None)
    above = next((mark.gt for mark in _marks(field, annotated_types.Gt)), None)
    high = next((mark.le for mark in _marks(field, annotated_types.Le)), None)
    below = next((mark.lt for mark in _marks(field, annotated_types.Lt)), None)
    return ParameterView(
        name=name,
        type=kind,
        default=field.get_default(call_default_factory=True),
        help=field.description or "",
        low=low,
        high=high,
        above=above,
        below=below,
        choices=choices,
        is_path=bool(_marks(field, IsPath)),
        former_names=tuple(mark.name for mark in _marks(field, Formerly)),
    )


def _type_of(annotation: object) -> tuple[str, tuple[str, ...]]:
    """The type in a word, and the choices where it is one of a few."""
    if get_origin(annotation) is Literal:
        return TEXT, tuple(str(choice) for choice in get_args(annotation))
    if get_origin(annotation) in (Union, types.UnionType):  # a text or a list of texts, say: a text on the command line
        return TEXT, ()
    return _TYPES[annotation], ()


def _marks(field: FieldInfo, kind: type[M]) -> list[M]:
    return [mark for mark in field.metadata if isinstance(mark, kind)]


def _sentence(model: type[Parameters], error: typing.Mapping[str, Any]) -> str:
    """What was wrong, the value seen, and what it may be."""
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "value_error":
        text = str(error["ctx"]["error"])
        return text if not name else f"{name} {text}"
    view = describe(model)[name]
    return f"{name} {_expectation(view, error)}, not {_seen(view, error)}."


def _expectation(view: ParameterView, error: typing.Mapping[str, Any]) -> str:
    if view.choices:
        return f"is one of {', '.join(choice or 'nothing' for choice in view.choices)}"
    if error["type"] in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return f"must lie {view.range_in_words()}"
    if error["type"] == "finite_number":
        return "must be a finite number"
    if view.type == YES_NO:
        return "is yes or no"
    if view.type in (WHOLE, NUMBER):
        return f"is a number such as {view.default}"
    return "is a text"


def _seen(view: ParameterView, error: typing.Mapping[str, Any]) -> str:
    """The value that was given; a number that is out of its range as a number, whatever it was written as."""
    value = error["input"]
    if "ctx" in error and view.type in (WHOLE, NUMBER) and not view.choices:
        return str(float(value) if view.type == NUMBER else int(value))
    return repr(value)
