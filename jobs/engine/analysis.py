"""An analysis: a recipe at work on a dataset, kept in a file of the workspace, so that it outlives its owner."""

import dataclasses
import datetime
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.engine.folder import read_json, write_json
from jobs.engine.recipes import Recipe, Step
from jobs.engine.spec import CANCELLED, DONE, RUNNING

WAITING, FRESH, LEFT_OUT, STEP_FAILED = "waiting", "fresh", "left out", "failed"
OPEN = (WAITING, RUNNING)
FOLDER = "analyses"


@dataclass
class StepState:
    """How a step stands. sentence: what came of it, or why nothing did. expected_s: how long it may take."""

    name: str
    kind: str
    parameters: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    state: str = WAITING
    job_id: str = ""
    run_id: int = 0
    sentence: str = ""
    seconds: float = 0.0
    expected_s: float = 0.0
    attempts: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in OPEN


@dataclass
class Analysis:
    """A recipe at work. state: running, done or cancelled. began: time.time(). trouble: what holds it up at present."""

    id: str
    dataset: str
    title: str
    who: str
    created_at: str
    steps: list[StepState]
    state: str = RUNNING
    finished_at: str = ""
    began: float = 0.0
    seconds: float = 0.0
    trouble: str = ""
    trusted: bool = False

    @property
    def is_active(self) -> bool:
        """Whether there is more to do."""
        return self.state == RUNNING

    def step(self, name: str) -> StepState:
        """A step by its name."""
        return next(step for step in self.steps if step.name == name)

    def count(self, *states: str) -> int:
        """How many steps are in one of these states."""
        return sum(step.state in states for step in self.steps)

    def finish(self, state: str) -> None:
        """Note that it has ended, and how."""
        self.state, self.trouble = state, ""
        self.finished_at = _now()
        self.seconds = round(time.time() - self.began, 1)

    def as_json(self) -> dict[str, Any]:
        """What its file holds."""
        return dataclasses.asdict(self)


def new_analysis(recipe: Recipe, *, dataset: str, who: str, trusted: bool = False) -> Analysis:
    """An analysis of which nothing has been done. trusted: whoever asks may name any folder of the machine."""
    steps = [_state(step) for step in recipe.steps]
    return Analysis(
        f"analyse-{secrets.token_hex(3)}", dataset, recipe.title, who, _now(), steps, began=time.time(), trusted=trusted
    )


def save(root: Path, analysis: Analysis) -> None:
    """Keep an analysis in the workspace `root`; raises OSError."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    write_json(folder / f"{analysis.id}.json", analysis.as_json())


def load_all(root: Path) -> list[Analysis]:
    """The analyses of a workspace, the oldest first; what cannot be read is none."""
    found = [load(path) for path in sorted((root / FOLDER).glob("analyse-*.json"))]
    return sorted((each for each in found if each is not None), key=lambda each: each.began)


def load(path: Path) -> Analysis | None:
    """An analysis from its file; None where it is none."""
    content = read_json(path)
    if content is None or content.get("id") != path.stem:
        return None
    try:
        steps = [
            StepState(**{**step, "needs": tuple(step["needs"]), "after": tuple(step["after"])})
            for step in content["steps"]
        ]
        return Analysis(**{**content, "steps": steps})
    except (TypeError, KeyError, AttributeError):
        return None


def summary(analysis: Analysis) -> Mapping[str, Any]:
    """An analysis that has ended as one JSON line."""
    steps = {
        step.name: {
            key: value
            for key, value in (
                ("state", step.state), ("job", step.job_id), ("run", step.run_id), ("seconds", step.seconds),
                ("sentence", step.sentence),
            )
            if value
        }
        for step in analysis.steps
    }  # fmt: skip
    return {
        "analysis": analysis.id,
        "dataset": analysis.dataset,
        "state": analysis.state,
        "seconds": analysis.seconds,
        "steps": steps,
    }


def is_good(analysis: Analysis) -> bool:
    """Whether it came to its end, something was done or is fresh, and no step failed."""
    return analysis.state == DONE and analysis.count(DONE, FRESH) > 0 and not analysis.count(STEP_FAILED, CANCELLED)


def _state(step: Step) -> StepState:
    return StepState(step.name, step.kind, dict(step.parameters), step.needs, step.after)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds")
