"""The gate: who a request is from, and what share links open, until they are revoked or end."""

import datetime

import pytest
from starlette.datastructures import Headers

from pages.ui import visitors
from pages.ui.entering import MOST_TRIES, Tries
from pages.ui.visitors import Asked
from store import access
from store.acting import OPEN
from store.connection import utc_now
from store.errors import NotLetIn
from store.seals import ENTER, GUEST, cookie_name, sealed
from tests.support.guests import ELSEWHERE, HERE, client, dataset_id_of, let_in, opened_for_guests, share


@pytest.fixture
def served(app_workspace, monkeypatch):
    return opened_for_guests(monkeypatch)


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
    plants = dataset_id_of(served, "plants")
    browser = let_in(share(served, dataset_id=plants))
    assert browser.get("/x").text.startswith(f"reviewer Rita [{plants}]")
    assert browser.get("/vitrine/thumb/3").status_code == 200
    strange = browser.get("/vitrine/thumb/1")
    assert strange.status_code == 404
    assert strange.text == browser.get("/vitrine/thumb/999").text  # one that exists for others is as one that does not
    assert browser.get("/vitrine/picture/2").status_code == 404


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
