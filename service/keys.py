"""Keys: who may ask the service. A key is shown once, when it is made; what is kept is its SHA-256.

A key has 256 random bits, so that its plain hash tells nobody anything; a slow hash is for what people think up.
"""

import datetime
import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

PREFIX = "vitrine_"
LONGEST = 200  # characters of what may be a key


@dataclass(frozen=True)
class Key:
    """A key that opens something. datasets: by name, None: all. expires_at: UTC, without a zone; None: never."""

    id: str
    name: str
    datasets: frozenset[str] | None
    expires_at: datetime.datetime | None = None

    def opens(self, dataset: str) -> bool:
        """Whether it may see a dataset."""
        return self.datasets is None or dataset in self.datasets

    def has_expired(self, now: datetime.datetime) -> bool:
        """Whether its time is over at `now`, UTC without a zone."""
        return self.expires_at is not None and now >= self.expires_at


class KeyStore(Protocol):
    """Where keys are looked up."""

    def find(self, secret: str) -> Key | None:
        """The key that `secret` is, if it opens anything now."""
        ...

    def has_any(self) -> bool:
        """Whether there is a key that opens anything now; where there is none, this machine needs none."""
        ...


class NoKeys:
    """No key opens anything, and nobody on this machine needs one."""

    def find(self, secret: str) -> Key | None:
        """None."""
        return None

    def has_any(self) -> bool:
        """False."""
        return False


def new_secret() -> str:
    """A key as it is shown once: `vitrine_` and 43 letters."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of a key: the sha256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def utc_now() -> datetime.datetime:
    """Now, UTC without a zone."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
