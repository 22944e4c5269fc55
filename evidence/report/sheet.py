"""The project sheet: what people write of their project, and what a report takes of it. Nothing of it is compulsory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from store.project import ProjectText


@dataclass(frozen=True)
class Field:
    """A field of the sheet. name: as it is kept; title: above it; ask: what may be written there.

    options: the answers that there are to choose from, none where it is written freely.
    """

    name: str
    title: str
    ask: str
    height: int = 120
    options: tuple[str, ...] = ()


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
YES, NO, OPEN = "yes", "no", "not decided"
COMMERCIAL, PASSED_ON = "use-commercial", "use-changed"
ETHICS = (
    Field(
        COMMERCIAL,
        "Will the pictures be used commercially?",
        "In a product, an advertisement, a service for money.",
        options=(YES, NO, OPEN),
    ),
    Field(
        PASSED_ON,
        "Will changed pictures be passed on?",
        "Cropped, blurred, drawn anew, or made from others.",
        options=(YES, NO, OPEN),
    ),
    Field("ethics-people", "Are there people in the pictures?", "Consent and privacy: who was asked; what is blurred."),
    Field(
        "ethics-rights", "May these pictures be used?", "Copyright: licences, the sites' terms, what you may pass on."
    ),
    Field(
        "ethics-balance", "Who or what is missing?", "Representativeness: what the set has too much of, and too little."
    ),
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
