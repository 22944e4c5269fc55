"""Decisions: saved whole, with what was before; taken back and done again; nothing is ever deleted."""

import json
import multiprocessing
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.connection import open_workspace
from store.datasets import class_names, find_dataset
from store.decisions import (
    Act,
    counts,
    decide,
    disagreements,
    history,
    latest_batch,
    recent_batches,
    redo,
    undo,
)
from store.errors import DecisionRefused
from tests.support.flock import CLASSES, make_birds, now
from tests.support.small_workspace import new_dataset


@pytest.fixture
def birds(workspace):
    return find_dataset(workspace, "birds")


FILLED_BY = {"birds": make_birds}


def test_a_relabel_counts_at_once_and_remembers_what_was(workspace, birds) -> None:
    assert class_names(workspace, birds.id) == list(CLASSES)
    act = Act(1, "relabel", label=2, reason="a wren", evidence={"self_confidence": 0.02})
    decide(workspace, birds.id, [act], who="Ada")
    assert now(workspace)[1] == (2, False)
    (row,) = history(workspace, birds.id, image_id=1).to_pylist()
    assert (row["label_before"], row["label_after"], row["who"], row["reason"]) == (0, 2, "Ada", "a wren")
    assert json.loads(row["evidence"]) == {"self_confidence": 0.02}
    assert row["stands"] and row["path"] == "00000.png"


def test_a_batch_is_taken_back_and_done_again(workspace, birds) -> None:
    before = now(workspace)
    decided = decide(workspace, birds.id, [Act(1, "remove"), Act(2, "remove"), Act(3, "relabel", label=0)], who="Ada")
    after = now(workspace)
    assert [after[i][1] for i in (1, 2, 3)] == [True, True, False]
    assert undo(workspace, birds.id, batch=decided.batch, who="Ada").n == 3
    assert now(workspace) == before
    again = redo(workspace, birds.id, batch=decided.batch, who="Ada")
    assert now(workspace) == after and again.n == 3
    assert history(workspace, birds.id).num_rows == 9


def test_one_act_of_a_batch_can_be_taken_back(workspace, birds) -> None:
    decided = decide(workspace, birds.id, [Act(1, "remove"), Act(2, "remove")], who="Ada")
    first = history(workspace, birds.id, image_id=1)["id"][0].as_py()
    undo(workspace, birds.id, decision_id=first, who="Bo")
    assert [now(workspace)[i][1] for i in (1, 2)] == [False, True]
    (batch,) = recent_batches(workspace, birds.id).to_pylist()
    assert (batch["batch"], batch["n"], batch["n_standing"], batch["acts"]) == (decided.batch, 2, 1, ["remove"])
    assert undo(workspace, birds.id, batch=decided.batch, who="Bo").n == 1
    with pytest.raises(DecisionRefused, match="undone already"):
        undo(workspace, birds.id, batch=decided.batch, who="Bo")


def test_redo_of_what_stands_is_refused(workspace, birds) -> None:
    decided = decide(workspace, birds.id, [Act(1, "flag")], who="Ada")
    with pytest.raises(DecisionRefused, match="these decisions stand"):
        redo(workspace, birds.id, batch=decided.batch, who="Ada")


def test_the_newest_standing_batch_is_what_an_undo_button_takes_back(workspace, birds) -> None:
    first = decide(workspace, birds.id, [Act(1, "keep")], who="Ada")
    second = decide(workspace, birds.id, [Act(2, "remove")], who="Bo")
    assert latest_batch(workspace, birds.id) == second.batch
    assert latest_batch(workspace, birds.id, who="Ada") == first.batch
    undo(workspace, birds.id, batch=second.batch, who="Bo")
    assert latest_batch(workspace, birds.id) == first.batch
    assert counts(workspace, birds.id) == {"keep": 1}


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (Act(1, "burn"), "no act 'burn'"),
        (Act(1, "relabel", label=3), "no class 3; the dataset's classes are 0 to 2"),
        (Act(1, "remove", label=1), "Only a relabel carries a label"),
        (Act(99, "remove"), "1 of the images is not in this dataset .the first is 99"),
    ],
)
def test_a_wrong_act_saves_nothing_of_its_batch(workspace, birds, act: Act, words: str) -> None:
    with pytest.raises(DecisionRefused, match=words):
        decide(workspace, birds.id, [Act(2, "remove"), act], who="Ada")
    assert history(workspace, birds.id).num_rows == 0
    with pytest.raises(DecisionRefused, match="nothing to decide"):
        decide(workspace, birds.id, [], who="Ada")


def test_acts_on_another_datasets_images_are_refused(workspace, birds) -> None:
    other = new_dataset(workspace, "fish")
    with pytest.raises(DecisionRefused, match="not in this dataset"):
        decide(workspace, other.id, [Act(1, "remove")], who="Ada")


def test_only_what_changes_the_data_makes_results_stale(workspace, birds) -> None:
    def data_value() -> int:
        with workspace.writing() as cursor:
            return cursor.execute("SELECT data_value FROM generation WHERE dataset_id = ?", [birds.id]).fetchall()[0][0]

    start = data_value()
    decide(workspace, birds.id, [Act(1, "keep"), Act(2, "flag")], who="Ada")
    assert data_value() == start
    decide(workspace, birds.id, [Act(1, "remove")], who="Ada")
    assert data_value() > start


def test_two_people_who_decide_differently_are_listed(workspace, birds) -> None:
    decide(workspace, birds.id, [Act(1, "keep"), Act(2, "remove"), Act(3, "relabel", label=0)], who="Ada")
    decide(workspace, birds.id, [Act(1, "remove"), Act(2, "remove"), Act(3, "relabel", label=1)], who="Bo")
    found = disagreements(workspace, birds.id).to_pylist()
    assert [row["image_id"] for row in found] == [1, 3]
    assert [(act["who"], act["act"]) for act in found[0]["acts"]] == [("Ada", "keep"), ("Bo", "remove")]


def test_labels_of_a_multi_label_dataset_are_kept_as_lists(workspace, birds) -> None:
    decide(workspace, birds.id, [Act(1, "relabel", labels=[0, 2])], who="Ada")
    with workspace.writing() as cursor:
        assert cursor.execute("SELECT labels FROM current_image WHERE id = 1").fetchall() == [([0, 2],)]


step = st.one_of(
    st.tuples(st.just("act"), st.integers(1, 6), st.sampled_from(("remove", "restore", "relabel")), st.integers(0, 2)),
    st.tuples(st.just("undo"), st.integers(0, 9)),
    st.tuples(st.just("redo"), st.integers(0, 9)),
)


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=12))
def test_any_sequence_equals_its_replay(tmp_path_factory, filled_workspace, steps) -> None:
    copied = shutil.copytree(filled_workspace(make_birds), tmp_path_factory.mktemp("replay") / "w")
    workspace = open_workspace(copied)
    try:
        birds = find_dataset(workspace, "birds")
        acts: list[dict[str, object]] = []  # the twin: every act in order, with its batch and whether it stands
        batches: list[str] = []
        for kind, *rest in steps:
            if kind == "act":
                image_id, name, label = rest
                act = Act(image_id, name, label=label if name == "relabel" else None)
                batches.append(decide(workspace, birds.id, [act], who="Ada").batch)
                acts.append({"act": act, "batch": batches[-1], "stands": True})
            elif batches:
                batch = batches[rest[0] % len(batches)]
                mine = [entry for entry in acts if entry["batch"] == batch]
                if kind == "undo" and mine[0]["stands"]:
                    undo(workspace, birds.id, batch=batch, who="Ada")
                    mine[0]["stands"] = False
                elif kind == "redo" and not mine[0]["stands"]:
                    batches.append(redo(workspace, birds.id, batch=batch, who="Ada").batch)
                    acts.append({"act": mine[0]["act"], "batch": batches[-1], "stands": True})
        assert now(workspace) == replayed([entry["act"] for entry in acts if entry["stands"]])
    finally:
        workspace.close()


def replayed(acts: list[Act]) -> dict[int, tuple[int | None, bool]]:
    state = {image_id: ((image_id - 1) % 3, False) for image_id in range(1, 7)}
    for act in acts:
        label, removed = state[act.image_id]
        label = act.label if act.act == "relabel" else label
        state[act.image_id] = (label, {"remove": True, "restore": False}.get(act.act, removed))
    return state


@pytest.mark.faults
def test_a_process_killed_in_the_middle_of_a_bulk_decision_leaves_all_or_none(tmp_path) -> None:
    root = tmp_path / "w"
    workspace = open_workspace(root)
    birds = make_birds(workspace, 3000)
    workspace.close()
    context = multiprocessing.get_context("spawn")
    for kill_after in (1, 2500):
        child = context.Process(target=_decide_and_die, args=(str(root), birds.id, kill_after))
        child.start()
        child.join(60)
        assert child.exitcode == 9
        workspace = open_workspace(root)
        assert history(workspace, birds.id, n_rows=10_000).num_rows in (0, 3000)
        workspace.close()


def _decide_and_die(root: str, dataset_id: int, kill_after: int) -> None:
    """Die inside the transaction, after its rows were written and before it was committed."""
    import store.connection

    workspace = open_workspace(root)
    find = store.connection.sql

    def found_or_dead(name: str) -> str:
        if name == "raise_generation":  # the last statement before the commit
            os._exit(9)
        return find(name)

    store.connection.sql = found_or_dead
    decide(workspace, dataset_id, [Act(i, "remove") for i in range(1, 3001)], who="Ada")
