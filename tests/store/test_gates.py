"""Gates in the store: the newest result of each counts, all stay, and a run lands its gates once."""

import datetime

import pyarrow as pa
import pytest

from store.connection import utc_now
from store.gates import AT_MOST, IMPORT, SEGMENT, gate_history, gate_rows, land_gates, latest_gates
from tests.support.finished_run import ran
from tests.support.small_workspace import new_dataset


def landed(workspace, run_id: int, *gates: str, passed: bool = True, wrong: tuple[str, ...] = ()) -> None:
    rows = [
        {"place": place, "gate": gate, "subject": IMPORT, "title": "Failures", "unit": "share", "measured": 0.5}
        | {"limit_kind": AT_MOST, "limit_value": 0.1, "passed": passed, "n_wrong": len(wrong), "sentence": "Half."}
        | {"checked_at": utc_now(), "image_ids": [None for _ in wrong], "paths": list(wrong)}
        | {"reasons": ["empty" for _ in wrong]}
        for place, gate in enumerate(gates)
    ]
    with workspace.writing() as cursor:
        land_gates(cursor, pa.Table.from_pylist(rows, schema=SEGMENT), run_id=run_id)


@pytest.fixture
def dataset_id(workspace) -> int:
    return new_dataset(workspace).id


def test_the_newest_result_of_each_gate_counts_and_all_stay(workspace, dataset_id) -> None:
    first, second = (ran(workspace, "verify", {}) for _ in range(2))
    landed(workspace, first, "import.failures", "import.labels", passed=False, wrong=("a.png", "b.png"))
    landed(workspace, second, "import.failures")
    newest = latest_gates(workspace, dataset_id)
    assert [(each.gate, each.run_id, each.passed) for each in newest] == [
        ("import.failures", second, True),
        ("import.labels", first, False),
    ]
    assert [each.run_id for each in gate_history(workspace, dataset_id)] == [first, first, second]
    tomorrow = utc_now() + datetime.timedelta(days=1)
    assert gate_history(workspace, dataset_id, since=tomorrow) == []
    assert [(row.gate, row.n, row.path, row.image_id) for row in gate_rows(workspace, first)][:2] == [
        ("import.failures", 0, "a.png", None),
        ("import.failures", 1, "b.png", None),
    ]


def test_a_run_that_lands_twice_has_its_gates_once(workspace, dataset_id) -> None:
    run_id = ran(workspace, "verify", {})
    for _ in range(2):
        landed(workspace, run_id, "import.failures", wrong=("a.png",))
    assert len(gate_history(workspace, dataset_id)) == len(gate_rows(workspace, run_id)) == 1


def test_another_dataset_s_gates_are_not_shown(workspace, dataset_id) -> None:
    landed(workspace, ran(workspace, "verify", {}), "import.failures")
    other = new_dataset(workspace, "fish").id
    assert latest_gates(workspace, other) == [] and len(latest_gates(workspace, dataset_id)) == 1
