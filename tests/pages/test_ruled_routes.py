"""Every route with every role, and with what does not exist for whoever asks."""

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from pages.ui import media, registry, ruled, visitors
from pages.ui.ruled import RuledRoute
from pages.ui.visitors import Asked
from store import acting
from store.acting import ACTS, AT_HOME, LINK, ROLES, Actor
from store.decisions import Act, decide
from store.versions import freeze
from tests.support.guests import client, dataset_id_of, let_in, opened_for_guests, share

ROUTES = [*media.ROUTES, *registry.routes()]


@pytest.fixture
def served(app_workspace, monkeypatch):
    return opened_for_guests(monkeypatch)


def test_each_route_has_a_rule() -> None:
    former = {f"/{name}" for page in registry.all_pages().values() for name in page.former_addresses}
    asks_itself = {"/api"}  # for keys, and for who is let in: below
    unruled = [
        route.path for route in ROUTES if not isinstance(route, RuledRoute) and route.path not in former | asks_itself
    ]
    assert not unruled, f"make these with pages.ui.ruled: {unruled}"
    assert all(route.least in ROLES[1:] for route in ROUTES if isinstance(route, RuledRoute))


def filled(route: RuledRoute) -> str:
    path = route.path
    for name, value in (("image_id", "1"), ("run_id", "1"), ("what", "act"), ("name", "label"), ("key", "k")):
        for kind in ("number", "str"):
            path = path.replace(f"{{{name}:{kind}}}", value)
    assert "{" not in path, path
    return path


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", [route for route in ROUTES if isinstance(route, RuledRoute)], ids=lambda r: r.path)
def test_each_route_with_each_role(served, route, role) -> None:
    answer = ask_as(Actor(role=role, how=LINK, name="Rita"), route)
    is_allowed = ROLES.index(role) >= ROLES.index(route.least)
    assert (answer.status_code == 403) is not is_allowed, answer.text


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if isinstance(r, RuledRoute) and "_id" in r.path], ids=lambda r: r.path
)
def test_each_route_with_a_number_of_another_dataset(served, route) -> None:
    """A guessed id of a picture or a run that the link does not name is as one that is not there."""
    cursor = served.cursor()
    cursor.execute(
        "INSERT INTO run (id, dataset_id, job_id, kind, parameters, code_version, input_generation, started_at, "
        "complete) VALUES (1, 1, 'j', 'projection', '{}', 'x', 0, now()::TIMESTAMP, true)"
    )
    cursor.close()
    plants = dataset_id_of(served, "plants")
    stranger = Actor(role="curator", how=LINK, name="Rita", dataset_ids=frozenset([plants]))
    assert ask_as(stranger, route).status_code == 404


class As:
    """Whatever is asked is asked by somebody."""

    def __init__(self, app, *, actor: Actor):
        self.app, self.actor = app, actor

    async def __call__(self, scope, receive, send):
        with acting.acting(self.actor):
            await self.app(scope, receive, send)


def ask_as(actor: Actor, route: RuledRoute):
    app = Starlette(routes=[route], middleware=[Middleware(As, actor=actor)])
    asked = TestClient(app, raise_server_exceptions=False)
    method = "POST" if "POST" in (route.methods or ()) else "GET"
    return asked.request(method, filled(route))


def api_client(served, *, actor: Actor):
    (mount,) = [route for route in ROUTES if isinstance(route, Mount)]
    return TestClient(Starlette(routes=[mount], middleware=[Middleware(As, actor=actor)]))


def test_the_service_asks_for_a_key_or_for_who_is_let_in(served) -> None:
    stranger = visitors.actor_of(Asked(Headers({"host": "vitrine.example"}), "203.0.113.7"))
    assert stranger.role == "nobody" and not stranger.sees_people
    assert api_client(served, actor=stranger).get("/api/datasets").status_code == 401
    assert client(host="vitrine.example").get("/api/datasets").status_code == 200  # the gate leaves it to the service
    plants = dataset_id_of(served, "plants")
    guest = Actor(role="viewer", how=LINK, name="Rita", dataset_ids=frozenset([plants]))
    told = api_client(served, actor=guest).get("/api/datasets").text
    assert "plants" in told and "pets" not in told
    assert api_client(served, actor=guest).get("/api/datasets/pets").status_code == 404
    of_version = Actor(role="viewer", how=LINK, name="Rita", dataset_ids=frozenset([plants]), version_id=1)
    assert api_client(served, actor=of_version).get("/api/datasets").status_code == 401
    assert "pets" in api_client(served, actor=AT_HOME).get("/api/datasets").text


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("reviewer", 403), ("curator", 200), ("owner", 200)])
def test_uploads_are_for_curators(served, role, status) -> None:
    browser = let_in(share(served, role))
    assert browser.put("/_stcore/upload_file/session/file").status_code == status
    assert browser.delete("/_stcore/upload_file/session/file").status_code == status


def test_a_page_of_another_site_writes_nothing_by_a_guests_cookie(served) -> None:
    browser = let_in(share(served, "owner"))
    answer = browser.post("/vitrine/review/act", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "another site" in answer.text


def test_the_rules_name_what_there_is() -> None:
    assert all(act.least in ROLES for act in ACTS.values())
    assert AT_HOME.is_at_least("owner") and not Actor(role="nobody", how=LINK).may_see(1)


def test_a_guest_of_a_version_is_held_to_its_pictures_from_memory(served, monkeypatch) -> None:
    pets = {row["path"]: row for row in served.rows("pictures_by_path", dataset_id=1)}
    decide(served, 1, [Act(pets["pets1.png"]["image_id"], "remove", reason="r")], who="Ana")
    version = freeze(served, 1, name="v1", who="Ana")
    guest = let_in(share(served, dataset_id=1, version_id=version.id))
    inside, outside = (f"/vitrine/thumb/{pets[name]['image_id']}" for name in ("pets0.png", "pets1.png"))
    other = f"/vitrine/thumb/{served.rows('pictures_by_path', dataset_id=2)[0]['image_id']}"
    for _ in range(2):
        assert [guest.get(path).status_code for path in (inside, outside, other)] == [200, 404, 404]
        monkeypatch.setattr(ruled, "run_in_threadpool", None)  # the second time nothing is read
