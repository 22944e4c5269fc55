"""A provider of OpenID Connect on this machine, secrets.toml that names it, and a small app that people sign in to."""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.support.browser import WIDE, App, free_port, settle, until_it_answers
from tests.support.places import PROJECT

SECRET = "of the tests, and nobody else: 0123456789"
ELSEWHERE = re.compile(r"https?://(?!localhost[:/]|127\.0\.0\.1[:/]|vitrine\.example[:/])")
USERS = (
    {"sub": "ada", "email": "Ada@example.org", "email_verified": True, "name": "Ada  Lovelace"},
    {"sub": "bob", "email": "bob@example.org", "email_verified": False, "name": "Bob"},
    # so much that Streamlit has to cut its cookie into pieces
    {
        "sub": "eve",
        "email": "eve@example.org",
        "email_verified": True,
        "name": "Eve",
        "groups": [hashlib.sha256(bytes([n])).hexdigest() for n in range(70)],
    },
)


@contextlib.contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """The process ends with the block, by its own id."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)


@contextlib.contextmanager
def provider(log: Path, *, token_s: int = 3600) -> Iterator[str]:
    """The address of a provider that knows USERS and whose tokens hold for `token_s` seconds."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--token-max-age", str(token_s)]
    command += [word for user in USERS for word in ("--user-claims", json.dumps(user))]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    with ended(process):
        address = f"http://localhost:{port}"
        _until(f"{address}/.well-known/openid-configuration", process, log)
        yield address


def write_secrets(file: Path, *, app: str, sections: Mapping[str, str], secret: str = SECRET) -> Path:
    """A secrets.toml. app: where the app is reached; sections: provider's address by name, "" for [auth] itself."""
    text = [f'[auth]\nredirect_uri = "{app}/oauth2callback"\ncookie_secret = "{secret}"']
    for name, address in sections.items():
        text += [f"[auth.{name}]"] if name else []
        text += ['client_id = "vitrine"', 'client_secret = "of the provider"']
        text += [f'server_metadata_url = "{address}/.well-known/openid-configuration"']
    file.write_text("\n".join(text) + "\n", encoding="utf-8")
    return file


@contextlib.contextmanager
def signing_in_app(folder: Path, *, issuer: str, port: int = 0, behind: str = "") -> Iterator[App]:
    """The small app of tests/support/signing_in_app.py, which people sign in to by the provider at `issuer`.

    behind: the address of a proxy by which they reach it.
    """
    port = port or free_port()
    url = f"http://localhost:{port}"
    secrets = write_secrets(folder / "secrets.toml", app=behind or url, sections={"": issuer})
    command = [sys.executable, "-m", "streamlit", "run", "tests/support/signing_in_app.py"]
    options = ["--server.headless=true", f"--server.port={port}", f"--secrets.files={secrets}"]
    names = ["localhost", urlsplit(behind).hostname] if behind else []
    options += [f"--server.allowedHosts={name}" for name in names]
    log = folder / "app.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, *options],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
    with ended(process):
        yield until_it_answers(App(url, process, log))


def visitor(browser: Browser, url: str, **options: object) -> Page:
    """The page at `url` of a new visitor, settled. Of the provider's pages nothing is fetched from elsewhere."""
    page = browser.new_context(viewport=WIDE, **options).new_page()
    page.context.route(ELSEWHERE, lambda route: route.abort())
    page.set_default_timeout(120_000)  # a busy machine is no failure
    page.goto(url)
    settle(page)
    return page


def sign_in(page: Page, who: str) -> None:
    """Go from the page that offers to sign in to the provider, be `who` there, and be led back."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=who, exact=True).click()


def _until(url: str, process: "subprocess.Popen[bytes]", log: Path, *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"The provider did not start: {log.read_text(errors='replace')[-2000:]}")
