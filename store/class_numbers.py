"""A class is its name: the numbers that a source gives its classes become those that the dataset gave them once.

A number is given once and never again, so that decisions, predictions and versions of before mean the class that they
meant, whichever classes a source has today and in which order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.statements import sql


@dataclass(frozen=True)
class _Met:
    """Pictures that had the class `before` and have the class `now`, by its place in the source; of so many each."""

    before: int
    now: int
    n_both: int
    n_before: int
    n_now: int


def class_numbers(
    cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, names: Sequence[str], files: pa.Table
) -> list[int]:
    """The number in the dataset of each of `names`, the classes of a source in its order, none twice.

    files: path, label, labels by places in `names`. A name that is known keeps its number. One that is not takes over
    the number of a name that the source has lost, where the same pictures carry both: it was renamed. Any other is new.
    """
    known = cursor.execute(sql("known_classes"), {"dataset_id": dataset_id}).fetchall()
    number_of: dict[str, int] = {}
    for number, name in known:
        number_of.setdefault(name, number)  # two of one name are from before: the first is the older
    numbers = {place: number_of[name] for place, name in enumerate(names) if name in number_of}
    lost = {number for number, _ in known} - set(numbers.values())
    if lost and len(numbers) < len(names):
        cursor.register("incoming", files)
        rows = cursor.execute(sql("classes_that_met"), {"dataset_id": dataset_id}).fetchall()
        for met in sorted((_Met(*row) for row in rows), key=lambda met: (-met.n_both, met.before, met.now)):
            is_most = 2 * met.n_both > max(met.n_before, met.n_now)
            if is_most and met.before in lost and met.now not in numbers:
                numbers[met.now] = met.before
                lost.remove(met.before)
    following = max((number for number, _ in known), default=-1) + 1
    for place in range(len(names)):
        if place not in numbers:
            numbers[place], following = following, following + 1
    return [numbers[place] for place in range(len(names))]


def with_numbers(files: pa.Table, numbers: Sequence[int]) -> pa.Table:
    """`files` with label and labels by the dataset's numbers instead of places in the source's names."""
    if list(numbers) == list(range(len(numbers))):
        return files
    number_at = pa.array(numbers, pa.int32())
    label = number_at.take(files["label"].combine_chunks())
    lists = [None if each is None else sorted(numbers[place] for place in each) for each in files["labels"].to_pylist()]
    files = files.set_column(files.schema.get_field_index("label"), "label", label)
    return files.set_column(files.schema.get_field_index("labels"), "labels", pa.array(lists, pa.list_(pa.int32())))
