"""How long to wait before another try: what a host asks for, or a back-off that no two tries share."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT_S = 0.5
AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 522, 524))  # statuses that another try may change
BUSY = frozenset((429, 503))  # of those, what speaks of the whole host


def retry_after_s(value: str, *, now: datetime | None = None) -> float | None:
    """The seconds that a header Retry-After asks for, as a number or as a date; None where it says neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def back_off_s(attempt: int, *, rng: random.Random, longest_s: float) -> float:
    """Seconds before try attempt + 1, doubled each time, and between half and one and a half of that by chance."""
    return min(longest_s, FIRST_WAIT_S * 2.0 ** min(attempt, 16) * rng.uniform(0.5, 1.5))
