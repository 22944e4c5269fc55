"""The data-budget job from its order to its rows, and the page that shows them."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from analytics import budget
from jobs.data_budget import job as data_budget_job
from jobs.data_budget.job import evaluation_of, facts_of, grid
from jobs.data_budget.versions import labels_in
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from pages.data_budget.queries import difference, find, load_curves
from pages.data_budget.train import parameters_of
from pages.ui import owner
from store.budget import list_budgets, read_cells, read_evaluation
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.versions import freeze, list_versions
from tests.support.noisy_workspace import checked_birds, noisy_birds, truth_and_labels
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

SMALL = {"per_class": 15, "sizes": 4, "smallest": 12, "seeds": 3}
FILLED_BY = {"birds": checked_birds}


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    """The interval's own test is beside analytics/budget.py; here it is only to be there."""
    monkeypatch.setattr(data_budget_job, "N_RESAMPLES", 20)


@pytest.fixture
def birds(workspace):
    """Three classes, eighteen wrong labels, a finished label check."""
    return find_dataset(workspace, "birds")


@pytest.mark.long
def test_every_cell_lands_and_cleaner_labels_do_no_worse(workspace, birds) -> None:
    job = run_job(workspace, "data-budget", birds.name, **SMALL)
    assert job.state == DONE
    cells = read_cells(workspace, job.run_id)
    assert set(cells["part"].to_pylist()) == {"cleanliness", "noise", "selection"}
    assert cells.num_rows == job.figures["n_cells"]
    assert job.figures["n_evaluation"] == 45 == read_evaluation(workspace, job.run_id).num_rows
    rows = cells.to_pylist()

    def mean(part: str, **wanted: object) -> float:
        found = [row for row in rows if row["part"] == part and all(row[key] == wanted[key] for key in wanted)]
        most = max(row["size"] for row in found)
        return float(np.mean([row["balanced_accuracy"] for row in found if row["size"] == most]))

    assert mean("cleanliness", condition=budget.CLEANED) >= mean("cleanliness", condition=budget.RAW)
    assert mean("noise", noise=0.0) >= mean("noise", noise=pytest.approx(0.4))


def test_nothing_near_the_evaluation_set_is_learnt_from(workspace, birds) -> None:
    kind = load_kind("data-budget")
    prepared = kind.code().prepare(workspace, birds.name, kind.read(SMALL), 99)
    facts, on = facts_of(prepared.todo, prepared.parameters)
    assert "believes" in on and facts.held_out.sum() == 45
    points = np.random.default_rng(0).normal(size=(prepared.todo.num_rows, 4)).astype(np.float32)
    held_groups = set(facts.group[facts.held_out].tolist())
    orders = list(grid(facts, points, prepared.parameters, n_classes=3))
    assert {order.part for order in orders} == {"cleanliness", "noise", "selection"}
    for order in orders:
        assert not held_groups & set(facts.group[order.rows].tolist())
        assert (order.labels >= 0).all()


@pytest.mark.long
def test_the_held_out_pictures_carry_right_labels(workspace, birds) -> None:
    job = run_job(workspace, "data-budget", birds.name, **SMALL, parts="cleanliness")
    truth, _ = truth_and_labels()
    judged = read_evaluation(workspace, job.run_id).to_pylist()
    right = sum(truth[row["image_id"] - 1] == row["label"] for row in judged)
    assert right >= 44


@pytest.mark.long
def test_each_frozen_version_is_a_state_of_its_own(workspace, birds) -> None:
    truth, given = truth_and_labels()
    freeze(workspace, birds.id, name="as it came", who="me")
    wrong = np.flatnonzero(truth != given)
    acts = [Act(int(i) + 1, "relabel", label=int(truth[i])) for i in wrong[:6]] + [Act(int(wrong[7]) + 1, "remove")]
    decide(workspace, birds.id, acts, who="me")
    freeze(workspace, birds.id, name="v2", who="me")
    job = run_job(workspace, "data-budget", birds.name, **SMALL, parts="cleanliness")
    states = set(read_cells(workspace, job.run_id)["condition"].to_pylist())
    assert "version: v2" in states and "version: as it came" not in states  # the same as raw
    ids = np.array([int(wrong[0]) + 1, int(wrong[7]) + 1, 10**9])
    versions = list_versions(workspace, birds.id)
    assert labels_in(workspace, versions, image_ids=ids).tolist() == [
        [truth[wrong[0]], -1, -1],
        [given[wrong[0]], given[wrong[7]], -1],
    ]


@pytest.mark.long
def test_decisions_are_a_state_of_their_own(workspace, birds) -> None:
    truth, _ = truth_and_labels()
    acts = [Act(i + 1, "relabel", label=int(truth[i])) for i in range(10)]
    decide(workspace, birds.id, acts, who="me")
    job = run_job(workspace, "data-budget", birds.name, **SMALL, parts="cleanliness")
    assert budget.DECIDED in read_cells(workspace, job.run_id)["condition"].to_pylist()
    assert not list_budgets(workspace, birds.id)[0].is_stale
    decide(workspace, birds.id, [Act(20, "remove")], who="me")
    assert list_budgets(workspace, birds.id)[0].is_stale


def test_a_split_is_judged_on_by_name_and_without_one_the_sentence_says_what_to_do(workspace) -> None:
    dataset = new_dataset(workspace, "plain")
    rows = [image_row(f"{i:02}.png", label=i % 2, split="val" if i % 4 == 0 else "train") for i in range(48)]
    land(workspace, dataset.id, rows)
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'a', NULL), (1, 1, 'b', NULL)")
    job = run_job(workspace, "data-budget", dataset.name, smallest=4, seeds=1, sizes=3)
    assert job.figures["n_evaluation"] == 12 and "'val'" in job.figures["evaluated_on"]
    with pytest.raises(UnknownParameter, match="no split 'holdout' .splits: train, val."):
        Supervisor(workspace).start("data-budget", dataset=dataset.name, parameters={"evaluate_on": "holdout"})
    table = pa.table({"split": pa.nulls(3, pa.string())})
    with pytest.raises(NothingToDo, match="Run the label check first"):
        evaluation_of(table, "", label_run=0)


def test_a_wrong_order_is_refused(workspace) -> None:
    dataset = noisy_birds(workspace)
    wrong = {
        "parts": ("size", "parts are some of"),
        "seeds": (0, "between 1 and 50"),
        "pca_dims": (0, "at 1 or more, not 0"),
    }
    for name, (value, says) in wrong.items():
        with pytest.raises(UnknownParameter, match=says):
            Supervisor(workspace).start("data-budget", dataset=dataset.name, parameters={name: value})


@pytest.fixture
def page(open_app_page):
    def opened(**query: str) -> AppTest:
        return open_app_page("data_budget/page.py", **query)

    return opened


def test_without_a_check_or_vectors_the_page_says_the_way(page) -> None:
    dataset = new_dataset(owner.get().workspace, "birds")
    land(owner.get().workspace, dataset.id, [image_row("a.png", label=0)])
    app = page()
    assert "needs a vector for each picture" in app.info[0].value


@pytest.mark.long
def test_the_page_names_the_evaluation_set_and_compares_with_raw(page) -> None:
    workspace = owner.get().workspace
    dataset = checked_birds(workspace)
    job = run_job(workspace, "data-budget", dataset.name, **SMALL)
    app = page()
    said = " ".join(caption.value for caption in app.caption)
    assert "pictures that every opinion of the label check believes" in said
    assert app.metric[0].label == "Raw, all pictures"
    table = app.dataframe[0].value
    assert {"Against raw", "Twice as many"} <= set(table.columns) and len(table) >= 5
    for view in ("Planted noise", "Which pictures?", "Judged on"):
        assert not page(view=view).exception
    curves = load_curves(str(workspace.root), dataset.id, 1, job.run_id, "cleanliness")
    raw = find(curves, budget.RAW)
    assert difference(raw, raw).mean == 0  # seed by seed
    heights = [curve.last.accuracy.mean for curve in curves]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.long
def test_a_cell_is_ordered_as_a_training_job_with_its_size_state_and_evaluation_set(workspace, birds) -> None:
    job = run_job(workspace, "data-budget", birds.name, **{**SMALL, "parts": "cleanliness,noise", "seeds": 1})
    (run,) = list_budgets(workspace, birds.id)
    train = load_kind("train")
    judged = read_evaluation(workspace, job.run_id)["image_id"].to_pylist()
    for part, line, size, expected in (
        ("cleanliness", budget.RAW, 40, ("none", 0.0)),
        ("cleanliness", budget.RELABELLED, 0, ("relabelled", 0.0)),
        ("cleanliness", budget.DECIDED, 0, ("none", 0.0)),
        ("noise", "20 % wrong", 40, ("all-out", 0.2)),
    ):
        wanted = {**train.defaults, **parameters_of(run, part=part, line=line, size=size)}
        assert (wanted["treatment"], wanted["planted_noise"], wanted["max_train"]) == (*expected, size)
        prepared = train.code().prepare(workspace, birds.name, train.read(wanted), 99)
        in_set = prepared.todo["image_id"].filter(prepared.todo["in_set"]).to_pylist()
        assert in_set == sorted(judged) and prepared.parameters.evaluation == f"data budget: run {run.run_id}"
    frozen = parameters_of(run, part="cleanliness", line=f"{budget.VERSION}clean", size=9)
    assert (frozen["version"], frozen["max_train"], "treatment" in frozen) == ("clean", 9, False)
    alone = dataclasses.replace(run, parameters={**run.parameters, "label_run": 0})
    assert parameters_of(alone, part="noise", line="0 % wrong", size=0)["treatment"] == "copies-out"


@pytest.mark.long
def test_a_network_is_trained_on_a_cell_from_the_page(open_app_page, monkeypatch) -> None:
    workspace = owner.get().workspace
    dataset = checked_birds(workspace)
    run_job(workspace, "data-budget", dataset.name, **{**SMALL, "parts": "cleanliness", "seeds": 1})
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named["parameters"])))
    app = open_app_page("data_budget/page.py", dataset=dataset.name)
    app.selectbox(key="budget_cell_line_cleanliness").set_value(budget.RAW).run()
    app.button(key="budget_train").click().run()
    assert not app.exception and asked[0][0] == "train" and asked[0][1]["labels"] == "imported"
    assert asked[0][1]["evaluation"].startswith("data budget: run ")
