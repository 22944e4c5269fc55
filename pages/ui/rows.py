"""Rows of tables that the store gives as tables, as a page draws them."""

from collections.abc import Mapping
from typing import Any

# Column by name; the store's statement says which columns there are and of what type.
Row = Mapping[str, Any]
