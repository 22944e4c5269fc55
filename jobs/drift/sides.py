"""Which pictures are the later ones of a comparison, and which the earlier ones."""

import datetime
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrays import Bools
from analytics.drift import LEAST
from analytics.wording import count
from jobs.drift.kind import DriftParameters
from jobs.engine.errors import NothingToDo, UnknownParameter


def later_and_earlier(images: pa.Table, parameters: DriftParameters) -> tuple[Bools, Bools, str]:
    """Which images (n,) are later and which earlier, and the first later day, import or split as it is called.

    Raises UnknownParameter for what is no day, import or split of the dataset; NothingToDo where a side has too few.
    """
    if parameters.by == "day":
        later, earlier, lately = _by_day(images, parameters)
    elif parameters.by == "import":
        later, earlier, lately = _by_import(images, parameters.lately)
    else:
        later, earlier, lately = _by_split(images, parameters.lately)
    if min(later.sum(), earlier.sum()) < LEAST:
        raise NothingToDo(
            f"There is too little to compare: {count(int(later.sum()), 'later picture')} ({parameters.by} {lately}) "
            f"and {count(int(earlier.sum()), 'earlier one')}; {LEAST} of each are needed."
        )
    return later, earlier, lately


def _by_day(images: pa.Table, parameters: DriftParameters) -> tuple[Bools, Bools, str]:
    days = images["imported_on"].cast(pa.date32()).to_numpy().astype("datetime64[D]")
    if not parameters.lately:
        first = days.max(initial=np.datetime64("1970-01-01"))
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", parameters.lately):
        try:
            first = np.datetime64(datetime.date.fromisoformat(parameters.lately))
        except ValueError:
            raise UnknownParameter(f"drift: there is no day {parameters.lately!r}.") from None
    else:
        raise UnknownParameter(f"drift: a day is written as 2026-11-30, not {parameters.lately!r}.")
    earlier = days < first
    if parameters.before_days:
        earlier &= days >= first - np.timedelta64(parameters.before_days)
    return days >= first, earlier, str(first)


def _by_import(images: pa.Table, lately: str) -> tuple[Bools, Bools, str]:
    runs = images["import_run"].to_numpy()
    if lately and not (lately.isdigit() and len(lately) < 10):
        raise UnknownParameter(f"drift: an import is named by the number of its run, not {lately!r}.")
    first = int(lately) if lately else int(runs.max(initial=0))
    return runs >= first, runs < first, str(first)


def _by_split(images: pa.Table, lately: str) -> tuple[Bools, Bools, str]:
    splits = images["split"]
    there = [split for split in pc.unique(splits).to_pylist() if split is not None]
    if lately not in there:
        known = ", ".join(sorted(there)) or "none"
        raise UnknownParameter(f"drift: name the later split; there is none called {lately!r} (splits: {known}).")
    later = pc.fill_null(pc.equal(splits, lately), False).to_numpy(zero_copy_only=False)
    return later, ~later, lately
