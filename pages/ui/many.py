"""What the app's process is told once, so that many visitors at a time get their turns."""

import contextlib
from collections.abc import Iterator

from pages.ui import sockets, turns
from pages.ui.collecting import Collecting


@contextlib.contextmanager
def ready_for_many() -> Iterator[None]:
    """Within it sockets send at once, threads take short turns, and garbage is collected for all together."""
    sockets.send_at_once()
    turns.take_short_turns()
    garbage = Collecting()
    garbage.start()
    try:
        yield
    finally:
        garbage.stop()
