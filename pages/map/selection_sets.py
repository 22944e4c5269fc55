"""Which points are selected: sets that browsers left with the server, and saved selections, for any map.

A set is kept in memory under a name made of its content, as a bit a point of the map it was drawn on; a saved selection
is called "s" and its number. Sets that nobody asked for lately are forgotten.
"""

import functools
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from analytics.point_sets import SetTrust, pack_set, set_trust, unpack_set
from pages.ui import owner
from store import projections, selections

KEPT_BYTES = 32_000_000
_kept: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
_lock = threading.Lock()


class Forgotten(LookupError):
    """A set that is not kept any longer."""


@dataclass(frozen=True)
class Chosen:
    """A selection on a map: its images (n,) int64 ascending, how many have a point here, how the map does there."""

    image_ids: np.ndarray
    n_on_map: int
    trust: SetTrust | None


def keep(run_id: int, body: bytes) -> tuple[str, int]:
    """Keep a set of run `run_id`'s points; its name and its size. Raises WrongShape for a wrong number of bytes."""
    members = unpack_set(body, n=len(run_images(run_id)))
    key = hashlib.sha256(f"{run_id}:".encode() + body).hexdigest()[:24]
    with _lock:
        _kept[key] = (run_id, body)
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(len(kept) for _, kept in _kept.values()) > KEPT_BYTES:
            _kept.popitem(last=False)
    return key, int(members.sum())


def image_ids(key: str) -> np.ndarray:
    """The images (n,) int64, ascending, of a kept set or a saved selection; raises Forgotten."""
    if key.startswith("s"):
        if not key[1:].isdecimal() or len(key) > 10:
            raise Forgotten(f"There is no selection {key[:20]!r}.")
        return selections.selection_images(owner.get().workspace, int(key[1:]))
    with _lock:
        if key not in _kept:
            raise Forgotten("This selection is not kept any longer: the app was restarted, or it is long ago.")
        _kept.move_to_end(key)
        run_id, body = _kept[key]
    ids = run_images(run_id)
    return ids[unpack_set(body, n=len(ids))]


def members(key: str, *, run_id: int) -> bytes:
    """The selection `key` as a set of run `run_id`'s points, a bit a point; raises Forgotten."""
    return pack_set(np.isin(run_images(run_id), image_ids(key), assume_unique=True))


def chosen(key: str, *, run_id: int) -> Chosen:
    """The selection `key` seen on the map of run `run_id`; raises Forgotten."""
    ids = image_ids(key)
    on_map = np.isin(run_images(run_id), ids, assume_unique=True)
    return Chosen(ids, int(on_map.sum()), set_trust(_trust(_root(), run_id), on_map))


def n_outside(found: Chosen, body: bytes, *, run_id: int) -> int:
    """How many images of a selection are points of the run but not in the set `body`."""
    ids = run_images(run_id)
    outside = ids[~unpack_set(body, n=len(ids))]
    return int(np.isin(found.image_ids, outside, assume_unique=True).sum())


def run_images(run_id: int) -> np.ndarray:
    """image ids (n,) int64 of a run's points, in their order."""
    return _run_images(_root(), run_id)


@functools.lru_cache(maxsize=4)
def _run_images(root: str, run_id: int) -> np.ndarray:
    found = projections.points(owner.get().workspace, run_id)[1]
    if not len(found):
        raise LookupError(f"Run {run_id} has no points.")  # not kept: it may yet have some
    return found


@functools.lru_cache(maxsize=4)
def _trust(root: str, run_id: int) -> np.ndarray:
    return projections.point_trust(owner.get().workspace, run_id)


def _root() -> str:
    return str(owner.get().workspace.root)
