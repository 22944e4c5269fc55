"""Keys in a file of the index's folder, for a service without a workspace. `vitrine key` makes and revokes them."""

import datetime
import os
import secrets
import threading
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from service.keys import Key, hash_of, new_secret, utc_now

FILE = "keys.json"
MOST_BYTES = 4 << 20


class BadKeyFile(Exception):
    """A file of keys that cannot be read, or a key that cannot be made or revoked. One sentence."""


class KeptKey(BaseModel):
    """A key as the file has it. datasets None: all. Times are UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    sha256: str
    datasets: list[str] | None
    made_at: datetime.datetime
    expires_at: datetime.datetime | None = None
    revoked_at: datetime.datetime | None = None

    def is_valid(self, now: datetime.datetime) -> bool:
        """Whether it opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


_KEYS = TypeAdapter(list[KeptKey])


class KeyFile:
    """The keys of an index's folder; the file is read again when it has changed. Nobody may ask while it is damaged."""

    def __init__(self, index: Path) -> None:
        self.path = index / FILE
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._keys: list[KeptKey] = []

    def find(self, secret: str) -> Key | None:
        """The key that `secret` is, if it opens anything now; raises BadKeyFile."""
        now, sha256 = utc_now(), hash_of(secret)
        for key in self.all():
            if secrets.compare_digest(key.sha256, sha256) and key.is_valid(now):
                return Key(key.id, key.name, None if key.datasets is None else frozenset(key.datasets), key.expires_at)
        return None

    def has_any(self) -> bool:
        """Whether there is a key at all, one that was revoked or has expired too; raises BadKeyFile.

        Whoever made keys wants them asked for: the last one that expires must not open the door to everybody.
        """
        return bool(self.all())

    def all(self) -> list[KeptKey]:
        """Every key, oldest first; raises BadKeyFile."""
        with self._lock:
            try:
                state = self.path.stat()
            except FileNotFoundError:
                self._seen, self._keys = None, []
                return []
            seen = (state.st_mtime_ns, state.st_size)
            if seen != self._seen:
                self._keys, self._seen = _read(self.path, size=state.st_size), seen
            return self._keys

    def add(
        self, *, name: str, datasets: list[str] | None, expires_at: datetime.datetime | None
    ) -> tuple[KeptKey, str]:
        """A new key, and the secret that is shown once and kept nowhere. Raises BadKeyFile."""
        name = " ".join(name.split())
        if not 0 < len(name) <= 500:
            raise BadKeyFile("A key needs a name of at most 500 characters, by which it is told from others.")
        if expires_at is not None and expires_at <= utc_now():
            raise BadKeyFile("The key would have expired before it was made; name a later day.")
        secret = new_secret()
        key = KeptKey(
            id=secrets.token_hex(4),
            name=name,
            sha256=hash_of(secret),
            datasets=datasets,
            made_at=utc_now(),
            expires_at=expires_at,
        )
        self._write([*self.all(), key])
        return key, secret

    def revoke(self, key_id: str) -> KeptKey:
        """Let a key open nothing any more; raises BadKeyFile where there is none of that number that does."""
        keys = self.all()
        found = next((key for key in keys if key.id == key_id and key.revoked_at is None), None)
        if found is None:
            raise BadKeyFile(f"There is no key {key_id} that could be revoked in {self.path}.")
        gone = found.model_copy(update={"revoked_at": utc_now()})
        self._write([gone if key is found else key for key in keys])
        return gone

    def _write(self, keys: list[KeptKey]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{FILE}.{secrets.token_hex(4)}")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_KEYS.dump_json(keys, indent=1))
            os.replace(part, self.path)
        finally:
            part.unlink(missing_ok=True)


def _read(path: Path, *, size: int) -> list[KeptKey]:
    if size > MOST_BYTES:
        raise BadKeyFile(f"{path} is far larger than a file of keys is.")
    try:
        return _KEYS.validate_json(path.read_bytes())
    except (OSError, ValueError, ValidationError) as error:
        raise BadKeyFile(f"{path} is no file of keys: {str(error).splitlines()[0]}") from error
