"""The questions that a page may wait for, told by the kinds that answer them.

A folder in jobs/ that can answer some has an `answers.py` with ANSWERS; being there is all the registration there is.
What a library needs seconds for is imported by the answer itself.
"""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jobs.engine.errors import QueryFailed

JOBS = Path(__file__).parents[1]
Answer = dict[str, Any]  # as JSON keeps it
Answers = Mapping[str, Callable[..., Answer]]  # by the question's name; a question's fields are keyword arguments


def all_answers() -> Answers:
    """The answers of every folder that has some, by the names of their questions."""
    modules = [f"jobs.{path.parent.name}.answers" for path in sorted(JOBS.glob("*/answers.py"))]
    return {name: reply for module in modules for name, reply in importlib.import_module(module).ANSWERS.items()}


def answer(answers: Answers, question: Mapping[str, Any]) -> Answer:
    """The answer to a question: `kind` is its name, all else its fields. Raises QueryFailed for one nobody answers."""
    fields = dict(question)
    name = str(fields.pop("kind"))
    if name not in answers:
        raise QueryFailed(f"Nothing answers the question {name!r}. There are: {', '.join(answers)}.")
    return answers[name](**fields)
