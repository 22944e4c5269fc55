"""A page of another site shows nothing of the app in a frame, so no click on it is led to the app's buttons."""

import http.server
import threading

import pytest

from tests.support.browser import IN_CHROMIUM, running_app

pytestmark = IN_CHROMIUM


@pytest.fixture
def app(empty_workspace, tmp_path):
    with running_app(empty_workspace, log=tmp_path / "app.log") as app:
        yield app


@pytest.fixture
def other_site(app):
    """The address of a page with the app in a frame that cannot be seen, on another port."""
    page = f'<h1>Win a prize</h1><iframe src="{app.url}/jobs" style="opacity: 0"></iframe>'.encode()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *args) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_page_of_another_site_has_nothing_of_the_app_in_its_frame(app, other_site, browser) -> None:
    page = browser.new_page()
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    page.goto(other_site)
    page.wait_for_function("document.querySelector('iframe').contentDocument === null")
    page.wait_for_timeout(3000)
    (frame,) = page.frames[1:]
    assert frame.url.startswith("chrome-error:") or not frame.locator("[data-testid=stApp]").count()
    assert any("frame-ancestors" in text for text in refusals)
    page.goto(f"{app.url}/jobs")  # by itself it is there
    page.wait_for_selector("[data-testid=stApp]", timeout=60_000)
    page.close()
