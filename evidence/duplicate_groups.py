"""Groups of duplicates at chosen thresholds. The page Duplicates and measures share it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from analytics import duplicates as analysis
from store import duplicates
from store.connection import Workspace

KINDS = ("file", "pixels", "hash", "embedding")
MIN_COSINE, MAX_BITS = 0.95, 4


@dataclass(frozen=True)
class Grouped:
    """The pairs that are near enough, the groups they make, the facts of groups.image_ids in their order, and of each
    group its size, whether its labels differ and whether it reaches over splits.
    """

    near: analysis.Pairs
    groups: analysis.Groups
    facts: pa.Table
    judged: analysis.Judged


def grouped(
    workspace: Workspace,
    dataset_id: int,
    pairs: analysis.Pairs,
    *,
    kinds: Sequence[str] = KINDS,
    min_cosine: float = MIN_COSINE,
    max_bits: int = MAX_BITS,
) -> Grouped:
    """The groups that pairs make which are the same by one of `kinds`, near ones from these thresholds on."""
    near = analysis.near_enough(pairs, kinds=kinds, min_cosine=min_cosine, max_bits=max_bits)
    groups = analysis.grouped(near)
    facts = duplicates.facts(workspace, dataset_id, groups.image_ids)
    judged = analysis.judged(groups, label_keys(facts), facts["split"].to_pylist())
    return Grouped(near, groups, facts, judged)


def label_keys(facts: pa.Table) -> list[tuple[int, ...] | None]:
    """Each image's classes as one value to compare; None without any."""
    rows = zip(facts["label"].to_pylist(), facts["labels"].to_pylist(), strict=True)
    return [tuple(sorted(set(labels))) if labels else None if label is None else (label,) for label, labels in rows]
