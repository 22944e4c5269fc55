"""Whether all is well: what is checked of a workspace and of each dataset, against which limit, and how it stands.

A check is a number with a limit; the owner's limits count before those here. Times are UTC without a zone.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.drift_measures import ALPHA, AREA, DRIFT_KINDS, SHARE, matters
from analytics.forecast import LEAST_STEPS, Forecast, days_until_full
from analytics.wording import count
from store import health
from store.connection import Workspace, utc_now
from store.datasets import Dataset
from store.drift import DriftMeasure, DriftRun, drift_measures, list_drift_runs
from store.gates import latest_gates
from store.machine import Machine, machine_now
from store.training import list_training_runs

FRESH, FAILURES, MACHINE, DRIFT, MODELS = "Freshness", "Failures", "Machine", "Drift", "Models"
HOURS, DAYS, GIB, NUMBER = "hours", "days", "GiB", ""
AT_MOST, AT_LEAST = "at most", "at least"
EVERY = "every:"  # and a kind: within how many hours it is to end well again
OF_DRIFT = "drift:"  # and a measure
LEVEL = "drift_level"
OPEN, CROSSED, UNKNOWN, OFF = "well", "crossed", "unknown", "off"


@dataclass(frozen=True)
class Check:
    """Something that is looked at. value, limit: in `unit`; limit None: nothing is said of it; value None: not known.

    side: whether the value is to be AT_MOST or AT_LEAST the limit; crossed: whether it is not. shown: it in words.
    """

    name: str
    title: str
    group: str
    unit: str
    value: float | None
    limit: float | None
    shown: str
    crossed: bool
    side: str = AT_MOST

    @property
    def state(self) -> str:
        """OPEN, CROSSED, UNKNOWN or OFF."""
        if self.limit is None:
            return OFF
        return CROSSED if self.crossed else UNKNOWN if self.value is None else OPEN

    @property
    def sentence(self) -> str:
        """What is told of it: 'Free disk: 3.2 GiB, at least 5 GiB.'"""
        bound = "" if self.limit is None else f"; {self.side} {in_unit(self.limit, self.unit)}"
        return f"{self.title}: {self.shown}{bound}."


@dataclass(frozen=True)
class _Rule:
    name: str
    title: str
    group: str
    unit: str
    limit: float | None
    side: str = AT_MOST


_OF_WORKSPACE = (
    _Rule("disk_free", "Free disk", MACHINE, GIB, 5.0, AT_LEAST),
    _Rule("disk_full", "Disk full in", MACHINE, DAYS, 14.0, AT_LEAST),
    _Rule("memory_free", "Free memory", MACHINE, SHARE, 0.05, AT_LEAST),
    _Rule("queue_waits", "Oldest waiting job", MACHINE, HOURS, 12.0),
)
_OF_DATASET = (
    _Rule("import_age", "Last import", FRESH, HOURS, None),
    _Rule("picture_age", "Newest picture", FRESH, HOURS, None),
    _Rule("failed_jobs", "Failed jobs of 24 hours", FAILURES, NUMBER, 0.0),
    _Rule("import_failures", "Files that could not be imported", FAILURES, SHARE, 0.05),
    _Rule("gates", "Quality gates that fail", FAILURES, NUMBER, 0.0),
    _Rule("score_fall", "Score below the best so far", MODELS, SHARE, 0.03),
)


def workspace_checks(workspace: Workspace, *, now: datetime.datetime | None = None) -> list[Check]:
    """What is checked of the machine and the queue."""
    now = now or utc_now()
    machine = machine_now(workspace.root)
    waits = health.queue(workspace).waits_since
    ahead = disk_forecast(workspace, machine, now=now)
    free, memory = machine.disk_free / 2**30, machine.memory_free / machine.memory_total
    values: dict[str, tuple[float | None, str]] = {
        "disk_free": (free, f"{free:,.1f} GiB of {machine.disk_total / 2**30:,.0f}"),
        "disk_full": _until_full(ahead),
        "memory_free": (memory, f"{100 * memory:.0f} % of {machine.memory_total / 2**30:,.0f} GiB"),
        "queue_waits": (0.0, "none waits") if waits is None else _age(waits, now),
    }
    return [_check(rule, values[rule.name], health.limits_set(workspace, 0)) for rule in _OF_WORKSPACE]


def dataset_checks(workspace: Workspace, dataset: Dataset, *, now: datetime.datetime | None = None) -> list[Check]:
    """What is checked of a dataset: freshness, failures, gates, scores, schedules, drift."""
    now = now or utc_now()
    limits = health.limits_set(workspace, dataset.id)
    fresh = health.freshness(workspace, dataset.id)
    n_files = fresh.n_images + fresh.n_import_failures
    n_failed = health.n_failed_since(workspace, dataset.id, since=now - datetime.timedelta(days=1))
    gates = latest_gates(workspace, dataset.id)
    wrong = [gate for gate in gates if not gate.passed]
    values: dict[str, tuple[float | None, str]] = {
        "import_age": _age(fresh.imported_at, now),
        "picture_age": _age(fresh.newest_picture, now),
        "failed_jobs": (float(n_failed), f"{n_failed:,}"),
        "import_failures": (
            (fresh.n_import_failures / n_files, f"{count(fresh.n_import_failures, 'file')} of {n_files:,}")
            if n_files
            else (None, "no file has been seen")
        ),
        "gates": (float(len(wrong)), f"{len(wrong):,} of {len(gates):,}") if gates else (None, "none was checked"),
        "score_fall": _score_fall(workspace, dataset.id),
    }
    checks = [_check(rule, values[rule.name], limits) for rule in _OF_DATASET]
    return [*checks, *_schedules(workspace, dataset, limits, now=now), *drift_checks(workspace, dataset.id)]


def drift_checks(workspace: Workspace, dataset_id: int) -> list[Check]:
    """The measures of the newest comparison, each crossed where it is no chance and at its limit."""
    runs = list_drift_runs(workspace, dataset_id)
    limits = health.limits_set(workspace, dataset_id)
    level = drift_level(limits)
    return [
        _of_drift(each, limits, level=level) for each in (drift_measures(workspace, runs[0].run_id) if runs else [])
    ]


def drift_level(limits: dict[str, health.Limit]) -> float:
    """The chance of any false alarm of a comparison that is let pass."""
    said = limits.get(LEVEL)
    return ALPHA if said is None or said.value is None else said.value


def newest_drift(workspace: Workspace, dataset_id: int) -> DriftRun | None:
    """The newest comparison, or None."""
    return next(iter(list_drift_runs(workspace, dataset_id)), None)


def disk_forecast(workspace: Workspace, machine: Machine, *, now: datetime.datetime) -> Forecast | None:
    """When the disk is full, by the samples so far and by now; None while there are too few of them."""
    samples = health.samples(workspace)
    if len(samples) < LEAST_STEPS:
        return None
    first = samples[0].taken_at
    times = [each.taken_at for each in samples] + [max(now, samples[-1].taken_at)]
    days = np.array([(at - first).total_seconds() / 86_400 for at in times])
    free = np.array([each.disk_free for each in samples] + [machine.disk_free], np.float64)
    return days_until_full(days, free=free, rng=np.random.default_rng(801))


@dataclass(frozen=True)
class Score:
    """A model's balanced accuracy on an evaluation set that never changes; half: of its 95 % interval."""

    run_id: int
    at: datetime.datetime
    evaluation: str
    model: str
    value: float
    half: float
    n: int


def scores_over_time(workspace: Workspace, dataset_id: int) -> list[Score]:
    """The score of every training run that kept one, oldest first."""
    scores = []
    for run in reversed(list_training_runs(workspace, dataset_id)):
        value, n = run.figures.get("test_balanced_accuracy"), run.figures.get("n_test")
        evaluation = str(run.parameters.get("evaluation") or "")
        if not isinstance(value, int | float) or not isinstance(n, int) or not n or not evaluation:
            continue
        recalls = [float(each) for each in run.figures.get("test_recalls") or [] if isinstance(each, int | float)]
        spread = sum(recall * (1 - recall) for recall in recalls) / max(len(recalls), 1)
        half = 1.96 * float(np.sqrt(spread / n)) if recalls else 0.0
        model = str(run.parameters.get("model") or "model")
        scores.append(Score(run.run_id, run.finished_at, evaluation, model, float(value), half, n))
    return scores


def in_unit(value: float, unit: str) -> str:
    """A number of a check in words: '5 %', '12 hours', '3.2 GiB'."""
    if unit in (SHARE, AREA):
        return f"{100 * value:.3g} %"
    return f"{value:,.3g} {unit}".strip() if value < 1_000 else f"{value:,.0f} {unit}".strip()


def drift_limits() -> Iterator[tuple[str, str, str, float]]:
    """The name, title, unit and limit of each measure of drift as they are without the owner's word."""
    for kind in DRIFT_KINDS.values():
        yield f"{OF_DRIFT}{kind.name}", kind.title, kind.unit, kind.limit


def _check(rule: _Rule, measured: tuple[float | None, str], limits: dict[str, health.Limit]) -> Check:
    value, shown = measured
    limit = limits[rule.name].value if rule.name in limits else rule.limit
    crossed = False
    if limit is not None and value is not None:
        crossed = value < limit if rule.side == AT_LEAST else value > limit
    return Check(rule.name, rule.title, rule.group, rule.unit, value, limit, shown, crossed, rule.side)


def _schedules(
    workspace: Workspace, dataset: Dataset, limits: dict[str, health.Limit], *, now: datetime.datetime
) -> list[Check]:
    """Each kind that ended well before, or that the owner wants to, by how long ago that was."""
    last = {each.kind: each.finished_at for each in health.last_good_runs(workspace, dataset.id)}
    wanted = {name.removeprefix(EVERY) for name, limit in limits.items() if name.startswith(EVERY) and limit.value}
    checks = []
    for kind in sorted(last.keys() | wanted):
        rule = _Rule(f"{EVERY}{kind}", f"Last good {kind}", FRESH, HOURS, None)
        value, shown = _age(last.get(kind), now)
        check = _check(rule, (value, shown), limits)
        if kind not in last:  # what never was is late
            check = Check(rule.name, rule.title, FRESH, HOURS, None, check.limit, "never so far", True)
        checks.append(check)
    return checks


def _of_drift(measured: DriftMeasure, limits: dict[str, health.Limit], *, level: float) -> Check:
    kind = DRIFT_KINDS[measured.measure]
    name = f"{OF_DRIFT}{kind.name}"
    limit = limits[name].value if name in limits else kind.limit
    crossed = limit is not None and measured.p_adjusted <= level and matters(kind.name, measured.value, limit=limit)
    shown = f"{in_unit(measured.value, kind.unit)} ({kind.means}), adjusted p {measured.p_adjusted:.2g}"
    return Check(name, kind.title, DRIFT, kind.unit, measured.value, limit, shown, crossed, "below")


def _until_full(ahead: Forecast | None) -> tuple[float | None, str]:
    if ahead is None:
        return None, f"not known before {LEAST_STEPS + 1} samples, of an hour each at least"
    if ahead.low is None:
        return 3_650.0, "not within ten years"
    end = "ten years or more" if ahead.high is None else f"{ahead.high:,.0f} days"
    return ahead.low, f"{ahead.low:,.0f} days at the earliest of an 80 % interval that ends at {end}"


def _age(at: datetime.datetime | None, now: datetime.datetime) -> tuple[float | None, str]:
    if at is None:
        return None, "never so far"
    hours = max((now - at).total_seconds() / 3_600, 0.0)
    if hours < 1:
        return hours, f"{count(round(60 * hours), 'minute')} ago"
    return hours, f"{count(round(hours), 'hour')} ago" if hours < 48 else f"{count(round(hours / 24), 'day')} ago"


def _score_fall(workspace: Workspace, dataset_id: int) -> tuple[float | None, str]:
    """By how much the newest score is below the best of the same model and evaluation set before it."""
    scores = scores_over_time(workspace, dataset_id)
    if not scores:
        return None, "no model has a score"
    newest = scores[-1]
    before = [each.value for each in scores[:-1] if (each.evaluation, each.model) == (newest.evaluation, newest.model)]
    if not before:
        return None, "one score so far"
    fall = max(max(before) - newest.value, 0.0)
    return fall, f"{100 * fall:.1f} points ({100 * newest.value:.1f} % after {100 * max(before):.1f} %)"
