"""Masks over HTTP: a transparent PNG of a picture's objects in the colours of their classes."""

import io
import itertools
import math
import re
import threading

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from analytics.mask_overlay import overlay
from pages.ui import links, owner
from pages.ui.ruled import ruled
from store.detections import boxes_of
from store.errors import StoreError
from store.gallery import picture_file

PREFIX = "/vitrine/masks"
SIDE = 768  # pixels of the longer side
MOST_MASKS, MOST_CHARACTERS = 300, 4_000_000  # of one picture, and of their codes
AT_ONCE = 2  # pictures; others wait
Mask = tuple[str, tuple[int, int, int]]  # code and colour
_places = threading.BoundedSemaphore(AT_ONCE)
_COLOUR = re.compile(r"(\d{1,6})-([0-9a-f]{6})")


async def _masks(request: Request) -> Response:
    return await run_in_threadpool(_respond, request)


def _respond(request: Request) -> Response:
    run_id, image_id = request.path_params["run_id"], request.path_params["image_id"]
    colours = {int(index): colour for index, colour in _COLOUR.findall(request.query_params.get("c", "")[:4000])}
    try:
        score = float(request.query_params.get("s", "0"))
        if not math.isfinite(score):
            raise ValueError("no number")
        workspace = owner.get().workspace
        file = picture_file(workspace, image_id)
        rows = boxes_of(workspace, run_id=run_id, image_ids=[image_id], score=score).to_pylist() if file else []
    except ValueError:
        return Response("The score must be a number.", status_code=400)
    except StoreError as error:
        return Response(owner.for_visitors(error), status_code=503)
    masks = _drawable(
        [
            (row["mask"], _rgb(colours[row["class_index"]]))
            for row in rows
            if row["mask"] and row["class_index"] in colours
        ]
    )
    if file is None or not masks:
        return Response("There are no masks of this picture.", status_code=404)
    out = io.BytesIO()
    with _places:
        drawn = overlay(masks, width=file.width, height=file.height, side=SIDE)
    Image.fromarray(drawn).save(out, "PNG", compress_level=3)
    keep = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(out.getvalue(), media_type="image/png", headers=keep)


def _drawable(masks: list[Mask]) -> list[Mask]:
    """As many masks as are drawn for one picture: a picture of ten thousand would take minutes."""
    lengths = itertools.accumulate(len(code) for code, _ in masks)
    return [mask for mask, n in zip(masks[:MOST_MASKS], lengths, strict=False) if n <= MOST_CHARACTERS]


def _rgb(colour: str) -> tuple[int, int, int]:
    """A colour written as rrggbb."""
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


ROUTES = [ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/{{image_id:{links.NUMBER}}}", _masks)]
