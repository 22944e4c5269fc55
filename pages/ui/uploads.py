"""How much visitors may upload: each file, and all files that the server holds for them together.

Streamlit holds an uploaded file in the server's memory until its visitor leaves, and writes it to the temporary folder
while it arrives. So what a visitor may upload is bounded by both, whatever a page offers.
"""

import threading

import psutil
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from pages.ui import owner

MEBIBYTE = 1 << 20
ZIP_MIB, PICTURE_MIB, DECISIONS_MIB, REVIEW_MIB, TABLE_MIB = 512, 50, 64, 16, 1  # of one file
MAX_HELD_BYTES = 2 << 30  # of all visitors, or an eighth of the machine's memory, where that is less
_ROUTE = "/_stcore/upload_file/"


class Uploads:
    """ASGI middleware: an upload that would be too much, with those that are held and under way, is refused.

    A request says its bytes before it sends them; one that does not say is refused, and one that sends more than it
    said is cut off by the server.
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._lock = threading.Lock()
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer with 411, 413 or 507 and a sentence."""
        if scope["type"] != "http" or scope["method"] != "PUT" or _ROUTE not in scope["path"]:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("content-length", "")
        n_bytes = int(given) if given.isdecimal() and len(given) < 16 else None
        if n_bytes is None:
            await PlainTextResponse("Say how many bytes are sent.", status_code=411)(scope, receive, send)
            return
        with self._lock:
            refusal = refused(n_bytes, held=held_bytes() + self._arriving, arriving=self._arriving)
            self._arriving += 0 if refusal else n_bytes
        if refusal:
            await PlainTextResponse(refusal[1], status_code=refusal[0])(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            with self._lock:
                self._arriving -= n_bytes


def refused(n_bytes: int, *, held: int, arriving: int) -> tuple[int, str] | None:
    """The status and the sentence by which an upload of so many bytes is refused; None where there is room for it.

    held: bytes of uploads in memory, with those on their way; arriving: the latter alone.
    """
    most = most_held_bytes()
    if held + n_bytes > most:
        return 413, f"The server holds {held:,} bytes of uploads and may hold {most:,}. Give a folder's path, or wait."
    opened = owner.opened()
    room = None if opened is None else opened.supervisor.intake.room_for_uploads() - arriving
    if room is not None and n_bytes > room:
        return 507, f"An upload of {n_bytes:,} bytes finds no room: the disk takes {max(0, room):,} more."
    return None


def most_held_bytes() -> int:
    """The bytes that uploads of all visitors may take of the server's memory."""
    return min(MAX_HELD_BYTES, psutil.virtual_memory().total // 8)


def held_bytes() -> int:
    """The bytes of uploads that are in memory now."""
    if not runtime.exists():
        return 0
    stored = getattr(runtime.get_instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(file.data) for files in list(stored.values()) for file in list(files.values()))
