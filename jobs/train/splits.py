"""Which pictures of a training job train, validate and test: from the dataset's splits, or by chance."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from analytics.duplicates import hash_pairs
from analytics.errors import AnalyticsError
from analytics.splits import (
    are_plausible,
    at_most,
    copies_of_fewer,
    linked_groups,
    parts_by_chance,
    parts_by_column,
    strata_of,
)
from jobs.engine.errors import UnknownParameter

PAIRS = "pairs.npy"
_HASH_BITS = 4


@dataclass(frozen=True)
class Rules:
    """split: "column" (the dataset's own splits), "chance", or "auto" (the splits where they name a test).

    most_train: training pictures at most (0: all), by class in proportion or (even) as many of each.
    """

    split: str
    validation: float
    test: float
    split_seed: int
    most_train: int
    even: bool


def has_splits(splits: list[str | None]) -> bool:
    """Whether a dataset's splits name pictures to train on and others to test on."""
    said = {(split or "").strip().lower() for split in splits}
    return bool(said & {"train", "training"}) and bool(said & {"test", "val", "valid", "validation", "dev"})


def evaluation_name(parameters: dict[str, object], *, splits: list[str | None]) -> str:
    """The evaluation set's name: the one asked for, else one that says how it is chosen."""
    if parameters["evaluation"]:
        return str(parameters["evaluation"]).strip()
    by_column = parameters["split"] == "column" or (parameters["split"] == "auto" and has_splits(splits))
    if by_column:
        said = {(split or "").strip().lower() for split in splits}
        return "Test split" if "test" in said else "Validation split"
    return f"Test {float(parameters['test']):.0%} by chance, seed {parameters['split_seed']}".replace("%", " %")


def choose_parts(todo: pa.Table, *, folder: Path, rules: Rules) -> tuple[np.ndarray, dict[str, object]]:
    """The part (n,) of each picture, and figures: how many of each, how groups were found, what would have leaked.

    todo: label, labels, split, pixel_sha256, phash, in_set. folder: holds PAIRS. Raises UnknownParameter.
    """
    labels = classes_of(todo)
    groups, by = _groups(todo, np.load(folder / PAIRS))
    splits, in_set = todo["split"].to_pylist(), todo["in_set"].to_numpy(zero_copy_only=False)
    by_column = rules.split == "column" or (rules.split == "auto" and has_splits(splits))
    known = {"groups": groups, "validation": rules.validation, "seed": rules.split_seed, "in_set": in_set}
    try:
        if by_column:
            parts = parts_by_column(splits, labels=labels, **known)
        else:
            parts = parts_by_chance(labels, test=rules.test, **known)
    except AnalyticsError as error:
        raise UnknownParameter(f"train: {error}") from error
    part = np.where((labels < 0) & (parts.part != "test"), "left-out", parts.part)
    fewer = at_most(part, labels=labels, most_train=rules.most_train, seed=rules.split_seed, even=rules.even)
    leaked = parts.leaked_share
    if rules.most_train:
        drawn = copies_of_fewer(fewer, before=part, groups=groups, seed=rules.split_seed)
        fewer, leaked = drawn.part, drawn.leaked_share
    part = fewer
    names = ("train", "validation", "copy", "left-out")
    about: dict[str, object] = {f"n_{name.replace('-', '_')}": int((part == name).sum()) for name in names}
    about |= {"groups_by": by, "split_by": "column" if by_column else "chance"}
    return part, about | {"leaked_share": round(leaked, 4)}


def has_several(todo: pa.Table) -> bool:
    """Whether the pictures may carry several labels each."""
    return todo["labels"].null_count < todo.num_rows


def many_hot(todo: pa.Table, *, n_classes: int) -> np.ndarray:
    """(n, n_classes) uint8: 1 for each label that a picture carries."""
    out = np.zeros((todo.num_rows, n_classes), np.uint8)
    for row, held in enumerate(todo["labels"].to_pylist()):
        out[row, held or []] = 1
    return out


def classes_of(todo: pa.Table) -> np.ndarray:
    """(n,) int64: each picture's class, -1 without one; of several labels the rarest, n_classes for an empty list."""
    if not has_several(todo):
        return todo["label"].fill_null(-1).to_numpy().astype(np.int64)
    rows = todo["labels"].to_pylist()
    n_classes = 1 + max((max(row, default=0) for row in rows if row is not None), default=0)
    known = np.array([row is not None for row in rows])
    return np.where(known, strata_of(many_hot(todo, n_classes=n_classes)), -1).astype(np.int64)


def _groups(todo: pa.Table, pairs: np.ndarray) -> tuple[np.ndarray, str]:
    """What belongs together (n,), and in words how that was found out."""
    n, compared = todo.num_rows, not (pairs < 0).any()
    pairs = pairs[(pairs >= 0).all(axis=1)]
    _, first, same = np.unique(np.array(todo["pixel_sha256"].to_pylist()), return_index=True, return_inverse=True)
    left, right = [np.arange(n), pairs[:, 0]], [first[same], pairs[:, 1]]
    if not compared:  # the search for duplicates knows better which hashes to believe
        near_a, near_b, _ = hash_pairs(todo["phash"].to_numpy().astype(np.uint64), most_bits=_HASH_BITS)
        by_hash = linked_groups(np.concatenate([*left, near_a]), np.concatenate([*right, near_b]), n=n)
        if are_plausible(by_hash):
            return by_hash, "equal pixels and perceptual hashes"
        return linked_groups(np.concatenate(left), np.concatenate(right), n=n), "equal pixels"
    groups = linked_groups(np.concatenate(left), np.concatenate(right), n=n)
    if are_plausible(groups):
        return groups, "the search for duplicates"
    return linked_groups(left[0], right[0], n=n), "equal pixels"
