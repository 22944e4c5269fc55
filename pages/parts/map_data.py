"""The map's data over HTTP: its code, places and colours as binary columns, one picture's facts. Nothing by websocket.

A column is asked for again only with its ETag: an unchanged one is answered with 304 and no body.
"""

import functools
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from analytics.map_columns import Codes, class_codes, measure_codes, pack_points
from analytics.quality import SCORES
from pages.parts import media, owner
from pages.parts.filters import class_labels, label_text
from pages.parts.text import one_line, share
from store import projections
from store.datasets import class_table
from store.errors import StoreError

CODE = Path(__file__).parents[2] / "components" / "map" / "dist" / "map.js"
COLOURS = ("label", "split", *SCORES, "trust")
_PREFIX = "/vitrine/map"
_AGAIN = "private, no-cache"  # kept, but asked for again, with the ETag
_lock = threading.Lock()


def code_url() -> str:
    """Where the map's code is served."""
    return f"{_PREFIX}/code.js?v={_digest(CODE.read_bytes())}"


def points_url(run_id: int) -> str:
    """Where the places of a run's points are served."""
    return f"{_PREFIX}/{run_id}/points"


def colour_url(run_id: int, name: str, *, generation: int) -> str:
    """Where the codes of a colour (one of COLOURS) are served; they may change with the generation."""
    return f"{_PREFIX}/{run_id}/colour/{name}?v={generation}"


def facts_url(run_id: int) -> str:
    """Where the facts of one point are served; the image's id goes behind it."""
    return f"{_PREFIX}/{run_id}/facts/"


@functools.lru_cache(maxsize=8)
def colour_codes(root: str, run_id: int, name: str, generation: int) -> Codes:
    """The codes of a colour, a byte a point in the order of the places; kept for the generation."""
    values = projections.point_values(owner.get().workspace, run_id)
    if name == "label":
        return Codes(class_codes(values["label"].fill_null(-1).to_numpy()))
    if name == "split":
        order = {split: index for index, split in enumerate(projections.point_splits(owner.get().workspace, run_id))}
        return Codes(class_codes(np.array([order.get(split, -1) for split in values["split"].to_pylist()], np.int64)))
    column = values[name].to_numpy().astype(np.float64)
    return measure_codes(SCORES[name](column) if name in SCORES else column)


@functools.lru_cache(maxsize=2)
def _points(root: str, run_id: int) -> tuple[bytes, str]:
    places, image_ids = projections.points(owner.get().workspace, run_id)
    if not len(image_ids):
        raise LookupError(f"Run {run_id} has no points.")  # not kept: it may yet have some
    body = pack_points(places, image_ids)
    return body, _digest(body)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]


async def _code(request: Request) -> Response:
    body = await run_in_threadpool(CODE.read_bytes)
    keep = media.KEEP["Cache-Control"] if request.query_params.get("v") == _digest(body) else _AGAIN
    return _answer(request, body, _digest(body), media_type="text/javascript", keep=keep)


async def _point_column(request: Request) -> Response:
    def work() -> Response:
        with _lock:  # one visitor builds it, the others wait for it
            body, digest = _points(str(owner.get().workspace.root), request.path_params["run_id"])
        return _answer(request, body, digest)

    return await _guarded(work)


async def _colour_column(request: Request) -> Response:
    def work() -> Response:
        name = request.path_params["name"]
        if name not in COLOURS:
            return Response("There is no such colour.", status_code=404)
        workspace, run_id = owner.get().workspace, request.path_params["run_id"]
        with _lock:
            body = colour_codes(str(workspace.root), run_id, name, _generation(run_id)).codes.tobytes()
        return _answer(request, body, _digest(body))

    return await _guarded(work)


async def _facts(request: Request) -> Response:
    def work() -> Response:
        workspace = owner.get().workspace
        run_id, image_id = request.path_params["run_id"], request.path_params["image_id"]
        found = projections.point_facts(workspace, run_id, image_id)
        if found is None:
            return Response("There is no such point.", status_code=404)
        names = class_labels(class_table(workspace, int(found["dataset_id"])))
        trust = found["trust"]
        lines = [one_line(str(found["path"]).rsplit("/", 1)[-1]), one_line(found["split"] or "")]
        lines.append("" if trust is None else f"{share(float(trust))} of its neighbours kept")
        body = {
            "url": media.thumb_url(image_id, str(found["sha256"])),
            "title": label_text(found["label"], found["labels"], names=names),
            "lines": [line for line in lines if line],
        }
        return JSONResponse(body, headers={"Cache-Control": _AGAIN})

    return await _guarded(work)


async def _guarded(work: Callable[[], Response]) -> Response:
    try:
        return await run_in_threadpool(work)
    except StoreError as error:
        return Response(str(error), status_code=503)
    except LookupError as error:
        return Response(str(error), status_code=404)


def _generation(run_id: int) -> int:
    """The generation of the dataset that a run belongs to; 0 where there is no such run."""
    return projections.run_generation(owner.get().workspace, run_id)


def _answer(
    request: Request, body: bytes, digest: str, *, media_type: str = "application/octet-stream", keep: str = _AGAIN
) -> Response:
    headers = {"Cache-Control": keep, "ETag": f'"{digest}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


ROUTES = [
    Route(f"{_PREFIX}/code.js", _code),
    Route(f"{_PREFIX}/{{run_id:int}}/points", _point_column),
    Route(f"{_PREFIX}/{{run_id:int}}/colour/{{name:str}}", _colour_column),
    Route(f"{_PREFIX}/{{run_id:int}}/facts/{{image_id:int}}", _facts),
]
