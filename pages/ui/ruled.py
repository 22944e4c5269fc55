"""Routes with a rule: who may ask for them, and that what they name exists for whoever asks."""

import functools
from collections.abc import Awaitable, Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages.ui import owner
from store import acting
from store.acting import VIEWER
from store.scope import dataset_of, is_of_version, is_of_version_at_hand

_NO_SUCH_THING = "There is no such thing here."
Endpoint = Callable[[Request], Awaitable[Response]]


class RuledRoute(Route):
    """A route that says the least role that may ask for it."""

    least: str


def ruled(
    path: str, endpoint: Endpoint, *, least: str = VIEWER, methods: Sequence[str] = ("GET",), looks_up: bool = True
) -> RuledRoute:
    """A route for those with a role, or one that holds it: 403 for others, and 404 for what does not exist for them.

    What a path names as run_id or image_id is looked up, for those for whom not all datasets exist; for whom one frozen
    version does, no run exists, and no picture that is not in it.
    looks_up: False where the endpoint holds the dataset of what it gives against the actor by itself.
    """

    @functools.wraps(endpoint)
    async def held(request: Request) -> Response:
        actor = acting.current()
        if not actor.is_at_least(least):
            return PlainTextResponse(f"This is for a {least}.", status_code=403)
        is_asked = actor.version_id is not None or (actor.dataset_ids is not None and looks_up)
        exists = _exist_at_hand(request.path_params, actor) if is_asked else True
        if exists is None:
            exists = await run_in_threadpool(_exist, request.path_params, actor)
        return await endpoint(request) if exists else PlainTextResponse(_NO_SUCH_THING, status_code=404)

    route = RuledRoute(path, held, methods=list(methods))
    route.least = least
    return route


def _exist_at_hand(named: dict[str, object], actor: acting.Actor) -> bool | None:
    """Whether a picture is one of the version that exists for somebody, from memory; None where it has to be read."""
    opened, image_id = owner.opened(), named.get("image_id")
    if opened is None or actor.version_id is None or "run_id" in named or not isinstance(image_id, int):
        return None
    return is_of_version_at_hand(opened.workspace, image_id, version_id=actor.version_id)


def _exist(named: dict[str, object], actor: acting.Actor) -> bool:
    opened = owner.opened()
    if opened is None:
        return False
    if actor.version_id is not None:
        image_id = named.get("image_id")
        if "run_id" in named or not isinstance(image_id, int):
            return not {"run_id", "image_id"} & set(named)
        return is_of_version(opened.workspace, image_id, version_id=actor.version_id)
    found = [
        dataset_of(opened.workspace, what, number) for what, number in named.items() if what in ("run_id", "image_id")
    ]
    return all(dataset_id is not None and actor.may_see(dataset_id) for dataset_id in found)
