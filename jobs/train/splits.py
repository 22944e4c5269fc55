"""Which pictures of a training job train, validate and test: from the dataset's splits, or by chance."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from analytics.duplicates import hash_pairs
from analytics.errors import AnalyticsError
from analytics.splits import (
    Parts,
    are_plausible,
    at_most,
    copies_of_fewer,
    linked_groups,
    parts_by_chance,
    parts_by_column,
    strata_of,
)
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import Figures
from jobs.train.kind import TrainParameters

PAIRS = "pairs.npy"
_HASH_BITS = 4


def has_splits(splits: list[str | None]) -> bool:
    """Whether a dataset's splits name pictures to train on and others to test on."""
    names = _names(splits)
    return bool(names & {"train", "training"}) and bool(names & {"test", "val", "valid", "validation", "dev"})


def evaluation_name(parameters: TrainParameters, *, splits: list[str | None]) -> str:
    """The evaluation set's name: the one asked for, else one that says how it is chosen."""
    if parameters.evaluation:
        return parameters.evaluation.strip()
    if _by_column(parameters, splits):
        return "Test split" if "test" in _names(splits) else "Validation split"
    return f"Test {parameters.test:.0%} by chance, seed {parameters.split_seed}".replace("%", " %")


def _names(splits: list[str | None]) -> set[str]:
    return {(split or "").strip().lower() for split in splits}


def _by_column(parameters: TrainParameters, splits: list[str | None]) -> bool:
    """Whether the dataset's own splits are followed: "auto" does where they name a training and a test part."""
    return parameters.split == "column" or (parameters.split == "auto" and has_splits(splits))


def choose_parts(todo: pa.Table, *, folder: Path, parameters: TrainParameters) -> tuple[np.ndarray, Figures]:
    """The part (n,) of each picture, and figures: how many of each, how groups were found, what would have leaked.

    todo: label, labels, split, pixel_sha256, phash, in_set. folder: holds PAIRS. Raises UnknownParameter.
    """
    labels = classes_of(todo)
    groups, groups_by = _groups(todo, np.load(folder / PAIRS))
    by_column = _by_column(parameters, todo["split"].to_pylist())
    try:
        parts = _parts(todo, labels, groups, parameters=parameters, by_column=by_column)
    except AnalyticsError as error:
        raise UnknownParameter(f"train: {error}") from error
    part, leaked_share = np.where((labels < 0) & (parts.part != "test"), "left-out", parts.part), parts.leaked_share
    seed, max_train = parameters.split_seed, parameters.max_train
    if max_train:
        fewer = at_most(part, labels=labels, max_train=max_train, seed=seed, even=parameters.even)
        drawn = copies_of_fewer(fewer, before=part, groups=groups, seed=seed)
        part, leaked_share = drawn.part, drawn.leaked_share
    names = ("train", "validation", "copy", "left-out")
    figures: Figures = {f"n_{name.replace('-', '_')}": int((part == name).sum()) for name in names}
    figures |= {"groups_by": groups_by, "split_by": "column" if by_column else "chance"}
    return part, figures | {"leaked_share": round(leaked_share, 4)}


def _parts(
    todo: pa.Table, labels: np.ndarray, groups: np.ndarray, *, parameters: TrainParameters, by_column: bool
) -> Parts:
    in_set, seed = todo["in_set"].to_numpy(zero_copy_only=False), parameters.split_seed
    if by_column:
        return parts_by_column(
            todo["split"].to_pylist(),
            labels=labels,
            groups=groups,
            validation=parameters.validation,
            seed=seed,
            in_set=in_set,
        )
    return parts_by_chance(
        labels,
        groups=groups,
        validation=parameters.validation,
        test=parameters.test,
        seed=seed,
        in_set=in_set,
    )


def has_several(todo: pa.Table) -> bool:
    """Whether the pictures may carry several labels each."""
    return bool(todo["labels"].null_count < todo.num_rows)


def many_hot(todo: pa.Table, *, n_classes: int) -> np.ndarray:
    """(n, n_classes) uint8: 1 for each label that a picture carries."""
    out = np.zeros((todo.num_rows, n_classes), np.uint8)
    for row, held in enumerate(todo["labels"].to_pylist()):
        out[row, held or []] = 1
    return out


def classes_of(todo: pa.Table) -> np.ndarray:
    """(n,) int64: each picture's class, -1 without one; of several labels the rarest, n_classes for an empty list."""
    if not has_several(todo):
        return np.asarray(todo["label"].fill_null(-1).to_numpy().astype(np.int64))
    rows = todo["labels"].to_pylist()
    n_classes = 1 + max((max(row, default=0) for row in rows if row is not None), default=0)
    is_labelled = np.array([row is not None for row in rows])
    return np.where(is_labelled, strata_of(many_hot(todo, n_classes=n_classes)), -1).astype(np.int64)


def _groups(todo: pa.Table, pairs: np.ndarray) -> tuple[np.ndarray, str]:
    """What belongs together (n,), and in words how that was found out."""
    n, compared = todo.num_rows, not (pairs < 0).any()
    pairs = pairs[(pairs >= 0).all(axis=1)]
    _, first, same = np.unique(np.array(todo["pixel_sha256"].to_pylist()), return_index=True, return_inverse=True)
    left, right = [np.arange(n), pairs[:, 0]], [first[same], pairs[:, 1]]
    if not compared:  # the search for duplicates knows better which hashes to believe
        near_a, near_b, _ = hash_pairs(todo["phash"].to_numpy().astype(np.uint64), max_bits=_HASH_BITS)
        by_hash = linked_groups(np.concatenate([*left, near_a]), np.concatenate([*right, near_b]), n=n)
        if are_plausible(by_hash):
            return by_hash, "equal pixels and perceptual hashes"
        return linked_groups(np.concatenate(left), np.concatenate(right), n=n), "equal pixels"
    groups = linked_groups(np.concatenate(left), np.concatenate(right), n=n)
    if are_plausible(groups):
        return groups, "the search for duplicates"
    return linked_groups(left[0], right[0], n=n), "equal pixels"
