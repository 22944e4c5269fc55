"""What a door is to the fuzz."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Try = Callable[[Any], None]


@dataclass(frozen=True)
class Target:
    """A door. drawn: what comes. opened: in a folder of its own, a function that tries one and judges the answer."""

    drawn: st.SearchStrategy[Any]
    opened: Callable[[Path], Try]
