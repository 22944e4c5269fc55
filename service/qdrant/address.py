"""Where Qdrant is: an address of the web, or a folder of its engine; and the key, which comes from the environment."""

import ipaddress
import os
from pathlib import Path
from urllib.parse import urlsplit

KEY = "QDRANT_API_KEY"
FOLDER = "edge:"
_LONGEST = 1_000


def checked_url(text: str) -> str:
    """The address in the form in which it is kept; raises ValueError, whose text follows "URL".

    http or https with a host and perhaps a port (6333 without one) and a path; or edge:FOLDER, absolute.
    """
    text = text.strip()
    if text.startswith(FOLDER):
        folder = Path(text.removeprefix(FOLDER)).expanduser()
        if not folder.is_absolute():
            raise ValueError(f"is {FOLDER}FOLDER with an absolute path, not {text!r}.")
        return FOLDER + os.path.normpath(folder)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"cannot be read as an address: {error}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > _LONGEST:
        seen = "this" if "@" in text else repr(text[:80])  # a name and a key may stand there
        raise ValueError(f"is an address such as http://localhost:6333 or https://host:6333, not {seen}.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError(f"holds no name, key or question: the key comes from the environment, as {KEY}.")
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("holds blanks or letters that cannot be seen.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or 6333}{parts.path.rstrip('/')}"


def folder_of(url: str) -> Path | None:
    """The folder of Qdrant's engine; None for an address of the web."""
    return Path(url.removeprefix(FOLDER)) if url.startswith(FOLDER) else None


def key() -> str | None:
    """The key that the environment holds, or None."""
    return os.environ.get(KEY) or None


def goes_in_clear(url: str) -> bool:
    """Whether a key would go over a network that others may read: http to another machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not key():
        return False
    if parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True
