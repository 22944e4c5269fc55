"""Keys of sources: from the environment, or a file outside the workspace. They are kept in memory, written nowhere."""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

_SHOWN = "[key]"
_LONGEST = 1 << 16


class KeyMissing(Exception):
    """A source needs a key, and none is found, or the file that holds it may be read by others."""


def variable_of(name: str) -> str:
    """The environment variable that a key is looked for in: VITRINE_FLICKR_KEY."""
    return f"VITRINE_{name.upper()}_KEY"


def keys_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where keys may be kept: vitrine/keys.toml in $XDG_CONFIG_HOME, else in ~/.config."""
    base = environment.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "vitrine" / "keys.toml"


def has_key(name: str) -> bool:
    """Whether a key is found; "" needs none."""
    try:
        return bool(not name or read_key(name))
    except KeyMissing:
        return False


def read_key(name: str, *, environment: Mapping[str, str] = os.environ) -> str:
    """The key called `name` ("flickr"); raises KeyMissing, which says where it is looked for."""
    key = environment.get(variable_of(name), "").strip() or _of_file(keys_file(environment), name)
    if not key:
        raise KeyMissing(
            f'{name} needs a key, and there is none. Set {variable_of(name)}, or write a line `{name} = "…"` into '
            f"{keys_file(environment)} (chmod 600)."
        )
    return key


def without_keys(text: str, *keys: str) -> str:
    """`text` with every key cut out, as it is and as an address writes it."""
    from urllib.parse import quote, quote_plus

    for key in filter(None, keys):
        for written in {key, quote(key, safe=""), quote_plus(key)}:
            text = text.replace(written, _SHOWN)
    return text


def _of_file(path: Path, name: str) -> str:
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LONGEST:
            raise KeyMissing(f'{path} is no file of keys: a line for each, as `flickr = "…"`.')
        if os.name == "posix" and state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyMissing(f"{path} holds keys, and others on this machine may read it. Close it: chmod 600 {path}")
        found = tomllib.loads(path.read_text(encoding="utf-8")).get(name, "")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise KeyMissing(f'{path} cannot be read as TOML: a line for each key, as `flickr = "…"`.') from None
    return found.strip() if isinstance(found, str) else ""
