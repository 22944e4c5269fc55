"""Health: limits that the owner set, samples of the machine, alerts and who was told, what is fresh, what failed.

Times are UTC without a zone, as everywhere in the file.
"""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadLimit
from store.statements import sql
from store.texts import NAME, require_short

SAMPLES_KEPT_DAYS = 400
MOST_TRIES = 6
QUIET = datetime.timedelta(hours=1)  # what goes to and fro is told once in that time
TOLD_WITHIN_DAYS = 3  # an alert that nobody could be told of in that time is on the page alone


@dataclass(frozen=True)
class Limit:
    """A limit as it was set last. dataset_id: 0 for the workspace; value: None where nothing is to be said."""

    dataset_id: int
    name: str
    value: float | None
    who: str
    set_at: datetime.datetime


@dataclass(frozen=True)
class Sample:
    """How the machine stood at a moment; bytes, jobs and pictures."""

    taken_at: datetime.datetime
    disk_free: int
    disk_total: int
    file_bytes: int
    memory_free: int
    memory_total: int
    app_memory: int
    n_waiting: int
    n_running: int
    n_images: int


@dataclass(frozen=True)
class Alert:
    """A limit that was crossed. dataset: its name, "" for the workspace. told: the channels that took it."""

    id: int
    dataset_id: int
    dataset: str
    name: str
    sentence: str
    value: float | None
    limit_value: float | None
    raised_at: datetime.datetime
    ended_at: datetime.datetime | None
    told: list[str]


@dataclass(frozen=True)
class Untold(Alert):
    """An alert that a channel has not taken so far."""

    n_tries: int
    last_try: datetime.datetime | None


@dataclass(frozen=True)
class Delivery:
    """The newest try of a channel."""

    channel: str
    delivered: bool
    outcome: str
    tried_at: datetime.datetime


@dataclass(frozen=True)
class LastRun:
    """When a kind last ended well."""

    kind: str
    finished_at: datetime.datetime


@dataclass(frozen=True)
class Freshness:
    """When the last import ended and the newest picture came in; how many are there, and files that are not."""

    imported_at: datetime.datetime | None
    newest_picture: datetime.datetime | None
    n_images: int
    n_import_failures: int


@dataclass(frozen=True)
class JobsOfDay:
    """Jobs that ended on a day in a state; n_failed: rows of theirs that failed."""

    day: datetime.datetime
    state: str
    n: int
    n_failed: int


@dataclass(frozen=True)
class PicturesOfDay:
    """Pictures that came in on a day."""

    day: datetime.datetime
    n: int


@dataclass(frozen=True)
class Queue:
    """Jobs of the workspace that wait and run; waits_since: None where none waits."""

    n_waiting: int
    n_running: int
    waits_since: datetime.datetime | None


@does("set_health_limit")
def set_limit(workspace: Workspace, dataset_id: int, *, name: str, value: float | None, who: str) -> None:
    """Have a limit count from now on; value None: nothing is said of it any more. Raises BadLimit."""
    require_short(name, "The name of a limit", longest=NAME)
    if value is not None and (not math.isfinite(value) or value < 0):
        raise BadLimit(f"A limit is a number from 0 on, not {value}.")
    values = {"dataset_id": dataset_id, "name": name, "value": value, "who": who, "set_at": utc_now()}
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("insert_health_limit"), values)


def limits_set(workspace: Workspace, dataset_id: int) -> dict[str, Limit]:
    """The limits that were ever set for a dataset (0: the workspace), by name."""
    every = workspace.until_written("health_limits", lambda: workspace.all("health_limits", Limit))
    return {each.name: each for each in every if each.dataset_id == dataset_id}


def save_sample(workspace: Workspace, machine: Mapping[str, int]) -> None:
    """Keep how the machine stands: disk_free, disk_total, file_bytes, memory_free, memory_total, app_memory."""
    now = utc_now()
    with workspace.writing(settles=False) as cursor:
        cursor.execute(sql("drop_old_samples"), {"before": now - datetime.timedelta(days=SAMPLES_KEPT_DAYS)})
        cursor.execute(sql("insert_health_sample"), {**machine, "taken_at": now})


def newest_sample_at(workspace: Workspace) -> datetime.datetime | None:
    """When the newest sample was taken; None: there is none."""
    return workspace.value("newest_sample_at", datetime.datetime)


def samples(workspace: Workspace) -> list[Sample]:
    """Every sample, oldest first."""
    return workspace.all("health_samples", Sample)


def list_alerts(workspace: Workspace, *, n_rows: int) -> list[Alert]:
    """Alerts of all datasets and the workspace, newest first."""
    return workspace.all("health_alerts", Alert, n_rows=n_rows)


def open_alerts(workspace: Workspace) -> list[Alert]:
    """The alerts that stand."""
    return workspace.until_written("open_alerts", lambda: workspace.all("open_alerts", Alert))


def raise_alert(
    workspace: Workspace, dataset_id: int, *, name: str, sentence: str, value: float | None, limit: float | None
) -> int | None:
    """Note that a limit is crossed; the alert's number, None where one of its name stands or began within QUIET."""
    now = utc_now()
    values: dict[str, object] = {"dataset_id": dataset_id, "name": name, "sentence": sentence, "value": value}
    values |= {"limit_value": limit, "raised_at": now, "quiet_since": now - QUIET}
    with workspace.writing(dataset_id, settles=False) as cursor:
        rows = cursor.execute(sql("insert_alert"), values).fetchall()
    return int(rows[0][0]) if rows else None


def end_alert(workspace: Workspace, alert: Alert) -> None:
    """Note that a limit is no longer crossed."""
    with workspace.writing(alert.dataset_id, settles=False) as cursor:
        cursor.execute(sql("end_alert"), {"id": alert.id, "ended_at": utc_now()})


def alerts_to_tell(workspace: Workspace, *, channel: str) -> list[Untold]:
    """The alerts of the last days that a channel has not taken, and that were not tried too often."""
    since = utc_now() - datetime.timedelta(days=TOLD_WITHIN_DAYS)
    return workspace.all("alerts_to_tell", Untold, channel=channel, most=MOST_TRIES, since=since)


def save_delivery(workspace: Workspace, alert: Untold, *, channel: str, delivered: bool, outcome: str) -> None:
    """Note a try to tell somebody of an alert. outcome: in words, without an address or a secret."""
    values = {"alert_id": alert.id, "channel": channel, "attempt": alert.n_tries + 1, "delivered": delivered}
    with workspace.writing(alert.dataset_id, settles=False) as cursor:
        cursor.execute(sql("insert_delivery"), {**values, "outcome": outcome[:NAME], "tried_at": utc_now()})


def newest_deliveries(workspace: Workspace) -> list[Delivery]:
    """The newest try of each channel that was ever tried."""
    return workspace.all("newest_deliveries", Delivery)


def last_good_runs(workspace: Workspace, dataset_id: int) -> list[LastRun]:
    """When each kind last ended well, by kind."""
    return workspace.all("last_good_runs", LastRun, dataset_id=dataset_id)


def freshness(workspace: Workspace, dataset_id: int) -> Freshness:
    """How new a dataset is."""
    return workspace.one("freshness", Freshness, dataset_id=dataset_id)


def jobs_by_day(workspace: Workspace, dataset_id: int, *, since: datetime.datetime) -> list[JobsOfDay]:
    """The jobs of a dataset that ended since a moment, by day and state."""
    return workspace.all("jobs_by_day", JobsOfDay, dataset_id=dataset_id, since=since)


def n_failed_since(workspace: Workspace, dataset_id: int, *, since: datetime.datetime) -> int:
    """How many jobs of a dataset failed since a moment."""
    return workspace.count("failed_since", dataset_id=dataset_id, since=since)


def pictures_by_day(workspace: Workspace, dataset_id: int) -> list[PicturesOfDay]:
    """How many pictures came in on each day."""
    return workspace.all("pictures_by_day", PicturesOfDay, dataset_id=dataset_id)


def queue(workspace: Workspace) -> Queue:
    """The jobs that wait and run."""
    return workspace.one("queue", Queue)
