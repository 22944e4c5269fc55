"""The project sheet: what people write of their project, and what a report takes of it. Nothing of it is compulsory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from store.project import ProjectText


@dataclass(frozen=True)
class Field:
    """A field of the sheet. name: as it is kept; title: above it; ask: what may be written there."""

    name: str
    title: str
    ask: str
    height: int = 120


@dataclass(frozen=True)
class Sprint:
    """A part of the plan: when, what was planned, what was reached."""

    sprint: str
    planned: str
    reached: str


THEME = (
    Field("theme", "Theme", "What the project is about, and why it matters.", 140),
    Field("question", "Question", "What you want to find out, so that a number can answer it.", 100),
    Field("who", "Who", "The people, and who did what.", 80),
)
ETHICS = (
    Field("ethics-people", "Are there people in the pictures?", "Whose consent was asked; what is blurred."),
    Field("ethics-rights", "May these pictures be used?", "Licences, terms of the sites, what you may pass on."),
    Field("ethics-balance", "Who or what is missing?", "What the set over-represents, and what follows from it."),
    Field("ethics-harm", "Could a classifier of this kind do harm?", "To whom, and what you did against it."),
    Field("ethics-cost", "What did it cost?", "Hours, energy, people's work."),
)
LOOKING_BACK = (
    Field("challenges", "Challenges", "What was hard, and what you did.", 140),
    Field("reflections", "Reflections", "What you would do again, and what not.", 140),
)
PLAN = "plan"
FIELDS: Mapping[str, Field] = {field.name: field for field in (*THEME, *ETHICS, *LOOKING_BACK)}


def read_plan(text: str) -> list[Sprint]:
    """The plan as it is kept, JSON; nothing where it is no plan."""
    try:
        rows = json.loads(text) if text.strip() else []
    except ValueError:
        return []
    if not isinstance(rows, list):
        return []
    return [
        Sprint(*(str(row.get(name) or "") for name in ("sprint", "planned", "reached")))
        for row in rows
        if isinstance(row, dict)
    ]


def write_plan(sprints: list[Sprint]) -> str:
    """The plan as it is kept; rows without a word are left out."""
    rows = [vars(sprint) for sprint in sprints if any(vars(sprint).values())]
    return json.dumps(rows, ensure_ascii=False)


def as_markdown(fields: tuple[Field, ...], texts: Mapping[str, ProjectText], *, titled: bool = True) -> str:
    """What was written of these fields, each under its title; "" where nothing was."""
    written = [(field, texts[field.name].text.strip()) for field in fields if field.name in texts]
    return "\n\n".join(f"**{field.title}**\n\n{text}" if titled else text for field, text in written if text)
