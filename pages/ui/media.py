"""Pictures over HTTP: small ones for galleries, whole ones to look at. The browser keeps them by their content."""

import html
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from analytics.bare import bare
from analytics.bare_pieces import Bare
from analytics.errors import OddFile
from figures.names import one_line
from importers.sources import CACHE, PicturePath, local_copy, root_of
from pages.ui import blurring, links, owner
from pages.ui.base_path import under
from pages.ui.ready import Ready, ReadyPictures, drawn_ready, made_ready
from pages.ui.ruled import ruled
from store import acting
from store.connection import Workspace
from store.errors import StoreError
from store.gallery import PictureFile, picture_file
from store.picture_files import NotAtHand, files_of
from store.points import POINT, point_label

# What every browser draws as it is; anything else is sent as its thumbnail.
BROWSER_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
# A browser is not to guess: a picture that is also a web page stays a picture.
KEEP = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_KEEP_NOT = {**KEEP, "Cache-Control": "no-store"}
_POINT_LETTERS = 14  # of a line of a point's tile
_ready = ReadyPictures()
NOTHING = blurring.Hidden(np.empty((0, 4)))
MISSING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#e8e4dd"/>
<path d="M20 20l24 24M44 20L20 44" stroke="#a08c72" stroke-width="3"/></svg>"""


def thumb_url(image_id: int, sha256: str) -> str:
    """Where the small picture of an image is served."""
    return under(f"/vitrine/thumb/{image_id}?v={sha256[:12]}{blurring.stamp()}")


def picture_url(image_id: int, sha256: str) -> str:
    """Where the whole picture of an image is served."""
    return under(f"/vitrine/picture/{image_id}?v={sha256[:12]}{blurring.stamp()}")


@dataclass(frozen=True)
class _Asked:
    """A picture that is asked for and may be seen by who asks.

    stamp: of the rule by which it is blurred, "" for none; in_parts: only some of its bytes are asked for; is_kept: by
    the browser, under the address that it asked.
    """

    image_id: int
    file: PictureFile
    workspace: Workspace
    small: bool
    stamp: str
    in_parts: bool
    is_kept: bool

    @property
    def etag(self) -> str:
        """Another one for other bytes."""
        return f'"{self.file.sha256[:32]}{"s" if self.small else "b"}{self.stamp}"'

    @property
    def headers(self) -> dict[str, str]:
        """What the browser is told of keeping the picture."""
        return {**(KEEP if self.is_kept else _KEEP_NOT), "ETag": self.etag}

    def key(self, hidden: blurring.Hidden | None) -> Hashable:
        """What its bytes are kept under: the same for the same bytes, as long as its file stays."""
        return self.workspace.root, self.file, self.small, hidden and (hidden.key,)


async def _thumb(request: Request) -> Response:
    return await _answer(request, small=True)


async def _picture(request: Request) -> Response:
    return await _answer(request, small=False)


async def _answer(request: Request, *, small: bool) -> Response:
    """A picture from memory, at once; what has to be read or made for it is by a thread."""
    opened = owner.opened()
    asked = None if opened is None else _asked_at_hand(opened.workspace, request, small=small)
    if asked is None:
        asked = await run_in_threadpool(_ask, request, small=small)
    if isinstance(asked, Response):
        return asked
    if asked.file.format == POINT:
        return await run_in_threadpool(_point, asked.image_id)
    if request.headers.get("if-none-match") == asked.etag:
        return Response(status_code=304, headers=asked.headers)
    ready = None if asked.in_parts else _ready_at_hand(asked)
    return await run_in_threadpool(_respond, asked) if ready is None else _sent(ready, asked)


def _rule_for(file: PictureFile, stamp: str) -> str | None:
    """By which rule whoever asks sees the pictures of the dataset `file.dataset_id`; None: not at all.

    The one place where a request for a picture is held against access and privacy; asked for each of them, before
    anything else is said of the picture, by the server's loop: it answers from memory.
    stamp: of what is blurred where for whoever asks, "" while nothing is. What is given is told apart by it in memory
    and in browsers.
    """
    return stamp if acting.current().may_see(file.dataset_id) else None


def _asked_at_hand(workspace: Workspace, request: Request, *, small: bool) -> _Asked | Response | None:
    """What is asked for, or why it is not answered, from memory; None where it has to be read."""
    stamp = blurring.stamp_at_hand(workspace)
    if stamp is None:
        return None
    try:
        file = files_of(workspace).at_hand(workspace, int(request.path_params["image_id"]))
    except NotAtHand:
        return None
    return _asked(workspace, request, file, stamp=stamp, small=small)


def _ask(request: Request, *, small: bool) -> _Asked | Response:
    """The same, read from the workspace."""
    try:
        workspace = owner.get().workspace
        stamp = blurring.stamp_of(workspace)
        file = files_of(workspace).find(workspace, int(request.path_params["image_id"]))
    except StoreError as error:
        return Response(owner.for_visitors(error), status_code=503)
    return _asked(workspace, request, file, stamp=stamp, small=small)


def _asked(
    workspace: Workspace, request: Request, file: PictureFile | None, *, stamp: str, small: bool
) -> _Asked | Response:
    rule = None if file is None else _rule_for(file, stamp)
    if file is None or rule is None:
        return Response("There is no such image.", status_code=404)
    return _Asked(
        image_id=int(request.path_params["image_id"]),
        file=file,
        workspace=workspace,
        small=small,
        stamp=rule,
        in_parts="range" in request.headers,
        # an address of before or after the switch of privacy, or of somebody else, must not be kept under this content
        is_kept=blurring.is_of_now(request.query_params.get("v", ""), rule),
    )


def _ready_at_hand(asked: _Asked) -> Ready | None:
    """The bytes to send where they are in memory, and what is to be blurred in them is known."""
    try:
        hidden = blurring.rule_at_hand(asked.workspace, asked.image_id) if asked.stamp else None
    except NotAtHand:
        return None
    return _ready.fresh(asked.key(hidden))


def _respond(asked: _Asked) -> Response:
    """The answer, with what has to be read or made for it."""
    file, root = asked.file, asked.workspace.root
    try:
        hidden = blurring.what_to_blur(asked.workspace, file.dataset_id, asked.image_id)
    except StoreError as error:
        return Response(owner.for_visitors(error), status_code=503)
    ready = None if asked.in_parts else _ready.again(asked.key(hidden))
    if ready is not None:
        return _sent(ready, asked)
    picture, media_type = _file_of(file, root, small=asked.small)
    try:
        path = local_copy(picture)
    except OSError:
        return Response(MISSING, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    if hidden is None and not (file.rendering and path != _thumb_file(file, root)):  # a browser shows it as it is
        try:
            return _as_it_is(path, media_type, asked)
        except OSError:
            return Response(MISSING, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
        except OddFile:
            pass  # nobody can say what stands in it, so it is drawn anew
    return _drawn(path, hidden, asked)


def _as_it_is(path: Path, media_type: str, asked: _Asked) -> Response:
    """A picture file without its notes (GPS positions among them). Raises OSError, OddFile."""
    ready = None if asked.in_parts else made_ready(path, media_type)
    if ready is not None:
        _ready.keep(asked.key(None), ready)
        return _sent(ready, asked)
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as opened:
        left = bare(opened)
    if left is None:
        return FileResponse(path, media_type=media_type, headers=asked.headers)
    headers = {**asked.headers, "Content-Length": str(left.n_bytes)}
    return StreamingResponse(_chunks(path, left), media_type=media_type, headers=headers)


def _sent(ready: Ready, asked: _Asked) -> Response:
    return Response(ready.body, media_type=ready.media_type, headers={**asked.headers, **ready.headers})


def _point(image_id: int) -> Response:
    """A tile with the id and the label of a point, which has no picture."""
    found = point_label(owner.get().workspace, image_id)
    names = [] if found is None else [found.path, found.name or ""]
    lines = [one_line(name)[:_POINT_LETTERS] for name in names]
    texts = "".join(
        f'<text x="32" y="{28 + 14 * n}" font-size="{9 - 2 * n}" text-anchor="middle" fill="#5f4f3c" '
        f'font-family="sans-serif">{html.escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    tile = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#e8e4dd"/>'
    return Response(f"{tile}{texts}</svg>", media_type="image/svg+xml", headers=_KEEP_NOT)


def picture_content(image_id: int, *, small: bool) -> tuple[bytes, str] | None:
    """The bytes of a picture as it may be shown, without its notes, and what they are; None where there is none.

    People are blurred in it where the rule says so. Raises StoreError where the workspace cannot be read.
    """
    workspace = owner.get().workspace
    file = picture_file(workspace, image_id)
    if file is None or file.format == POINT:
        return None
    picture, media_type = _file_of(file, workspace.root, small=small)
    hidden = blurring.what_to_blur(workspace, file.dataset_id, image_id)
    try:
        path = local_copy(picture)
        if hidden is None and (not file.rendering or path == _thumb_file(file, workspace.root)):
            left = _left_of(path)
            return (path.read_bytes() if left is None else b"".join(_chunks(path, left))), media_type
    except OddFile:
        pass  # nobody can say what stands in it, so it is drawn anew
    except OSError:
        return None
    content = _blurred_content(path, hidden or NOTHING, file=file, root=workspace.root)
    return None if content is None else (content, "image/jpeg")


def _left_of(path: Path) -> Bare | None:
    """The picture without its notes (GPS positions among them); None: it has none. Raises OSError, OddFile."""
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as opened:
        return bare(opened)


def _chunks(path: Path, left: Bare) -> Iterator[bytes]:
    with path.open("rb") as opened:
        yield from left.chunks(opened)


def _drawn(path: Path, hidden: blurring.Hidden | None, asked: _Asked) -> Response:
    """The picture at `path`, drawn anew with what is hidden blurred; its thumbnail where it is too large, else the
    placeholder.
    """
    file = asked.file
    paths = [path]
    if file.has_thumb and file.width * file.height > blurring.MAX_PIXELS:
        paths.append(_thumb_file(file, asked.workspace.root))
    for each in paths:
        ready = drawn_ready(each, hidden or NOTHING, width=file.width, height=file.height)
        if ready is not None:
            _ready.keep(asked.key(hidden), ready)
            return _sent(ready, asked)
    return Response(MISSING, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _blurred_content(path: Path, hidden: blurring.Hidden, *, file: PictureFile, root: Path) -> bytes | None:
    content = blurring.blurred_file(path, hidden, width=file.width, height=file.height)
    if content is None and file.has_thumb and file.width * file.height > blurring.MAX_PIXELS:
        content = blurring.blurred_file(_thumb_file(file, root), hidden, width=file.width, height=file.height)
    return content


def _file_of(file: PictureFile, root: Path, *, small: bool) -> tuple[PicturePath, str]:
    as_it_is = file.format in BROWSER_FORMATS and not (small and file.has_thumb)
    if as_it_is or not file.has_thumb:
        return root_of(file.root, root / CACHE) / file.path, BROWSER_FORMATS.get(
            file.format, "application/octet-stream"
        )
    return _thumb_file(file, root), "image/jpeg"


def _thumb_file(file: PictureFile, root: Path) -> Path:
    return root / "thumbs" / file.sha256[:2] / f"{file.sha256}.jpg"


ROUTES = [
    ruled(f"/vitrine/thumb/{{image_id:{links.NUMBER}}}", _thumb, looks_up=False),
    ruled(f"/vitrine/picture/{{image_id:{links.NUMBER}}}", _picture, looks_up=False),
]
