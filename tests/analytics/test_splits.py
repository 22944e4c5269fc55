"""Which pictures train, validate and test: groups stay whole, sets stay out, and what a leak would claim."""

import numpy as np
import pytest

from analytics.errors import BadParameter
from analytics.scores import balanced_accuracy, claimed_with_leak, recalls
from analytics.splits import are_plausible, at_most, copies_of_fewer, linked_groups, parts_by_chance, parts_by_column

N = 400
LABELS = np.arange(N) % 4
GROUPS = np.concatenate([np.repeat(np.arange(50), 4), np.arange(50, 250)])
NOBODY = np.zeros(N, bool)


def by_chance(**changed):
    given = {"groups": GROUPS, "validation": 0.1, "test": 0.2, "seed": 3, "in_set": NOBODY}
    return parts_by_chance(LABELS, **(given | changed))


def test_near_duplicates_never_straddle_a_split() -> None:
    part = by_chance().part
    side = np.where(part == "copy", "train", part)
    for group in np.unique(GROUPS):
        assert len(set(side[group == GROUPS])) == 1
    counts = {name: int((part == name).sum()) for name in np.unique(part)}
    assert abs(counts["test"] - 80) <= 15 and abs(counts["validation"] - 40) <= 15 and counts["copy"] >= 20


def test_one_picture_of_a_training_group_is_held_back_at_most() -> None:
    part = by_chance().part
    for group in np.unique(GROUPS[part == "copy"]):
        mine = part[group == GROUPS]
        assert (mine == "copy").sum() == 1 and (mine == "train").sum() >= 1


def test_the_same_seed_gives_the_same_parts_and_another_seed_others() -> None:
    assert (by_chance().part == by_chance().part).all()
    assert (by_chance().part != by_chance(seed=4).part).any()


def test_an_evaluation_set_that_exists_is_the_test_and_its_copies_do_not_train() -> None:
    first = by_chance()
    in_set = first.part == "test"
    chosen = in_set.copy()
    chosen[np.flatnonzero(in_set)[0]] = False  # one of a group is new
    part = by_chance(in_set=chosen).part
    assert ((part == "test") == chosen).all()
    assert not np.isin(GROUPS[np.isin(part, ("train", "copy", "validation"))], GROUPS[chosen]).any()
    assert ((part == "validation") == (first.part == "validation")).all()


def test_the_datasets_own_splits_are_kept_but_for_their_leaks() -> None:
    splits = ["train"] * 250 + ["val"] * 50 + ["test"] * 100
    given = {"labels": LABELS, "groups": GROUPS, "validation": 0.1, "seed": 3, "in_set": NOBODY}
    part = parts_by_column(splits, **given).part
    assert (part[300:] == "test").all() and (part[250:300] == "validation").all()
    leaking = GROUPS.copy()
    leaking[0] = GROUPS[399]
    assert parts_by_column(splits, **(given | {"groups": leaking})).part[0] == "left-out"
    no_test = parts_by_column(["train"] * 300 + ["val"] * 100, **given).part
    assert (no_test[300:] == "test").all() and (no_test[:300] == "validation").sum() > 5
    with pytest.raises(BadParameter, match="do not name both"):
        parts_by_column([None] * N, **given)


@pytest.mark.parametrize("shares", [(0.0, 0.1), (0.1, 0.12), (0.5, 0.5)])
def test_shares_out_of_range_are_refused(shares) -> None:
    with pytest.raises(BadParameter):
        by_chance(validation=shares[0], test=shares[1])


def test_fewer_training_pictures_keep_the_classes_in_proportion() -> None:
    labels = np.repeat([0, 1], [90, 10])
    part = at_most(np.full(100, "train", dtype="<U10"), labels=labels, max_train=50, seed=1)
    kept = labels[part == "train"]
    assert len(kept) == 50 and (kept == 1).sum() == 5


def test_pairs_chain_into_groups() -> None:
    groups = linked_groups(np.array([0, 1]), np.array([1, 4]), n=5)
    assert groups[0] == groups[1] == groups[4] and len(set(groups)) == 3
    assert are_plausible(groups) and not are_plausible(np.zeros(400, int))


def test_recalls_by_hand() -> None:
    truth, predicted = np.array([0, 0, 0, 0, 1, -1]), np.array([0, 0, 0, 1, 1, 0])
    assert recalls(truth, predicted=predicted, n_classes=3)[:2].tolist() == [0.75, 1.0]
    assert balanced_accuracy(truth, predicted=predicted, n_classes=3) == 0.875
    assert np.isnan(balanced_accuracy(np.array([-1]), predicted=np.array([0]), n_classes=2))


def test_a_leak_weighs_copies_by_how_often_chance_would_have_them() -> None:
    truth = np.zeros(8, int)
    predicted = np.array([0, 1, 1, 1, 0, 0, 0, 0])  # a quarter of honest ones right, all copies
    copies = np.arange(8) >= 4
    claimed = claimed_with_leak(truth, predicted=predicted, is_copy=copies, leaked_share=0.2, n_classes=1)
    assert claimed == pytest.approx(0.8 * 0.25 + 0.2)
    assert np.isnan(
        claimed_with_leak(truth, predicted=predicted, is_copy=~truth.astype(bool), leaked_share=0.2, n_classes=1)
    )


def test_a_leak_is_as_likely_as_groups_are_common() -> None:
    assert by_chance().leaked_share > 0.3 and by_chance(groups=np.arange(N)).leaked_share == 0


def test_of_fewer_training_pictures_only_their_own_near_duplicates_measure_a_leak() -> None:
    before = np.array(["train", "copy", "train", "copy", "train", "train", "test", "train"], dtype="<U10")
    groups = np.array([0, 0, 1, 1, 2, 2, 3, 4])
    part = np.where(np.isin(np.arange(8), (0, 4, 7)), before, np.where(before == "train", "left-out", before))
    found = copies_of_fewer(part, before=before, groups=groups, seed=1)
    said = ["train", "copy", "left-out", "left-out", "train", "copy", "test", "train"]
    assert found.part.tolist() == said and found.leaked_share == 0


def test_even_draws_have_the_same_mix_whatever_the_pool() -> None:
    for sizes in ((60, 30, 20), (25, 80, 15)):
        labels = np.repeat(np.arange(3), sizes)
        part = at_most(np.full(len(labels), "train", dtype="<U10"), labels=labels, max_train=45, seed=1, even=True)
        assert np.bincount(labels[part == "train"]).tolist() == [15, 15, 15]
