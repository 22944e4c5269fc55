"""Which pictures train, validate and test: near duplicates stay on one side, classes are spread evenly."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analytics.arrays import Bools, Flags, Ints, Words
from analytics.errors import BadParameter
from analytics.folds import stratified_folds

TRAIN, VALIDATION, TEST, COPY, LEFT_OUT = "train", "validation", "test", "copy", "left-out"
STEP = 0.05  # shares are multiples of this
_FOLDS = 20
MAX_COPIES = 1_000
_TEST_NAMES = ("test",)
_VALIDATION_NAMES = ("val", "valid", "validation", "dev")
# Groups by perceptual hash alone are believed while none of them is larger: flat or very simple pictures chain
_LARGEST_BY_HASH, _LARGEST_SHARE = 50, 0.02


@dataclass(frozen=True)
class Parts:
    """What each picture is used for. part: (n,) str, one of the five words above.

    leaked_share: of the test pictures, how many would have a near duplicate in training under a split by chance.
    """

    part: Words
    leaked_share: float


def linked_groups(first: Ints, second: Ints, *, n: int) -> Ints:
    """The group (n,) int64 of each row: rows that hang together by the pairs `first`, `second` (m,)."""
    pairs = coo_array((np.ones(len(first), bool), (first, second)), shape=(n, n))
    return connected_components(pairs, directed=False)[1].astype(np.int64)


def strata_of(labels: Flags) -> Ints:
    """A class (n,) that stands for each picture's several: its rarest; c for a picture that carries none.

    labels: (n, c) of 0 and 1. Splits spread these classes evenly.
    """
    counts = labels.sum(0, dtype=np.int64)
    rarity = np.where(labels > 0, -counts, -np.inf)
    rarest: Ints = rarity.argmax(1)
    return np.where(labels.any(1), rarest, labels.shape[1])


def are_plausible(groups: Ints) -> bool:
    """Whether no group is larger than 50 pictures and 2 % of all; hashes of very simple pictures chain."""
    return int(np.bincount(groups).max(initial=0)) <= max(_LARGEST_BY_HASH, _LARGEST_SHARE * len(groups))


def parts_by_chance(labels: Ints, *, groups: Ints, validation: float, test: float, seed: int, in_set: Bools) -> Parts:
    """A stratified split by `seed` that keeps groups whole.

    labels: (n,) class index, -1 without one. groups: (n,) what belongs together. validation, test: shares in steps of
    0.05, of which 0.1 at least trains. in_set: (n,) bool, pictures of an evaluation set that exists: they are the test,
    and what belongs to one of them is left out. Raises BadParameter.
    """
    for name, share in (("validation", validation), ("test", test)):
        if not STEP <= share <= 0.5 or abs(share / STEP - round(share / STEP)) > 1e-6:
            raise BadParameter(f"{name} must be a share between 0.05 and 0.5 in steps of 0.05, not {share!r}.")
    if validation + test > 0.9:
        raise BadParameter(f"validation and test leave {1 - validation - test:.2f} for training; leave 0.1 at least.")
    folds = stratified_folds(labels, groups=groups, n_folds=_FOLDS, seed=seed)
    n_test, n_validation = round(test * _FOLDS), round(validation * _FOLDS)
    part = np.full(len(labels), TRAIN, dtype="<U10")
    part[(folds >= n_test) & (folds < n_test + n_validation)] = VALIDATION
    if in_set.any():
        part[np.isin(groups, groups[in_set])] = LEFT_OUT
        part[in_set] = TEST
    else:
        part[folds < n_test] = TEST
    return _with_copies(part, groups=groups, seed=seed)


def parts_by_column(
    splits: list[str | None],
    *,
    labels: Ints,
    groups: Ints,
    validation: float,
    seed: int,
    in_set: Bools,
) -> Parts:
    """The parts that a dataset's own splits name; near duplicates of test and validation pictures do not train.

    Where there is no test split, the validation split is the test and validation is drawn from the rest. Pictures of
    other splits (and without one) are left out. Raises BadParameter where no training pictures are named.
    """
    names = np.array([(split or "").strip().lower() for split in splits], dtype=object)
    tests, validations = np.isin(names, _TEST_NAMES), np.isin(names, _VALIDATION_NAMES)
    trains = np.isin(names, ("train", "training"))
    if not tests.any():
        tests, validations = validations, np.zeros(len(names), bool)
    if not trains.any() or not tests.any():
        raise BadParameter("The dataset's splits do not name both training and test (or validation) pictures.")
    if in_set.any():
        trains, tests = trains & ~in_set, in_set
        validations = validations & ~in_set
    part = np.full(len(labels), LEFT_OUT, dtype="<U10")
    part[trains] = TRAIN
    if not validations.any():
        folds = stratified_folds(labels, groups=groups, n_folds=_FOLDS, seed=seed)
        validations = trains & (folds < max(1, round(validation * _FOLDS)))
    part[trains & np.isin(groups, groups[validations])] = LEFT_OUT
    part[validations] = VALIDATION
    part[np.isin(groups, groups[tests])] = LEFT_OUT
    part[tests] = TEST
    return _with_copies(part, groups=groups, seed=seed)


def at_most(part: Words, *, labels: Ints, max_train: int, seed: int, even: bool = False) -> Words:
    """`part` with at most `max_train` training pictures; the others are left out.

    Of each class in proportion, or (even) as many of each as there are, so that two states of a dataset give training
    sets of the same size and the same mix of classes.
    """
    rows = np.flatnonzero(part == TRAIN)
    if not max_train or len(rows) <= max_train:
        return part
    rng = np.random.default_rng(seed)
    rows = rows[rng.permutation(len(rows))]
    position = np.empty(len(rows))  # how far along its class each row is: a share of it, or a number
    for label in np.unique(labels[rows]):
        mine = np.flatnonzero(labels[rows] == label)
        position[mine] = np.arange(len(mine)) if even else (np.arange(len(mine)) + 0.5) / len(mine)
    out = part.copy()
    out[rows[np.argsort(position, kind="stable")[max_train:]]] = LEFT_OUT
    return out


def copies_of_fewer(part: Words, *, before: Words, groups: Ints, seed: int) -> Parts:
    """`part` after at_most, with COPY only for near duplicates of pictures that still train, at most 1,000.

    before: (n,) as at_most was given it; what it left out may be such a near duplicate, too, one of each group.
    """
    out = np.where(part == COPY, LEFT_OUT, part)
    left = np.flatnonzero(np.isin(before, (TRAIN, COPY)) & (out == LEFT_OUT))
    near = left[np.isin(groups[left], groups[out == TRAIN])]
    near = near[np.random.default_rng(seed).permutation(len(near))]
    _, first = np.unique(groups[near], return_index=True)
    leaked = _leaked_share(out, groups=groups, rng=np.random.default_rng(seed))
    out[near[np.sort(first)][:MAX_COPIES]] = COPY
    return Parts(out, leaked)


def _with_copies(part: Words, *, groups: Ints, seed: int) -> Parts:
    """Of training groups with several pictures one is held back as COPY, to measure what a leak would have claimed."""
    rng = np.random.default_rng(seed)
    train = np.flatnonzero(part == TRAIN)
    _, which, sizes = np.unique(groups[train], return_inverse=True, return_counts=True)
    of_many = train[sizes[which] > 1]
    of_many = of_many[rng.permutation(len(of_many))]
    _, first = np.unique(groups[of_many], return_index=True)
    chosen = of_many[np.sort(first)][:MAX_COPIES]
    out = part.copy()
    out[chosen] = COPY
    return Parts(out, _leaked_share(part, groups=groups, rng=rng))


def _leaked_share(part: Words, *, groups: Ints, rng: np.random.Generator) -> float:
    """Shuffle train and test pictures, groups or not, and count the test pictures with a near duplicate in training."""
    used = np.flatnonzero((part == TRAIN) | (part == TEST))
    n_test = int((part == TEST).sum())
    if not n_test or n_test == len(used):
        return 0.0
    shuffled = used[rng.permutation(len(used))]
    test, train = shuffled[:n_test], shuffled[n_test:]
    return float(np.isin(groups[test], groups[train]).mean())
