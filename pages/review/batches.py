"""The batches that are on reviewers' screens: what was shown of each picture, and in whose name acts on it are saved.

A batch is known by a token that only its page was given: a stranger's web page that talks to this server has none.
"""

import collections
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass

_KEPT = 512
_SECRET = secrets.token_bytes(32)  # new with every start of the app: a page that is older asks for its batch again


@dataclass(frozen=True)
class Batch:
    """What a page shows. evidence: by image id, what was said of it there. blind_run: whose blind sample it is."""

    dataset_id: int
    who: str
    reason: str
    names: tuple[str, ...]
    is_multi: bool
    blind_run: int | None
    run_id: int
    evidence: Mapping[int, dict[str, object]]


_batches: collections.OrderedDict[str, Batch] = collections.OrderedDict()
_redo: dict[tuple[str, int, str], list[str]] = {}  # workspace, dataset, who: undone batches, the newest last
_lock = threading.Lock()


def remember(batch: Batch) -> str:
    """The batch's token: the same for the same batch, and nobody else's to guess."""
    text = json.dumps({**vars(batch), "evidence": list(batch.evidence.items())}, sort_keys=True)
    token = hmac.new(_SECRET, text.encode(), hashlib.sha256).hexdigest()[:40]
    with _lock:
        _batches[token] = batch
        _batches.move_to_end(token)
        while len(_batches) > _KEPT:
            _batches.popitem(last=False)
    return token


def find(token: object) -> Batch | None:
    """The batch of a token, or None."""
    with _lock:
        return _batches.get(token) if isinstance(token, str) else None


def undone(root: str, batch: Batch, name: str) -> None:
    """Note that the decisions `name` were taken back and may be done again."""
    with _lock:
        _redo.setdefault((root, batch.dataset_id, batch.who), []).append(name)


def to_redo(root: str, batch: Batch) -> str | None:
    """The decisions taken back last, which are then no longer noted; None where there are none."""
    with _lock:
        names = _redo.get((root, batch.dataset_id, batch.who))
        return names.pop() if names else None


def acted(root: str, batch: Batch) -> None:
    """A new act: what was taken back before it is no longer done again by a key (the history still can)."""
    with _lock:
        _redo.pop((root, batch.dataset_id, batch.who), None)
