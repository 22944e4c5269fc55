"""Two detectors' boxes beside each other: how many of each class both have, and in which pictures they differ."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.boxes import one_to_one


@dataclass(frozen=True)
class Agreement:
    """classes: name, n_first, n_second, n_both, mean_overlap, share; pictures: image_id, n_differ, the most first.

    share: n_both of all objects that either has, each counted once, in [0, 1]. n_differ: objects that only one has.
    """

    classes: pa.Table
    pictures: pa.Table
    n_first: int
    n_second: int
    n_both: int

    @property
    def share(self) -> float:
        """Both of either, over all classes; NaN where there is no object."""
        either = self.n_first + self.n_second - self.n_both
        return self.n_both / either if either else float("nan")


def agreement(objects: pa.Table, pairs: pa.Table) -> Agreement:
    """Compare two runs.

    objects: image_id, name, n_first, n_second (a row a picture and class). pairs: image_id, name, first_row,
    second_row, overlap: boxes of one class in one picture that overlap enough. Each box is paired once, the largest
    overlaps first.
    """
    stands = one_to_one(pairs["first_row"].to_numpy(), pairs["second_row"].to_numpy(), pairs["overlap"].to_numpy())
    both = pairs.filter(pa.array(stands))
    per_class = _sums(objects, "name").join(_matched(both, "name"), keys="name")
    per_class = _with_zero(per_class)
    either = pc.subtract(pc.add(per_class["n_first"], per_class["n_second"]), per_class["n_both"])
    classes = per_class.append_column("share", pc.divide(pc.cast(per_class["n_both"], pa.float64()), either))
    classes = classes.take(pc.sort_indices(either, sort_keys=[("", "descending")]))
    per_image = _with_zero(_sums(objects, "image_id").join(_matched(both, "image_id"), keys="image_id"))
    differ = pc.subtract(pc.add(per_image["n_first"], per_image["n_second"]), pc.multiply(per_image["n_both"], 2))
    pictures = per_image.append_column("n_differ", differ).sort_by(
        [("n_differ", "descending"), ("image_id", "ascending")]
    )
    return Agreement(
        classes,
        pictures.select(["image_id", "n_differ"]),
        int(np.sum(objects["n_first"].to_numpy())),
        int(np.sum(objects["n_second"].to_numpy())),
        both.num_rows,
    )


def _sums(objects: pa.Table, key: str) -> pa.Table:
    sums = objects.group_by(key).aggregate([("n_first", "sum"), ("n_second", "sum")])
    return sums.rename_columns(
        [{"n_first_sum": "n_first", "n_second_sum": "n_second"}.get(n, n) for n in sums.column_names]
    )


def _matched(both: pa.Table, key: str) -> pa.Table:
    matched = both.group_by(key).aggregate([("overlap", "count"), ("overlap", "mean")])
    names = {"overlap_count": "n_both", "overlap_mean": "mean_overlap"}
    return matched.rename_columns([names.get(name, name) for name in matched.column_names])


def _with_zero(table: pa.Table) -> pa.Table:
    column = table.column_names.index("n_both")
    return table.set_column(column, "n_both", pc.fill_null(pc.cast(table["n_both"], pa.int64()), 0))
