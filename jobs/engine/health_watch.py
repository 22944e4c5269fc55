"""The owner's look after the workspace's health: samples, limits that are crossed, and who is told of it."""

import os
import threading
import time
from collections.abc import Mapping

from evidence.health import Check, dataset_checks, workspace_checks
from jobs.engine.alerts import Channel, NotSent, channels
from jobs.engine.troubles import Troubles
from store.acting import BY_ITSELF, acting, current, require
from store.acts import ACTS
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.health import (
    Alert,
    Untold,
    alerts_to_tell,
    end_alert,
    newest_sample_at,
    open_alerts,
    raise_alert,
    save_delivery,
    save_sample,
)
from store.machine import machine_now

FIRST_S, EVERY_S = 20.0, 60.0
SAMPLE_EVERY_S = 3_600.0
WAITS_S = (0.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0)  # before each try to tell somebody, since the last one


class HealthWatch:
    """Looks once a minute, in a thread of its own that lives for one look: a slow receiver keeps nobody waiting."""

    def __init__(self, workspace: Workspace, *, troubles: Troubles, environ: Mapping[str, str] | None = None):
        self._workspace = workspace
        self._troubles = troubles
        self._environ = os.environ if environ is None else environ
        self._thread: threading.Thread | None = None
        self._due = time.monotonic() + FIRST_S

    def look(self) -> None:
        """Begin a look where one is due; returns at once."""
        if time.monotonic() < self._due or (self._thread is not None and self._thread.is_alive()):
            return
        self._due = time.monotonic() + EVERY_S
        self._thread = threading.Thread(target=self._survived, name="health", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for a look that is under way; where somebody is to be told, look once more: a command ends soon."""
        if self._thread is not None:
            self._thread.join()
        if self.ways()[0]:
            self._survived()

    def ways(self) -> tuple[list[Channel], list[str]]:
        """How somebody is told, and a sentence for each way that is set up and cannot be used."""
        return channels(self._environ)

    def send_test(self) -> list[str]:
        """Tell everybody that this is a test; a sentence a way. For owners: raises NotAllowed."""
        require(ACTS["set_health_limit"], current())
        alert = Alert(0, 0, "", "test", "This is a test; all is well.", None, None, utc_now(), None, [])
        said = []
        for way in self.ways()[0]:
            try:
                said.append(f"The {way.name} works: {way.tell(alert)}.")
            except NotSent as error:
                said.append(f"The {way.name} does not work. {error}")
        return said

    def round(self) -> None:
        """One look: a sample where an hour has passed, alerts raised and ended, and those told who are to be."""
        with acting(BY_ITSELF):
            self._sample()
            self._compare(0, workspace_checks(self._workspace))
            for dataset in list_datasets(self._workspace):
                self._compare(dataset.id, dataset_checks(self._workspace, dataset))
            for way in self.ways()[0]:
                self._tell(way)

    def _survived(self) -> None:
        with self._troubles.survived("The look after the workspace's health failed"):
            self.round()

    def _sample(self) -> None:
        newest = newest_sample_at(self._workspace)
        if newest is None or abs((utc_now() - newest).total_seconds()) >= SAMPLE_EVERY_S:
            save_sample(self._workspace, vars(machine_now(self._workspace.root)))

    def _compare(self, dataset_id: int, checks: list[Check]) -> None:
        crossed = {each.name: each for each in checks if each.limit is not None and each.crossed}
        standing = {each.name: each for each in open_alerts(self._workspace) if each.dataset_id == dataset_id}
        for name, alert in standing.items():
            if name not in crossed:
                end_alert(self._workspace, alert)
        for name, check in crossed.items():
            if name not in standing:
                values = {"value": check.value, "limit": check.limit}
                raise_alert(self._workspace, dataset_id, name=name, sentence=check.sentence, **values)

    def _tell(self, way: Channel) -> None:
        for alert in alerts_to_tell(self._workspace, channel=way.name):
            if not _is_due(alert):
                continue
            try:
                outcome, delivered = way.tell(alert), True
            except NotSent as error:
                outcome, delivered = str(error), False
            save_delivery(self._workspace, alert, channel=way.name, delivered=delivered, outcome=outcome)
            if not delivered:
                return  # its receiver is away: the others wait for the next look


def _is_due(alert: Untold) -> bool:
    if alert.last_try is None:
        return True
    waits = WAITS_S[min(alert.n_tries, len(WAITS_S) - 1)]
    return abs((utc_now() - alert.last_try).total_seconds()) >= waits
