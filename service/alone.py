"""The service alone: an index's folder served by a process of its own, without Streamlit, DuckDB or a workspace."""

import functools
import ipaddress
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from service.api import Service, create_service
from service.catalogue import FolderCatalogue
from service.dataset_index import DatasetIndex
from service.gate import gate_of
from service.key_file import KeyFile
from service.limits import Limits
from service.metrics import Metrics
from service.own_models import OwnModels
from service.qdrant.backend import search_by_qdrant
from service.serving import Serving

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1", "[::1]")
log = logging.getLogger("vitrine.service")


class NotServed(Exception):
    """An index that may not, or cannot, be served so. One sentence."""


@dataclass(frozen=True)
class Plan:
    """What to serve, where. hosts: names by which it is asked; without any, this machine's own or (elsewhere) all.

    qdrant: the address of a Qdrant that is asked what is near; "" for none.
    """

    index: Path
    address: str
    port: int
    version: str
    limits: Limits = field(default_factory=Limits)
    hosts: Sequence[str] = ()
    cors_origins: Sequence[str] = ()
    hashes: bool = True
    loads_models: bool = True
    qdrant: str = ""


def is_local(address: str) -> bool:
    """Whether an address is reached from this machine alone."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def require_keys(plan: Plan) -> None:
    """Raise NotServed where other machines could ask and there is no key; BadKeyFile where keys cannot be read."""
    if not is_local(plan.address) and not KeyFile(plan.index).has_any():
        raise NotServed(
            f"On {plan.address} other machines can ask, and there is no key yet, so nobody is let in. Make one: "
            f"`vitrine key add NAME --index '{plan.index}'`, or listen on 127.0.0.1."
        )


def build(plan: Plan) -> tuple[Service, FolderCatalogue]:
    """The service of a plan, and its catalogue, in which nobody has looked yet."""
    metrics = Metrics()
    models = OwnModels(max_pixels=plan.limits.pixels)

    def load(index: DatasetIndex) -> None:
        threading.Thread(target=models.load, args=(index,), daemon=True, name="models").start()

    catalogue = FolderCatalogue(
        plan.index,
        metrics,
        hashes=plan.hashes,
        on_open=load if plan.loads_models else None,
        search_of=functools.partial(search_by_qdrant, url=plan.qdrant) if plan.qdrant else None,
    )
    gate = gate_of(KeyFile(plan.index))
    serving = Serving(catalogue, models, gate, plan.limits, metrics, plan.version)
    return create_service(serving, cors_origins=plan.cors_origins), catalogue


def serve(plan: Plan) -> None:
    """Serve until the process is asked to end; raises NotServed."""
    require_keys(plan)
    service, catalogue = build(plan)
    catalogue.look()
    ended = threading.Event()
    catalogue.watch(ended)
    config = uvicorn.Config(
        with_hosts(service.asgi, plan),
        host=plan.address,
        port=plan.port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # whom a proxy passes on is not this machine, whatever it says
        timeout_keep_alive=30,
    )
    try:
        uvicorn.Server(config).run()
    finally:
        ended.set()


def with_hosts(app: ASGIApp, plan: Plan) -> ASGIApp:
    """The app for the names alone by which it may be asked, so that no other site's name can lead a browser to it."""
    if not is_local(plan.address) and not plan.hosts:
        return app
    return TrustedHostMiddleware(app, allowed_hosts=[*LOCAL_NAMES, *plan.hosts])
