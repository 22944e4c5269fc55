"""The audit log: who did what, in which role, from where, when. It grows and is never changed; `writing` writes it."""

import datetime
from dataclasses import dataclass

from store.acts import ACTS
from store.connection import Workspace


@dataclass(frozen=True)
class Noted:
    """A deed in the log. who: "" where nobody said; how: by which way they came in; about: what it was about, JSON."""

    id: int
    noted_at: datetime.datetime
    who: str
    role: str
    how: str
    link: str | None
    came_from: str
    act: str
    dataset: str | None
    about: str

    @property
    def words(self) -> str:
        """What somebody did, in words."""
        known = ACTS.get(self.act)
        return self.act if known is None else known.words


@dataclass(frozen=True)
class Person:
    """Somebody in the log, and how many deeds it has of them."""

    who: str
    n: int


def list_audit(
    workspace: Workspace, *, who: str = "", act: str = "", before: int | None = None, n_rows: int = 200
) -> list[Noted]:
    """What was done, newest first; of one person, or of one act, where they are named; older than the row `before`."""
    return workspace.all("list_audit", Noted, who=who, act=act, before=before, n_rows=n_rows)


def audit_people(workspace: Workspace) -> list[Person]:
    """Who is in the log, the busiest first, 200 at most."""
    return workspace.all("audit_people", Person)
