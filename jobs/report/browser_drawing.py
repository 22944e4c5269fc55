"""Figures drawn by an installed Chrome, Chromium or Edge, which kaleido drives. Nothing reaches the network."""

import asyncio
import base64
import concurrent.futures
import contextlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import plotly.graph_objects as go

from jobs.report.fonts import MAIN, main_file

_FIGURE_S, _START_S, _END_S = 60, 45, 15
_NOWHERE = "http://127.0.0.1:9"  # a proxy that does not answer: whatever the browser would ask for stays here
_LOT = re.compile(rb'id="defs-([0-9a-f]+)"')
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class BrowserFailed(RuntimeError):
    """The browser did not start, or it did not draw a figure."""


def is_there() -> bool:
    """Whether a browser that can draw is installed, and it has not failed to start within `kept`."""
    return not (_Kept.wanted and _Kept.failed) and _path() is not None


def drawn(figure: go.Figure, *, form: str, width: int, height: int) -> bytes:
    """The figure as a file of that form, 'svg' or 'json' (with all that Plotly found). Raises BrowserFailed."""
    options = {"format": form, "width": width, "height": height}
    if _Kept.wanted:
        return _always_named(_Kept.browser().draw(figure, options))
    with contextlib.closing(_Browser()) as browser:
        return _always_named(browser.draw(figure, options))


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Within it one browser draws all; it starts with the first figure. Within another, that one's is used."""
    if _Kept.wanted:
        yield
        return
    _Kept.wanted, _Kept.failed = True, False
    try:
        yield
    finally:
        open_one, _Kept.open_one, _Kept.wanted = _Kept.open_one, None, False
        if open_one is not None:
            open_one.close()


class _Browser:
    """A browser with a thread of its own: kaleido is asyncio's, and who calls may be in a loop already."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="figures", daemon=True)
        self._thread.start()
        self._folder = tempfile.TemporaryDirectory(prefix="vitrine-figures-")
        self._kaleido: Any = None
        try:
            self._kaleido = self._wait(self._started(), seconds=_START_S)
        except BrowserFailed:
            self.close()
            raise

    def draw(self, figure: go.Figure, options: dict[str, Any]) -> bytes:
        """The figure as a file. Raises BrowserFailed."""
        return bytes(self._wait(self._kaleido.calc_fig(figure, opts=options), seconds=_FIGURE_S))

    def close(self) -> None:
        """End the browser and the thread."""
        if self._kaleido is not None:
            with contextlib.suppress(BrowserFailed):
                self._wait(self._kaleido.close(), seconds=_END_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=_END_S)
        if not self._thread.is_alive():
            self._loop.close()
        self._folder.cleanup()

    def _wait(self, work: Coroutine[Any, Any, _T], *, seconds: float) -> _T:
        """What the coroutine gives. kaleido and what drives the browser fail in many ways: all are one here."""
        from choreographer.protocol import DevtoolsProtocolError
        from kaleido.errors import KaleidoError

        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout=seconds)
        except concurrent.futures.TimeoutError as error:
            future.cancel()
            raise BrowserFailed(f"no answer within {seconds:.0f} s") from error
        except (RuntimeError, OSError, ValueError, KaleidoError, DevtoolsProtocolError) as error:
            raise BrowserFailed(str(error) or type(error).__name__) from error

    async def _started(self) -> Any:
        import kaleido

        page = kaleido.PageGenerator(mathjax=False)
        page.header += self._font_script()
        browser = kaleido.Kaleido(
            page_generator=page,
            timeout=_FIGURE_S,
            path=_path(),
            proxy_server=_NOWHERE,
            enable_sandbox=os.name == "posix" and os.geteuid() != 0,  # root's browser does not start in its sandbox
        )
        await browser.open()
        return browser

    def _font_script(self) -> str:
        """The font that measures text here as the PDF sets it, by a script: a page's own fonts would come too late."""
        font = main_file()
        if font is None:
            return ""
        script = Path(self._folder.name) / "font.js"
        letters = base64.b64encode(font.read_bytes()).decode("ascii")
        script.write_text(
            f'const bytes = Uint8Array.from(atob("{letters}"), letter => letter.charCodeAt(0));\n'
            f'document.fonts.add(new FontFace("{MAIN}", bytes, {{weight: "100 900"}}));\n',
            encoding="ascii",
        )
        return f'<script src="{script.as_uri()}"></script>\n'


class _Kept:
    """The one browser of a report, in this process."""

    wanted = False
    failed = False
    open_one: _Browser | None = None

    @classmethod
    def browser(cls) -> _Browser:
        """The open one, started where there is none. Raises BrowserFailed."""
        if cls.open_one is None:
            try:
                cls.open_one = _Browser()
            except BrowserFailed:
                cls.failed = True
                raise
        return cls.open_one


def _always_named(svg: bytes) -> bytes:
    """The SVG with the same names within it each time: Plotly draws them by lot."""
    found = _LOT.search(svg)
    if found is None:
        return svg
    return re.sub(rb'((?:id="|url\([^)]*#|href="#)[^")]*?)' + found[1], rb"\g<1>0", svg)


def _path() -> str | None:
    """Where a browser is; BROWSER_PATH names another."""
    named = os.environ.get("BROWSER_PATH")
    if named is not None:
        return named if Path(named).is_file() else None
    from choreographer.browsers.chromium import Chromium

    return Chromium.find_browser(skip_local=False)
