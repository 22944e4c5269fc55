"""The page Health: one look says whether all is well, drift is named with its pictures, limits are the owner's."""

import datetime

import pyarrow as pa
import pytest

from pages.ui import owner
from store import acting
from store.acting import LINK, Actor
from store.connection import utc_now
from store.datasets import find_dataset
from store.gates import land_gates
from store.health import limits_set, raise_alert, save_sample, set_limit
from store.machine import machine_now
from store.runs import RunStart, finish_run, new_run_id, start_run
from tests.support.drifting import plant
from tests.support.running import run_job
from tests.support.seen_page import button, metric, texts
from tests.support.small_workspace import new_dataset

PAGE = "health/page.py"


@pytest.fixture
def birds(app_workspace):
    """Birds of two days: darker, and with a species that is new."""
    workspace = owner.get().workspace
    dataset = plant(workspace, darker=0.2, new_species=30)
    run_job(workspace, "drift", dataset.name)
    return find_dataset(workspace, "birds")


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


@pytest.mark.parametrize("view", ["Now", "Drift", "Limits"])
def test_a_dataset_of_nothing_stops_no_view(open_app_page, view) -> None:
    new_dataset(owner.get().workspace)
    app = open_app_page(PAGE, view=view)
    assert not app.exception and "All is well" in texts(app)


@pytest.mark.long
def test_planted_drift_is_the_first_thing_that_is_said(open_app_page, birds) -> None:
    said = texts(open_app_page(PAGE))
    assert "limits are crossed" in said and "Brightness" in said and "New clusters" in said
    assert "All is well" not in said
    app = open_app_page(PAGE, view="Drift")
    rows = app.dataframe[0].value
    assert set(rows[rows["Drift"] == "yes"]["Measure"]) >= {"Brightness", "New clusters"}
    assert "Pictures in new clusters" in texts(app) and "Classes before and lately" in texts(app)
    assert not app.exception


@pytest.mark.long
def test_a_limit_that_the_owner_sets_counts_at_once(open_app_page, birds) -> None:
    app = open_app_page(PAGE, view="Limits")
    (field,) = [each for each in app.number_input if each.label.startswith("Brightness")]
    assert field.value == 10
    field.set_value(95).run()
    set_to = limits_set(owner.get().workspace, birds.id)["drift:brightness"]
    assert set_to.value == pytest.approx(0.95) and not app.exception
    assert "Brightness:" not in texts(open_app_page(PAGE)).partition("limits are")[2].partition("Freshness")[0]


@pytest.mark.long
def test_a_schedule_is_expected_and_late_ones_are_said(open_app_page, birds) -> None:
    app = open_app_page(PAGE, view="Limits")
    (kind,) = [each for each in app.selectbox if each.label == "Another kind"]
    kind.set_value("embed").run()
    button(app, "Expect it").click().run()
    assert limits_set(owner.get().workspace, birds.id)["every:embed"].value == 24
    assert "Last good embed: never so far" in texts(open_app_page(PAGE)).replace("\\", "")


def test_who_is_no_owner_reads_limits_and_sets_none(open_app_page, app_workspace) -> None:
    new_dataset(owner.get().workspace)
    before = acting.resolve_by(lambda: Actor(role="curator", how=LINK, name="Rita"))
    try:
        app = open_app_page(PAGE, view="Limits")
    finally:
        acting.resolve_by(before)
    assert "Limits are set by an owner" in texts(app) and not app.number_input
    assert not [each for each in app.button if each.key in ("health_expect", "health_test")]


def test_alerts_and_growth_are_shown(open_app_page, app_workspace) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    machine = vars(machine_now(workspace.root))
    for day in range(12):
        save_sample(workspace, machine | {"disk_free": 10**12 - day * 10**10})
        with workspace.writing() as cursor:
            cursor.execute(
                "UPDATE health_sample SET taken_at = ? WHERE taken_at = (SELECT max(taken_at) FROM health_sample)",
                [utc_now() - datetime.timedelta(days=12 - day)],
            )
    raise_alert(workspace, dataset.id, name="gates", sentence="Quality gates that fail: 2 of 9.", value=2, limit=0)
    set_limit(workspace, 0, name="disk_full", value=None, who="me")
    app = open_app_page(PAGE)
    assert not app.exception
    assert "Chance that it is full within a year" in texts(app) and "The file grew by" in texts(app)
    assert list(app.dataframe[-1].value["What"]) == ["Quality gates that fail: 2 of 9."]
    assert metric(app, "Jobs waiting") == "0"


def test_a_gate_that_fails_is_named_and_the_first_thing_that_is_said(open_app_page, app_workspace) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    run_id = new_run_id(workspace)
    start = RunStart(run_id, dataset.id, "verify-000001", "verify", None, {}, None, "test", 0, None)
    gate = {"place": 0, "gate": "vectors_finite", "subject": "vectors", "title": "Vectors are numbers", "unit": "rows"}
    gate |= {"measured": 3.0, "limit_kind": "at most", "limit_value": 0.0, "passed": False, "n_wrong": 3}
    gate |= {"sentence": "3 vectors hold what is no number.", "checked_at": utc_now()}
    rows = {**gate, "image_ids": [1], "paths": ["a.png"], "reasons": ["not a number"]}
    with workspace.writing(dataset.id) as cursor:
        start_run(cursor, start)
        land_gates(cursor, pa.Table.from_pylist([rows]), run_id=run_id)
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures={})
    said = texts(open_app_page(PAGE))
    assert "1 limit is crossed" in said and "Vectors are numbers" in said and "hold what is no number" in said
