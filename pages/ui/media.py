"""Pictures over HTTP: small ones for galleries, whole ones to look at. The browser keeps them by their content."""

import html
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from analytics.bare import bare
from analytics.bare_pieces import Bare
from analytics.errors import OddFile
from figures.names import one_line
from pages.ui import blurring, links, owner
from pages.ui.base_path import under
from pages.ui.ruled import ruled
from store.errors import StoreError
from store.gallery import PictureFile, picture_file
from store.points import POINT, point_label

# What every browser draws as it is; anything else is sent as its thumbnail.
BROWSER_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
# A browser is not to guess: a picture that is also a web page stays a picture.
KEEP = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_POINT_LETTERS = 14  # of a line of a point's tile
NOTHING = blurring.Hidden(np.empty((0, 4)))
MISSING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#e8e4dd"/>
<path d="M20 20l24 24M44 20L20 44" stroke="#a08c72" stroke-width="3"/></svg>"""


def thumb_url(image_id: int, sha256: str) -> str:
    """Where the small picture of an image is served."""
    return under(f"/vitrine/thumb/{image_id}?v={sha256[:12]}{blurring.stamp()}")


def picture_url(image_id: int, sha256: str) -> str:
    """Where the whole picture of an image is served."""
    return under(f"/vitrine/picture/{image_id}?v={sha256[:12]}{blurring.stamp()}")


async def _thumb(request: Request) -> Response:
    return await run_in_threadpool(_respond, int(request.path_params["image_id"]), small=True, request=request)


async def _picture(request: Request) -> Response:
    return await run_in_threadpool(_respond, int(request.path_params["image_id"]), small=False, request=request)


def _respond(image_id: int, *, small: bool, request: Request) -> Response:
    try:
        workspace = owner.get().workspace
        file = picture_file(workspace, image_id)
    except StoreError as error:
        return Response(owner.for_visitors(error), status_code=503)
    if file is None:
        return Response("There is no such image.", status_code=404)
    if file.format == POINT:
        return _point(image_id)
    stamp = blurring.stamp()
    etag = f'"{file.sha256[:32]}{"s" if small else "b"}{stamp}"'
    # An address of before or after the switch of privacy, or of somebody else, must not be kept under this content.
    keep = (
        KEEP if blurring.is_of_now(request.query_params.get("v", ""), stamp) else {**KEEP, "Cache-Control": "no-store"}
    )
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={**keep, "ETag": etag})
    path, media_type = _file_of(file, workspace.root, small=small)
    hidden = blurring.what_to_blur(workspace, file.dataset_id, image_id)
    if hidden is not None:
        return _blurred(path, hidden, file=file, root=workspace.root, headers={**keep, "ETag": etag})
    if file.rendering and path != _thumb_file(file, workspace.root):  # a browser would show something else
        return _blurred(path, NOTHING, file=file, root=workspace.root, headers={**keep, "ETag": etag})
    try:
        left = _left_of(path)
    except OddFile:  # nobody can say what stands in it, so it is drawn anew
        return _blurred(path, NOTHING, file=file, root=workspace.root, headers={**keep, "ETag": etag})
    except OSError:
        return Response(MISSING, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    if left is None:
        return FileResponse(path, media_type=media_type, headers={**keep, "ETag": etag})
    length = {"Content-Length": str(left.n_bytes)}
    return StreamingResponse(_chunks(path, left), media_type=media_type, headers={**keep, **length, "ETag": etag})


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
    return Response(f"{tile}{texts}</svg>", media_type="image/svg+xml", headers={**KEEP, "Cache-Control": "no-store"})


def _left_of(path: Path) -> Bare | None:
    """The picture without its notes (GPS positions among them); None: it has none. Raises OSError, OddFile."""
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as opened:
        return bare(opened)


def _chunks(path: Path, left: Bare) -> Iterator[bytes]:
    with path.open("rb") as opened:
        yield from left.chunks(opened)


def _blurred(
    path: Path, hidden: blurring.Hidden, *, file: PictureFile, root: Path, headers: dict[str, str]
) -> Response:
    """The picture at `path` with what is hidden blurred; its thumbnail where it is too large, else the placeholder."""
    content = blurring.blurred_file(path, hidden, width=file.width, height=file.height)
    if content is None and file.has_thumb and file.width * file.height > blurring.MAX_PIXELS:
        content = blurring.blurred_file(_thumb_file(file, root), hidden, width=file.width, height=file.height)
    if content is None:
        return Response(MISSING, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    return Response(content, media_type="image/jpeg", headers=headers)


def _file_of(file: PictureFile, root: Path, *, small: bool) -> tuple[Path, str]:
    as_it_is = file.format in BROWSER_FORMATS and not (small and file.has_thumb)
    if as_it_is or not file.has_thumb:
        return Path(file.root) / file.path, BROWSER_FORMATS.get(file.format, "application/octet-stream")
    return _thumb_file(file, root), "image/jpeg"


def _thumb_file(file: PictureFile, root: Path) -> Path:
    return root / "thumbs" / file.sha256[:2] / f"{file.sha256}.jpg"


ROUTES = [
    ruled(f"/vitrine/thumb/{{image_id:{links.NUMBER}}}", _thumb),
    ruled(f"/vitrine/picture/{{image_id:{links.NUMBER}}}", _picture),
]
