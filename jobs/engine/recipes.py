"""Recipes: a named list of job orders and what each needs, as a TOML file that people edit, check and keep."""

import graphlib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pydantic

from analytics.wording import count
from jobs.engine.errors import JobError
from jobs.engine.kinds import load_kind

DEFAULT_FILE = Path(__file__).with_name("default_recipe.toml")
KEPT_FILE = "recipe.toml"
MAX_STEPS = 50
MAX_BYTES = 256 << 10
IMPORT = "import"
MAKES_DATASET = (IMPORT, "collect")  # kinds that may begin a recipe of a dataset that is not there yet
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


class RecipeRefused(JobError):
    """A recipe that cannot be run; the sentence says what is wrong with it."""


@dataclass(frozen=True)
class Step:
    """One order of a recipe. parameters: those that are given. needs: steps without which it is left out."""

    name: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """Steps, each behind those that it waits for, else in the order of the file."""

    title: str
    steps: tuple[Step, ...]

    def with_import(self, parameters: Mapping[str, Any]) -> "Recipe":
        """The recipe behind an import with these parameters, which all of it needs."""
        rest = [step for step in self.steps if step.kind != IMPORT]
        names = {step.name for step in rest}
        first = Step(IMPORT, IMPORT, parameters)
        behind = [
            Step(
                step.name,
                step.kind,
                step.parameters,
                (IMPORT, *(name for name in step.needs if name in names)),
                tuple(name for name in step.after if name in names),
            )
            for step in rest
        ]
        return Recipe(self.title, (first, *behind))


class _StepModel(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    kind: str = ""
    parameters: dict[str, Any] = {}
    needs: list[str] = []
    after: list[str] = []


class _RecipeModel(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    title: Annotated[str, pydantic.Field(max_length=200)] = ""
    steps: dict[str, _StepModel]


def default_text() -> str:
    """The recipe that "Analyse" runs, as the file that it is."""
    return DEFAULT_FILE.read_text(encoding="utf-8")


def kept_text(root: Path) -> str:
    """The recipe that the workspace `root` keeps as its own, else the default one."""
    try:
        return (root / KEPT_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return default_text()


def keep_text(root: Path, text: str) -> None:
    """Keep a recipe that has been read as the workspace's own; "" goes back to the default. Raises OSError."""
    path = root / KEPT_FILE
    if not text.strip():
        path.unlink(missing_ok=True)
        return
    part = path.with_name(f".{path.name}.tmp")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def read_recipe(text: str) -> Recipe:
    """The recipe that a TOML text holds, checked: kinds, parameters, what waits for what. Raises RecipeRefused."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise RecipeRefused(f"A recipe may have {MAX_BYTES // 1024} kB; this one is larger.")
    try:
        content = _RecipeModel.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RecipeRefused(f"The recipe is no TOML that can be read: {error}") from error
    except pydantic.ValidationError as error:
        raise RecipeRefused(_said(error)) from error
    if not content.steps:
        raise RecipeRefused("The recipe has no steps. A step is a table: [steps.embed].")
    if len(content.steps) > MAX_STEPS:
        raise RecipeRefused(f"The recipe has {count(len(content.steps), 'step')}; {MAX_STEPS} are the most.")
    steps = [_checked(name, step, names=list(content.steps)) for name, step in content.steps.items()]
    return Recipe(content.title or "Recipe", _in_order(steps))


def _checked(name: str, given: _StepModel, *, names: Sequence[str]) -> Step:
    if not _NAME.fullmatch(name):
        raise RecipeRefused(f"{name!r} cannot be a step's name: small letters, digits and dashes, 40 at most.")
    try:
        kind = load_kind(given.kind or name)
        kind.read(given.parameters)
    except JobError as error:
        raise RecipeRefused(f"Step {name}: {error}") from error
    for other in (*given.needs, *given.after):
        if other not in names:
            raise RecipeRefused(f"Step {name} waits for {other!r}, and the recipe has no such step.")
    return Step(name, kind.name, given.parameters, tuple(given.needs), tuple(given.after))


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Each behind those that it waits for, and else as they stand in the file."""
    waits_for = {step.name: {*step.needs, *step.after} for step in steps}
    try:
        graphlib.TopologicalSorter(waits_for).prepare()
    except graphlib.CycleError as error:
        circle = " waits for ".join(reversed(error.args[1]))
        raise RecipeRefused(f"The steps wait for each other in a circle: {circle}.") from error
    placed: dict[str, Step] = {}
    while len(placed) < len(steps):
        following = next(step for step in steps if step.name not in placed and waits_for[step.name] <= set(placed))
        placed[following.name] = following
    return tuple(placed.values())


def _said(error: pydantic.ValidationError) -> str:
    """The first thing that is wrong with a recipe, and where."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"The recipe says {where}, which is not known here. A step has kind, parameters, needs and after."
    if first["type"] == "missing":
        return f"The recipe has no {where}. A step is a table: [steps.embed]."
    return f"The recipe's {where} cannot be read: {first['msg'].lower()}."
