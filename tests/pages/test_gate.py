"""The gate: who a request is from, and what strangers, guests and those who are out get. Every route, every role."""

import asyncio
import datetime

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.ui import entering, gate, guard, media, owner, registry, ruled, visitors
from pages.ui.entering import MOST_TRIES, Tries
from pages.ui.ruled import RuledRoute
from pages.ui.visitors import Asked
from store import access, acting
from store.acting import ACTS, AT_HOME, LINK, OPEN, ROLES, Actor
from store.connection import utc_now
from store.decisions import Act, decide
from store.errors import NotLetIn
from store.seals import ENTER, GUEST, cookie_name, sealed, share_path
from store.versions import freeze
from tests.support.small_workspace import image_row, land, new_dataset

ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
HERE = ("127.0.0.1", 50_000)
ROUTES = [*media.ROUTES, *registry.routes()]


@pytest.fixture
def served(app_workspace, monkeypatch):
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


# Who it is


def test_whoever_sits_at_this_machine_is_the_owner(served) -> None:
    assert client().get("/x").text == "owner  [] this machine"


@pytest.mark.parametrize(
    ("host", "come_from", "headers"),
    [
        ("localhost:8501", HERE, ELSEWHERE),
        ("localhost:8501", ("203.0.113.7", 1), {}),
        ("vitrine.example", HERE, {}),
        ("localhost:8501", HERE, {"Via": "1.1 proxy"}),
        ("localhost.evil.example", HERE, {}),
    ],
)
def test_whoever_comes_from_elsewhere_is_nobody(served, host, come_from, headers) -> None:
    browser = client(host=host, come_from=come_from)
    for path in ("/", "/map", "/vitrine/thumb/1", "/media/x.png", "/_stcore/host-config", "/static/js/main.js"):
        answer = browser.get(path, headers=headers)
        assert (answer.status_code, answer.headers["cache-control"]) == (403, "no-store")
    assert browser.put("/_stcore/upload_file/s/f", headers=headers).status_code == 403
    page = browser.get("/", headers={"accept": "text/html", **headers})
    assert page.status_code == 403 and "share link" in page.text
    assert browser.get("/_stcore/health", headers=headers).status_code == 200


def test_where_anybody_may_sit_at_this_machine_nobody_is_the_owner(served, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_PUBLIC", "1")
    assert client().get("/x").status_code == 403


def test_open_to_all_is_said_and_makes_everybody_an_owner(served, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_OPEN_TO_ALL", "1")
    assert client(host="vitrine.example").get("/x", headers=ELSEWHERE).text.startswith("owner")
    assert visitors.actor_of(Asked(Headers({"host": "vitrine.example"}), "203.0.113.7")).how == OPEN


# Links


def test_a_link_asks_for_a_name_and_becomes_a_cookie(served) -> None:
    path = share(served)
    browser = client(host="vitrine.example")
    asked = browser.get(path, headers=ELSEWHERE)
    assert asked.status_code == 200 and "Your name" in asked.text and "reviewer" in asked.text
    assert asked.headers["cache-control"] == "no-store" and asked.headers["referrer-policy"] == "same-origin"
    entered = browser.post(path, data={"name": " Rita "}, headers=ELSEWHERE)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    secret = path.rpartition("/")[2]
    assert secret not in cookie and secret not in entered.headers["location"]
    assert browser.get("/x", headers=ELSEWHERE).text == "reviewer Rita [] 203.0.113.7"
    (guest,) = access.list_guests(served)
    assert (guest.name, guest.came_from) == ("Rita", "203.0.113.7")


def test_under_https_the_cookie_stays_there(served) -> None:
    answer = client(host="vitrine.example").post(
        share(served), data={"name": "Rita"}, headers={**ELSEWHERE, "X-Forwarded-Proto": "https"}
    )
    assert "Secure" in answer.headers["set-cookie"]


def test_only_a_hash_of_the_secret_is_kept(served) -> None:
    ends = utc_now() + datetime.timedelta(days=1)
    _, secret = access.share(served, title="Class", role="viewer", expires_at=ends, who="Ana")
    let_in(share(served))
    for (table,) in served.cursor().execute("SELECT table_name FROM duckdb_tables()").fetchall():
        assert secret not in str(served.cursor().execute(f'FROM "{table}"').fetchall())


def test_a_link_to_a_dataset_shows_that_one(served) -> None:
    plants = access_dataset(served, "plants")
    browser = let_in(share(served, dataset_id=plants))
    assert browser.get("/x").text.startswith(f"reviewer Rita [{plants}]")
    assert browser.get("/vitrine/thumb/3").status_code == 200
    strange = browser.get("/vitrine/thumb/1")
    assert strange.status_code == 404
    assert strange.text == browser.get("/vitrine/thumb/999").text  # one that exists for others is as one that does not
    assert browser.get("/vitrine/picture/2").status_code == 404


def access_dataset(workspace, name: str) -> int:
    return next(row["id"] for row in workspace.rows("list_datasets") if row["name"] == name)


def test_a_link_that_is_revoked_lets_nobody_in_and_whoever_is_in_is_out(served) -> None:
    path = share(served)
    browser = let_in(path)
    assert browser.get("/x").status_code == 200
    access.revoke(served, link_id=1, who="Ana")
    assert browser.get("/x").status_code == 403
    assert "revoked" in browser.get("/", headers={"accept": "text/html"}).text
    assert client().post(path, data={"name": "Bo"}).status_code == 403
    with pytest.raises(access.UnknownGrant):
        access.revoke(served, link_id=1, who="Ana")


def test_a_link_ends_by_itself(served, monkeypatch) -> None:
    path = share(served, days=1)
    browser = let_in(path)
    later = utc_now() + datetime.timedelta(days=2)
    monkeypatch.setattr(access, "utc_now", lambda: later)
    assert browser.get("/x").status_code == 403
    assert "ended on" in client().get(path).text


@pytest.mark.parametrize("spoil", ["x{}", "{}x", "{}.", "..", "%00", "{}/more"])
def test_a_link_that_was_not_made_here_opens_nothing(served, spoil) -> None:
    token = share(served).rpartition("/")[2]
    assert client(host="vitrine.example").get(f"{ENTER}/{spoil.format(token)}").status_code == 403


def test_a_signature_of_another_kind_or_workspace_is_none(served) -> None:
    """A cookie is no link, a link is no cookie, and a number that was guessed has no secret."""
    name = cookie_name(served)
    share(served)
    link, guest = sealed(served, "share", [1, "guessed"]), sealed(served, GUEST, [1, "guessed", "mark"])
    for text in (link, guest, share(served).rpartition("/")[2], "garbage", '"'):
        browser = client(host="vitrine.example")
        browser.cookies.set(name, text)
        assert browser.get("/x").status_code == 403
    assert client().get(f"{ENTER}/{guest}").status_code == 403
    assert client().get(f"{ENTER}/{link}").status_code == 403


def test_a_name_that_somebody_has_is_nobody_elses(served) -> None:
    path = share(served)
    let_in(path)
    for name in ("Rita", "rita", "Ana", "  ", "x" * 500, "a\nb", "a\u202eb"):
        answer = client().post(path, data={"name": name})
        assert answer.status_code == 409 and 'role="alert"' in answer.text, name
    with pytest.raises(NotLetIn):
        access.enter(served, link_id=1, who="RITA", came_from="")


def test_names_and_titles_of_strangers_are_text(served) -> None:
    path = share(served)
    name = '"><script>alert(1)</script>'
    let_in(path, name=name)
    again = client().post(path, data={"name": name})
    assert "<script>" not in again.text and "&lt;script&gt;" in again.text


def test_who_leaves_is_out_and_may_come_in_as_somebody_else(served) -> None:
    path = share(served)
    browser = let_in(path)
    browser.get(f"{ENTER}/leave")
    assert browser.get("/x").text.startswith("owner")  # on this machine
    assert browser.post(path, data={"name": "Rita B."}).status_code == 303


def test_tries_that_fail_are_few_a_minute(served) -> None:
    browser = client()
    for _ in range(MOST_TRIES):
        assert browser.get(f"{ENTER}/guessed").status_code == 403
    refused = browser.get(share(served))
    assert refused.status_code == 429 and refused.headers["retry-after"] == "60"
    assert client(come_from=("192.0.2.9", 1)).get(share(served)).status_code == 200  # another machine


def test_tries_are_forgotten_after_a_minute_and_are_bounded() -> None:
    tries = Tries()
    for _ in range(MOST_TRIES):
        tries.failed("a", now=0.0)
    assert not tries.may("a", now=59.0) and tries.may("a", now=61.0) and tries.may("b", now=1.0)
    for number in range(20_000):
        tries.failed(f"{number}", now=1.0)
    assert len(tries._failed) == 10_000 and not tries.may("new", now=2.0) and tries.may("new", now=100.0)


# Roles by route


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
    plants = access_dataset(served, "plants")
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
    plants = access_dataset(served, "plants")
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


# The page's stream


def stream(served, asked: list[bytes], *, headers: dict[str, str], before=None) -> list:
    """What a page's stream lets through of some messages; `before(n)` is called before the n-th arrives."""
    through: list = []

    async def app(scope, receive, send):
        through.append(dict(Headers(raw=scope["headers"])).get(visitors.VISIT))
        while (message := await receive())["type"] != "websocket.disconnect":
            through.append(message["bytes"])

    async def run() -> None:
        waiting = iter(enumerate(asked))

        async def receive():
            found = next(waiting, None)
            if found is None:
                return {"type": "websocket.disconnect"}
            if before is not None:
                before(found[0])
            return {"type": "websocket.receive", "bytes": found[1]}

        async def send(message):
            through.append(message["type"])

        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": raw, "client": HERE, "scheme": "ws"}
        await gate.Gate(app)(scope, receive, send)

    asyncio.run(run())
    return through


def rerun(**more) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "dataset=pets"
    message.rerun_script.fragment_id = "f"
    message.rerun_script.widget_states.widgets.add(id="button", trigger_value=True)
    return message.SerializeToString()


def as_guest(served, path: str) -> dict[str, str]:
    browser = let_in(path)
    name = cookie_name(served)
    return {"host": "localhost:8501", "origin": "http://localhost:8501", "cookie": f"{name}={browser.cookies[name]}"}


def test_a_stream_says_to_the_page_whose_it_is(served) -> None:
    forged = {**as_guest(served, share(served)), visitors.VISIT: "forged"}
    mark, message = stream(served, [rerun()], headers=forged)
    assert mark not in (None, "forged") and message == rerun()
    assert mark not in visitors._visits  # it has ended


def test_whoever_is_out_in_mid_session_has_nothing_done_any_more(served) -> None:
    headers = as_guest(served, share(served, "curator"))

    def revoke(n: int) -> None:
        if n == 1:
            access.revoke(served, link_id=1, who="Ana")

    other = BackMsg()
    other.file_urls_request.request_id = "r"
    _, first, second = stream(served, [rerun(), rerun(), other.SerializeToString()], headers=headers, before=revoke)
    assert first == rerun()
    bare = BackMsg.FromString(second)
    assert bare.rerun_script.query_string == "dataset=pets"  # the page is drawn anew, and says so
    assert not bare.rerun_script.fragment_id and not bare.rerun_script.widget_states.widgets


def test_only_an_owner_clears_what_is_kept_for_all(served) -> None:
    clear = BackMsg(clear_cache=True).SerializeToString()
    assert stream(served, [clear], headers=as_guest(served, share(served, "curator")))[1:] == []
    at_home = {"host": "localhost:8501", "origin": "http://localhost:8501"}
    assert stream(served, [clear, b"\xff\xff"], headers=at_home)[1:] == [clear, b"\xff\xff"]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8501", "origin": "https://evil.example"},
        {"host": "localhost:8501", "origin": "http://localhost:9999"},
        {"host": "localhost:8501", "origin": "null"},
        {"host": "vitrine.example", "origin": "http://vitrine.example"},
        {"host": "localhost:8501", "origin": "http://localhost:8501", "x-forwarded-for": "203.0.113.7"},
    ],
)
def test_a_forged_origin_or_a_stranger_opens_no_stream(served, headers) -> None:
    assert stream(served, [rerun()], headers=headers) == ["websocket.close"]


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
