"""Signing in by a provider of OpenID Connect, in Chromium; what a cookie is good for, and until when."""

import json
import urllib.request

import pytest
from playwright.sync_api import Page
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.support import oidc
from tests.support.browser import IN_CHROMIUM, App, text_of

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signing-in")
    with oidc.provider(folder / "provider.log") as issuer, oidc.signing_in_app(folder, issuer=issuer) as app:
        yield app


def cookies(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def who(app: App, sent: dict[str, str]) -> dict[str, str] | None:
    """What a request with these cookies, of no browser, is told of who sends it."""
    header = "; ".join(f"{name}={value}" for name, value in sent.items())
    with urllib.request.urlopen(urllib.request.Request(f"{app.url}/who", headers={"Cookie": header})) as answer:
        return json.load(answer)


def later(app: App, seconds: int) -> None:
    """Put the app's clock so many seconds ahead of ours."""
    urllib.request.urlopen(f"{app.url}/later?s={seconds}").close()


def test_who_signs_in_is_known_at_every_request_and_who_signs_out_no_more(app, browser) -> None:
    page = oidc.visitor(browser, app.url)
    assert "shown to the people on its list" in text_of(page) and who(app, cookies(page)) is None
    oidc.sign_in(page, "ada")
    page.get_by_text("Hello Ada Lovelace").wait_for()
    page.get_by_text("Streamlit says Ada@example.org").wait_for()
    kept = cookies(page)
    assert who(app, kept) == {"email": "ada@example.org", "name": "Ada Lovelace"}

    name, value = USER_COOKIE_NAME, kept[USER_COOKIE_NAME]
    assert who(app, {**kept, name: value[:40] + ("A" if value[40] != "A" else "B") + value[41:]}) is None  # forged
    assert who(app, {**kept, name: value[:-5]}) is None

    other = oidc.visitor(browser, app.url)  # another device of hers
    oidc.sign_in(other, "ada")
    other.get_by_text("Hello Ada Lovelace").wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider's
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert USER_COOKIE_NAME not in cookies(page)
    assert who(app, kept) is None  # a copy that somebody kept
    assert who(app, cookies(other)) is not None  # where she did not sign out
    page.context.add_cookies([{"name": name, "value": value, "url": app.url}])
    page.goto(app.url)
    page.get_by_text("You have signed out.").wait_for()
    page.context.close()
    other.context.close()


def test_an_address_that_is_not_verified_is_nobodys(app, browser) -> None:
    page = oidc.visitor(browser, app.url)
    oidc.sign_in(page, "bob")
    page.get_by_text("has not been verified").wait_for()
    page.get_by_text("Streamlit says bob@example.org").wait_for()  # Streamlit does not ask
    assert who(app, cookies(page)) is None
    page.context.close()


def test_a_cookie_in_pieces_is_put_together(app, browser) -> None:
    page = oidc.visitor(browser, app.url)
    oidc.sign_in(page, "eve")
    page.get_by_text("Hello Eve").wait_for()
    sent = cookies(page)
    assert f"{USER_COOKIE_NAME}_2" in sent
    assert who(app, sent) == {"email": "eve@example.org", "name": "Eve"}
    assert who(app, {name: value for name, value in sent.items() if name != f"{USER_COOKIE_NAME}_2"}) is None
    page.context.close()


def test_who_declines_at_the_provider_is_offered_to_sign_in_again(app, browser) -> None:
    page = oidc.visitor(browser, app.url)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert who(app, cookies(page)) is None
    page.context.close()


def test_when_the_token_ends_the_next_request_is_nobodys_though_the_session_lives(browser, tmp_path) -> None:
    with (
        oidc.provider(tmp_path / "provider.log", token_s=600) as issuer,
        oidc.signing_in_app(tmp_path, issuer=issuer) as app,
    ):
        page = oidc.visitor(browser, app.url)
        oidc.sign_in(page, "ada")
        page.get_by_text("Hello Ada Lovelace").wait_for()
        sent = cookies(page)
        later(app, 400)
        assert who(app, sent) is not None
        later(app, 601)
        assert who(app, sent) is None
        page.get_by_role("button", name="Again").click()  # the same session, by the stream that is open
        page.get_by_text("Your sign-in has ended.").wait_for()
        page.get_by_text("Streamlit says Ada@example.org").wait_for()  # who asks Streamlit would still let her in
        page.context.close()
