"""What is made to even out classes, and how the pictures come about."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analytics.balancing import MIXING, TECHNIQUES, level, plan
from analytics.errors import BadParameter
from models.augmentation import augment


def made(labels, techniques, *, budget=10**6, max_level=0, n_classes=3, seed=0):
    return plan(
        np.array(labels),
        n_classes=n_classes,
        techniques=techniques,
        budget=budget,
        max_level=max_level,
        rng=np.random.default_rng(seed),
    )


def test_classes_are_raised_to_the_largest() -> None:
    found = made([0, 0, 0, 0, 1, 1, 2], ["oversampling"])
    labels = np.array([0, 0, 0, 0, 1, 1, 2])[found.parent]
    assert np.bincount(labels, minlength=3).tolist() == [0, 2, 3]
    assert found.number[labels == 2].tolist() == [1, 2, 3]  # one parent, three numbered copies
    assert sorted(found.parent[labels == 1].tolist()) == [4, 5]  # each parent once before any twice
    assert (found.partner == -1).all() and np.isnan(found.own_share).all()


def test_the_budget_holds_and_is_used() -> None:
    counts = np.array([10, 4, 1])
    assert level(counts, budget=1000) == 10
    assert level(counts, budget=20) == 5  # 10 + 5 + 5
    assert level(counts, budget=16) == 2 and level(counts, budget=15) == 1  # 10 + 4 + 2
    assert level(counts, budget=1000, max_level=30) == 30
    assert level(np.zeros(3, int), budget=10) == 0


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 200))
def test_no_higher_level_fits_the_budget(counts, budget) -> None:
    counts = np.array(counts)
    filled = counts[counts > 0]
    fits = [n for n in range(1, counts.max() + 1) if np.maximum(filled, n).sum() <= budget]
    assert level(counts, budget=budget) == max(fits, default=0)


@given(
    st.lists(st.integers(-1, 2), min_size=1, max_size=30),
    st.lists(st.sampled_from(TECHNIQUES), min_size=1, unique=True),
    st.integers(0, 90),
)
def test_nothing_is_made_twice_and_nothing_is_made_of_nothing(labels, techniques, budget) -> None:
    found = made(labels, techniques, budget=budget)
    labels = np.array(labels)
    names = list(zip(found.parent, found.technique, found.number, strict=True))
    assert len(set(names)) == len(names)
    assert (labels[found.parent] >= 0).all()
    flips = found.technique == TECHNIQUES.index("flip")
    assert (found.number[flips] == 1).all()
    if len(found):
        assert (labels >= 0).sum() + len(found) <= budget
    mixed = found.partner >= 0
    assert (found.partner[mixed] != found.parent[mixed]).all()
    assert ((found.own_share[mixed] >= 0.6) & (found.own_share[mixed] <= 0.9001)).all()
    assert (labels[found.partner[mixed]] >= 0).all()


def test_flips_that_are_used_up_are_made_otherwise_or_counted_as_short() -> None:
    labels = [0] * 10 + [1] * 2
    alone = made(labels, ["flip"], n_classes=2)
    assert len(alone) == 2 and alone.n_short.tolist() == [0, 6]
    both = made(labels, ["flip", "crop"], n_classes=2)
    assert len(both) == 8 and not both.n_short.any()


def test_the_same_seed_makes_the_same_plan() -> None:
    labels = np.random.default_rng(1).integers(0, 3, 50).tolist()
    first, again, other = (made(labels, list(TECHNIQUES), max_level=60, seed=seed) for seed in (4, 4, 5))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(vars(first).values(), vars(again).values()))  # noqa: B905
    assert not np.array_equal(first.parent, other.parent)


@pytest.mark.parametrize("techniques", [[], ["rotate"], ["flip", "flip"]])
def test_techniques_that_do_not_exist_are_named(techniques) -> None:
    with pytest.raises(BadParameter, match="oversampling, flip"):
        made([0, 0, 1], techniques)


def picture(seed: int, size=(20, 16)) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_size_and_mode_stay_and_the_seed_decides(technique) -> None:
    mixing = {"partner": picture(2, (64, 40)), "own_share": 0.7} if technique in MIXING else {}
    first, again = (augment(picture(1), technique=technique, seed=9, **mixing) for _ in range(2))
    assert (first.size, first.mode) == ((20, 16), "RGB")
    assert first.tobytes() == again.tobytes()
    assert (first.tobytes() == picture(1).tobytes()) == (technique == "oversampling")


def test_mixtures_by_hand() -> None:
    white, black = (Image.new("RGB", (10, 10), colour) for colour in ("white", "black"))
    mixed = np.asarray(augment(white, technique="mixup", seed=0, partner=black, own_share=0.8))
    assert (mixed == 204).all()
    cut = np.asarray(augment(white, technique="cutmix", seed=0, partner=black, own_share=0.75))
    assert (cut == 0).all(axis=2).sum() == 25  # a box of 5 x 5
    flipped = np.asarray(augment(picture(3), technique="flip", seed=0))
    assert (flipped == np.asarray(picture(3))[:, ::-1]).all()


def test_a_mixture_needs_two() -> None:
    with pytest.raises(ValueError, match="alone"):
        augment(picture(1), technique="mixup", seed=0)
