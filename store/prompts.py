"""Sets of prompts: what classes are called for zero-shot. Named, appended, never changed."""

import datetime
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadPromptSet, UnknownPromptSet
from store.statements import sql
from store.texts import REASON, require_short

LONGEST_NAME = 120  # characters
MOST_CHARACTERS = 4_000_000  # of all prompts of a set


@dataclass(frozen=True)
class PromptSet:
    """A saved set. by_class: prompts by class index. temperature: None where it is left to the model."""

    id: int
    name: str
    by_class: tuple[tuple[str, ...], ...]
    templates: tuple[str, ...]
    temperature: float | None
    note: str | None
    who: str
    created_at: datetime.datetime


@dataclass(frozen=True)
class _PromptRow:
    id: int
    name: str
    prompts: str
    templates: tuple[str, ...]
    temperature: float | None
    note: str | None
    who: str
    created_at: datetime.datetime


@does("save_prompts")
def save_prompts(
    workspace: Workspace,
    dataset_id: int,
    *,
    name: str,
    by_class: Sequence[Sequence[str]],
    templates: Sequence[str],
    temperature: float | None,
    who: str,
    note: str = "",
) -> PromptSet:
    """Append a set under a name that no other of the dataset has.

    Raises BadPromptSet for a name that is empty, too long or taken, for a class without a prompt, no template, or a
    temperature that is not above 0.
    """
    name = name.strip()
    _check(name, by_class, templates, temperature)
    require_short(note, "The note", longest=REASON)
    with workspace.writing(dataset_id) as cursor:
        taken = cursor.execute(sql("list_prompt_sets"), {"dataset_id": dataset_id}).fetchall()
        if any(str(row[1]).casefold() == name.casefold() for row in taken):
            raise BadPromptSet(
                f"There is a set of prompts called {name!r} already. Sets are kept: choose another name."
            )
        values = {
            "dataset_id": dataset_id,
            "name": name,
            "prompts": json.dumps([list(each) for each in by_class]),
            "templates": list(templates),
            "temperature": temperature,
            "note": note.strip() or None,
            "who": who,
            "created_at": utc_now(),
        }
        ((set_id,),) = cursor.execute(sql("insert_prompt_set"), values).fetchall()
    return next(each for each in list_prompts(workspace, dataset_id) if each.id == set_id)


def list_prompts(workspace: Workspace, dataset_id: int) -> list[PromptSet]:
    """The dataset's sets, newest first."""
    return [
        PromptSet(
            row.id,
            row.name,
            tuple(tuple(each) for each in json.loads(row.prompts)),
            row.templates,
            row.temperature,
            row.note,
            row.who,
            row.created_at,
        )
        for row in workspace.all("list_prompt_sets", _PromptRow, dataset_id=dataset_id)
    ]


def find_prompts(workspace: Workspace, dataset_id: int, *, name: str) -> PromptSet:
    """The set called `name`; raises UnknownPromptSet, which lists those there are."""
    saved = list_prompts(workspace, dataset_id)
    for each in saved:
        if each.name == name:
            return each
    names = ", ".join(repr(each.name) for each in saved) or "none yet"
    raise UnknownPromptSet(f"This dataset has no set of prompts called {name!r} (sets: {names}).")


def _check(name: str, by_class: Sequence[Sequence[str]], templates: Sequence[str], temperature: float | None) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise BadPromptSet(f"A set's name has 1 to {LONGEST_NAME} characters, not {len(name)}.")
    if not by_class or not all(by_class) or not all(prompt.strip() for each in by_class for prompt in each):
        raise BadPromptSet("A class has no prompt, or an empty one. Give each class one at least.")
    if not templates:
        raise BadPromptSet("There is no template. {} alone takes the prompts as they are.")
    n_characters = sum(len(prompt) for each in [*by_class, templates] for prompt in each)
    if n_characters > MOST_CHARACTERS:
        raise BadPromptSet(f"The prompts have {n_characters:,} characters; {MOST_CHARACTERS:,} are the most.")
    if temperature is not None and not (math.isfinite(temperature) and temperature > 0):
        raise BadPromptSet(f"The temperature must be a number above 0, not {temperature!r}.")
