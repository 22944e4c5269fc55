"""Strangers and guests of a workspace that this process has open: browsers of their own, and links to come in by."""

import datetime

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.ui import entering, gate, guard, media, owner
from pages.ui.entering import Tries
from store import access, acting
from store.connection import Workspace, utc_now
from store.seals import share_path
from tests.support.small_workspace import image_row, land, new_dataset

ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
HERE = ("127.0.0.1", 50_000)


def opened_for_guests(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The open workspace of this process, with two datasets of two pictures each."""
    monkeypatch.setattr(owner, "_is_passed_on", False)
    monkeypatch.setattr(entering, "_tries", Tries())
    workspace = owner.get().workspace
    for name in ("pets", "plants"):
        dataset = new_dataset(workspace, name)
        land(workspace, dataset.id, [image_row(f"{name}{n}.png") for n in range(2)])
    return workspace


def share(workspace, role: str = "reviewer", *, days: float = 1, **more) -> str:
    ends = utc_now() + datetime.timedelta(days=days)
    number, secret = access.share(workspace, title="Class", role=role, expires_at=ends, who="Ana", **more)
    return share_path(workspace, number, secret)


def client(*, host: str = "localhost:8501", come_from=HERE) -> TestClient:
    """A browser of its own; what reaches the app says who it was taken for."""

    async def who(request):
        actor = acting.current()
        return PlainTextResponse(f"{actor.role} {actor.name} {sorted(actor.dataset_ids or ())} {actor.came_from}")

    routes = [*entering.ROUTES, *media.ROUTES, Route("/{rest:path}", who, methods=["GET", "POST", "PUT", "DELETE"])]
    middleware = [Middleware(guard.Guard), Middleware(gate.Gate)]
    app = Starlette(routes=routes, middleware=middleware)
    return TestClient(app, base_url=f"http://{host}", client=come_from, follow_redirects=False)


def let_in(path: str, *, name: str = "Rita", **more) -> TestClient:
    browser = client(**more)
    answer = browser.post(path, data={"name": name})
    assert answer.status_code == 303, answer.text
    return browser


def dataset_id_of(workspace, name: str) -> int:
    return next(row["id"] for row in workspace.rows("list_datasets") if row["name"] == name)
