"""Jobs in words: titles, states, how far, how long still, what came of them. Nothing here draws."""

import datetime
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jobs.engine.kinds import JobKind
from jobs.engine.spec import CANCELLED, DONE, FAILED, HELD, INTERRUPTED, QUEUED, RUNNING, JobView
from pages.ui.text import count

Kinds = Mapping[str, JobKind[Any]]
MIN_TRIAL_IMAGES = 16


@dataclass(frozen=True)
class StateWord:
    """How a state is called and drawn."""

    word: str
    icon: str
    colour: Literal["gray", "blue", "green", "red", "orange"]


STATES: Mapping[str, StateWord] = {
    HELD: StateWord("Prepared", "inventory_2", "gray"),
    QUEUED: StateWord("Waiting", "hourglass_empty", "gray"),
    RUNNING: StateWord("Running", "play_arrow", "blue"),
    DONE: StateWord("Done", "check", "green"),
    FAILED: StateWord("Failed", "error", "red"),
    CANCELLED: StateWord("Cancelled", "cancel", "gray"),
    INTERRUPTED: StateWord("Interrupted", "power_off", "orange"),
}
HERE = ""  # where a job is computed: by the app's own machine
TRIAL = "trial"  # the variant of an embedding that only measures its speed, and keeps nothing


def where(on: str) -> str:
    """Where a job is computed, for a choice: "by this machine", "on Ray"."""
    return "by this machine" if on == HERE else "on a Ray cluster"


def kind_of(job: JobView, *, kinds: Kinds) -> str:
    """The name of the job's kind, or of the variant of it that is told apart (a speed trial of an embedding)."""
    kind = kinds.get(job.kind)
    if kind is None or kind.variant_of is None:
        return job.kind
    return kind.variant_of(job.parameters) or job.kind


def kind_title(name: str, *, kinds: Kinds) -> str:
    """The title of a kind or of a variant, by its name; a kind that is no longer there is called by its name."""
    variants = {variant: title for kind in kinds.values() for variant, title in kind.variants.items()}
    return kinds[name].title if name in kinds else variants.get(name, name.capitalize())


def title(job: JobView, *, kinds: Kinds) -> str:
    """What the job does, in a few words; holds untrusted names."""
    model = job.parameters.get("model")
    return short_title(job, kinds=kinds) + (f" with {model}" if model else "")


def short_title(job: JobView, *, kinds: Kinds) -> str:
    """The kind and the dataset, where there is one; holds an untrusted name."""
    of = job.dataset or str(job.parameters.get("source") or "").rpartition("/")[2]  # a job may be of no dataset yet
    title = kind_title(kind_of(job, kinds=kinds), kinds=kinds)
    return f"{title} of {of}" if of else title


def span(seconds: float) -> str:
    """A duration for people: '8 s', '3 min', '1 h 20 min'."""
    if seconds < 0.95:
        return "under a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min"


def size(n_bytes: float) -> str:
    """Bytes for people: '812 MB', '1.4 GB'."""
    if n_bytes < 1e9:
        return f"{n_bytes / 1e6:.0f} MB"
    return f"{n_bytes / 1e9:.1f} GB"


def rate(per_second: float) -> str:
    """Images a second: '0.4', '7.5', '80'."""
    return f"{per_second:,.1f}" if per_second < 9.95 else f"{per_second:,.0f}"


def how_far(job: JobView) -> str:
    """'12,288 of 31,848, 38 %' of a running job; where it waits, why."""
    if job.state == QUEUED:
        return f"{job.n_todo:,} to do; it starts when the job before it has ended"
    progress = job.progress
    if not progress.done:
        return f"0 of {job.n_todo:,}; starting"
    return f"{progress.done:,} of {progress.total:,}, {100 * progress.share:.0f} %"


def at_a_glance(job: JobView) -> str:
    """'38 %, about 4 min left' of a running job; 'waiting' or 'starting' before."""
    progress = job.progress
    if job.state == QUEUED or not progress.done:
        return "waiting" if job.state == QUEUED else "starting"
    left = f", about {span(progress.left_s)} left" if progress.left_s else ""
    return f"{100 * progress.share:.0f} %{left}"


def how_fast(job: JobView) -> str:
    """'80 images a second, about 4 min left, 812 MB of memory'; '' while nothing is known."""
    progress = job.progress
    parts = []
    if progress.per_second:
        parts.append(f"{rate(progress.per_second)} images a second")
    if progress.left_s is not None and progress.done < progress.total:
        parts.append(f"about {span(progress.left_s)} left")
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if progress.rss_bytes:
        parts.append(f"{size(progress.rss_bytes)} of memory")
    return ", ".join(parts)


def outcome(job: JobView, *, kinds: Kinds) -> str:
    """What came of an ended job, in one sentence."""
    if job.state == HELD:
        return f"{job.n_todo:,} to do. Start it here, or pack it for another machine: its details say how."
    if job.state != DONE:
        return job.message or STATES[job.state].word
    kind = kinds.get(job.kind)
    sentence = kind.outcome(job) if kind is not None and kind.outcome is not None and job.figures else ""
    return f"{job.message} {sentence}".strip() or "Done."


def started(job: JobView) -> datetime.datetime:
    """When it began, or was asked for."""
    return job.started_at or job.created_at


def duration_s(job: JobView) -> float | None:
    """Seconds from the start of the last attempt to the end of an ended job."""
    if job.started_at is None or job.finished_at is None:
        return None
    return max(0.0, (job.finished_at - job.started_at).total_seconds())


def when(moment: datetime.datetime, *, zone: str | None, now: datetime.datetime) -> str:
    """A time in UTC (no zone) on the reader's clock: '14:02', 'Tue 14:02', '3 Mar 2026, 14:02'."""
    local, today = _in_zone(moment, zone), _in_zone(now, zone)
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return clock
    if datetime.timedelta(0) <= today.date() - local.date() < datetime.timedelta(days=6):
        return f"{local:%a} {clock}"
    return f"{local.day} {local:%b %Y}, {clock}"


def estimate(n_images: int, per_second: float) -> str:
    """'about 6 min for 31,848 images at 80 a second'."""
    return f"about {span(n_images / per_second)} for {count(n_images, 'image')} at {rate(per_second)} a second"


def speed_before(jobs: Iterable[JobView], *, model: str, device: str) -> tuple[JobView, float] | None:
    """The newest finished embedding of the model on the device, and its images a second. jobs: newest first.

    device 'auto' fits any device. Runs of fewer than 16 images are too short to tell.
    """
    for job in jobs:
        speed = job.figures.get("images_per_second")
        fits = job.kind == "embed" and job.state == DONE and job.parameters.get("model") == model
        same_device = device == "auto" or device in (job.figures.get("device"), job.parameters.get("device"))
        if fits and same_device and speed and job.n_todo >= MIN_TRIAL_IMAGES:
            return job, float(speed)
    return None


def preprocessing_before(jobs: Iterable[JobView], *, model: str) -> str | None:
    """How pictures were prepared for the model in its newest finished run, or None if it never ran here."""
    for job in jobs:
        preprocessing = job.figures.get("preprocess")
        if job.kind == "embed" and job.parameters.get("model") == model and preprocessing:
            return str(preprocessing)
    return None


def _in_zone(moment: datetime.datetime, zone: str | None) -> datetime.datetime:
    aware = moment.replace(tzinfo=datetime.UTC)
    try:
        return aware.astimezone(zoneinfo.ZoneInfo(zone or "UTC"))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return aware
