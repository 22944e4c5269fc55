"""Vitrine in a notebook: `vitrine.open(workspace)` reads a workspace, `vitrine.show(pictures)` shows pictures.

Nothing but this package's own name is taken from whoever imports it: what has to compute runs in processes of its own.
"""

from vitrine.errors import NotShown, NotThere, Unreadable, VitrineError
from vitrine.reading import Vectors, Workspace
from vitrine.reading import open_workspace as open
from vitrine.showing import Shown, show

__version__ = "0.2.0"
__all__ = ["NotShown", "NotThere", "Shown", "Unreadable", "Vectors", "VitrineError", "Workspace", "open", "show"]
