"""Who a request is from: by a share link's cookie, by a sign-in, by sitting at this machine, or nobody.

Asked at each request and each message of a page's stream, so that who is out is out at the next click.
"""

import functools
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers

from pages.ui import guard, owner, sign_in
from store.access import Grant, Guest, ShareLink, list_grants, list_guests, list_links
from store.access_file import FILE, Listed, read_access
from store.acting import AT_HOME, CURATOR, HERE, LINK, NOBODY, OPEN, OWNER, SIGN_IN, Actor
from store.connection import Workspace
from store.datasets import list_datasets
from store.errors import BadGrant
from store.seals import GUEST, cookie_name, opened_seal

VISIT = "x-vitrine-visit"  # written by the gate into the headers of a page's stream, and by nobody else
NOT_SET_UP = "This display case is not open to others. Whoever runs it can make a share link, or let people sign in."
_UNLISTED = "You are signed in, and your address is not on the list."
_LOOPBACK = ("127.0.0.1", "::1")
log = logging.getLogger("vitrine")


@dataclass(frozen=True)
class Asked:
    """What a request says of who sends it. client: its address; is_https: whether a browser got here by https."""

    headers: Headers
    client: str = ""
    is_https: bool = False

    @property
    def came_from(self) -> str:
        """The address that the log names: what a proxy on this machine says, else the one that asks."""
        passed = self.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return passed[:60] if passed and self.client in _LOOPBACK else self.client


@dataclass
class _Known:
    """Roles, links and guests of the file, read again when one of them changes."""

    edition: tuple[object, ...]
    grants: Mapping[str, Grant | Listed]
    links: Mapping[int, ShareLink]
    guests: Mapping[str, Guest]
    trouble: str = ""


_visits: dict[str, Asked] = {}  # of each open stream
_known: _Known | None = None


def actor_of(asked: Asked) -> Actor:
    """Who a request is from, and what exists for them; its `why` says why nobody is let in."""
    opened = owner.opened()
    if opened is None:
        return AT_HOME if is_here(asked) else Actor(role=NOBODY, sees_people=False, how=LINK, why=owner.NOT_OPEN)
    found = _by_link(opened.workspace, asked) or _by_sign_in(opened.workspace, asked)
    if found is None and is_here(asked):
        found = AT_HOME
    if found is None and owner.settings().open_to_all:
        found = Actor(role=OWNER, how=OPEN)
    if found is None:
        found = Actor(role=NOBODY, sees_people=False, how=LINK, why=NOT_SET_UP)
    return replace(found, came_from="this machine" if found.how == HERE else asked.came_from)


def is_here(asked: Asked) -> bool:
    """Whether a request is from a browser on this machine: by its address, the name it asked for, and no proxy.

    A proxy on this machine that makes every request one of localhost, without a word about it in the headers, cannot
    be told from a person; VITRINE_PUBLIC=1 says so.
    """
    if owner.is_public() or asked.client not in _LOOPBACK or guard.was_passed_on(asked.headers):
        return False
    try:
        return urlsplit(f"//{asked.headers.get('host', '')}").hostname in owner.LOCAL_ADDRESSES
    except ValueError:
        return False


def begin_visit(asked: Asked) -> str:
    """Remember who asked for a page's stream; the visit's mark, by which its script finds them."""
    mark = secrets.token_hex(16)
    _visits[mark] = asked
    return mark


def end_visit(mark: str) -> None:
    """Forget a stream that has ended."""
    _visits.pop(mark, None)


def of_script() -> Actor:
    """Who the script that this thread runs is drawn for; nobody in a thread that runs none."""
    asked = _visits.get(st.context.headers.get(VISIT, "")) if _has_script() else None
    return (
        Actor(role=NOBODY, sees_people=False, how=LINK, why="The connection has ended.")
        if asked is None
        else actor_of(asked)
    )


def is_set_up(workspace: Workspace) -> bool:
    """Whether anybody could come in from elsewhere: by a link that is open, or by a role and a sign-in."""
    known = _read(workspace)
    return any(link.is_open for link in known.links.values()) or (signs_in() and bool(known.grants))


def require_way_in() -> None:
    """End the app where it listens to other machines and nobody could come in but everybody; says what to do."""
    opened, settings = owner.opened(), owner.settings()
    if owner.listens_here() or settings.open_to_all or (opened is not None and is_set_up(opened.workspace)):
        return
    log.error(
        "%s is an address that other machines reach, and nothing says who may come in. Make a share link first "
        "(vitrine share --role reviewer), or let people sign in (docs/access.md), or say --open-to-all: then whoever "
        "reaches the address may do everything.",
        st.get_option("server.address") or "Every address of this machine",
    )
    owner.close()
    os._exit(2)  # Streamlit would tell this as an error of its own, with a traceback


@functools.cache
def signs_in() -> bool:
    """Whether there is a way to sign in, as the secrets were when the app began."""
    return sign_in.is_set_up()


def trouble(workspace: Workspace) -> str:
    """What is wrong with the file of roles; "" where nothing is."""
    return _read(workspace).trouble


def listed_people(workspace: Workspace) -> list[Listed]:
    """The people of the file of roles."""
    return [each for each in _read(workspace).grants.values() if isinstance(each, Listed)]


def access_file(workspace: Workspace) -> Path:
    """Where the file of roles is looked for: VITRINE_ACCESS, else `access.toml` in the workspace."""
    return Path(os.environ.get("VITRINE_ACCESS") or workspace.root / FILE)


def link_of(workspace: Workspace, content: Any) -> ShareLink | None:
    """The link that [number, secret, ...] is of, whether it is open or not; None where it is none of ours."""
    if not isinstance(content, list) or len(content) < 2 or not isinstance(content[1], str):
        return None
    link = _read(workspace).links.get(content[0]) if isinstance(content[0], int) else None
    return link if link is not None and link.opens_with(content[1]) else None


def cookie_in(headers: Headers, name: str) -> str:
    """The value of a cookie; "" without one."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value


def _by_link(workspace: Workspace, asked: Asked) -> Actor | None:
    text = cookie_in(asked.headers, cookie_name(workspace))
    if not text:
        return None
    content = opened_seal(workspace, GUEST, text)
    link = link_of(workspace, content)
    guest = _read(workspace).guests.get(str(content[2])) if link is not None and len(content) > 2 else None
    if link is None or guest is None or guest.link_id != link.id:
        return Actor(
            role=NOBODY, sees_people=False, how=LINK, why="The link by which you came is not known here any more."
        )
    if not link.is_open:
        return Actor(role=NOBODY, sees_people=False, how=LINK, name=guest.name, link_id=link.id, why=why_closed(link))
    return Actor(
        role=link.role,
        how=LINK,
        name=guest.name,
        dataset_ids=None if link.dataset_id is None else frozenset([link.dataset_id]),
        version_id=link.version_id,
        sees_people=link.sees_people or link.role in (CURATOR, OWNER),
        link_id=link.id,
    )


def why_closed(link: ShareLink) -> str:
    """Why a link lets nobody in."""
    if link.revoked_at is not None:
        return "The link by which you came was revoked. Ask whoever gave it to you for another."
    return f"The link by which you came ended on {link.expires_at:%d %B %Y, %H:%M} UTC. Ask for another."


def _by_sign_in(workspace: Workspace, asked: Asked) -> Actor | None:
    """Whoever is signed in; None for nobody, and for somebody without a role who sits at this machine."""
    identity = sign_in.identity_of(asked.headers) if signs_in() else None
    if identity is None:
        return None
    given = role_of(workspace, identity.email)
    if given is None:
        if is_here(asked):
            return replace(AT_HOME, name=identity.email)
        return Actor(role=NOBODY, sees_people=False, how=SIGN_IN, name=identity.email, why=_UNLISTED)
    return Actor(
        role=given.role,
        how=SIGN_IN,
        name=identity.email,
        dataset_ids=datasets_of(workspace, given),
        sees_people=given.sees_people or given.role in (CURATOR, OWNER),
    )


def role_of(workspace: Workspace, address: str) -> Grant | Listed | None:
    """The role of an e-mail address: its own, else its domain's; the file's before the page's."""
    grants, address = _read(workspace).grants, address.lower()
    return grants.get(address) or grants.get(f"@{address.rpartition('@')[2]}")


def _read(workspace: Workspace) -> _Known:
    global _known
    path = access_file(workspace)
    try:
        seen = path.stat()
        mark: tuple[object, ...] = (str(path), seen.st_mtime_ns, seen.st_size)
    except OSError:
        mark = (str(path),)
    edition = (id(workspace), workspace.n_access_changes, *mark)
    if _known is not None and _known.edition == edition:
        return _known
    grants: dict[str, Grant | Listed] = {each.address: each for each in list_grants(workspace) if each.stands}
    wrong = ""
    try:
        grants |= {each.address: each for each in read_access(path)}
    except BadGrant as error:
        wrong = str(error)
    links = {link.id: link for link in list_links(workspace)}
    guests = {guest.id: guest for guest in list_guests(workspace)}
    _known = _Known(edition, grants, links, guests, wrong)
    return _known


def datasets_of(workspace: Workspace, given: Grant | Listed) -> frozenset[int] | None:
    """The datasets that exist for somebody with a role; None for all."""
    if isinstance(given, Grant):
        return None if given.dataset_ids is None else frozenset(given.dataset_ids)
    if given.datasets is None:
        return None
    return frozenset(each.id for each in list_datasets(workspace) if each.name in given.datasets)


def _has_script() -> bool:
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return get_script_run_ctx(suppress_warning=True) is not None
