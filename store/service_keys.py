"""Keys of the similarity service: made, listed, revoked. A key itself is nowhere in the file, only its SHA-256."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadServiceKey
from store.statements import sql
from store.texts import NAME, require_short


@dataclass(frozen=True)
class ServiceKey:
    """A key as it is listed. datasets: by name, None: all of the workspace. Times are UTC without a zone."""

    id: int
    name: str
    sha256: str
    datasets: list[str] | None
    made_by: str
    made_at: datetime.datetime
    expires_at: datetime.datetime | None
    revoked_at: datetime.datetime | None
    revoked_by: str | None
    last_used_at: datetime.datetime | None

    def is_valid(self, now: datetime.datetime) -> bool:
        """Whether it opens anything at `now`, UTC without a zone."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@does("make_key")
def add_service_key(
    workspace: Workspace,
    *,
    name: str,
    sha256: str,
    dataset_ids: Sequence[int] | None,
    who: str,
    expires_at: datetime.datetime | None = None,
) -> int:
    """Keep a new key, of which only the hash is known; its number. dataset_ids None: of all datasets, later ones too.

    Raises BadServiceKey for a key without a name, for no dataset, and for one that has expired already.
    """
    name = " ".join(name.split())
    require_short(name, "The name of a key", longest=NAME)
    if not name:
        raise BadServiceKey("A key needs a name, by which it is told from others when one is to be revoked.")
    if dataset_ids is not None and not dataset_ids:
        raise BadServiceKey("A key of no dataset opens nothing; name one, or let it be of all.")
    if expires_at is not None and expires_at <= utc_now():
        raise BadServiceKey("The key would have expired before it was made; name a later day.")
    values = {"name": name, "sha256": sha256, "dataset_ids": None if dataset_ids is None else list(dataset_ids)}
    with workspace.writing() as cursor:
        row = cursor.execute(
            sql("insert_service_key"), {**values, "made_by": who, "made_at": utc_now(), "expires_at": expires_at}
        ).fetchall()[0]
    return int(row[0])


def list_service_keys(workspace: Workspace) -> list[ServiceKey]:
    """Every key that was ever made, the newest first; read again once anything was written. Not to be changed."""
    return workspace.until_written("service_keys", lambda: workspace.all("service_keys", ServiceKey))


@does("revoke_key")
def revoke_service_key(workspace: Workspace, key_id: int, *, who: str) -> None:
    """Let a key open nothing any more; raises BadServiceKey where there is none, or it was revoked before."""
    with workspace.writing() as cursor:
        rows = cursor.execute(sql("revoke_service_key"), {"id": key_id, "now": utc_now(), "who": who}).fetchall()
    if not rows:
        raise BadServiceKey(f"There is no key {key_id} that could be revoked.")


def use_service_key(workspace: Workspace, key_id: int) -> None:
    """Note that a key was used just now."""
    with workspace.writing() as cursor:
        cursor.execute(sql("use_service_key"), {"id": key_id, "now": utc_now()})
