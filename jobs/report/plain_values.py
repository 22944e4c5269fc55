"""Values of a Plotly figure as numbers, however the figure keeps them."""

import datetime
from typing import Any

import numpy as np
from matplotlib import dates as mdates

from analytics.arrays import Floats
from jobs.report.plain_style import listed


def as_numbers(values: Any) -> Floats:
    """Numbers, NaN where there is none; days as matplotlib counts them; words by their place."""
    found = listed(values)
    if is_day(found):
        return np.array([mdates.date2num(datetime.datetime.fromisoformat(str(value))) for value in found])
    if any(isinstance(value, str) for value in found):
        places = {value: place for place, value in enumerate(dict.fromkeys(found))}
        return np.array([places[value] for value in found], float)
    return np.array([np.nan if value is None else float(value) for value in found])


def is_day(values: Any) -> bool:
    """Whether the values are days, written as ISO 8601 has them."""
    first = next(iter(listed(values)), None)
    if not isinstance(first, str):
        return False
    try:
        datetime.datetime.fromisoformat(first)
    except ValueError:
        return False
    return True
