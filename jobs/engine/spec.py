"""What a job is: its specification, states and progress. Light enough for pages to import."""

import datetime
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HELD, QUEUED, RUNNING = "held", "queued", "running"
DONE, FAILED, CANCELLED, INTERRUPTED = "done", "failed", "cancelled", "interrupted"
ACTIVE = (QUEUED, RUNNING)
ENDED = (DONE, FAILED, CANCELLED, INTERRUPTED)
RESUMABLE = (HELD, FAILED, CANCELLED, INTERRUPTED)


@dataclass(frozen=True, kw_only=True)
class ParameterView:
    """What can be said of a parameter of a job kind. low, high: allowed themselves; above, below: not."""

    name: str
    type: str
    default: Any
    help: str
    low: Any = None
    high: Any = None
    above: Any = None
    below: Any = None
    choices: tuple[str, ...] = ()
    is_path: bool = False
    former_names: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """How it is written on the command line: "--min-cosine"."""
        return f"--{self.name.replace('_', '-')}"

    def range_in_words(self) -> str:
        """Where its values must lie, as the end of a sentence; "" where any may be given."""
        if self.low is not None and self.high is not None:
            return f"between {self.low} and {self.high}"
        ends = (
            (self.low, "at {} or more"),
            (self.above, "above {}"),
            (self.high, "at most at {}"),
            (self.below, "below {}"),
        )
        return " and ".join(text.format(end) for end, text in ends if end is not None)


@dataclass(frozen=True)
class JobSpec:
    """The whole order of a job, as the worker reads it from spec.json."""

    id: str
    kind: str
    dataset_id: int
    dataset: str
    root: str
    workspace: str
    parameters: dict[str, Any]
    who: str
    run_id: int
    code_version: str
    input_generation: int
    created_at: str
    attempt: int = 1
    first_segment: int = 0
    n_todo: int = 0
    on: str = ""  # where its rows are computed: "" this machine, or a cluster (engine/backends.py)


@dataclass(frozen=True)
class Progress:
    """How far a worker is, from progress.json. Rates are rows a second over the last seconds."""

    done: int = 0
    total: int = 0
    failed: int = 0
    per_second: float | None = None
    message: str = ""
    elapsed_s: float = 0.0
    rss_bytes: int = 0
    updated_at: float = 0.0

    @property
    def share(self) -> float:
        """Done as a share of the total, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at the present rate, or None while no rate is known."""
        return (self.total - self.done) / self.per_second if self.per_second else None


@dataclass(frozen=True)
class JobView:
    """A job as pages and the command line show it."""

    id: str
    kind: str
    dataset: str
    dataset_id: int
    parameters: Mapping[str, Any]
    state: str
    attempt: int
    n_todo: int
    n_done: int
    n_failed: int
    message: str
    who: str
    run_id: int
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    progress: Progress = field(default_factory=Progress)
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def can_resume(self) -> bool:
        """Whether it ended before its rows did, or was never started."""
        return self.state in RESUMABLE


def new_job_id(kind: str) -> str:
    """A short id that a person can type: the kind and six hex digits."""
    return f"{kind}-{secrets.token_hex(3)}"
