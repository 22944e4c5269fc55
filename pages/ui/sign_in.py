"""Signing in by OpenID Connect, through Streamlit's own `st.login`: whether it is set up, and what is offered.

A provider stands in the section `[auth]` of Streamlit's secrets.toml, several in `[auth.NAME]` each (docs/deploy.md).
"""

import functools
import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import (
    get_redirect_uri,
    get_secrets_auth_section,
    is_authlib_installed,
    validate_auth_credentials,
)
from streamlit.errors import StreamlitAuthError
from websockets import http11

from pages.ui import identity
from pages.ui.base_path import under
from pages.ui.identity import Identity, Refusal, identity_of
from pages.ui.text import plain

__all__ = ["Identity", "Refusal", "SignOuts", "identity_of"]

DEFAULT = "default"  # Streamlit's name for the provider that stands in [auth] itself
MIN_SECRET_CHARS = 32
_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger("vitrine")
_authlib_is_there = functools.cache(is_authlib_installed)


def take_long_cookies() -> None:
    """Let the server take cookies of 32 KiB with a page's stream.

    A provider that says much of a person (her groups) fills several cookies, and the library of the stream refuses a
    line of more than 8 KiB: the page would stay empty. Its setting is read from the environment before we are.
    """
    http11.MAX_LINE_LENGTH = max(http11.MAX_LINE_LENGTH, identity.MAX_COOKIE_CHARS)


def is_asked_for() -> bool:
    """Whether secrets.toml has a section [auth], be it right or wrong: then nobody may come in without signing in."""
    return bool(get_secrets_auth_section())


def is_set_up() -> bool:
    """Whether people can sign in: secrets.toml has all that st.login needs, and nothing is wrong with it.

    What is wrong is said in the log, each sentence once.
    """
    if not is_asked_for():
        return False
    wrong = problems()
    for sentence in wrong:
        _log_once(sentence)
    return not wrong


@functools.lru_cache(maxsize=100)
def _log_once(sentence: str) -> None:
    log.warning("Nobody can sign in: %s", sentence)


def problems() -> list[str]:
    """What is wrong with the section [auth] of secrets.toml, a sentence each, for whoever runs the app."""
    section = get_secrets_auth_section()
    if not section:
        return []
    if not _authlib_is_there():
        return ["Signing in needs the package Authlib: pip install Authlib"]
    names = providers()
    found = [] if names else ["[auth] in secrets.toml names no provider: client_id is missing."]
    for name in names:
        try:
            validate_auth_credentials(name)
        except StreamlitAuthError as error:
            found.append(" ".join(str(error).split()))
            continue
        metadata = str(_section_of(section, name).get("server_metadata_url"))
        if not _is_safe(metadata):
            found.append(f"server_metadata_url of {name} is {metadata}: a provider is asked by https.")
    return [*found, *_problems_of_all(section)] if names else found


def _problems_of_all(section: Mapping[str, object]) -> list[str]:
    found = []
    if len(str(section.get("cookie_secret", ""))) < MIN_SECRET_CHARS:
        found.append(
            f"cookie_secret in secrets.toml has fewer than {MIN_SECRET_CHARS} characters, and could be guessed. "
            'Make one: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    address = get_redirect_uri(get_secrets_auth_section()) or ""
    if urlsplit(address).path != under("/oauth2callback"):
        found.append(f"redirect_uri in secrets.toml is {address!r}; its path must be {under('/oauth2callback')}.")
    elif not _is_safe(address):
        found.append(f"redirect_uri in secrets.toml is {address}: others sign in by https.")
    return found


def _is_safe(address: str) -> bool:
    """Whether an address is asked for by https, or lies on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in _OF_THIS_MACHINE)


def providers() -> list[str]:
    """The providers that are named in secrets.toml, as st.login takes them, the one of [auth] itself first."""
    section = get_secrets_auth_section()
    named = [str(name) for name, value in section.items() if isinstance(value, Mapping) and name != "client_kwargs"]
    return [*([DEFAULT] if section.get("client_id") else []), *named]


def _section_of(section: Mapping[str, object], name: str) -> Mapping[str, object]:
    own = section.get(name)
    return own if isinstance(own, Mapping) else section


class SignOuts:
    """ASGI middleware: who signs out is out, also for somebody who kept a copy of the cookie."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; before one to Streamlit's address for signing out, its sign-in is ended here."""
        if scope["type"] == "http" and scope["path"] == under("/auth/logout"):
            identity.end(Headers(scope=scope))
        await self._app(scope, receive, send)


def offer(*, unlisted: Identity | None = None) -> None:
    """Draw the page of a visitor who is not let in.

    unlisted: who has signed in, with an address that is not on the list.
    """
    with st.container(width=560):
        st.title("Sign in")
        st.markdown("This workspace is shown to the people on its list, who sign in with their e-mail address.")
        if unlisted is not None:
            st.warning(
                f"You are signed in as {plain(unlisted.email)}, and this address is not on the list.",
                icon=":material/person_off:",
            )
            st.button("Sign out, to use another account", on_click=st.logout, type="primary")
        else:
            _offer_providers()
        st.caption(
            "Is your address not on the list? Ask whoever invited you to add the one that you sign in with, "
            "letter by letter as your account has it; then load this page again."
        )


def _offer_providers() -> None:
    refusal = identity.read_cookies(st.context.cookies)
    if isinstance(refusal, Refusal) and refusal.value:
        st.info(refusal.value, icon=":material/info:")
    if not is_set_up():
        st.error("Nobody can sign in just now. Whoever runs the app finds the reason in its log.")
        return
    for name in providers():
        st.button(
            "Sign in" if name == DEFAULT else f"Sign in with {plain(name.capitalize())}",
            key=f"sign-in-{name}",
            on_click=st.login,
            args=() if name == DEFAULT else (name,),
            type="primary",
            icon=":material/login:",
        )


def offer_sign_out() -> None:
    """Draw in the sidebar a button that ends a sign-in."""
    st.sidebar.button("Sign out", on_click=st.logout, icon=":material/logout:", key="sign-out")
