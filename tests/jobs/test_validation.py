"""The validation set builder: who is proposed, what is too near, what was said of them, and the version it makes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import BadParameter
from analytics.validation_set import near_duplicates, propose
from jobs.engine.errors import NothingToDo, UnknownParameter
from store.datasets import find_dataset
from store.decisions import Act, decide, undo
from store.validation import answer, list_candidates, newest_run
from store.versions import class_counts, export_rows, freeze
from tests.support.exporting import run_job
from tests.support.noisy_workspace import N_WRONG, checked_birds, noisy_birds, truth_and_labels
from tests.support.small_workspace import new_dataset

FILLED_BY = {"birds": checked_birds}


@pytest.fixture
def birds(workspace):
    """The noisy birds after a label check."""
    return find_dataset(workspace, "birds")


@pytest.fixture
def proposed(workspace, birds):
    """The run of a finished proposal of five a class."""
    spec, _ = run_job(workspace, "validation", "birds", per_class=5, min_cosine=0.999)
    return spec.run_id


def test_candidates_are_those_that_all_methods_agree_on(workspace, birds, proposed) -> None:
    truth, labels = truth_and_labels()
    found = list_candidates(workspace, birds.id, run_id=proposed)
    assert {one.label for one in found} == {0, 1, 2} and 15 <= len(found) <= 24  # five a class, and some to spare
    assert all(labels[one.image_id - 1] == truth[one.image_id - 1] == one.label for one in found)
    assert not {one.image_id for one in found} & set(range(1, N_WRONG + 1))
    assert all(one.confirmed is None and one.usable and one.n_heard >= 2 for one in found)
    for index in range(3):
        own = [one for one in found if one.label == index]
        assert [one.rank for one in own] == list(range(1, len(own) + 1))
        assert [one.stands_for for one in own] == sorted((one.stands_for for one in own), reverse=True)


def test_answers_are_acts_that_can_be_taken_back(workspace, birds, proposed) -> None:
    first, second, third, *_ = list_candidates(workspace, birds.id, run_id=proposed)
    answer(workspace, birds.id, run_id=proposed, candidates=[first, second], confirmed=True, who="me")
    batch = answer(workspace, birds.id, run_id=proposed, candidates=[third], confirmed=False, who="me")

    def told():
        return [one.confirmed for one in list_candidates(workspace, birds.id, run_id=proposed)][:3]

    assert told() == [True, True, False]
    answer(workspace, birds.id, run_id=proposed, candidates=[second], confirmed=False, who="you")
    assert told() == [True, False, False]  # the last word counts
    undo(workspace, birds.id, batch=batch.batch, who="me")
    assert told() == [True, False, None]
    decide(workspace, birds.id, [Act(first.image_id, "keep", reason="another page")], who="me")
    assert told() == [True, False, None]


def test_a_candidate_that_is_relabelled_or_removed_is_no_candidate_any_more(workspace, birds, proposed) -> None:
    first, second, *_ = list_candidates(workspace, birds.id, run_id=proposed)
    answer(workspace, birds.id, run_id=proposed, candidates=[first, second], confirmed=True, who="me")
    decide(workspace, birds.id, [Act(first.image_id, "relabel", label=2), Act(second.image_id, "remove")], who="me")
    assert [one.usable for one in list_candidates(workspace, birds.id, run_id=proposed)][:3] == [False, False, True]
    made = freeze(workspace, birds.id, name="v1", who="me", validation_run=proposed)
    assert made.splits == ("train",)


def test_a_version_with_a_validation_set_leaves_its_near_duplicates_out(workspace, birds) -> None:
    spec, figures = run_job(workspace, "validation", "birds", per_class=4, min_cosine=0.97)
    found = list_candidates(workspace, birds.id, run_id=spec.run_id)
    near = next(one for one in found if one.n_near)
    answer(workspace, birds.id, run_id=spec.run_id, candidates=[near], confirmed=True, who="me")
    plain = freeze(workspace, birds.id, name="plain", who="me")
    made = freeze(workspace, birds.id, name="v1", who="me", validation_run=spec.run_id)
    rows = {row["image_id"]: row["split"] for row in export_rows(workspace, made.id).to_pylist()}
    assert [image_id for image_id, split in rows.items() if split == "val"] == [near.image_id]
    assert made.n_left_out == near.n_near == plain.n_images - made.n_images
    assert set(rows.values()) == {"train", "val"} and figures["n_near"] >= near.n_near
    counted = class_counts(workspace, birds.id, version_id=made.id).to_pylist()
    assert [(row["class_index"], row["n"]) for row in counted if row["split"] == "val"] == [(near.label, 1)]


def test_confirmed_pictures_that_are_near_each_other_stay_both(workspace, birds) -> None:
    spec, _ = run_job(workspace, "validation", "birds", per_class=20, min_cosine=0.9)
    with workspace.writing() as cursor:
        cursor.execute("DELETE FROM validation_near")
        ids = [one.image_id for one in list_candidates(workspace, birds.id, run_id=spec.run_id)][:2]
        cursor.execute("INSERT INTO validation_near VALUES ($1, $2, $3, 0.99, 0)", [spec.run_id, *ids])
    found = list_candidates(workspace, birds.id, run_id=spec.run_id)[:2]
    answer(workspace, birds.id, run_id=spec.run_id, candidates=found, confirmed=True, who="me")
    made = freeze(workspace, birds.id, name="v1", who="me", validation_run=spec.run_id)
    assert made.n_left_out == 0


@pytest.mark.parametrize("wrong", [{"per_class": 3}, {"per_class": 334}, {"min_cosine": 0.2}, {"hamming_bits": 40}])
def test_a_set_of_another_size_is_refused(workspace, birds, wrong) -> None:
    with pytest.raises(UnknownParameter, match="validation"):
        run_job(workspace, "validation", "birds", **wrong)


def test_without_a_label_check_the_reason_is_said(workspace) -> None:
    noisy_birds(workspace)
    with pytest.raises(NothingToDo, match="run one first"):
        run_job(workspace, "validation", "birds", per_class=5)
    new_dataset(workspace, "scenes", task="multi")
    with pytest.raises((NothingToDo, UnknownParameter)):
        run_job(workspace, "validation", "scenes", per_class=5)
    assert newest_run(workspace, 1, kind="label-issues") is None


# The choice itself


def clouds(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (np.eye(4, 6)[rng.integers(0, 4, n)] * 4 + rng.normal(size=(n, 6))).astype(np.float32)


def test_the_choice_is_spread_over_clouds() -> None:
    vectors = np.repeat(np.eye(4, 6), 10, axis=0) + np.random.default_rng(1).normal(size=(40, 6)) * 0.05
    found = propose(vectors.astype(np.float32), np.arange(40), n=4, min_cosine=0.999, rng=np.random.default_rng(0))
    assert sorted((found.rows // 10).tolist()) == [0, 1, 2, 3] and found.stands_for.tolist() == [10] * 4


def test_copies_are_proposed_once_and_few_are_all_proposed() -> None:
    vectors = np.repeat(clouds(3), 2, axis=0)
    found = propose(vectors, np.arange(6), n=9, min_cosine=0.9999, rng=np.random.default_rng(0))
    assert len(found.rows) == 3 == len(set((found.rows // 2).tolist()))
    assert len(propose(vectors, np.empty(0, int), n=3, min_cosine=0.9, rng=np.random.default_rng(0)).rows) == 0
    with pytest.raises(BadParameter):
        propose(vectors, np.arange(6), n=0, min_cosine=0.9, rng=np.random.default_rng(0))


@given(st.integers(2, 30), st.floats(0.5, 0.999), st.integers(0, 6), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_what_is_near_agrees_with_every_pair_compared_by_itself(n, min_cosine, max_bits, seed) -> None:
    rng = np.random.default_rng(seed)
    vectors = clouds(n, seed)
    vectors[0] = np.nan if seed % 2 else 0
    hashes = (rng.integers(0, 8, n) + 48).astype(np.uint64)  # none of a flat picture
    candidates = rng.permutation(n)[: max(1, n // 2)]
    found = near_duplicates(candidates, vectors, hashes=hashes, min_cosine=min_cosine, max_bits=max_bits)
    expected = set()
    for place, row in enumerate(candidates.tolist()):
        for other in range(n):
            a, b = vectors[row].astype(float), vectors[other].astype(float)
            cosine = -1.0 if 0 in (row, other) else a @ b / np.linalg.norm(a) / np.linalg.norm(b)
            bits = bin(int(hashes[row]) ^ int(hashes[other])).count("1")
            if other != row and (cosine >= min_cosine + 1e-6 or bits <= max_bits):
                expected.add((place, other))
    assert expected <= set(zip(found.candidate.tolist(), found.other.tolist(), strict=True))
    assert (found.bits[np.isnan(found.cosine) | (found.cosine < min_cosine - 1e-6)] <= max_bits).all()
