"""Who a cookie of Streamlit's names, until when, and what is wrong with the section [auth] of secrets.toml."""

import asyncio
import json
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from streamlit import config
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages.ui import identity, sign_in
from pages.ui.identity import Identity, Refusal
from tests.support.oidc import SECRET, write_secrets

URL = "https://vitrine.example"
NOW = 1_800_000_000
CLAIMS = {
    "iss": "https://accounts.example",
    "sub": "248289761001",
    "email": "Ada@Example.org",
    "email_verified": True,
    "name": "Ada Lovelace",
    "iat": NOW,
    "exp": NOW + 3600,
    "origin": URL,
    "is_logged_in": True,
    "provider": "default",
}


@pytest.fixture(autouse=True)
def secrets(tmp_path, monkeypatch):
    """A secrets.toml that is right, and no sign-in that was ended."""
    before = config.get_option("secrets.files")
    monkeypatch.setattr(identity, "_ended", {})
    file = use(write_secrets(tmp_path / "secrets.toml", app=URL, sections={"": "https://accounts.example"}))
    yield file
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def use(file):
    config.set_option("secrets.files", [str(file)])
    secrets_singleton._reset()
    return file


@pytest.fixture
def clock(monkeypatch):
    """The time by which sign-ins end, and by which cookies are signed; it can be put elsewhere."""
    clock = SimpleNamespace(now=NOW)
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


def made(claims: dict, *, secret: str = SECRET) -> dict[str, str]:
    """The cookies that Streamlit makes of a provider's claims, by its own functions."""
    cookies: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(secret, name, value)

    def keep(name: str, value: str) -> None:
        cookies[name] = sign(name, value).decode()

    set_cookie_with_chunks(keep, sign, USER_COOKIE_NAME, claims, cookie_attr_size=70)
    return cookies


def headers(cookies: dict[str, str]) -> Headers:
    return Headers({"cookie": "; ".join(f"{name}={value}" for name, value in {"theme": "dark", **cookies}.items())})


def without(*names: str) -> dict:
    return {name: value for name, value in CLAIMS.items() if name not in names}


def test_a_cookie_names_whom_the_provider_vouched_for(clock) -> None:
    found = identity.identity_of(headers(made(CLAIMS)))
    assert found == Identity(
        "ada@example.org", "Ada Lovelace", "248289761001", "https://accounts.example", NOW + 3600, NOW
    )
    assert identity.identity_of(Headers({})) is None
    assert identity.read_cookies({}) is Refusal.NO_COOKIE


def test_it_ends_with_the_token(clock) -> None:
    cookies = made(CLAIMS)
    clock.now = NOW + 3599
    assert isinstance(identity.read_cookies(cookies), Identity)
    clock.now = NOW + 3600
    assert identity.read_cookies(cookies) is Refusal.EXPIRED


@pytest.mark.parametrize(
    ("claims", "held_s"),
    [
        (without("exp"), 12 * 3600),
        (without("exp", "iat"), 12 * 3600),  # counted from the signature
        ({**without("exp"), "iat": NOW - 3600}, 11 * 3600),
        ({**CLAIMS, "exp": NOW + 10**9}, 30 * 86400),  # no longer than Streamlit's cookie is kept
        ({**CLAIMS, "exp": NOW - 1}, -1),
    ],
)
def test_a_token_that_does_not_say_when_it_ends_ends_all_the_same(clock, claims, held_s) -> None:
    cookies = made(claims)
    clock.now = NOW + max(held_s - 1, 0)
    assert isinstance(identity.read_cookies(cookies), Identity) is (held_s > 0)
    clock.now = NOW + max(held_s, 0)
    assert identity.read_cookies(cookies) is Refusal.EXPIRED


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({**CLAIMS, "email_verified": False}, Refusal.UNVERIFIED),
        ({**CLAIMS, "email_verified": "false"}, Refusal.UNVERIFIED),
        ({**CLAIMS, "email_verified": None}, Refusal.UNVERIFIED),
        (without("email"), Refusal.NO_EMAIL),
        ({**CLAIMS, "email": "ada"}, Refusal.NO_EMAIL),
        ({**CLAIMS, "email": ["ada@example.org"]}, Refusal.NO_EMAIL),
        ({**CLAIMS, "email": "a" * 400 + "@example.org"}, Refusal.NO_EMAIL),
        ({**CLAIMS, "exp": "never"}, Refusal.UNREADABLE),
        ({**CLAIMS, "exp": True}, Refusal.UNREADABLE),
        ({**CLAIMS, "exp": float("nan")}, Refusal.UNREADABLE),
        ({**CLAIMS, "exp": float("inf")}, Refusal.UNREADABLE),
        (without("sub"), Refusal.UNREADABLE),
        (without("iss"), Refusal.UNREADABLE),
        ({**CLAIMS, "is_logged_in": False}, Refusal.UNREADABLE),
        ({**CLAIMS, "origin": "https://other.example"}, Refusal.UNREADABLE),  # signed in at another address of it
    ],
)
def test_what_a_provider_did_not_vouch_for_is_refused(clock, claims, refusal) -> None:
    assert identity.read_cookies(made(claims)) is refusal


@pytest.mark.parametrize("said", [True, "true", "absent"])
def test_an_address_is_taken_where_the_provider_says_that_it_is_verified_or_nothing(clock, said) -> None:
    claims = without("email_verified") if said == "absent" else {**CLAIMS, "email_verified": said}
    assert isinstance(identity.read_cookies(made(claims)), Identity)


def test_a_cookie_of_another_secret_or_name_or_without_its_end_is_refused(clock) -> None:
    good = made(CLAIMS)[USER_COOKIE_NAME]
    other_name = create_signed_value(SECRET, "_streamlit_user_tokens", json.dumps(CLAIMS)).decode()
    forged = [made(CLAIMS, secret="another")[USER_COOKIE_NAME], other_name, good[:-1], good.rpartition(".")[0], "", "."]
    forged += [json.dumps(CLAIMS), "chunks-2", good + "A", "A" * 50_000, "\xe9" * 20]
    assert [identity.read_cookies({USER_COOKIE_NAME: value}) for value in forged] == [Refusal.UNREADABLE] * len(forged)


@given(st.integers(0, 10_000), st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='";,\\'))
def test_a_letter_changed_names_nobody_else(place, letter) -> None:
    cookies = made({**CLAIMS, "exp": time.time() + 3600})
    value = cookies[USER_COOKIE_NAME]
    at = place % len(value)
    found = identity.read_cookies({USER_COOKIE_NAME: value[:at] + letter + value[at + 1 :]})
    # The last letter of a signature says two bits that do not count: another spelling of the same.
    assert found is Refusal.UNREADABLE or (at == len(value) - 1 or value[at] == letter)


LONG = {**CLAIMS, "groups": [f"{n:032x}" for n in range(0, 10**30, 10**28 // 3)]}


def test_a_cookie_in_pieces_is_whole_or_nothing(clock) -> None:
    cookies = made(LONG)
    assert len(cookies) > 2 and isinstance(identity.read_cookies(cookies), Identity)
    for name in cookies:
        left = {other: value for other, value in cookies.items() if other != name}
        assert identity.read_cookies(left) in (Refusal.UNREADABLE, Refusal.NO_COOKIE)
    swapped = {**cookies, f"{USER_COOKIE_NAME}_1": cookies[f"{USER_COOKIE_NAME}_2"]}
    assert identity.read_cookies(swapped) is Refusal.UNREADABLE


def test_pieces_of_two_sign_ins_are_not_put_together(clock) -> None:
    """Who may choose what the provider says of them could otherwise cut two sign-ins into somebody else's."""
    first = made(LONG)
    clock.now += 2
    second = made(LONG)
    assert identity.read_cookies({**first, f"{USER_COOKIE_NAME}_2": second[f"{USER_COOKIE_NAME}_2"]}) is (
        Refusal.UNREADABLE
    )


def test_a_name_that_stands_twice_is_refused(clock) -> None:
    text = json.dumps(CLAIMS)[:-1] + ', "email": "owner@example.org"}'
    value = create_signed_value(SECRET, USER_COOKIE_NAME, text).decode()
    assert identity.read_cookies({USER_COOKIE_NAME: value}) is Refusal.UNREADABLE


def test_a_sign_in_that_was_ended_stays_so_in_every_spelling(clock) -> None:
    cookies = made(CLAIMS)
    clock.now += 5
    later = made(CLAIMS)
    scope = {"type": "http", "path": "/auth/logout", "headers": headers(cookies).raw}

    async def nothing(*_) -> None:
        pass

    asyncio.run(sign_in.SignOuts(nothing)({**scope, "path": "/"}, nothing, nothing))
    assert isinstance(identity.read_cookies(cookies), Identity)
    asyncio.run(sign_in.SignOuts(nothing)(scope, nothing, nothing))
    assert identity.read_cookies(cookies) is Refusal.SIGNED_OUT
    value = cookies[USER_COOKIE_NAME]
    spellings = [value[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    assert not any(isinstance(identity.read_cookies({USER_COOKIE_NAME: each}), Identity) for each in spellings)
    assert isinstance(identity.read_cookies(later), Identity)  # she signed in on another device as well
    clock.now = NOW + 3600
    identity.end(headers(made({**CLAIMS, "exp": clock.now + 60})))
    assert len(identity._ended) == 1  # what has ended by itself need not be remembered


def test_what_is_remembered_of_ended_sign_ins_is_bounded(clock, monkeypatch) -> None:
    monkeypatch.setattr(identity, "_MOST_ENDED", 3)
    for n in range(5):
        identity.end(headers(made({**CLAIMS, "sub": str(n)})))
    assert [key[1] for key in identity._ended] == ["2", "3", "4"]


def test_a_right_section_is_set_up(secrets) -> None:
    assert sign_in.problems() == [] and sign_in.is_set_up() and sign_in.is_asked_for()
    assert sign_in.providers() == ["default"]


def test_several_providers_have_a_button_each(tmp_path) -> None:
    sections = {"google": "https://accounts.google.com", "keycloak": "https://login.example/realms/us"}
    use(write_secrets(tmp_path / "two.toml", app=URL, sections=sections))
    assert sign_in.is_set_up() and sign_in.providers() == ["google", "keycloak"]
    page = AppTest.from_string("from pages.ui import sign_in\nsign_in.offer()").run()
    assert [button.label for button in page.button] == ["Sign in with Google", "Sign in with Keycloak"]


def test_without_a_section_nothing_is_asked_for(tmp_path) -> None:
    use(tmp_path / "none.toml").write_text("[other]\nkey = 1\n", encoding="utf-8")
    assert not sign_in.is_asked_for() and not sign_in.is_set_up() and sign_in.problems() == []
    assert sign_in.providers() == []
    use(tmp_path / "not there.toml")
    assert not sign_in.is_asked_for() and not sign_in.is_set_up()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (SECRET, "short", "fewer than 32 characters"),
        ("cookie_secret", "cookie_secrets", "cookie_secret"),
        ("client_id", "client_ids", "client_id"),
        ("client_secret", "client_secrets", "client_secret"),
        ("https://accounts", "http://accounts", "a provider is asked by https"),
        ("redirect_uri", "redirect_url", "redirect_uri"),
        ("/oauth2callback", "/callback", "its path must be /oauth2callback"),
        ("https://vitrine.example", "http://vitrine.example", "others sign in by https"),
    ],
)
def test_what_is_wrong_with_a_section_is_said_and_nobody_signs_in(secrets, caplog, before, after, said) -> None:
    sign_in._log_once.cache_clear()
    secrets.write_text(secrets.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    use(secrets)
    assert sign_in.is_asked_for() and not sign_in.is_set_up()
    assert not sign_in.is_set_up() and any(said in sentence for sentence in sign_in.problems())
    logged = [record.getMessage() for record in caplog.records if record.name == "vitrine"]
    assert any(said in sentence for sentence in logged) and len(logged) == len(set(logged))  # each once
    page = AppTest.from_string("from pages.ui import sign_in\nsign_in.offer()").run()
    assert not page.button and not page.exception and "Nobody can sign in" in page.error[0].value


def test_below_a_path_the_provider_leads_back_there(secrets) -> None:
    config.set_option("server.baseUrlPath", "animals")
    try:
        assert "/animals/oauth2callback" in sign_in.problems()[0]
        secrets.write_text(secrets.read_text(encoding="utf-8").replace("/oauth2", "/animals/oauth2"), encoding="utf-8")
        use(secrets)
        assert sign_in.is_set_up()
    finally:
        config.set_option("server.baseUrlPath", "")


def test_who_is_not_on_the_list_is_told_and_may_go(clock) -> None:
    page = AppTest.from_string(
        "from pages.ui import sign_in\n"
        "who = sign_in.Identity('a_b@example.org', 'A', 's', 'i', 2e9, 1)\n"
        "sign_in.offer(unlisted=who)\nsign_in.offer_sign_out()"
    ).run()
    assert "is not on the list" in page.warning[0].value
    assert "Sign out, to use another account" in [button.label for button in page.button]
    assert not page.exception
