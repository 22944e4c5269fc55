"""Who sent a request, by the cookie that Streamlit signs when somebody signs in (`st.login`).

Streamlit reads that cookie when a page's stream begins, and never asks when the provider's token ends. Here it is read
anew for each request: its signature with Streamlit's own functions, then what the provider said, against the clock.
"""

import base64
import binascii
import enum
import functools
import json
import math
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import AUTH_COOKIE_MAX_AGE_SECONDS, USER_COOKIE_NAME

MAX_AGE_S = 12 * 3600  # of what a provider said without saying until when
MAX_COOKIE_CHARS = 32_768  # of all pieces; a server takes 64 KiB of headers in all
_APART_S = 1  # pieces of one cookie are signed one after the other, at a sign-in
_MOST_KEPT, _MOST_ENDED = 512, 100_000
_MOST_CHARS = 320  # of an e-mail address (RFC 5321: 64 before the @, 255 behind it), and of a name as shown
_PIECE = re.compile(re.escape(USER_COOKIE_NAME) + r"(_[0-9]{1,3})?")


@dataclass(frozen=True)
class Identity:
    """Somebody whom a provider vouches for.

    email: in small letters. subject: the provider's own, lasting name of the person; issuer: the provider's address.
    expires_at, signed_at: seconds since 1970; what was said holds until the former, and was said at the latter.
    """

    email: str
    name: str
    subject: str
    issuer: str
    expires_at: float
    signed_at: int


class Refusal(enum.Enum):
    """Why a request is nobody's; the value is a sentence for the page that offers to sign in."""

    NO_COOKIE = ""
    UNREADABLE = "Your sign-in cannot be read, perhaps because this app was set up anew. Please sign in again."
    EXPIRED = "Your sign-in has ended. Please sign in again."
    SIGNED_OUT = "You have signed out."
    NO_EMAIL = "Your account sent no e-mail address, by which people are known here. Please use another account."
    UNVERIFIED = "Your e-mail address has not been verified by your provider. Verify it there, then sign in again."


def identity_of(headers: Headers) -> Identity | None:
    """Who sent the request that has these headers, or whose page's stream began with them; None for nobody known."""
    found = read_cookies(cookies_of(headers))
    return found if isinstance(found, Identity) else None


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies of a request, read as Streamlit reads them."""
    return HTTPConnection({"type": "http", "headers": headers.raw}).cookies


def read_cookies(cookies: Mapping[str, str]) -> Identity | Refusal:
    """Whom the cookies name at this moment, or why nobody."""
    values = tuple(sorted((name, value) for name, value in cookies.items() if _PIECE.fullmatch(name)))
    if not any(name == USER_COOKIE_NAME for name, _ in values):
        return Refusal.NO_COOKIE
    if sum(len(value) for _, value in values) > MAX_COOKIE_CHARS:
        return Refusal.UNREADABLE
    try:
        found = _read(values, secret=get_cookie_secret(), origin=get_origin_from_redirect_uri() or "")
    except _Unreadable:
        return Refusal.UNREADABLE
    if not isinstance(found, Identity):
        return found
    if found.expires_at <= time.time():
        return Refusal.EXPIRED
    return Refusal.SIGNED_OUT if _key(found) in _ended else found


_ended: dict[tuple[str, str, int], float] = {}  # sign-ins that were ended, until when they would have held
_lock = threading.Lock()


def end(headers: Headers) -> None:
    """Let the sign-in of this request count no more, also for somebody who kept a copy of its cookie.

    The cookie itself cannot be taken back. What is remembered here is forgotten when the app ends.
    """
    identity = identity_of(headers)
    if identity is None:
        return
    with _lock:
        now = time.time()
        for key in [key for key, until in _ended.items() if until <= now]:
            del _ended[key]
        while len(_ended) >= _MOST_ENDED:
            del _ended[next(iter(_ended))]
        _ended[_key(identity)] = identity.expires_at


def _key(identity: Identity) -> tuple[str, str, int]:
    """What tells one sign-in from others: not the cookie's text, of which several spellings have the same signature."""
    return identity.issuer, identity.subject, identity.signed_at


class _Unreadable(Exception):
    """A cookie that is none of ours; raised, so that it takes no place among those that are kept."""


@functools.lru_cache(maxsize=_MOST_KEPT)
def _read(values: tuple[tuple[str, str], ...], *, secret: str, origin: str) -> Identity | Refusal:
    """What the cookie of these pieces says, the clock aside. Raises _Unreadable.

    origin: of the address that sign-ins come back to.
    """
    cookies, times = dict(values), set[int]()

    def piece(name: str) -> bytes | None:
        value = cookies.get(name)
        decoded = decode_signed_value(secret, name, value.encode("latin-1", "replace")) if value and secret else None
        if decoded is not None:
            times.add(_signed_at(cookies[name]))
        return decoded

    raw = get_cookie_with_chunks(piece, USER_COOKIE_NAME)
    # Each piece is signed by itself: pieces of two sign-ins, put together, could say what neither said.
    if raw is None or max(times) - min(times) > _APART_S:
        raise _Unreadable
    try:
        claims = json.loads(raw, object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError) as error:
        raise _Unreadable from error
    if not isinstance(claims, dict) or claims.get("is_logged_in") is not True or claims.get("origin") != origin:
        raise _Unreadable
    return _identity(claims, signed_at=min(times))


def _signed_at(value: str) -> int:
    """When a piece was signed, in seconds since 1970; its signature holds."""
    coded = value.rsplit(".", 2)[1]
    try:
        return int.from_bytes(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)), "big")
    except binascii.Error:
        return 0


def _no_name_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _identity(claims: dict[str, object], *, signed_at: int) -> Identity | Refusal:
    issuer, subject, email = (claims.get(name) for name in ("iss", "sub", "email"))
    expires_at = _expires_at(claims, signed_at=signed_at)
    if not isinstance(issuer, str) or not isinstance(subject, str) or not (issuer and subject) or expires_at is None:
        raise _Unreadable
    if not isinstance(email, str) or not 0 < email.find("@") < len(email) - 1 or len(email) > _MOST_CHARS:
        return Refusal.NO_EMAIL
    # Some providers say it in words; one that says nothing (Microsoft's) is believed, as docs/deploy.md says.
    if claims.get("email_verified", True) not in (True, "true"):
        return Refusal.UNVERIFIED
    name = claims.get("name")
    shown = " ".join(name.split())[:_MOST_CHARS] if isinstance(name, str) else ""
    return Identity(email.strip().lower(), shown or email, subject, issuer, expires_at, signed_at)


def _expires_at(claims: dict[str, object], *, signed_at: int) -> float | None:
    """Until when what was said holds: as the provider says, else MAX_AGE_S from when it spoke; None: it is no time."""
    given = claims.get("exp")
    start = claims.get("iat", signed_at) if given is None else given
    if isinstance(start, bool) or not isinstance(start, int | float) or not math.isfinite(start):
        return None
    return min(start + (MAX_AGE_S if given is None else 0), signed_at + AUTH_COOKIE_MAX_AGE_SECONDS)
