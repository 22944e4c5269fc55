"""The real app behind a sign-in: who is on the list has the role of their address, until it is taken away or ends."""

import pytest

from store.workspace_file import FILE_NAME
from tests.support import oidc
from tests.support.browser import IN_CHROMIUM, copy_of_demo, free_port, jobs_line, running_app, text_of

pytestmark = IN_CHROMIUM


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The demo, at which nobody sits: Ada is a curator by the list, and everybody else of her domain is not on it."""
    workspace = copy_of_demo(tmp_path)
    jobs_line(workspace, "access", "grant", "ada@example.org", "--role", "curator")
    port = free_port()
    monkeypatch.setenv("VITRINE_PUBLIC", "1")
    with oidc.provider(tmp_path / "provider.log", token_s=3600) as issuer:
        secrets = oidc.write_secrets(tmp_path / "secrets.toml", app=f"http://localhost:{port}", sections={"": issuer})
        options = (f"--secrets.files={secrets}",)
        with running_app(workspace, log=tmp_path / "app.log", options=options, port=port) as started:
            yield started
    assert "Traceback" not in (tmp_path / "app.log").read_text(errors="replace")
    assert (workspace / FILE_NAME).is_file()


def test_the_role_of_an_address_counts_until_it_is_taken_away(app, browser, tmp_path) -> None:
    page = oidc.visitor(browser, app.url)
    assert "shown to the people on its list" in text_of(page) and "digits" not in text_of(page)
    assert page.request.get(f"{app.url}/vitrine/thumb/1").status == 403
    assert page.request.get(f"{app.url}/_stcore/metrics").status == 403
    oidc.sign_in(page, "ada")
    page.get_by_text("You are here as").first.wait_for()
    page.get_by_text("digits").first.wait_for()
    assert page.get_by_role("link", name="Access", exact=True).count() == 0
    assert page.request.get(f"{app.url}/vitrine/thumb/1").status == 200

    jobs_line(tmp_path / "w", "access", "grant", "ada@example.org", "--role", "viewer")
    page.get_by_role("link", name="Review", exact=True).click()
    page.get_by_text("(viewer)").first.wait_for()
    jobs_line(tmp_path / "w", "access", "grant", "ada@example.org", "--withdraw")
    page.get_by_role("link", name="Pictures", exact=True).click()
    page.get_by_text("this address is not on the list").first.wait_for()
    assert page.request.get(f"{app.url}/vitrine/thumb/1").status == 403
    page.get_by_role("button", name="Sign out").first.click()
    page.close()


def test_who_is_not_on_the_list_is_told_so(app, browser) -> None:
    page = oidc.visitor(browser, app.url)
    oidc.sign_in(page, "eve")
    page.get_by_text("this address is not on the list").first.wait_for()
    assert "digits" not in text_of(page)
    page.close()
