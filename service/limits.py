"""How much may be asked: requests a second of each caller, bytes and pixels of a picture, seconds of a request."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from service.problems import Problem

MOST_CALLERS = 10_000  # whose rates are remembered; the one who asked longest ago is forgotten first


@dataclass(frozen=True)
class Limits:
    """The bounds of a service. rate: requests a second of one caller, 0: any; burst: so many at once before that.

    upload_bytes, pixels: of one picture. seconds: until a request is given up. decoding: pictures at a time.
    """

    rate: float = 50.0
    burst: int = 100
    upload_bytes: int = 10 << 20
    pixels: int = 50_000_000
    seconds: float = 30.0
    decoding: int = 2
    vector_bytes: int = 1 << 20


class Rates:
    """A bucket of requests for each caller, filled at `rate` a second up to `burst`."""

    def __init__(self, *, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(max(burst, 1))
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and when that was

    def take(self, caller: str, *, now: float | None = None) -> None:
        """Count a request; raises Problem 429, which says when to come again. now: seconds of a monotonic clock."""
        if self._rate <= 0:
            return
        now = time.monotonic() if now is None else now
        with self._lock:
            left, at = self._buckets.pop(caller, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            enough = left >= 1
            self._buckets[caller] = (left - 1 if enough else left, now)
            while len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
        if not enough:
            wait = int((1 - left) / self._rate) + 1
            raise Problem(
                429,
                "too-many-requests",
                f"More than {self._rate:g} requests a second; come again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )
