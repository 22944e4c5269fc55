"""Names for the arrays that travel, by what they hold; shapes, and a dtype that matters, stand in docstrings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Numbers = NDArray[np.integer[Any] | np.floating[Any]]
Bools = NDArray[np.bool_]
Flags = NDArray[np.bool_ | np.integer[Any]]  # true and false, or 1 and 0
Bytes = NDArray[np.uint8]  # pixels, codes
Words = NDArray[np.str_]


def ratio(part: Numbers, whole: Numbers, *, empty: float) -> Floats:
    """part / whole, broadcast, as float64; `empty` where whole is not above 0."""
    part, whole = np.broadcast_arrays(part, whole)
    out = np.full(part.shape, empty, np.float64)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
