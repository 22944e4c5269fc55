"""Keys in a workspace's table, for the service inside the dashboard."""

import datetime
import secrets

from service.keys import Key, hash_of, utc_now
from store.acting import BY_ITSELF, acting
from store.connection import Workspace
from store.service_keys import list_service_keys, use_service_key

USED_EVERY = datetime.timedelta(minutes=10)  # how often it is written down that a key is in use


class KeyTable:
    """The keys of an open workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def find(self, secret: str) -> Key | None:
        """The key that `secret` is, if it opens anything now; that it was used is noted every ten minutes."""
        now, sha256 = utc_now(), hash_of(secret)
        for kept in list_service_keys(self._workspace):
            if secrets.compare_digest(kept.sha256, sha256) and kept.is_valid(now):
                if kept.last_used_at is None or now - kept.last_used_at > USED_EVERY:
                    with acting(BY_ITSELF):  # it is no deed of somebody's to be asked something
                        use_service_key(self._workspace, kept.id)
                datasets = None if kept.datasets is None else frozenset(kept.datasets)
                return Key(str(kept.id), kept.name, datasets, kept.expires_at)
        return None

    def has_any(self) -> bool:
        """Whether a key was ever made."""
        return bool(list_service_keys(self._workspace))
