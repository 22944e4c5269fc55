"""The map's data over HTTP: its code, places and colours as binary columns, sets as bits, facts. Nothing by websocket.

A column is asked for again only with its ETag: an unchanged one is answered with 304 and no body.
"""

import functools
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from analytics.errors import WrongShape
from analytics.map_columns import pack_points, pack_solid
from figures.names import one_line
from pages.map import colours, selection_sets
from pages.map import filter as map_filter
from pages.ui import links, media, owner, session
from pages.ui.base_path import under
from pages.ui.filters import class_labels, label_text
from pages.ui.ruled import ruled
from pages.ui.session import SettledGeneration
from pages.ui.text import share
from store import projections
from store.datasets import class_table
from store.errors import StoreError

CODE = Path(__file__).parents[2] / "components" / "map" / "dist" / "map.js"
PREFIX = "/vitrine/map"
AGAIN = "private, no-cache"  # kept, but asked for again, with the ETag
_lock = threading.Lock()


def code_url() -> str:
    """Where the map's code is served."""
    return under(f"{PREFIX}/code.js?v={_digest(CODE.read_bytes())}")


def points_url(run_id: int) -> str:
    """Where the places of a run's points are served."""
    return under(f"{PREFIX}/{run_id}/points")


def colour_url(run_id: int, name: str, *, generation: SettledGeneration) -> str:
    """Where the codes of a colour (of map_colours.COLOURS) are served; they may change with the generation."""
    return under(f"{PREFIX}/{run_id}/colour/{name}?v={generation}")


def facts_url(run_id: int) -> str:
    """Where the facts of one point are served; the image's id goes behind it."""
    return under(f"{PREFIX}/{run_id}/facts/")


def filter_url(run_id: int, wanted: map_filter.MapFilter, *, generation: SettledGeneration) -> str:
    """Where the set of the points that fit a filter is served."""
    return under(f"{PREFIX}/{run_id}/filter?v={generation}&{wanted.query()}")


def keep_url(run_id: int) -> str:
    """Where a browser leaves a set of a run's points (POST); behind it, after a slash, a kept set is served."""
    return under(f"{PREFIX}/{run_id}/chosen")


@functools.lru_cache(maxsize=3)
def _points(root: str, run_id: int) -> tuple[bytes, str]:
    places, image_ids = projections.points(owner.get().workspace, run_id)
    if not len(image_ids):
        raise LookupError(f"Run {run_id} has no points.")  # not kept: it may yet have some
    body = pack_solid(places, image_ids) if places.shape[1] == 3 else pack_points(places, image_ids)
    return body, _digest(body)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]


async def _code(request: Request) -> Response:
    body = await run_in_threadpool(CODE.read_bytes)
    keep = media.KEEP["Cache-Control"] if request.query_params.get("v") == _digest(body) else AGAIN
    return answer(request, body, media_type="text/javascript", keep=keep)


async def _point_column(request: Request) -> Response:
    def work() -> Response:
        with _lock:  # one visitor builds it, the others wait for it
            body, digest = _points(_root(), request.path_params["run_id"])
        return answer(request, body, digest)

    return await guarded(work)


async def _colour_column(request: Request) -> Response:
    def work() -> Response:
        name, run_id = request.path_params["name"], request.path_params["run_id"]
        if colours.find(name) is None:
            return Response("There is no such colour.", status_code=404)
        with _lock:
            body = colours.coded(_root(), run_id, name, generation_of(run_id)).codes.codes.tobytes()
        return answer(request, body)

    return await guarded(work)


async def _filter_set(request: Request) -> Response:
    def work() -> Response:
        run_id = request.path_params["run_id"]
        try:
            wanted = map_filter.from_query(request.query_params.multi_items())
        except ValueError as error:
            return Response(f"This is no filter: {error}", status_code=400)
        return answer(request, map_filter.fitting(_root(), run_id, wanted, generation_of(run_id))[0])

    return await guarded(work)


async def _keep_set(request: Request) -> Response:
    """Keep a posted set. A page of another site cannot send this type of content without asking first."""
    if request.headers.get("content-type") != "application/octet-stream":
        return Response("A set comes as application/octet-stream.", status_code=415)
    run_id = request.path_params["run_id"]
    body = b""
    try:
        n_bytes = -(-len(await run_in_threadpool(selection_sets.run_images, run_id)) // 8)
        async for part in request.stream():
            body += part
            if len(body) > n_bytes:
                return Response(f"A set of this map takes {n_bytes} bytes.", status_code=413)
    except LookupError as error:
        return Response(str(error), status_code=404)

    def work() -> Response:
        try:
            key, n = selection_sets.keep(run_id, body)
        except WrongShape as error:
            return Response(str(error), status_code=400)
        return JSONResponse({"key": key, "n": n})

    return await guarded(work)


async def _kept_set(request: Request) -> Response:
    def work() -> Response:
        return answer(request, selection_sets.members(request.path_params["key"], run_id=request.path_params["run_id"]))

    return await guarded(work)


async def _facts(request: Request) -> Response:
    def work() -> Response:
        workspace = owner.get().workspace
        run_id, image_id = request.path_params["run_id"], request.path_params["image_id"]
        found = projections.point_facts(workspace, run_id, image_id)
        if found is None:
            return Response("There is no such point.", status_code=404)
        names = class_labels(class_table(workspace, found.dataset_id))
        lines = [one_line(found.path.rsplit("/", 1)[-1]), one_line(found.split or "")]
        lines.append("" if found.trust is None else f"{share(found.trust)} of its neighbours kept")
        body = {
            "url": media.thumb_url(image_id, found.sha256),
            "title": label_text(found.label, found.labels, names=names),
            "lines": [line for line in lines if line],
        }
        return JSONResponse(body, headers={"Cache-Control": AGAIN})

    return await guarded(work)


async def guarded(work: Callable[[], Response]) -> Response:
    """What `work` answers in a thread; 503 where the store refuses, 404 where something is not there."""
    try:
        return await run_in_threadpool(work)
    except StoreError as error:
        return Response(owner.for_visitors(error), status_code=503)
    except LookupError as error:
        return Response(str(error), status_code=404)


def generation_of(run_id: int) -> SettledGeneration:
    """The settled generation of the dataset that a run belongs to; raises LookupError where there is no such run."""
    dataset_id = projections.run_dataset(owner.get().workspace, run_id)
    if not dataset_id:
        raise LookupError(f"There is no run {run_id}.")
    return session.settled_generation(dataset_id)


def answer(
    request: Request, body: bytes, digest: str = "", *, media_type: str = "application/octet-stream", keep: str = AGAIN
) -> Response:
    """`body`, or 304 where the browser has it."""
    headers = {"Cache-Control": keep, "ETag": f'"{digest or _digest(body)}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _root() -> str:
    return str(owner.get().workspace.root)


ROUTES = [
    ruled(f"{PREFIX}/code.js", _code),
    ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/points", _point_column),
    ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/colour/{{name:str}}", _colour_column),
    ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/filter", _filter_set),
    ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/chosen", _keep_set, methods=["POST"]),
    ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/chosen/{{key:str}}", _kept_set),
    ruled(f"{PREFIX}/{{run_id:{links.NUMBER}}}/facts/{{image_id:{links.NUMBER}}}", _facts),
]
