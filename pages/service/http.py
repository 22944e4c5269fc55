"""The similarity service inside the dashboard's own process, under /api; its keys are the workspace's."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

from jobs.engine.version import code_version
from pages.service.health_numbers import HealthNumbers
from pages.service.reading import DashboardReader
from pages.ui import media, owner
from service.api import create_service
from service.dataset_index import PictureFile
from service.gate import CHALLENGE, THIS_MACHINE, Caller, caller_of, secret_of
from service.key_table import KeyTable
from service.limits import Limits
from service.live_index import LiveCatalogue
from service.metrics import Metrics
from service.problems import Problem
from service.search import Whole
from service.serving import Serving
from store import acting
from store.acting import HERE, NOBODY, Actor
from store.connection import Workspace
from store.datasets import list_datasets
from store.errors import StoreError

ADDRESS = "/api"
LIMITS = Limits(seconds=120.0)  # the first picture loads a model, in a process that pages use as well


class ShownPictures:
    """The pictures of a dataset as its pages show them, people blurred as the rule stands when they are asked for."""

    def __init__(self, image_ids: Whole) -> None:
        self._image_ids = image_ids

    def thumbnail(self, row: int) -> PictureFile | None:
        """An image made small; None where its file is gone, or it is a point."""
        return self._shown(row, small=True)

    def picture(self, row: int) -> PictureFile | None:
        """An image as it is, but for what its camera noted; None where its file is gone, or it is a point."""
        return self._shown(row, small=False)

    def _shown(self, row: int, *, small: bool) -> PictureFile | None:
        found = media.picture_content(int(self._image_ids[row]), small=small)
        return None if found is None else PictureFile(*found)


async def who_asks(request: Request) -> Caller:
    """Whoever asks: the holder of a key, somebody who came in by a link or a sign-in, or this machine itself.

    Raises Problem 401 for anybody else, and 503 while the workspace is not open.
    """
    secret = secret_of(request)
    if secret is not None:
        return await caller_of(await run_in_threadpool(_keys), secret)
    actor = acting.current()
    if actor.how == HERE:
        return THIS_MACHINE
    if actor.role != NOBODY and actor.version_id is None:
        return Caller(actor.name or actor.how, datasets=await run_in_threadpool(_named, actor))
    raise Problem(
        401,
        "no-key",
        "A key is needed: send it as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. The page Service makes one.",
        headers=CHALLENGE,
    )


def _named(actor: Actor) -> frozenset[str] | None:
    """The names of the datasets that exist for somebody; None for all."""
    if actor.dataset_ids is None:
        return None
    return frozenset(each.name for each in list_datasets(_workspace()) if actor.may_see(each.id))


def _keys() -> KeyTable:
    try:
        return KeyTable(_workspace())
    except StoreError as error:
        raise Problem(503, "workspace-not-open", "The workspace is not open just now.") from error


def _workspace() -> Workspace:
    return owner.get().workspace


METRICS = Metrics()
METRICS.registry.register(HealthNumbers(_workspace))
CATALOGUE = LiveCatalogue(_workspace, ShownPictures, METRICS)
SERVICE = create_service(
    Serving(CATALOGUE, DashboardReader(max_pixels=LIMITS.pixels), who_asks, LIMITS, METRICS, code_version())
)
ROUTES = [Mount(ADDRESS, app=SERVICE.asgi)]
owner.before_closing.append(CATALOGUE.settle)
