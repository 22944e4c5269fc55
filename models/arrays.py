"""Names for the arrays that travel, by what they hold; shapes, and a dtype that matters, stand in docstrings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Numbers = NDArray[np.integer[Any] | np.floating[Any]]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]  # pixels
Masks = NDArray[np.bool_ | np.floating[Any]]
