"""The numbers of the page Health among those of the service, for Prometheus."""

import time
from collections.abc import Callable, Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from evidence.health import dataset_checks, newest_drift, workspace_checks
from store import health
from store.acting import BY_ITSELF, acting
from store.connection import Workspace
from store.datasets import list_datasets
from store.drift import drift_measures
from store.errors import StoreError
from store.machine import machine_now

KEPT_S = 15.0  # whoever asks more often reads the same numbers


class HealthNumbers(Collector):
    """Reads the workspace when it is asked, at most every KEPT_S seconds; nothing where it is not open."""

    def __init__(self, workspace: Callable[[], Workspace]) -> None:
        self._workspace = workspace
        self._kept: tuple[float, list[Metric]] = (-KEPT_S, [])

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead: which names there are is known once the workspace is open."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Checks with their limits, measures of drift, disk, memory, jobs, alerts."""
        at, kept = self._kept
        if time.monotonic() - at >= KEPT_S:
            try:
                with acting(BY_ITSELF):
                    kept = _numbers(self._workspace())
            except StoreError:
                kept = []
            self._kept = (time.monotonic(), kept)
        return kept


def _numbers(workspace: Workspace) -> list[Metric]:
    checked = ("dataset", "check")
    value = GaugeMetricFamily("vitrine_health_value", "What a check measured, in its own unit", labels=checked)
    limit = GaugeMetricFamily("vitrine_health_limit", "The limit of a check, in the same unit", labels=checked)
    crossed = GaugeMetricFamily("vitrine_health_crossed", "Whether a check's limit is crossed", labels=checked)
    measured = ("dataset", "measure")
    drift = GaugeMetricFamily("vitrine_drift_value", "A measure of the newest comparison", labels=measured)
    chance = GaugeMetricFamily("vitrine_drift_p_adjusted", "Its p, adjusted for all of them", labels=measured)
    datasets = list_datasets(workspace)
    groups = [("", workspace_checks(workspace)), *((each.name, dataset_checks(workspace, each)) for each in datasets)]
    for name, checks in groups:
        for check in checks:
            if check.value is not None:
                value.add_metric((name, check.name), check.value)
            if check.limit is not None:
                limit.add_metric((name, check.name), check.limit)
                crossed.add_metric((name, check.name), float(check.crossed))
    for dataset in datasets:
        run = newest_drift(workspace, dataset.id)
        for each in drift_measures(workspace, run.run_id) if run is not None else []:
            drift.add_metric((dataset.name, each.measure), each.value)
            chance.add_metric((dataset.name, each.measure), each.p_adjusted)
    return [value, limit, crossed, drift, chance, *_of_machine(workspace)]


def _of_machine(workspace: Workspace) -> list[Metric]:
    bytes_of = GaugeMetricFamily("vitrine_machine_bytes", "Disk and memory", labels=("what",))
    for what, n_bytes in vars(machine_now(workspace.root)).items():
        bytes_of.add_metric((what,), n_bytes)
    jobs, queue = (
        GaugeMetricFamily("vitrine_jobs", "Jobs that wait and run", labels=("state",)),
        health.queue(workspace),
    )
    jobs.add_metric(("waiting",), queue.n_waiting)
    jobs.add_metric(("running",), queue.n_running)
    alerts = GaugeMetricFamily("vitrine_alerts_open", "Limits that are crossed, as they were noted")
    alerts.add_metric((), len(health.open_alerts(workspace)))
    return [bytes_of, jobs, alerts]
