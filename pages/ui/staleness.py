"""What has changed since a result was computed, in words."""

from collections.abc import Collection

from pages.ui import session
from pages.ui.text import listed
from store.runs import FinishedRun
from store.subjects import DATA, LABELS, NAMES, PICTURES, REMOVALS, SPLITS, VECTORS

_CHANGED = {LABELS: "labels", SPLITS: "splits", NAMES: "class names"}


def what_changed(changed: Collection[str]) -> str:
    """Subjects (of store.subjects) in words: "labels changed, and pictures were removed or restored"; "" for none."""
    named = [words for subject, words in _CHANGED.items() if subject in changed]
    clauses = [
        "pictures came, went or changed" if PICTURES in changed else "",
        "vectors were computed" if VECTORS in changed else "",
        f"{listed(named)} changed" if named else "",
        "pictures were removed or restored" if REMOVALS in changed else "",
    ]
    return ", and ".join(filter(None, clauses)) or ("pictures, labels or decisions changed" if DATA in changed else "")


def since(run: FinishedRun) -> str:
    """What has changed since a run, of what it read: "Since 03 May 2026, 12:00 UTC labels changed."; "" for nothing."""
    return f"Since {run.finished_at:%d %B %Y, %H:%M} UTC {what_changed(run.changed)}." if run.changed else ""


def sentence(run: FinishedRun, *, kind: str) -> str:
    """As `since`, with what the run's kind adds: what still holds, and what to do."""
    return f"{since(run)} {session.supervisor().kinds()[kind].stale}".strip() if run.changed else ""
