"""The app behind nginx and Caddy with https, by the files of deploy/, as a visitor from elsewhere sees it."""

import http.server
import json
import re
import secrets
import shutil
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from store.connection import open_workspace
from tests.support import oidc
from tests.support.browser import IN_CHROMIUM, WIDE, App, free_port, jobs_line, running_app, settle, text_of
from tests.support.picture_workspace import coloured
from tests.support.proxies import (
    HOST,
    PROXIES,
    Proxy,
    Starting,
    asked,
    browser_that_knows_the_name,
    needs_nginx,
    nginx,
)

pytestmark = IN_CHROMIUM
OF_THE_APP = (
    "content-security-policy",
    "cross-origin-resource-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
)
STREAM = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}
# as `vitrine open --host` gives them; by localhost the test asks whether the app is there
OPTIONS = (f"--server.allowedHosts={HOST}", "--server.allowedHosts=localhost", f"--browser.serverAddress={HOST}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_that_knows_the_name() as started:
        yield started


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("squares")
    opened = open_workspace(folder / "w")
    coloured(opened, folder / "pictures")
    opened.close()
    return folder / "w"


@pytest.fixture(scope="module")
def shared(workspace) -> str:
    """A share link, as the documentation has it made: for the address by which others reach the app."""
    return share(workspace, f"https://{HOST}")


def share(workspace: Path, address: str) -> str:
    printed = jobs_line(workspace, "share", "--role", "curator", "--address", address)
    return re.search(rf"{re.escape(address)}/\S+", printed)[0].rstrip('",')


@pytest.fixture(scope="module")
def app(workspace, shared, tmp_path_factory) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINE_PUBLIC", "1")
        log = tmp_path_factory.mktemp("app") / "app.log"
        with running_app(
            workspace, log=log, options=OPTIONS, arguments=("--import-root", str(log.parent), "--open-to-all")
        ) as app:
            yield app


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request, app, tmp_path_factory) -> Iterator[Proxy]:
    start: Starting = request.param
    with start(tmp_path_factory.mktemp("proxy"), upstream=port_of(app)) as proxy:
        yield proxy


def port_of(app: App) -> int:
    return int(app.url.rpartition(":")[2])


def come_in(browser: Browser, link: str) -> Page:
    """Follow a share link, and say a name that nobody has yet."""
    page = browser.new_context(viewport=WIDE, ignore_https_errors=True).new_page()
    page.set_default_timeout(120_000)
    page.goto(link)
    page.get_by_label("Your name").fill(f"Rita {secrets.token_hex(4)}")
    page.get_by_role("button", name="Come in").click()
    settle(page)
    page.get_by_text("You are here as").first.wait_for()
    return page


def pictures_that_came(page: Page, path: str) -> int:
    """How many of the page's pictures have been drawn; waits for the first."""
    pictures = page.locator(f'img[src*="{path}"]')
    pictures.first.wait_for()
    page.wait_for_timeout(1000)
    return sum(pictures.evaluate_all("all => all.map(e => e.complete && e.naturalWidth > 0)"))


def zip_of_pictures(folder: Path) -> Path:
    """Four photographs, of more than the megabyte that nginx takes by itself."""
    (folder / "pictures").mkdir()
    pixels = np.random.default_rng(1).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    for n in range(4):
        Image.fromarray(np.roll(pixels, n, axis=1)).save(folder / "pictures" / f"{n}.png")
    return Path(shutil.make_archive(str(folder / "upload"), "zip", folder / "pictures"))


def head_of(answer: bytes) -> list[tuple[str, str]]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def host(proxy: Proxy) -> str:
    return f"{HOST}:{proxy.https}"


def test_a_visitor_sees_pages_and_pictures_and_uploads_a_zip(proxy, shared, browser, tmp_path) -> None:
    streams: list[str] = []
    page = come_in(browser, shared.replace(f"https://{HOST}", proxy.url))
    page.on("websocket", lambda socket: streams.append(socket.url))
    page.goto(f"{proxy.url}/pictures")
    settle(page)
    assert "Pictures" in text_of(page) and pictures_that_came(page, "/vitrine/thumb/") > 3
    assert streams == [f"wss://{host(proxy)}/_stcore/stream"]

    zipped = zip_of_pictures(tmp_path)
    assert zipped.stat().st_size > 2_000_000
    page.goto(f"{proxy.url}/import")
    settle(page)
    page.get_by_text("Upload a zip", exact=True).click()
    settle(page)
    page.locator("input[type=file]").set_input_files(str(zipped))
    settle(page)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("Take it in").wait_for()
    cookies = page.context.cookies()
    assert len(cookies) == 2 and all(
        cookie["secure"] for cookie in cookies
    )  # Streamlit's against forgery, and the link's
    page.context.close()


def test_every_answer_has_each_header_once(proxy) -> None:
    for path in ("/", "/_stcore/health", "/vitrine/thumb/1", "/vitrine/thumb/999999"):
        head = head_of(asked(proxy, f"GET {path}", {"Host": host(proxy), "Connection": "close"}))
        names = [name for name, _ in head]
        assert [names.count(name) for name in (*OF_THE_APP, "strict-transport-security")] == [1] * 6
        set_cookies = [value.lower() for name, value in head if name == "set-cookie"]
        assert all(value.count("secure") == 1 for value in set_cookies)


def test_an_upload_of_too_much_is_refused_before_it_is_sent(proxy) -> None:
    sent = {"Host": host(proxy), "Connection": "close", "Content-Length": str(600 << 20)}
    assert status_of(asked(proxy, "PUT /_stcore/upload_file/a/b", sent)) in (403, 413)


def test_another_sites_page_opens_no_stream_and_writes_nothing(proxy) -> None:
    ours = {"Host": host(proxy), "Origin": proxy.url}
    assert status_of(asked(proxy, "GET /_stcore/stream", {**ours, **STREAM})) == 101
    for origin in ("https://evil.example", f"https://{HOST}:1", f"https://{HOST}.evil.example", "null"):
        sent = {**ours, "Origin": origin}
        assert status_of(asked(proxy, "GET /_stcore/stream", {**sent, **STREAM, "Connection": "Upgrade"})) == 403
        sent |= {"Connection": "close", "Content-Length": "0"}
        assert status_of(asked(proxy, "POST /vitrine/review/act", sent)) == 403


def test_another_name_of_this_machine_gets_nothing_of_the_app(proxy) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        asked(proxy, "GET /", {"Host": "evil.example", "Connection": "close"}, name="evil.example")
    answer = asked(proxy, "GET /", {"Host": f"evil.example:{proxy.https}", "Connection": "close"})
    assert b"streamlit" not in answer.lower() and b"vitrine" not in answer.partition(b"\r\n\r\n")[2].lower()
    stream = {"Host": "evil.example", "Origin": "https://evil.example", **STREAM}
    assert status_of(asked(proxy, "GET /_stcore/stream", stream)) != 101


def test_the_app_itself_knows_no_other_name(app) -> None:
    asking = urllib.request.Request(f"{app.url}/vitrine/thumb/1", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(asking, timeout=60)
    assert refusal.value.code == 400
    refusal.value.close()


def test_http_leads_to_https(proxy) -> None:
    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    asking = urllib.request.Request(f"http://127.0.0.1:{proxy.http}/map?space=2", headers={"Host": HOST})
    with pytest.raises(urllib.error.HTTPError) as led:
        urllib.request.build_opener(Stays).open(asking, timeout=60)
    led.value.close()
    place = led.value.headers["Location"]
    assert led.value.code in (301, 308) and place.startswith(f"https://{HOST}") and place.endswith("/map?space=2")


def test_what_the_app_counts_of_itself_is_not_shown(proxy) -> None:
    answer = asked(proxy, "GET /_stcore/metrics", {"Host": host(proxy), "Connection": "close"})
    assert status_of(answer) == 404 and b"session" not in answer


@pytest.mark.parametrize("start", PROXIES)
def test_what_a_visitor_writes_of_where_it_comes_from_is_not_passed_on(start, tmp_path) -> None:
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args) -> None:
            pass

    written = {name: "203.0.113.7" for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")}
    written |= {"Forwarded": "for=203.0.113.7", "Cookie": "a=" + "b" * 20_000}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with start(tmp_path, upstream=server.server_address[1]) as proxy:
            answer = asked(proxy, "GET /", {"Host": host(proxy), "Connection": "close", **written})
        server.shutdown()
    came = json.loads(answer[answer.index(b"[[") : answer.rindex(b"]]") + 2])
    assert "203.0.113.7" not in json.dumps(came)
    values = dict(came)
    assert values["host"] == values["x-forwarded-host"] == host(proxy)
    assert (values["x-forwarded-for"], values["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert values["cookie"] == written["Cookie"]  # as long as that of somebody of many groups


@pytest.mark.parametrize("start", PROXIES)
def test_under_a_path_of_a_host_all_of_it_is_there(start, workspace, browser, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "animals")
    copy = shutil.copytree(workspace, tmp_path / "w")
    link = share(copy, f"https://{HOST}/animals")
    (tmp_path / "proxy").mkdir()
    port = free_port()
    with (
        running_app(copy, log=tmp_path / "app.log", options=OPTIONS, port=port, path="/animals"),
        start(tmp_path / "proxy", upstream=port, path=True) as proxy,
    ):
        page = come_in(browser, link.replace(f"https://{HOST}", proxy.url))
        assert page.url.startswith(f"{proxy.url}/animals/")
        page.goto(f"{proxy.url}/animals/pictures")
        settle(page)
        assert pictures_that_came(page, "/animals/vitrine/thumb/") > 3
        page.goto(f"{proxy.url}/animals")
        settle(page)
        page.locator('[data-testid="stSidebarNav"] a', has_text="Pictures").click()
        page.wait_for_url(f"{proxy.url}/animals/pictures*")
        assert pictures_that_came(page, "/animals/vitrine/thumb/") > 3
        of_the_link = next(each for each in page.context.cookies() if each["name"] != "_streamlit_xsrf")
        assert of_the_link["path"] == "/animals" and of_the_link["secure"]
        page.context.close()
        sent = {"Host": host(proxy), "Connection": "close"}
        assert b"streamlit" not in asked(proxy, "GET /pictures", sent).lower()  # the host's own
        assert status_of(asked(proxy, "GET /animals/_stcore/metrics", sent)) == 404


@needs_nginx
def test_one_signs_in_through_the_proxy(browser, tmp_path) -> None:
    port = free_port()
    with (
        oidc.provider(tmp_path / "provider.log") as issuer,
        nginx(tmp_path, upstream=port) as proxy,
        oidc.signing_in_app(tmp_path, issuer=issuer, port=port, behind=proxy.url),
    ):
        page = oidc.visitor(browser, proxy.url, ignore_https_errors=True)
        oidc.sign_in(page, "eve")
        page.get_by_text("Hello Eve").wait_for()
        assert page.url.startswith(proxy.url)
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies(proxy.url)}
        assert all(cookie["secure"] for cookie in cookies.values())
        assert cookies["_streamlit_user"]["httpOnly"] and cookies["_streamlit_user"]["sameSite"] == "Lax"
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="End session").click()
        page.get_by_role("button", name="Sign in", exact=True).wait_for()
        page.context.close()
