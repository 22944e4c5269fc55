"""Who has which role, and the share links by which others come in: kept in the file, each change with who made it."""

import datetime
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from store.acting import does
from store.acts import OWNER, ROLES
from store.connection import Workspace, utc_now
from store.errors import BadGrant, NotLetIn, UnknownGrant
from store.statements import sql
from store.texts import NAME, require_short

GRANTED = ROLES[1:]
_ADDRESS = re.compile(r"[^@\s]*@[^@\s]+\.[^@\s.]+|[^@\s]*@localhost")
MOST_DAYS = 366
LONGEST_NAME = 60  # of a guest
MOST_GUESTS = 500  # of one link


@dataclass(frozen=True)
class Grant:
    """A role that was given. address: an e-mail address, or `@domain` for everybody of it, in lower case."""

    id: int
    address: str
    role: str
    dataset_ids: list[int] | None
    sees_people: bool
    who: str
    granted_at: datetime.datetime
    withdrawn_by: str | None
    withdrawn_at: datetime.datetime | None

    @property
    def stands(self) -> bool:
        """Whether it was not taken away."""
        return self.withdrawn_at is None


@dataclass(frozen=True)
class ShareLink:
    """A link for a role; of its secret only a hash is kept. dataset_id: None for all; times are UTC."""

    id: int
    title: str
    role: str
    dataset_id: int | None
    version_id: int | None
    sees_people: bool
    secret_hash: str
    who: str
    made_at: datetime.datetime
    expires_at: datetime.datetime
    revoked_by: str | None
    revoked_at: datetime.datetime | None
    n_guests: int

    @property
    def is_open(self) -> bool:
        """Whether it lets anybody in now."""
        return self.revoked_at is None and utc_now() < self.expires_at

    def opens_with(self, secret: str) -> bool:
        """Whether a secret is this link's."""
        return hmac.compare_digest(self.secret_hash, hash_of(secret))


@dataclass(frozen=True)
class Guest:
    """Somebody who came in by a link, by the name that they gave."""

    id: str
    link_id: int
    name: str
    came_from: str
    entered_at: datetime.datetime


def list_grants(workspace: Workspace) -> list[Grant]:
    """Every role that was ever given; those that stand first, by address."""
    return workspace.all("list_grants", Grant)


@does("grant")
def grant(
    workspace: Workspace,
    *,
    address: str,
    role: str,
    dataset_ids: Sequence[int] | None = None,
    sees_people: bool = False,
    who: str,
) -> int:
    """Give a role to an e-mail address, or to all of a domain (`@domain`), in place of what it had; its number.

    dataset_ids: those that exist for them, None for all. Raises BadGrant.
    """
    address = checked_address(address)
    _check_role(role)
    about = {"address": address, "role": role, "dataset_ids": None if dataset_ids is None else list(dataset_ids)}
    now = utc_now()
    with workspace.writing() as cursor:
        cursor.execute(sql("withdraw_grants"), {"address": address, "id": 0, "who": who, "withdrawn_at": now})
        values = {**about, "sees_people": sees_people, "who": who, "granted_at": now}
        ((number,),) = cursor.execute(sql("insert_grant"), values).fetchall()
    workspace.n_access_changes += 1
    return int(number)


@does("withdraw")
def withdraw(workspace: Workspace, *, grant_id: int, who: str) -> None:
    """Take a role away, from now on. Raises UnknownGrant."""
    with workspace.writing() as cursor:
        values = {"address": "", "id": grant_id, "who": who, "withdrawn_at": utc_now()}
        if not cursor.execute(sql("withdraw_grants"), values).fetchall():
            raise UnknownGrant("This role was taken away already.")
    workspace.n_access_changes += 1


def list_links(workspace: Workspace) -> list[ShareLink]:
    """Every share link, newest first, ended and revoked ones among them."""
    return workspace.all("list_links", ShareLink)


@does("share")
def share(
    workspace: Workspace,
    *,
    title: str,
    role: str,
    expires_at: datetime.datetime,
    dataset_id: int | None = None,
    version_id: int | None = None,
    sees_people: bool = False,
    who: str,
) -> tuple[int, str]:
    """Make a share link for a role; its number, and its secret, which is nowhere kept.

    expires_at: UTC, at most MOST_DAYS from now. dataset_id: the one that it shows, None for all; version_id: a frozen
    version of it, None for the dataset as it is. Raises BadGrant, TextTooLong.
    """
    _check_role(role)
    require_short(title, "The link's name", longest=NAME)
    now = utc_now()
    if not title.strip():
        raise BadGrant("A link needs a name, so that it can be told from others when it is to be revoked.")
    if not now < expires_at <= now + datetime.timedelta(days=MOST_DAYS):
        raise BadGrant(f"A link ends at a moment of the next {MOST_DAYS} days.")
    if version_id is not None and dataset_id is None:
        raise BadGrant("A version is one of a dataset: name the dataset as well.")
    if role == OWNER and dataset_id is not None:
        raise BadGrant("An owner has the whole workspace; a link to one dataset is for a curator at most.")
    secret = secrets.token_urlsafe(24)
    values = {
        "title": title.strip(), "role": role, "dataset_id": dataset_id, "version_id": version_id,
        "sees_people": sees_people, "secret_hash": hash_of(secret), "who": who, "made_at": now,
        "expires_at": expires_at,
    }  # fmt: skip
    with workspace.writing() as cursor:
        ((number,),) = cursor.execute(sql("insert_link"), values).fetchall()
    workspace.n_access_changes += 1
    return int(number), secret


@does("revoke")
def revoke(workspace: Workspace, *, link_id: int, who: str) -> None:
    """Let nobody in by a link any more, from now on; who is in is out. Raises UnknownGrant."""
    with workspace.writing() as cursor:
        values = {"id": link_id, "who": who, "revoked_at": utc_now()}
        if not cursor.execute(sql("revoke_link"), values).fetchall():
            raise UnknownGrant("This link was revoked already, or there is none.")
    workspace.n_access_changes += 1


def list_guests(workspace: Workspace) -> list[Guest]:
    """Who came in by share links, newest first."""
    return workspace.all("list_guests", Guest)


@does("enter")
def enter(workspace: Workspace, *, link_id: int, who: str, came_from: str) -> str:
    """Let somebody in by a link, under a new name: the guest's own mark. Raises NotLetIn, TextTooLong."""
    name = who.strip()
    require_short(name, "Your name", longest=LONGEST_NAME)
    if not name or not name.isprintable():
        raise NotLetIn("Say a name, in letters: what you write is kept under it.")
    mark = secrets.token_hex(8)
    if sum(guest.link_id == link_id for guest in list_guests(workspace)) >= MOST_GUESTS:
        raise NotLetIn(f"{MOST_GUESTS} people came in by this link, which is all that one lets in.")
    with workspace.writing() as cursor:
        if cursor.execute(sql("name_is_taken"), {"name": name}).fetchall()[0][0]:
            raise NotLetIn(f"Somebody here is called {name} already. Add a letter or your family name.")
        values = {"id": mark, "link_id": link_id, "name": name, "came_from": came_from, "entered_at": utc_now()}
        cursor.execute(sql("insert_guest"), values)
    workspace.n_access_changes += 1
    return mark


def checked_address(address: str) -> str:
    """An e-mail address, or `@domain`, in lower case; raises BadGrant."""
    cleaned = address.strip().lower()
    require_short(cleaned, "The address", longest=NAME)
    if not _ADDRESS.fullmatch(cleaned):
        raise BadGrant(f"{address!r} is no e-mail address, and no domain such as @university.example.")
    return cleaned


def hash_of(secret: str) -> str:
    """What is kept of a secret of 192 random bits, which nobody can guess from it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _check_role(role: str) -> None:
    if role not in GRANTED:
        raise BadGrant(f"There is no role {role!r}. Roles: {', '.join(GRANTED)}.")
