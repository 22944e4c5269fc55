"""The numbers of the page Health in /metrics: the same checks, one for each dataset, and none where nothing is open."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pages.service.health_numbers import HealthNumbers
from service.metrics import Metrics
from store.errors import WorkspaceRefused
from store.health import raise_alert, set_limit
from tests.support.drifting import plant
from tests.support.running import run_job

LABELS = ("dataset", "check", "measure", "what", "state")


def numbers(workspace) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every number by its name and the values of its labels, as Prometheus reads them."""
    metrics = Metrics()
    metrics.registry.register(HealthNumbers(lambda: workspace))
    families = text_string_to_metric_families(metrics.text().decode())
    samples = [each for family in families for each in family.samples]
    return {
        (each.name, tuple(each.labels[name] for name in LABELS if name in each.labels)): each.value for each in samples
    }


@pytest.mark.long
def test_checks_drift_disk_and_alerts_are_among_the_numbers(workspace) -> None:
    dataset = plant(workspace, darker=0.2)
    run_job(workspace, "drift", dataset.name)
    set_limit(workspace, dataset.id, name="picture_age", value=0, who="me")
    raise_alert(workspace, dataset.id, name="gates", sentence="x", value=1, limit=0)
    found = numbers(workspace)
    assert found["vitrine_health_crossed", ("birds", "drift:brightness")] == 1
    assert found["vitrine_health_crossed", ("birds", "picture_age")] == 1
    assert found["vitrine_health_limit", ("birds", "drift:brightness")] == 0.1
    assert found["vitrine_drift_value", ("birds", "brightness")] > 0.3
    assert found["vitrine_drift_p_adjusted", ("birds", "brightness")] < 0.01
    assert found["vitrine_health_crossed", ("", "disk_free")] in (0, 1)
    assert found["vitrine_machine_bytes", ("disk_total",)] > 0
    assert found["vitrine_jobs", ("waiting",)] == 0 and found["vitrine_alerts_open", ()] == 1


def test_a_workspace_that_is_not_open_takes_no_other_number_with_it() -> None:
    def refuse():
        raise WorkspaceRefused("it is closed")

    metrics = Metrics()
    metrics.registry.register(HealthNumbers(refuse))
    text = metrics.text().decode()
    assert "vitrine_requests_underway 0.0" in text and "vitrine_health" not in text


def test_who_asks_often_reads_the_same_numbers(workspace) -> None:
    asked = []

    def opened():
        asked.append(1)
        return workspace

    collector = HealthNumbers(opened)
    assert [*collector.collect()] == [*collector.collect()] and len(asked) == 1
