"""Threads take shorter turns, so that a key press is not kept waiting by other people's pages.

Only one thread of the app runs Python at a time, and by default gives way after 5 ms. A decision is some twenty steps,
each of which waits for its turn: beside others that never rest it took 1.6 to 1.9 times as long as with turns of 1 ms,
in which those others get a tenth to a quarter less done (docs/decisions.md, "Many visitors at once").
"""

import sys

TURN_S = 0.001


def take_short_turns() -> None:
    """From now on, in all threads of this process."""
    sys.setswitchinterval(TURN_S)
