"""Threads take shorter turns, so that a key press is not kept waiting by other people's pages.

Only one thread of the app runs Python at a time, and by default gives way after 5 ms. A decision is some twenty steps,
each of which waits for its turn: beside pages that are being drawn it took twice as long as with turns of 1 ms
(benchmarks/README.md, "Reviewers"), which cost the pages about a tenth.
"""

import sys

TURN_S = 0.001


def take_short_turns() -> None:
    """From now on, in all threads of this process."""
    sys.setswitchinterval(TURN_S)
